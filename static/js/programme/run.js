// The moderator's buttons for the programme. templates/programme/run.html draws the same.

import { html } from "../../vendor/preact.standalone.module.js";
import { useSignal } from "../lib/hooks.js";
import { Act } from "../shared/act.js";
import { Icon, words } from "../shared/bits.js";
import { useApp, useDay, useOffline } from "../shared/context.js";

const isProgramme = (entry) => entry.name.startsWith("programme.");

function useProgramme() {
  const { outbox, store } = useApp();
  const { meeting } = useDay();
  const entries = useSignal(outbox.entries).filter(isProgramme);
  return {
    busy: entries.find((entry) => entry.state !== "failed"),
    failed: entries.filter((entry) => entry.state === "failed"),
    // The version seen now, not the one drawn: two people pressing at once advance the programme once.
    send: (name, payload) =>
      outbox.send(name, { ...payload, expected_version: (store.first("meeting") ?? meeting).version }),
    dismiss: (op) => outbox.dismiss(op),
  };
}

export function Run() {
  const { times, t } = useApp();
  const { on, next, now } = useDay();
  const offline = useOffline();
  const { busy, send } = useProgramme();
  // Another day's item is started by its own button: nobody means tomorrow by "next".
  const steps = next && times.day(next.expected_start) === times.day(now);
  return html`<div class="run">
    ${
      on &&
      html`<${Act}
        className=${steps ? "btn" : "btn btn--main"}
        offline=${offline}
        busy=${busy?.name === "programme.finish"}
        onAct=${() => busy || send("programme.finish", { track: on.track })}
        >${t("End this")}<//
      >`
    }
    ${
      steps &&
      html`<${Act}
        className="btn btn--main"
        offline=${offline}
        busy=${busy?.name === "programme.next"}
        onAct=${() => busy || send("programme.next", { track: next.track })}
        >${on ? t("Next item") : t("Start now")}<//
      >`
    }
  </div>`;
}

/** The button of a row in the desk's programme. */
export function StartItem({ item, on }) {
  const { t } = useApp();
  const offline = useOffline();
  const { busy, send } = useProgramme();
  if (item.state !== "waiting" || item.id === on?.id) return null;
  return html`<${Act}
    className="linkish small"
    offline=${offline}
    busy=${busy?.payload.item === item.id}
    onAct=${() => busy || send("programme.start", { item: item.id })}
    >${t("Start")}<span class="vh"> ${item.title}</span><//
  >`;
}

/** What was refused: most often that somebody else pressed first. */
export function RunRefused() {
  const { t } = useApp();
  const { on } = useDay();
  const { failed, dismiss } = useProgramme();
  return failed.map(
    (entry) =>
      html`<div class="note" role="status" key=${entry.op}>
        <div class="wrap note__in">
          <${Icon} name="info" />
          <p>
            ${
              entry.problem.code === "stale"
                ? t("Somebody else moved the programme first. On now: {title}.", { title: on?.title ?? t("nothing") })
                : words(entry.problem)
            }${" "}
            <button class="linkish" type="button" onClick=${() => dismiss(entry.op)}>${t("Close")}</button>
          </p>
        </div>
      </div>`,
  );
}

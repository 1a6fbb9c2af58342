// The moderator's buttons for the programme. templates/programme/run.html draws the same.

import { html, useEffect, useRef } from "../../vendor/preact.standalone.module.js";
import { useList } from "../lib/hooks.js";
import { Act } from "../shared/act.js";
import { Icon, words } from "../shared/bits.js";
import { useApp, useDay, useOffline } from "../shared/context.js";
import { itsTrack, timed } from "./order.js";
import { useProgramme } from "./said.js";
import { StepLink } from "./step.js";
import { happened, isOfToday, mainStep, nextBreak, undoable } from "./steps.js";
import { todayOf } from "./tracks.js";

export function Run({ say }) {
  const { times, t } = useApp();
  const { items, on, next, now } = useDay();
  const clock = timed(items, on);
  const today = isOfToday({ on, next, now }, times.day);
  const main = mainStep({ items, on, next, today, now });
  return html`<div class="run">
    ${
      clock?.planned_start &&
      html`<${StepLink} className="btn" step=${{ do: "more", item: on.id, minutes: 5 }} keys="e"
        >${t("+{n} min", { n: 5 })}<//
      >`
    }
    ${main === "look" && html`<${StepLink} className="btn btn--main" step=${{ do: "start", item: next.id }} keys="n">${t("Start now")}<//>`}
    ${(main === "next" || main === "start") && html`<${Next} on=${on} track=${itsTrack(items, next)} />`}
    ${main === "finish" && html`<${Finish} className="btn btn--main" track=${itsTrack(items, on)} keys="n" />`}
    <${More} say=${say} finish=${main === "next" ? itsTrack(items, on) : null} />
  </div>`;
}

function Next({ on, track }) {
  const { t } = useApp();
  const offline = useOffline();
  const { busy, send } = useProgramme();
  return html`<${Act}
    className="btn btn--main"
    offline=${offline}
    busy=${busy?.name === "programme.next"}
    keys="n"
    onAct=${() => busy || send("programme.next", { track })}
    >${on ? t("Next item") : t("Start now")}<//
  >`;
}

function Finish({ className, track, keys }) {
  const { t } = useApp();
  const offline = useOffline();
  const { busy, send } = useProgramme();
  return html`<${Act}
    className=${className}
    offline=${offline}
    busy=${busy?.name === "programme.finish"}
    keys=${keys}
    onAct=${() => busy || send("programme.finish", { track })}
    >${t("End this")}<//
  >`;
}

/** What is done more seldom, one press further away. @param {{finish: string | null}} props finish: of which track */
function More({ say, finish }) {
  const { store, times, t } = useApp();
  const { line, on, next, track, now } = useDay();
  const offline = useOffline();
  const { busy, send } = useProgramme();
  const part = useRef(null);
  const last = undoable(useList(store, "steps"), track);
  const pause = nextBreak(line, on, times.day, now);
  const correctable = happened(useList(store, "cues"), line, todayOf(line, on, next)).length > 0;

  useEffect(() => {
    const close = (event) => {
      const here = part.current;
      if (here?.open && !here.contains(event.target)) here.open = false;
    };
    document.addEventListener("pointerdown", close);
    document.addEventListener("focusin", close);
    return () => {
      document.removeEventListener("pointerdown", close);
      document.removeEventListener("focusin", close);
    };
  }, []);

  const shut = () => {
    part.current.open = false;
    part.current.querySelector("summary").focus();
  };
  const key = (event) => {
    if (event.key !== "Escape" || !part.current.open) return;
    event.stopPropagation();
    shut();
  };
  const undo = async () => {
    if (busy) return;
    if (part.current.contains(document.activeElement)) shut();
    const answer = await send("programme.undo", { track: last.track }).answer;
    if (answer.ok) say(t("Taken back."), "undo");
  };

  if (!last && !pause && !correctable && finish === null) return null;
  return html`<details class="more" ref=${part} onKeyDown=${key}>
    <summary class="btn">${t("More")}</summary>
    <div class="more__list">
      ${finish !== null && html`<${Finish} className="more__act" track=${finish} />`}
      ${
        pause &&
        html`<${StepLink} className="more__act" step=${{ do: "start", item: pause.id }}
          >${t("Break now: {title}", { title: pause.title })}<//
        >`
      }
      ${
        last &&
        html`<${Act}
          className="more__act"
          offline=${offline}
          busy=${busy?.name === "programme.undo"}
          keys="u"
          onAct=${undo}
          >${undoing(t, last.what, times.time(last.at))}<//
        >`
      }
      ${correctable && html`<${StepLink} className="more__act" step=${{ do: "correct" }}>${t("Correct a time")}<//>`}
    </div>
  </details>`;
}

function undoing(t, what, time) {
  if (what === "next") return t("Undo: next item {time}", { time });
  if (what === "start") return t("Undo: start {time}", { time });
  if (what === "finish") return t("Undo: end {time}", { time });
  if (what === "extend") return t("Undo: more time {time}", { time });
  if (what === "correct") return t("Undo: corrected time {time}", { time });
  return t("Undo: began by itself {time}", { time });
}

/** What a row in the desk's programme has of its own. */
export function RowActs({ item, on }) {
  const { times, t } = useApp();
  if (item.state !== "waiting" || item.id === on?.id) return null;
  return html`${
      item.by_clock &&
      item.expected_start &&
      html`<p class="spine__by">${t("Begins by itself {time}", { time: times.time(item.expected_start) })}</p>`
    }
    <p>
      <${StepLink} className="linkish small" step=${{ do: "start", item: item.id }}
        >${t("Start…")}<span class="vh"> ${item.title}</span><//
      >
    </p>`;
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

// Those who may not ask for now, whether or not they have asked anything; and muting somebody by their name.

import { html, useState } from "../../vendor/preact.standalone.module.js";
import { useList } from "../lib/hooks.js";
import { Act } from "../shared/act.js";
import { Icon, when, Wrong } from "../shared/bits.js";
import { useApp, useDay, useOffline } from "../shared/context.js";
import { Mute, until } from "./fields.js";
import { called, useMuted, usePeople } from "./people.js";
import { useSend } from "./send.js";

const ACTS = new Set(["person.mute", "person.unmute"]);

export function Silent({ say }) {
  const { boot, store, t, times } = useApp();
  const { now } = useDay();
  const offline = useOffline();
  const [send, wrong, busy] = useSend(say);
  const acts = useList(store, "audit").filter((one) => ACTS.has(one.what));
  const last = acts.map((one) => one.at).sort();
  const people = useMuted(boot.base, `${acts.length} ${last.at(-1)} ${offline}`);
  const muted = people.filter(({ muted: of }) => of && (!of.until || Date.parse(of.until) > now));
  return html`<div class="tool__wide silent">
    <h3>${t("Muted")}</h3>
    <p class="fields__note">${t("They may read and support, but not ask.")}</p>
    ${muted.length === 0 && html`<p>${t("Nobody is muted.")}</p>`}
    ${muted.length > 0 && html`<ul class="tool__muted">
      ${muted.map(
        (one) =>
          html`<li key=${one.id}>
            <span>
              <${Icon} name="muted" /> <b>${called(one)}</b>${" "}
              <span class="soft">${one.muted.until ? t("until {time}", { time: times.time(one.muted.until) }) : t("until somebody unmutes them")}. ${t("Reason: {reason}", { reason: one.muted.reason })}</span>
            </span>
            <${Act} className="btn btn--small" ...${{ offline, busy }} onAct=${() => send("person.unmute", { person: one.id }, t("May ask again."))}
              >${t("Unmute")}<span class="vh"> ${one.name}</span><//
            >
          </li>`,
      )}
    </ul>`}
    ${wrong && html`<${Wrong} id="muted-wrong">${wrong}<//>`}
    <${Someone} say=${say} muted=${new Set(muted.map((one) => one.id))} />
  </div>`;
}

/** Whoever it is, also somebody who has asked nothing. */
function Someone({ say, muted }) {
  const { boot, clock, t } = useApp();
  const offline = useOffline();
  const [name, look] = useState("");
  const [person, choose] = useState(null);
  const [values, set] = useState({});
  const [missing, setMissing] = useState(null);
  const people = usePeople(boot.base, person ? "" : name);
  const [send, wrong, busy] = useSend((...said) => {
    done();
    say(...said);
  });

  function done() {
    choose(null);
    look("");
    set({});
    setMissing(null);
  }

  function submit(event) {
    event.preventDefault();
    if (offline || busy || !person) return;
    const reason = (values.why ?? "").trim();
    if (!reason) return setMissing(t("Write why: the person reads it."));
    const payload = until({ reason, minutes: Number(values.minutes ?? 30) }, clock.now());
    return send("person.mute", { person: person.id, ...payload }, t("Muted, and told why."));
  }

  const error = missing ?? wrong;
  const field = { id: "mute-why", "aria-invalid": when(error), "aria-describedby": when(error, "mute-wrong") };
  if (person) {
    return html`<form class="fields" onSubmit=${submit}>
      <${Mute} q=${{ author: person }} values=${values} write=${(more) => set({ ...values, ...more })} field=${field} />
      ${error && html`<${Wrong} id="mute-wrong">${error}<//>`}
      <div class="fields__acts">
        <button class="btn btn--main" type="submit" aria-disabled=${when(offline)} aria-busy=${when(busy)}>${t("Mute")}</button>
        <button class="btn btn--quiet" type="button" onClick=${done}>${t("Cancel")}</button>
      </div>
    </form>`;
  }
  return html`<div class="silent__find">
    <label class="label" for="mute-name">${t("Mute somebody: name or organisation")}</label>
    <input class="field" id="mute-name" autocomplete="off" aria-describedby="mute-people" value=${name} onInput=${(event) => look(event.currentTarget.value)} />
    <div id="mute-people" aria-live="polite">
      ${people.length > 0 && html`<ul>
        ${people.map(
          (one) =>
            html`<li key=${one.id}>
              ${
                one.staff || muted.has(one.id)
                  ? html`<span class="soft">${called(one)}: ${one.staff ? t("is staff, and cannot be muted") : t("is muted already")}</span>`
                  : html`<button class="linkish" type="button" onClick=${() => choose(one)}>${called(one)}</button>`
              }
            </li>`,
        )}
      </ul>`}
    </div>
  </div>`;
}

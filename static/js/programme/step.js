// A step that is being thought about: what it leads to, and the button that does it. templates/programme/step.html draws
// the same, and both have the same address.

import { createContext, html, useContext, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { useList } from "../lib/hooks.js";
import { Act } from "../shared/act.js";
import { when, words, Wrong } from "../shared/bits.js";
import { useApp, useContentLang, useDay, useOffline } from "../shared/context.js";
import { briefly, usePreview, Wholly } from "./preview.js";
import { useProgramme } from "./said.js";
import { happened } from "./steps.js";
import { todayOf } from "./tracks.js";

const FIELDS = ["do", "item", "minutes", "cue", "time"];
const MINUTES = [5, 10, 15];

/** {step, set, close}: which step is thought about, or null. */
export const Thinking = createContext(null);

/** @returns {{step: object | null, set: (step: object) => void, close: () => void}} */
export function useThinking() {
  const [step, setStep] = useState(asked);
  const opener = useRef(null);
  return {
    step,
    set(next) {
      if (!step) opener.current = document.activeElement;
      setStep(next);
    },
    close() {
      setStep(null);
      if (asked()) history.replaceState(history.state, "", location.pathname);
      const back = opener.current;
      requestAnimationFrame(() => {
        // Within what is folded away nothing can be focused: then its summary, else the main button.
        const folded = back?.closest("details:not([open])")?.querySelector("summary");
        const to = [folded, back].find((one) => one?.isConnected && one !== document.body);
        (to ?? document.querySelector(".run .btn--main, .run .btn, #main h2"))?.focus();
      });
    },
  };
}

/** What the page's address asks about. */
function asked() {
  const query = new URLSearchParams(location.search);
  if (!query.get("do")) return null;
  return Object.fromEntries(FIELDS.filter((name) => query.get(name)).map((name) => [name, query.get(name)]));
}

/** Opens the step; without a script, the page with the step in it. */
export function StepLink({ className, step, current, keys, children }) {
  const { boot } = useApp();
  const { set } = useContext(Thinking);
  const press = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return; // a tab of its own
    event.preventDefault();
    set(step);
  };
  return html`<a
    class=${className}
    href=${`${boot.base}/moderate?${new URLSearchParams(step)}#step`}
    aria-current=${when(current)}
    data-keys=${keys}
    onClick=${press}
    >${children}</a
  >`;
}

export function Step({ say }) {
  const { step } = useContext(Thinking);
  return step && html`<${Open} key=${step.do} step=${step} say=${say} />`;
}

function Open({ step, say }) {
  const { store, t } = useApp();
  const { line, on, next } = useDay();
  const { set, close } = useContext(Thinking);
  const offline = useOffline();
  const { busy, send } = useProgramme();
  const part = useRef(null);
  const correcting = step.do === "correct";
  const more = step.do === "more" || step.do === "extend";
  const complete = !correcting || (step.cue && step.time);
  const [told, again] = usePreview(complete ? step : null);
  const way = told?.command ? told : null;
  const rows = happened(useList(store, "cues"), line, todayOf(line, on, next));
  const spoken = useRef(null);

  useLayoutEffect(() => {
    part.current.querySelector("h2").focus({ preventScroll: true });
    part.current.scrollIntoView?.({ block: "nearest" });
  }, [step.cue]);

  // The keyboard waits on the heading until there is something to confirm; a later choice is only told.
  useEffect(() => {
    if (!way) return;
    const said = `${way.question} ${briefly(t, way)}`;
    if (document.activeElement === part.current.querySelector("h2")) part.current.querySelector(".acts .btn--main")?.focus();
    else if (spoken.current !== said) say(said, "step");
    spoken.current = said;
  }, [way]);

  const confirm = async () => {
    if (busy || !way) return;
    const answer = await send(way.command.name, way.command.payload).answer;
    if (!answer.ok) return again(); // it stays, with what it leads to now
    if (more || correcting) say(briefly(t, way), "step");
    close();
  };
  const key = (event) => {
    if (event.key === "Escape") close();
  };

  return html`<section class="step" id="step" aria-labelledby="h-step" ref=${part} onKeyDown=${key}>
    <div class="wrap step__in">
      <h2 id="h-step" tabindex="-1">${heading(t, step, told)}</h2>
      ${more && html`<${Minutes} step=${step} onChoose=${set} />`}
      ${correcting && !step.cue && html`<${Happened} rows=${rows} />`}
      ${correcting && step.cue && html`<${When} step=${step} row=${rows.find((one) => one.id === step.cue)} onChoose=${set} />`}
      ${told?.problem && html`<${Wrong} id="step-wrong">${words(told.problem)}<//>`}
      ${
        told?.problem?.code === "silence" &&
        html`<p><button class="btn" type="button" onClick=${again}>${t("Try again")}</button></p>`
      }
      ${way && html`<div class="step__leads"><${Wholly} way=${way} /></div>`}
      ${complete && !told && html`<p class="step__leads soft">${t("Looking what it leads to")}</p>`}
      <div class="acts">
        ${
          way &&
          html`<${Act}
            className="btn btn--main"
            offline=${offline}
            busy=${busy?.name === way.command.name}
            onAct=${confirm}
            >${way.button}<//
          >`
        }
        <button class="btn btn--quiet" type="button" onClick=${close}>${t("Cancel")}</button>
      </div>
    </div>
  </section>`;
}

function heading(t, step, told) {
  if (step.do === "correct") return step.cue ? t("When was it?") : t("Correct a time");
  if (told?.question) return told.question;
  if (step.do === "more" || step.do === "extend") return t("More time");
  return told?.problem ? t("That cannot be done now") : t("Start now");
}

function Minutes({ step, onChoose }) {
  const { t } = useApp();
  const chosen = Number(step.minutes ?? 5);
  const own = (event) => {
    event.preventDefault();
    onChoose({ ...step, minutes: event.currentTarget.elements.minutes.value });
  };
  return html`<div class="step__choices">
    ${MINUTES.map(
      (n) =>
        html`<${StepLink} key=${n} className="btn" step=${{ ...step, minutes: n }} current=${n === chosen}
          >${t("+{n} min", { n })}<//
        >`,
    )}
    <form onSubmit=${own}>
      <label class="label" for="step-minutes">${t("Other, minutes")}</label>
      <input
        class="field"
        id="step-minutes"
        name="minutes"
        type="number"
        inputmode="numeric"
        min="1"
        max="240"
        required
        defaultValue=${MINUTES.includes(chosen) ? "" : chosen}
      />
      <button class="btn" type="submit">${t("Show")}</button>
    </form>
  </div>`;
}

function Happened({ rows }) {
  const { times, t } = useApp();
  const lang = useContentLang();
  return html`<ul class="happened">
    ${rows.map(
      (one) =>
        html`<li key=${one.id}>
          <p class="happened__t"><time datetime=${one.at}>${times.time(one.at)}</time></p>
          <p>
            ${one.off.map((title) => html`<span lang=${lang}>${t("{title} ended", { title })}</span>`)}
            ${one.on.map((title) => html`<span lang=${lang}>${t("{title} began", { title })}</span>`)}
          </p>
          <${StepLink} className="btn" step=${{ do: "correct", cue: one.id }}
            >${t("Change")}<span class="vh"> ${times.time(one.at)}</span><//
          >
        </li>`,
    )}
  </ul>`;
}

function When({ step, row, onChoose }) {
  const { times, t } = useApp();
  const look = (event) => {
    event.preventDefault();
    onChoose({ ...step, time: event.currentTarget.elements.time.value });
  };
  const time = row && times.time(row.at);
  return html`${
      row &&
      html`<p>
        ${row.off.map((title) => `${t("{title} ended {time}.", { title, time })} `)}
        ${row.on.map((title) => `${t("{title} began {time}.", { title, time })} `)}
      </p>`
    }
    <form class="step__when" onSubmit=${look}>
      <label class="label" for="step-time">${t("It really was, by the clock of the meeting")}</label>
      <input class="field" id="step-time" name="time" type="time" required defaultValue=${step.time ?? ""} />
      <button class="btn" type="submit">${t("Show what it leads to")}</button>
    </form>`;
}

// The projector: takes over what the server drew (templates/screen.html). The join code stands outside, never redrawn.

import { html, useLayoutEffect, useRef } from "../vendor/preact.standalone.module.js";
import { start } from "./lib/app.js";
import { useList, useSignal } from "./lib/hooks.js";
import { moment } from "./programme/moment.js";
import { afterNext, speakers, timed, whole } from "./programme/order.js";
import { By, Done, minutes } from "./programme/strip.js";
import { inLine, onStage } from "./questions/lists.js";
import { person } from "./shared/bits.js";
import { App, useApp, useContentLang, useDay, useOffline } from "./shared/context.js";
import { graphemes } from "./shared/graphemes.js";
import { takeOver } from "./shared/takeover.js";

const BREAKS = new Set(["break", "registration", "social"]);
/** The letters of a question, by how many characters it has at most. */
const STEPS = [
  [80, ""],
  [160, "hall__text--long"],
  [320, "hall__text--longer"],
  [Infinity, "hall__text--longest"],
  [Infinity, "hall__text--fit"],
];

function Screen() {
  const { connection, t } = useApp();
  const state = useSignal(connection.state);
  const day = useDay();
  if (state.name === "ended") {
    return html`<div class="ended">
      <h1 class="hall__text hall__text--long">${t("This screen is no longer connected")}</h1>
      <p class="hall__who">${state.problem?.title}. ${state.problem?.detail}</p>
    </div>`;
  }
  return html`<div class="view">
    <${Bar} ...${day} />
    <${Hall} ...${day} />
    <${Below} ...${day} />
  </div>`;
}

function Bar({ meeting, items, on, now }) {
  const { t, times } = useApp();
  const lang = useContentLang();
  if (!on) {
    return html`<section class="bar bar--none" aria-label=${t("On now")}>
      <p class="bar__n"></p>
      <div><h1 class="bar__title" lang=${lang}>${meeting.title}</h1></div>
    </section>`;
  }
  const clock = timed(items, on);
  const stands = moment(clock, now);
  return html`<section class="bar" aria-label=${t("On now")}>
    <p class="bar__n">${t("Now")}</p>
    <div>
      <h1 class="bar__title" lang=${lang}>${on.title}</h1>
      <${By} className="bar__by" part=${whole(items, on)} people=${speakers(items, on)} />
    </div>
    ${
      stands.left !== null &&
      html`<p class="bar__left"><b>${minutes(t, stands)}</b>${
        stands.over === null &&
        !BREAKS.has(on.kind) &&
        t("until about {time}", { time: times.time(clock.expected_end) })
      }</p>`
    }
    ${stands.left !== null && html`<${Done} percent=${stands.done} />`}
  </section>`;
}

function Hall({ meeting, on, next, current, now }) {
  const { store, t, times } = useApp();
  const lang = useContentLang();
  const questions = useList(store, "questions");
  const staged = onStage(questions)[0];
  const waiting = inLine(questions, current).length;
  return html`<section class="hall" aria-label=${t("In the hall now")}>${content()}</section>`;

  function content() {
    if (staged) {
      return html`<${Fitted} key=${staged.id} text=${staged.text} />
        <p class="hall__who">${staged.author ? person(staged.author) : t("Name hidden")}</p>`;
    }
    if (on && BREAKS.has(on.kind)) return next ? again() : html`<p class="hall__text" lang=${lang}>${on.title}</p>`;
    if (on) {
      return html`<p class="hall__text">${t("Ask your question")}</p>
        <p class="hall__who">${
          waiting
            ? t.n("{n} question in line", "{n} questions in line", waiting)
            : t("From your phone, during the talk")
        }</p>`;
    }
    if (next) return again();
    return html`<p class="hall__text">${t("The programme is over")}</p>
      <p class="hall__who" lang=${lang}>${meeting.tagline}</p>`;
  }

  /** The time we start (again) is the largest thing there is. */
  function again() {
    const today = on ? next.day === on.day : times.day(next.expected_start) === times.day(now);
    const word = !today ? times.date(next.expected_start) : on?.kind === "break" ? t("We start again") : t("We start");
    return html`<p class="hall__again">${word}</p>
      <p class="hall__time">${times.time(next.expected_start)}</p>
      <p class="hall__who" lang=${lang}>${next.title}</p>`;
  }
}

/** As large as its length allows, and a step smaller while it does not fit: a long title takes some of the room. */
function Fitted({ text }) {
  const ref = useRef(null);
  useLayoutEffect(() => {
    const fit = () => {
      const hall = ref.current.parentElement;
      const n = graphemes(text);
      let step = STEPS.findIndex(([upTo]) => n <= upTo);
      do ref.current.className = `hall__text ${STEPS[step][1]}`.trim();
      while (hall.scrollHeight > hall.clientHeight && ++step < STEPS.length);
    };
    fit();
    document.fonts?.ready.then(() => ref.current && fit());
    addEventListener("resize", fit);
    return () => removeEventListener("resize", fit);
  });
  return html`<p ref=${ref}>${text}</p>`;
}

function Below({ items, on, next, now }) {
  const { t, times } = useApp();
  const lang = useContentLang();
  const offline = useOffline();
  // A break shows large what comes next; here then stands what comes after that.
  const then = on && (BREAKS.has(on.kind) ? afterNext(items, next) : next);
  return html`<section class="below" aria-label=${t("Next, and the time")}>
    <p class="below__n">${then?.planned_start && times.time(then.expected_start)}</p>
    <p class="below__what" lang=${then ? lang : undefined}>${then?.title}</p>
    <p class="below__clock">
      ${offline && html`<span class="below__lost">${t("Looking for contact")}</span>`}
      <span><span class="vh">${t("The time is")} </span>${times.time(now)}</span>
    </p>
  </section>`;
}

/** A projector that goes to sleep in the middle of a talk is worse than none. */
function stayAwake() {
  const ask = () => {
    if (document.visibilityState === "visible") navigator.wakeLock?.request("screen").catch(() => {});
  };
  ask();
  document.addEventListener("visibilitychange", ask);
}

const app = start();
takeOver(document.getElementById("app"), html`<${App.Provider} value=${app}><${Screen} /><//>`);
stayAwake();

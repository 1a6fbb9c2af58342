// The projector: takes over what the server drew (templates/screen.html). The join code stands outside, never redrawn.

import { html, useLayoutEffect, useRef } from "../vendor/preact.standalone.module.js";
import { start } from "./lib/app.js";
import { minutesLeft, parse } from "./lib/clock.js";
import { useList, useMe, useSignal } from "./lib/hooks.js";
import { useNotices } from "./notices/notices.js";
import { Following, useChoice } from "./programme/choice.js";
import { moment } from "./programme/moment.js";
import { afterNext, inOrder, speakers, timed, whole } from "./programme/order.js";
import { Done, minutes } from "./programme/strip.js";
import { choices, chosen } from "./programme/tracks.js";
import { inLine, ofLine, onStage } from "./questions/lists.js";
import { stayAwake } from "./shared/awake.js";
import { person } from "./shared/bits.js";
import { App, useApp, useContentLang, useDay, useOffline } from "./shared/context.js";
import { backToItsCode } from "./shared/gone.js";
import { graphemes } from "./shared/graphemes.js";
import { takeOver } from "./shared/takeover.js";
import { HallPoll, usePollOnScreen } from "./polls/screen.js";
import { Picture, useShown } from "./slides/deck.js";

const BREAKS = new Set(["break", "registration", "social"]);
/** Minutes: counted down from then on. */
const NEAR = 90;
/** The letters of a question, by how many characters it has at most. */
const STEPS = [
  [80, ""],
  [160, "hall__text--long"],
  [320, "hall__text--longer"],
  [Infinity, "hall__text--longest"],
  [Infinity, "hall__text--fit"],
];

function Screen() {
  const { connection, store, t } = useApp();
  const state = useSignal(connection.state);
  const [asked] = useChoice("track");
  const track = chosen(inOrder(useList(store, "programme")), asked, useMe(store).track);
  if (state.name === "ended") {
    return html`<div class="ended">
      <h1 class="hall__text hall__text--long">${t("This screen is no longer connected")}</h1>
      <p class="hall__who">${state.problem?.title}. ${state.problem?.detail}</p>
    </div>`;
  }
  return html`<${Following} track=${track}><${View} /><//>`;
}

function View() {
  const day = useDay();
  return html`<div class="view">
    <${Bar} ...${day} />
    <${Hall} ...${day} />
    <${Told} />
    <${Below} ...${day} />
  </div>`;
}

/** The newest of what staff tell the hall. */
function Told() {
  const { t, times } = useApp();
  const [notice] = useNotices();
  return html`<section class=${notice ? "told" : "told told--none"} aria-label=${t("Notices")}>
    <p class="told__n">${notice && times.time(notice.at)}</p>
    <p class=${graphemes(notice?.text ?? "") > 80 ? "told__text told__text--long" : "told__text"}>${notice?.text}</p>
  </section>`;
}

function Bar({ meeting, items, track, on, now }) {
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
  // Where there are several halls, which one this screen follows is to be seen on it.
  const place = choices(items).length > 0 && track;
  const by = [place, whole(items, on)?.title, ...speakers(items, on).map(person)].filter(Boolean);
  return html`<section class="bar" aria-label=${t("On now")}>
    <p class="bar__n">${t("Now")}</p>
    <div>
      <h1 class="bar__title" lang=${lang}>${on.title}</h1>
      ${
        by.length > 0 &&
        html`<p class="bar__by" lang=${lang}>${by.map((line) => html`<span>${line}</span>`)}</p>`
      }
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

function Hall({ meeting, items, line, on, next, current, now }) {
  const { store, t, times } = useApp();
  const lang = useContentLang();
  const questions = ofLine(useList(store, "questions"), line);
  const staged = onStage(questions)[0];
  const waiting = inLine(questions, current).length;
  const slides = useShown();
  const poll = usePollOnScreen();
  const look = slides && !staged && !poll ? "hall hall--slides" : "hall";
  return html`<section class=${look} aria-label=${t("In the hall now")}>${content()}</section>`;

  function content() {
    if (poll) return html`<${HallPoll} poll=${poll} />`;
    if (staged) {
      return html`<${Fitted} key=${staged.id} text=${staged.text} />
        <p class="hall__who">${staged.author ? person(staged.author) : t("Name hidden")}</p>`;
    }
    if (slides) return html`<${Picture} className="hall__slide" deck=${slides} page=${slides.page} />`;
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
    const n = minutesLeft(parse(next.expected_start), now);
    const isOut = on ? moment(timed(items, on), now).over !== null : minutesLeft(parse(next.planned_start), now) <= 0;
    if (today && isOut) {
      return html`<p class="hall__text hall__text--go">${on?.kind === "break" ? t("We go on") : t("We start soon")}</p>
        <p class="hall__who" lang=${lang}>${next.title}</p>`;
    }
    const isNear = today && n >= 1 && n <= NEAR;
    const again = isNear ? t("We start again in {n} min", { n }) : t("We start again");
    const first = isNear ? t("We start in {n} min", { n }) : t("We start");
    const word = !today ? times.date(next.expected_start) : on?.kind === "break" ? again : first;
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

const app = start();
takeOver(document.getElementById("app"), html`<${App.Provider} value=${app}><${Screen} /><//>`);
stayAwake();
backToItsCode(app);

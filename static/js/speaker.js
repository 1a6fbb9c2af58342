// The speaker's page, and the lectern's: how long is left, what is asked. Takes over what the server drew
// (templates/speaker.html). The time is large and never said aloud: who speaks is not to be interrupted by it.

import { html } from "../vendor/preact.standalone.module.js";
import { minutesLeft, parse } from "./lib/clock.js";
import { start } from "./lib/app.js";
import { useList, useMe, useSignal } from "./lib/hooks.js";
import { Notices, tellNotices } from "./notices/notices.js";
import { Choice, Following, Tracks, useChoice } from "./programme/choice.js";
import { due, moment } from "./programme/moment.js";
import { inOrder, timed } from "./programme/order.js";
import { Done } from "./programme/strip.js";
import { ownTalks, trackOf } from "./programme/talks.js";
import { choices, chosen } from "./programme/tracks.js";
import { ofLine, onStage, upNextFirst } from "./questions/lists.js";
import { mayWrite, Writing } from "./questions/reply.js";
import { createVoice } from "./shared/announce.js";
import { stayAwake } from "./shared/awake.js";
import { person } from "./shared/bits.js";
import { App, useApp, useContentLang, useDay } from "./shared/context.js";
import { backToItsCode } from "./shared/gone.js";
import { graphemes } from "./shared/graphemes.js";
import { Ended, Line, OfflineNote } from "./shared/line.js";
import { takeOver } from "./shared/takeover.js";
import { SpeakerSlides } from "./slides/speaker.js";

/** Which track is followed, for those who speak without being drawn. */
let followed = "";

function Speaker({ say }) {
  const { connection, store, t } = useApp();
  const state = useSignal(connection.state);
  const me = useMe(store);
  const items = inOrder(useList(store, "programme"));
  const [item, chooseItem] = useChoice("item");
  const [track, chooseTrack] = useChoice("track");
  if (state.name === "ended") return html`<${Ended} problem=${state.problem} unsent=${[]} />`;
  const { mine, talk } = ownTalks(items, me.layers, item);
  followed = chosen(items, track, talk && trackOf(items, talk), me.track);
  return html`<${Following} track=${followed}>
    <${Head}>
      ${
        mine.length > 1
          ? html`<${Mine} mine=${mine} talk=${talk} onChoose=${chooseItem} />`
          : mine.length === 0 &&
            !me.roles.includes("lectern") &&
            html`<${Tracks} tracks=${choices(items)} track=${followed} onChoose=${chooseTrack} />`
      }
    <//>
    <section class="notes" aria-label=${t("Notices")}>
      <${Notices} />
      <${OfflineNote} kept="" />
    </section>
    <${Talk} mine=${talk} say=${say} />
  <//>`;
}

function Head({ children }) {
  const { boot } = useApp();
  const { meeting } = useDay();
  const lang = useContentLang();
  return html`<header class="head">
    <div class="wrap head__in">
      <a class="head__name" href=${boot.base} lang=${lang}>${meeting.title}</a>
      <${Line} />
      ${children}
    </div>
  </header>`;
}

/** Who speaks several times chooses which. */
function Mine({ mine, talk, onChoose }) {
  const { t } = useApp();
  const lang = useContentLang();
  const options = mine.map(({ id, title }) => ({ value: id, words: title, lang }));
  return html`<${Choice} ...${{ name: "item", label: t("Your items"), options, now: talk.id, onChoose }} />`;
}

function Talk({ mine, say }) {
  const { store, t } = useApp();
  const me = useMe(store);
  const { line, on, next } = useDay();
  const questions = ofLine(useList(store, "questions"), line);
  const talk = mine ?? on ?? next;
  const isOn = talk?.state === "on";
  const family = new Set(talk ? [talk, ...line.filter((one) => one.parent === talk.id)].map((one) => one.id) : []);
  if (talk?.parent) family.add(talk.parent);
  const theirs = questions.filter((q) => family.has(q.item));
  const part = isOn ? (on && family.has(on.id) ? on : talk) : null;
  return html`<main class="talk" id="main">
    <${Time} talk=${talk} part=${part} before=${isOn ? null : on} />
    <section class="talk__side" id="questions" tabindex="0" aria-label=${t("Questions")}>
      <${Staged} question=${onStage(questions)[0]} />
      <${SpeakerSlides} talk=${talk} family=${family} />
      ${
        talk?.state === "done" && mayWrite(me, talk)
          ? html`<${Writing} key=${talk.id} questions=${theirs} say=${say} />`
          : html`<${Asked} questions=${upNextFirst(theirs)} over=${talk?.state === "done"} />`
      }
    </section>
  </main>`;
}

/** @param {{talk: object | null, part: object | null, before: object | null}} props part: of the talk, what is on */
function Time({ talk, part, before }) {
  const { t } = useApp();
  const { items, now } = useDay();
  const lang = useContentLang();
  const clock = part && timed(items, part);
  const stands = clock && moment(clock, now);
  const look = !part ? "" : stands.over === null ? " talk__time--on" : " talk__time--over";
  const state = part ? t("Now") : talk?.state === "waiting" ? t("Next") : "";
  return html`<section class=${`talk__time${look}`} aria-label=${t("Your time")}>
    <p class="talk__state">${state}</p>
    <h1 class="talk__title" lang=${talk ? lang : undefined}>${(part ?? talk)?.title ?? t("The programme is over")}</h1>
    ${part ? stands.left !== null && html`<${Left} clock=${clock} stands=${stands} />` : html`<${Off} talk=${talk} />`}
    <${Then} talk=${talk} before=${before} />
  </section>`;
}

function Left({ clock, stands }) {
  const { t, times } = useApp();
  const isOver = stands.over !== null;
  const size = stands.left < 100 ? "talk__n" : "talk__n talk__n--long";
  return html`<p class="talk__left">
      ${
        isOver
          ? html`<b class="talk__words">${t("Time is out")}</b><span>${t("{n} min over", { n: stands.over })}</span>`
          : html`<b class=${size}>${stands.left}</b><span>${t("min left")}</span>`
      }
    </p>
    <p class="talk__until">
      ${
        isOver
          ? clock.planned_end && t("should have ended {time}", { time: times.time(due(clock)) })
          : t("until about {time}", { time: times.time(clock.expected_end) })
      }
    </p>
    <${Done} percent=${stands.done} />`;
}

/** It is not on: when it starts, or that it is over. */
function Off({ talk }) {
  const { t, times } = useApp();
  const { now } = useDay();
  if (!talk) return null;
  if (talk.state !== "waiting" || !talk.expected_start) {
    const words = talk.state === "cancelled" ? t("Cancelled") : t("It is over");
    return talk.state !== "waiting" && html`<p class="talk__left"><b class="talk__words">${words}</b></p>`;
  }
  const wait = minutesLeft(parse(talk.expected_start), now);
  const time = times.time(talk.expected_start);
  return html`<p class="talk__left">
      ${
        wait <= 0
          ? html`<b class="talk__words">${t("Starts soon")}</b>`
          : wait <= 90
            ? html`<b class="talk__n">${wait}</b><span>${t("min until it starts")}</span>`
            : html`<b class="talk__words">${time}</b><span>${times.date(talk.expected_start)}</span>`
      }
    </p>
    <p class="talk__until">${wait <= 90 && t("about {time}", { time })}</p>`;
}

function Then({ talk, before }) {
  const { t, times } = useApp();
  const { next } = useDay();
  if (before && before.id !== talk?.id) {
    return html`<p class="talk__then">${t("On now: {title}", { title: before.title })}</p>`;
  }
  if (!next || next.id === talk?.id) return null;
  const title = next.title;
  return html`<p class="talk__then">${
    next.planned_start && next.day === talk?.day
      ? t("Then: {title}, {time}", { title, time: times.time(next.expected_start) })
      : t("Then: {title}", { title })
  }</p>`;
}

function Staged({ question }) {
  const { t } = useApp();
  if (!question) return null;
  const n = graphemes(question.text);
  const size = n > 240 ? " talk__question--longer" : n > 100 ? " talk__question--long" : "";
  return html`<div class="talk__stage">
    <h2>${t("On stage")}</h2>
    <p class=${`talk__question${size}`}>${question.text}</p>
    <p class="talk__by">${question.author ? person(question.author) || t("Asked in the hall") : t("Name hidden")}</p>
  </div>`;
}

/** @param {{questions: object[], over: boolean}} props over: their talk is, so that these were not reached */
function Asked({ questions, over }) {
  const { t } = useApp();
  return html`<div class="talk__asked">
    <h2>
      ${over ? t("Questions that time did not reach") : t("Questions in line")}${" "}
      <span class="count">${questions.length}</span>
    </h2>
    <ol class="rows">
      ${questions.map(
        (q) =>
          html`<li key=${q.id}>
            <p class="talk__support">
              <b>${q.support}</b><span class="vh"> ${t.n("supports it", "support it", q.support)}</span>
            </p>
            <div>
              ${q.queue && html`<p class="talk__up">${t("Up next")}</p>`}
              <p class="talk__text">${q.text}</p>
              <p class="talk__by">${q.author ? person(q.author) || t("Asked in the hall") : t("Name hidden")}</p>
            </div>
          </li>`,
      )}
    </ol>
    ${questions.length === 0 && html`<p class="talk__none">${t("No questions in line.")}</p>`}
  </div>`;
}

const app = start();
const say = createVoice(document.getElementById("said"));
takeOver(document.getElementById("app"), html`<${App.Provider} value=${app}><${Speaker} say=${say} /><//>`);
tellNotices(app, say, () => followed);
stayAwake();
backToItsCode(app);

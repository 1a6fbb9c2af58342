// The participant's page: takes over what the server drew (templates/live.html) and follows the meeting.

import { html, useEffect, useRef, useState } from "../vendor/preact.standalone.module.js";
import { start } from "./lib/app.js";
import { useList, useMe, useSignal } from "./lib/hooks.js";
import { Answer, Help } from "./help/help.js";
import { Notices, tellNotices } from "./notices/notices.js";
import { Calendar } from "./programme/calendar.js";
import { forAll } from "./polls/lists.js";
import { tellPolls } from "./polls/news.js";
import { Days, Following, Tracks, useChoice, useTrackChoice } from "./programme/choice.js";
import { tellProgramme } from "./programme/news.js";
import { current, inOrder, pictureOf } from "./programme/order.js";
import { awayWords } from "./programme/place.js";
import { Today } from "./programme/spine.js";
import { Strip } from "./programme/strip.js";
import { choices, chosen, daysOf, lineOf, onIn, todayOf } from "./programme/tracks.js";
import { inLine, ofLine } from "./questions/lists.js";
import { tellNews } from "./questions/news.js";
import { PARTS, Questions } from "./questions/pane.js";
import { Aloud, heard, keepQuiet } from "./shared/aloud.js";
import { createVoice, followSound, soundPlays } from "./shared/announce.js";
import { Icon, when } from "./shared/bits.js";
import { App, useApp, useContentLang, useDay } from "./shared/context.js";
import { inPlace, lazy, sheet } from "./shared/lazy.js";
import { Ended, Line, OfflineNote } from "./shared/line.js";
import { takeOver } from "./shared/takeover.js";
import { shown } from "./slides/decks.js";

/** A script with the style it needs. */
const dressed = (script, style) => Promise.all([script, sheet(style)]).then(([module]) => module);
const Picture = lazy((a) => dressed(import(`./programme/picture.js${a}`), "picture"), "Picture", ".picture");
const Slides = lazy((a) => dressed(import(`./slides/deck.js${a}`), "slides"), "Slides", ".slides");
const Polls = lazy((a) => dressed(import(`./polls/answer.js${a}`), "polls"), "Polls", ".polls");
const REFUSED = ".notes .note--refused";
const Refused = lazy((a) => import(`./shared/refused.js${a}`), "Refused", REFUSED);
const wasRefused = document.querySelector(REFUSED) !== null;

/** Which track is followed, for those who speak without being drawn. */
let followed = "";

function Live({ say }) {
  const { connection, outbox, drafts, store, t } = useApp();
  const state = useSignal(connection.state);
  const items = inOrder(useList(store, "programme"));
  const [wish, choose] = useTrackChoice();
  const track = chosen(items, wish, useMe(store).track);
  followed = track;
  if (state.name === "ended") {
    const asked = outbox.entries.value.filter((entry) => entry.name === "question.ask" && entry.state !== "sent");
    const unsent = [drafts.get("question"), ...asked.map((entry) => entry.payload.text)].filter(Boolean);
    return html`<${Ended} problem=${state.problem} unsent=${unsent} />`;
  }
  return html`<${Following} track=${track}>
    <${Head} say=${say}><${Tracks} tracks=${choices(items)} track=${track} onChoose=${choose} /><//>
    <${Strip} follow=${true} />
    <section class="notes" aria-label=${t("Notices")}>
      <${Notices} />
      <${Answer} say=${say} />
      <${Away} />
      ${wasRefused && html`<${Refused} />`}
      <${OfflineNote} kept=${t("What you write is kept here and sent later.")} />
    </section>
    <main class="live" id="main">
      <div class="live__left">
        <${Beside} say=${say} />
        <${Tabs} />
        <${Day} />
      </div>
      <${Questions} say=${say} after=${html`<${Aloud} say=${say} />`}><${Asked} say=${say} /><//>
    </main>
  <//>`;
}

/** The picture and the slides, where there are any. */
function Beside({ say }) {
  const { store, t } = useApp();
  const { meeting, items, on, current: here } = useDay();
  const deck = shown(useList(store, "slides"), here);
  const known = useRef(deck?.id);
  useEffect(() => {
    if (deck && known.current !== deck.id) say(t("Slides are shown."), "slides", "news");
    known.current = deck?.id;
  }, [deck?.id]);
  return html`${pictureOf(meeting, items, on) && html`<${Picture} />`} ${deck && html`<${Slides} say=${say} />`}`;
}

/** What is asked of everyone. */
function Asked({ say }) {
  const { store } = useApp();
  const { current: here } = useDay();
  return forAll(useList(store, "polls"), here).length > 0 && html`<${Polls} say=${say} />`;
}

function Head({ say, children }) {
  const { boot } = useApp();
  const { meeting } = useDay();
  const lang = useContentLang();
  return html`<header class="head">
    <div class="wrap head__in">
      <a class="head__name" href=${boot.base} lang=${lang}>${meeting.title}</a>
      <${Speaking} />
      <${Line} />
      <${Help} say=${say} />
      ${children}
    </div>
  </header>`;
}

/** Those who speak have a page of their own. */
function Speaking() {
  const { boot, store, t } = useApp();
  if (!useMe(store).roles.includes("speaker")) return null;
  return html`<a class="head__own" href=${`${boot.base}/speaker`}>${t("For you who speak")}</a>`;
}

/** What is on is for another place than the reader's: when it is theirs again. */
function Away() {
  const app = useApp();
  const { line, on } = useDay();
  const words = on && awayWords(app, line, useMe(app.store).attendance)(on);
  if (!words) return null;
  return html`<div class="note">
    <div class="wrap note__in">
      <${Icon} name="info" />
      <p>${words}</p>
    </div>
  </div>`;
}

/** The tabs work without this; it only tells assistive technology which part is shown. */
function Tabs() {
  const { store, t } = useApp();
  const { current, line } = useDay();
  const questions = ofLine(useList(store, "questions"), line);
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const programme = hash === "#programme";
  return html`<nav class="tabs" aria-label=${t("Parts of the meeting")}>
    <a href="#questions" aria-current=${when(!programme)}
      >${t("Questions")} <span class="count">${inLine(questions, current).length}</span></a
    >
    <a href="#programme" aria-current=${when(programme)}>${t("Programme")}</a>
  </nav>`;
}

function Day() {
  const app = useApp();
  const { boot, store, times, t } = app;
  const { items, line, on, next, now } = useDay();
  const [wish, choose] = useChoice("day");
  const days = daysOf(line);
  const today = todayOf(line, on, next);
  const day = days.find((one) => one.day === wish) ?? days.find((one) => one.day === today);
  const shown = line.filter((item) => item.day === (day?.day ?? today));
  const me = useMe(store);
  const away = awayWords(app, line, me.attendance);
  const isThing = me.roles.some((role) => role === "screen" || role === "lectern");
  const hasPlace = useList(store, "place").some((one) => one.state !== "cancelled");
  return html`<section class="live__day" id="programme" tabindex="0" aria-labelledby="h-programme">
    <${Days} ...${{ days, day: day?.day, now, onChoose: (one) => choose(one === today ? "" : one) }} />
    <h2 id="h-programme">${day ? times.date(day.at) : t("Programme")}</h2>
    <${Today} ...${{ all: items, items: shown, on, away }} />
    <p class="live__more">
      <a href=${boot.base}>${t("The whole programme")}</a>
      ${hasPlace && html`<a href=${`${boot.base}/place`}>${t("Your place")}</a>`}
      ${!isThing && html`<a href=${`${boot.base}/phone`}>${t("On my phone too")}</a>`}
    </p>
    <${Calendar} />
  </section>`;
}

const app = start();
await inPlace([Picture, Slides, Polls, Refused, ...PARTS]);
const say = createVoice(document.getElementById("said"), { sounding: () => soundPlays(document), heard });
followSound(document, say);
keepQuiet(app, say);
const root = document.getElementById("app");
takeOver(root, html`<${App.Provider} value=${app}><${Live} say=${say} /><//>`);
tellNews(app, say, (questions) => ofLine(questions, lineOf(inOrder(app.store.list("programme")), followed)));
tellNotices(app, say, () => followed);
tellPolls(app, say, () => {
  const items = inOrder(app.store.list("programme"));
  return current(items, onIn(app.store.first("meeting"), items, followed));
});
tellProgramme(
  app,
  say,
  (title) => {
    const meeting = app.store.first("meeting").title;
    document.title = title ? `${app.t("Now")}: ${title} – ${meeting}` : meeting;
  },
  (meeting, items) => onIn(meeting, items, followed),
);
app.connection.state.subscribe((state) => {
  if (state.name !== "ended") return;
  // The page is another one now: the keyboard begins at its heading.
  sheet("pages");
  requestAnimationFrame(() => document.getElementById("ended")?.focus());
});

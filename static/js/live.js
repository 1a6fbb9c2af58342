// The participant's page: takes over what the server drew (templates/live.html) and follows the meeting.

import { html, useEffect, useState } from "../vendor/preact.standalone.module.js";
import { start } from "./lib/app.js";
import { useList, useMe, useSignal } from "./lib/hooks.js";
import { Notices, tellNotices } from "./notices/notices.js";
import { Calendar } from "./programme/calendar.js";
import { Polls } from "./polls/answer.js";
import { tellPolls } from "./polls/news.js";
import { Days, Following, Tracks, useChoice, useTrackChoice } from "./programme/choice.js";
import { tellProgramme } from "./programme/news.js";
import { current, inOrder } from "./programme/order.js";
import { Picture } from "./programme/picture.js";
import { awayWords } from "./programme/place.js";
import { Today } from "./programme/spine.js";
import { Strip } from "./programme/strip.js";
import { choices, chosen, daysOf, onIn, todayOf } from "./programme/tracks.js";
import { inLine, ofLine } from "./questions/lists.js";
import { tellNews } from "./questions/news.js";
import { Questions } from "./questions/pane.js";
import { createVoice } from "./shared/announce.js";
import { Icon, when } from "./shared/bits.js";
import { App, useApp, useContentLang, useDay } from "./shared/context.js";
import { Ended, Line, OfflineNote } from "./shared/line.js";
import { Refused } from "./shared/refused.js";
import { takeOver } from "./shared/takeover.js";
import { Slides } from "./slides/deck.js";

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
    <${Head}><${Tracks} tracks=${choices(items)} track=${track} onChoose=${choose} /><//>
    <${Strip} follow=${true} />
    <section class="notes" aria-label=${t("Notices")}>
      <${Notices} />
      <${Away} />
      <${Refused} />
      <${OfflineNote} kept=${t("What you write is kept here and sent later.")} />
    </section>
    <main class="live" id="main">
      <div class="live__left">
        <${Picture} />
        <${Slides} say=${say} />
        <${Tabs} />
        <${Day} />
      </div>
      <${Questions} say=${say}><${Polls} say=${say} /><//>
    </main>
  <//>`;
}

function Head({ children }) {
  const { boot } = useApp();
  const { meeting } = useDay();
  const lang = useContentLang();
  return html`<header class="head">
    <div class="wrap head__in">
      <a class="head__name" href=${boot.base} lang=${lang}>${meeting.title}</a>
      <${Speaking} />
      <${Line} />
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
  const away = awayWords(app, line, useMe(store).attendance);
  return html`<section class="live__day" id="programme" tabindex="0" aria-labelledby="h-programme">
    <${Days} ...${{ days, day: day?.day, now, onChoose: (one) => choose(one === today ? "" : one) }} />
    <h2 id="h-programme">${day ? times.date(day.at) : t("Programme")}</h2>
    <${Today} ...${{ all: items, items: shown, on, away }} />
    <p><a href=${boot.base}>${t("The whole programme")}</a></p>
    <${Calendar} />
  </section>`;
}

const app = start();
const say = createVoice(document.getElementById("said"));
const root = document.getElementById("app");
takeOver(root, html`<${App.Provider} value=${app}><${Live} say=${say} /><//>`);
tellNews(app, say);
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
  // The page is another one now: the keyboard begins at its heading.
  if (state.name === "ended") requestAnimationFrame(() => document.getElementById("ended")?.focus());
});

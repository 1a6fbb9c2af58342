// The moderator's desk: takes over what the server drew (templates/moderate.html) and follows the meeting.

import { html, useEffect, useState } from "../vendor/preact.standalone.module.js";
import { start } from "./lib/app.js";
import { useList, useSignal } from "./lib/hooks.js";
import { Wanted } from "./help/desk.js";
import { Tell } from "./notices/desk.js";
import { Screens } from "./participants/screens.js";
import { Following, Tracks, useTrackChoice } from "./programme/choice.js";
import { Effect } from "./programme/effect.js";
import { tellProgramme } from "./programme/news.js";
import { inOrder } from "./programme/order.js";
import { RowActs, Run, RunRefused } from "./programme/run.js";
import { Today } from "./programme/spine.js";
import { Step, Thinking, useThinking } from "./programme/step.js";
import { Still } from "./programme/still.js";
import { Strip } from "./programme/strip.js";
import { choices, chosen, onIn, todayOf } from "./programme/tracks.js";
import { tellQueue } from "./questions/bell.js";
import { followCurrent } from "./questions/current.js";
import { inLine, toReview } from "./questions/lists.js";
import { Review } from "./questions/review.js";
import { Stage } from "./questions/stage.js";
import { Waiting } from "./questions/waiting.js";
import { createVoice } from "./shared/announce.js";
import { when } from "./shared/bits.js";
import { App, useApp, useContentLang, useDay } from "./shared/context.js";
import { Keys } from "./shared/keys.js";
import { Ended, Line, OfflineNote } from "./shared/line.js";
import { Refused } from "./shared/refused.js";
import { takeOver } from "./shared/takeover.js";
import { PollsDesk } from "./polls/desk.js";
import { SlidesDesk } from "./slides/desk.js";
import { TakeWithYou } from "./takeaway/links.js";

let followed;

function Desk({ say }) {
  const { connection, store, t } = useApp();
  const state = useSignal(connection.state);
  const thinking = useThinking();
  const items = inOrder(useList(store, "programme"));
  const [wish, choose] = useTrackChoice();
  const track = chosen(items, wish);
  followed = track;
  if (state.name === "ended") return html`<${Ended} problem=${state.problem} unsent=${[]} />`;
  return html`<${Following} track=${track}><${Thinking.Provider} value=${thinking}>
    <${Head}><${Tracks} tracks=${choices(items)} track=${track} onChoose=${choose} /><//>
    <${Strip} desk=${true}>
      <div class="dock"><${Still} say=${say} /><${Run} say=${say} /></div>
    <//>
    <${Step} say=${say} />
    <${Effect} />
    <section class="notes" aria-label=${t("What happened")}>
      <${Refused} />
      <${RunRefused} />
      <${OfflineNote} kept=${t("The buttons work again when the contact is back.")} />
    </section>
    <${Tabs} />
    <main class="desk" id="main">
      <${Review} say=${say} />
      <${Stage} say=${say} />
      <${Waiting} say=${say} />
      <${PollsDesk} say=${say} />
      <${SlidesDesk} />
      <div class="desk__side">
        <${Wanted} say=${say} />
        <${Tell} say=${say} />
        <${Day} />
        <${Screens} say=${say} />
        <${TakeWithYou} />
      </div>
    </main>
    <${Keys} say=${say} />
  <//><//>`;
}

function Head({ children }) {
  const { boot, connection, t } = useApp();
  const { meeting } = useDay();
  const lang = useContentLang();
  const here = useSignal(connection.presence);
  return html`<header class="head">
    <div class="wrap head__in">
      <a class="head__name" href=${boot.base} lang=${lang}>${meeting.title}</a>
      <${Line}>${here && t("{hall} in the hall, {web} on the web", here)}<//>
      ${children}
    </div>
  </header>`;
}

/** They are links to the parts; the script says which one was last gone to. */
function Tabs() {
  const { store, t } = useApp();
  const { current: asked } = useDay();
  const questions = useList(store, "questions");
  const calls = useList(store, "help").filter((call) => call.author && !call.reply).length;
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const current = (href) => when(hash === href);
  return html`<nav class="tabs" aria-label=${t("Parts of the desk")}>
    <a href="#review" aria-current=${current("#review")}
      >${t("Review")} <span class="count">${toReview(questions).length}</span></a
    >
    <a href="#line" aria-current=${current("#line")}
      >${t("In line")} <span class="count">${inLine(questions, asked).length}</span></a
    >
    <a href="#help" aria-current=${current("#help")}
      >${t("Help")} ${calls > 0 && html`<span class="count">${calls}</span>`}</a
    >
    <a href="#polls" aria-current=${current("#polls")}>${t("Polls")}</a>
    <a href="#slides" aria-current=${current("#slides")}>${t("Slides")}</a>
    <a href="#notices" aria-current=${current("#notices")}>${t("Tell them")}</a>
    <a href="#programme" aria-current=${current("#programme")}>${t("Programme")}</a>
    <a href="#screens" aria-current=${current("#screens")}>${t("Screens")}</a>
  </nav>`;
}

function Day() {
  const { boot, store, t } = useApp();
  const { items, line, on, next } = useDay();
  const day = todayOf(line, on, next);
  return html`<section class="desk__part desk__day" id="programme" aria-labelledby="h-programme">
    <div class="desk__head">
      <h2 id="h-programme">${t("Programme")}</h2>
      ${store.me.roles.includes("organiser") && html`<a class="small" href=${`${boot.base}/desk/programme`}>${t("Set up the programme")}</a>`}
    </div>
    <${Today}
      all=${items}
      items=${line.filter((item) => item.day === day)}
      on=${on}
      act=${(item) => html`<${RowActs} item=${item} on=${on} />`}
    />
  </section>`;
}

const app = start();
const say = createVoice(document.getElementById("said"));
takeOver(document.getElementById("app"), html`<${App.Provider} value=${app}><${Desk} say=${say} /><//>`);
tellQueue(app, say);
followCurrent(document.getElementById("app"));
tellProgramme(app, say, undefined, (meeting, items) => onIn(meeting, items, followed));
app.connection.state.subscribe((state) => {
  if (state.name === "ended") requestAnimationFrame(() => document.getElementById("ended")?.focus());
});

// The participant's page: takes over what the server drew (templates/live.html) and follows the meeting.

import { html, useEffect, useState } from "../vendor/preact.standalone.module.js";
import { start } from "./lib/app.js";
import { useList, useSignal } from "./lib/hooks.js";
import { tellProgramme } from "./programme/news.js";
import { today } from "./programme/order.js";
import { Today } from "./programme/spine.js";
import { Strip } from "./programme/strip.js";
import { inLine } from "./questions/lists.js";
import { tellNews } from "./questions/news.js";
import { Questions } from "./questions/pane.js";
import { createVoice } from "./shared/announce.js";
import { when } from "./shared/bits.js";
import { App, useApp, useContentLang, useDay } from "./shared/context.js";
import { Ended, Line, OfflineNote } from "./shared/line.js";
import { Refused } from "./shared/refused.js";
import { takeOver } from "./shared/takeover.js";

function Live({ say }) {
  const { connection, outbox, drafts, t } = useApp();
  const state = useSignal(connection.state);
  if (state.name === "ended") {
    const asked = outbox.entries.value.filter((entry) => entry.name === "question.ask" && entry.state !== "sent");
    const unsent = [drafts.get("question"), ...asked.map((entry) => entry.payload.text)].filter(Boolean);
    return html`<${Ended} problem=${state.problem} unsent=${unsent} />`;
  }
  return html`
    <${Head} />
    <${Strip} />
    <section class="notes" aria-label=${t("Notices")}>
      <${Refused} />
      <${OfflineNote} kept=${t("What you write is kept here and sent later.")} />
    </section>
    <main class="live" id="main">
      <${Tabs} />
      <${Day} />
      <${Questions} say=${say} />
    </main>
  `;
}

function Head() {
  const { boot } = useApp();
  const { meeting } = useDay();
  const lang = useContentLang();
  return html`<header class="head">
    <div class="wrap head__in">
      <a class="head__name" href=${boot.base} lang=${lang}>${meeting.title}</a>
      <${Line} />
    </div>
  </header>`;
}

/** The tabs work without this; it only tells assistive technology which part is shown. */
function Tabs() {
  const { store, t } = useApp();
  const { current } = useDay();
  const questions = useList(store, "questions");
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
  const { boot, times, t } = useApp();
  const { items, on, next } = useDay();
  const day = today(items, on, next);
  const dated = day.find((item) => item.planned_start);
  return html`<section class="live__day" id="programme" tabindex="0" aria-labelledby="h-programme">
    <h2 id="h-programme">${dated ? times.date(dated.planned_start) : t("Programme")}</h2>
    <${Today} all=${items} items=${day} on=${on} />
    <p><a href=${boot.base}>${t("The whole programme")}</a></p>
  </section>`;
}

const app = start();
const say = createVoice(document.getElementById("said"));
const root = document.getElementById("app");
takeOver(root, html`<${App.Provider} value=${app}><${Live} say=${say} /><//>`);
tellNews(app, say);
tellProgramme(app, say, (title) => {
  const meeting = app.store.first("meeting").title;
  document.title = title ? `${app.t("Now")}: ${title} – ${meeting}` : meeting;
});
app.connection.state.subscribe((state) => {
  // The page is another one now: the keyboard begins at its heading.
  if (state.name === "ended") requestAnimationFrame(() => document.getElementById("ended")?.focus());
});

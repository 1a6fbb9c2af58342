// The moderator's desk: takes over what the server drew (templates/moderate.html) and follows the meeting.

import { html, useEffect, useState } from "../vendor/preact.standalone.module.js";
import { start } from "./lib/app.js";
import { useList, useSignal } from "./lib/hooks.js";
import { Effect } from "./programme/effect.js";
import { tellProgramme } from "./programme/news.js";
import { today } from "./programme/order.js";
import { Run, RunRefused, StartItem } from "./programme/run.js";
import { Today } from "./programme/spine.js";
import { Strip } from "./programme/strip.js";
import { inLine, toReview } from "./questions/lists.js";
import { tellQueue } from "./questions/news.js";
import { Review } from "./questions/review.js";
import { Stage } from "./questions/stage.js";
import { Waiting } from "./questions/waiting.js";
import { createVoice } from "./shared/announce.js";
import { when } from "./shared/bits.js";
import { App, useApp, useContentLang, useDay } from "./shared/context.js";
import { Ended, Line, OfflineNote } from "./shared/line.js";
import { Refused } from "./shared/refused.js";
import { takeOver } from "./shared/takeover.js";

function Desk({ say }) {
  const { connection, t } = useApp();
  const state = useSignal(connection.state);
  if (state.name === "ended") return html`<${Ended} problem=${state.problem} unsent=${[]} />`;
  return html`
    <${Head} />
    <${Strip} desk=${true}><${Run} /><//>
    <${Effect} />
    <section class="notes" aria-label=${t("Notices")}>
      <${Refused} />
      <${RunRefused} />
      <${OfflineNote} kept=${t("The buttons work again when the contact is back.")} />
    </section>
    <${Tabs} />
    <main class="desk" id="main">
      <${Review} say=${say} />
      <${Stage} say=${say} />
      <${Waiting} say=${say} />
      <${Day} />
    </main>
  `;
}

function Head() {
  const { boot, connection, t } = useApp();
  const { meeting } = useDay();
  const lang = useContentLang();
  const here = useSignal(connection.presence);
  return html`<header class="head">
    <div class="wrap head__in">
      <a class="head__name" href=${boot.base} lang=${lang}>${meeting.title}</a>
      <${Line}>${here && t("{hall} in the hall, {web} on the web", here)}<//>
    </div>
  </header>`;
}

/** They are links to the parts; the script says which one was last gone to. */
function Tabs() {
  const { store, t } = useApp();
  const { current: asked } = useDay();
  const questions = useList(store, "questions");
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
    <a href="#programme" aria-current=${current("#programme")}>${t("Programme")}</a>
  </nav>`;
}

function Day() {
  const { t } = useApp();
  const { items, on, next } = useDay();
  return html`<section class="desk__part desk__day" id="programme" aria-labelledby="h-programme">
    <div class="desk__head"><h2 id="h-programme">${t("Programme")}</h2></div>
    <${Today}
      all=${items}
      items=${today(items, on, next)}
      on=${on}
      act=${(item) => html`<${StartItem} item=${item} on=${on} />`}
    />
  </section>`;
}

const app = start();
const say = createVoice(document.getElementById("said"));
takeOver(document.getElementById("app"), html`<${App.Provider} value=${app}><${Desk} say=${say} /><//>`);
tellQueue(app, say);
tellProgramme(app, say);
app.connection.state.subscribe((state) => {
  if (state.name === "ended") requestAnimationFrame(() => document.getElementById("ended")?.focus());
});

// Where the programme is set up: takes over what the server drew (templates/programme/desk.html) and follows the meeting.

import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact.standalone.module.js";
import { start } from "./lib/app.js";
import { useList, useSignal } from "./lib/hooks.js";
import { draftOf } from "./programme/edit/form.js";
import { daysOf, dropped, rowsOf } from "./programme/edit/outline.js";
import { NewRow, Row } from "./programme/edit/rows.js";
import { createVoice } from "./shared/announce.js";
import { Icon, words } from "./shared/bits.js";
import { App, useApp, useContentLang } from "./shared/context.js";
import { Ended, Line, OfflineNote } from "./shared/line.js";
import { Refused } from "./shared/refused.js";
import { takeOver } from "./shared/takeover.js";

const SETTLED = 400; // ms without a change before the checklist is asked for
const TRIES = 3;
// The way between the desk's pages is drawn by the server alone, and kept.
const way = document.querySelector(".desk-nav");
const keepWay = (place) => place?.append(way);

function Desk({ say }) {
  const { boot, connection, store, times, t } = useApp();
  const state = useSignal(connection.state);
  const meeting = useList(store, "meeting")[0];
  const items = useList(store, "programme");
  const [opened, setOpened] = useState(asked);
  const [over, setOver] = useState(null);
  const desk = useDesk({ items, setOpened, setOver, say });
  const checks = useChecks(items, boot.checks);
  useFocusAfter(desk.focus);
  if (state.name === "ended") return html`<${Ended} problem=${state.problem} unsent=${[]} />`;
  const rows = rowsOf(items);
  const days = daysOf(meeting, items, times);
  const tracks = [...new Set(items.map((item) => item.track))].sort();
  const common = { rows, days, tracks, opened, over, desk, say };
  return html`
    <${Head} meeting=${meeting} />
    <div ref=${keepWay}></div>
    <section class="notes" aria-label=${t("Notices")}>
      <${Refused} />
      <${OfflineNote} kept=${t("What you type is kept here and sent when the contact is back.")} />
      <${Trouble} desk=${desk} />
      <${Undo} desk=${desk} />
    </section>
    <main class="wrap plan" id="main">
      <header class="plan__head">
        <h1 class="page__title" tabindex="-1">${t("Set up the programme")}</h1>
        <p class="soft">
          ${t("All times are by the clock in {zone}.", { zone: meeting.timezone })}
          ${
            checks.length > 0 &&
            html`<a class="plan__tocheck" href="#checklist"
              >${t.n("{n} thing to look at", "{n} things to look at", checks.length)}</a
            >`
          }
        </p>
      </header>
      <div class="plan__days">
        ${days.map((day) => html`<${Day} key=${day} day=${day} ...${common} />`)}
        <p class="plan__keys">
          ${t("Alt and the arrow keys move the item that has the focus: up and down, right into the one above, left out of what it is part of.")}
        </p>
      </div>
      <aside class="plan__checks" id="checklist" aria-labelledby="h-checks">
        <h2 id="h-checks" tabindex="-1">
          ${t("To look at")} ${checks.length > 0 && html`<span class="count">${checks.length}</span>`}
        </h2>
        <${Checks} checks=${checks} desk=${desk} />
      </aside>
    </main>
  `;
}

/** What is open when one comes: as the address says. */
function asked() {
  const given = new URLSearchParams(location.search);
  if (given.get("item")) return { id: given.get("item") };
  if (given.get("in")) return { parent: given.get("in") };
  return given.get("add") ? { day: given.get("add"), track: given.get("track") ?? "" } : null;
}

function Head({ meeting }) {
  const { boot } = useApp();
  const lang = useContentLang();
  return html`<header class="head">
    <div class="wrap head__in">
      <a class="head__name" href=${boot.base} lang=${lang}>${meeting.title}</a>
      <${Line} />
    </div>
  </header>`;
}

/** All that can be done to the programme here, and what came of it. */
function useDesk({ items, setOpened, setOver, say }) {
  const { boot, outbox, store, t } = useApp();
  const [trouble, setTrouble] = useState(null);
  const [deleted, setDeleted] = useState(boot.removed);
  const focus = useRef(null);
  const name = (item) => item.title || t("Without a title");

  /** What is refused as stale is sent again on the newer version: somebody else changed the item, not its place. */
  async function send(command, item, payload) {
    setTrouble(null);
    let version = store.one("programme", item.id)?.version ?? item.version;
    for (let n = 1; ; n += 1) {
      const { op, answer } = outbox.send(command, { item: item.id, expected_version: version, ...payload });
      const said = await answer;
      if (said.ok) return true;
      outbox.dismiss(op);
      version = said.problem.current?.version;
      if (said.problem.code === "stale" && version && n < TRIES) continue;
      setTrouble(`${name(item)}: ${words(said.problem)}`);
      return false;
    }
  }

  return {
    focus,
    trouble,
    deleted,
    quiet: () => setTrouble(null),
    open(place, back = null) {
      if (!place && back) focus.current = back;
      setOpened(place);
      const search = !place
        ? ""
        : place.id
          ? `?item=${place.id}`
          : place.parent
            ? `?in=${place.parent}`
            : `?add=${place.day}&track=${encodeURIComponent(place.track)}`;
      history.replaceState(null, "", location.pathname + search);
    },
    async move(item, to) {
      focus.current = item.id;
      if (await send("programme.move", item, to)) {
        focus.current = item.id;
        say(t("{title} is moved.", { title: name(item) }));
      }
    },
    over: (item, to) => setOver(to && { ...to, dragged: item.id }),
    drop(item, to) {
      const place = to.id
        ? dropped(rowsOf(items), item.id, to.id, to.side)
        : { parent: null, day: to.day, track: to.track };
      if (place) this.move(item, place);
    },
    async remove(item) {
      if (!(await send("programme.delete", item, {}))) return;
      setDeleted((before) => [...before, { id: item.id, title: item.title }]);
      setOpened(null);
      history.replaceState(null, "", location.pathname);
      focus.current = "undo";
      say(t("{title} is deleted.", { title: name(item) }));
    },
    async restore(gone) {
      setTrouble(null);
      const { op, answer } = outbox.send("programme.restore", { item: gone.id });
      const said = await answer;
      if (!said.ok) outbox.dismiss(op);
      if (said.ok || said.problem.params?.why === "not_deleted" || said.problem.code === "not_found") {
        setDeleted((before) => before.filter((one) => one.id !== gone.id));
      } else setTrouble(`${name(gone)}: ${words(said.problem)}`);
      if (said.ok) {
        focus.current = gone.id;
        say(t("{title} is back.", { title: name(gone) }));
      }
    },
  };
}

/** Focus follows what was moved, closed or put back, once it is drawn where it is now. */
function useFocusAfter(focus) {
  useLayoutEffect(() => {
    const id = focus.current;
    if (!id) return;
    const target = id === "undo" ? document.getElementById("undo") : document.querySelector(`#${CSS.escape(id)} .plan__open`);
    if (!target) return;
    if (document.activeElement === document.body || !document.activeElement) target.focus();
    if (document.activeElement === target) target.scrollIntoView({ block: "nearest" });
    const isNow = document.activeElement;
    if (isNow !== document.body) focus.current = null;
  });
}

function useChecks(items, first) {
  const { boot } = useApp();
  const [checks, setChecks] = useState(first);
  const known = useRef(items);
  useEffect(() => {
    if (known.current === items) return undefined;
    const timer = setTimeout(async () => {
      known.current = items;
      const answer = await fetch(`${boot.base}/desk/programme/checklist`).catch(() => null);
      if (answer?.ok) setChecks(await answer.json());
    }, SETTLED);
    return () => clearTimeout(timer);
  }, [items]);
  return checks;
}

function Day({ day, rows, tracks, ...common }) {
  const { times, t } = useApp();
  const lang = useContentLang();
  const here = rows.filter(({ item }) => item.day === day);
  const there = [...new Set(here.map(({ item }) => item.track))].sort();
  const shown = there.length > 0 ? there : [tracks[0] ?? ""];
  return html`<section class="plan__day" aria-labelledby=${`day-${day}`}>
    <h2 id=${`day-${day}`}>${times.date(`${day}T12:00:00Z`)}</h2>
    ${shown.map(
      (track, n) => html`
        ${tracks.length > 1 && html`<h3 class="plan__track" lang=${lang}>${track || t("Without a track")}</h3>`}
        <${Track} key=${track} day=${day} track=${track} last=${n === shown.length - 1} shown=${shown} here=${here} rows=${rows} ...${common} />
      `,
    )}
  </section>`;
}

function Track({ day, track, last, shown, here, rows, opened, over, desk, days, say }) {
  const { times, t } = useApp();
  const common = { rows, days, desk, say };
  const isNewHere =
    opened && !opened.id && !opened.parent && opened.day === day && (opened.track === track || (last && !shown.includes(opened.track)));
  return html`<ol class="plan__rows">
      ${here
        .filter(({ item }) => item.track === track)
        .map(
          (row) => html`<${Row}
              key=${row.item.id}
              row=${row}
              open=${opened?.id === row.item.id}
              over=${over?.id === row.item.id ? over : null}
              dragged=${over?.dragged === row.item.id}
              ...${common}
            />
            ${
              opened?.parent === row.item.id &&
              html`<${NewRow} key="new" place=${{ ...opened, day, track }} depth=${Math.min(row.depth + 1, 4)} ...${common} />`
            }`,
        )}
      ${isNewHere && html`<${NewRow} key="new" place=${opened} depth=${0} ...${common} />`}
    </ol>
    <p class="plan__add" data-end="" data-day=${day} data-track=${track}>
      <a
        class="btn btn--small"
        href=${`?add=${day}&track=${encodeURIComponent(track)}#new`}
        onClick=${(event) => (event.preventDefault(), desk.open({ day, track }))}
        >${t("Add an item")}<span class="vh"> ${times.date(`${day}T12:00:00Z`)} ${track}</span></a
      >
    </p>`;
}

function Trouble({ desk }) {
  const { t } = useApp();
  if (!desk.trouble) return null;
  return html`<div class="note note--refused" role="alert">
    <div class="wrap note__in">
      <${Icon} name="refused" />
      <p>
        ${desk.trouble}${" "}
        <button class="linkish" type="button" onClick=${desk.quiet}>${t("Close")}</button>
      </p>
    </div>
  </div>`;
}

function Undo({ desk }) {
  const { t } = useApp();
  const lang = useContentLang();
  const gone = desk.deleted.at(-1);
  if (!gone) return null;
  const earlier = desk.deleted.slice(0, -1).reverse();
  return html`<div class="note plan__undo">
    <div class="wrap note__in">
      <${Icon} name="info" />
      <div>
        <div class="plan__line">
          <p><q lang=${lang}>${gone.title || t("Without a title")}</q> ${t("is deleted.")}</p>
          <button class="btn btn--small" type="button" id="undo" onClick=${() => desk.restore(gone)}>${t("Undo")}</button>
        </div>
        ${
          earlier.length > 0 &&
          html`<details>
            <summary class="small">${t("Deleted earlier")} <span class="count">${earlier.length}</span></summary>
            ${earlier.map(
              (one) =>
                html`<div class="plan__line" key=${one.id}>
                  <p lang=${lang}>${one.title || t("Without a title")}</p>
                  <button class="btn btn--small" type="button" onClick=${() => desk.restore(one)}>
                    ${t("Put back")}<span class="vh"> ${one.title}</span>
                  </button>
                </div>`,
            )}
          </details>`
        }
      </div>
    </div>
  </div>`;
}

function Checks({ checks, desk }) {
  const { t } = useApp();
  const lang = useContentLang();
  if (checks.length === 0) return html`<p class="soft">${t("Nothing looks wrong.")}</p>`;
  const go = (event, id) => {
    event.preventDefault();
    desk.open({ id });
    requestAnimationFrame(() => document.getElementById(id)?.scrollIntoView({ block: "start" }));
  };
  return html`<ul>
    ${checks.map(
      (check) =>
        html`<li key=${`${check.what}${check.item}`}>
          <a href=${`?item=${check.item}#${check.item}`} onClick=${(event) => go(event, check.item)}
            ><b lang=${lang}>${check.title}</b> ${check.words}</a
          >
        </li>`,
    )}
  </ul>`;
}

const app = start();
const say = createVoice(document.getElementById("said"));
takeOver(document.getElementById("app"), html`<${App.Provider} value=${app}><${Desk} say=${say} /><//>`);
// What was sent before a reload is answered after it: then its text is no longer kept here.
app.outbox.onAnswer(({ name, payload }, answer) => {
  if (!answer.ok || (name !== "programme.add" && name !== "programme.edit")) return;
  if (document.querySelector("form.edit[aria-busy]")) return; // the form itself is waiting for it
  app.drafts.clear(draftOf({ track: "", ...payload, id: payload.item }));
});
app.connection.state.subscribe((state) => {
  if (state.name === "ended") requestAnimationFrame(() => document.getElementById("ended")?.focus());
});

// The door on a phone in one hand: search or scan, tick, undo. It goes on without a line, and what was ticked meanwhile is
// sent when the line is back; two phones see each other's ticks. templates/registration/desk_arrivals.html is the same
// without a script.

import { html, render, useEffect, useMemo, useRef, useState } from "../vendor/preact.standalone.module.js";
import { start } from "./lib/app.js";
import { useMe, useSignal } from "./lib/hooks.js";
import { createSignal } from "./lib/signal.js";
import * as door from "./registration/door.js";
import { Guest, WalkIn } from "./registration/guest.js";
import { Picture, ScanButton, useScanner } from "./registration/scanner.js";
import { createVoice } from "./shared/announce.js";
import { stayAwake } from "./shared/awake.js";
import { Icon, when } from "./shared/bits.js";
import { App, useApp } from "./shared/context.js";
import { Ended, Line, OfflineNote } from "./shared/line.js";

const FEW = 30; // rows at once: who is not among them is searched for
const LATEST = 3;
const CALM = 400; // ms between two questions for the list: many come at once
const SLOW = 700; // ms without a key, before it is said how many are found

const app = start();
const { boot, store, outbox, connection, clock, t } = app;
const say = createVoice(document.getElementById("said"));
const guests = createSignal(boot.guests.people);
let stamp = boot.guests.stamp;

// ---- what the others have ticked ----

let fetching = false;
const newest = () => store.first("tally")?.stamp ?? stamp;
async function refresh() {
  if (fetching || newest() === stamp || !connection.ready.value) return;
  fetching = true;
  try {
    const answer = await fetch(`${boot.base}/desk/arrivals.json`);
    if (!answer.ok) return;
    const fresh = await answer.json();
    stamp = fresh.stamp;
    guests.set(fresh.people);
  } catch {
    // without a line: it is asked for again when there is one
  } finally {
    setTimeout(() => {
      fetching = false;
      if (newest() > stamp) refresh();
    }, CALM);
  }
}
store.subscribe("tally", refresh);
connection.ready.subscribe(refresh);
outbox.onAnswer((entry, answer) => {
  if (answer.ok) guests.set(door.answered(guests.value, entry, answer.result ?? {}));
});

function tick(one, aloud = true) {
  outbox.send("registration.arrive", { id: one.id, at: new Date(clock.now()).toISOString() });
  if (aloud) say(t("{name} is here.", { name: one.name }), one.id, "own");
}

function undo(one) {
  outbox.send("registration.undo_arrive", { id: one.id });
  say(t("{name} is not here.", { name: one.name }), one.id, "own");
}

function walkIn(name, organisation) {
  const at = new Date(clock.now()).toISOString();
  outbox.send("registration.walk_in", { name, at, ...(organisation ? { organisation } : {}) });
  say(t("{name} is here.", { name }), "walk-in", "own");
}

// ---- the page ----

function Door() {
  const entries = useSignal(outbox.entries);
  const told = useSignal(guests);
  const [typed, type] = useState(document.getElementById("q")?.value ?? "");
  const [only, setOnly] = useState(new URLSearchParams(location.search).get("only") ?? "");
  const [scanned, setScanned] = useState(null);
  const [walking, setWalking] = useState(null); // the name that was begun, or null
  const field = useRef(null);
  const heading = useRef(null);
  const all = useMemo(() => door.laidOver(told, entries), [told, entries]);
  const found = useMemo(() => (typed.trim() ? door.sought(all, typed) : null), [all, typed]);
  const list = found ?? (only === "absent" ? all.filter(door.isAbsent) : only === "here" ? all.filter(door.isHere) : null);
  const { waiting, failed } = door.unsent(entries);
  const counts = door.counted(all);
  const scanner = useScanner(all, (one) => {
    setScanned(one.id);
    type("");
    setOnly("");
    if (one.state === "confirmed" && !one.arrived_at) tick(one, false);
  });
  const badge = scanned && all.find((one) => one.id === scanned);

  useEffect(() => {
    if (!found) return undefined;
    const words = found.length === 0 ? t("Nobody is found by that.") : t.n("{n} found", "{n} found", found.length);
    const timer = setTimeout(() => say(words, "found", "own"), SLOW);
    return () => clearTimeout(timer);
  }, [typed]);

  function seek(text) {
    type(text);
    setOnly("");
    setScanned(null);
  }
  function choose(value) {
    seek("");
    setOnly(value);
  }
  function enter(event) {
    event.preventDefault();
    const one = found && door.onlyOne(found);
    if (one) tick(one);
    if (one) field.current.select();
  }
  function letter(event, one) {
    event.preventDefault();
    seek(one);
    setTimeout(() => heading.current?.focus()); // the letter is gone; the keyboard goes on from what it found
  }
  function clear() {
    seek("");
    setWalking(null);
    field.current.focus();
  }

  return html`<div class="door__top">
      <form class="door__search" role="search" onSubmit=${enter}>
        <p class="door__count"><b>${counts.here}</b> ${t("of {n} here", { n: counts.expected })}</p>
        <label class="label" for="q">${t("Name or organisation")}</label>
        <div class="door__row">
          <input ref=${field} class="field" id="q" type="search" autocomplete="off" autocapitalize="off" spellcheck=${false}
            enterkeyhint="go" value=${typed} onInput=${(event) => seek(event.currentTarget.value)} onFocus=${(event) => event.currentTarget.select()} />
          ${typed
            ? html`<button class="btn" type="button" id="clear" onClick=${clear}>${t("Clear")}</button>`
            : html`<${ScanButton} scanner=${scanner} />`}
        </div>
      </form>
    </div>
    <${Picture} scanner=${scanner} />
    ${waiting.length > 0 &&
    html`<p class="door__unsent" id="unsent"><${Icon} name="clock" />
      ${t.n("{n} is not sent yet", "{n} are not sent yet", waiting.length)}</p>`}
    ${failed.map((entry) => html`<${Failure} key=${entry.op} entry=${entry} guests=${all} />`)}
    ${badge && html`<ul class="door__list door__list--badge" id="scanned"><${Row} one=${badge} /></ul>`}
    ${!typed && html`<${Choice} only=${only} counts=${counts} onChoose=${choose} />`}
    ${list
      ? html`<${Found} list=${list} only=${found ? "" : only} heading=${heading} />`
      : html`<${AtRest} all=${all} but=${scanned} onLetter=${letter} />`}
    ${found?.length === 0 &&
    html`<p><button class="btn btn--wide" type="button" id="write-in" onClick=${() => setWalking(typed.trim())}>
      ${t("Write in {name}", { name: typed.trim() })}</button></p>`}
    <${WalkIn} begun=${walking} onOpen=${() => setWalking((was) => was ?? "")} onClose=${() => setWalking(null)}
      onDone=${(name, organisation) => {
        walkIn(name, organisation);
        setWalking(null);
        choose("");
        field.current.focus({ preventScroll: false });
      }} />`;
}

const Row = ({ one }) => html`<${Guest} key=${one.id} one=${one} onTick=${tick} onUndo=${undo} />`;

function Choice({ only, counts, onChoose }) {
  const link = (value, words) =>
    html`<li><a href=${`${boot.base}/desk/arrivals${value && `?only=${value}`}`} aria-current=${when(only === value, "page")}
      onClick=${(event) => {
        event.preventDefault();
        onChoose(value);
      }}>${words}</a></li>`;
  return html`<nav class="door__only" aria-label=${t("Who is shown")}><ul class="choice">
    ${link("", t("Search"))}
    ${link("absent", `${t("Not come")} (${counts.absent})`)}
    ${link("here", `${t("Here")} (${counts.here})`)}
  </ul></nav>`;
}

function Found({ list, only, heading }) {
  const { roles } = useMe(store);
  const [shown, setShown] = useState(FEW);
  const title =
    only === "absent" ? t.n("{n} has not come", "{n} have not come", list.length)
    : only === "here" ? t.n("{n} is here", "{n} are here", list.length)
    : list.length === 0 ? t("Nobody is found by that.")
    : t.n("{n} found", "{n} found", list.length);
  return html`<div><h2 class="door__h" id="hits" tabindex="-1" ref=${heading}>${title}</h2>
    ${only === "absent" && roles.includes("organiser") &&
    html`<p><a href=${`${boot.base}/desk/people.csv?only=absent`} download>${t("The list as CSV")}</a></p>`}
    ${list.length > 0
      ? html`<ul class="door__list">${list.slice(0, shown).map((one) => html`<${Row} key=${one.id} one=${one} />`)}</ul>`
      : only &&
        html`<p class="door__none">
          ${only === "absent" ? t("Everybody who was expected is here.") : t("Nobody has come yet.")}</p>`}
    ${list.length > shown &&
    html`<p><button class="btn btn--wide" type="button" id="more" onClick=${() => setShown(shown + 10 * FEW)}>
      ${t("Show the rest ({n})", { n: list.length - shown })}</button></p>`}</div>`;
}

/** Nobody is sought: who came last, so that a slip is undone, and a way to those who have not come that needs no typing. */
function AtRest({ all, but, onLetter }) {
  const came = door.latest(all, LATEST).filter((one) => one.id !== but);
  const letters = useMemo(() => door.lettersOf(all), [all]);
  return html`<div>${came.length > 0 &&
    html`<h2 class="door__h">${t("Came last")}</h2>
      <ul class="door__list" id="latest">${came.map((one) => html`<${Row} key=${one.id} one=${one} />`)}</ul>`}
    ${letters.length > 0 &&
    html`<h2 class="door__h">${t("Not come, by letter")}</h2>
      <ul class="door__letters" id="letters">${letters.map(
        (one) => html`<li key=${one}>
          <a class="btn" href=${`?q=${encodeURIComponent(one)}`} onClick=${(event) => onLetter(event, one)}>${one}</a></li>`,
      )}</ul>`}
    ${all.length === 0 && html`<p class="door__none" id="nobody">${t("Nobody is expected yet.")}</p>`}</div>`;
}

/** What the server would not take, by name: it is decided by a person, so it stands until somebody puts it away. */
function Failure({ entry, guests: all }) {
  const { name, payload, problem } = entry;
  const who = payload.name ?? all.find((one) => one.id === payload.id)?.name ?? t("Somebody who is no longer on the list");
  const what = name === "registration.undo_arrive" ? t("Not taken back") : t("Not ticked off");
  const why = problem.title ? `${problem.title}. ${problem.detail ?? ""}` : t("It waited too long to be sent.");
  return html`<div class="door__failed" role="alert">
    <${Icon} name="refused" />
    <p><b>${what}: ${who}.</b> ${why}</p>
    <button class="btn btn--small" type="button" onClick=${() => outbox.dismiss(entry.op)}>
      ${t("Put away")}<span class="vh"> ${who}</span></button>
  </div>`;
}

/** The link was revoked: what was ticked and not sent stands there by name, for whoever can tick it now. */
function Gone({ problem }) {
  const all = door.laidOver(guests.value, outbox.entries.value);
  const left = door.unsent(outbox.entries.value).waiting.map(({ name, payload }) => {
    const who = payload.name ?? all.find((one) => one.id === payload.id)?.name;
    return `${who}: ${name === "registration.undo_arrive" ? t("not here") : t("here")}`;
  });
  return html`<${Ended} problem=${problem} unsent=${left} />`;
}

// ---- over what the server drew ----

const within = (part) => html`<${App.Provider} value=${app}>${part}<//>`;
const place = document.getElementById("line").parentElement;
document.getElementById("line").remove();
render(within(html`<${Line} />`), place.insertBefore(document.createElement("span"), place.firstChild));
const kept = `${t("Ticks are kept here and sent later.")} ${t("Do not reload the page until then.")}`;
render(within(html`<${OfflineNote} kept=${kept} />`), document.getElementById("offline"));

const drawn = document.getElementById("door");
const held = drawn.contains(document.activeElement) ? document.activeElement.id : "";
const fresh = drawn.cloneNode(false);
render(within(html`<${Door} />`), fresh);
drawn.replaceWith(fresh);
if (held) document.getElementById(held)?.focus();

connection.state.subscribe(({ name, problem }) => {
  if (name !== "ended") return;
  const end = document.createElement("div");
  for (const part of document.querySelectorAll(".head, .desk-nav, #notes, #main")) part.remove();
  document.body.prepend(end);
  render(within(html`<${Gone} problem=${problem} />`), end);
});

// Without a line a browser cannot show this page again: it asks whoever is about to leave it.
window.addEventListener("beforeunload", (event) => connection.state.value.name === "offline" && event.preventDefault());
stayAwake();
setTimeout(() => import("./registration/scan.js").then((scan) => scan.prepare()).catch(() => {}), 2_000);

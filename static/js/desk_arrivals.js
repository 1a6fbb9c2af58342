// The door on a phone in one hand: search or scan, tick, undo. It goes on without a line, and what was ticked meanwhile is
// sent when the line is back; two phones see each other's ticks. templates/registration/desk_arrivals.html is the same
// without a script.

import { html, render, useEffect, useMemo, useRef, useState } from "../vendor/preact.standalone.module.js";
import { start } from "./lib/app.js";
import { useSignal } from "./lib/hooks.js";
import { createSignal } from "./lib/signal.js";
import { answered, counted, found, idOf, laidOver } from "./registration/door.js";
import { createVoice } from "./shared/announce.js";
import { Icon } from "./shared/bits.js";
import { App } from "./shared/context.js";
import { Line, OfflineNote } from "./shared/line.js";

const FEW = 60; // rows at once: who is not among them is searched for
const SAME = 3_000; // ms during which the same badge is read once
const OURS = ["registration.arrive", "registration.undo_arrive", "registration.walk_in"];

const app = start();
const { boot, store, outbox, connection, clock, t, times } = app;
const say = createVoice(document.getElementById("said"));
const guests = createSignal(boot.guests.people);
let stamp = boot.guests.stamp;

// ---- what the others have ticked ----

let fetching = false;
async function refresh() {
  const wanted = store.first("tally")?.stamp ?? stamp;
  if (fetching || wanted === stamp || !connection.ready.value) return;
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
    fetching = false;
  }
  if ((store.first("tally")?.stamp ?? stamp) > stamp) refresh();
}
store.subscribe("tally", refresh);
connection.ready.subscribe(refresh);
outbox.onAnswer((entry, answer) => {
  if (answer.ok && OURS.includes(entry.name)) guests.set(answered(guests.value, entry, answer.result));
});

function tick(one) {
  outbox.send("registration.arrive", { id: one.id, at: new Date(clock.now()).toISOString() });
  say(t("{name} is here.", { name: one.name }), one.id, "own");
}

function undo(one) {
  outbox.send("registration.undo_arrive", { id: one.id });
  say(t("{name} is not here.", { name: one.name }), one.id, "own");
}

// ---- the page ----

function Door() {
  const entries = useSignal(outbox.entries);
  const known = useSignal(guests);
  const [typed, setTyped] = useState(document.getElementById("q")?.value ?? "");
  const [only, setOnly] = useState(new URLSearchParams(location.search).get("only") ?? "");
  const [last, setLast] = useState(null); // whom a badge was of
  const all = useMemo(() => laidOver(known, entries), [known, entries]);
  const shown = found(all, typed, only);
  const { here, absent, expected } = counted(all);
  const waiting = entries.filter((one) => OURS.includes(one.name) && (one.state === "waiting" || one.state === "sending"));
  const failed = entries.filter((one) => OURS.includes(one.name) && one.state === "failed");
  const first = last && all.find((one) => one.id === last);
  const rows = first ? [first, ...shown.filter((one) => one !== first)] : shown;

  function choose(event, value) {
    event.preventDefault();
    setOnly(value);
    setLast(null);
  }
  const link = (value, words) =>
    html`<a href=${`${boot.base}/desk/arrivals${value && `?only=${value}`}`} aria-current=${only === value ? "page" : undefined}
      onClick=${(event) => choose(event, value)}>${words}</a>`;

  return html`<p class="door__count"><b>${here}</b> ${t("of {n} here", { n: expected })}
      ${waiting.length > 0 && html` <span class="soft" id="unsent">${t.n("{n} is not sent yet", "{n} are not sent yet", waiting.length)}</span>`}</p>
    <form class="door__search" role="search" onSubmit=${(event) => event.preventDefault()}>
      <label class="label" for="q">${t("Name or organisation")}</label>
      <div class="door__row"><input class="field" id="q" type="search" autocomplete="off" enterkeyhint="search" value=${typed}
        onInput=${(event) => {
          setTyped(event.currentTarget.value);
          setLast(null);
        }} /></div>
    </form>
    <${Scanner} guests=${all} onFound=${(one) => {
      setLast(one.id);
      if (one.state === "confirmed" && !one.arrived_at) tick(one);
    }} />
    <nav class="choice door__only" aria-label=${t("Who is shown")}>
      ${link("", t("All"))} ${link("absent", `${t("Not come")} (${absent})`)} ${link("here", `${t("Here")} (${here})`)}
    </nav>
    ${failed.map(
      (entry) => html`<p class="wrong" role="alert" key=${entry.op}><${Icon} name="refused" /><span>
        ${entry.payload.name ?? all.find((one) => one.id === entry.payload.id)?.name ?? ""}: ${entry.problem.title ?? ""} ${entry.problem.detail ?? ""}${" "}
        <button class="linkish" type="button" onClick=${() => outbox.dismiss(entry.op)}>${t("Put away")}</button></span></p>`,
    )}
    <ul class="door__list">
      ${rows.slice(0, FEW).map((one) => html`<${Guest} key=${one.id} one=${one} isFound=${one === first} />`)}
      ${rows.length === 0 && html`<li class="door__none">${typed ? t("Nobody is found by that.") : t("Nobody is expected yet.")}</li>`}
    </ul>
    ${rows.length > FEW && html`<p class="soft">${t.n("{n} more: search for them.", "{n} more: search for them.", rows.length - FEW)}</p>`}
    <${WalkIn} begun=${typed} onDone=${() => setTyped("")} />`;
}

function Guest({ one, isFound }) {
  const button = useRef(null);
  const was = useRef(one.arrived_at);
  // The button that was pressed gives way to another: the keyboard goes there with it.
  useEffect(() => {
    if (Boolean(was.current) !== Boolean(one.arrived_at) && document.activeElement === document.body) button.current?.focus();
    was.current = one.arrived_at;
  }, [one.arrived_at]);
  const about =
    one.state === "waiting" ? t("Waits for a place")
    : one.state === "offered" ? t("Is offered a place")
    : one.place === "web" ? t("Registered for the web")
    : "";
  const words = [one.organisation, one.fee].filter(Boolean).join(", ");
  return html`<li id=${one.id} class=${isFound ? "is-found" : undefined}>
    <div class="door__who"><p><b>${one.name}</b></p><p class="soft">${words}${words && about ? ". " : ""}${about}</p></div>
    ${one.state === "confirmed" &&
    html`<div class="door__act">
      ${one.arrived_at
        ? html`<p class="door__here"><${Icon} name=${one.pending ? "clock" : "check"} />${times.time(one.arrived_at)}
              ${one.pending && html`<span class="vh">${t("not sent yet")}</span>`}</p>
            ${one.number !== null && html`<button ref=${button} class="btn btn--small btn--quiet" type="button" onClick=${() => undo(one)}>
              ${t("Undo")}<span class="vh"> ${one.name}</span></button>`}`
        : html`<button ref=${button} class="btn door__tick" type="button" onClick=${() => tick(one)}>
            ${t("Here")}<span class="vh"> ${one.name}</span></button>`}
    </div>`}
  </li>`;
}

function Scanner({ guests: all, onFound }) {
  const [state, setState] = useState("off"); // off, starting, on, or why it is not
  const [said, setSaid] = useState("");
  const video = useRef(null);
  const stop = useRef(() => {});
  const list = useRef(all);
  const before = useRef({ text: "", at: 0 });
  list.current = all;
  useEffect(() => () => stop.current(), []);

  function read(text) {
    const now = performance.now();
    if (text === before.current.text && now - before.current.at < SAME) {
      before.current.at = now;
      return;
    }
    before.current = { text, at: now };
    const id = idOf(text);
    const one = id && list.current.find((guest) => guest.id === id);
    if (!one) return setSaid(id ? t("That badge is of nobody on the list.") : t("That is not a badge."));
    navigator.vibrate?.(60);
    setSaid(
      one.state !== "confirmed" ? t("{name} has no place.", { name: one.name })
      : one.arrived_at ? t("{name} came {time}.", { name: one.name, time: times.time(one.arrived_at) })
      : t("{name} is here.", { name: one.name }),
    );
    return onFound(one);
  }

  async function open() {
    setState("starting");
    setSaid("");
    try {
      const { scan } = await import("./registration/scan.js");
      stop.current = await scan(video.current, read);
      setState("on");
    } catch (error) {
      const refused = error?.name === "NotAllowedError" || error?.name === "SecurityError";
      setState(refused ? "denied" : error?.name === "TypeError" ? "unfetched" : "none");
    }
  }
  function close() {
    stop.current();
    stop.current = () => {};
    setState("off");
    setSaid("");
  }
  const why = {
    denied: t("The camera is not allowed here. Allow it for this page in the browser, or search by name."),
    none: t("No camera is found. Search by name."),
    unfetched: t("The reader could not be fetched without a line. Search by name."),
  }[state];
  const on = state === "on" || state === "starting";
  return html`<div class="door__scan">
    <button class="btn btn--wide" type="button" aria-pressed=${on ? "true" : "false"} onClick=${on ? close : open}>
      ${on ? t("Close the camera") : t("Scan a badge")}</button>
    <video ref=${video} class="door__camera" hidden=${!on} muted playsinline aria-label=${t("What the camera sees")}></video>
    ${why && html`<p class="wrong" id="scan-why" role="alert"><${Icon} name="refused" /><span>${why}</span></p>`}
    <p class="door__said" role="status">${said}</p>
  </div>`;
}

function WalkIn({ begun, onDone }) {
  const [name, setName] = useState("");
  const [organisation, setOrganisation] = useState("");
  function send(event) {
    event.preventDefault();
    const words = name.trim();
    if (!words) return;
    outbox.send("registration.walk_in", { name: words, ...(organisation.trim() ? { organisation: organisation.trim() } : {}) });
    say(t("{name} is here.", { name: words }), "walk-in", "own");
    setName("");
    setOrganisation("");
    onDone();
  }
  return html`<details class="rec__more door__walk" onToggle=${(event) => event.currentTarget.open && !name && setName(begun)}>
    <summary>${t("Somebody who is not on the list")}</summary>
    <form class="rec__form" onSubmit=${send}>
      <div class="rec__f rec__f--half"><label class="label" for="w-name">${t("Name")}</label>
        <input class="field" id="w-name" required maxlength="100" autocomplete="off" value=${name} onInput=${(e) => setName(e.currentTarget.value)} /></div>
      <div class="rec__f rec__f--half"><label class="label" for="w-organisation">${t("Organisation")}</label>
        <input class="field" id="w-organisation" maxlength="200" autocomplete="off" value=${organisation} onInput=${(e) => setOrganisation(e.currentTarget.value)} /></div>
      <p class="rec__f"><button class="btn btn--main" type="submit">${t("Is here")}</button></p>
    </form>
  </details>`;
}

const within = (part) => html`<${App.Provider} value=${app}>${part}<//>`;
const door = document.getElementById("door");
const place = document.getElementById("line").parentElement;
document.getElementById("line").remove();
render(within(html`<${Line} />`), place.insertBefore(document.createElement("span"), place.firstChild));
render(within(html`<${OfflineNote} kept=${t("Ticks are kept here and sent later.")} />`), document.getElementById("offline"));
const typedBefore = html`<${Door} />`;
const held = document.activeElement?.id;
const fresh = document.createElement("div");
fresh.id = "door";
render(within(typedBefore), fresh);
door.replaceWith(fresh);
if (held) document.getElementById(held)?.focus();

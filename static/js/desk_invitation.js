// Where the invitation is written: each text saves by itself, its preview follows, and the list of what is missing is kept
// true. The forms stand as the server drew them (templates/meetings/desk.html).

import { start } from "./lib/app.js";
import { createWriting } from "./meetings/writing.js";
import { createVoice } from "./shared/announce.js";

const LOOK = 400; // ms after the last key, before the preview is drawn
const app = start();
const { boot, store, outbox, connection, drafts, t } = app;
const say = createVoice(document.getElementById("said"));
const writings = new Map(); // "field language" → writing
const handled = new Set(); // ops whose answer was taken

function send(name, payload) {
  const { op, answer } = outbox.send(name, payload);
  answer.then((said) => take(op, name, payload, said));
}

function take(op, name, payload, answer) {
  if (handled.has(op)) return;
  handled.add(op);
  writings.get(`${payload.field} ${payload.language}`)?.answered(name, payload, answer);
  if (!answer.ok) outbox.dismiss(op); // the words are kept as a draft
}

for (const root of document.querySelectorAll(".write")) drawn(root);
outbox.onAnswer((entry, answer) => {
  if (entry.name === "meeting.text" || entry.name === "meeting.undo_text") take(entry.op, entry.name, entry.payload, answer);
});
for (const entry of outbox.entries.value) {
  if (entry.name === "meeting.text" && entry.state !== "failed") {
    writings.get(`${entry.payload.field} ${entry.payload.language}`)?.waits();
  }
}
store.subscribe("texts", () => {
  for (const text of store.list("texts")) writings.get(`${text.field} ${text.language}`)?.heard(text);
  look();
});
for (const topic of ["meeting", "programme", "fees", "registering", "letters"]) store.subscribe(topic, () => look());

/** One text: its field, what is said of it, and its preview. */
function drawn(root) {
  const { field, language, version } = root.dataset;
  const form = root.querySelector(".write__form");
  const box = form.elements.text;
  const undo = root.querySelector(".write__undo");
  const known = store.list("texts").find((one) => one.field === field && one.language === language);
  // What a form could not send stands in the page, and was written upon that version.
  const text = known ?? { version: Number(version), text: box.value };
  const writing = createWriting({ field, language, text, send, drafts });
  writings.set(`${field} ${language}`, writing);
  root.classList.add("is-live");
  const preview = previewOf(root, field, language, () => box.value);
  const wrong = root.querySelector(".write__wrong");
  const beside = root.querySelector(".write__now");
  const note = root.querySelector(".write__state");
  if (box.value !== writing.state.value.mine && wrong.childElementCount + beside.childElementCount > 0) {
    writing.type(box.value);
  }
  let was = null;
  let saved = false; // while somebody has been here
  function draw() {
    const { mine, theirs, saving, clash, problem } = writing.state.value;
    const differs = mine.trim() !== theirs.text.trim();
    if (box.value !== mine && (writing.state.value.taken || was === null)) {
      box.value = mine;
      preview();
    }
    for (const one of [form, undo]) one.elements.expected_version.value = theirs.version;
    undo.hidden = !(theirs.step > 0 && theirs.by === store.me.id) || differs;
    const online = connection.ready.value;
    saved ||= saving;
    note.textContent = problem
      ? ""
      : clash
        ? t("Not saved.")
        : saving && !online
          ? t("Kept here, and sent when the contact is back.")
          : saving || differs
            ? t("Saving")
            : saved
              ? t("Saved.")
              : "";
    drawWrong(wrong, box, `w-${field}-${language}`, problem);
    drawClash(beside, clash ? theirs : null, writing, language);
    if (was && problem && problem !== was.problem) say(`${problem.title}. ${problem.detail}`);
    if (clash && !was?.clash) say(t("Somebody else has written here meanwhile."));
    was = writing.state.value;
  }
  writing.state.subscribe(draw);
  connection.ready.subscribe(draw);
  box.addEventListener("input", () => {
    writing.type(box.value);
    preview();
  });
  box.addEventListener("blur", writing.save);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    writing.save();
  });
  undo.addEventListener("submit", (event) => {
    event.preventDefault();
    writing.undo();
    box.focus();
  });
  draw();
}

function drawWrong(place, box, id, problem) {
  if (!problem) {
    place.replaceChildren();
    box.removeAttribute("aria-invalid");
    box.setAttribute("aria-describedby", id.replace(/^w-/, "s-"));
    return;
  }
  const line = element("p", "wrong", [icon("refused"), element("span", "", [`${problem.title}. ${problem.detail}`])]);
  line.id = id;
  place.replaceChildren(line);
  box.setAttribute("aria-invalid", "true");
  box.setAttribute("aria-describedby", `${id.replace(/^w-/, "s-")} ${id}`);
}

function drawClash(place, theirs, writing, language) {
  if (!theirs) return place.replaceChildren();
  const shown = element("p", "", [theirs.text || t("nothing")]);
  if (language !== "both") shown.lang = language;
  const head = element("p", "", [element("b", "", [t("Somebody else has written here meanwhile. It is now:")])]);
  const acts = element("div", "acts-row", [
    button(t("Take theirs"), writing.takeTheirs),
    " ",
    button(t("Keep mine"), writing.keepMine),
  ]);
  place.replaceChildren(element("div", "edit__now", [head, shown, acts]));
}

function button(words, act) {
  const made = element("button", "btn btn--small", [words]);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function element(name, className, children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function icon(name) {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawn.setAttribute("class", "icon");
  drawn.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  drawn.append(use);
  return drawn;
}

/** Draws what a text looks like, a moment after the last key, while somebody looks. The server draws and cleans it. */
function previewOf(root, field, language, words) {
  const folded = root.querySelector(".write__preview");
  if (!folded) return () => {};
  const place = folded.querySelector(".inv__prose");
  let timer = null;
  let asked = 0;
  async function draw() {
    asked += 1;
    const mine = asked;
    const body = new URLSearchParams({ field, language, text: words(), only: "preview", csrf_token: boot.csrf });
    const answer = await fetch(`${boot.base}/desk/preview`, { method: "POST", body }).catch(() => null);
    if (answer?.ok && mine === asked) place.innerHTML = await answer.text();
  }
  function later() {
    if (!folded.open) return;
    clearTimeout(timer);
    timer = setTimeout(draw, LOOK);
  }
  folded.addEventListener("toggle", later);
  return later;
}

// ---- what is missing, and whether we hear each other ----

let looking = null;
function look() {
  clearTimeout(looking);
  looking = setTimeout(async () => {
    const answer = await fetch(`${boot.base}/desk/checklist`).catch(() => null);
    if (answer?.ok) listed(await answer.text());
  }, 600);
}

/** The list anew, if it says something else; the focus stays on the same thing if that is still missing, else it goes to
    the heading. */
function listed(text) {
  const place = document.getElementById("checklist");
  const made = document.createElement("div");
  made.innerHTML = text;
  if (made.innerHTML.trim() === place.innerHTML.trim()) return;
  const held = place.contains(document.activeElement) && document.activeElement.closest("[data-what]")?.dataset.what;
  const before = place.querySelectorAll("li").length;
  place.innerHTML = text;
  const after = place.querySelectorAll("li").length;
  if (held) (place.querySelector(`[data-what="${held}"] a`) ?? place.querySelector("h2")).focus();
  if (after < before) say(after ? t.n("{n} thing is missing.", "{n} things are missing.", after) : t("Nothing is missing."));
}

function line({ name }) {
  const place = document.getElementById("line");
  const good = name === "live" || name === "plain";
  place.className = `line needs-script${good ? "" : name === "connecting" ? " line--waiting" : " line--lost"}`;
  const words = good ? t("Connected") : name === "connecting" ? t("Connecting") : t("Looking for contact");
  const said = place.firstElementChild;
  if (said.textContent !== words) said.textContent = words;
}
connection.state.subscribe(line);
line(connection.state.value);

// The organiser's page of letters. What has become of them is drawn anew while one looks; and in the editor, what is
// written is shown beside it as it will be read, a moment after the last key.

import { start } from "./lib/app.js";
import { news, settle } from "./mail/outbox.js";
import { createVoice } from "./shared/announce.js";

const PAUSE = 600; // ms
const CALM = 1_500; // ms: many leave at once
const PATIENCE = 15_000; // ms, when the page could not be fetched

const look = document.getElementById("look");
const words = document.getElementById("words");
let waiting = 0;

words?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    // a new frame each time: the way back would else lead through every preview
    const frame = document.getElementById("preview");
    const next = frame.cloneNode();
    next.removeAttribute("src");
    frame.replaceWith(next);
    words.requestSubmit(look);
  }, PAUSE);
});

// ---- what has become of the letters ----

const { store, connection, t } = start();
const say = createVoice(document.getElementById("said"));
let drawn = store.first("letters");
let told = drawn;
let timer = null;

store.subscribe("letters", later);
connection.ready.subscribe(later);

function later() {
  const now = store.first("letters");
  for (const sentence of news(told, now, t)) say(sentence, sentence, "staff");
  told = now;
  if (timer || !connection.ready.value || now?.stamp === drawn?.stamp) return;
  timer = setTimeout(async () => {
    timer = null;
    const wanted = store.first("letters");
    if (!(await refresh())) return void (timer = setTimeout(again, PATIENCE));
    drawn = wanted;
    later();
  }, CALM);
}

function again() {
  timer = null;
  later();
}

async function refresh() {
  const answer = await fetch(document.getElementById("letters").dataset.from).catch(() => null);
  if (!answer?.ok) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["trouble", "letters"]) settle(document.getElementById(id), fresh.getElementById(id));
  return true;
}

function line({ name }) {
  const place = document.getElementById("line");
  const good = name === "live" || name === "plain";
  place.className = `line needs-script${good ? "" : name === "connecting" ? " line--waiting" : " line--lost"}`;
  const said = good ? t("Connected") : name === "connecting" ? t("Connecting") : t("Looking for contact");
  if (place.firstElementChild.textContent !== said) place.firstElementChild.textContent = said;
}
connection.state.subscribe(line);
line(connection.state.value);

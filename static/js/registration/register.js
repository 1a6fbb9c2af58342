// The forms that lead to a place: keeps what is typed through a reload, helps to find who pays, says what it comes to,
// and sends it once however often the button is pressed. Without it they do the same, but for the help.

import { found, named } from "./bodies.js";
import { combobox } from "./combobox.js";
import { draftsOf } from "./drafts.js";
import { emptied, filled } from "./payer.js";

const LIST = "/registration/bodies.json";
const STUCK = 20_000; // ms after which somebody may press again

const form = document.getElementById("form");
const words = JSON.parse(form.dataset.words);
const drafts = draftsOf(form.dataset.meeting);
const notKept = ["", "op", "page", "csrf_token", "answer"];
const kept = [...form.elements].filter((field) => !notKept.includes(field.name));
const chosen = (field) => field.type === "radio" || field.type === "checkbox";

// ---- what is typed ----

/** What the server sent back stands already, and is what a reload should bring: not the sending of it once more. */
if (form.dataset.typed) {
  keep();
  history.replaceState(null, "", form.dataset.page);
} else {
  const { of, typed } = JSON.parse(drafts.get(form.dataset.form) || "{}");
  for (const field of of === form.dataset.of ? kept : []) {
    if (!Object.hasOwn(typed, field.name)) continue;
    if (chosen(field)) field.checked = !field.disabled && typed[field.name] === field.value;
    else field.value = typed[field.name];
  }
  for (const more of form.querySelectorAll("details.more")) {
    more.open ||= [...more.querySelectorAll(".field")].some((field) => field.value);
  }
}

function keep() {
  const typed = {};
  for (const field of kept) {
    if (!chosen(field) || field.checked) typed[field.name] = field.value;
    else typed[field.name] ??= "";
  }
  drafts.set(form.dataset.form, JSON.stringify({ of: form.dataset.of, typed }));
}

form.addEventListener("input", keep);
form.addEventListener("change", keep);

// ---- who pays ----

const own = form.querySelector('[data-bodies="own"]');
const payer = form.querySelector('[data-bodies="payer"]');
const number = form.elements.orgnr;
const code = form.elements.municipality;
const told = document.getElementById("filled");
let bodies = [];
let coming = null;
let ours = "";

function fetchBodies() {
  coming ??= fetch(LIST)
    .then((answer) => (answer.ok ? answer.json() : []))
    .then((list) => (bodies = list))
    .catch(() => (coming = null));
  return coming;
}

/** Who is written in the one field that counts. */
function pays() {
  return payer?.value.trim() ? payer : (own ?? payer);
}

function settle(body) {
  const fields = { orgnr: number.value, municipality: code.value };
  const next = body ? filled(fields, ours, body) : emptied(fields, ours);
  number.value = next.orgnr;
  code.value = next.municipality;
  ours = next.ours;
  const said = body ? (body[2] ? words.filled : words.unknown).replace("{name}", body[1]) : "";
  if (told.textContent !== said) told.textContent = said;
  told.hidden = !said;
  keep();
}

function follow() {
  const body = named(bodies, pays().value);
  if (body ? body[0] !== code.value : code.value) settle(body);
}

for (const input of number ? [own, payer] : []) {
  if (!input) continue;
  combobox(input, {
    label: words.suggestions,
    words,
    find: (typed) => found(bodies, typed),
    draw: ([, name, , county]) => [name, county],
    choose: () => follow(),
    begin: fetchBodies,
  });
  input.addEventListener("input", follow);
  input.addEventListener("change", () => fetchBodies().then(follow)); // the browser may have filled it in by itself
}

// ---- what it comes to ----

const sum = document.getElementById("sum");
const send = document.getElementById("send");

/** The words are the server's: nothing is reckoned here. */
function total() {
  const fee = form.querySelector('[name="fee"]:checked');
  if (!sum || !fee) return;
  const { net, vat, rate, gross, price, waits } = fee.dataset;
  const said = { net, vat: vat || "0", rate: vat ? `${rate} %` : "", gross };
  for (const [name, text] of Object.entries(said)) sum.querySelector(`[data-sum="${name}"]`).textContent = text;
  sum.hidden = price === "free";
  send.textContent = waits ? send.dataset.wait : send.dataset.register;
}

form.addEventListener("change", total);
total();

// ---- sending ----

let sentAt = 0;
form.addEventListener("submit", (event) => {
  if (performance.now() - sentAt < STUCK && sentAt) return event.preventDefault();
  sentAt = performance.now();
  send.setAttribute("aria-busy", "true");
  return undefined;
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  sentAt = 0;
  send.removeAttribute("aria-busy");
});
document.getElementById("faults")?.focus();

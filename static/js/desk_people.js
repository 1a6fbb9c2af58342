// The list of people, kept true: when anybody registers, is changed or comes, what the server draws is fetched anew. Where
// the keyboard is stays where it is.

import { start } from "./lib/app.js";

const CALM = 1_500; // ms: many may come at once
const PARTS = ["numbers", "list", "sums"];

const { store, connection, t } = start();
let stamp = store.first("tally")?.stamp;
let timer = null;

store.subscribe("tally", later);
store.subscribe("letters", () => later(true));
connection.ready.subscribe(() => later());

function later(always) {
  const now = store.first("tally")?.stamp;
  if (timer || !connection.ready.value || (now === stamp && always !== true)) return;
  timer = setTimeout(async () => {
    timer = null;
    const then = store.first("tally")?.stamp;
    if (await refresh()) stamp = then;
  }, CALM);
}

async function refresh() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of PARTS) {
    const [shown, drawn] = [document.getElementById(id), fresh.getElementById(id)];
    if (!drawn || shown.isEqualNode(drawn)) continue;
    const held = shown.contains(document.activeElement) ? document.activeElement : null;
    const wanted = held?.getAttribute("href");
    shown.replaceWith(document.adoptNode(drawn));
    if (wanted) [...drawn.querySelectorAll("a")].find((one) => one.getAttribute("href") === wanted)?.focus();
  }
  return true;
}

function line({ name }) {
  const place = document.getElementById("line");
  const good = name === "live" || name === "plain";
  place.className = `line needs-script${good ? "" : name === "connecting" ? " line--waiting" : " line--lost"}`;
  const words = good ? t("Connected") : name === "connecting" ? t("Connecting") : t("Looking for contact");
  if (place.firstElementChild.textContent !== words) place.firstElementChild.textContent = words;
}
connection.state.subscribe(line);
line(connection.state.value);

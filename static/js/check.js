// Does it work at my place? Draws what ways/measure.js finds, and tells the organiser when we know who asks.

import { device, down, loudness, rtt, tone, transport, up } from "./ways/measure.js";
import { levels, overall } from "./ways/verdict.js";

const boot = JSON.parse(document.getElementById("boot").textContent);
const { words, limits } = boot;
const at = (id) => document.getElementById(id);
const tried = { transport: "none", rtt: null, down: null, up: null, sound: "untried", camera: "untried", microphone: "untried" };
const LINE = [["transport", transport], ["rtt", rtt], ["down", down], ["up", up]];
const SHOWN = 15_000; // ms that a camera or a microphone stays on
const asked = at("it").textContent;
let lineTried = false;

const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
/** Tenths where they say something: 2.4 and 87. */
const number = (n) => n.toLocaleString(document.documentElement.lang, { maximumFractionDigits: n < 10 ? 1 : 0 });

function said(part, level) {
  const value = tried[part];
  if (part === "transport") return words.transport[value];
  if (part === "rtt") return filled(words.rtt[level], { n: value });
  if (part === "down" || part === "up") return filled(words[part][level], { n: number((value ?? 0) / 1000) });
  return words[part][value];
}

function show(part) {
  const level = levels(tried, limits)[part];
  const row = document.querySelector(`[data-part="${part}"]`);
  row.dataset.level = level;
  row.querySelector(".tried__level").textContent = words.level[level];
  row.querySelector(".tried__said").textContent = said(part, level);
}

function sum() {
  if (!lineTried) return;
  at("overall").textContent = words.overall[overall(tried, limits)];
  at("it").textContent = asked + found();
  keep();
}

/** How the line came out, for the text that goes to somebody who was not there. */
function found() {
  const when = new Date().toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
  const by = levels(tried, limits);
  const lines = LINE.map(([part]) => {
    const name = document.querySelector(`[data-part="${part}"] .tried__name`).textContent;
    return `– ${name}: ${said(part, by[part])}`;
  });
  return ["\n", filled(words.found, { when }), ...lines].join("\n");
}

async function keep() {
  if (!boot.report) return;
  try {
    const answer = await fetch(`/api/v1${boot.base}/commands/check.report`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": boot.csrf },
      body: JSON.stringify({ op: crypto.randomUUID?.() ?? uuid(), ...tried, browser: boot.browser }),
    });
    at("kept").textContent = answer.ok ? words.kept : words.not_kept;
  } catch {
    at("kept").textContent = words.not_kept;
  }
}

// crypto.randomUUID is only there on https
function uuid() {
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  return [...b].map((x, n) => ([4, 6, 8, 10].includes(n) ? "-" : "") + x.toString(16).padStart(2, "0")).join("");
}

at("start").addEventListener("click", async () => {
  const button = at("start");
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true"); // it keeps the focus, as `disabled` would not
  at("kept").textContent = "";
  for (const [n, [part, measure]] of LINE.entries()) {
    at("overall").textContent = filled(words.progress, { n: n + 1, of: LINE.length, what: words.trying[part] });
    tried[part] = await measure(boot.base);
    show(part);
  }
  lineTried = true;
  button.removeAttribute("aria-disabled");
  button.textContent = words.again;
  sum();
});

at("tone").addEventListener("click", async () => {
  document.querySelector('[data-part="sound"] .tried__said').textContent = words.sound.playing;
  at("heard").hidden = false;
  await tone().catch(() => {});
});
for (const answer of ["yes", "no"]) {
  at(`heard-${answer}`).addEventListener("click", () => {
    tried.sound = answer;
    at("heard").hidden = true;
    at("tone").focus();
    show("sound");
    sum();
  });
}

at("see").addEventListener("click", async () => {
  const { became, stream } = await device("video");
  tried.camera = became;
  show("camera");
  sum();
  if (!stream) return;
  const video = at("video");
  video.srcObject = stream;
  video.hidden = false;
  video.play().catch(() => {});
  setTimeout(() => {
    for (const track of stream.getTracks()) track.stop();
    video.hidden = true;
  }, SHOWN);
});

at("hear").addEventListener("click", async () => {
  const { became, stream } = await device("audio");
  tried.microphone = became;
  show("microphone");
  sum();
  if (!stream) return;
  const meter = at("meter");
  meter.hidden = false;
  const stop = loudness(stream, (loud) => (meter.value = loud));
  setTimeout(() => {
    stop();
    meter.hidden = true;
  }, SHOWN);
});

at("copy").addEventListener("click", async () => {
  const text = at("it");
  try {
    await navigator.clipboard.writeText(text.textContent);
    at("copied").textContent = words.copied;
  } catch {
    getSelection().selectAllChildren(text); // where the clipboard is closed to us, it is one key away
    text.focus();
  }
});

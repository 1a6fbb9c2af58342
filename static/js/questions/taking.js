// How questions are taken: screened or not, how fast, which words are pointed out, who may not ask; and the soft sound.

import { html, useState } from "../../vendor/preact.standalone.module.js";
import { useList, useSignal } from "../lib/hooks.js";
import { timed } from "../programme/order.js";
import { Icon, when, Wrong } from "../shared/bits.js";
import { useApp, useContentLang, useDay, useOffline } from "../shared/context.js";
import { subjectOf } from "./asking.js";
import { soundOn, switchSound } from "./bell.js";
import { asked } from "./fields.js";
import { begin } from "./find.js";
import { useSend } from "./send.js";
import { Silent } from "./silent.js";

export function Taking({ say }) {
  const { t } = useApp();
  return html`<details class="tool" id="taking" onToggle=${(event) => begin(event, "select")}>
    <summary class="btn btn--small">${t("How questions are taken…")}</summary>
    <div class="tool__form">
      <${Mode} say=${say} />
      <${Limits} say=${say} />
      <${Silent} say=${say} />
      <${Sound} />
    </div>
  </details>`;
}

export const modes = (t) => ({
  screened: t("A moderator looks at each first"),
  open: t("They stand in line at once"),
  closed: t("None are taken"),
});

/** Where they are not looked at first, everybody at the desk sees that. */
export function NotScreened() {
  const { t } = useApp();
  const { items, on } = useDay();
  const item = on && subjectOf(items, on);
  if (!item || item.asking === "screened") return null;
  return html`<p class="aside-note not-screened">
    <${Icon} name="info" /><span>${t("Questions to {title}:", { title: item.title })} <b>${modes(t)[item.asking]}</b></span>
  </p>`;
}

function Mode({ say }) {
  const { t } = useApp();
  const { items, on, next } = useDay();
  const lang = useContentLang();
  const offline = useOffline();
  const [wish, choose] = useState(null);
  const [send, wrong] = useSend(say);
  const here = timed(items, on) ?? next;
  const choice = asked(items, here?.day);
  const now = [on, here].filter(Boolean).map((one) => subjectOf(items, one));
  const item = choice.find((one) => one.id === wish) ?? choice.find((one) => now.includes(one)) ?? choice[0];
  if (!item) return null;
  const all = modes(t);
  return html`<div>
      <label class="label" for="mode-item">${t("Questions to")}</label>
      <select class="field" id="mode-item" value=${item.id} onChange=${(event) => choose(event.currentTarget.value)}>
        ${choice.map((one) => html`<option key=${one.id} value=${one.id} lang=${lang}>${one.title}</option>`)}
      </select>
    </div>
    <fieldset class="tool__modes">
      <legend class="label">${t("How they come in")}</legend>
      ${Object.entries(all).map(
        ([mode, said]) =>
          html`<label class="check" key=${mode}>
            <input
              type="radio"
              name="mode"
              value=${mode}
              checked=${item.asking === mode}
              aria-disabled=${when(offline)}
              onClick=${(event) => {
                // It is checked when the server has said so.
                event.preventDefault();
                if (!offline && item.asking !== mode) send("question.mode", { item: item.id, mode }, said);
              }}
            />${" "}${said}
          </label>`,
      )}
      ${wrong && html`<${Wrong} id="mode-wrong">${wrong}<//>`}
    </fieldset>`;
}

function Limits({ say }) {
  const { store, t } = useApp();
  const meeting = useList(store, "meeting")[0];
  const offline = useOffline();
  const [typed, set] = useState({});
  const [send, wrong, busy] = useSend((...said) => {
    set({});
    say(...said);
  });
  const value = (name, now) => typed[name] ?? now;
  const write = (name) => (event) => set({ ...typed, [name]: event.currentTarget.value });
  const lines = value("words", (meeting.words ?? []).join("\n"));

  function submit(event) {
    event.preventDefault();
    if (offline || busy) return;
    const wanted = lines
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
    const numbers = { slow: Number(value("slow", meeting.slow)), window: Number(value("window", meeting.window)) };
    send("meeting.asking", { ...numbers, words: wanted }, t("Kept."));
  }

  return html`<form class="tool__wide tool__form" onSubmit=${submit}>
    <div>
      <label class="label" for="asking-slow">${t("Seconds between two questions of one person")}</label>
      <input class="field" id="asking-slow" type="number" min="0" max="3600" value=${value("slow", meeting.slow)} onInput=${write("slow")} />
    </div>
    <div>
      <label class="label" for="asking-window">${t("Minutes an item takes questions after its end")}</label>
      <input class="field" id="asking-window" type="number" min="0" max="240" value=${value("window", meeting.window)} onInput=${write("window")} />
    </div>
    <div class="tool__wide">
      <label class="label" for="asking-words">${t("Words to point out, one a line")}</label>
      <textarea class="field" id="asking-words" rows="3" aria-describedby="asking-note" value=${lines} onInput=${write("words")}></textarea>
      <p class="fields__note" id="asking-note">
        ${t("Nothing is deleted for them: the question is marked here, and looked at also where questions are not screened. A * at the end stands for any ending.")}
      </p>
      ${wrong && html`<${Wrong} id="asking-wrong">${wrong}<//>`}
    </div>
    <div class="tool__acts">
      <button class="btn" type="submit" aria-disabled=${when(offline)} aria-busy=${when(busy)}>${t("Keep these")}</button>
    </div>
  </form>`;
}

function Sound() {
  const { t } = useApp();
  const on = useSignal(soundOn);
  return html`<label class="check tool__wide">
    <input type="checkbox" checked=${on} onChange=${(event) => switchSound(event.currentTarget.checked)} />${" "}${t("A soft sound when a question comes in, in this browser")}
  </label>`;
}

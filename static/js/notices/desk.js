// Telling everyone, or some, a short word; and what stands. templates/notices/desk.html draws the same.

import { html, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { minutesLeft, parse } from "../lib/clock.js";
import { useSignal } from "../lib/hooks.js";
import { Act } from "../shared/act.js";
import { when, words, Wrong } from "../shared/bits.js";
import { useApp, useDay, useOffline } from "../shared/context.js";
import { useFocusKeeper } from "../shared/focus.js";
import { useNotices } from "./notices.js";

const STAYS = [2, 5, 10, 20, 60];

export function Tell({ say }) {
  const { t } = useApp();
  const notices = useNotices();
  const part = useRef(null);
  useFocusKeeper(part, "#h-notices");
  return html`<section class="desk__part desk__notices" id="notices" aria-labelledby="h-notices" ref=${part}>
    <div class="desk__head">
      <h2 id="h-notices" tabindex="-1">${t("Tell them")}</h2>
      ${notices.length > 0 && html`<span class="count">${notices.length}</span>`}
    </div>
    ${notices.length > 0 && html`<${Told} notices=${notices} say=${say} />`}
    <${Form} say=${say} />
  </section>`;
}

const toWords = (t) => ({
  all: t("Everyone"),
  web: t("Those on the web"),
  hall: t("Those in the hall"),
  speaker: t("Who speaks"),
});

function Told({ notices, say }) {
  const { outbox, t } = useApp();
  const { now } = useDay();
  const offline = useOffline();
  const entries = useSignal(outbox.entries);
  const names = toWords(t);
  const clear = async (id) => {
    const answer = await outbox.send("notice.clear", { id }).answer;
    if (answer.ok) say(t("It is taken down."), id);
  };
  return html`<ul class="told">
    ${notices.map(
      (one) =>
        html`<li key=${one.id} data-row=${one.id}>
          <p class="told__n">${t("{n} min", { n: minutesLeft(parse(one.until), now) })}<span class="vh"> ${t("left")}</span></p>
          <div>
            <p>${one.text}</p>
            <p class="case__by">${names[one.to]}${one.track && `, ${one.track}`}</p>
          </div>
          <${Act}
            className="btn"
            offline=${offline}
            busy=${entries.some((entry) => entry.name === "notice.clear" && entry.payload.id === one.id && entry.state !== "failed")}
            onAct=${() => clear(one.id)}
            >${t("Take it down")}<span class="vh"> ${one.text}</span><//
          >
        </li>`,
    )}
  </ul>`;
}

function Form({ say }) {
  const { boot, drafts, outbox, t } = useApp();
  const { track } = useDay();
  const offline = useOffline();
  const field = useRef(null);
  const [draft, set] = useState(() => first(drafts));
  const [problem, refuse] = useState(null);
  const [busy, setBusy] = useState(false);
  const names = toWords(t);
  const write = (changed) => {
    const next = { ...draft, ...changed };
    drafts.set("notice", next.text);
    refuse(null);
    set(next);
  };
  const send = async (event) => {
    event.preventDefault();
    if (offline || busy) return;
    setBusy(true);
    const { text, to, minutes } = draft;
    const payload = { text, to, minutes: Number(minutes), ...(to === "hall" || to === "speaker" ? { track } : {}) };
    const sending = outbox.send("notice.send", payload);
    const answer = await sending.answer;
    setBusy(false);
    if (answer.ok) {
      write({ text: "" });
      say(t("Sent to: {to}.", { to: names[to].toLocaleLowerCase(t.locale) }), "notice");
    } else {
      outbox.dismiss(sending.op); // the text stands here still, with the reason
      refuse(answer.problem);
      field.current?.focus();
    }
  };
  return html`<form class="tell" onSubmit=${send}>
      <div>
        <label class="label" for="notice-text">${t("Short word")}</label>
        <input
          class="field"
          id="notice-text"
          name="text"
          autocomplete="off"
          required
          ref=${field}
          aria-invalid=${when(problem)}
          aria-describedby=${when(problem, "notice-wrong")}
          value=${draft.text}
          onInput=${(event) => write({ text: event.currentTarget.value })}
        />
        ${problem && html`<${Wrong} id="notice-wrong">${words(problem)}<//>`}
      </div>
      <div class="tell__how">
        <div>
          <label class="label" for="notice-to">${t("To")}</label>
          <select class="field" id="notice-to" name="to" onChange=${(event) => write({ to: event.currentTarget.value })}>
            ${Object.entries(names).map(
              ([value, name]) => html`<option value=${value} selected=${value === draft.to}>${name}</option>`,
            )}
          </select>
        </div>
        <div>
          <label class="label" for="notice-minutes">${t("Stands for")}</label>
          <select
            class="field"
            id="notice-minutes"
            name="minutes"
            onChange=${(event) => write({ minutes: event.currentTarget.value })}
          >
            ${STAYS.map(
              (n) => html`<option value=${n} selected=${String(n) === draft.minutes}>${t("{n} min", { n })}</option>`,
            )}
          </select>
        </div>
        <button
          class="btn btn--main"
          type="submit"
          aria-disabled=${when(offline)}
          aria-describedby=${when(offline, "offline-why")}
          aria-busy=${when(busy)}
        >
          ${t("Send")}
        </button>
      </div>
    </form>
    <details class="ready">
      <summary>${t("Ready-made")}</summary>
      <ul>
        ${(boot.ready ?? []).map(
          (one, n) =>
            html`<li key=${n}>
              <a class="ready__one" href=${`${boot.base}/moderate?ready=${n}#notices`} onClick=${(event) => fill(event, one)}
                >${one.text} <span class="soft">${names[one.to]}</span></a
              >
            </li>`,
        )}
      </ul>
    </details>`;

  function fill(event, one) {
    event.preventDefault();
    write({ text: one.text, to: one.to });
    field.current.focus();
  }
}

/** What the server drew (a ready-made one, or one that was refused), else what was being written. */
function first(drafts) {
  const there = (id) => document.getElementById(id)?.value;
  return {
    text: there("notice-text") || drafts.get("notice"),
    to: there("notice-to") ?? "all",
    minutes: there("notice-minutes") ?? "10",
  };
}

// Questions as the participants see them. templates/questions/macros.html draws the same.

import { html } from "../../vendor/preact.standalone.module.js";
import { useList, useTick } from "../lib/hooks.js";
import { Icon, person, when, words } from "../shared/bits.js";
import { useApp } from "../shared/context.js";
import { span } from "./asking.js";

function useByline(question, current) {
  const { store, t } = useApp();
  const items = useList(store, "programme");
  const known = question.author && (person(question.author) || t("Asked in the hall"));
  const who = question.mine ? t("Your question") : (known ?? t("Name hidden"));
  const item = question.item && !current.has(question.item) && items.find((one) => one.id === question.item);
  return { who, of: item ? `, ${t("asked of {title}", { title: item.title })}` : "" };
}

export function Staged({ question, current }) {
  const { t } = useApp();
  const { who } = useByline(question, current);
  return html`<article class="question question--stage" id=${`q-${question.id}`}>
    <p class="question__n">${t("Now")}</p>
    <div>
      <p class="question__text">${question.text}</p>
      <p class="question__by">${who}, ${t.n("{n} supports it", "{n} support it", question.support)}</p>
    </div>
  </article>`;
}

/**
 * @param {{question: object, current: Set<string>, vote: {on: boolean, support: number, later: boolean} | null,
 *   refusal?: object, onVote: (on: boolean) => void, onDismiss: () => void, children: any}} props vote: null when the
 *   reader has none; children: what the asker can do
 */
export function InLine({ question, current, vote, refusal, onVote, onDismiss, children }) {
  const { t } = useApp();
  const { who, of } = useByline(question, current);
  const look = `question${question.gone ? " is-gone" : ""}`;
  return html`<li class=${look} id=${`q-${question.id}`} data-row=${question.id}>
    <${Vote} ...${{ question, vote, onVote }} />
    <div>
      <p class="question__text">${question.text}</p>
      <p class="question__by">${who}${of}</p>
      ${
        question.gone
          ? html`<p class="state"><b>${whereTo(t, question)}</b></p>`
          : question.queue && html`<p class="state"><b>${t("Up next")}</b></p>`
      }
      ${!question.gone && children}
      ${vote?.later && html`<p class="question__by">${t("Your support is sent when the contact is back.")}</p>`}
      ${
        refusal &&
        html`<p class="aside-note">
          <${Icon} name="refused" />
          <span>${t("Your support was not counted.")} ${words(refusal.problem)} </span>
          <button class="linkish" type="button" onClick=${onDismiss}>${t("Close")}</button>
        </p>`
      }
    </div>
  </li>`;
}

function whereTo(t, { state }) {
  if (state === "on_stage") return t("On stage now");
  if (state === "answered") return t("Answered");
  return t("No longer in line");
}

export function Vote({ question, vote, onVote }) {
  const { t } = useApp();
  const arrow = html`<${Icon} name="up" />`;
  if (question.mine) {
    const label = t.n("Your own question, {n} supports it", "Your own question, {n} support it", question.support);
    return html`<button class="vote" type="button" aria-disabled="true" aria-label=${label}>
      ${arrow}<span>${question.support}</span>
    </button>`;
  }
  if (!vote) return html`<p class="question__n"><b>${question.support}</b></p>`;
  const vanished = question.gone || undefined;
  const press = (event) => {
    event.preventDefault();
    if (!vanished) onVote(!vote.on);
  };
  const label = t.n("Support the question, {n} supports it", "Support the question, {n} support it", vote.support);
  return html`<form onSubmit=${press}>
    <button
      class="vote"
      type="submit"
      data-act="vote"
      aria-pressed=${String(vote.on)}
      aria-disabled=${when(vanished)}
      aria-label=${label}
    >
      ${arrow}<span>${vote.support}</span>
    </button>
  </form>`;
}

/** Mine, until the script that knows all about it has come; and what the server has just taken. */
export function Waits({ text, at }) {
  const { t, times } = useApp();
  return html`<${Row} icon="clock" text=${text} state=${t("Waiting for a moderator")}>
    <span class="soft">${t("your question, {time}", { time: times.time(at) })}</span>
  <//>`;
}

/** Said, and not yet answered by the server. `onBack`: it is fetched back into the box. */
export function Sending({ entry, offline, onBack }) {
  const { t } = useApp();
  if (entry.state === "sent") return html`<${Waits} text=${entry.payload.text} at=${entry.at} />`;
  const soon = entry.tooSoon && !offline;
  return html`<${Row}
    icon="sending"
    text=${entry.payload.text}
    state=${offline ? t("Kept here") : soon ? t("Not so soon") : t("Sending")}
    busy=${true}
  >
    <span class="soft">
      ${offline ? t("it is sent when the contact is back") : soon ? html`<${InSeconds} until=${entry.retryAt} />` : null}
    </span>
    ${soon && html`<button class="linkish" type="button" onClick=${onBack}>${t("Change it first")}</button>`}
  <//>`;
}

/** By this device's own clock, as the wait was told. */
function InSeconds({ until }) {
  const { clock, t } = useApp();
  useTick(clock, "second");
  const n = Math.max(1, Math.ceil((until - Date.now()) / 1000));
  return t("it is sent by itself in {time}", { time: span(t, n) });
}

/** Refused by the server: the text is still here, with the reason in words. */
export function Unsent({ entry, onEdit, onDismiss }) {
  const { t } = useApp();
  return html`<article class="question question--refused" data-unsent=${entry.op}>
    <p class="question__n"><${Icon} name="refused" /></p>
    <div>
      <p class="question__text">${entry.payload.text}</p>
      <p class="state"><b>${t("Not sent")}</b> <span>${words(entry.problem)}</span></p>
      <p class="question__acts">
        <button class="btn btn--small" type="button" onClick=${onEdit}>${t("Edit and send again")}</button>
        <button class="btn btn--small btn--quiet" type="button" onClick=${onDismiss}>${t("Throw it away")}</button>
      </p>
    </div>
  </article>`;
}

function Row({ id, icon, text, state, busy, children }) {
  return html`<article class="question" id=${id} aria-busy=${when(busy)}>
    <p class="question__n"><${Icon} name=${icon} /></p>
    <div>
      <p class="question__text">${text}</p>
      <p class="state"><b>${state}</b> ${children}</p>
    </div>
  </article>`;
}

export function Answered({ question, current }) {
  const { t, times } = useApp();
  const { who, of } = useByline(question, current);
  return html`<li class="question" id=${`q-${question.id}`}>
    <p class="question__n"><${Icon} name="check" /></p>
    <div>
      <p class="question__text">${question.text}</p>
      <p class="question__by">${who}, ${t.n("{n} supported it", "{n} supported it", question.support)}${of}</p>
      ${
        question.reply &&
        html`<p class="question__reply">
          <b>${t("Answer in writing, {time}", { time: times.time(question.replied_at) })}</b> ${question.reply}
        </p>`
      }
    </div>
  </li>`;
}

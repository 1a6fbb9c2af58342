// Questions that time did not reach, answered in writing by those who spoke. templates/questions/reply.html draws the same.

import { html, useEffect, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { useSignal } from "../lib/hooks.js";
import { person, Wrong, words } from "../shared/bits.js";
import { useApp, useOffline } from "../shared/context.js";
import { useFocusKeeper } from "../shared/focus.js";
import { graphemes } from "../shared/graphemes.js";
import { useHeld } from "../shared/held.js";
import { inWriting, upNextFirst } from "./lists.js";

const LIMIT = 4_000;

/** Those whose talk it is, and staff; a lectern is nobody. */
export const mayWrite = (me, talk) => me.layers.includes(`speaker:${talk.id}`) || me.layers.includes("staff");

/** @param {{questions: object[], say: import("../shared/announce.js").Voice}} props questions: of their talk */
export function Writing({ questions, say }) {
  const { t } = useApp();
  const part = useRef(null);
  const { shown, waiting, release } = useHeld(upNextFirst(questions), part);
  const left = shown.filter((q) => !q.gone);
  const written = inWriting(questions);
  useFocusKeeper(part, "#h-unreached");
  return html`<div class="talk__asked" ref=${part}>
    <h2 id="h-unreached" tabindex="-1">
      ${t("Questions that time did not reach")} <span class="count">${left.length}</span>
    </h2>
    ${
      left.length > 0 &&
      html`<p class="talk__note" id="reply-note">
        ${t("What you write is published under the question for everyone, and whoever asked is told.")}
      </p>`
    }
    ${
      waiting > 0 &&
      html`<p><button class="btn btn--small" type="button" onClick=${release}>
        ${t.n("{n} new", "{n} new", waiting)}
      </button></p>`
    }
    <ol class="rows">
      ${left.map((q) => html`<${Unreached} key=${q.id} question=${q} say=${say} />`)}
    </ol>
    ${left.length === 0 && html`<p class="talk__none">${t("None is left.")}</p>`}
    ${
      written.length > 0 &&
      html`<h2>${t("Answered in writing")} <span class="count">${written.length}</span></h2>
        <ol class="rows">
          ${written.map((q) => html`<${Written} key=${q.id} question=${q} say=${say} />`)}
        </ol>`
    }
  </div>`;
}

function Unreached({ question, say }) {
  return html`<li id=${`q-${question.id}`} data-row=${`to-${question.id}`}>
    <${Support} n=${question.support} />
    <div>
      <${Question} question=${question} />
      <${Reply} question=${question} say=${say} />
    </div>
  </li>`;
}

/** Published; it can be changed. */
function Written({ question, say }) {
  const { drafts, times, t } = useApp();
  const [open, set] = useState(() => drawnOpen(question.id) || drafts.get(field(question.id)) !== "");
  const summary = useRef(null);
  const close = () => {
    set(false);
    summary.current?.focus();
  };
  return html`<li id=${`q-${question.id}`} data-row=${`of-${question.id}`}>
    <${Support} n=${question.support} />
    <div>
      <${Question} question=${question} />
      <p class="question__reply">
        <b>${t("Answer in writing, {time}", { time: times.time(question.replied_at) })}</b> ${question.reply}
      </p>
      <details open=${open} onToggle=${(event) => set(event.currentTarget.open)}>
        <summary class="btn btn--small" data-act="" ref=${summary}>
          ${t("Change the answer")}<span class="vh"> ${question.text}</span>
        </summary>
        <${Reply} question=${question} say=${say} onDone=${close} />
      </details>
    </div>
  </li>`;
}

function Support({ n }) {
  const { t } = useApp();
  return html`<p class="talk__support"><b>${n}</b><span class="vh"> ${t.n("supports it", "support it", n)}</span></p>`;
}

function Question({ question }) {
  const { t } = useApp();
  return html`<p class="talk__text">${question.text}</p>
    <p class="talk__by">
      ${question.author ? person(question.author) || t("Asked in the hall") : t("Name hidden")}
    </p>`;
}

function Reply({ question, say, onDone }) {
  const { outbox, t } = useApp();
  const offline = useOffline();
  const { id } = question;
  const draft = useReply(question);
  const entries = useSignal(outbox.entries).filter((one) => one.name === "question.reply" && one.payload.id === id);
  const busy = entries.some((one) => one.state !== "failed" && one.state !== "sent");
  const refused = entries.find((one) => one.state === "failed");
  const [wrong, setWrong] = useState(null);
  const problem = wrong ?? (refused ? words(refused.problem) : null);
  const over = graphemes(draft.text.trim()) - LIMIT;

  useEffect(() => {
    if (refused && !draft.text) draft.write(refused.payload.text); // of before a reload: nothing written is lost
  }, [refused?.op]);

  function send(event) {
    event.preventDefault();
    const text = draft.text.trim();
    if (busy) return;
    if (!text) return setWrong(t("Write something first."));
    if (over > 0) return setWrong(t.n("It is {n} character too long.", "It is {n} characters too long.", over));
    setWrong(null);
    if (refused) outbox.dismiss(refused.op);
    const { answer } = outbox.send("question.reply", { id, text });
    answer.then((said) => {
      if (!said.ok) return say(`${t("Not sent")}. ${words(said.problem)}`, id);
      draft.clear();
      say(t("Your answer is published."), id);
      onDone?.();
    });
  }

  return html`<form class="reply" onSubmit=${send}>
    ${
      draft.other &&
      html`<p class="reply__other">
        ${t("Somebody else has answered it meanwhile: {text}", { text: draft.other })}${" "}
        ${t("If you publish yours, it stands instead.")}
      </p>`
    }
    <label for=${`reply-${id}`}>${t("Your answer")}<span class="vh">: ${question.text}</span></label>
    <textarea
      class="field"
      id=${`reply-${id}`}
      name="text"
      rows="3"
      data-act=""
      aria-describedby=${problem ? `reply-${id}-wrong` : "reply-note"}
      aria-invalid=${problem ? "true" : undefined}
      value=${draft.text}
      onInput=${(event) => {
        setWrong(null);
        draft.write(event.currentTarget.value);
      }}
      onKeyDown=${(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form.requestSubmit();
      }}
    ></textarea>
    ${problem && html`<${Wrong} id=${`reply-${id}-wrong`}>${problem}<//>`}
    <p class="reply__acts">
      <button class="btn btn--small" type="submit" aria-busy=${busy ? "true" : undefined}>${t("Publish the answer")}</button>
      ${busy && html`<span class="soft">${offline ? t("Kept here, and sent when the contact is back.") : t("Sending")}</span>`}
    </p>
  </form>`;
}

const field = (id) => `reply:${id}`;

/** What is being written of an answer: a reload keeps it. `other`: what somebody else has published since it was begun. */
function useReply({ id, reply }) {
  const { drafts } = useApp();
  const [text, set] = useState(() => typed(id) || drafts.get(field(id)) || reply);
  const [base, setBase] = useState(reply);
  const untouched = text === base || text.trim() === "" || text.trim() === reply;
  useEffect(() => {
    if (!untouched || base === reply) return;
    setBase(reply);
    set(reply);
  }, [reply]);
  return {
    text,
    other: !untouched && reply !== base ? reply : "",
    write(next) {
      drafts.set(field(id), next === reply ? "" : next);
      set(next);
    },
    clear() {
      drafts.clear(field(id));
      setBase(text.trim());
      set(text.trim());
    },
  };
}

/** What the server drew: typed before this script ran, or given back refused. */
const typed = (id) => document.getElementById(`reply-${id}`)?.value ?? "";

const drawnOpen = (id) => Boolean(document.querySelector(`[id="q-${CSS.escape(id)}"] details[open]`));

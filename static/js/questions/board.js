// The moderator's questions: the queue to review, the one on stage, those in line.

import { html, useEffect, useRef } from "../../vendor/preact.standalone.module.js";
import { useList, useSignal } from "../lib/hooks.js";
import { Icon, words } from "../shared/bits.js";
import { useApp, useDay, useOffline } from "../shared/context.js";
import { useFocusKeeper } from "../shared/focus.js";
import { useHeld } from "../shared/held.js";
import { age, NextUp, Staged, ToReview } from "./desk.js";
import { inLine, onStage, toReview } from "./lists.js";
import { lastDone, whoWasFaster } from "./others.js";
import { useReasons } from "./reasons.js";

const CODES_OF_OTHERS = new Set(["stale", "state"]);

/** What is on its way, and what was refused, for each question. */
function useSaid() {
  const { outbox } = useApp();
  const entries = useSignal(outbox.entries).filter((entry) => entry.payload.id);
  return {
    busy: (id) => entries.find((entry) => entry.payload.id === id && entry.state !== "failed")?.name,
    refused: entries.filter((entry) => entry.state === "failed"),
    send: (name, question, payload = {}) => outbox.send(name, { id: question.id, ...payload }),
    dismiss: (id) => {
      for (const entry of entries) if (entry.payload.id === id && entry.state === "failed") outbox.dismiss(entry.op);
    },
  };
}

export function Review({ say }) {
  const { store, drafts, outbox, t } = useApp();
  const { now } = useDay();
  const questions = useList(store, "questions");
  const audit = useList(store, "audit");
  const offline = useOffline();
  const said = useSaid();
  const reasons = useReasons(drafts);
  const reasonsRef = useRef(reasons);
  reasonsRef.current = reasons;
  const part = useRef(null);
  useFocusKeeper(part, "#h-review");

  useEffect(
    () =>
      outbox.onAnswer((entry, answer) => {
        if (entry.name === "question.approve" && answer.ok) say(t("Approved."), entry.op);
        if (entry.name === "question.reject" && answer.ok) {
          say(t("Rejected. The asker is told why."), entry.op);
          reasonsRef.current.done(entry.payload.id);
        }
      }),
    [],
  );

  const pending = toReview(questions);
  // Somebody else decided while a reason was being written: the row stays, so that nothing written is lost.
  const kept = questions.filter((q) => q.state !== "pending" && reasons.busy(q.id) && !said.busy(q.id));
  const rows = [...kept, ...pending];
  const shown = new Set(rows.map((q) => q.id));
  const decided = said.refused.filter((entry) => !shown.has(entry.payload.id));
  return html`<section class="desk__part desk__queue" id="review" aria-labelledby="h-review" ref=${part}>
    <div class="desk__head">
      <h2 id="h-review" tabindex="-1">${t("To review")}</h2>
      ${
        pending.length > 0 &&
        html`<span class="count"
          >${pending.length}, ${t("oldest {age}", { age: age(t, pending[0], now).toLocaleLowerCase(t.locale) })}</span
        >`
      }
    </div>
    ${decided.map(
      (entry) => html`<${Decided} key=${entry.op} ...${{ entry, questions, audit, onClose: () => said.dismiss(entry.payload.id) }} />`,
    )}
    ${rows.map(
      (q) =>
        html`<${ToReview}
          key=${q.id}
          question=${q}
          first=${q === pending[0]}
          now=${now}
          offline=${offline}
          busy=${said.busy(q.id)}
          taken=${q.state === "pending" ? null : whoWasFaster(t, lastDone(audit, q.id), q.state)}
          refusal=${said.refused.find((entry) => entry.payload.id === q.id && q.state === "pending")}
          reason=${reasons.of(q.id)}
          onApprove=${() => {
            said.dismiss(q.id);
            said.send("question.approve", q, { expected_version: q.version });
          }}
          onReject=${(reason) => {
            said.dismiss(q.id);
            said.send("question.reject", q, { reason, expected_version: q.version });
          }}
          onClose=${() => (q.state === "pending" ? reasons.close(q.id) : reasons.done(q.id))}
        />`,
    )}
    ${rows.length === 0 && decided.length === 0 && html`<p class="desk__none">${t("Nothing to review.")}</p>`}
  </section>`;
}

/** A decision that came too late, or was refused, about a question that is no longer in the list. */
function Decided({ entry, questions, audit, onClose }) {
  const { t } = useApp();
  const question = questions.find((q) => q.id === entry.payload.id);
  const others = CODES_OF_OTHERS.has(entry.problem.code);
  return html`<article class="case" data-row=${entry.op} role="status">
    <p class="case__n"><${Icon} name=${others ? "info" : "refused"} /></p>
    <div>
      ${question && html`<p class="case__text">${question.text}</p>`}
      <p class="case__said">
        <span>
          ${others ? whoWasFaster(t, lastDone(audit, entry.payload.id), question?.state) : words(entry.problem)}${" "}
          ${entry.payload.reason && t("You had written: {reason}", { reason: entry.payload.reason })}
        </span>
      </p>
      <div class="acts">
        <button class="btn btn--small" type="button" data-act="" onClick=${onClose}>${t("Close")}</button>
      </div>
    </div>
  </article>`;
}

export function Stage({ say }) {
  const { store, t } = useApp();
  const questions = onStage(useList(store, "questions"));
  const offline = useOffline();
  const said = useSaid();
  const part = useRef(null);
  useFocusKeeper(part, "#h-stage");
  const act = (name, question, done) =>
    said.send(name, question).answer.then((answer) => answer.ok && say(done, question.id));
  return html`<section
    class=${`desk__part desk__stage stage${questions.length ? "" : " stage--none"}`}
    aria-labelledby="h-stage"
    ref=${part}
  >
    <div class="desk__head"><h2 id="h-stage" tabindex="-1">${t("On stage")}</h2></div>
    ${questions.map(
      (q) =>
        html`<${Staged}
          key=${q.id}
          question=${q}
          offline=${offline}
          busy=${said.busy(q.id)}
          onAnswer=${() => act("question.answer", q, t("Marked as answered."))}
          onPutBack=${() => act("question.put_back", q, t("It is in line again."))}
        />`,
    )}
    ${questions.length === 0 && html`<p>${t("No question. Take one up from the line.")}</p>`}
  </section>`;
}

export function Line({ say }) {
  const { store, t } = useApp();
  const { current } = useDay();
  const list = useRef(null);
  const line = inLine(useList(store, "questions"), current);
  const { shown, waiting, release } = useHeld(line, list);
  const offline = useOffline();
  const said = useSaid();
  useFocusKeeper(list, "#h-line");
  return html`<section class="desk__part desk__next" id="line" aria-labelledby="h-line">
    <div class="desk__head">
      <h2 id="h-line" tabindex="-1">${t("In line")}</h2>
      ${line.length > 0 && html`<span class="count">${t("{n}, by support", { n: line.length })}</span>`}
      ${
        waiting > 0 &&
        html`<button class="btn btn--small" type="button" onClick=${release}>${t("{n} new", { n: waiting })}</button>`
      }
    </div>
    <div ref=${list}>
      ${shown.map(
        (q) =>
          html`<${NextUp}
            key=${q.id}
            question=${q}
            offline=${offline}
            busy=${said.busy(q.id)}
            refusal=${said.refused.find((entry) => entry.payload.id === q.id)}
            onTake=${() => {
              said.dismiss(q.id);
              said.send("question.take", q).answer.then((answer) => answer.ok && say(t("On stage now."), q.id));
            }}
          />`,
      )}
    </div>
    ${shown.length === 0 && html`<p class="desk__none">${t("Approved questions stand here.")}</p>`}
  </section>`;
}

/** "3 new to review", at most now and then: a moderator hears it, a busy one is not drowned. */
export function tellQueue({ store, t }, say) {
  let known = new Set(toReview(store.list("questions")).map((q) => q.id));
  let told = 0;
  let timer = null;
  store.subscribe("questions", () => {
    const pending = toReview(store.list("questions"));
    told += pending.filter((q) => !known.has(q.id)).length;
    known = new Set(pending.map((q) => q.id));
    document.title = document.title.replace(/^\d+/, String(pending.length));
    if (told === 0 || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      if (told > 0) say(t.n("{n} new question to review.", "{n} new questions to review.", told), "queue");
      told = 0;
    }, 3_000);
  });
}

// The queue to review. The rows are drawn by desk.js.

import { html, useEffect, useRef } from "../../vendor/preact.standalone.module.js";
import { useList } from "../lib/hooks.js";
import { Icon, words } from "../shared/bits.js";
import { useApp, useDay, useOffline } from "../shared/context.js";
import { useFocusKeeper } from "../shared/focus.js";
import { age, ToReview } from "./desk.js";
import { toReview } from "./lists.js";
import { lastDone, whoWasFaster } from "./others.js";
import { useReasons } from "./reasons.js";
import { useSaid } from "./said.js";

const CODES_OF_OTHERS = new Set(["stale", "state"]);

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

  const faster = (id) => whoWasFaster(t, lastDone(store.list("audit"), id), store.one("questions", id)?.state);

  useEffect(
    () =>
      outbox.onAnswer((entry, answer) => {
        if (!answer.ok && CODES_OF_OTHERS.has(answer.problem.code) && entry.payload.id) {
          // What was done to it comes by another way than the refusal; a moment later the two fit together.
          setTimeout(() => say(faster(entry.payload.id), entry.payload.id), 500);
        }
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
  // What is still in line says it there (see waiting.js).
  const stateOf = (id) => store.one("questions", id)?.state;
  const inLine = ({ name, payload }) => name === "question.take" && stateOf(payload.id) === "approved";
  const decided = said.refused.filter((entry) => !shown.has(entry.payload.id) && !inLine(entry));
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
      (entry) =>
        html`<${Decided}
          key=${entry.op}
          ...${{ entry, questions, audit, onClose: () => said.dismiss(entry.payload.id) }}
        />`,
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
          onClose=${() => {
            if (q.state === "pending") reasons.close(q.id);
            else reasons.done(q.id);
            said.dismiss(q.id);
          }}
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
  return html`<article class="case" data-row=${entry.op}>
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

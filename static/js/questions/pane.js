// The participant's questions: on stage, mine, in line, answered, and the box to ask in.

import { html, useEffect, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { useList, useMe, useSignal, useTopic } from "../lib/hooks.js";
import { speakers } from "../programme/order.js";
import { useApp, useDay, useOffline } from "../shared/context.js";
import { useFocusKeeper } from "../shared/focus.js";
import { useHeld } from "../shared/held.js";
import { Ask } from "./ask.js";
import { useDraft } from "./draft.js";
import { answered, inLine, myVote, ofLine, onStage, ownUnseen, refused, unanswered } from "./lists.js";
import { Answered, InLine, Own, Sending, Staged, Unsent } from "./question.js";

/** A screen and a lectern look; everyone else may ask. */
export const mayAsk = (me) => me?.roles.some((role) => role !== "screen" && role !== "lectern") ?? false;

/** `children` stands before all else: what is asked of everyone. */
export function Questions({ say, children }) {
  const { store, outbox, clock, drafts, t } = useApp();
  const { items, line: followed, on, current } = useDay();
  const me = useMe(store);
  const questions = ofLine(useList(store, "questions"), followed);
  const supported = useTopic(store, "upvotes");
  const entries = useSignal(outbox.entries);
  const offline = useOffline();
  const draft = useDraft(drafts, on?.id ?? null);
  const [closedFor, close] = useState(null);
  const onNow = useRef(null);
  onNow.current = on?.id ?? "";
  const [sentAt, setSentAt] = useState(null);
  const part = useRef(null);
  const list = useRef(null);
  const line = inLine(questions, current);
  const { shown, waiting, release } = useHeld(line, list);
  useFocusKeeper(part, "#h-questions");
  useForgottenVotes(outbox, entries, line);

  useEffect(
    () =>
      outbox.onAnswer((entry, answer) => {
        if (entry.name !== "question.ask") return;
        if (answer.ok) {
          setSentAt(clock.now());
          say(t("Sent. It waits for a moderator."), entry.op);
        } else say(`${t("Not sent")}. ${answer.problem.title}. ${answer.problem.detail}`, entry.op);
        // Closed as long as the same is on; what comes next may take questions again.
        if (!answer.ok && answer.problem.code === "closed") close(onNow.current);
      }),
    [],
  );

  function send() {
    const payload = { text: draft.text.trim(), hide_name: draft.hide };
    const item = draft.item ?? on?.id;
    outbox.send("question.ask", item ? { ...payload, item } : payload);
    draft.clear();
  }

  const toBox = (payload) => {
    draft.bring(payload);
    document.getElementById("ask-text")?.focus();
  };
  const asked = draft.item && draft.item !== on?.id ? items.find((item) => item.id === draft.item) : undefined;
  const done = answered(questions);
  const voter = mayAsk(me);
  return html`<div class="live__side">
    <section class="live__questions" id="questions" tabindex="0" aria-labelledby="h-questions" ref=${part}>
      <h2 id="h-questions" class="vh" tabindex="-1">${t("Questions")}</h2>
      ${children}
      ${onStage(questions).map((q) => html`<${Staged} key=${q.id} question=${q} current=${current} />`)}
      ${refused(entries, "question.ask").map(
        (entry) =>
          html`<${Unsent}
            key=${entry.op}
            entry=${entry}
            onEdit=${() => (outbox.dismiss(entry.op), toBox(entry.payload))}
            onDismiss=${() => outbox.dismiss(entry.op)}
          />`,
      )}
      ${ownUnseen(questions).map(
        (q) =>
          html`<${Own}
            key=${q.id}
            question=${q}
            onRephrase=${() => toBox({ text: q.text, hide_name: q.name_hidden })}
          />`,
      )}
      ${unanswered(entries, "question.ask").map(
        (entry) => html`<${Sending} key=${entry.op} entry=${entry} offline=${offline} />`,
      )}
      <div ref=${list}>
        <div class="questions__head">
          <h2>${t("In line")}</h2>
          ${
            waiting > 0 &&
            html`<button class="btn btn--small" type="button" onClick=${release}>
              ${t.n("{n} new", "{n} new", waiting)}
            </button>`
          }
        </div>
        <ol class="questions">
          ${shown.map(
            (q) =>
              html`<${InLine}
                key=${q.id}
                question=${q.gone ? { ...q, state: store.one("questions", q.id)?.state } : q}
                current=${current}
                vote=${voter ? myVote(q, supported.has(q.id), entries) : null}
                refusal=${refused(entries, "question.upvote").find((entry) => entry.payload.id === q.id)}
                onVote=${(want) => outbox.send("question.upvote", { id: q.id, on: want })}
                onDismiss=${() => dismissVotes(outbox, entries, q.id)}
              />`,
          )}
        </ol>
        ${shown.length === 0 && html`<p class="questions__none">${t("No questions in line.")}</p>`}
      </div>
      ${
        done.length > 0 &&
        html`<details class="answered">
          <summary>${t("Answered questions")} <span class="count">${done.length}</span></summary>
          <ol class="questions">
            ${done.map((q) => html`<${Answered} key=${q.id} question=${q} current=${current} />`)}
          </ol>
        </details>`
      }
    </section>
    ${
      voter
        ? html`<${Ask}
            draft=${draft}
            speakers=${on ? speakers(items, on) : []}
            asked=${asked}
            closed=${closedFor === onNow.current}
            offline=${offline}
            sending=${unanswered(entries, "question.ask").some((entry) => entry.state === "sending")}
            sentAt=${sentAt}
            say=${say}
            send=${send}
          />`
        : html`<div class="ask">
            <p class="ask__note">${t("To ask and to support questions, open your personal link.")}</p>
          </div>`
    }
  </div>`;
}

function dismissVotes(outbox, entries, id) {
  for (const entry of refused(entries, "question.upvote")) if (entry.payload.id === id) outbox.dismiss(entry.op);
}

/** A vote refused because the question has left the line needs no words: everyone sees that it has. */
function useForgottenVotes(outbox, entries, line) {
  useEffect(() => {
    for (const entry of refused(entries, "question.upvote")) {
      if (!line.some((q) => q.id === entry.payload.id)) outbox.dismiss(entry.op);
    }
  });
}

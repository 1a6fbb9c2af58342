// The participant's questions: on stage, mine, in line, answered, and the box to ask in.

import { html, useEffect, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { useList, useMe, useSignal, useTopic } from "../lib/hooks.js";
import { Choice, useKeptChoice } from "../programme/choice.js";
import { speakers } from "../programme/order.js";
import { useClosed } from "../shared/closed.js";
import { useApp, useDay, useOffline } from "../shared/context.js";
import { useFocusKeeper } from "../shared/focus.js";
import { useHeld } from "../shared/held.js";
import { lazy } from "../shared/lazy.js";
import { Alike, Ask } from "./ask.js";
import { askedOf, begunUnder, mutedNow, notBefore, opensWith } from "./asking.js";
import { useDraft } from "./draft.js";
import { answered, inLine, myVote, ofLine, onStage, ownUnseen, refused, unanswered } from "./lists.js";
import { Answered, InLine, Sending, Staged, Unsent, Waits } from "./question.js";

const own = (again) => import(`./own.js${again}`);
const Mine = lazy(own, "Mine", ".mine");
const Withdraw = lazy(own, "Withdraw");
/** What the server may have drawn, to be taken over with the rest. */
export const PARTS = [Mine, Withdraw, Alike];

/** A screen and a lectern look; everyone else may ask. */
const NOT_ASKING = ["screen", "lectern", "applicant", "listener"];
export const mayAsk = (me) => me?.roles.some((role) => !NOT_ASKING.includes(role)) ?? false;
/** Walk-ins may be let in to ask and support, and not to answer polls. */
export const mayVote = (me) => me?.roles.some((role) => role !== "asker" && !NOT_ASKING.includes(role)) ?? false;

/** `children` stands before all else: what is asked of everyone; `after` last. */
export function Questions({ say, children, after }) {
  const { boot, store, outbox, clock, drafts, t } = useApp();
  const { items, line: followed, on, current } = useDay();
  const me = useMe(store);
  const questions = ofLine(useList(store, "questions"), followed);
  const mine = questions.filter((q) => q.mine);
  const supported = useTopic(store, "upvotes");
  const entries = useSignal(outbox.entries);
  const offline = useOffline();
  const draft = useDraft(drafts, begunUnder(on));
  const asking = useAsking(draft, mine);
  const [sentAt, setSentAt] = useState(null);
  const [order, setOrder] = useKeptChoice("order");
  const by = order === "time" ? "time" : "support";
  const [closed, close] = useClosed("receipts", boot.meeting, me.id);
  const part = useRef(null);
  const list = useRef(null);
  const line = inLine(questions, current, by);
  const { shown, waiting, release } = useHeld(line, list, by);
  useFocusKeeper(part, "#h-questions");
  useForgottenVotes(outbox, entries, line);

  useEffect(
    () =>
      outbox.onAnswer((entry, answer) => {
        if (entry.name !== "question.ask") return;
        if (answer.ok) {
          setSentAt(clock.now());
          const shownNow = store.one("questions", answer.result.id)?.state === "approved";
          say(shownNow ? t("Sent. It is in line.") : t("Sent. It waits for a moderator."), entry.op);
        } else say(`${t("Not sent")}. ${answer.problem.title}. ${answer.problem.detail}`, entry.op);
      }),
    [],
  );
  const writing = draft.text !== "";
  useEffect(() => {
    if (writing) Mine.fetch(); // what is sent in a moment is to be shown without waiting
  }, [writing]);

  function send() {
    const payload = { text: draft.text.trim(), hide_name: draft.hide };
    const item = asking.target?.id ?? draft.item;
    outbox.send("question.ask", item ? { ...payload, item } : payload);
    draft.clear();
  }

  const toBox = (payload) => {
    draft.bring(payload);
    document.getElementById("ask-text")?.focus();
  };
  const back = (entry) => outbox.dismiss(entry.op) && toBox(entry.payload);
  const done = answered(questions);
  const voter = mayAsk(me);
  return html`<div class="live__side">
    <section class="live__questions" id="questions" tabindex="0" aria-labelledby="h-questions" ref=${part}>
      <h2 id="h-questions" class="vh" tabindex="-1">${t("Questions")}</h2>
      ${children}
      ${onStage(questions).map((q) => html`<${Staged} key=${q.id} question=${q} current=${current} />`)}
      ${
        (mine.length > 0 || writing) &&
        html`<${Mine}
          ...${{ questions, closed, close, toBox, say }}
          meanwhile=${ownUnseen(questions).map((q) => html`<${Waits} key=${q.id} text=${q.text} at=${q.asked_at} />`)}
        />`
      }
      ${refused(entries, "question.ask").map(
        (entry) =>
          html`<${Unsent}
            key=${entry.op}
            entry=${entry}
            onEdit=${() => back(entry)}
            onDismiss=${() => outbox.dismiss(entry.op)}
          />`,
      )}
      ${unanswered(entries, "question.ask").map(
        (entry) => html`<${Sending} key=${entry.op} ...${{ entry, offline, onBack: () => back(entry) }} />`,
      )}
      <div ref=${list} role="log" aria-live="off" aria-labelledby="h-line">
        <div class="questions__head">
          <h2 id="h-line">${t("In line")}</h2>
          ${
            line.length > 1 &&
            html`<${Choice}
              ...${{ name: "order", label: t("Order"), hash: "#questions", now: by, onChoose: setOrder }}
              options=${[
                { value: "support", words: t("Most support") },
                { value: "time", words: t("Newest") },
              ]}
            />`
          }
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
                >${q.mine && html`<div class="question__acts"><${Withdraw} question=${q} /></div>`}<//
              >`,
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
      ${after}
    </section>
    ${
      voter
        ? html`<${Ask}
            draft=${draft}
            speakers=${on && !asking.elsewhere ? speakers(items, on) : []}
            ...${asking}
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

/** What can be said of asking before one writes: where it goes, or why not and when again, and how fast. */
function useAsking(draft, mine) {
  const { store, outbox, t, times } = useApp();
  const { meeting, line, on, current, next, now } = useDay();
  const muted = mutedNow(useList(store, "muted")[0], now);
  const [closedFor, close] = useState(null);
  const here = useRef(null);
  here.current = on?.id ?? "";
  // What the server alone knows counts as long as the same is on; what comes next may take questions again.
  const shut = ({ name }, answer) =>
    name === "question.ask" && !answer.ok && answer.problem.code === "closed" && close(here.current);
  useEffect(() => outbox.onAnswer(shut), []);

  const target = closedFor === here.current ? null : askedOf(line, draft.item, on, meeting.window, now);
  const slow = meeting.slow;
  return {
    target,
    elsewhere: target !== null && target.id !== on?.id && !current.has(target.id),
    closed: muted ? silenced() : target ? "" : shutWords(),
    slow,
    soon: notBefore(mine, slow),
  };

  function silenced() {
    const why = t("A moderator has decided that you do not ask for now: {reason}", { reason: muted.reason });
    if (!muted.until) return why;
    const day = times.day(muted.until) === times.day(now) ? "" : `${times.short(muted.until)} `;
    return `${why} ${t("You may ask again at {time}.", { time: day + times.time(muted.until) })}`;
  }

  function shutWords() {
    const kept = draft.text ? ` ${t("What you have written is kept.")}` : "";
    const opens = opensWith(line, next);
    const again = opens ? ` ${opensAgain(opens)}` : "";
    return `${t("No questions are taken now.")}${again}${kept}`;
  }

  function opensAgain({ title, expected_start: at }) {
    return t("They open again with {title}, {time}.", { title, time: times.time(at) });
  }
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

// What others ask already, shown while one writes: supporting it is one press, and sending one's own is never in the way.
// Fetched when somebody writes; templates/questions/ask.html draws the same after a first sending without a script.

import { html, useEffect, useState } from "../../vendor/preact.standalone.module.js";
import { useSignal, useTopic } from "../lib/hooks.js";
import { useApp } from "../shared/context.js";
import { myVote } from "./lists.js";
import { Vote } from "./question.js";

const PAUSE = 600;
/** Fewer letters say nothing about what is meant. */
const LEAST = 12;

/** @param {{text: string, item: string | null, say: Function, onClear: () => void}} props */
export function Alike({ text, item, say, onClear }) {
  const { outbox, store, t } = useApp();
  const questions = useTopic(store, "questions");
  const supported = useTopic(store, "upvotes");
  const entries = useSignal(outbox.entries);
  const found = useAlike(text.trim(), item);
  const rows = found.map((one) => ({ ...one, ...questions.get(one.id) }));
  useEffect(() => {
    if (found.length) say(t.n("{n} similar question is asked already.", "{n} similar questions are asked already.", found.length), "alike");
  }, [found.map((one) => one.id).join(" ")]);
  if (rows.length === 0) return null;
  const votes = rows.map((q) => (q.mine ? null : myVote(q, supported.has(q.id), entries)));
  return html`<section class="ask__alike" aria-labelledby="h-alike">
    <p class="small" id="h-alike"><b>${t("Asked already. Is it the same?")}</b> ${t("Support it, or send yours anyway.")}</p>
    <ul>
      ${rows.map(
        (q, i) =>
          html`<li class="question" key=${q.id}>
            <${Vote} question=${q} vote=${votes[i]} onVote=${(on) => outbox.send("question.upvote", { id: q.id, on })} />
            <div>
              <p class="question__text">${q.text}</p>
              ${q.mine && html`<p class="question__by">${t("Your question")}</p>`}
            </div>
          </li>`,
      )}
    </ul>
    ${
      votes.some((vote) => vote?.on) &&
      html`<p class="small">
        ${t("Your support is counted.")}${" "}
        <button class="linkish" type="button" onClick=${onClear}>${t("Throw away what I have written")}</button>
      </p>`
    }
  </section>`;
}

/** Asked for when the writing pauses; what was found stands until something else is found. */
function useAlike(text, item) {
  const { boot } = useApp();
  const [found, set] = useState([]);
  useEffect(() => {
    if (text.length < LEAST) {
      set([]);
      return undefined;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      ask(boot, text, item, stop.signal).then(set, () => {}); // without an answer, nothing is offered
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, item]);
  return found;
}

async function ask(boot, text, item, signal) {
  const query = new URLSearchParams(item ? { text, item } : { text });
  const headers = boot.token ? { Authorization: `Bearer ${boot.token}` } : {};
  const answer = await fetch(`${boot.base}/questions/similar?${query}`, { headers, signal });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return (await answer.json()).similar;
}

// My own questions: what waits, what I took back, and what became of the rest. Fetched when there is any;
// templates/questions/own.html draws the same.

import { html, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { useList, useSignal } from "../lib/hooks.js";
import { Icon, when, words, Wrong } from "../shared/bits.js";
import { useApp } from "../shared/context.js";
import { left } from "./draft.js";
import { ownUnseen, refused, standing, unanswered } from "./lists.js";

/** How many receipts stand open; earlier ones are folded away. */
const OPEN = 3;

/**
 * @param {{questions: object[], closed: string[], close: (id: string) => void, toBox: (payload: object) => void,
 *   say: Function}} props closed: ids of what has been read and put away
 */
export function Mine({ questions, closed, close, toBox, say }) {
  const { outbox, store, t } = useApp();
  const entries = useSignal(outbox.entries);
  const mine = new Map(questions.filter((q) => q.mine).map((q) => [q.id, q]));
  const told = standing(useList(store, "receipts"), (id) => mine.get(id)).filter((one) => !closed.includes(one.id));
  const own = ownUnseen(questions).filter((q) => !closed.includes(q.id));
  const late = tooLate(entries).filter((entry) => mine.has(entry.payload.id) && !own.some((q) => q.id === entry.payload.id));
  if (told.length + own.length + late.length === 0) return null;
  const rephrase = (q, text = q.text) => toBox({ text, hide_name: q.name_hidden });
  const row = (receipt) =>
    html`<${Told}
      key=${receipt.id}
      ...${{ receipt, onClose: () => close(receipt.id), onRephrase: () => rephrase(mine.get(receipt.question)) }}
    />`;
  return html`<section class="mine" aria-labelledby="h-mine">
    <h2 id="h-mine">${t("Your questions")}</h2>
    ${late.map((entry) => html`<${Late} key=${entry.op} ...${{ entry, question: mine.get(entry.payload.id), rephrase }} />`)}
    ${told.slice(0, OPEN).map(row)}
    ${
      told.length > OPEN &&
      html`<details class="answered mine__rest">
        <summary>${t("Earlier")} <span class="count">${told.length - OPEN}</span></summary>
        ${told.slice(OPEN).map(row)}
      </details>`
    }
    ${own.map(
      (q) => html`<${Own} key=${q.id} ...${{ question: q, say, rephrase, onClose: () => close(q.id) }} />`,
    )}
  </section>`;
}

const SIGNS = { answered: "check", replied: "check", rejected: "refused" };

/** What became of one: it stands until it is closed. */
function Told({ receipt, onClose, onRephrase }) {
  const { t, times } = useApp();
  const { end, text, reason, into, at } = receipt;
  return html`<article
    class=${`question${end === "rejected" ? " question--refused" : ""}`}
    id=${`told-${receipt.id}`}
    data-row=${receipt.id}
  >
    <p class="question__n"><${Icon} name=${SIGNS[end] ?? "info"} /></p>
    <div>
      <p class="question__text">${text}</p>
      <p class="state">
        <b>${became(t, end, into)}</b> <span class="soft">${times.time(at)}</span>
        <${Close} text=${text} onClose=${onClose} />
      </p>
      ${end === "replied" && html`<p class="question__reply">${reason}</p>`}
      ${end === "rejected" && reason && html`<p class="small">${t("The moderator writes: {reason}", { reason })}</p>`}
      ${end === "revealed" && html`<p class="small">${t("The organiser writes: {reason}", { reason })}</p>`}
      ${end === "merged" && html`<${Into} id=${into} />`}
      ${
        end === "rejected" &&
        html`<p class="question__acts needs-script">
          <button class="btn btn--small" type="button" data-act="again" onClick=${onRephrase}>${t("Rephrase it")}</button>
        </p>`
      }
    </div>
  </article>`;
}

function Close({ text, onClose }) {
  const { t } = useApp();
  return html`<button class="linkish needs-script" type="button" data-act="close" onClick=${onClose}>
    ${t("Close")}<span class="vh"> ${text}</span>
  </button>`;
}

function became(t, end, into) {
  if (end === "rejected") return t("Not taken up");
  if (end === "merged") return t("Merged with a similar question");
  if (end === "revealed") return t("Your name is shown with this question");
  if (end === "replied") return into ? t("Answered in writing, with a similar one") : t("Answered in writing");
  return into ? t("Answered, with a similar one") : t("Answered");
}

/** What it went into, where the others see that. */
function Into({ id }) {
  const { store, t } = useApp();
  const text = useList(store, "questions").find((q) => q.id === id)?.text;
  return html`<p class="small">
    ${t("Your support went with it.")} ${text && html`<a href=${`#q-${id}`} onClick=${() => unfold(id)}>${text}</a>`}
  </p>`;
}

/** What is folded away cannot be gone to. */
const unfold = (id) => document.getElementById(`q-${id}`)?.closest("details")?.setAttribute("open", "");

function Own({ question, say, rephrase, onClose }) {
  const { outbox, t, times } = useApp();
  const entries = useSignal(outbox.entries).filter((entry) => entry.payload.id === question.id);
  const edited = unanswered(entries, "question.edit").at(-1);
  const waits = question.state === "pending";
  return html`<article class="question" id=${`q-${question.id}`} data-row=${question.id} aria-busy=${when(edited)}>
    <p class="question__n"><${Icon} name=${waits ? "clock" : "info"} /></p>
    <div>
      <p class="question__text">${edited?.payload.text ?? question.text}</p>
      <p class="state">
        <b>${edited ? t("Saving") : waits ? t("Waiting for a moderator") : t("Withdrawn")}</b>
        <span class="soft">${t("your question, {time}", { time: times.time(question.asked_at) })}</span>
        ${!waits && html`<${Close} text=${question.text} onClose=${onClose} />`}
      </p>
      ${question.edited && waits && html`<p class="small">${t("A moderator has changed the wording.")}</p>`}
      ${tooLate(entries)
        .slice(0, 1)
        .map((entry) => html`<${TooLate} ...${{ entry, question, rephrase }} />`)}
      ${
        waits
          ? html`<div class="question__acts">
              <${Reword} question=${question} say=${say} />
              <${Withdraw} question=${question} />
            </div>`
          : html`<p class="question__acts needs-script">
              <button class="btn btn--small" type="button" data-act="again" onClick=${() => rephrase(question)}>
                ${t("Ask it again")}
              </button>
            </p>`
      }
    </div>
  </article>`;
}

/** Another wording while it waits; what is typed is kept like any draft. */
function Reword({ question, say }) {
  const { drafts, outbox, t } = useApp();
  const name = `edit:${question.id}`;
  const box = useRef(null);
  const [text, set] = useState(() => drafts.get(name));
  const [begun] = useState(() => text !== "");
  const [wrong, setWrong] = useState(null);
  const field = `reword-${question.id}`;
  const now = text || question.text;
  const write = (next) => {
    drafts.set(name, next === question.text ? "" : next);
    set(next);
    setWrong(null);
  };
  const close = () => {
    write("");
    box.current.open = false;
    box.current.firstElementChild.focus();
  };
  const save = (event) => {
    event.preventDefault();
    const room = left(now);
    if (room < 0) return setWrong(t.n("{n} character too many", "{n} characters too many", -room));
    if (now.trim() !== question.text) {
      const expected_version = question.version;
      outbox
        .send("question.edit", { id: question.id, text: now.trim(), expected_version })
        .answer.then((answer) => say(answer.ok ? t("The new wording is saved.") : words(answer.problem), question.id));
    }
    close();
  };
  return html`<details class="reword" open=${begun || undefined} ref=${box}>
    <summary class="btn btn--small" data-act="reword">${t("Change the wording")}</summary>
    <form onSubmit=${save}>
      <label class="label" for=${field}>${t("Your question")}</label>
      <textarea
        class="field"
        id=${field}
        name="text"
        rows="3"
        required
        aria-invalid=${when(wrong)}
        aria-describedby=${when(wrong, `${field}-wrong`)}
        value=${now}
        onInput=${(event) => write(event.currentTarget.value)}
      ></textarea>
      ${wrong && html`<${Wrong} id=${`${field}-wrong`}>${wrong}<//>`}
      <div class="question__acts">
        <button class="btn btn--small btn--main" type="submit">${t("Save")}</button>
        <button class="btn btn--small btn--quiet needs-script" type="button" onClick=${close}>${t("Leave it as it was")}</button>
      </div>
    </form>
  </details>`;
}

const tooLate = (entries) => [...refused(entries, "question.edit"), ...refused(entries, "question.withdraw")];

/** The same of a question that waits no more. */
function Late({ entry, question, rephrase }) {
  return html`<article class="question question--refused" data-row=${entry.op}>
    <p class="question__n"><${Icon} name="refused" /></p>
    <div>
      <p class="question__text">${question.text}</p>
      <${TooLate} ...${{ entry, question, rephrase }} />
    </div>
  </article>`;
}

/** An edit or a withdrawal that came too late: both wordings stand there, and nothing is lost. */
function TooLate({ entry, question, rephrase }) {
  const { outbox, t } = useApp();
  const { text } = entry.payload;
  const waits = question.state === "pending";
  const dismiss = () => outbox.dismiss(entry.op);
  const again = () => {
    dismiss();
    if (waits) outbox.send("question.edit", { id: question.id, text, expected_version: question.version });
    else rephrase(question, text);
  };
  return html`<div class="late" role="alert">
    <p>${waits && text ? t("It was changed while you wrote, and reads as above now.") : words(entry.problem)}</p>
    ${text && html`<p>${t("You had written: {text}", { text })}</p>`}
    <p class="question__acts">
      ${
        text &&
        html`<button class="btn btn--small" type="button" onClick=${again}>
          ${waits ? t("Save what you wrote") : t("Ask it as a new one")}
        </button>`
      }
      <button class="btn btn--small btn--quiet" type="button" data-act="close" onClick=${dismiss}>
        ${text ? t("Leave it as it is") : t("Close")}
      </button>
    </p>
  </div>`;
}

/** What others support cannot be brought back by asking again: that is asked about first. */
export function Withdraw({ question }) {
  const { outbox, t } = useApp();
  const entries = useSignal(outbox.entries).filter((entry) => entry.payload.id === question.id);
  const busy = unanswered(entries, "question.withdraw").length > 0;
  const withdraw = (event) => {
    event.preventDefault();
    if (!busy) outbox.send("question.withdraw", { id: question.id });
  };
  const button = (look) =>
    html`<form onSubmit=${withdraw}>
      <button class=${`btn btn--small${look}`} type="submit" data-act="withdraw" aria-busy=${when(busy)}>
        ${t("Withdraw")}
      </button>
    </form>`;
  if (question.support === 0) return button("");
  return html`<details class="reword">
    <summary class="btn btn--small" data-act="withdraw">
      ${t("Withdraw…")}
    </summary>
    <p class="small">
      ${t.n(
        "{n} person supports it. If you ask again later, that support is gone.",
        "{n} people support it. If you ask again later, their support is gone.",
        question.support,
      )}
    </p>
    ${button(" btn--main")}
  </details>`;
}

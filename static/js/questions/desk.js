// Questions as the moderator works with them. templates/questions/desk.html draws the same.

import { html, useLayoutEffect, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { minutesLeft, parse } from "../lib/clock.js";
import { Act } from "../shared/act.js";
import { Icon, person, when, words, Wrong } from "../shared/bits.js";
import { useApp } from "../shared/context.js";

/** @returns {string} how long it has waited */
export function age(t, question, now) {
  const n = -minutesLeft(parse(question.asked_at), now);
  return n < 1 ? t("Just now") : t("{n} min", { n });
}

function Author({ question, children }) {
  const { t } = useApp();
  return html`<p class="case__by">${question.author ? person(question.author) : t("Nobody we know")}${
    question.name_hidden && html` <b>${t("Name hidden from the others")}</b>`
  }${children}</p>`;
}

/**
 * A question to decide on.
 * @param {{question: object, first: boolean, now: number, offline: boolean, busy: string | undefined,
 *   taken: string | null, refusal: object | undefined, reason: object, onApprove: Function, onReject: Function,
 *   onClose: Function}} props
 *   busy: the command on its way; taken: who decided meanwhile, in words; reason: the rejection being written
 */
export function ToReview(props) {
  const { question, first, now, offline, busy, taken, refusal, reason, onApprove, onReject, onClose } = props;
  const { t } = useApp();
  const gone = question.state !== "pending";
  const size = first ? "" : " btn--small";
  return html`<article
    class=${`case${first ? " is-first" : ""}${gone ? " is-gone" : ""}`}
    id=${`q-${question.id}`}
    data-row=${question.id}
  >
    <p class="case__n">${age(t, question, now)}</p>
    <div>
      <p class="case__text">${question.text}</p>
      <${Author} question=${question} />
      ${
        taken &&
        html`<p class="case__said">
          <${Icon} name="info" /><span>${taken} ${t("What you have written is still here.")}</span>
        </p>`
      }
      ${
        refusal &&
        refusal.problem.field !== "reason" &&
        html`<p class="case__said"><${Icon} name="refused" /><span>${words(refusal.problem)}</span></p>`
      }
      <div class="acts">
        ${
          !gone &&
          html`<${Act}
            className=${first ? "btn btn--main" : "btn btn--small"}
            offline=${offline}
            busy=${busy === "question.approve"}
            onAct=${onApprove}
            >${t("Approve")}<//
          >`
        }
        <${Reject}
          busy=${busy === "question.reject"}
          ...${{ question, size, gone, offline, reason, refusal, onReject, onClose }}
        />
      </div>
    </div>
  </article>`;
}

/** Rejecting opens in the row; the asker reads the reason, so there must be one. */
function Reject({ question, size, gone, offline, busy, reason, refusal, onReject, onClose }) {
  const { t } = useApp();
  const field = useRef(null);
  const button = useRef(null);
  const [missing, setMissing] = useState(null);
  const wrong = missing ?? (refusal?.problem.field === "reason" ? words(refusal.problem) : null);
  const id = `why-${question.id}`;
  const wrongId = `wrong-${question.id}`;

  useLayoutEffect(() => {
    if (reason.opened) field.current?.focus();
  }, [reason.opened]);

  function submit(event) {
    event.preventDefault();
    if (offline || busy) return;
    if (reason.text.trim() === "") {
      setMissing(t("Write why: the asker reads it."));
      field.current.focus();
      return;
    }
    onReject(reason.text.trim());
  }

  function close() {
    onClose();
    if (!gone) button.current.focus();
  }

  function key(event) {
    if (event.key === "Escape") close();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
  }

  const toggled = (event) => reason.toggle(event.currentTarget.open);
  return html`<details class="reject" open=${reason.open} onToggle=${toggled}>
    <summary class=${`btn${size}`} ref=${button} data-act="">${t("Reject…")}</summary>
    <form onSubmit=${submit} onKeyDown=${key}>
      <div>
        <label class="label" for=${id}>${t("Reason, which the asker reads")}</label>
        <textarea
          class="field"
          id=${id}
          name="reason"
          rows="2"
          ref=${field}
          aria-invalid=${when(wrong)}
          aria-describedby=${when(wrong, wrongId)}
          value=${reason.text}
          onInput=${(event) => {
            setMissing(null);
            reason.write(event.currentTarget.value);
          }}
        ></textarea>
        ${wrong && html`<${Wrong} id=${wrongId}>${wrong}<//>`}
      </div>
      <div class="reject__acts">
        <button
          class="btn btn--main"
          type="submit"
          aria-disabled=${when(offline)}
          aria-describedby=${when(offline, "offline-why")}
          aria-busy=${when(busy)}
        >
          ${gone ? t("Reject anyway") : t("Reject")}
        </button>
        <button class="btn btn--quiet" type="button" onClick=${close}>
          ${gone ? t("Leave it as it is") : t("Cancel")}
        </button>
      </div>
    </form>
  </details>`;
}

export function Staged({ question, offline, busy, onAnswer, onPutBack }) {
  const { t } = useApp();
  return html`<div data-row=${question.id}>
    <p class="case__text" id=${`q-${question.id}`}>${question.text}</p>
    <${Author} question=${question}>, ${t.n("{n} supports it", "{n} support it", question.support)}<//>
    <div class="acts">
      <${Act} className="btn btn--main" offline=${offline} busy=${busy === "question.answer"} onAct=${onAnswer}
        >${t("Answered")}<//
      >
      <${Act} className="btn" offline=${offline} busy=${busy === "question.put_back"} onAct=${onPutBack}
        >${t("Take it down")}<//
      >
    </div>
  </div>`;
}

export function NextUp({ question, offline, busy, refusal, onTake }) {
  const { t } = useApp();
  return html`<article
    class=${`case case--next${question.gone ? " is-gone" : ""}`}
    id=${`q-${question.id}`}
    data-row=${question.id}
  >
    <p class="case__n">
      <b>${question.support}</b><span class="vh"> ${t.n("supports it", "support it", question.support)}</span>
    </p>
    <div>
      <p class="case__text">${question.text}</p>
      <${Author} question=${question} />
      ${question.gone && html`<p class="case__by"><b>${t("No longer in line")}</b></p>`}
      ${refusal && html`<p class="case__said"><${Icon} name="refused" /><span>${words(refusal.problem)}</span></p>`}
    </div>
    ${
      question.gone
        ? null
        : html`<${Act} className="btn" offline=${offline} busy=${busy === "question.take"} onAct=${onTake}
            >${t("Take up")}<//
          >`
    }
  </article>`;
}

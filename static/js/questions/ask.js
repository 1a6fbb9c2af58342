// The ask box. templates/questions/ask.html draws the same.

import { html, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { useTick } from "../lib/hooks.js";
import { Icon, when, Wrong } from "../shared/bits.js";
import { useApp } from "../shared/context.js";
import { lazy } from "../shared/lazy.js";
import { span } from "./asking.js";
import { left } from "./draft.js";

const SAID_AT = 40;

export const Alike = lazy((again) => import(`./alike.js${again}`), "Alike", ".ask__alike");

/**
 * @param {{draft: object, speakers: object[], target: object | null, elsewhere: boolean, closed: string, slow: number, soon: number,
 *   offline: boolean, sending: boolean, sentAt: number | null, say: Function, send: () => void}} props
 *   target: the item it goes to, null when none takes questions; elsewhere: that is another than the one on now;
 *   closed: why not, empty when one may ask; slow: seconds between two of one person, soon: when mine may come (ms)
 */
export function Ask({ draft, speakers, target, elsewhere, closed, slow, soon, offline, sending, sentAt, say, send }) {
  const { times, t } = useApp();
  const field = useRef(null);
  const [wrong, setWrong] = useState(null);
  const room = left(draft.text);
  const writing = draft.text !== "";

  function write(event) {
    const text = event.currentTarget.value;
    const was = left(draft.text);
    const is = left(text);
    if (is <= SAID_AT && was > SAID_AT) say(t.n("{n} character left", "{n} characters left", is), "count");
    if (is < 0 && was >= 0) say(tooLong(t, is), "count");
    setWrong(null);
    draft.write(text);
  }

  function submit(event) {
    event.preventDefault();
    if (closed) return;
    if (draft.text.trim() === "" || room < 0) {
      setWrong(room < 0 ? tooLong(t, room) : t("Write your question first."));
      field.current.focus();
      return;
    }
    send();
    field.current.focus();
  }

  // Enter with Ctrl or Cmd sends; Enter alone makes a new line, as in any text.
  function key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
  }

  const open = target?.asking === "open";
  const describedBy = ["ask-count", wrong && "ask-wrong", closed ? "ask-closed" : "ask-how"].filter(Boolean).join(" ");
  return html`<form class="ask" id="ask" aria-busy=${when(sending)} onSubmit=${submit}>
    <div class="ask__grid">
      <p class="ask__to">
        <label class="label" for="ask-text">${speakers.length > 0 ? t("Ask the speakers") : t("Ask a question")}</label>
        ${elsewhere && html`<span class="small soft">${t("Goes to: {title}", { title: target.title })}</span>`}
      </p>
      ${
        closed
          ? html`<p class="ask__why" id="ask-closed"><${Icon} name="info" /><span>${closed}</span></p>`
          : html`<p class=${`ask__how${slow || open ? "" : " ask__how--usual"}`} id="ask-how">
              ${open ? t("It is shown to everyone at once.") : t("A moderator reads it first.")}
              ${slow > 0 && html` <${Slow} seconds=${slow} until=${soon} />`}
            </p>`
      }
      <textarea
        class="field ask__text"
        id="ask-text"
        name="text"
        rows="1"
        ref=${field}
        placeholder=${t("Write your question")}
        aria-describedby=${describedBy}
        aria-invalid=${when(wrong || room < 0)}
        value=${draft.text}
        onInput=${write}
        onKeyDown=${key}
      ></textarea>
      ${wrong && html`<${Wrong} id="ask-wrong">${wrong}<//>`}
      ${writing && !closed && !offline && html`<${Alike} text=${draft.text} item=${target?.id} say=${say} onClear=${() => (draft.clear(), field.current.focus())} />`}
      <label class="check ask__hide">
        <input
          type="checkbox"
          name="hide_name"
          value="true"
          checked=${draft.hide}
          onChange=${(event) => draft.hideName(event.currentTarget.checked)}
        />${" "}${t("Hide my name from participants, not from staff")}
      </label>
      <p class=${`ask__count${room < 0 ? " is-over" : ""}`} id="ask-count">
        ${count(t, { writing, room, offline, sending, sent: sentAt && times.time(sentAt) })}
      </p>
      <button
        class="btn btn--main ask__send"
        type="submit"
        aria-disabled=${when(closed)}
        aria-describedby=${when(closed, "ask-closed")}
      >
        ${t("Send")}
      </button>
    </div>
  </form>`;
}

/** Everyone asks slowly; and when I have just asked, how long the next one waits. */
function Slow({ seconds, until }) {
  const { clock, t } = useApp();
  const n = Math.ceil((until - useTick(clock, "second")) / 1000);
  return html`<span>
    ${t("Everyone asks slowly just now: one question in {time}.", { time: span(t, seconds) })}
    ${n > 0 && html` ${t("Your next one is sent in {time}.", { time: span(t, n) })}`}
  </span>`;
}

function count(t, { writing, room, offline, sending, sent }) {
  if (room < 0) return tooLong(t, room);
  if (offline) return t("Sent when the contact is back");
  if (!writing && sending) return t("Sending");
  if (!writing && sent) return t("Sent {time}.", { time: sent });
  if (!writing) return t("At most {n} characters", { n: room });
  return t.n("{n} character left", "{n} characters left", room);
}

const tooLong = (t, room) => t.n("{n} character too many", "{n} characters too many", -room);

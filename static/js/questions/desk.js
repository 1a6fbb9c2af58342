// One question as a moderator works with it. templates/questions/desk.html draws the same; its forms are in fields.js.

import { html, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { minutesLeft, parse } from "../lib/clock.js";
import { Act } from "../shared/act.js";
import { Icon, person, words } from "../shared/bits.js";
import { useApp } from "../shared/context.js";
import { memo } from "../shared/memo.js";
import { COMMANDS, faster, FORMS, OF_OTHERS } from "./acts.js";
import { Fields } from "./fields.js";
import { actsOf, short } from "./queue.js";

/** @returns {string} how long it has waited */
export function age(t, question, now) {
  const n = -minutesLeft(parse(question.asked_at), now);
  return n < 1 ? t("Just now") : t("{n} min", { n });
}

/** Its letter of each act (see shared/keys.js). */
const LETTERS = {
  approve: "a",
  reject: "r",
  wording: "w",
  merge: "m",
  next: "q",
  off: "q",
  up: "up",
  down: "down",
  take: "t",
  answer: "d",
  put_back: "p",
  reopen: "o",
  unmerge: "o",
  item: "i",
  mute: "s",
  unmute: "s",
  reveal: "v",
};

const NAMES = (t) => ({
  approve: t("Approve"),
  reject: t("Reject…"),
  wording: t("Change the wording…"),
  merge: t("Merge…"),
  item: t("To another item…"),
  next: t("Up next"),
  off: t("Off the list"),
  take: t("Take up"),
  answer: t("Answered"),
  put_back: t("Take it down"),
  reopen: t("Open it again"),
  unmerge: t("Part them again"),
  mute: t("Mute the asker…"),
  unmute: t("Unmute the asker"),
  reveal: t("Show the name…"),
});

const MAIN = new Set(["approve", "answer"]);

/**
 * @param {object} props
 * @param {object} props.question
 * @param {string} props.place of the list: review, stage, next or line
 * @param {string | number} props.lead what stands in the margin
 * @param {string} props.at who else is at work on it; empty: nobody
 * @param {boolean} props.elsewhere I am at work on it, on another screen
 * @param {string | undefined} props.busy the command on its way
 * @param {string | null} props.taken who decided meanwhile, in words, while something was being written here
 * @param {object | undefined} props.refusal the entry of what was refused
 * @param {import("./forms.js").Form | undefined} props.form
 * @param {object | undefined} props.like the open question it is like @param {object | undefined} props.into
 * @param {object[] | undefined} props.inside what is merged into it
 * @param {string} props.of the title of the item it was asked of, when that is to be said
 * @param {object} props.desk what is done (see acts.js)
 */
export const Case = memo((props) => {
  const { question: q, place, lead, taken, form, desk, gone } = props;
  // The same question may stand in two lists at once; each id is there once.
  const id = gone ? `gone-${q.id}` : place === "found" ? `found-${q.id}` : `q-${q.id}`;
  const look = `case case--${place}${gone || taken ? " is-gone" : ""}`;
  return html`<article class=${look} id=${id} data-row=${q.id} data-q=${`${place}-${q.id}`} tabindex="-1">
    <p class="case__n">${lead}</p>
    <div>
      <p class="case__text">${q.text}</p>
      <${About} ...${props} />
      <${Said} ...${props} />
      ${!gone && !taken && html`<${Acts} ...${props} id=${id} />`}
      ${form?.kind && html`<${Fields} ...${{ q, id, form, desk }} taken=${Boolean(taken)} ...${state(props)} />`}
    </div>
  </article>`;
});

const state = ({ offline, busy, at, like, refusal }) => ({ offline, busy, at, like, refusal });

/** Who asked, and what there is to know about it: each with a shape and in words. */
function About({ question: q, place, at, elsewhere, like, into, inside, of, gone, desk, offline, busy }) {
  const { t, times } = useApp();
  const name = q.author && person(q.author);
  const who = name || (q.aloud ? t("Somebody in the hall") : t("Nobody we know"));
  const support = place !== "line" && (q.state !== "pending" || q.support > 0);
  const told = [
    who,
    support && t.n("{n} supports it", "{n} support it", q.support),
    of && t("asked of {title}", { title: of }),
  ];
  return html`<p class="case__by">
      <span>${told.filter(Boolean).join(", ")}</span>
      ${q.aloud && html`<${Mark} shape="aloud">${t("Asked aloud in the hall")}<//>`}
      ${q.name_hidden && html`<${Mark} shape="hidden">${t("Name hidden from the others")}<//>`}
      ${q.author_walk_in && html`<${Mark} shape="person">${t("Came without a place")}<//>`}
      ${q.author_muted && html`<${Mark} shape="muted">${t("Muted")}<//>`}
      ${q.flags?.length > 0 && html`<${Mark} shape="flag">${t("Words to look at: {words}", { words: q.flags.join(", ") })}<//>`}
      ${at && html`<${Mark} shape="person">${t("{name} is at it", { name: at })}<//>`}
      ${elsewhere && html`<${Mark} shape="person">${t("You have it open on another screen")}<//>`}
      ${gone && html`<${Mark} shape="info">${t("No longer in line")}<//>`}
      ${place === "found" && html`<${Stands} q=${q} />`}
    </p>
    ${q.state === "rejected" && q.reason && html`<p class="case__by">${t("Reason: {reason}", { reason: q.reason })}</p>`}
    ${
      q.reply &&
      html`<p class="case__by">${t("Answered in writing, {time}: {text}", { time: times.time(q.replied_at), text: q.reply })}</p>`
    }
    ${
      like &&
      q.state === "pending" &&
      html`<p class="case__said"><${Icon} name="like" /><span>${alike(t, like)}</span></p>`
    }
    ${
      into &&
      q.state === "merged" &&
      html`<p class="case__said"><${Icon} name="like" /><span>${t("Merged into “{text}”", { text: short(into.text) })}</span></p>`
    }
    ${
      q.original &&
      html`<details class="case__more"><summary>${t("Reworded")}</summary><p>${t("Asked as: {text}", { text: q.original })}</p></details>`
    }
    ${
      inside?.length > 0 &&
      html`<details class="case__more">
        <summary>${t.n("{n} merged into it", "{n} merged into it", inside.length)}</summary>
        <ul>
          ${inside.map(
            (part) =>
              html`<li key=${part.id}>
                <span>${part.text}</span>
                <${Act}
                  className="btn btn--small"
                  ...${{ offline, busy, act: "unmerge", onAct: () => desk.act("unmerge", part) }}
                  >${t("Part it again")}<span class="vh"> ${part.text}</span><//
                >
              </li>`,
          )}
        </ul>
      </details>`
    }`;
}

function alike(t, { state, text, support }) {
  const one = { text: short(text) };
  if (state === "pending") return t("Like “{text}”, which waits too", one);
  return t.n("Like “{text}” (in line, {n} supports it)", "Like “{text}” (in line, {n} support it)", support, one);
}

const Mark = ({ shape, children }) => html`${" "}<span class="mark"><${Icon} name=${shape} /><b>${children}</b></span>`;

/** In a list of several kinds, each says what it is. */
function Stands({ q }) {
  const { t } = useApp();
  const said = {
    pending: ["clock", t("Waits for a moderator")],
    approved: ["up", q.queue == null ? t("In line") : t("Up next, number {n}", { n: q.queue })],
    on_stage: ["up", t("On stage")],
    answered: ["check", t("Answered")],
    rejected: ["refused", t("Not taken up")],
    withdrawn: ["refused", t("Withdrawn by the asker")],
    merged: ["like", t("Merged")],
  }[q.state];
  return said && html`<${Mark} shape=${said[0]}>${said[1]}<//>`;
}

/** What came in between: somebody else's deed, or a refusal. */
function Said({ question: q, taken, refusal, at, desk }) {
  const app = useApp();
  const { t } = app;
  const field = refusal?.problem.field;
  if (taken) {
    return html`<p class="case__said">
      <${Icon} name="info" /><span>${taken} ${t("What you have written is still here.")}</span>
    </p>`;
  }
  if (!refusal || (field && FIELDS.has(field))) return null;
  const others = OF_OTHERS.has(refusal.problem.code);
  // Whose claim it was may have ended meanwhile: then there is nobody to take it over from.
  if (refusal.problem.code === "claimed" && !at && refusal.payload.id === q.id) return null;
  return html`<p class="case__said" role="status">
    <${Icon} name=${others ? "info" : "refused"} /><span>${others ? faster(app, refusal.payload.id ?? q.id, refusal.problem) : words(refusal.problem)}${" "}<button
        class="linkish"
        type="button"
        onClick=${() => desk.dismiss(q)}
      >${t("Close")}</button></span>
  </p>`;
}

/** Said by the field that is meant. */
const FIELDS = new Set(["reason", "text", "into", "item", "until"]);

function Acts({ question: q, id, place, offline, busy, at, like, form, desk }) {
  const { store, t } = useApp();
  const [open, setOpen] = useState(false);
  const button = useRef(null);
  const names = NAMES(t);
  if (at) {
    // Only one at a time: who wants it nevertheless says so first.
    return html`<div class="acts">
      <${Act} className="btn btn--small" offline=${offline} act="over" keys="x" onAct=${() => desk.over(q)}>${t("Take it over")}<//>
    </div>`;
  }
  const { main, more: rest } = actsOf(q, { roles: store.me.roles, like: Boolean(like) });
  const small = place === "stage" ? "" : " btn--small";
  const act = (kind) => {
    desk.act(kind, q);
    setOpen(false);
  };
  const draw = (kind) => {
    const look = `btn${small}${MAIN.has(kind) ? " btn--main" : ""}`;
    if (FORMS.has(kind)) {
      return html`<button
        key=${kind}
        class=${look}
        type="button"
        data-act=${kind}
        data-keys=${LETTERS[kind]}
        aria-expanded=${form?.kind === kind ? "true" : "false"}
        onClick=${() => (form?.kind === kind ? desk.close(q) : act(kind))}
      >
        ${names[kind]}
      </button>`;
    }
    const name = kind === "up" || kind === "down";
    return html`<${Act}
      key=${kind}
      className=${look}
      ...${{ offline, act: kind, keys: LETTERS[kind], onAct: () => act(kind) }}
      busy=${busy && COMMANDS[kind] === busy}
      >${name ? html`<${Icon} name=${kind} /><span class="vh">${kind === "up" ? t("Move up") : t("Move down")}</span>` : names[kind]}<//
    >`;
  };
  const key = (event) => {
    if (event.key !== "Escape" || !open) return;
    setOpen(false);
    button.current.focus();
  };
  const list = `more-${id}`;
  return html`<div class="acts" onKeyDown=${key}>
    ${main.map(draw)}
    ${
      rest.length > 0 &&
      html`<button
          class=${`btn${small}`}
          type="button"
          ref=${button}
          data-act="more"
          aria-expanded=${open ? "true" : "false"}
          aria-controls=${list}
          onClick=${() => setOpen(!open)}
        >
          ${t("More")}
        </button>
        <div class="others" id=${list} hidden=${!open}>${rest.map(draw)}</div>`
    }
  </div>`;
}

// The forms that open in a question's row: reject, reword, merge, move, mute, show the name.

import { html, useLayoutEffect, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { useList } from "../lib/hooks.js";
import { timed } from "../programme/order.js";
import { Icon, when, words, Wrong } from "../shared/bits.js";
import { useApp, useContentLang, useDay } from "../shared/context.js";
import { subjectOf } from "./asking.js";
import { left } from "./draft.js";
import { likened, short, targets, turned } from "./queue.js";

/** Most of what can be merged into is the likest few; the rest is found by its words. */
const OFFERED = 4;
const UNASKED = new Set(["break", "registration", "social"]);

/** @param {object} props `taken`: somebody else has decided meanwhile */
export function Fields(props) {
  const { q, id, form, desk, offline, busy, at, taken, refusal } = props;
  const { clock, t } = useApp();
  const [missing, setMissing] = useState(null);
  const part = useRef(null);
  const { kind, values } = form;
  const wrong = missing ?? (refusal && FIELD_OF[kind].has(refusal.problem.field) ? words(refusal.problem) : null);
  const write = (more) => {
    setMissing(null);
    desk.forms.write(q.id, more);
  };

  useLayoutEffect(() => {
    setMissing(null);
    if (!form.opened) return;
    const first = part.current.querySelector("[data-first]") ?? part.current.querySelector("textarea, select, input");
    first?.focus();
    part.current.scrollIntoView?.({ block: "nearest" });
  }, [kind]);

  function submit(event) {
    event.preventDefault();
    if (offline || busy || at || past) return;
    const payload = PAYLOADS[kind](values, t);
    if (typeof payload === "string") {
      setMissing(payload);
      (part.current.querySelector("[data-first]") ?? part.current.querySelector("textarea, select, input"))?.focus();
      return;
    }
    desk.submit(kind, q, until(payload, clock.now()));
  }

  function close() {
    desk.close(q);
    document.querySelector(`#${CSS.escape(id)} :is([data-act="${kind}"], [data-act="more"])`)?.focus();
  }

  function key(event) {
    if (event.key === "Escape") close();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
  }

  const wrongId = `wrong-${id}`;
  const field = { id: `f-${id}`, "aria-invalid": when(wrong), "aria-describedby": when(wrong, wrongId) };
  const Kind = KINDS[kind];
  const { send, anyway } = SENDS(t)[kind];
  // The wording of what somebody else has decided stays as it is; what was written stands there to be copied.
  const past = taken && kind === "wording" && q.state !== "pending";
  return html`<form class=${`fields fields--${kind}`} data-form=${kind} ref=${part} onSubmit=${submit} onKeyDown=${key}>
    <${Kind} ...${props} ...${{ values, write, field }} />
    ${wrong && html`<${Wrong} id=${wrongId}>${wrong}<//>`}
    <div class="fields__acts">
      ${
        !past &&
        html`<button
          class="btn btn--main"
          type="submit"
          aria-disabled=${when(offline || at)}
          aria-describedby=${when(offline, "offline-why")}
          aria-busy=${when(busy)}
        >
          ${taken && anyway ? anyway : send}
        </button>`
      }
      <button class="btn btn--quiet" type="button" onClick=${close}>
        ${taken ? t("Leave it as it is") : t("Cancel")}
      </button>
    </div>
  </form>`;
}

/** Minutes from now, as an instant; none: without an end. @param {number} now ms */
export const until = ({ minutes, ...payload }, now) =>
  minutes ? { ...payload, until: new Date(now + minutes * 60_000).toISOString() } : payload;

const SENDS = (t) => ({
  reject: { send: t("Reject"), anyway: t("Reject anyway") },
  wording: { send: t("Keep the wording") },
  merge: { send: t("Merge") },
  item: { send: t("Move it") },
  mute: { send: t("Mute") },
  reveal: { send: t("Show the name to everyone") },
});

const FIELD_OF = {
  reject: new Set(["reason"]),
  wording: new Set(["text"]),
  merge: new Set(["into"]),
  item: new Set(["item"]),
  mute: new Set(["reason", "until", "person"]),
  reveal: new Set(["reason"]),
};

/** What is sent; a string says what is missing. */
const PAYLOADS = {
  reject: ({ reason = "" }, t) => (reason.trim() ? { reason: reason.trim() } : t("Write why: the asker reads it.")),
  wording: ({ text = "", base }, t) => {
    if (!text.trim()) return t("Write how it is to read.");
    if (text.trim() === base?.trim()) return t("It reads as before: change something, or cancel.");
    return left(text) < 0 ? t("It is {n} characters too long.", { n: -left(text) }) : { text: text.trim() };
  },
  merge: ({ into }, t) => (into ? { into } : t("Choose which one to merge it into.")),
  item: ({ item }, t) => (item ? { item } : t("Choose an item.")),
  mute: ({ why = "", minutes = "30" }, t) =>
    why.trim() ? { reason: why.trim(), minutes: Number(minutes) } : t("Write why: the person reads it."),
  reveal: ({ shown = "" }, t) => (shown.trim() ? { reason: shown.trim() } : t("Write why: the asker reads it.")),
};

/** What is most often the reason. */
export const reasons = (t) => [
  t("It is about a single case. You may rephrase it so that it helps others too."),
  t("It has been answered already."),
  t("It is about something else than what is discussed here."),
  t("It holds several questions: please ask them one by one."),
  t("Please ask it in kinder words."),
];

/** `name`: under which it is kept. Each form has its own, so that no reason is taken for another's. */
function Why({ label, name, values, write, field }) {
  return html`<label class="label" for=${field.id}>${label}</label>
    <textarea
      class="field"
      name="reason"
      rows="2"
      data-first
      ...${field}
      value=${values[name] ?? ""}
      onInput=${(event) => write({ [name]: event.currentTarget.value })}
    ></textarea>`;
}

function Reject({ values, write, field }) {
  const { t } = useApp();
  return html`<div>
      <${Why} label=${t("Reason, which the asker reads")} name="reason" values=${values} write=${write} field=${field} />
    </div>
    <details class="fields__ready">
      <summary>${t("Ready-made reasons")}</summary>
      <ul>
        ${reasons(t).map(
          (one) =>
            html`<li key=${one}>
              <button
                class="linkish"
                type="button"
                onClick=${(event) => {
                  write({ reason: one });
                  const area = event.currentTarget.closest("form").querySelector("textarea");
                  area.closest("form").querySelector("details").open = false;
                  area.focus();
                }}
              >
                ${one}
              </button>
            </li>`,
        )}
      </ul>
    </details>`;
}

function Wording({ q, values, write, field }) {
  const { t } = useApp();
  const n = left(values.text ?? "");
  return html`<div>
    <label class="label" for=${field.id}>${t("How it is to read")}</label>
    <textarea
      class="field"
      name="text"
      rows="3"
      data-first
      ...${field}
      value=${values.text ?? ""}
      onInput=${(event) => write({ text: event.currentTarget.value })}
    ></textarea>
    <p class="fields__note">
      ${t("What was asked is kept beside it, and the asker is told that you have changed it.")}${" "}
      ${n <= 40 && html`<b>${t.n("{n} character left", "{n} characters left", n)}</b>`}
    </p>
    ${q.original && html`<p class="fields__note">${t("Asked as: {text}", { text: q.original })}</p>`}
  </div>`;
}

/** Both texts, and what is counted together, before it is done. */
function Merge({ q, id, values, write, field }) {
  const { store, t } = useApp();
  const questions = useList(store, "questions");
  const look = values.look ?? "";
  const all = targets(questions, q, look);
  const chosen = all.find((one) => one.id === values.into) ?? questions.find((one) => one.id === values.into);
  const shown = all.slice(0, OFFERED);
  const [goes, stays] = turned(q, chosen) ? [chosen, q] : [q, chosen];
  const stands = { pending: t("waits"), approved: t("in line"), on_stage: t("on stage") };
  return html`<div>
      <label class="label" for=${field.id}>${t("Merge it into: look for a word")}</label>
      <input
        class="field"
        type="search"
        autocomplete="off"
        ...${field}
        value=${look}
        onInput=${(event) => write({ look: event.currentTarget.value })}
        onKeyDown=${(event) => event.key === "Enter" && event.preventDefault()}
      />
    </div>
    <fieldset class="targets">
      <legend class="vh">${t("Questions to merge it into")}</legend>
      ${shown.map(
        (one) =>
          html`<label class="targets__one" key=${one.id}>
            <input
              type="radio"
              name=${`into-${id}`}
              value=${one.id}
              checked=${values.into === one.id}
              data-first=${when(one === shown[0], "")}
              onChange=${() => write({ into: one.id })}
            />
            <span>
              ${short(one.text)}
              <span class="soft">
                ${likened(q, one) && html`<b>${t("most alike")}</b>, `}${stands[one.state]}, ${t.n("{n} supports it", "{n} support it", one.support)}
              </span>
            </span>
          </label>`,
      )}
      ${shown.length === 0 && html`<p class="fields__note">${t("No open question has these words.")}</p>`}
      ${all.length > shown.length && html`<p class="fields__note">${t("{n} more: look for a word.", { n: all.length - shown.length })}</p>`}
    </fieldset>
    ${
      chosen &&
      html`<div class="targets__both">
        <p>${t("Goes into the other:")} <q>${goes.text}</q> <span class="soft">${t.n("{n} supports it", "{n} support it", goes.support)}</span></p>
        <p>${t("Stays:")} <q>${stays.text}</q> <span class="soft">${t.n("{n} supports it", "{n} support it", stays.support)}</span></p>
        <p class="fields__note">
          ${stays === q && t("This one is in line already: the one that waits goes into it.")}${" "}
          ${t("Everyone who supports either is counted once. It can be parted again.")}
        </p>
      </div>`
    }`;
}

function Item({ q, values, write, field }) {
  const { t } = useApp();
  const { items } = useDay();
  const lang = useContentLang();
  const own = timed(items, items.find((one) => one.id === q.item));
  const day = asked(items, own?.day).filter((one) => one.id !== q.item);
  return html`<div>
    <label class="label" for=${field.id}>${t("Ask it of those who speak at")}</label>
    <select
      class="field"
      name="item"
      data-first
      ...${field}
      value=${values.item ?? ""}
      onChange=${(event) => write({ item: event.currentTarget.value })}
    >
      <option value="">${t("Choose an item")}</option>
      ${day.map((one) => html`<option key=${one.id} value=${one.id} lang=${lang}>${one.title}</option>`)}
    </select>
  </div>`;
}

/** The items of a day that questions are put to: nobody is asked anything over coffee, and a phase of a talk is the talk. */
export const asked = (items, day) =>
  items.filter(
    (one) =>
      one.day === day && !UNASKED.has(one.kind) && one.state !== "cancelled" && subjectOf(items, one) === one,
  );

export function Mute({ q, values, write, field }) {
  const { t } = useApp();
  const long = [
    ["15", t("15 minutes")],
    ["30", t("30 minutes")],
    ["120", t("2 hours")],
    ["0", t("Until somebody unmutes them")],
  ];
  return html`<p class="fields__note">
      <${Icon} name="muted" /> ${t("{name} may then read and support, but not ask.", { name: q.author?.name ?? "" })}
    </p>
    <div>
      <${Why} label=${t("Reason, which the person reads")} name="why" values=${values} write=${write} field=${field} />
    </div>
    <div>
      <label class="label" for=${`${field.id}-long`}>${t("For how long")}</label>
      <select
        class="field"
        id=${`${field.id}-long`}
        value=${values.minutes ?? "30"}
        onChange=${(event) => write({ minutes: event.currentTarget.value })}
      >
        ${long.map(([value, said]) => html`<option key=${value} value=${value}>${said}</option>`)}
      </select>
    </div>`;
}

function Reveal({ q, values, write, field }) {
  const { t } = useApp();
  return html`<div>
    <${Why} label=${t("Why the name is shown: the asker reads it, and it is kept on record")} name="shown" values=${values} write=${write} field=${field} />
    <p class="fields__note">${t("Everyone then sees: {name}", { name: [q.author?.name, q.author?.organisation].filter(Boolean).join(", ") })}</p>
  </div>`;
}

const KINDS = { reject: Reject, wording: Wording, merge: Merge, item: Item, mute: Mute, reveal: Reveal };

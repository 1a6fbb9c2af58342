// The form of an item. What is typed is kept on this device until it is saved; what somebody else saves meanwhile is taken
// over where nothing was typed, and stands beside where both did. templates/programme/edit.html draws the same.

import { html, useEffect, useRef, useState } from "../../../vendor/preact.standalone.module.js";
import { useSignal } from "../../lib/hooks.js";
import { when, words, Wrong } from "../../shared/bits.js";
import { useApp, useContentLang, useOffline } from "../../shared/context.js";
import { changed, newValues, payloadOf, rebased, valuesOf } from "./fields.js";

export const draftOf = (place) => (place.id ? `item:${place.id}` : `item:new:${place.parent || `${place.day}:${place.track}`}`);

/** What was typed and not saved. @returns {{base: object, mine: object} | null} */
export function kept(drafts, place) {
  try {
    const draft = JSON.parse(drafts.get(draftOf(place)) || "null");
    return draft && changed(draft.base, draft.mine).length > 0 ? draft : null;
  } catch {
    return null;
  }
}

const TRIES = 3;

/** @param {{place: {id?: string, parent?: string, day: string, track: string}, item: object | null}} props */
export function Form({ place, item, rows, days, onClose, onAddPart, say }) {
  const { drafts, outbox, times, t } = useApp();
  const lang = useContentLang();
  const offline = useOffline();
  const first = () => kept(drafts, place) ?? fresh();
  const fresh = () => {
    const base = item ? valuesOf(item, times) : newValues(place, rows, times);
    return { base, mine: base };
  };
  const [draft, setDraft] = useState(first);
  const [problem, setProblem] = useState(null);
  const form = useRef(null);
  const latest = useRef(draft);
  const entries = useSignal(outbox.entries);
  const busy = entries.some((entry) => entry.state !== "failed" && entry.state !== "sent" && isMine(entry, place));
  const theirs = item ? valuesOf(item, times) : draft.base;
  const { base, mine, both } = rebased(draft.base, draft.mine, theirs);
  const isPart = Boolean(item ? item.parent : place.parent);

  useEffect(() => {
    const box = form.current?.querySelector(item ? "input" : "input[name=title]");
    if (!form.current?.contains(document.activeElement)) box?.focus();
    form.current?.scrollIntoView({ block: "nearest" });
  }, []);

  const keep = (next) => {
    const isSame = changed(next.base, next.mine).length === 0;
    drafts.set(draftOf(place), isSame ? "" : JSON.stringify(next));
    latest.current = next;
    setDraft(next);
  };
  const type = (name, value) => {
    keep({ base, mine: { ...mine, [name]: value } });
    if (problem?.field?.split(".")[0] === name) setProblem(null);
  };
  const decide = (name, value) => {
    keep({ base: { ...base, [name]: theirs[name] }, mine: { ...mine, [name]: value } });
    requestAnimationFrame(() => form.current?.querySelector(`[name=${name}]`)?.focus());
  };
  const done = (words_) => {
    drafts.clear(draftOf(place));
    say(words_);
    onClose(true);
  };

  async function save(event) {
    event.preventDefault();
    if (busy) return;
    if (both.length > 0) {
      form.current.querySelector(".edit__now button")?.focus();
      say(t("Choose first where both of you have written."));
      return;
    }
    const names = item ? changed(base, mine) : Object.keys(mine).filter((name) => name !== "cancelled");
    if (names.length === 0) return done(t("Nothing was changed."));
    setProblem(null);
    const typed = latest.current;
    const fields = payloadOf(isPart ? names.filter((name) => name !== "day" && name !== "track") : names, mine);
    const answer = item ? await edited(fields) : await send("programme.add", { day: place.day, ...parent(), ...fields });
    if (answer.ok && item && latest.current !== typed) {
      keep({ base: { ...latest.current.base, ...mine }, mine: latest.current.mine }); // they wrote on while it was sent
      return say(t("Saved."));
    }
    if (answer.ok) return done(item ? t("Saved.") : t("Added."));
    setProblem(answer.problem);
    const field = answer.problem.field?.split(".")[0];
    requestAnimationFrame(() => (form.current?.querySelector(`[name="${field}"]`) ?? form.current?.querySelector("input"))?.focus());
  }

  /** The same change again on a newer version, as long as nobody has written in the same fields. */
  async function edited(fields) {
    let version = item.version;
    for (let n = 1; ; n += 1) {
      const answer = await send("programme.edit", { item: item.id, expected_version: version, ...fields });
      const now = answer.problem?.current;
      if (answer.ok || answer.problem.code !== "stale" || !now) return answer;
      const clash = rebased(base, mine, valuesOf(now, times)).both;
      if (clash.length > 0 || n === TRIES) return answer;
      version = now.version;
    }
  }

  async function send(name, payload) {
    const { op, answer } = outbox.send(name, payload);
    const said = await answer;
    if (!said.ok) outbox.dismiss(op); // the form keeps the text
    return said;
  }

  const parent = () => (place.parent ? { parent: place.parent } : {});
  const wrong = (name) => problem?.field?.split(".")[0] === name && problem;
  const common = { mine, theirs, both, wrong, type, decide, lang };

  return html`<form class="edit" ref=${form} onSubmit=${save} aria-label=${item ? t("Edit the item") : t("A new item")} aria-busy=${when(busy)}>
    ${
      problem && !FIELDS.includes(problem.field?.split(".")[0])
        ? html`<div class="edit__all" role="alert"><${Wrong} id="edit-wrong">${words(problem)}<//></div>`
        : null
    }
    ${
      both.length > 0
        ? html`<div class="edit__all" role="status"><${Wrong} id="edit-both">${t("Somebody else has saved this meanwhile. Where both of you have written, theirs stands beside yours.")}<//></div>`
        : null
    }
    <${Text} name="title" label=${t("Title")} ...${common} own=${true} />
    <${Choice} name="kind" label=${t("Kind")} options=${kinds(t)} ...${common} />
    <${Text} name="begins" label=${t("Begins")} small=${true} hint=${t("for example 9.05")} ...${common} />
    <${Text} name="ends" label=${t("Ends")} small=${true} hint=${t("earlier means the day after")} ...${common} />
    ${
      isPart
        ? null
        : html`<${Choice} name="day" label=${t("Day")} options=${days.map((day) => [day, times.date(`${day}T12:00:00Z`)])} ...${common} />
            <${Text} name="track" label=${t("Track")} small=${true} hint=${t("empty when there is only one")} ...${common} own=${true} />`
    }
    <${Area} name="speakers" label=${t("Speakers")} hint=${t("One a line: name | role | organisation")} ...${common} />
    <${Choice} name="attendance" label=${t("For whom")} options=${places(t)} ...${common} />
    <${Text} name="minimum" label=${t("Shortest length")} small=${true} hint=${t("minutes it may be shortened to; empty: not at all")} ...${common} />
    <fieldset class="edit__f edit__checks">
      <legend class="vh">${t("How it runs")}</legend>
      <${Check} name="promised" label=${t("Promised: its time is held")} ...${common} />
      <${Check} name="by_clock" label=${t("Begins by itself")} ...${common} />
      ${item && !item.actual_start && html`<${Check} name="cancelled" label=${t("Cancelled: it stays, struck through")} ...${common} />`}
    </fieldset>
    <${Area} name="description" label=${t("Description")} ...${common} />
    <${Text} name="stream" label=${t("Address of its picture")} hint=${t("empty: the meeting's own")} type="url" ...${common} />
    <div class="edit__f acts-row">
      <button class="btn btn--main" type="submit" aria-busy=${when(busy)}>${item ? t("Save") : t("Add")}</button>
      <button class="btn" type="button" onClick=${() => onClose(false)}>${t("Close")}</button>
      ${item && html`<button class="btn" type="button" onClick=${onAddPart}>${t("Add a part")}</button>`}
      ${
        changed(base, mine).length > 0 &&
        html`<button
          class="btn btn--quiet"
          type="button"
          onClick=${() => {
            keep(fresh());
            setProblem(null);
            say(t("What you typed is thrown away."));
          }}
          >${t("Throw away what I typed")}</button
        >`
      }
    </div>
    ${offline && busy ? html`<p class="edit__f small">${t("It is kept here and sent when the contact is back.")}</p>` : null}
  </form>`;
}

const FIELDS = ["title", "kind", "begins", "ends", "day", "track", "speakers", "attendance", "minimum", "promised", "by_clock", "cancelled", "description", "stream"];

const isMine = (entry, place) =>
  place.id ? entry.name === "programme.edit" && entry.payload.item === place.id : entry.name === "programme.add";

export const kinds = (t) => [
  ["talk", t("Talk")],
  ["break", t("Break")],
  ["group_work", t("Group work")],
  ["plenary", t("Plenary")],
  ["registration", t("Registration")],
  ["social", t("Social")],
];

const places = (t) => [
  ["both", t("Hall and web")],
  ["hall", t("Only in the hall")],
  ["web", t("Only on the web")],
];

function Text({ name, label, small, hint, type: kind = "text", own, mine, wrong, type, lang, ...rest }) {
  const bad = wrong(name);
  return html`<div class=${`edit__f${small ? " edit__f--s" : ""}`}>
    <label class="label" for=${`f-${name}`}>${label}</label>
    <input
      class="field"
      id=${`f-${name}`}
      name=${name}
      type=${kind}
      value=${mine[name]}
      lang=${own ? lang : undefined}
      autocomplete="off"
      aria-describedby=${described(name, hint, bad)}
      aria-invalid=${when(bad)}
      onInput=${(event) => type(name, event.target.value)}
    />
    <${Below} name=${name} hint=${hint} bad=${bad} mine=${mine} lang=${lang} ...${rest} />
  </div>`;
}

function Area({ name, label, hint, mine, wrong, type, lang, ...rest }) {
  const bad = wrong(name);
  return html`<div class="edit__f">
    <label class="label" for=${`f-${name}`}>${label}</label>
    <textarea
      class="field"
      id=${`f-${name}`}
      name=${name}
      rows="2"
      lang=${lang}
      aria-describedby=${described(name, hint, bad)}
      aria-invalid=${when(bad)}
      value=${mine[name]}
      onInput=${(event) => type(name, event.target.value)}
    ></textarea>
    <${Below} name=${name} hint=${hint} bad=${bad} mine=${mine} lang=${lang} ...${rest} />
  </div>`;
}

function Choice({ name, label, options, mine, wrong, type, ...rest }) {
  const bad = wrong(name);
  const shown = (value) => options.find(([one]) => one === value)?.[1] ?? value;
  return html`<div class=${`edit__f edit__f--s${name === "kind" ? " edit__f--kind" : ""}`}>
    <label class="label" for=${`f-${name}`}>${label}</label>
    <select
      class="field"
      id=${`f-${name}`}
      name=${name}
      value=${mine[name]}
      aria-describedby=${described(name, "", bad)}
      aria-invalid=${when(bad)}
      onChange=${(event) => type(name, event.target.value)}
    >
      ${options.map(([value, text]) => html`<option key=${value} value=${value}>${text}</option>`)}
    </select>
    <${Below} name=${name} bad=${bad} mine=${mine} shown=${shown} ...${rest} />
  </div>`;
}

function Check({ name, label, mine, type, wrong, ...rest }) {
  const { t } = useApp();
  const bad = wrong(name);
  return html`<div>
    <label class="check"
      ><input
        type="checkbox"
        name=${name}
        checked=${mine[name] === "true"}
        onChange=${(event) => type(name, String(event.target.checked))}
      />
      ${label}</label
    >
    <${Below} name=${name} bad=${bad} mine=${mine} shown=${(value) => (value === "true" ? t("yes") : t("no"))} ...${rest} />
  </div>`;
}

/** The hint, what was wrong, and what somebody else wrote in the same place. */
function Below({ name, hint, bad, both, theirs, mine, decide, lang, shown = (value) => value }) {
  const { t } = useApp();
  const clash = both.includes(name);
  return html`${hint && html`<span class="edit__hint" id=${`h-${name}`}>${hint}</span>`}
    ${bad && html`<${Wrong} id=${`w-${name}`}>${words(bad)}<//>`}
    ${
      clash &&
      html`<div class="edit__now">
        <b>${t("It is now:")}</b> <span lang=${lang}>${shown(theirs[name]) || t("nothing")}</span>
        <div class="acts-row">
          <button class="btn btn--small" type="button" onClick=${() => decide(name, theirs[name])}>${t("Take theirs")}</button>
          <button class="btn btn--small" type="button" onClick=${() => decide(name, mine[name])}>${t("Keep mine")}</button>
        </div>
      </div>`
    }`;
}

const described = (name, hint, bad) => [hint && `h-${name}`, bad && `w-${name}`].filter(Boolean).join(" ") || undefined;

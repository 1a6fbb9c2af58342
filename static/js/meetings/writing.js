// One text that several people may write at once, saved by itself a moment after the last key. It thinks; the page draws it.
//
// Only one saving is under way at a time, since the next must name the version that this one makes. What somebody else
// wrote is taken in silently where nothing of one's own would be lost, and else put beside it for the writer to decide.

import { browserEnv } from "../lib/env.js";
import { createSignal } from "../lib/signal.js";

/** After the last key, before it is saved. */
export const PAUSE = 1_200;

/**
 * @typedef {{id?: string, version: number, text: string, step?: number, by?: string | null}} Text as the server has it
 * @typedef {object} State
 * @property {string} mine what stands in the field
 * @property {Text} theirs the newest that is known of the server's
 * @property {boolean} saving
 * @property {boolean} clash somebody else has written since, and the writer has not decided
 * @property {import("../lib/outbox.js").Problem | null} problem why the last was not taken
 * @property {boolean} taken the field's words were just changed by somebody else, or by going back
 */

/**
 * @param {object} options
 * @param {string} options.field
 * @param {string} options.language
 * @param {Text} options.text as the page came
 * @param {(name: string, payload: object) => void} options.send
 * @param {ReturnType<import("../lib/drafts.js").createDrafts>} options.drafts
 * @param {import("../lib/env.js").Env} [options.env]
 */
export function createWriting({ field, language, text, send, drafts, env = browserEnv }) {
  const key = `invitation ${field} ${language}`;
  const state = createSignal({ mine: text.text, theirs: text, saving: false, clash: false, problem: null, taken: false });
  let timer = null;
  let seen = text.version; // what the writer's words were written upon

  const now = () => state.value;
  const set = (more) => state.set({ ...now(), taken: false, ...more });
  const differs = () => stored(now().mine) !== stored(now().theirs.text);

  const draft = read(drafts.get(key));
  if (draft && stored(draft.text) !== stored(text.text)) {
    seen = draft.version;
    set({ mine: draft.text, clash: draft.version !== text.version, taken: true });
    later();
  }

  function type(mine) {
    set({ mine, problem: null });
    keep();
    later();
  }

  function keep() {
    if (differs()) drafts.set(key, JSON.stringify({ text: now().mine, version: seen }));
    else drafts.clear(key);
  }

  function later() {
    if (timer !== null) env.cancel(timer);
    timer = env.later(save, PAUSE);
  }

  function save() {
    if (timer !== null) env.cancel(timer);
    timer = null;
    if (now().saving || now().clash || now().problem || !differs()) return;
    set({ saving: true });
    send("meeting.text", { field, language, text: now().mine, expected_version: seen });
  }

  /** Something of this text is on its way already: sent before the page was loaded. */
  function waits() {
    set({ saving: true });
  }

  function undo() {
    if (now().saving || differs()) return;
    set({ saving: true });
    send("meeting.undo_text", { field, language, expected_version: seen });
  }

  /** @param {string} name @param {{text?: string}} payload @param {import("../lib/outbox.js").Answer} answer */
  function answered(name, payload, answer) {
    if (answer.ok) {
      const { id, version, text: back } = answer.result;
      const told = back ?? payload.text ?? "";
      const { mine, theirs } = now();
      seen = version;
      if (theirs.version > version) {
        // somebody has written upon it already
        set({ saving: false, theirs, mine: back ?? mine });
        if (stored(now().mine) === stored(told)) takeTheirs();
        else set({ clash: true });
      } else if (back === undefined) set({ saving: false, theirs: { ...theirs, id, version, text: told } });
      else set({ saving: false, theirs: { ...theirs, id, version, text: told }, mine: back, taken: true });
    } else if (answer.problem.code === "stale") {
      const theirs = answer.problem.current ?? now().theirs;
      if (name !== "meeting.text" || theirs.text === now().mine) set({ saving: false, theirs });
      else set({ saving: false, theirs, clash: true });
      if (!now().clash) seen = theirs.version;
    } else {
      set({ saving: false, problem: answer.problem });
    }
    keep();
    if (differs() && !now().problem) later();
  }

  /** The server's text, as the meeting's news brings it. @param {Text} theirs */
  function heard(theirs) {
    if (theirs.version < now().theirs.version) return;
    if (now().saving) return set({ theirs }); // whose it is, the answer says
    if (theirs.version === seen) {
      set({ theirs });
      keep();
    } else if (!differs() || stored(theirs.text) === stored(now().mine)) {
      seen = theirs.version;
      set({ theirs, mine: theirs.text, clash: false, taken: true });
      keep();
    } else {
      set({ theirs, clash: true });
    }
  }

  function keepMine() {
    seen = now().theirs.version;
    set({ clash: false });
    keep();
    save();
  }

  function takeTheirs() {
    seen = now().theirs.version;
    set({ clash: false, problem: null, mine: now().theirs.text, taken: true });
    keep();
  }

  return { state, type, save, waits, undo, answered, heard, keepMine, takeTheirs, field, language };
}

/** As the server would store it: spaces at the ends of lines and many empty lines are no change. */
function stored(text) {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[^\S\n]+(?=\n)/g, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function read(kept) {
  try {
    const draft = JSON.parse(kept || "null");
    return typeof draft?.text === "string" && Number.isInteger(draft.version) ? draft : null;
  } catch {
    return null;
  }
}

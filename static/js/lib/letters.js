// The outbox's shelf: commands waiting on this device, one storage key each, so that two tabs can put down and take
// away without reading and rewriting each other's.

import { keyPrefix } from "./keep.js";

/**
 * @typedef {object} Letter
 * @property {string} op
 * @property {string} name
 * @property {object} payload
 * @property {number} at when it was written (ms, this device)
 * @property {string} tab the tab whose page waits for the answer
 * @property {number} [notBefore] the server asked for patience until then
 * @property {number} [wait] how long a patience that was
 * @property {boolean} [tooSoon] asked for because of this kind of command, not of all
 * @property {object} [problem] ended by this refusal
 */

/** An answer another tab waits for is read within moments, or never. */
const ANSWER_KEPT = 60_000;

/** @param {{meeting: string, person: string, keep: import("./keep.js").Keep, now: () => number}} options */
export function createLetters({ meeting, person, keep, now }) {
  const prefix = keyPrefix("outbox", meeting, person);
  const answers = keyPrefix("answer", meeting, person);
  const keyOf = (letter) => `${prefix}${String(letter.at).padStart(15, "0")}:${letter.op}`;
  for (const key of keep.keys(answers)) if (!(read(key)?.at > now() - ANSWER_KEPT)) keep.remove(key);

  function read(key) {
    try {
      return JSON.parse(keep.get(key) ?? "null");
    } catch {
      return null;
    }
  }

  return {
    /** @returns {Letter[]} oldest first */
    all: () => keep.keys(prefix).map(read).filter(Boolean),
    /** The keys are in order of time, so a moment that sorts last keeps the order even if the clock was put back. */
    nextMoment() {
      const newest = read(keep.keys(prefix).at(-1) ?? "");
      return Math.max(now(), (newest?.at ?? 0) + 1);
    },
    put: (letter) => keep.set(keyOf(letter), JSON.stringify(letter)),
    take: (letter) => keep.remove(keyOf(letter)),
    /** Leaves the answer where the tab that wrote the letter finds it. */
    leaveAnswer: (letter, answer) => keep.set(answers + letter.op, JSON.stringify({ answer, at: now() })),
    takeAnswer(op) {
      const kept = read(answers + op);
      if (kept) keep.remove(answers + op);
      return kept?.answer;
    },
    /** @param {(all: boolean) => void} fn another tab changed something here; all: the whole storage was emptied */
    watch: (fn) =>
      keep.watch((key) => {
        if (key === null || key.startsWith(prefix) || key.startsWith(answers)) fn(key === null);
      }),
  };
}

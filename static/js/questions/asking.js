// Whether and how questions are taken just now. Pure; hybridmote/questions/model decides, and counts the same.

/** Nobody is asked anything during these: what is asked over coffee is meant for the talk before it. */
const UNASKED = new Set(["break", "registration", "social"]);

const minutes = (n) => n * 60_000;
const begins = (item) => Date.parse(item.actual_start ?? "");
const ends = (item) => (item.actual_end ? Date.parse(item.actual_end) : Infinity);

/**
 * The item that a question asked at that instant belongs to; null when none are taken.
 * @param {object[]} items in order @param {string | null | undefined} given the item it was begun under
 * @param {object | null} on what is on for who asks @param {number} window minutes @param {number} now ms
 */
export function askedOf(items, given, on, window, now) {
  const subject = (item) => subjectOf(items, item);
  const open = items.filter(
    (item) =>
      item.state !== "cancelled" &&
      item.actual_start &&
      subject(item).asking !== "closed" &&
      now >= begins(item) &&
      now < ends(item) + minutes(window),
  );
  const named = open.find((item) => item.id === given);
  if (named) return subject(named);
  const asked = open.filter((item) => !UNASKED.has(item.kind));
  const here = asked.find((item) => item.id === on?.id);
  const before = asked.filter((item) => item.actual_end).sort((a, b) => ends(a) - ends(b) || begins(a) - begins(b));
  const found = here ?? before.at(-1) ?? open.find((item) => item.id === on?.id);
  return found ? subject(found) : null;
}

/** A part of a talk that has no time of its own is a phase of it: what is asked is asked of the talk. */
export function subjectOf(items, item) {
  const parent = item.planned_start ? null : items.find((one) => one.id === item.parent);
  return parent?.kind === "talk" ? subjectOf(items, parent) : item;
}

/** What a form that is begun now names: not a break, over which one thinks of the talk before it. */
export const begunUnder = (on) => (on && !UNASKED.has(on.kind) ? on.id : null);

/** What takes questions next, in the order of the day; its time when there is one. */
export const opensWith = (line, next) => {
  const at = next ? line.indexOf(next) : -1;
  return (
    (at < 0 ? [] : line.slice(at)).find(
      (item) => item.asking !== "closed" && item.state !== "cancelled" && !UNASKED.has(item.kind) && item.expected_start,
    ) ?? null
  );
};

/**
 * When the next of my questions may come, by the meeting's slow mode.
 * @param {object[]} mine my questions @param {number} slow seconds @returns {number} ms since 1970; 0: at once
 */
export function notBefore(mine, slow) {
  const asked = mine.filter((q) => !q.aloud).map((q) => Date.parse(q.asked_at));
  return slow > 0 && asked.length ? Math.max(...asked) + slow * 1000 : 0;
}

/** Whether I may not ask for now. @param {{reason: string, until: string | null} | undefined} muted */
export const mutedNow = (muted, now) => (muted && (!muted.until || Date.parse(muted.until) > now) ? muted : null);

/** How long that is, in words. @param {number} n seconds */
export const span = (t, n) =>
  n < 120 ? t.n("{n} second", "{n} seconds", n) : t.n("{n} minute", "{n} minutes", Math.ceil(n / 60));

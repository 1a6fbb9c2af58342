// The desk's questions: what is looked for, in which order, who is at work on which, and what can be done with each. Pure.

import { inLine } from "./lists.js";

/** How many rows are drawn at once; the rest come when they are asked for. */
export const SHOWN = 50;

/** What can be looked at, by the states it holds. */
export const KINDS = {
  pending: ["pending"],
  approved: ["approved"],
  next: ["approved"],
  answered: ["answered"],
  rejected: ["rejected", "withdrawn", "merged"],
  all: null,
};

/** Who comes to the desk looks at what waits, whatever it was asked of. */
export const WISH = { text: "", kind: "pending", item: "", flagged: false };

/** @returns {boolean} whether something else is looked at than what waits */
export const narrowed = (wish) => Object.keys(WISH).some((name) => wish[name] !== WISH[name]);

/**
 * @param {object[]} questions @param {typeof WISH} wish item: an id, "here" for what is on, "" for all
 * @param {Set<string>} current ids of what is on
 */
export function found(questions, wish, current) {
  const states = KINDS[wish.kind];
  const words = wish.text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const fits = (q) =>
    (!states || states.includes(q.state)) &&
    (wish.kind !== "next" || q.queue !== null) &&
    (wish.item === "" || (wish.item === "here" ? current.has(q.item) : q.item === wish.item)) &&
    (!wish.flagged || q.flags?.length > 0) &&
    holds(q, words);
  return ordered(questions.filter(fits), wish.kind, current);
}

const holds = (q, words) => {
  const text = [q.text, q.author?.name, q.author?.organisation].join("\n").toLocaleLowerCase();
  return words.every((word) => text.includes(word));
};

/** What waits: the oldest first. In line: as it stands there. What came to an end: the latest first. */
function ordered(questions, kind, current) {
  if (kind === "pending") return questions.sort(older);
  if (kind === "approved") return inLine(questions, current);
  if (kind === "next") return upNext(questions);
  return questions.sort((a, b) => older(b, a));
}

const older = (a, b) => (a.asked_at < b.asked_at ? -1 : a.asked_at > b.asked_at ? 1 : a.id < b.id ? -1 : 1);

/**
 * In the order in which they are to be taken.
 * @param {(question: object) => string} [trackOf] those of a track have an order of their own
 */
export function upNext(questions, trackOf = () => "") {
  return questions
    .filter((q) => q.state === "approved" && q.queue != null)
    .sort((a, b) => compare(trackOf(a), trackOf(b)) || a.queue - b.queue || compare(a.id, b.id));
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * One step up (-1) or down (1).
 * @param {string[]} ids in order @returns {string | null | undefined} the one to stand before, null: last; undefined: it
 *   stands at that end already
 */
export function stepped(ids, id, by) {
  const at = ids.indexOf(id);
  const to = at + by;
  if (at < 0 || to < 0 || to >= ids.length) return undefined;
  return by < 0 ? ids[to] : (ids[to + 1] ?? null);
}

/**
 * The order somebody works in stays: what is new comes last, what is gone is gone.
 * @param {string[]} before ids as they stood @param {{id: string}[]} list as it would stand
 */
export function steady(before, list) {
  const place = new Map(before.map((id, at) => [id, at]));
  const at = (one) => place.get(one.id) ?? before.length;
  return [...list].sort((a, b) => at(a) - at(b));
}

/** @returns {{name: string, mine: boolean, until: number} | null} who is at work on it, if anybody is at that time */
export function atWork(question, me, now) {
  const until = question.claim ? Date.parse(question.claim.until) : 0;
  return until > now ? { name: question.claim.name, mine: question.claim.person === me, until } : null;
}

/** When the next of the claims ends by itself: then the page must be looked at again. */
export function nextEnd(questions, now) {
  const ends = questions.map((q) => (q.claim ? Date.parse(q.claim.until) : 0)).filter((until) => until > now);
  return ends.length ? Math.min(...ends) : null;
}

/**
 * What can be done with a question, the first of it at hand and the rest under "More".
 * @param {{roles: string[], like?: boolean}} by like: whether what it is like is still there to merge it into
 * @returns {{main: string[], more: string[]}}
 */
export function actsOf(question, { roles, like = false }) {
  const { state } = question;
  const someone = question.author_id ? [question.author_muted ? "unmute" : "mute"] : [];
  if (question.author_id && question.name_hidden && roles.includes("organiser")) someone.push("reveal");
  if (state === "pending") {
    const main = like ? ["approve", "merge", "reject"] : ["approve", "reject"];
    return { main, more: ["wording", ...(like ? [] : ["merge"]), "item", ...someone] };
  }
  if (state === "approved") {
    const line = question.queue == null ? ["next"] : ["up", "down", "off"];
    return { main: ["take", ...line], more: ["merge", "answer", "reject", "item", ...someone] };
  }
  if (state === "on_stage") return { main: ["answer", "put_back"], more: someone };
  if (state === "answered" || state === "rejected") return { main: ["reopen"], more: someone };
  return { main: state === "merged" ? ["unmerge"] : [], more: someone };
}

const OPEN = new Set(["pending", "approved", "on_stage"]);

/**
 * What a question may be merged into: what it is most like first, then those of the same item by support.
 * @param {string} text words to look for; with some, those of other items are found too
 */
export function targets(questions, question, text) {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const rank = (q) => (likened(question, q) ? 0 : q.item === question.item ? 1 : 2);
  return questions
    .filter((q) => q.id !== question.id && OPEN.has(q.state))
    .filter((q) => (words.length ? holds(q, words) : q.item === question.item || q.id === question.like))
    .sort((a, b) => rank(a) - rank(b) || b.support - a.support || older(a, b));
}

/** Whether either is what the other is most like. */
export const likened = (question, other) => other.id === question.like || other.like === question.id;

/** What stands in line stays there: of it and one that waits, the one that waits goes into the other. */
export const turned = (question, into) => question.state === "approved" && into?.state === "pending";

/** What has been merged into each: id → its parts, the oldest first. */
export function parts(questions) {
  const found = new Map();
  for (const q of questions.filter((one) => one.state === "merged" && one.merged_into).sort(older)) {
    found.set(q.merged_into, [...(found.get(q.merged_into) ?? []), q]);
  }
  return found;
}

/** Enough of a text to know which one is meant. */
export const short = (text) => (text.length > 90 ? `${text.slice(0, 88).trimEnd()}…` : text);

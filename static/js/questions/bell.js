// That new questions wait: in the page's title, in words, and, if somebody has asked for it, with one soft tone.

import { createKeep, keyPrefix, openStorage } from "../lib/keep.js";
import { createSignal } from "../lib/signal.js";
import { ring } from "../shared/tone.js";
import { toReview } from "./lists.js";

const ON = `${keyPrefix("sound")}on`;
/** However many come, it is heard once in this time. */
export const QUIET = 10_000;
const GATHER = 3_000;

const keep = createKeep(openStorage("localStorage"));
export const soundOn = createSignal(keep.get(ON) !== null);

export function switchSound(on) {
  if (on) keep.set(ON, "on");
  else keep.remove(ON);
  soundOn.set(on);
  if (on) ring(); // so that one knows what to listen for; and a press is what lets the browser make sounds
}

/** "(3) To review", whatever number stood there. Pure. */
export const titled = (title, n) => (n > 0 ? `(${n}) ` : "") + title.replace(/^\(\d+\) /, "");

/** @returns {(now: number) => boolean} whether it may be heard again. Pure but for what it remembers. */
export function createPatience(quiet = QUIET) {
  let last = -Infinity;
  return (now) => {
    if (now - last < quiet) return false;
    last = now;
    return true;
  };
}

/**
 * "3 new questions to review", at most now and then: a moderator hears it, a busy one is not drowned.
 * @param {ReturnType<typeof import("../lib/app.js").start>} app
 * @param {(words: string, about?: string) => void} say
 */
export function tellQueue({ store, t }, say) {
  let known = new Set(toReview(store.list("questions")).map((q) => q.id));
  let told = 0;
  let timer = null;
  const mayRing = createPatience();
  document.title = titled(document.title, known.size);
  store.subscribe("questions", () => {
    const pending = toReview(store.list("questions"));
    const fresh = pending.filter((q) => !known.has(q.id)).length;
    told += fresh;
    known = new Set(pending.map((q) => q.id));
    document.title = titled(document.title, pending.length);
    if (fresh > 0 && soundOn.value && mayRing(Date.now())) ring();
    if (told === 0 || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      if (told > 0) say(t.n("{n} new question to review.", "{n} new questions to review.", told), "queue");
      told = 0;
    }, GATHER);
  });
}

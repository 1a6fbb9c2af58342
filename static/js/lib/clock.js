// The server's time. Phones are minutes wrong, and a countdown unlike the one in the hall is worse than none.

import { browserEnv } from "./env.js";
import { safely } from "./signal.js";

const PERIODS = { second: 1_000, minute: 60_000 };
/** Few samples: an old one describes the clock as it was before it was set or drifted. */
const REMEMBERED = 8;
const COUNTED = 5;

/** @param {{env?: import("./env.js").Env}} [options] */
export function createClock({ env = browserEnv } = {}) {
  let samples = [];
  let offset = 0;
  let known = false;
  const tickers = new Map(); // period name → {fns, timer}

  const now = () => env.now() + offset;

  /**
   * @param {string} serverNow ISO 8601, read by the server somewhere between `asked` and `heard`
   * @param {number} asked when it was asked for, by this device (ms)
   * @param {number} heard when the answer came
   */
  function sample(serverNow, asked, heard) {
    const server = parse(serverNow);
    if (server === null || heard < asked) return;
    samples = [...samples, { offset: server - (asked + heard) / 2, trip: heard - asked }].slice(-REMEMBERED);
    // A slow answer tells least about when it was written; of the quick ones, the middle one is the least surprised.
    const quick = [...samples].sort((a, b) => a.trip - b.trip).slice(0, COUNTED);
    const offsets = quick.map((one) => one.offset).sort((a, b) => a - b);
    move(offsets[Math.floor(offsets.length / 2)]);
  }

  /** What the page was sent with: good enough to draw the first picture, forgotten when anything better comes. */
  function guess(serverNow) {
    const server = parse(serverNow);
    if (server !== null && !known) move(server - env.now(), false);
  }

  function move(next, certain = true) {
    const moved = Math.abs(next - offset) > 50;
    offset = next;
    known = certain;
    if (moved) refresh();
  }

  /** Ticks again at once, and on the beat from there: after a sleep, a hidden tab or a corrected clock. */
  function refresh() {
    for (const [name, ticker] of tickers) tick(name, ticker);
  }

  /** @param {"second" | "minute"} name @param {(now: number) => void} fn */
  function onTick(name, fn) {
    if (!tickers.has(name)) {
      const ticker = { fns: new Set(), timer: null };
      tickers.set(name, ticker);
      plan(name, ticker);
    }
    const ticker = tickers.get(name);
    ticker.fns.add(fn);
    return () => {
      ticker.fns.delete(fn);
      if (ticker.fns.size > 0 || tickers.get(name) !== ticker) return;
      env.cancel(ticker.timer);
      tickers.delete(name);
    };
  }

  function tick(name, ticker) {
    env.cancel(ticker.timer);
    plan(name, ticker);
    const moment = now();
    for (const fn of [...ticker.fns]) safely(fn, moment);
  }

  function plan(name, ticker) {
    const period = PERIODS[name];
    const into = ((now() % period) + period) % period;
    // A timer may fire a little early, which would count the same second twice.
    ticker.timer = env.later(() => tick(name, ticker), period - into + 5);
  }

  function stop() {
    for (const ticker of tickers.values()) env.cancel(ticker.timer);
    tickers.clear();
  }

  return {
    now,
    sample,
    guess,
    refresh,
    onTick,
    stop,
    /** Milliseconds the server is ahead of this device. */
    get offset() {
      return offset;
    },
    /** Milliseconds there and back, the last time; null before the first. */
    get trip() {
      return samples.at(-1)?.trip ?? null;
    },
    get known() {
      return known;
    },
  };
}

/** @param {string | null | undefined} iso @returns {number | null} milliseconds since 1970 */
export function parse(iso) {
  const ms = iso ? Date.parse(iso) : NaN;
  return Number.isNaN(ms) ? null : ms;
}

/** @param {number} end @param {number} now @returns {number} whole minutes, begun ones counted; negative when over */
export function minutesLeft(end, now) {
  // `|| 0`: rounding up a little below nothing gives -0, which would be written with its sign.
  return Math.ceil((end - now) / 60_000) || 0;
}

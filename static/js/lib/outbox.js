// What I have said and the server has not answered yet.
//
// Kept on the device until answered, sent one at a time and in order, and sent again under the same `op` after silence,
// 429 and 503: the server does a repeated `op` once. Any other refusal ends a command, and its text stays for the page.

import { browserEnv } from "./env.js";
import { createLetters } from "./letters.js";
import { createSignal, safely } from "./signal.js";
import { uuid } from "./uuid.js";

/**
 * @typedef {{ok: true, result: any, seq: number} | {ok: false, problem: Problem}} Answer
 * @typedef {{status: number, code: string, title?: string, detail?: string, field?: string, retry_after?: number,
 *   current?: object}} Problem
 * @typedef {object} Entry
 * @property {string} op
 * @property {string} name
 * @property {object} payload
 * @property {number} at
 * @property {"waiting" | "sending" | "sent" | "failed"} state
 * @property {Problem} [problem]
 * @property {number} [retryAt] told to wait until then (ms, this device)
 * @property {boolean} [tooSoon] because of its own kind: it can be taken back meanwhile
 * @property {number} attempts since this page was loaded
 */

/** The server remembers an `op` for seven days; after that a repeat could do the thing twice. */
const TOO_OLD = 6 * 24 * 3600 * 1000;
/** The tab that wrote a command sends it; the others step in if it is still there after this. */
const ADOPT_AFTER = 1_500;
/** How long an accepted command is still shown if the news of it does not come. */
const SHOWN_AFTER_ANSWER = 2_000;
const LONGEST_PAUSE = 8_000;
/** Another tab may be just about to send what its time has come for. */
const MARGIN = 1_000;

/**
 * @param {object} options
 * @param {string} options.meeting slug
 * @param {string} options.person participant id: on a shared computer nobody sends another's words
 * @param {(name: string, body: object) => Promise<Answer>} options.transmit rejects on silence
 * @param {import("./signal.js").Signal<boolean>} options.ready is there a line to send on
 * @param {import("./keep.js").Keep} options.keep
 * @param {import("./lock.js").Lock} options.lock
 * @param {ReturnType<import("./store.js").createStore>} [options.heard] tells when the news of a command has come
 * @param {import("./env.js").Env} [options.env]
 */
export function createOutbox({ meeting, person, transmit, ready, keep, lock, heard, env = browserEnv }) {
  const tab = uuid();
  const letters = createLetters({ meeting, person, keep, now: env.now });
  const own = new Map(); // op → {letter, resolve}: answers this page waits for
  const attempts = new Map(); // op → count
  const sent = new Map(); // op → {letter, seq}: accepted, not yet heard of
  const entries = createSignal([]);
  const answered = new Set();
  let sending = null;
  let silences = 0;
  let running = false;
  let stopped = false;
  let wakeUp = () => {};

  /** @param {string} name @param {object} payload @returns {{op: string, answer: Promise<Answer>}} */
  function send(name, payload) {
    const letter = { op: uuid(), name, payload, at: letters.nextMoment(), tab };
    letters.put(letter);
    const answer = new Promise((resolve) => own.set(letter.op, { letter, resolve }));
    show();
    deliver();
    return { op: letter.op, answer };
  }

  /** Says a refused thing once more, as a new command. The refusal is certain, so nothing can be done twice. */
  function retry(op) {
    const letter = letters.all().find((one) => one.op === op && one.problem);
    if (!letter) return null;
    const again = send(letter.name, letter.payload);
    letters.take(letter);
    show();
    return again;
  }

  /** Forgets a refused command, or one that was told "not so soon": it was not done. One that may be on its way stays. */
  function dismiss(op) {
    const letter = letters.all().find((one) => one.op === op);
    const waits = letter?.tooSoon && op !== sending && patienceLeft(letter) > MARGIN;
    if (!letter?.problem && !waits) return false;
    letters.take(letter);
    own.delete(op);
    show();
    return true;
  }

  async function deliver() {
    wakeUp();
    if (running) return;
    running = true;
    try {
      while (!stopped && ready.value && head()) {
        const pause = await lock.run(sendHead);
        if (pause > 0) await rest(pause);
      }
    } finally {
      running = false;
    }
    // Something may have come between the last look and the flag.
    if (!stopped && ready.value && head()) deliver();
  }

  /** The first; but what was told "not so soon" lets those of other kinds go before it. */
  function head() {
    const held = new Map(); // name → the first of that name, which waits
    for (const letter of letters.all()) {
      if (letter.problem || held.has(letter.name)) continue;
      if (!letter.tooSoon || patienceLeft(letter) <= 0) return letter;
      held.set(letter.name, letter);
    }
    return [...held.values()].sort((a, b) => patienceLeft(a) - patienceLeft(b))[0];
  }

  /** @returns {Promise<number>} how long to wait before the next attempt (ms) */
  async function sendHead() {
    // Read again under the lock: another tab may just have sent it.
    const letter = head();
    if (!letter || stopped || !ready.value) return 0;
    if (env.now() - letter.at > TOO_OLD) return end(letter, { ok: false, problem: { status: 0, code: "too_old" } });
    const patience = patienceLeft(letter);
    if (patience > 0) return patience;

    sending = letter.op;
    attempts.set(letter.op, (attempts.get(letter.op) ?? 0) + 1);
    show();
    try {
      return heed(letter, await transmit(letter.name, { ...letter.payload, op: letter.op }));
    } catch {
      silences += 1;
      return backoff(silences);
    } finally {
      sending = null;
      show();
    }
  }

  /** A date further off than the wait itself comes from a clock that has since been put back. */
  function patienceLeft({ notBefore = 0, wait = 0 }) {
    const left = notBefore - env.now();
    return left <= wait ? left : 0;
  }

  function heed(letter, answer) {
    const status = answer.ok ? 200 : answer.problem.status;
    if (status !== 429 && status !== 503) {
      silences = 0;
      return end(letter, answer);
    }
    silences += 1;
    const seconds = Number(answer.problem.retry_after);
    const wait = seconds > 0 ? seconds * 1000 : backoff(silences);
    letters.put({ ...letter, notBefore: env.now() + wait, wait, tooSoon: status === 429 });
    return status === 429 ? 1 : wait; // what is of another kind may go at once
  }

  function end(letter, answer) {
    if (answer.ok) {
      if (letter.tab !== tab) letters.leaveAnswer(letter, answer);
      letters.take(letter);
    } else {
      letters.put({ ...letter, notBefore: undefined, wait: undefined, tooSoon: undefined, problem: answer.problem });
    }
    settle(letter, answer);
    for (const fn of [...answered]) safely(fn, entryOf(letter), answer);
    return 0;
  }

  function settle(letter, answer) {
    const waiting = own.get(letter.op);
    own.delete(letter.op);
    attempts.delete(letter.op);
    if (answer.ok) keepShowing(letter, answer.seq);
    show();
    waiting?.resolve(answer);
  }

  /** The answer comes a moment before the news; without this a sent question would vanish and come back. */
  function keepShowing(letter, seq) {
    if (!heard || heard.reached(seq)) return;
    sent.set(letter.op, { letter, seq });
    env.later(() => {
      sent.delete(letter.op);
      show();
    }, SHOWN_AFTER_ANSWER);
  }

  const backoff = (times) => Math.min(LONGEST_PAUSE, 250 * 2 ** Math.min(times, 10)) * (0.5 + env.random());

  function rest(ms) {
    return new Promise((resolve) => {
      const timer = env.later(resolve, ms);
      wakeUp = () => {
        env.cancel(timer);
        resolve();
      };
    });
  }

  /** Another tab has sent, written or dismissed something. */
  function look(emptied) {
    for (const { letter } of [...own.values()]) {
      if (emptied) letters.put(letter); // what this page still waits for is not forgotten with the rest
      const answer = letters.takeAnswer(letter.op);
      if (answer) settle(letter, answer);
    }
    for (const letter of letters.all()) {
      if (letter.problem && own.has(letter.op)) settle(letter, { ok: false, problem: letter.problem });
    }
    show();
    if (head()) env.later(deliver, ADOPT_AFTER);
  }

  function show() {
    const shelf = letters.all().map((letter) => ({ letter, state: stateOf(letter) }));
    const onShelf = new Set(shelf.map(({ letter }) => letter.op));
    for (const { letter } of sent.values()) if (!onShelf.has(letter.op)) shelf.push({ letter, state: "sent" });
    shelf.sort((a, b) => a.letter.at - b.letter.at);
    const next = shelf.map(({ letter, state }) => entryOf(letter, state));
    if (JSON.stringify(next) !== JSON.stringify(entries.value)) entries.set(next);
  }

  function stateOf(letter) {
    if (letter.problem) return "failed";
    return letter.op === sending ? "sending" : "waiting";
  }

  function entryOf(letter, state = stateOf(letter)) {
    const { op, name, payload, at, problem, notBefore, tooSoon } = letter;
    return { op, name, payload, at, state, problem, retryAt: notBefore, tooSoon, attempts: attempts.get(op) ?? 0 };
  }

  const unwatch = letters.watch(look);
  const unready = ready.subscribe((is) => {
    silences = 0; // a new line deserves a new beginning
    if (is) deliver();
  });
  const unheard = heard?.subscribe("*", () => {
    if (sent.size === 0) return;
    for (const [op, { seq }] of sent) if (heard.reached(seq)) sent.delete(op);
    show();
  });
  show();
  deliver();

  return {
    send,
    retry,
    dismiss,
    entries,
    durable: keep.durable,
    /** @param {(entry: Entry, answer: Answer) => void} fn */
    onAnswer(fn) {
      answered.add(fn);
      return () => answered.delete(fn);
    },
    stop() {
      stopped = true;
      wakeUp();
      unwatch();
      unready();
      unheard?.();
    },
  };
}

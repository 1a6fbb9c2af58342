// Keeps the store true over one open link: takes what comes, asks for what is missing, and asks again when it has been
// quiet for too long, since silence may be a lost message as well as a calm meeting.

import { isFinal } from "./answers.js";
import { browserEnv } from "./env.js";

/** Quiet is counted from the last message, which all heard in the same moment; the spread keeps them from asking so. */
const QUIET = { least: 12_000, most: 15_000 };
const ANSWER_WITHIN = 2_000;
/** An answer that leaves a gap may be overtaken by a newer message; several in a row mean something is wrong. */
const GAPS_BORNE = 3;

/**
 * @param {object} options
 * @param {import("./link.js").Link} options.link
 * @param {ReturnType<import("./store.js").createStore>} options.store
 * @param {(welcome: object, asked: number | null) => "complete" | "gap"} options.welcome takes it into
 *   the store; asked: null when nobody asked for it
 * @param {(now: string, asked: number, heard: number) => void} options.time an answer says when it was written
 * @param {() => void} options.dead this line no longer tells the truth: open another
 * @param {(problem: object) => void} options.ended
 * @param {import("./env.js").Env} [options.env]
 */
export function follow({ link, store, welcome, time, dead, ended, env = browserEnv }) {
  let asking = null;
  let gaps = 0;
  let lastHeard = env.now();
  let quiet = null;
  let again = null;
  let stopped = false;
  heard();

  function heard() {
    lastHeard = env.now();
    env.cancel(quiet);
    const wait = QUIET.least + (QUIET.most - QUIET.least) * env.random();
    if (!stopped) quiet = env.later(catchUp, wait);
  }

  /** @param {"complete" | "gap" | string} went */
  function look(went) {
    if (went !== "gap") return;
    gaps += 1;
    if (gaps > GAPS_BORNE) dead();
    else catchUp();
  }

  function changes(message) {
    if (stopped) return;
    heard();
    if (store.receive(message) === "gap") catchUp();
  }

  function welcomed(picture) {
    heard();
    asking = null; // a complete picture answers everything
    look(welcome(picture, null));
  }

  async function catchUp() {
    if (asking || stopped) return;
    const question = store.askCatchUp();
    asking = question;
    await put(question);
  }

  async function put(question) {
    const asked = env.now();
    let answer;
    try {
      answer = await link.ask("catch_up", [question], ANSWER_WITHIN);
    } catch {
      if (!stopped) dead();
      return;
    }
    if (stopped) return;
    heard();
    if (answer?.now) time(answer.now, asked, env.now());
    if (asking !== question) return; // a welcome came meanwhile
    if (answer?.ok && answer.welcome) {
      asking = null;
      look(welcome(answer.welcome, asked));
    } else if (answer?.ok && answer.changes) {
      asking = null;
      const went = store.caughtUp(question, answer.changes);
      if (went === "complete") gaps = 0;
      look(went);
    } else if (isFinal(answer?.problem)) {
      ended(answer.problem);
    } else if ([429, 503].includes(answer?.problem?.status)) {
      // Busy: what comes is held until the same question has its answer.
      again = env.later(() => asking === question && put(question), (answer.problem.retry_after ?? 1) * 1000);
    } else {
      dead();
    }
  }

  return {
    changes,
    welcomed,
    heard,
    catchUp,
    look,
    quietFor: () => env.now() - lastHeard,
    stop() {
      stopped = true;
      env.cancel(quiet);
      env.cancel(again);
    },
  };
}

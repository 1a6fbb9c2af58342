// The meeting by asking again and again: two or three seconds behind, over requests that every proxy lets through.

import { isFinal, Refused } from "./answers.js";
import { browserEnv } from "./env.js";

const BETWEEN = { least: 2_000, most: 3_000 };
/** One lost request is not yet a lost line. */
const FAILURES_BORNE = 2;

/**
 * @param {object} options
 * @param {ReturnType<import("./http.js").createHttp>} options.http
 * @param {ReturnType<import("./store.js").createStore>} options.store
 * @param {(welcome: object, asked: number) => void} options.welcome
 * @param {(now: string, asked: number, heard: number) => void} options.time
 * @param {{works(): void, lost(): void, ended(problem: object): void}} options.on lost: also when the
 *   first request fails
 * @param {import("./env.js").Env} [options.env]
 */
export function createPoller({ http, store, welcome, time, on, env = browserEnv }) {
  let timer = null;
  let busy = false;
  let again = false;
  let worked = false;
  let failures = 0;
  let stopped = false;

  async function poll() {
    if (stopped) return;
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    env.cancel(timer);
    let wait = BETWEEN.least + (BETWEEN.most - BETWEEN.least) * env.random();
    try {
      await look();
      if (stopped) return;
      worked = true;
      failures = 0;
      on.works();
    } catch (error) {
      if (stopped) return;
      const problem = error instanceof Refused ? error.problem : null;
      if (isFinal(problem)) return on.ended(problem);
      if (problem?.status === 429) wait = Math.max(wait, (problem.retry_after ?? 0) * 1000);
      else failures += 1;
      if (failures >= (worked ? FAILURES_BORNE : 1)) {
        stop();
        return on.lost();
      }
    } finally {
      busy = false;
    }
    if (stopped) return;
    timer = env.later(poll, again ? 0 : wait);
    again = false;
  }

  async function look() {
    if (store.epoch === null) return state();
    const question = store.askCatchUp();
    try {
      // One number for all audiences: the least is always honest, what is known already is recognised as old.
      const since = Math.min(...Object.values(question.last));
      const { data, asked, heard } = await http.changes(since, question.epoch);
      if (stopped) return;
      time(data.now, asked, heard);
      if (store.caughtUp(question, data.changes) !== "complete") await state();
    } catch (error) {
      if (stopped) return;
      // The log no longer reaches back that far, or a backup was restored.
      if (!(error instanceof Refused && error.problem.status === 410)) throw error;
      await state();
    }
  }

  async function state() {
    const { data, asked } = await http.state();
    if (!stopped) welcome(data, asked);
  }

  function stop() {
    stopped = true;
    env.cancel(timer);
  }

  return { poll, stop };
}

// One tab at a time. Several tabs of one person share an outbox, and should not all send the same thing.
//
// This is a courtesy, not a guarantee: a frozen tab may hold the lock, so whoever waits too long takes it. Two tabs may
// then send the same command, and its `op` makes that harmless.

import { browserEnv } from "./env.js";
import { uuid } from "./uuid.js";

/** Longer than a command waits for its answer. */
const PATIENCE = 10_000;
const LEASE = 6_000;

/**
 * @typedef {{run<T>(fn: () => Promise<T>): Promise<T>}} Lock
 */

/**
 * @param {string} name
 * @param {{locks?: LockManager, keep: import("./keep.js").Keep, env?: import("./env.js").Env}} options
 * @returns {Lock}
 */
export function createLock(name, { locks, keep, env = browserEnv }) {
  return locks ? webLock(name, locks, env) : leaseLock(name, keep, env);
}

function webLock(name, locks, env) {
  return {
    async run(fn) {
      let work = null;
      const waiting = new AbortController();
      const patience = env.later(() => waiting.abort(), PATIENCE);
      const begin = () => {
        env.cancel(patience);
        work = fn();
        return work;
      };
      try {
        return await locks.request(name, { signal: waiting.signal }, begin);
      } catch {
        if (work) return work; // begun, then taken from us by another tab: go on to the end all the same
        if (!waiting.signal.aborted) return begin(); // no locks to be had here at all: better twice than never
      }
      return locks.request(name, { steal: true }, begin).catch(() => work ?? begin());
    },
  };
}

/** Where there are no Web Locks (plain http, old browsers): a dated note in storage, which runs out by itself. */
function leaseLock(name, keep, env) {
  const key = `hybridmote:lock:${name}`;
  const holder = uuid();
  const pause = (ms) => new Promise((resolve) => env.later(resolve, ms));
  const write = () => keep.set(key, JSON.stringify({ holder, until: env.now() + LEASE }));

  function current() {
    try {
      const lease = JSON.parse(keep.get(key) ?? "null");
      const left = lease ? lease.until - env.now() : 0;
      // A date further off than any lease lasts was written by a clock that has since been put back.
      return left > 0 && left <= LEASE ? lease.holder : null;
    } catch {
      return null;
    }
  }

  async function acquire() {
    for (;;) {
      const now = current();
      if (now === holder) return;
      if (now === null) {
        write();
        // Two tabs may have written in the same moment: the last one stays, and both see who that was.
        await pause(20 + env.random() * 30);
      } else {
        await pause(80 + env.random() * 80);
      }
    }
  }

  return {
    async run(fn) {
      await acquire();
      let renewal = null;
      const renew = () => {
        if (current() === holder) write();
        renewal = env.later(renew, LEASE / 3);
      };
      renewal = env.later(renew, LEASE / 3);
      try {
        return await fn();
      } finally {
        env.cancel(renewal);
        if (current() === holder) keep.remove(key);
      }
    },
  };
}

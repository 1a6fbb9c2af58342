// Time that stands still until told to move.

import { seeded } from "./chance.mjs";

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Lets everything that waits for nothing but its turn happen. */
export async function settled(turns = 4) {
  for (let i = 0; i < turns; i += 1) await turn();
}

export function fakeEnv({ seed = 1, start = Date.parse("2026-03-11T08:00:00.000Z") } = {}) {
  let now = start;
  let count = 0;
  const timers = new Map();
  return {
    now: () => now,
    random: seeded(seed),
    later(fn, ms) {
      count += 1;
      timers.set(count, { at: now + Math.max(0, ms), fn, count });
      return count;
    },
    cancel: (timer) => timers.delete(timer),
    get waiting() {
      return timers.size;
    },
    /** The device's clock is set by hand. */
    set(to) {
      now = to;
    },
    /** @param {number} ms */
    async advance(ms) {
      const end = now + ms;
      await settled();
      for (;;) {
        const due = [...timers.values()].filter((timer) => timer.at <= end);
        if (due.length === 0) break;
        const first = due.sort((a, b) => a.at - b.at || a.count - b.count)[0];
        timers.delete(first.count);
        now = Math.max(now, first.at);
        first.fn();
        await settled();
      }
      now = end;
    },
  };
}

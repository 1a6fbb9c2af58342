// Which way to try next, and when. A WebSocket is best; long polling passes most proxies, plain requests pass all.

const RUNGS = ["websocket", "polling", "http"];
/** A line that dies this young, twice in a row, is being cut by something on the way: begin one rung lower. */
const YOUNG = 20_000;
const KEY = "hybridmote:line";

/** Seconds between attempts to climb, by where we stand; the last one repeats. */
const DELAYS = {
  none: [0.5, 1, 2, 4, 8, 15],
  http: [5, 10, 20, 40, 60],
  polling: [10, 30, 60, 120, 300],
};

/**
 * @typedef {"websocket" | "polling" | "http"} Rung
 * @param {{random: () => number, memory: import("./keep.js").Keep}} options memory: of this tab, so that a reload
 *   behind a bad proxy is quick
 */
export function createLadder({ random, memory }) {
  const remembered = RUNGS.indexOf(memory.get(KEY) ?? "");
  let first = Math.max(0, remembered);
  let tries = 0;
  let youngDeaths = 0;

  return {
    /** @returns {Rung[]} to try in turn, best first, when there is no line at all */
    whenDown: () => RUNGS.slice(first),
    /** @param {Rung} rung @returns {Rung[]} the better ones */
    above: (rung) => RUNGS.slice(0, RUNGS.indexOf(rung)),

    /** @param {Rung} rung */
    worked(rung) {
      first = RUNGS.indexOf(rung);
      tries = 0;
      memory.set(KEY, rung);
    },
    /** Nothing got through: what is remembered is worth nothing now. */
    nothingWorked() {
      first = 0;
    },
    /** @param {Rung} rung @param {number} age of the line that was lost (ms) */
    died(rung, age) {
      youngDeaths = age < YOUNG ? youngDeaths + 1 : 0;
      if (youngDeaths < 2) return;
      youngDeaths = 0;
      first = Math.min(RUNGS.indexOf(rung) + 1, RUNGS.length - 1);
    },

    /** @param {Rung | null} rung where we stand @returns {number} ms until the next attempt; infinite on top */
    delay(rung) {
      const delays = DELAYS[rung ?? "none"];
      if (!delays) return Infinity;
      const seconds = delays[Math.min(tries, delays.length - 1)];
      tries += 1;
      return seconds * 1000 * (0.5 + random());
    },
    /** The network has changed, or somebody is looking: begin with short waits again. */
    hurry() {
      tries = 0;
    },
  };
}

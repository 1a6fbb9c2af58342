// Time and chance, handed in so that a test can own both.

/**
 * @typedef {object} Env
 * @property {() => number} now milliseconds since 1970, by this device
 * @property {() => number} random 0 ≤ x < 1
 * @property {(fn: () => void, ms: number) => any} later
 * @property {(timer: any) => void} cancel
 */

/** @type {Env} */
export const browserEnv = {
  now: () => Date.now(),
  random: () => Math.random(),
  later: (fn, ms) => setTimeout(fn, ms),
  cancel: (timer) => clearTimeout(timer),
};

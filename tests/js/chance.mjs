// Chance that can be had again: a test that fails names its seed.

/** @param {number} seed @returns {() => number} 0 ≤ x < 1 (mulberry32) */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function dice(seed) {
  const random = seeded(seed);
  const below = (n) => Math.floor(random() * n);
  return { random, below, pick: (list) => list[below(list.length)], sometimes: (chance) => random() < chance };
}

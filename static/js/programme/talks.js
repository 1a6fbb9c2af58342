// What somebody speaks at, and which of it their page is about. Pure; hybridmote/standing.py counts the same.

/**
 * The one they chose, else what is on, else what comes next, else the last. Staff, who may answer for any, may choose any.
 * @param {object[]} items in order @param {string[]} layers what they hear @param {string} wish an item's id
 * @returns {{mine: object[], talk: object | null}}
 */
export function ownTalks(items, layers, wish) {
  const own = new Set(layers.filter((one) => one.startsWith("speaker:")).map((one) => one.slice("speaker:".length)));
  const mine = items.filter((item) => own.has(item.id));
  const found = [
    (layers.includes("staff") ? items : mine).find((item) => item.id === wish),
    mine.find((item) => item.state === "on"),
    mine.find((item) => item.state === "waiting"),
    mine.findLast((item) => item.state === "done"),
    mine[0],
  ];
  return { mine, talk: found.find(Boolean) ?? null };
}

/** A part is of the track of what it is part of, outermost. */
export function trackOf(items, item) {
  let at = item;
  for (let n = 0; n < items.length; n += 1) {
    const parent = items.find((one) => one.id === at.parent);
    if (!parent) break;
    at = parent;
  }
  return at.track;
}

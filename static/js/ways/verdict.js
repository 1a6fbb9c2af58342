// How each part of a try-out came out. hybridmote/ways/model.py says the same for organisers; a test holds them together.

const SAID = {
  websocket: "works", polling: "less", http: "less", none: "not",
  yes: "works", no: "not",
  works: "works", refused: "less", missing: "less",
  untried: "untried",
};

const most = (value, [good, fair]) => (value === null ? "untried" : value <= good ? "works" : value <= fair ? "less" : "not");
const least = (value, [good, fair]) => (value === null ? "untried" : value >= good ? "works" : value >= fair ? "less" : "not");

/** @param {{rtt: number[], down: number[], up: number[]}} limits from which value on a part works, and works with less */
export const levels = (tried, limits) => ({
  transport: SAID[tried.transport],
  rtt: most(tried.rtt, limits.rtt),
  down: least(tried.down, limits.down),
  up: least(tried.up, limits.up),
  sound: SAID[tried.sound],
  camera: SAID[tried.camera],
  microphone: SAID[tried.microphone],
});

export function overall(tried, limits) {
  const by = levels(tried, limits);
  if (["not", "untried"].includes(by.transport) || by.sound === "not" || by.down === "not") return "not";
  return Object.values(by).some((level) => level === "less" || level === "not") ? "less" : "works";
}

export function median(values) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return Math.round(sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
}

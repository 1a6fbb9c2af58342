// Who stands at the door, and who has come: what the server said last, with what this phone has done since laid over it.
// It thinks; desk_arrivals.js draws. hybridmote/reception/arrivals.py seeks alike for those without a script.

/**
 * @typedef {{id: string, number: number | null, name: string, organisation: string, fee: string, place: "hall" | "web",
 *   state: string, arrived_at: string | null, pending?: boolean}} Guest
 */

const BETWEEN_WORDS = /[\s\-\u2010-\u2015/,.()]+/u;

/** Without case and accents, so that Ake finds Åke. */
export function folded(text) {
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
}

const partsOf = (text) => folded(text).split(BETWEEN_WORDS).filter(Boolean);

/** The same person is looked at for every key that is pressed. */
const known = new WeakMap();
function partsKnown(one) {
  if (!known.has(one)) {
    const name = partsOf(one.name);
    const number = one.number === null ? [] : [`#${one.number}`, String(one.number)];
    known.set(one, { name, all: [...name, ...partsOf(one.organisation), ...number] });
  }
  return known.get(one);
}

/**
 * By the beginnings of words, each of which is there; a single letter begins a name. Where nothing begins so, it may stand
 * anywhere.
 * @param {Guest[]} guests @param {string} typed
 */
export function sought(guests, typed) {
  const words = partsOf(typed);
  const letter = words.length === 1 && words[0].length === 1;
  const parts = (one) => partsKnown(one)[letter ? "name" : "all"];
  const begin = guests.filter((one) => words.every((word) => parts(one).some((part) => part.startsWith(word))));
  if (begin.length > 0) return begin;
  return guests.filter((one) => words.every((word) => parts(one).join(" ").includes(word)));
}

/** With which the names begin of those who have not come, given names and family names. @param {Guest[]} guests */
export function lettersOf(guests) {
  const names = guests.filter(isAbsent).flatMap((one) => partsKnown(one).name);
  return [...new Set(names.map((part) => [...part][0].toUpperCase()))].filter((letter) => /\p{L}/u.test(letter)).sort();
}

/** Expected in the hall, and not here yet. @param {Guest} one */
export const isAbsent = (one) => one.state === "confirmed" && one.place === "hall" && !one.arrived_at;

/** @param {Guest} one */
export const isHere = (one) => one.state === "confirmed" && Boolean(one.arrived_at);

/** Who came last, the newest first. @param {Guest[]} guests @param {number} few */
export function latest(guests, few) {
  const when = (one) => Date.parse(one.arrived_at);
  return guests.filter(isHere).sort((a, b) => when(b) - when(a)).slice(0, few);
}

/** The one whom Enter ticks off: alone in what was found, and not here yet. @param {Guest[]} found @returns {Guest | null} */
export function onlyOne(found) {
  const may = found.filter((one) => one.state === "confirmed");
  return may.length === 1 && !may[0].arrived_at ? may[0] : null;
}

const OURS = ["registration.arrive", "registration.undo_arrive", "registration.walk_in"];

/** Of what this browser has to send: what is the door's, as it waits or was refused. */
export function unsent(entries) {
  const ours = entries.filter((one) => OURS.includes(one.name));
  return {
    waiting: ours.filter((one) => one.state === "waiting" || one.state === "sending"),
    failed: ours.filter((one) => one.state === "failed"),
  };
}

/**
 * The list as it is for who looks at this phone: ticks that have not left it are made, and are marked as pending. What was
 * sent is laid over it until the news of it has come, so that nothing jumps back when an older list comes in between.
 * @param {Guest[]} guests @param {{op: string, name: string, payload: object, at: number, state: string}[]} entries
 * @returns {Guest[]}
 */
export function laidOver(guests, entries) {
  const mine = entries.filter((one) => one.state !== "failed");
  if (mine.length === 0) return guests;
  const by = new Map(guests.map((one) => [one.id, one]));
  const walked = [];
  for (const { op, name, payload, at, state } of mine) {
    const when = payload.at ?? new Date(at).toISOString();
    const mark = state === "sent" ? {} : { pending: true };
    if (name === "registration.walk_in" && state !== "sent") {
      const { organisation = "" } = payload;
      walked.push({ ...newcomer(op, null, payload.name, organisation, when), ...mark });
    }
    const one = by.get(payload.id);
    if (!one) continue;
    if (name === "registration.arrive") by.set(one.id, { ...one, arrived_at: one.arrived_at ?? when, ...mark });
    if (name === "registration.undo_arrive") by.set(one.id, { ...one, arrived_at: null, ...mark });
  }
  return [...walked, ...guests.map((one) => by.get(one.id))];
}

function newcomer(id, number, name, organisation, at) {
  return { id, number, name, organisation, fee: "", place: "hall", state: "confirmed", arrived_at: at };
}

/** What an answer says, before the list has been fetched anew: nothing jumps back for a moment. */
export function answered(guests, { name, payload, at }, result) {
  if (name === "registration.walk_in") {
    if (guests.some((one) => one.id === result.registration)) return guests;
    const when = payload.at ?? new Date(at).toISOString();
    return [newcomer(result.registration, result.number, payload.name, payload.organisation ?? "", when), ...guests];
  }
  const came = name === "registration.arrive" ? result.arrived_at : name === "registration.undo_arrive" ? null : undefined;
  return came === undefined ? guests : guests.map((one) => (one.id === payload.id ? { ...one, arrived_at: came } : one));
}

/** How many are here of how many: those of the hall, and whoever of the web has come all the same. */
export function counted(guests) {
  const here = guests.filter(isHere).length;
  const absent = guests.filter(isAbsent).length;
  return { here, absent, expected: here + absent };
}

/** The id in what a badge's code says; null for any other code. @param {string} text */
export function idOf(text) {
  return /\/b\/([A-Za-z0-9_-]{1,64})$/.exec(text.trim())?.[1] ?? null;
}

// What can be done to the programme now, taken back or corrected. Pure; hybridmote/running.py and
// templates/programme/run.html count the same.

import { minutesLeft, parse } from "../lib/clock.js";
import { itsTrack } from "./order.js";

const CORRECTED = 12;
/** Minutes after which a beginning that nobody pressed is worth a look at what it costs. */
const LATE = 5;

/**
 * The main button.
 * @param {{items: object[], on: object | null, next: object | null, today: boolean, now: number}} day today: whether the
 *   next is of this day
 * @returns {"next" | "start" | "look" | "finish" | null} look: begin, once it has been shown what that leads to
 */
export function mainStep({ items, on, next, today, now }) {
  // Of two tracks, what is on in the one does not end because the other goes on.
  const steps = next && today && (!on || itsTrack(items, on) === itsTrack(items, next));
  if (!steps) return on ? "finish" : null;
  if (on) return "next";
  return next.planned_start && minutesLeft(parse(next.planned_start), now) <= -LATE ? "look" : "start";
}

/** Whether the next is of this day: by the calendar, or planned for the same day as what is on, be it past midnight. */
export function isOfToday({ on, next, now }, dayOf) {
  return Boolean(next) && (next.day === on?.day || dayOf(next.expected_start) === dayOf(now));
}

/** The newest step of the track that is not taken back; `steps`: the topic's, which holds no others. */
export function undoable(steps, track) {
  const mine = steps.filter((step) => step.track === track || step.track === "");
  return mine.reduce((newest, step) => (newest && newest.number > step.number ? newest : step), null);
}

/**
 * Beginnings and ends of a day, the newest first; what happened at once in a track is one.
 * @param {object[]} cues @param {object[]} line what is followed @param {string | undefined} day
 */
export function happened(cues, line, day) {
  const today = new Map(line.filter((item) => item.day === day).map((item) => [item.id, item]));
  const found = new Map();
  for (const cue of cues) {
    const item = today.get(cue.item);
    if (!item || (cue.kind !== "on" && cue.kind !== "off")) continue;
    const key = `${item.track} ${cue.at}`;
    if (!found.has(key)) found.set(key, { ...cue, on: [], off: [] });
    found.get(key)[cue.kind].push(item.title);
  }
  return [...found.values()].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, CORRECTED);
}

/** The first break still to come of today's: by the calendar, or of the day of what is on, be it past midnight.
 *  @param {object | null} on @param {(at: string) => string} dayOf of an instant */
export function nextBreak(line, on, dayOf, now) {
  const today = dayOf(now);
  return (
    line.find(
      (item) =>
        item.kind === "break" &&
        item.state === "waiting" &&
        item.planned_start &&
        (item.day === on?.day || dayOf(item.planned_start) === today),
    ) ?? null
  );
}

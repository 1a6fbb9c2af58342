// Where the day stands for somebody who follows one track. Items without a track are everybody's: who follows a track
// follows these too. hybridmote/standing.py counts the same.

import { inTrack, upNext } from "./order.js";

/** @param {object[]} items in order @returns {string[]} the tracks to choose between; none when there is no choice */
export function choices(items) {
  const named = [...new Set(items.filter((item) => !item.parent && item.track).map((item) => item.track))];
  return named.length > 1 ? named : [];
}

/** The first of the wishes that is a track of the meeting, else the first track; empty when none has a name. */
export function chosen(items, ...wishes) {
  const named = new Set(items.filter((item) => !item.parent && item.track).map((item) => item.track));
  return wishes.find((wish) => named.has(wish)) ?? [...named][0] ?? "";
}

/** What is in the track, and what is everybody's, in order. */
export function lineOf(items, track) {
  const mine = new Set([...inTrack(items, track), ...inTrack(items, "")]);
  return items.filter((item) => mine.has(item));
}

/** What began last: who starts something for everyone means it, also while a track goes on. */
export function onIn(meeting, items, track) {
  const on = [track, ""].map((one) => items.find((item) => item.id === meeting?.now_on[one]));
  const [mine, common] = on.map((item) => item ?? null);
  return mine && common && (common.actual_start ?? "") > (mine.actual_start ?? "") ? common : (mine ?? common);
}

/** What comes soonest. */
export function nextIn(meeting, items, track) {
  const ways = [...new Set([track, ""])].filter((one) => inTrack(items, one).length > 0);
  const found = ways.map((one) => upNext(meeting, items, one)).filter(Boolean);
  const when = (item) => `${item.day} ${item.expected_start ?? ""}`;
  return found.reduce((soonest, item) => (soonest && when(soonest) <= when(item) ? soonest : item), null);
}

/** @returns {{day: string, at: string}[]} the days there are, with an instant of each */
export function daysOf(line) {
  const days = new Map();
  for (const item of line) if (item.planned_start && !days.has(item.day)) days.set(item.day, item.planned_start);
  return [...days].sort().map(([day, at]) => ({ day, at }));
}

/** The day that is shown when none was chosen: today's, the next with something on it, or the last. */
export const todayOf = (line, on, next) => (on ?? next ?? line.at(-1))?.day;

/** hall, web or both: what is part of something for one place is for that place. */
export function forWhom(items, item) {
  let at = item;
  for (let n = 0; at.attendance === "both" && n < items.length; n += 1) {
    const parent = items.find((one) => one.id === at.parent);
    if (!parent) break;
    at = parent;
  }
  return at.attendance;
}

/** Whether an item is for another place than the reader's. @param {string | null} place hall, web or null */
export const isAway = (items, item, place) => Boolean(place) && !["both", place].includes(forWhom(items, item));

/** What is for that place again after an item that is not. @param {object[]} line what is followed */
export function backOn(line, item, place) {
  const after = line.slice(line.indexOf(item) + 1);
  return (
    after.find(
      (one) =>
        one.planned_start && (one.state === "waiting" || one.state === "on") && !isAway(line, one, place),
    ) ?? null
  );
}

// Where an item stands by the clock. Pure: everything is counted from instants and a given now.

import { minutesLeft, parse } from "../lib/clock.js";

/** @returns {number} whole minutes that `a` is after `b` */
export function minutesAfter(a, b) {
  return Math.round((parse(a) - parse(b)) / 60_000) || 0;
}

/**
 * Time pushes what overruns on, a minute at a time: it is over when it has had its length and its end has passed.
 * @param {object} item the one whose clock counts (see `timed`)
 * @param {number} now ms
 * @returns {{left: number | null, over: number | null, late: number, done: number}} minutes left; minutes over its
 *   planned end, or null while it is not over time; minutes late; percent of its time
 */
export function moment(item, now) {
  if (!item.expected_end) return { left: null, over: null, late: 0, done: 0 };
  const left = minutesLeft(parse(item.expected_end), now);
  const late = lateness(item);
  const took = item.actual_start ? minutesAfter(item.expected_end, item.actual_start) : 0;
  const isOver = left <= 0 || (left <= 1 && late >= 1 && took > plannedLength(item) + given(item));
  if (isOver) return { left, over: item.planned_end ? 0 - minutesLeft(due(item), now) : 0, late, done: 100 };
  return { left, over: null, late, done: took ? Math.min(Math.max(100 - (100 * left) / took, 0), 100) : 0 };
}

/** @returns {number} ms: its planned end, with what it was given on the day */
export const due = (item) => parse(item.planned_end) + given(item) * 60_000;

const given = (item) => item.extended ?? 0;

/** @returns {number} minutes that it is expected to end after its planned end */
export function lateness(item) {
  return item?.expected_end && item.planned_end ? minutesAfter(item.expected_end, item.planned_end) : 0;
}

/** When it begins, or began. */
export const begins = (item) => item.actual_start ?? item.expected_start ?? item.planned_start;

/** Less is not worth a word. */
export const WORTH_SAYING = 2;

/**
 * What a delay leads to: the first that moves, the first that is shortened, the first promise that is kept.
 * @param {object[]} items in order @param {object} on the item whose clock counts
 */
export function effects(items, on) {
  const found = { moved: null, shorter: null, kept: null };
  for (const item of items) {
    if (item.state !== "waiting" || !item.planned_start || !item.expected_start || item.day !== on.day) continue;
    const later = minutesAfter(item.expected_start, item.planned_start);
    if (later >= WORTH_SAYING) found.moved ??= item;
    if (length(item) < plannedLength(item)) found.shorter ??= item;
    if (item.promised && later < WORTH_SAYING) found.kept ??= item;
  }
  return found;
}

export const plannedLength = (item) => (item.planned_end ? minutesAfter(item.planned_end, item.planned_start) : 0);

export const length = (item) =>
  item.expected_end ? minutesAfter(item.expected_end, item.expected_start) : plannedLength(item);

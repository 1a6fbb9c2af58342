// The programme in the order of the day: what is on, what comes next, whose clock counts. Pure; the rules are those of
// hybridmote/programme/model, which decides: here they only let the page say the same before it is told.

/** @param {object[]} items @returns {object[]} by day and place in it; the parts of an item follow it */
export function inOrder(items) {
  return [...items].sort(
    (a, b) =>
      compare(a.day, b.day) ||
      compare(a.position, b.position) ||
      compare(a.planned_start ?? "", b.planned_start ?? "") ||
      compare(a.id, b.id),
  );
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** The tracks there are. An empty name is a track too: what is for everyone, or the only one. */
export function tracks(meeting, items) {
  const named = Object.keys(meeting?.now_on ?? {});
  return [...new Set(named.length ? named : items.filter((item) => !item.parent).map((item) => item.track))].sort();
}

/** The track that is meant: the one asked for if there is such a one, else the first. */
export function trackOf(meeting, items, asked) {
  const there = tracks(meeting, items);
  return there.includes(asked) ? asked : there[0];
}

/** What is in the track; a child is in that of its outermost parent. */
export const inTrack = (items, track) => items.filter((item) => root(items, item).track === track);

/** The track of an item: that of its outermost parent. */
export const itsTrack = (items, item) => root(items, item).track;

/** What is on in the track; without one, in the first. */
export function nowOn(meeting, items, track) {
  return items.find((item) => item.id === meeting?.now_on[trackOf(meeting, items, track)]) ?? null;
}

/** What comes after all that has begun in the track; a parent that begins together with its first part is that part. */
export function upNext(meeting, items, track) {
  const line = inTrack(items, trackOf(meeting, items, track));
  const begun = line.findLastIndex((item) => item.actual_start);
  const next = line
    .slice(begun + 1)
    .find((item) => item.state === "waiting" && parents(items, item).every((parent) => goesOn(parent)));
  return next ? firstOf(items, next) : null;
}

/** What follows the next in its track, the same day. */
export function afterNext(items, next) {
  if (!next) return null;
  const line = inTrack(items, root(items, next).track);
  const rest = line.slice(line.indexOf(next) + 1);
  return rest.find((item) => item.day === next.day && item.state === "waiting" && item.planned_start) ?? null;
}

const goesOn = (parent) => parent.state === "waiting" || parent.state === "on";

function firstOf(items, item) {
  const first = items.find((one) => one.parent === item.id && one.state === "waiting");
  return !first || hasTimeBefore(item, first) ? item : firstOf(items, first);
}

function hasTimeBefore(parent, first) {
  if (!first.planned_start) return parent.kind === "talk";
  return Boolean(parent.planned_start) && first.planned_start > parent.planned_start;
}

/** The nearest first. */
function parents(items, item) {
  const found = [];
  let at = item;
  while (at.parent && (at = items.find((one) => one.id === at.parent)) && !found.includes(at)) found.push(at);
  return found;
}

const root = (items, item) => parents(items, item).at(-1) ?? item;

/** The item whose clock an item goes by: a part without a time of its own shares its parent's. */
export function timed(items, item) {
  if (!item || item.planned_start) return item;
  return parents(items, item).find((parent) => parent.planned_start) ?? item;
}

/** The item on and what it is part of: a question asked of any of them is asked of those who speak now. */
export function current(items, on) {
  return new Set(on ? [on, ...parents(items, on)].map((item) => item.id) : []);
}

/** Who speaks: those of the item, else of what it is part of. */
export function speakers(items, item) {
  return [item, ...parents(items, item)].find((one) => one.speakers.length > 0)?.speakers ?? [];
}

/** What it is part of, if that has another name. */
export const whole = (items, item) => parents(items, item)[0] ?? null;

/** The items of the day that is shown: today's, the next day with something on it, or the last. */
export function today(items, on, next) {
  const day = (on ?? next ?? items.at(-1))?.day;
  return items.filter((item) => item.day === day);
}

/** The picture's address: the item's own, that of what it is part of, or the meeting's. hybridmote/pictures.py counts the
 *  same. */
export const pictureOf = (meeting, items, on) =>
  [on, ...(on ? parents(items, on) : [])].find((item) => item?.stream)?.stream || meeting?.stream || "";

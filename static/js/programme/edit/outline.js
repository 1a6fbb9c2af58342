// Where the items stand and where each could go: the same for keys, buttons and dragging. Pure; the server decides.

import { inOrder } from "../order.js";

/**
 * @param {object[]} items
 * @returns {{item: object, depth: number, up: string | null, down: boolean, after: string | null, above: string | null}[]}
 *   in order; `up`: the sibling before it, `after`: the one it goes before when it goes down (null: last), `above`: what
 *   its parent is part of
 */
export function rowsOf(items) {
  const known = new Map(items.map((item) => [item.id, item]));
  const parent = (item) => (known.has(item.parent) ? item.parent : null);
  const line = (item) => parent(item) ?? `${item.day} ${item.track}`;
  const depths = new Map();
  const siblings = new Map();
  const ordered = inOrder(items);
  for (const item of ordered) {
    depths.set(item.id, parent(item) ? (depths.get(parent(item)) ?? 0) + 1 : 0);
    siblings.set(line(item), [...(siblings.get(line(item)) ?? []), item.id]);
  }
  return ordered.map((item) => {
    const beside = siblings.get(line(item));
    const at = beside.indexOf(item.id);
    return {
      item,
      depth: depths.get(item.id),
      up: beside[at - 1] ?? null,
      down: at + 1 < beside.length,
      after: beside[at + 2] ?? null,
      above: parent(item) ? parent(known.get(item.parent)) : null,
    };
  });
}

/** @param {"up" | "down" | "into" | "out"} where @returns {object | null} what programme.move is sent, if it can go there */
export function goes(rows, id, where) {
  const row = rows.find((one) => one.item.id === id);
  if (!row) return null;
  if (where === "up") return row.up ? { before: row.up, retime: true } : null;
  if (where === "down") return row.down ? { before: row.after, retime: true } : null;
  if (where === "into") return row.up ? { parent: row.up } : null;
  return row.item.parent ? { parent: row.above } : null;
}

/** Let go of an item over another one. @param {"before" | "after" | "into"} side */
export function dropped(rows, id, over, side) {
  const at = (one) => rows.find((row) => row.item.id === one);
  const [row, target] = [at(id), at(over)];
  if (!row || !target || id === over || family(rows, id).has(over)) return null;
  if (side === "into") return row.item.parent === over ? null : { parent: over };
  const beside = (one) => one.item.parent === target.item.parent && one.item.day === target.item.day && one.item.track === target.item.track;
  const line = rows.filter(beside).map((one) => one.item.id);
  const next = line.slice(line.indexOf(over) + (side === "before" ? 0 : 1)).find((one) => one !== id) ?? null;
  if (beside(row)) {
    const now = line[line.indexOf(id) + 1] ?? null;
    return next === now ? null : { before: next, retime: true };
  }
  const place = target.item.parent ? { parent: target.item.parent } : { parent: null, day: target.item.day, track: target.item.track };
  // Where it has a time, that says where it stands there.
  return row.item.planned_start ? place : { ...place, before: next };
}

/** All that is part of an item. */
export function family(rows, id) {
  const found = new Set();
  for (const { item } of rows) if (item.parent === id || found.has(item.parent)) found.add(item.id);
  return found;
}

/** Days of the meeting and those that something stands on, as ISO dates. */
export function daysOf(meeting, items, times) {
  const [first, last] = [times.day(meeting.starts), times.day(meeting.ends)];
  const found = new Set(items.map((item) => item.day));
  const day = new Date(`${first}T12:00:00Z`);
  for (let n = 0; n < 60 && day.toISOString().slice(0, 10) <= last; n += 1) {
    found.add(day.toISOString().slice(0, 10));
    day.setUTCDate(day.getUTCDate() + 1);
  }
  return [...found].sort();
}

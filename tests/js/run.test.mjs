import assert from "node:assert/strict";
import { test } from "node:test";
import { due, moment } from "../../static/js/programme/moment.js";
import { inTrack, itsTrack, nowOn, tracks, upNext } from "../../static/js/programme/order.js";
import { happened, isOfToday, mainStep, nextBreak, undoable } from "../../static/js/programme/steps.js";
import { KEYS, meant } from "../../static/js/shared/keys.js";

const at = (minutes) => new Date(Date.UTC(2026, 2, 11, 9, minutes)).toISOString();
const now = Date.parse(at(0));
const dayOf = (instant) => new Date(instant).toISOString().slice(0, 10);

const item = (id, from, more = {}) => ({
  id,
  track: "",
  day: "2026-03-11",
  position: 0,
  kind: "talk",
  title: id,
  state: "waiting",
  parent: null,
  planned_start: from === null ? null : at(from),
  planned_end: from === null ? null : at(from + 30),
  expected_start: from === null ? null : at(from),
  expected_end: from === null ? null : at(from + 30),
  actual_start: null,
  actual_end: null,
  extended: 0,
  ...more,
});
const on = (id, from, more) => item(id, from, { state: "on", actual_start: at(from), ...more });

test("of several tracks each has its own now and next", () => {
  const items = [on("a1", -10, { track: "A" }), item("a2", 20, { track: "A" }), item("b1", 5, { track: "B" })];
  const meeting = { now_on: { A: "a1", B: null } };
  assert.deepEqual(tracks(meeting, items), ["A", "B"]);
  assert.equal(nowOn(meeting, items, "A").id, "a1");
  assert.equal(nowOn(meeting, items, "B"), null);
  assert.equal(upNext(meeting, items, "A").id, "a2");
  assert.equal(upNext(meeting, items, "B").id, "b1");
  assert.equal(nowOn(meeting, items, "gone").id, "a1", "a track that is no more is not followed into nothing");
  assert.equal(nowOn(meeting, items).id, "a1");
});

test("a part is of the track of what it is part of", () => {
  const items = [on("whole", -10, { track: "A" }), item("part", null, { parent: "whole" }), item("b", 0, { track: "B" })];
  assert.equal(itsTrack(items, items[1]), "A");
  assert.deepEqual(inTrack(items, "A").map((one) => one.id), ["whole", "part"]);
});

test("what was given more time is over when that has passed, and not a minute before", () => {
  const given = on("talk", -40, { extended: 10, expected_end: at(0) });
  assert.equal(due(given), now);
  assert.equal(moment(given, now - 60_000).over, null);
  assert.equal(moment(given, now).over, 0);
  assert.equal(moment({ ...given, expected_end: at(4) }, now + 4 * 60_000 - 1_000).over, 3);
});

test("the main button goes on, begins, or ends; of two tracks one does not end the other", () => {
  const talk = on("talk", -10);
  const next = item("next", 20);
  assert.equal(mainStep({ items: [talk, next], on: talk, next, today: true, now }), "next");
  assert.equal(mainStep({ items: [talk, next], on: talk, next, today: false, now }), "finish");
  assert.equal(mainStep({ items: [talk], on: talk, next: null, today: false, now }), "finish");
  assert.equal(mainStep({ items: [next], on: null, next, today: true, now }), "start");
  assert.equal(mainStep({ items: [], on: null, next: null, today: false, now }), null);
  const lunch = item("lunch", 20, { track: "" });
  const here = on("here", -10, { track: "A" });
  assert.equal(mainStep({ items: [here, lunch], on: here, next: lunch, today: true, now }), "finish");
});

test("a beginning that nobody pressed is looked at before it is done", () => {
  for (const [late, step] of [
    [-4, "start"],
    [-5, "look"],
    [-50, "look"],
    [10, "start"],
  ]) {
    const next = item("next", late);
    assert.equal(mainStep({ items: [next], on: null, next, today: true, now }), step, `${late}`);
  }
});

test("what can be taken back is the newest step of the track, or of everybody's", () => {
  const step = (number, track) => ({ id: String(number), number, track, what: "next" });
  assert.equal(undoable([step(1, "A"), step(3, "B"), step(2, "")], "A").number, 2);
  assert.equal(undoable([step(1, "A"), step(3, "A"), step(2, "A")], "A").number, 3);
  assert.equal(undoable([step(3, "B")], "A"), null);
});

test("what happened at once is one row, the newest first, and only of the day that is shown", () => {
  const line = [item("a", -30), item("b", 0), item("y", 0, { day: "2026-03-10" })];
  const cue = (id, of, kind, minute) => ({ id, item: of, kind, at: at(minute), page: null });
  const cues = [
    cue("1", "a", "on", -30),
    cue("2", "a", "off", 0),
    cue("3", "b", "on", 0),
    cue("4", "y", "on", -20),
    cue("5", "b", "page", 1),
    cue("6", "gone", "on", 2),
  ];
  assert.deepEqual(
    happened(cues, line, "2026-03-11").map(({ at: when, on: began, off }) => [when, began, off]),
    [
      [at(0), ["b"], ["a"]],
      [at(-30), ["a"], []],
    ],
  );
  const many = Array.from({ length: 40 }, (_, n) => cue(`m${n}`, "a", "on", n));
  assert.equal(happened(many, line, "2026-03-11").length, 12);
});

test("the next break is one of today's that has not begun", () => {
  const pause = (id, from, more) => item(id, from, { kind: "break", ...more });
  const line = [
    pause("done", -60, { state: "done" }),
    pause("dropped", -5, { state: "cancelled" }),
    pause("coffee", 20),
    pause("lunch", 90),
  ];
  assert.equal(nextBreak(line, null, dayOf, now).id, "coffee");
  const night = [{ ...pause("night", 24 * 60), day: "2026-03-11" }];
  assert.equal(nextBreak(night, null, dayOf, now), null, "another day's");
  assert.equal(nextBreak(night, { day: "2026-03-11" }, dayOf, now).id, "night", "of the day that is on, past midnight");
});

const press = (key, more = {}) => ({ key, target: { closest: () => null }, ...more });
const page = { querySelector: (selector) => ({ selector }) };

test("single keys press what is on the page", () => {
  for (const key of Object.keys(KEYS)) assert.equal(meant(press(key), page).control.selector, KEYS[key][0]);
  assert.equal(meant(press("N"), page).key, "n", "with caps lock on too");
  assert.equal(meant(press("z"), page), null);
  assert.equal(meant(press("constructor"), page), null);
  assert.equal(meant(press("n"), { querySelector: () => null }).control, null);
});

test("no key does anything while somebody types, with a modifier, or held down", () => {
  const typing = { target: { closest: (selector) => (selector.includes("textarea") ? {} : null) } };
  for (const more of [
    typing,
    { ctrlKey: true },
    { metaKey: true },
    { altKey: true },
    { shiftKey: true },
    { repeat: true },
    { isComposing: true },
    { defaultPrevented: true },
  ]) {
    assert.equal(meant(press("n", more), page), null, JSON.stringify(more));
  }
});

test("what follows is of this day also past midnight, and never of the next one", () => {
  const dayOf = (at) => new Date(at).toISOString().slice(0, 10);
  const now = Date.parse("2026-03-11T23:50:00Z");
  const on = { day: "2026-03-11" };
  const after = { day: "2026-03-11", expected_start: "2026-03-12T00:05:00Z" };
  const tomorrow = { day: "2026-03-12", expected_start: "2026-03-12T08:30:00Z" };
  assert.equal(isOfToday({ on, next: after, now }, dayOf), true);
  assert.equal(isOfToday({ on, next: tomorrow, now }, dayOf), false);
  assert.equal(isOfToday({ on: null, next: tomorrow, now: Date.parse("2026-03-12T08:00:00Z") }, dayOf), true);
  assert.equal(isOfToday({ on, next: null, now }, dayOf), false);
});

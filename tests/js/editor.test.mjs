// Where the editor says an item could go, and what two people have written at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createTimes } from "../../static/js/lib/times.js";
import { changed, newValues, onClock, payloadOf, rebased, speakersOf, valuesOf } from "../../static/js/programme/edit/fields.js";
import { daysOf, dropped, family, goes, rowsOf } from "../../static/js/programme/edit/outline.js";

const times = createTimes({ locale: "sv", timezone: () => "Europe/Stockholm" });

function item(id, more = {}) {
  return {
    id, version: 1, title: id, description: "", kind: "talk", track: "", day: "2026-03-11", position: 0, parent: null,
    planned_start: "2026-03-11T08:00:00Z", planned_end: "2026-03-11T09:00:00Z", promised: false, minimum: null,
    by_clock: false, attendance: "both", stream: "", speakers: [], state: "waiting", ...more,
  };
}

const items = [
  item("a"),
  item("a1", { parent: "a", planned_start: null, planned_end: null }),
  item("a2", { parent: "a", planned_start: null, planned_end: null }),
  item("b"),
  item("c"),
  item("x", { track: "B" }),
  item("n", { day: "2026-03-12" }),
].map((one, position) => ({ ...one, position }));
const rows = rowsOf(items.toReversed?.() ?? [...items].reverse());

test("the rows are in order, with how deep they stand", () => {
  assert.deepEqual(rows.map(({ item: one, depth }) => `${one.id}${depth}`), ["a0", "a11", "a21", "b0", "c0", "x0", "n0"]);
});

test("up, down, into and out, as far as there is somewhere", () => {
  assert.deepEqual(goes(rows, "b", "up"), { before: "a", retime: true });
  assert.deepEqual(goes(rows, "b", "down"), { before: null, retime: true });
  assert.deepEqual(goes(rows, "a", "down"), { before: "c", retime: true });
  assert.deepEqual(goes(rows, "b", "into"), { parent: "a" });
  assert.deepEqual(goes(rows, "a2", "out"), { parent: null });
  assert.equal(goes(rows, "a", "up"), null);
  assert.equal(goes(rows, "c", "down"), null);
  assert.equal(goes(rows, "x", "into"), null, "what stands above is of another track");
  assert.equal(goes(rows, "n", "up"), null, "nor of another day");
  assert.equal(goes(rows, "a", "out"), null);
  assert.equal(goes(rows, "gone", "up"), null);
});

test("dropping does what the keys do", () => {
  assert.deepEqual(dropped(rows, "b", "a", "before"), goes(rows, "b", "up"));
  assert.deepEqual(dropped(rows, "b", "c", "after"), goes(rows, "b", "down"));
  assert.deepEqual(dropped(rows, "b", "a", "into"), goes(rows, "b", "into"));
  assert.equal(dropped(rows, "b", "a", "after"), null, "it stands there already");
  assert.equal(dropped(rows, "b", "c", "before"), null);
  assert.equal(dropped(rows, "a", "a2", "into"), null, "never into what is part of it");
  assert.equal(dropped(rows, "a", "a", "into"), null);
  assert.deepEqual(dropped(rows, "b", "n", "before"), { parent: null, day: "2026-03-12", track: "" });
  assert.deepEqual(dropped(rows, "b", "x", "after"), { parent: null, day: "2026-03-11", track: "B" });
  assert.deepEqual(dropped(rows, "a1", "c", "before"), { parent: null, day: "2026-03-11", track: "", before: "c" });
  assert.deepEqual([...family(rows, "a")], ["a1", "a2"]);
});

test("the days are the meeting's, and those that something stands on besides", () => {
  const meeting = { starts: "2026-03-10T16:00:00Z", ends: "2026-03-12T14:30:00Z" };
  assert.deepEqual(daysOf(meeting, [item("z", { day: "2026-04-01" })], times), ["2026-03-10", "2026-03-11", "2026-03-12", "2026-04-01"]);
});

test("times are shown by the meeting's clock, and the two of one night told apart", () => {
  assert.equal(onClock("2026-03-11T08:05:00Z", times), "09.05");
  assert.equal(onClock("2026-10-25T00:30:00Z", times), "02.30+02:00");
  assert.equal(onClock("2026-10-25T01:30:00Z", times), "02.30+01:00");
  assert.equal(onClock("2026-10-25T02:00:00Z", times), "03.00");
  assert.equal(onClock(null, times), "");
});

test("what one has written and what somebody else has", () => {
  const base = { title: "a", minimum: "5", description: "" };
  const mine = { ...base, title: "mine" };
  const one = rebased(base, mine, { ...base, description: "theirs" });
  assert.deepEqual([one.mine.description, one.both, changed(one.base, one.mine)], ["theirs", [], ["title"]]);
  const two = rebased(base, mine, { ...base, title: "theirs" });
  assert.deepEqual([two.mine.title, two.both], ["mine", ["title"]]);
  assert.deepEqual(rebased(base, mine, { ...base, title: "mine" }).both, [], "both wrote the same");
});

test("what is sent of the fields", () => {
  const values = { ...valuesOf(item("a", { minimum: 20 }), times), ends: "10.30" };
  assert.deepEqual(payloadOf(["ends"], values), { begins: "09.00", ends: "10.30" });
  assert.deepEqual(payloadOf(["minimum", "promised"], { ...values, promised: "true" }), { minimum: 20, promised: true });
  assert.deepEqual(payloadOf(["minimum"], { ...values, minimum: " " }), { minimum: null });
  assert.deepEqual(payloadOf(["minimum"], { ...values, minimum: "five" }), { minimum: "five" });
  assert.deepEqual(speakersOf("A | b | C\n\n | chairs\n|"), [
    { name: "A", role: "b", organisation: "C" },
    { name: "", role: "chairs", organisation: "" },
  ]);
  const told = [{ name: "A", role: "", organisation: "C" }, { name: "", role: "chairs", organisation: "" }];
  assert.deepEqual(speakersOf(valuesOf(item("a", { speakers: told }), times).speakers), told);
});

test("a new item begins when the one before it ends", () => {
  assert.equal(newValues({ day: "2026-03-11", track: "" }, rows, times).begins, "10.00");
  assert.equal(newValues({ day: "2026-03-11", track: "", parent: "a" }, rows, times).begins, "");
});

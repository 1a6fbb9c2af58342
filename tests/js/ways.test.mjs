// What walk-ins may do as the scripts see it, and the median of what was measured.

import assert from "node:assert/strict";
import { test } from "node:test";

import { mayAsk, mayVote } from "../../static/js/questions/pane.js";
import { median } from "../../static/js/ways/verdict.js";

const may = (...roles) => [mayAsk({ roles }), mayVote({ roles })];

test("a walk-in follows, asks or votes as they were let in", () => {
  assert.deepEqual(may("listener"), [false, false]);
  assert.deepEqual(may("asker"), [true, false]);
  assert.deepEqual(may("participant"), [true, true]);
  assert.deepEqual(may("speaker"), [true, true]);
  assert.deepEqual(may("screen"), [false, false]);
  assert.deepEqual(may("applicant"), [false, false]);
});

test("the median is the one in the middle, or between the two there", () => {
  assert.equal(median([]), null);
  assert.equal(median([30, 10, 900]), 30);
  assert.equal(median([10, 20]), 15);
});

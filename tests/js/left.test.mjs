import assert from "node:assert/strict";
import { test } from "node:test";
import { createTimes } from "../../static/js/lib/times.js";
import { leftOf } from "../../static/js/meetings/left.js";

const words = {
  minutes: ["1 minute", "{n} minutes"],
  hours: ["1 hour", "{n} hours"],
  days: ["1 day", "{n} days"],
  over: ["over"],
};
const { day } = createTimes({ locale: "en", timezone: () => "Europe/Stockholm" });
const at = (text) => Date.parse(`${text}+01:00`);

// the same table as in tests/web/test_invitation.py
for (const [until, says] of [
  ["2026-03-10T12:00:00", "over"],
  ["2026-03-10T12:00:30", "1 minute"],
  ["2026-03-10T12:59:00", "59 minutes"],
  ["2026-03-10T13:00:00", "1 hour"],
  ["2026-03-11T00:00:00", "12 hours"],
  ["2026-03-11T00:01:00", "1 day"],
  ["2026-03-12T00:00:00", "1 day"],
  ["2026-03-13T00:00:00", "2 days"],
  ["2026-03-29T23:00:00", "19 days"], // over the change of the clocks: midnight there is an hour earlier here
]) {
  test(`until ${until} it says "${says}"`, () => {
    assert.equal(leftOf(at(until), at("2026-03-10T12:00:00"), words, day), says);
  });
}

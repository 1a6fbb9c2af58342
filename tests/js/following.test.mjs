import assert from "node:assert/strict";
import { test } from "node:test";
import { createTimes } from "../../static/js/lib/times.js";
import { standing } from "../../static/js/notices/standing.js";
import { awayWords } from "../../static/js/programme/place.js";
import { ownTalks, trackOf } from "../../static/js/programme/talks.js";
import {
  backOn,
  choices,
  chosen,
  daysOf,
  forWhom,
  isAway,
  lineOf,
  nextIn,
  onIn,
  todayOf,
} from "../../static/js/programme/tracks.js";
import { ofLine } from "../../static/js/questions/lists.js";

const at = (hour, day = 11) => `2026-03-${day}T${String(hour).padStart(2, "0")}:00:00Z`;
const item = (id, track, hour, more = {}) => ({
  id,
  track,
  parent: null,
  day: "2026-03-11",
  kind: "talk",
  state: "waiting",
  attendance: "both",
  planned_start: hour === null ? null : at(hour),
  planned_end: hour === null ? null : at(hour + 1),
  expected_start: hour === null ? null : at(hour),
  expected_end: hour === null ? null : at(hour + 1),
  actual_start: null,
  speakers: [],
  ...more,
});
const on = (id, track, hour) => item(id, track, hour, { state: "on", actual_start: at(hour) });

const DAY = [
  on("welcome", "", 8),
  on("big", "A", 9),
  item("small", "B", 9),
  item("lunch", "", 12, { kind: "break" }),
  item("after", "A", 13),
  item("tomorrow", "", 9, { day: "2026-03-12", planned_start: at(9, 12), expected_start: at(9, 12) }),
];

test("one track is no choice, and what is wished for must be there", () => {
  assert.deepEqual(choices(DAY), ["A", "B"]);
  assert.deepEqual(choices(DAY.filter((one) => one.track !== "B")), []);
  assert.equal(chosen(DAY, "", undefined, "nowhere", "B"), "B");
  assert.equal(chosen(DAY), "A");
  assert.equal(chosen([item("one", "", 9)], "A"), "");
});

test("who follows a track follows what is for everyone, and no other track", () => {
  assert.deepEqual(
    lineOf(DAY, "B").map((one) => one.id),
    ["welcome", "small", "lunch", "tomorrow"],
  );
  const meeting = { now_on: { "": "welcome", A: "big", B: null } };
  assert.equal(onIn(meeting, DAY, "A").id, "big", "what began last");
  assert.equal(onIn(meeting, DAY, "B").id, "welcome");
  assert.equal(onIn({ now_on: { "": null, A: null, B: null } }, DAY, "A"), null);
  const common = DAY.map((one) => (one.id === "lunch" ? { ...one, state: "on", actual_start: at(10) } : one));
  assert.equal(onIn({ now_on: { "": "lunch", A: "big" } }, common, "A").id, "lunch", "though the track goes on");
  assert.equal(nextIn(meeting, DAY, "B").id, "small");
  assert.equal(nextIn(meeting, DAY, "A").id, "lunch");
});

test("days are told once each, and today is where something is on", () => {
  assert.deepEqual(
    daysOf(DAY).map((one) => one.day),
    ["2026-03-11", "2026-03-12"],
  );
  assert.equal(todayOf(DAY, DAY[1], null), "2026-03-11");
  assert.equal(todayOf(DAY, null, DAY[5]), "2026-03-12");
  assert.equal(todayOf([], null, null), undefined);
});

test("a part of what is for the hall is for the hall, and it is said when the web is back", () => {
  const rows = [
    item("buffet", "", 18, { attendance: "hall" }),
    item("speech", "", null, { parent: "buffet" }),
    item("song", "", 19, { attendance: "hall" }),
    item("news", "", 20, { attendance: "web" }),
    item("morning", "", 9, { day: "2026-03-12", expected_start: at(9, 12) }),
  ];
  assert.equal(forWhom(rows, rows[1]), "hall");
  assert.deepEqual([isAway(rows, rows[1], "web"), isAway(rows, rows[1], "hall"), isAway(rows, rows[1], null)], [
    true,
    false,
    false,
  ]);
  assert.equal(backOn(rows, rows[0], "web").id, "news");
  assert.equal(backOn(rows, rows[3], "hall").id, "morning");
  const t = (source, params = {}) => source.replace(/\{(\w+)\}/g, (_, name) => params[name]);
  const times = createTimes({ locale: "en", timezone: () => "Europe/Stockholm" });
  const web = awayWords({ t, times }, rows, "web");
  assert.equal(web(rows[0]), "In the hall only. The web is back about 21.00.");
  assert.equal(web(rows[3]), null);
  const hall = awayWords({ t, times }, rows, "hall");
  assert.equal(hall(rows[3]), "On the web only. The hall is back Thursday 12 March about 10.00.");
  assert.equal(awayWords({ t, times }, rows.slice(0, 1), "web")(rows[0]), "In the hall only.");
});

test("a speaker's page is about what they chose, what is on, what comes next, or the last", () => {
  const layers = (...ids) => ["public", ...ids.map((id) => `speaker:${id}`), "person:x"];
  const rows = [item("first", "A", 8, { state: "done" }), ...DAY];
  assert.equal(ownTalks(rows, layers("first", "big", "after"), "").talk.id, "big");
  assert.equal(ownTalks(rows, layers("first", "big", "after"), "after").talk.id, "after");
  assert.equal(ownTalks(rows, layers("first", "after"), "lunch").talk.id, "after", "not somebody else's");
  assert.equal(ownTalks(rows, layers("first"), "").talk.id, "first");
  assert.deepEqual(ownTalks(rows, layers(), ""), { mine: [], talk: null });
  assert.equal(trackOf([item("whole", "B", 9), item("part", "", null, { parent: "whole" })], { parent: "whole" }), "B");
});

test("another hall's questions are its own, but mine are mine", () => {
  const asked = [{ item: "big" }, { item: "small" }, { item: null }, { item: "big", mine: true }];
  assert.deepEqual(ofLine(asked, lineOf(DAY, "B")), asked.slice(1));
});

test("a notice reaches the page it is for, until its time is out", () => {
  const told = (to, more = {}) => ({ id: to, to, track: "", at: at(9), until: at(10), text: to, ...more });
  const all = ["all", "web", "hall", "speaker"].map((to) => told(to));
  const now = Date.parse(at(9)) + 1;
  const person = (attendance, ...roles) => ({ roles, attendance });
  const ids = (me, page, notices = all, track = "") => standing(notices, me, page, track, now).map((one) => one.id);
  assert.deepEqual(ids(person("web", "participant"), "live", [told("all"), told("web")]), ["all", "web"]);
  assert.deepEqual(ids(person("hall", "moderator"), "live"), ["all", "hall"]);
  assert.deepEqual(ids(person(null, "organiser"), "speaker"), ["all", "hall", "speaker"]);
  assert.deepEqual(ids(person("hall", "speaker"), "live"), ["all", "hall", "speaker", "web"], "all that they hear");
  assert.deepEqual(ids(person("web", "speaker"), "screen"), ["all", "hall"]);
  assert.deepEqual(ids(person(null, "moderator"), "moderate"), ["all", "hall", "speaker", "web"]);
  assert.deepEqual(ids(person(null, "screen"), "screen", [told("hall", { track: "A" })], "B"), []);
  assert.deepEqual(ids(person(null, "screen"), "screen", [told("hall", { track: "A" })], "A"), ["hall"]);
  assert.deepEqual(ids(person(null, "screen"), "screen", [told("hall", { until: at(9) })]), []);
  const later = told("later", { to: "all", at: at(9).replace(":00Z", ":30Z") });
  assert.deepEqual(ids(person(null, "screen"), "screen", [told("all"), later]), ["later", "all"], "the newest first");
});

test("a reader elsewhere is told the day, too, when theirs is another", () => {
  const times = createTimes({ locale: "en", timezone: () => "Europe/Stockholm", ownZone: "Asia/Tokyo" });
  assert.equal(times.reader("2026-03-11T09:30:00Z"), "18.30");
  assert.equal(times.reader("2026-03-11T16:30:00Z"), "Thu 01.30");
  assert.equal(times.short("2026-03-11T23:30:00Z"), "Thu 12 Mar");
});

// Whether one may ask, where it goes, in what order questions stand, what one is told; and the line of who wants help.

import assert from "node:assert/strict";
import { test } from "node:test";
import { latest } from "../../static/js/help/help.js";
import { browserOf, lineOf, lineWords } from "../../static/js/help/line.js";
import { createTranslate } from "../../static/js/lib/i18n.js";
import { askedOf, begunUnder, mutedNow, notBefore, opensWith } from "../../static/js/questions/asking.js";
import { inLine, ownUnseen, standing } from "../../static/js/questions/lists.js";
import { arrange } from "../../static/js/shared/held.js";
import { pause } from "../../static/js/shared/lazy.js";

const at = (minute) => new Date(Date.UTC(2026, 2, 11, 9, minute)).toISOString();
const now = (minute) => Date.parse(at(minute));
const item = (id, from, to, more = {}) => ({
  id,
  kind: "talk",
  state: to === null ? "on" : "done",
  asking: "screened",
  parent: null,
  planned_start: at(from),
  actual_start: at(from),
  actual_end: to === null ? null : at(to),
  expected_start: at(from),
  ...more,
});
const waiting = (id, from, more = {}) => item(id, from, null, { state: "waiting", actual_start: null, ...more });

const first = item("first", 0, 20);
const coffee = item("coffee", 20, null, { kind: "break" });
const talk = item("talk", 20, null);

for (const [what, items, given, on, minute, asked] of [
  ["what is on", [first, talk], null, talk, 21, "talk"],
  ["the one it was begun under, while its window is open", [first, talk], "first", talk, 24, "first"],
  ["what is on, when that window has closed", [first, talk], "first", talk, 25, "talk"],
  ["in a break, the talk before it", [first, coffee], null, coffee, 24, "first"],
  ["in a long break, the break", [first, coffee], null, coffee, 25, "coffee"],
  ["nothing, when what is on is closed", [first, { ...talk, asking: "closed" }], null, talk, 30, undefined],
  ["the talk before a closed one, while its window is open", [first, { ...talk, asking: "closed" }], null, talk, 22, "first"],
  ["nothing, before anything has begun", [waiting("talk", 20)], null, null, 10, undefined],
  ["nothing, of what is cancelled", [{ ...talk, state: "cancelled" }], "talk", null, 21, undefined],
  ["the talk, of a part of it without a time", [talk, item("part", 30, null, { parent: "talk", planned_start: null })], "part", null, 31, "talk"],
  ["the part, when it has a time of its own", [talk, item("part", 30, null, { parent: "talk" })], "part", null, 31, "part"],
]) {
  test(`a question belongs to: ${what}`, () => assert.equal(askedOf(items, given, on, 5, now(minute))?.id, asked));
}

test("a form that is begun in a break names nothing", () => {
  assert.equal(begunUnder(coffee), null);
  assert.equal(begunUnder(talk), "talk");
  assert.equal(begunUnder(null), null);
});

test("questions open again with the next that takes any", () => {
  const line = [talk, waiting("lunch", 40, { kind: "break" }), waiting("mute", 50, { asking: "closed" }), waiting("next", 60)];
  assert.equal(opensWith(line, line[1]).id, "next");
  assert.equal(opensWith(line, null), null);
  assert.equal(opensWith(line.slice(0, 3), line[1]), null);
});

test("the slow mode counts from my latest, not from what others wrote down for me", () => {
  const mine = [{ asked_at: at(1) }, { asked_at: at(3) }, { asked_at: at(9), aloud: true }];
  assert.equal(notBefore(mine, 60), now(4));
  assert.equal(notBefore(mine, 0), 0);
  assert.equal(notBefore([], 60), 0);
});

test("who is muted is muted until the time that was said", () => {
  const muted = { reason: "Calm down.", until: at(10) };
  assert.equal(mutedNow(muted, now(9)), muted);
  assert.equal(mutedNow(muted, now(10)), null);
  assert.equal(mutedNow({ ...muted, until: null }, now(59)).reason, "Calm down.");
  assert.equal(mutedNow(undefined, now(9)), null);
});

const question = (id, support, minute, more) => ({
  id,
  state: "approved",
  item: "talk",
  support,
  asked_at: at(minute),
  ...more,
});
const ids = (list) => list.map((one) => one.id).join(" ");

test("the line stands by support or by time, as one has chosen", () => {
  const line = [question("old", 1, 1), question("liked", 5, 2), question("other", 9, 3, { item: "x" }), question("new", 0, 4)];
  assert.equal(ids(inLine(line, new Set(["talk"]))), "liked old new other");
  assert.equal(ids(inLine(line, new Set(["talk"]), "time")), "new other liked old");
});

test("nothing moves while somebody is in the list: what is new is counted, what has left says where it went", () => {
  const held = [question("a", 3, 1), question("b", 2, 2)];
  const come = [question("c", 9, 3), question("b", 7, 2)];
  const { shown, waiting: fresh } = arrange(held, come);
  assert.equal(ids(shown), "a b");
  assert.deepEqual([shown[0].gone, shown[1].support, fresh], [true, 7, 1]);
  assert.deepEqual(arrange(come, come), { shown: come, waiting: 0 });
});

test("what I took back stays in my own list, what came to another end has its receipt", () => {
  const own = ["pending", "withdrawn", "rejected", "merged", "approved"].map((state, n) => question(state, 0, n, { state, mine: true }));
  assert.equal(ids(ownUnseen([...own, question("theirs", 0, 0, { state: "pending" })])), "pending withdrawn");
});

test("a receipt stands as long as it says how it is", () => {
  const mine = new Map(
    Object.entries({ a: "answered", back: "approved", no: "rejected", in: "merged", wrote: "answered", seen: "pending" }).map(
      ([id, state]) => [id, { id, state, reply: id === "wrote" ? "Yes." : "" }],
    ),
  );
  const receipt = (question, end, minute, into = null) => ({ id: `${question}-${end}`, question, end, into, at: at(minute) });
  const receipts = [
    receipt("a", "answered", 1),
    receipt("back", "answered", 2),
    receipt("no", "rejected", 3),
    receipt("in", "merged", 4, "a"),
    receipt("in", "answered", 5, "a"),
    receipt("wrote", "answered", 6),
    receipt("wrote", "replied", 7),
    receipt("seen", "revealed", 8),
    receipt("gone", "answered", 9),
  ];
  const told = standing(receipts, (id) => mine.get(id)).map((one) => one.id);
  assert.deepEqual(told, ["seen-revealed", "wrote-replied", "in-answered", "in-merged", "no-rejected", "a-answered"]);
  mine.get("in").state = "pending"; // parted again
  assert.ok(!standing(receipts, (id) => mine.get(id)).some((one) => one.question === "in"));
});

test("what did not come is asked for again, ever more seldom", () => {
  assert.deepEqual([1, 2, 3, 20].map(pause), [1_000, 2_000, 4_000, 30_000]);
});

test("a browser is told by its name and number, and nothing more", () => {
  const agents = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0": "Firefox 128, Linux",
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.1": "Edge 126, Windows",
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36": "Chrome 126, Android",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1": "Safari 17, iOS",
    "": "",
  };
  for (const [agent, words] of Object.entries(agents)) assert.equal(browserOf(agent), words);
});

test("the line is told as the page sees it", () => {
  const t = createTranslate("en", {});
  const line = lineOf({ name: "live", transport: "websocket" }, 80.4, "Firefox/128.0");
  assert.deepEqual(line, { line: "live", transport: "websocket", rtt_ms: 80, browser: "Firefox 128" });
  assert.equal(lineWords(t, { ...line, state: line.line }), "direct, 80 ms, Firefox 128");
  assert.equal(lineWords(t, { ...line, state: "offline", rtt_ms: null }), "no contact, Firefox 128");
  assert.equal(lineOf({ name: "ended", transport: null }, 10 ** 9, "").rtt_ms, 60_000);
  assert.match(lineWords(t, null), /no script/);
});

test("of my calls for help the latest stands, until it is closed", () => {
  const calls = [{ id: "b", asked_at: at(2) }, { id: "a", asked_at: at(1) }];
  assert.equal(latest(calls, []).id, "b");
  assert.equal(latest(calls, ["b"]), null);
  assert.equal(latest([], []), null);
});

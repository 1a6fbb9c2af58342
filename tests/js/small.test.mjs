import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock, minutesLeft, parse } from "../../static/js/lib/clock.js";
import { createDrafts } from "../../static/js/lib/drafts.js";
import { createTranslate, isolated } from "../../static/js/lib/i18n.js";
import { createKeep, keyPrefix } from "../../static/js/lib/keep.js";
import { createLadder } from "../../static/js/lib/ladder.js";
import { createSignal } from "../../static/js/lib/signal.js";
import { createTimes } from "../../static/js/lib/times.js";
import { uuid } from "../../static/js/lib/uuid.js";
import { cleaned, graphemes } from "../../static/js/shared/graphemes.js";
import { fakeDisk } from "./fake_disk.mjs";
import { fakeEnv } from "./fake_env.mjs";

const iso = (ms) => new Date(ms).toISOString();

test("the clock shows the server's time on a device that is wrong", () => {
  const env = fakeEnv();
  const clock = createClock({ env });
  assert.equal(clock.known, false);
  clock.sample(iso(env.now() + 90_000), env.now() - 100, env.now() + 100);
  assert.equal(clock.known, true);
  assert.equal(clock.now(), env.now() + 90_000);
});

test("quick answers count for more than slow ones", () => {
  const env = fakeEnv();
  const clock = createClock({ env });
  const real = 60_000;
  for (const trip of [4_000, 5_000, 3_000, 4_500, 3_500])
    clock.sample(iso(env.now() + real), env.now(), env.now() + trip);
  assert.ok(Math.abs(clock.offset - real) > 1_000);
  for (const trip of [40, 60, 50]) clock.sample(iso(env.now() + real + trip / 2), env.now(), env.now() + trip);
  assert.ok(Math.abs(clock.offset - real) < 100, `off by ${clock.offset - real} ms`);
});

test("one sample that is wildly wrong does not move the clock", () => {
  const env = fakeEnv();
  const clock = createClock({ env });
  for (const off of [0, 10, 600_000, 5, 0]) clock.sample(iso(env.now() + off), env.now(), env.now() + 10);
  assert.ok(Math.abs(clock.offset) < 50);
});

test("a clock that is corrected later follows within a few samples", () => {
  const env = fakeEnv();
  const clock = createClock({ env });
  for (let i = 0; i < 8; i += 1) clock.sample(iso(env.now()), env.now(), env.now() + 20);
  for (let i = 0; i < 8; i += 1) clock.sample(iso(env.now() + 30_000), env.now(), env.now() + 20);
  assert.ok(Math.abs(clock.offset - 30_000) < 50);
});

test("the time written into the page is a guess, and only until a line is there", () => {
  const env = fakeEnv();
  const clock = createClock({ env });
  clock.guess(iso(env.now() - 5_000));
  assert.equal(clock.now(), env.now() - 5_000);
  assert.equal(clock.known, false);
  clock.sample(iso(env.now()), env.now(), env.now());
  clock.guess(iso(env.now() - 5_000));
  assert.equal(clock.now(), env.now());
  clock.sample("not a time", env.now(), env.now());
  assert.equal(clock.now(), env.now());
});

test("seconds and minutes tick on the server's beat", async () => {
  const env = fakeEnv({ start: Date.parse("2026-03-11T08:00:20.400Z") });
  const clock = createClock({ env });
  clock.sample(iso(env.now() + 300), env.now(), env.now()); // the server is at 20.700
  const seconds = [];
  const minutes = [];
  const stop = clock.onTick("second", (now) => seconds.push(now % 1000));
  clock.onTick("minute", (now) => minutes.push(Math.floor(now / 60_000) * 60_000));
  await env.advance(3_000);
  assert.equal(seconds.length, 3);
  assert.ok(
    seconds.every((into) => into < 20),
    String(seconds),
  );
  stop();
  await env.advance(60_000);
  assert.equal(seconds.length, 3);
  assert.deepEqual(minutes, [Date.parse("2026-03-11T08:01:00Z")]);
  clock.stop();
  assert.equal(env.waiting, 0);
});

test("a corrected clock ticks at once and on the new beat", async () => {
  const env = fakeEnv({ start: Date.parse("2026-03-11T08:00:20.000Z") });
  const clock = createClock({ env });
  const seen = [];
  clock.onTick("minute", (now) => seen.push(iso(now)));
  clock.sample("2026-03-11T08:00:50.000Z", env.now(), env.now());
  assert.deepEqual(seen, ["2026-03-11T08:00:50.000Z"]);
  await env.advance(10_100);
  assert.equal(seen[1], "2026-03-11T08:01:00.005Z");
});

test("minutes left count the one that has begun, and go below nothing", () => {
  const end = parse("2026-03-11T10:00:00Z");
  const cases = [
    ["09:50:00", 10],
    ["09:50:01", 10],
    ["09:59:59", 1],
    ["10:00:00", 0],
    ["10:00:30", 0],
    ["10:01:00", -1],
  ];
  for (const [now, left] of cases) assert.equal(minutesLeft(end, parse(`2026-03-11T${now}Z`)), left, now);
  assert.ok(!Object.is(minutesLeft(end, end + 30_000), -0));
  assert.equal(parse(null), null);
  assert.equal(parse("soon"), null);
});

test("words come from the catalogue, or stand as they are", () => {
  const t = createTranslate("sv", {
    "Question from {who}": "Fråga från {who}",
    "{n} supporters": { one: "{n} stöder", other: "{n} stöder frågan" },
    Empty: "",
  });
  assert.equal(t("Question from {who}", { who: "hallen {n}" }), "Fråga från hallen {n}");
  assert.equal(t("Not translated {x}", { x: 1 }), "Not translated 1");
  assert.equal(t("Empty"), "Empty");
  assert.equal(t("constructor"), "constructor");
  assert.equal(t("Hello {missing}"), "Hello {missing}");
  assert.equal(t.n("{n} supporter", "{n} supporters", 1), "1 stöder");
  assert.equal(t.n("{n} supporter", "{n} supporters", 2), "2 stöder frågan");
  assert.equal(t("{n} supporters", { n: 1 }), "1 stöder");
  assert.equal(t.n("{n} minute", "{n} minutes", 1), "1 minute");
  assert.equal(t.n("{n} minute", "{n} minutes", 0), "0 minutes");
  assert.equal(t.locale, "sv");
});

test("what is written from the right turns nothing around that stands beside it", () => {
  const t = createTranslate("en", {});
  assert.equal(t("{name} is at it, {n} min", { name: "שלום", n: 3 }), "\u2068שלום\u2069 is at it, 3 min");
  for (const text of ["متى", "abc א", "a\u200f"]) assert.equal(isolated(text), `\u2068${text}\u2069`);
  for (const text of ["Åsa", "日本語 👩🏽‍🚒", "3", ""]) assert.equal(isolated(text), text);
});

test("signs are counted as the server keeps them", () => {
  for (const [text, n] of [
    ["👩‍👩‍👧‍👦👍🏽🇸🇪", 3],
    ["a\u030ao\u0308", 2],
    ["\u202eab\u202c\u200b\ufeff\u00adc", 3],
    ["a \r\n\r\n\r\n\r\n b ", 5],
    [" \n\t ", 0],
    ["क्षि שׁ", 3],
  ]) {
    assert.equal(graphemes(cleaned(text)), n, JSON.stringify(text));
  }
});

test("times are written in the meeting's zone, with a full stop", () => {
  for (const locale of ["sv", "en"]) {
    const times = createTimes({ locale, timezone: () => "Europe/Stockholm", ownZone: "Europe/London" });
    assert.equal(times.time("2026-03-11T09:57:12.345Z"), "10.57");
    assert.equal(times.time("2026-03-10T23:05:00Z"), "00.05");
    assert.equal(times.time("2026-07-11T09:57:00Z"), "11.57", "summer time");
    assert.equal(times.range("2026-03-11T09:30:00Z", "2026-03-11T10:15:00Z"), "10.30–11.15");
    assert.equal(times.range("2026-03-11T09:30:00Z", null), "10.30");
    assert.equal(times.day("2026-03-11T23:30:00Z"), "2026-03-12");
    assert.equal(times.reader("2026-03-11T09:57:00Z"), "09.57");
    assert.equal(times.zone, "Europe/Stockholm");
    for (const nothing of [null, undefined, "", "soon"]) assert.equal(times.time(nothing), "");
    assert.equal(times.reader(null), null);
  }
});

test("days are written in the reader's language", () => {
  const at = "2026-03-11T09:57:00Z";
  const sv = createTimes({ locale: "sv", timezone: () => "Europe/Stockholm" });
  const en = createTimes({ locale: "en", timezone: () => "Europe/Stockholm" });
  assert.equal(sv.date(at), "onsdag 11 mars");
  assert.equal(en.date(at), "Wednesday 11 March");
  assert.equal(sv.weekday(at), "onsdag");
});

test("a reader in the meeting's zone is not told the time twice, and an unknown zone is read as UTC", () => {
  const same = createTimes({ locale: "sv", timezone: () => "Europe/Stockholm", ownZone: "Europe/Oslo" });
  assert.equal(same.reader("2026-03-11T09:57:00Z"), null);
  assert.equal(createTimes({ locale: "sv", timezone: () => "Nowhere/Town" }).time("2026-03-11T09:57:00Z"), "09.57");
  assert.equal(createTimes({ locale: "sv", timezone: () => undefined }).time("2026-03-11T09:57:00Z"), "09.57");
});

test("a draft is there after a reload, for the same person in the same meeting", () => {
  const disk = fakeDisk();
  const env = fakeEnv();
  const open = (person) => createDrafts({ meeting: "m", person, keep: createKeep(disk.tab().storage), env });
  open("p").set("question", "What about  the bog?\n");
  assert.equal(open("p").get("question"), "What about  the bog?\n");
  assert.equal(open("q").get("question"), "");
  open("p").clear("question");
  assert.equal(open("p").get("question"), "");
  assert.equal(disk.data.size, 0);
});

test("a draft is forgotten after a month, and a broken one at once", async () => {
  const disk = fakeDisk();
  const env = fakeEnv();
  const open = () => createDrafts({ meeting: "m", person: "p", keep: createKeep(disk.tab().storage), env });
  open().set("question", "old");
  disk.data.set(`${keyPrefix("draft", "m", "p")}broken`, "{");
  await env.advance(31 * 24 * 3600 * 1000);
  assert.equal(open().get("question"), "");
  assert.equal(disk.data.size, 0);
});

test("without storage, memory keeps things and says that it is only memory", () => {
  const broken = {
    get length() {
      throw new Error("SecurityError");
    },
    getItem() {
      throw new Error("SecurityError");
    },
  };
  for (const storage of [null, broken]) {
    const keep = createKeep(storage);
    keep.set("a", "1");
    assert.equal(keep.get("a"), "1");
    assert.deepEqual(keep.keys("a"), ["a"]);
    assert.equal(keep.durable.value, false);
    keep.remove("a");
    assert.equal(keep.get("a"), null);
  }
});

test("a full storage is said, until there is room again", () => {
  const disk = fakeDisk();
  const keep = createKeep(disk.tab().storage);
  assert.equal(keep.durable.value, true);
  disk.full = true;
  keep.set("a", "1");
  assert.equal(keep.durable.value, false);
  assert.equal(keep.get("a"), "1");
  disk.full = false;
  keep.set("a", "1");
  assert.equal(keep.durable.value, true);
  assert.equal(disk.data.get("a"), "1");
});

test("a name with a colon does not reach into another's keys", () => {
  assert.notEqual(keyPrefix("outbox", "a:b", "c"), keyPrefix("outbox", "a", "b:c"));
});

test("a command's name is a UUID, also where there is no secure context", () => {
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  const old = { getRandomValues: (bytes) => bytes.fill(255) };
  for (const source of [globalThis.crypto, old, undefined, null]) assert.match(uuid(source ?? null), form);
  assert.notEqual(uuid(null), uuid(null));
});

test("a signal tells of what is new, and a listener that throws does not stop the others", () => {
  const signal = createSignal(1);
  const seen = [];
  const stop = signal.subscribe((value) => seen.push(value));
  signal.set(1);
  signal.set(2);
  stop();
  signal.set(3);
  assert.deepEqual(seen, [2]);
});

test("the ladder is climbed from the top, or from where the last line of this tab stood", () => {
  const memory = createKeep(fakeDisk().tab().storage);
  const random = () => 0.5;
  const ladder = createLadder({ random, memory });
  assert.deepEqual(ladder.whenDown(), ["websocket", "polling", "http"]);
  ladder.worked("polling");
  assert.deepEqual(createLadder({ random, memory }).whenDown(), ["polling", "http"]);
  assert.deepEqual(ladder.above("http"), ["websocket", "polling"]);
  assert.deepEqual(ladder.above("websocket"), []);
  assert.equal(ladder.delay("websocket"), Infinity);
  ladder.nothingWorked();
  assert.deepEqual(ladder.whenDown(), ["websocket", "polling", "http"]);
});

test("waits grow up to a limit, and start small again when something happens", () => {
  const ladder = createLadder({ random: () => 0.5, memory: createKeep(null) });
  const waits = Array.from({ length: 8 }, () => ladder.delay(null));
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
  ladder.hurry();
  assert.equal(ladder.delay(null), 500);
});

test("a transport whose lines die young twice in a row is left for the next", () => {
  const ladder = createLadder({ random: () => 0.5, memory: createKeep(null) });
  ladder.died("websocket", 5_000);
  ladder.died("websocket", 60_000);
  ladder.died("websocket", 5_000);
  assert.deepEqual(ladder.whenDown()[0], "websocket");
  ladder.died("websocket", 5_000);
  assert.deepEqual(ladder.whenDown()[0], "polling");
});

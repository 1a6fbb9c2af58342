import assert from "node:assert/strict";
import { test } from "node:test";
import { createTranslate } from "../../static/js/lib/i18n.js";
import { tellNews } from "../../static/js/questions/news.js";
import { asksForNews } from "../../static/js/shared/aloud.js";
import { createVoice, followSound, inWords, soundPlays } from "../../static/js/shared/announce.js";
import { fakeEnv } from "./fake_env.mjs";

const MINUTE = 60_000;

/** A region that remembers what was set in it, and when. */
function listener(options = {}) {
  const env = fakeEnv();
  const heard = [];
  let text = "";
  const region = {
    get textContent() {
      return text;
    },
    set textContent(words) {
      if (words && words !== text) heard.push({ at: env.now(), words });
      text = words;
    },
  };
  const say = createVoice(region, { env, ...options });
  return { env, say, heard, region, words: () => heard.map((one) => one.words) };
}

const questions = (n) => (n === 1 ? "1 new question" : `${n} new questions`);

test("five hundred questions a minute make at most twelve announcements, and none is lost", async () => {
  const { env, say, heard, words } = listener();
  const start = env.now();
  for (let n = 0; n < 500; n += 1) {
    say.count("come", 1, questions);
    if (n % 50 === 7) say.count("answered", 1, (many) => `${many} answered`);
    await env.advance(MINUTE / 500);
  }
  const inTheMinute = heard.filter((one) => one.at - start <= MINUTE);
  assert.ok(inTheMinute.length <= 12, `${inTheMinute.length} announcements`);
  await env.advance(10_000);
  const sum = (what) => words().reduce((all, one) => all + Number(one.match(what)?.[1] ?? 0), 0);
  assert.equal(sum(/(\d+) new question/), 500);
  assert.equal(sum(/(\d+) answered/), 10);
  const gaps = heard.slice(1).map((one, n) => one.at - heard[n].at);
  assert.ok(Math.min(...gaps) >= 5_000, String(gaps));
});

test("in any minute, however the news falls, there are at most twelve", async () => {
  const { env, say, heard } = listener();
  for (let n = 0; n < 2_000; n += 1) {
    if (env.random() < 0.6) say.count("come", 1, questions);
    else say(`Your question ${n} is approved.`, `q${n % 7}`);
    await env.advance(Math.floor(env.random() * 300));
  }
  for (const { at } of heard) {
    const within = heard.filter((one) => one.at >= at && one.at < at + MINUTE);
    assert.ok(within.length <= 12, `${within.length} announcements`);
  }
});

test("what comes meanwhile is gathered: one's own first, then the group, staff, the news, and the numbers", async () => {
  const { env, say, words } = listener();
  say("First.", "first");
  await env.advance(200);
  say.count("come", 11, questions);
  say("On stage: Why?", "stage", "news");
  say("Lunch is moved.", "n1", "staff");
  say("Your group meets in room 2.", "group", "group");
  say.count("come", 1, questions);
  say.count("answered", 3, (n) => `${n} answered`);
  say("Your question is approved.", "q1");
  await env.advance(5_000);
  assert.deepEqual(words(), [
    "First.",
    "Your question is approved. Your group meets in room 2. Lunch is moved. On stage: Why? 12 new questions, 3 answered.",
  ]);
});

test("a later word on the same thing replaces one that waits", async () => {
  const { env, say, words } = listener();
  say("Now: Coffee", "now", "news");
  say("Now: The bridge", "now", "news");
  await env.advance(6_000);
  assert.deepEqual(words(), ["Now: The bridge"]);
});

test("while sound plays only what concerns the listener is said; the rest comes when it is over", async () => {
  let plays = true;
  const { env, say, words } = listener({ sounding: () => plays });
  say.count("come", 4, questions);
  say("On stage: Why?", "stage", "news");
  await env.advance(20_000);
  assert.deepEqual(words(), []);
  say("Your question has been answered.", "r1");
  say("Come back in five minutes.", "n1", "staff");
  await env.advance(20_000);
  assert.deepEqual(words(), ["Your question has been answered. Come back in five minutes."]);
  plays = false;
  say.look();
  await env.advance(200);
  assert.equal(words().at(-1), "On stage: Why? 4 new questions.");
});

test("quiet is the same by choice, and what waits is said when it is over", async () => {
  const { env, say, words } = listener();
  say.quiet.set(true);
  say.count("come", 2, questions);
  say("Sent.", "op");
  await env.advance(20_000);
  assert.deepEqual(words(), ["Sent."]);
  say.quiet.set(false);
  await env.advance(200);
  assert.deepEqual(words(), ["Sent.", "2 new questions."]);
});

test("who asks hears everything that waits, at once, also while sound plays; and that there is nothing", async () => {
  const { env, say, words } = listener({ sounding: () => true });
  say.count("come", 7, questions);
  say.now("Nothing new.");
  assert.deepEqual(words(), ["7 new questions."]);
  say.now("Nothing new.");
  say.now("Nothing new.");
  assert.equal(words().length, 3, "the same words are a change each time");
  assert.equal(words()[2].replace("\u200b", ""), "Nothing new.");
  await env.advance(20_000);
  assert.equal(words().length, 3, "and it is not said again");
});

test("the region is empty when nothing was said for a while, and nothing is left running", async () => {
  const { env, say, region } = listener();
  say("Sent.");
  await env.advance(6_000);
  assert.equal(region.textContent, "");
  assert.equal(env.waiting, 0);
});

test("the dearest of what is said by itself is told, for the tone", async () => {
  const ranks = [];
  const { env, say } = listener({ heard: (rank) => ranks.push(rank) });
  say.count("come", 1, questions);
  await env.advance(6_000);
  say("Coffee.", "n", "staff");
  say.count("come", 1, questions);
  await env.advance(6_000);
  say("Sent.");
  await env.advance(6_000);
  assert.deepEqual(ranks, ["news", "staff", "own"]);
});

test("numbers alone are a sentence", () => {
  const one = (n, words) => ({ words: () => words, about: words, rank: "news", n });
  assert.equal(inWords([one(1, "1 new question"), one(2, "2 answered")]), "1 new question, 2 answered.");
  assert.equal(inWords([]), "");
});

test("sound is what plays, is not muted and not turned down", () => {
  const media = (more) => ({ paused: false, ended: false, muted: false, volume: 1, ...more });
  const page = (...all) => ({ querySelectorAll: () => all });
  assert.equal(soundPlays(page(media())), true);
  for (const silent of [{ paused: true }, { ended: true }, { muted: true }, { volume: 0 }]) {
    assert.equal(soundPlays(page(media(silent))), false);
    assert.equal(soundPlays(page(media(silent), media())), true);
  }
  const names = [];
  followSound({ addEventListener: (name, _fn, capture) => names.push([name, capture]) }, {});
  assert.ok(names.some(([name, capture]) => name === "volumechange" && capture));
});

test("the key is Alt and N, and nothing that somebody types", () => {
  const press = { code: "KeyN", altKey: true, ctrlKey: false, metaKey: false, shiftKey: false, repeat: false };
  assert.equal(asksForNews(press), true);
  for (const other of [{ altKey: false }, { ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { code: "KeyM" }])
    assert.equal(asksForNews({ ...press, ...other }), false);
});

test("others' questions are numbers, one's own are words, and nothing is counted twice", async () => {
  const { env, say, words } = listener();
  const t = createTranslate("en", {});
  let list = [{ id: "a", state: "approved", text: "A?" }];
  let receipts = [];
  const told = {};
  const store = {
    list: (topic) => (topic === "questions" ? list : receipts),
    topic: () => new Map(),
    subscribe: (topic, fn) => (told[topic] = fn),
  };
  tellNews({ store, t }, say, (all) => all, env);
  list = [...list, ...["b", "c"].map((id) => ({ id, state: "approved", text: id }))];
  list = [...list, { id: "m", state: "approved", text: "Mine?" }]; // heard as everybody's first, then as one's own
  told.questions();
  list = list.map((q) => (q.id === "m" ? { ...q, state: "pending", mine: true } : q));
  told.questions();
  list = list.map((q) => (q.id === "a" ? { ...q, state: "answered" } : q));
  list = list.map((q) => (q.id === "m" ? { ...q, state: "approved" } : q));
  told.questions();
  receipts = [{ id: "r", end: "answered", reason: "", into: null }];
  told.receipts();
  await env.advance(10_000);
  assert.deepEqual(words(), [
    "Your question is approved. It is in line. Your question has been answered.",
    "2 new questions, 1 answered.",
  ]);
});

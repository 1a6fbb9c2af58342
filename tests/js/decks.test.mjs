// Which deck and which poll stand where, and what of them is drawn.

import assert from "node:assert/strict";
import { test } from "node:test";
import { forAll, myAnswer, onDesk, onScreen, rows } from "../../static/js/polls/lists.js";
import { tellPolls } from "../../static/js/polls/news.js";
import { ofItem, pageFor, pageOf, ready, shown, textsOf } from "../../static/js/slides/decks.js";

const deck = (id, more) => ({ id, item: "talk", state: "ready", page: 0, pages: 5, ...more });
const on = new Set(["talk", "part"]);

test("a deck is shown when it is ready, has a page, and is of what is on", () => {
  const decks = [
    deck("a", { state: "rendering", page: 1 }),
    deck("b"),
    deck("c", { item: "later", page: 2 }),
    deck("d", { page: 3 }),
  ];
  assert.equal(shown(decks, on).id, "d");
  assert.equal(shown(decks.slice(0, 3), on), null);
  assert.equal(ready(decks, on).id, "b");
  assert.equal(ready([], on), null);
});

test("an item has a deck that is there and one that is coming", () => {
  const decks = [deck("a"), deck("b", { state: "failed" }), deck("c", { item: "other" }), deck("d", { state: "waiting" })];
  assert.deepEqual([ofItem(decks, "talk").there.id, ofItem(decks, "talk").coming.id], ["a", "d"]);
  assert.deepEqual(ofItem([], "talk"), { there: null, coming: null });
});

test("the page is the one I last turned to, until the server has answered or refused", () => {
  const said = (page, state, id = "a") => ({ name: "slides.turn", payload: { deck: id, page }, state });
  const one = deck("a", { page: 2 });
  assert.equal(pageOf(one, []), 2);
  assert.equal(pageOf(one, [said(3, "sending"), said(4, "waiting"), said(9, "sending", "b")]), 4);
  assert.equal(pageOf(one, [said(3, "failed")]), 2);
});

test("keys turn the page, and stop at both ends", () => {
  assert.deepEqual(
    ["ArrowRight", "PageDown", "ArrowLeft", "PageUp", "Home", "End"].map((key) => pageFor(key, 3, 5)),
    [4, 4, 2, 2, 1, 5],
  );
  assert.equal(pageFor("ArrowRight", 5, 5), 5);
  assert.equal(pageFor("ArrowLeft", 1, 5), 1);
  assert.equal(pageFor("a", 3, 5), null);
  assert.equal(pageFor("Tab", 3, 5), null);
});

test("the texts are fetched once, and again after a failure", async () => {
  let asked = 0;
  const answer = { ok: true, json: async () => ({ pages: [{ text: "One" }, { text: "" }] }) };
  const fails = async () => ((asked += 1), { ok: false, status: 503 });
  const works = async (url) => ((asked += 1), assert.equal(url, "/m/x/slides/t.json"), answer);
  await assert.rejects(textsOf("/m/x", { id: "t" }, fails));
  assert.deepEqual(await textsOf("/m/x", { id: "t" }, works), ["One", ""]);
  assert.deepEqual(await textsOf("/m/x", { id: "t" }, fails), ["One", ""]);
  assert.equal(asked, 2);
});

const poll = (id, more) => ({
  id,
  item: "talk",
  state: "open",
  kind: "choice",
  options: ["Yes", "No"],
  most: 1,
  bars: [2, 1],
  words: [],
  answered: 3,
  on_screen: false,
  made_at: `2026-03-11T10:0${id}:00Z`,
  ...more,
});
const ids = (list) => list.map((one) => one.id);

test("a participant sees what is open and what is on the screen, of what is on, the newest first", () => {
  const polls = [
    poll(1),
    poll(2, { state: "closed" }),
    poll(3, { state: "closed", on_screen: true }),
    poll(4, { item: "later" }),
    poll(5),
  ];
  assert.deepEqual(ids(forAll(polls, on)), [5, 3, 1]);
  assert.equal(onScreen(polls, on).id, 3);
  assert.equal(onScreen([poll(1)], on), null);
});

test("on the desk the open ones stand first, then drafts, then the closed", () => {
  const polls = [poll(1, { state: "closed" }), poll(2, { state: "draft" }), poll(3), poll(4), poll(5, { item: "later" })];
  assert.deepEqual(ids(onDesk(polls, on)), [4, 3, 2, 1]);
});

test("bars have a number and a share of those who answered", () => {
  assert.deepEqual(rows(poll(1)), [
    { name: "Yes", n: 2, percent: 67 },
    { name: "No", n: 1, percent: 33 },
  ]);
  assert.deepEqual(rows(poll(1, { kind: "scale", bars: [0, 0], answered: 0 })), [
    { name: "1", n: 0, percent: 0 },
    { name: "2", n: 0, percent: 0 },
  ]);
  assert.deepEqual(rows(poll(1, { kind: "words", bars: [], words: [["regn", 3]] })), [
    { name: "regn", n: 3, percent: 100 },
  ]);
});

test("my answer is what I last said", () => {
  const said = (answers, state) => ({ name: "poll.answer", payload: { id: 1, answers }, state });
  assert.deepEqual(myAnswer(poll(1), undefined, []), []);
  assert.deepEqual(myAnswer(poll(1), [1], []), [1]);
  assert.deepEqual(myAnswer(poll(1), [1], [said([0], "sending")]), [0]);
  assert.deepEqual(myAnswer(poll(1), [1], [said([0], "failed")]), [1]);
});

test("a poll that is opened while one reads is told, once, and only where it is", () => {
  let polls = [poll(1)];
  let heard = () => {};
  const said = [];
  const store = { list: () => polls, subscribe: (_topic, fn) => (heard = fn) };
  tellPolls({ store, t: (words, { prompt }) => words.replace("{prompt}", prompt) }, (words) => said.push(words), () => on);
  heard();
  polls = [poll(1), poll(2, { prompt: "So?" }), poll(3, { item: "later" }), poll(4, { state: "draft" })];
  heard();
  heard();
  assert.deepEqual(said, ["A poll: So?"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore } from "../../static/js/lib/store.js";

const me = { id: "p", name: "P", roles: ["participant"], attendance: "web", layers: [], meeting: "m" };

function welcome(layers, { epoch = "e", roles = ["participant"] } = {}) {
  const full = Object.entries(layers).map(([audience, [seq, topics]]) => [audience, { seq, topics }]);
  return { epoch, now: "2026-03-11T08:00:00.000Z", me: { ...me, roles }, layers: Object.fromEntries(full) };
}

function createdWith(layers) {
  const frames = [];
  const store = createStore({ schedule: (run) => frames.push(run) });
  if (layers) store.welcome(welcome(layers));
  const frame = () => frames.splice(0).forEach((run) => run());
  frame();
  return { store, frame };
}

test("each audience is followed by its own number", () => {
  const { store } = createdWith({ public: [5, {}], "person:p": [5, {}] });
  store.receive({ audience: "person:p", from: 5, to: 9, set: {} });
  assert.equal(
    store.receive({ audience: "public", from: 5, to: 8, set: { questions: { 1: { id: "1" } } } }),
    "applied",
  );
  assert.deepEqual(store.last, { public: 8, "person:p": 9 });
});

test("a null takes a thing out of its own layer only", () => {
  const { store } = createdWith({
    public: [1, { questions: { 1: { id: "1", text: "a", support: 3 } } }],
    "person:p": [1, { questions: { 1: { id: "1", text: "a", mine: true } } }],
  });
  store.receive({ audience: "public", from: 1, to: 2, set: { questions: { 1: null } } });
  assert.deepEqual(store.one("questions", "1"), { id: "1", text: "a", mine: true });
});

test("the most personal layer wins, whatever order the layers came in", () => {
  const { store } = createdWith({
    "person:p": [1, { questions: { 1: { who: "person" } } }],
    "group:g": [1, { questions: { 1: { who: "group", b: "group" } } }],
    "speaker:i": [1, { questions: { 1: { who: "speaker", b: "speaker", c: "speaker" } } }],
    staff: [1, { questions: { 1: { who: "staff", b: "staff", c: "staff", d: "staff" } } }],
  });
  assert.deepEqual(store.first("questions"), { who: "person", b: "group", c: "speaker", d: "staff" });
});

test("what comes before the first welcome is held and then applied", () => {
  const { store } = createdWith();
  assert.equal(store.receive({ audience: "public", from: 3, to: 4, set: { questions: { 1: { id: "1" } } } }), "held");
  assert.equal(store.welcome(welcome({ public: [3, {}] })), "complete");
  assert.equal(store.last.public, 4);
  assert.ok(store.topic("questions").has("1"));
});

test("news for an audience that no welcome has explained yet waits for it", () => {
  const { store } = createdWith({ public: [3, {}] });
  assert.equal(store.receive({ audience: "staff", from: 4, to: 5, set: { audit: { 1: { id: "1" } } } }), "held");
  assert.equal(store.topic("audit").size, 0);
  store.welcome(welcome({ staff: [4, {}] }));
  assert.ok(store.topic("audit").has("1"));
});

test("what is held during a catch-up is applied after its answer", () => {
  const { store } = createdWith({ public: [1, {}] });
  assert.equal(store.receive({ audience: "public", from: 4, to: 5, set: { questions: { 1: { v: 5 } } } }), "gap");
  const question = store.askCatchUp();
  assert.deepEqual(question, { last: { public: 1 }, epoch: "e" });
  store.receive({ audience: "public", from: 5, to: 6, set: { questions: { 1: { v: 6 } } } });
  const part = { from: 1, to: 4, set: { questions: { 1: { v: 4 } } } };
  assert.equal(store.caughtUp(question, { public: part }), "complete");
  assert.deepEqual(store.one("questions", "1"), { v: 6 });
  assert.equal(store.last.public, 6);
});

test("while a catch-up is under way nothing moves, not even what would fit", () => {
  const { store } = createdWith({ public: [1, {}] });
  const question = store.askCatchUp();
  assert.equal(store.receive({ audience: "public", from: 1, to: 2, set: { questions: { 1: { v: 2 } } } }), "held");
  assert.equal(store.last.public, 1);
  assert.equal(store.topic("questions").size, 0);
  assert.equal(store.caughtUp(question, { public: { from: 1, to: 1, set: {} } }), "complete");
  assert.deepEqual(store.one("questions", "1"), { v: 2 });
});

test("an answer that leaves a hole before what is held says so, and keeps it", () => {
  const { store } = createdWith({ public: [1, {}] });
  store.receive({ audience: "public", from: 6, to: 7, set: { questions: { 1: { v: 7 } } } });
  const part = { from: 1, to: 3, set: { questions: { 1: { v: 3 } } } };
  assert.equal(store.caughtUp(store.askCatchUp(), { public: part }), "gap");
  assert.equal(store.last.public, 3);
  const rest = { from: 3, to: 6, set: { questions: { 1: { v: 6 } } } };
  assert.equal(store.caughtUp(store.askCatchUp(), { public: rest }), "complete");
  assert.deepEqual([store.one("questions", "1"), store.last.public], [{ v: 7 }, 7]);
});

test("an answer to a question that is no longer asked is not used", () => {
  const { store } = createdWith({ public: [7, {}] });
  const question = store.askCatchUp();
  store.welcome(welcome({ public: [2, {}] }, { epoch: "restored" }));
  assert.equal(store.caughtUp(question, { public: { from: 1, to: 9, set: { questions: { 1: {} } } } }), "late");
  assert.equal(store.topic("questions").size, 0);
  assert.equal(store.last.public, 2);
});

test("a new epoch forgets what was held under the old one", () => {
  const { store } = createdWith({ public: [7, {}] });
  store.receive({ audience: "public", from: 9, to: 10, set: { questions: { 1: {} } } });
  store.welcome(welcome({ public: [9, {}] }, { epoch: "restored" }));
  assert.equal(store.topic("questions").size, 0);
});

test("a welcome older than what was heard already asks for what is missing", () => {
  const { store } = createdWith({ public: [7, {}] });
  assert.equal(store.welcome(welcome({ public: [6, {}] })), "gap");
});

test("a catch-up that explains nothing of a new audience says so", () => {
  const { store } = createdWith({ public: [7, {}] });
  const question = store.askCatchUp();
  const empty = { from: 7, to: 7, set: {} };
  assert.equal(store.caughtUp(question, { public: empty, "group:g": empty }), "unknown");
});

test("the picture of a topic stays the same object until something in it changes", () => {
  const { store } = createdWith({ public: [1, { questions: { 1: { id: "1" }, 2: { id: "2" } } }] });
  const [topic, list, first, second] = [store.topic("questions"), store.list("questions"), ...store.list("questions")];
  store.receive({ audience: "public", from: 1, to: 2, set: { programme: { 1: { id: "1" } } } });
  assert.equal(store.topic("questions"), topic);
  assert.equal(store.list("questions"), list);
  store.receive({ audience: "public", from: 2, to: 3, set: { questions: { 1: { id: "1", support: 1 } } } });
  assert.notEqual(store.topic("questions"), topic);
  assert.equal(store.one("questions", "2"), second);
  assert.notEqual(store.one("questions", "1"), first);
  assert.deepEqual(topic.get("1"), { id: "1" }, "an old picture is not changed under its reader");
});

test("a welcome that says nothing new draws nothing anew", () => {
  const layers = { public: [1, { questions: { 1: { id: "1" } } }] };
  const { store, frame } = createdWith(layers);
  let told = 0;
  store.subscribe("questions", () => (told += 1));
  const before = store.topic("questions");
  store.welcome(welcome(layers));
  frame();
  assert.equal(told, 0);
  assert.equal(store.topic("questions"), before);
});

test("listeners are told once per frame, of their own topic", () => {
  const { store, frame } = createdWith({ public: [1, {}] });
  const told = [];
  for (const topic of ["questions", "programme", "me", "*"]) store.subscribe(topic, () => told.push(topic));
  store.receive({ audience: "public", from: 1, to: 2, set: { questions: { 1: { id: "1" } } } });
  store.receive({ audience: "public", from: 2, to: 3, set: { questions: { 2: { id: "2" } } } });
  assert.deepEqual(told, []);
  frame();
  assert.deepEqual(told, ["questions", "*"]);
  store.welcome(welcome({ staff: [3, {}] }, { roles: ["moderator"] }));
  frame();
  assert.deepEqual(told.slice(2), ["questions", "me", "*"]);
});

test("an unsubscribed listener is not told", () => {
  const { store, frame } = createdWith({ public: [1, {}] });
  const stop = store.subscribe("questions", () => assert.fail("told"));
  stop();
  store.receive({ audience: "public", from: 1, to: 2, set: { questions: { 1: { id: "1" } } } });
  frame();
});

test("names that mean something to JavaScript are only names", () => {
  const set = JSON.parse('{"__proto__": {"constructor": {"polluted": 1}}}');
  const { store } = createdWith({ public: [1, {}] });
  store.receive({ audience: "public", from: 1, to: 2, set });
  assert.equal({}.polluted, undefined);
  assert.deepEqual([...store.topic("__proto__")], [["constructor", { polluted: 1 }]]);
});

test("a command's number is reached when any layer has come so far", () => {
  const { store } = createdWith({ public: [5, {}], "person:p": [7, {}] });
  assert.ok(store.reached(7));
  assert.ok(!store.reached(8));
});

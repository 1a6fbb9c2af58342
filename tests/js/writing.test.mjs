import assert from "node:assert/strict";
import { test } from "node:test";
import { createDrafts } from "../../static/js/lib/drafts.js";
import { createKeep } from "../../static/js/lib/keep.js";
import { createWriting, PAUSE } from "../../static/js/meetings/writing.js";
import { fakeDisk } from "./fake_disk.mjs";
import { fakeEnv } from "./fake_env.mjs";

/** One text on a page: what it sends is answered by the test. */
function page({ text = { version: 2, text: "Then" }, disk = fakeDisk(), env = fakeEnv() } = {}) {
  const drafts = createDrafts({ meeting: "here", person: "p", keep: createKeep(disk.tab().storage), env });
  const sent = [];
  const writing = createWriting({
    field: "about",
    language: "sv",
    text,
    send: (name, payload) => sent.push({ name, payload }),
    drafts,
    env,
  });
  const answer = (result) => {
    const { name, payload } = sent.at(-1);
    writing.answered(name, payload, result);
  };
  return { writing, sent, env, disk, drafts, answer, is: () => writing.state.value };
}

const ok = (version, more = {}) => ({ ok: true, result: { id: "x", version, ...more }, seq: 1 });
const stale = (version, text) => ({
  ok: false,
  problem: { status: 409, code: "stale", current: { id: "x", version, text, step: 1, by: "other" } },
});

test("what is written is saved a moment after the last key, upon the version that was seen", async () => {
  const { writing, sent, env, answer, is } = page();
  writing.type("Now");
  await env.advance(PAUSE - 100);
  writing.type("Now and");
  await env.advance(PAUSE - 100);
  assert.equal(sent.length, 0);
  await env.advance(200);
  assert.deepEqual(sent, [
    {
      name: "meeting.text",
      payload: { field: "about", language: "sv", text: "Now and", expected_version: 2 },
    },
  ]);
  answer(ok(3));
  assert.equal(is().saving, false);
  await env.advance(10 * PAUSE);
  assert.equal(sent.length, 1);
});

test("one saving at a time: the next names the version that it made", async () => {
  const { writing, sent, env, answer } = page();
  writing.type("One");
  writing.save();
  writing.type("One, two");
  await env.advance(5 * PAUSE);
  assert.equal(sent.length, 1);
  answer(ok(3));
  await env.advance(2 * PAUSE);
  assert.deepEqual(sent[1].payload, { field: "about", language: "sv", text: "One, two", expected_version: 3 });
});

test("nothing is sent for what the server would store alike", async () => {
  const { writing, sent, env } = page();
  writing.type("  Then \n");
  await env.advance(2 * PAUSE);
  assert.equal(sent.length, 0);
});

test("what somebody else wrote is taken in where nothing would be lost", () => {
  const { writing, is } = page();
  writing.heard({ id: "x", version: 3, text: "Theirs" });
  assert.deepEqual([is().mine, is().taken, is().clash], ["Theirs", true, false]);
});

test("of two at once both are kept, and nothing is sent until the writer has decided", async () => {
  for (const decides of ["keepMine", "takeTheirs"]) {
    const { writing, sent, env, answer, is } = page();
    writing.type("Mine");
    writing.save();
    answer(stale(3, "Theirs"));
    assert.deepEqual([is().mine, is().theirs.text, is().clash], ["Mine", "Theirs", true]);
    await env.advance(5 * PAUSE);
    assert.equal(sent.length, 1);
    writing[decides]();
    if (decides === "keepMine") assert.deepEqual(sent[1].payload.expected_version, 3);
    else assert.deepEqual([is().mine, is().clash, sent.length], ["Theirs", false, 1]);
  }
});

test("the news of somebody else's words while one writes is a clash too, before anything is sent", () => {
  const { writing, sent, is } = page();
  writing.type("Mine");
  writing.heard({ id: "x", version: 3, text: "Theirs" });
  writing.save();
  assert.deepEqual([is().mine, is().clash, sent.length], ["Mine", true, 0]);
});

test("one's own news is no clash, whether it comes before the answer or after it", () => {
  for (const first of ["news", "answer"]) {
    const { writing, answer, is } = page();
    writing.type("Mine");
    writing.save();
    const news = () => writing.heard({ id: "x", version: 3, text: "Mine", step: 1, by: "p" });
    if (first === "news") news();
    answer(ok(3));
    if (first === "answer") news();
    assert.deepEqual([is().mine, is().clash, is().saving, is().theirs.step], ["Mine", false, false, 1]);
  }
});

test("somebody else's words that come between one's own saving and its answer are not written over", () => {
  const { writing, sent, answer, is } = page();
  writing.type("Mine");
  writing.save();
  writing.heard({ id: "x", version: 4, text: "Theirs, upon mine" });
  answer(ok(3));
  assert.equal(is().mine, "Theirs, upon mine");
  writing.type("Mine again");
  writing.save();
  assert.equal(sent.at(-1).payload.expected_version, 4);
});

test("what was typed survives a reload, and says so when somebody else has written since", async () => {
  const first = page();
  first.writing.type("Half a sen");
  const same = page({ disk: first.disk });
  assert.deepEqual([same.is().mine, same.is().clash], ["Half a sen", false]);
  await same.env.advance(2 * PAUSE);
  assert.equal(same.sent[0].payload.text, "Half a sen");

  const other = page({ disk: first.disk, text: { version: 3, text: "Theirs" } });
  assert.deepEqual([other.is().mine, other.is().theirs.text, other.is().clash], ["Half a sen", "Theirs", true]);
});

test("a draft is forgotten when it is saved or thrown away, and emptying is a draft too", () => {
  const { writing, answer, disk } = page();
  writing.type("");
  assert.equal(page({ disk }).is().mine, "");
  writing.save();
  answer(ok(3));
  assert.equal(page({ disk, text: { version: 3, text: "" } }).is().mine, "");
  assert.equal(page({ disk }).is().mine, "Then");
});

test("what is refused stays in the field, with why, and is sent again only when it is changed", async () => {
  const { writing, sent, env, answer, is } = page();
  writing.type("no address");
  writing.save();
  answer({ ok: false, problem: { status: 422, code: "invalid", title: "No", detail: "Not so" } });
  assert.deepEqual([is().mine, is().problem.detail], ["no address", "Not so"]);
  await env.advance(5 * PAUSE);
  assert.equal(sent.length, 1);
  writing.type("a@b.se");
  await env.advance(2 * PAUSE);
  assert.equal(sent.length, 2);
});

test("going back puts the earlier words into the field", () => {
  const { writing, sent, answer, is } = page();
  writing.undo();
  assert.deepEqual(sent[0], {
    name: "meeting.undo_text",
    payload: { field: "about", language: "sv", expected_version: 2 },
  });
  answer(ok(3, { text: "Before" }));
  assert.deepEqual([is().mine, is().taken], ["Before", true]);
  writing.type("x");
  writing.undo();
  assert.equal(sent.length, 1, "not while something is unsaved");
});

test("what was on its way when the page was reloaded is waited for, not sent twice", async () => {
  const first = page();
  first.writing.type("Sent");
  const { writing, sent, env, is } = page({ disk: first.disk });
  writing.waits();
  await env.advance(5 * PAUSE);
  assert.equal(sent.length, 0);
  writing.answered("meeting.text", { field: "about", language: "sv", text: "Sent", expected_version: 2 }, ok(3));
  await env.advance(5 * PAUSE);
  assert.deepEqual([is().mine, is().saving, sent.length], ["Sent", false, 0]);
});

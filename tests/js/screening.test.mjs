import assert from "node:assert/strict";
import { test } from "node:test";
import { createPatience, titled } from "../../static/js/questions/bell.js";
import { whoWasFaster } from "../../static/js/questions/others.js";
import {
  actsOf,
  atWork,
  found,
  narrowed,
  nextEnd,
  parts,
  steady,
  stepped,
  targets,
  turned,
  upNext,
  WISH,
} from "../../static/js/questions/queue.js";
import { KEYS, meant } from "../../static/js/shared/keys.js";

let n = 0;
const question = (more = {}) => {
  n += 1;
  const asked_at = `2026-03-11T10:${String(n).padStart(2, "0")}:00Z`;
  return { id: `q${n}`, text: "?", state: "pending", item: "talk", support: 0, queue: null, flags: [], asked_at, ...more };
};
const ids = (list) => list.map((q) => q.id).join(" ");
const here = new Set(["talk"]);

test("what waits is shown oldest first, whatever it was asked of", () => {
  const [a, b, c] = [question(), question({ item: "other" }), question({ state: "approved" })];
  assert.equal(ids(found([b, c, a], WISH, here)), ids([a, b]));
  assert.equal(narrowed(WISH), false);
  assert.equal(narrowed({ ...WISH, text: "a" }), true);
});

test("words are found in the text, the name and the organisation, in any order and case", () => {
  const one = question({ text: "Vem äger DAMMEN?", author: { name: "Ekolog", organisation: "Habo kommun" } });
  for (const text of ["dammen", "Dammen habo", "  ekolog  äger ", ""]) {
    assert.equal(found([one], { ...WISH, text }, here).length, 1, text);
  }
  assert.equal(found([one], { ...WISH, text: "dammen gävle" }, here).length, 0);
  assert.equal(found([question({ author: null })], { ...WISH, text: "x" }, here).length, 0);
});

test("each way of standing has its own list", () => {
  const all = ["pending", "approved", "on_stage", "answered", "rejected", "withdrawn", "merged"].map((state) =>
    question({ state }),
  );
  const next = question({ state: "approved", queue: 1 });
  const states = (kind) =>
    found([...all, next], { ...WISH, kind }, here)
      .map((q) => q.state)
      .sort()
      .join(" ");
  assert.equal(states("approved"), "approved approved");
  assert.equal(states("next"), "approved");
  assert.equal(states("answered"), "answered");
  assert.equal(states("rejected"), "merged rejected withdrawn");
  assert.equal(found([...all, next], { ...WISH, kind: "all" }, here).length, 8);
});

test("an item, what is on now, and the words to look at narrow it", () => {
  const [a, b] = [question({ flags: ["skatt"] }), question({ item: "other" })];
  assert.equal(ids(found([a, b], { ...WISH, item: "here" }, here)), a.id);
  assert.equal(ids(found([a, b], { ...WISH, item: "other" }, here)), b.id);
  assert.equal(ids(found([a, b], { ...WISH, flagged: true }, here)), a.id);
});

test("up next stands in its own order, each track by itself", () => {
  const [a, b, c, d] = [2, 1, 1, null].map((queue) => question({ state: "approved", queue }));
  c.item = "elsewhere";
  const track = (q) => (q.item === "elsewhere" ? "B" : "A");
  assert.equal(ids(upNext([a, b, c, d], track)), ids([b, a, c]));
  assert.equal(ids(upNext([a, b, d])), ids([b, a]));
});

test("one step up or down, and no further than the ends", () => {
  const line = ["a", "b", "c"];
  assert.equal(stepped(line, "b", -1), "a");
  assert.equal(stepped(line, "a", 1), "c", "before the one after the next");
  assert.equal(stepped(line, "b", 1), null, "last");
  assert.equal(stepped(line, "a", -1), undefined);
  assert.equal(stepped(line, "c", 1), undefined);
  assert.equal(stepped(line, "x", 1), undefined);
  for (const [id, by] of [
    ["b", -1],
    ["a", 1],
    ["b", 1],
  ]) {
    // as the server does it: taken out, put in before the other
    const rest = line.filter((one) => one !== id);
    const before = stepped(line, id, by);
    rest.splice(before === null ? rest.length : rest.indexOf(before), 0, id);
    assert.equal(rest.indexOf(id), line.indexOf(id) + by);
  }
});

test("the list does not change places around somebody who works in it", () => {
  const [a, b, c] = [question(), question(), question()];
  assert.equal(ids(steady([c.id, a.id], [a, b, c])), ids([c, a, b]));
  assert.equal(ids(steady([c.id, "gone", a.id], [a, c])), ids([c, a]));
  assert.equal(ids(steady([], [a, b])), ids([a, b]));
});

test("a claim holds until its time, and is mine or another's", () => {
  const until = "2026-03-11T10:02:00Z";
  const one = question({ claim: { person: "p", name: "Moderator", until } });
  const now = Date.parse(until);
  assert.deepEqual(atWork(one, "me", now - 1), { name: "Moderator", mine: false, until: now });
  assert.equal(atWork(one, "p", now - 1).mine, true);
  assert.equal(atWork(one, "me", now), null);
  assert.equal(atWork(question({ claim: null }), "me", now), null);
  assert.equal(nextEnd([one, question()], now - 1), now);
  assert.equal(nextEnd([one], now), null);
});

test("what can be done with a question follows from how it stands", () => {
  const by = { roles: ["moderator"] };
  const all = (q, who = by) => Object.values(actsOf(q, who)).flat().join(" ");
  assert.equal(all(question({ author_id: "p" })), "approve reject wording merge item mute");
  assert.equal(all(question(), { ...by, like: true }), "approve merge reject wording item");
  assert.equal(all(question({ state: "approved" })), "take next merge answer reject item");
  assert.equal(all(question({ state: "approved", queue: 1 })), "take up down off merge answer reject item");
  assert.equal(all(question({ state: "on_stage" })), "answer put_back");
  for (const state of ["answered", "rejected"]) assert.equal(all(question({ state })), "reopen");
  assert.equal(all(question({ state: "merged" })), "unmerge");
  assert.equal(all(question({ state: "withdrawn" })), "");
  const hidden = question({ state: "on_stage", author_id: "p", name_hidden: true, author_muted: true });
  assert.equal(all(hidden), "answer put_back unmute");
  assert.equal(all(hidden, { roles: ["organiser", "moderator"] }), "answer put_back unmute reveal");
});

test("what can be merged into: the likest first, then the same item, and others by their words", () => {
  const [a, b, c, d] = [
    question({ support: 3, state: "approved" }),
    question({ support: 9, state: "approved" }),
    question({ item: "other", text: "skuggan" }),
    question({ state: "answered" }),
  ];
  const one = question({ like: a.id, text: "skugga" });
  assert.equal(ids(targets([a, b, c, d, one], one, "")), ids([a, b]));
  assert.equal(ids(targets([a, b, c, d, one], one, "SKUGG")), c.id);
  assert.equal(ids(targets([one], one, "")), "");
  const other = question({ like: b.id });
  assert.equal(ids(targets([a, b, other], b, "")), ids([other, a]), "what is like it comes first too");
});

test("what stands in line is not merged into what waits: that one goes into it", () => {
  const stands = (state) => question({ state });
  for (const [from, into, other] of [
    ["approved", "pending", true],
    ["approved", "approved", false],
    ["approved", "on_stage", false],
    ["pending", "approved", false],
    ["pending", "pending", false],
  ]) {
    assert.equal(turned(stands(from), stands(into)), other, `${from} into ${into}`);
  }
  assert.equal(turned(stands("approved"), undefined), false);
});

test("what is merged into a question is found by it", () => {
  const into = question();
  const [a, b] = [question({ state: "merged", merged_into: into.id }), question({ state: "merged", merged_into: into.id })];
  assert.equal(ids(parts([b, into, a]).get(into.id)), ids([a, b]));
  assert.equal(parts([into]).size, 0);
});

const t = (source, params = {}) => source.replace(/\{(\w+)\}/g, (_, name) => params[name]);

test("who was faster is said by what they did", () => {
  const did = (what) => whoWasFaster(t, { what, who_name: "Eko" }, "approved");
  assert.equal(did("question.merge"), "Eko has already merged it into another.");
  assert.equal(did("question.edit"), "Eko has changed its wording meanwhile.");
  assert.equal(did("question.nobody_knows"), "Eko has changed it meanwhile.");
  assert.equal(whoWasFaster(t, undefined, "withdrawn"), "The asker has withdrawn it.");
  assert.equal(whoWasFaster(t, undefined, "pending"), "Somebody else has changed it meanwhile.");
});

test("the title tells how many wait, and nothing when none does", () => {
  assert.equal(titled("To review – A day", 3), "(3) To review – A day");
  assert.equal(titled("(3) To review – A day", 12), "(12) To review – A day");
  assert.equal(titled("(12) To review – (2) A day", 0), "To review – (2) A day");
});

test("the sound is heard at most once in ten seconds", () => {
  const may = createPatience(10_000);
  assert.deepEqual([0, 1, 9_999, 10_000, 15_000, 20_000].map(may), [true, false, false, true, false, true]);
});

// A page that has only these.
const page = (...there) => ({ querySelector: (selector) => (there.includes(selector) ? selector : null) });
const press = (key, more = {}) => ({ key, target: { closest: () => null, matches: () => false }, ...more });

test("a key acts on the current question, else on the stage or the line where there is but one meant", () => {
  const current = "[data-q][aria-current] [data-keys=d]";
  assert.equal(meant(press("d"), page(current, "#stage [data-keys=d]")).control, "#stage [data-keys=d]");
  assert.equal(meant(press("d"), page(current)).control, current);
  assert.equal(meant(press("t"), page("#line [data-keys=t]", "#next [data-keys=t]")).control, "#next [data-keys=t]");
  assert.equal(meant(press("a"), page("#stage [data-keys=d]")).control, null);
});

test("keys go through the questions; arrows only from one of them", () => {
  assert.deepEqual(meant(press("J"), page()), { key: "j", step: 1 });
  assert.deepEqual(meant(press("k", { repeat: true }), page()), { key: "k", step: -1 });
  assert.equal(meant(press("ArrowDown"), page()), null);
  const row = { closest: () => null, matches: (selector) => selector === "[data-q]" };
  assert.deepEqual(meant(press("ArrowUp", { target: row }), page()), { key: "ArrowUp", step: -1 });
  const up = "[data-q][aria-current] [data-keys=up]";
  assert.equal(meant(press("ArrowUp", { altKey: true }), page(up)).control, up);
  assert.equal(meant(press("ArrowUp", { altKey: true }), page()), null, "left to the browser");
  assert.equal(meant(press("n", { altKey: true }), page()), null);
});

test("no key of the questions is one of the day's", () => {
  const day = new Set(["n", "e", "u"]);
  const ours = Object.keys(KEYS).filter((key) => !day.has(key));
  assert.equal(new Set([...ours, "j", "k", ...day]).size, ours.length + 5);
});

// The door as it thinks: who is sought, what a phone without a line shows, and what an answer changes.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  answered,
  counted,
  folded,
  idOf,
  laidOver,
  latest,
  lettersOf,
  onlyOne,
  sought,
  unsent,
} from "../../static/js/registration/door.js";
import { dice } from "./chance.mjs";

const AT = "2026-03-11T07:40:00+00:00";
const guest = (id, name, more = {}) => ({
  ...{ id, number: 1, name, organisation: "", fee: "", place: "hall", state: "confirmed", arrived_at: null, ...more },
});
const entry = (name, payload, more = {}) => ({ op: "o", name, payload, at: 0, state: "waiting", ...more });
const ids = (guests) => guests.map((one) => one.id);

const HALL = [
  guest("a", "Åsa Öberg", { number: 12, organisation: "Lunds kommun" }),
  guest("b", "Anna-Karin Ek", { number: 3, organisation: "Region Skåne" }),
  guest("c", "Johan Al", { number: 120, organisation: "Ale kommun" }),
  guest("d", "Ali O'Neil", { number: 4, place: "web" }),
  guest("e", "Eva", { number: 5, state: "cancelled" }),
];

for (const [typed, found] of [
  ["asa", "a"], ["ÅSA", "a"], ["oberg", "a"], ["asa ober", "a"], ["ober asa", "a"],
  ["karin", "b"], ["anna-k", "b"], ["skane", "b"], ["an", "b"], ["al", "cd"],
  ["#12", "ac"], ["12", "ac"], ["#120", "c"], ["eva", "e"],
  ["a", "abcd"], ["k", "b"], ["l", "cd"], ["r", "ab"], // a letter is of a name: Lund and Region are not
  ["kommun", "ac"], ["ommun", "ac"], ["ohan", "c"], // where nothing begins so, anywhere
  ["asa ek", ""], ["nobody", ""], ["  ", "abcde"],
]) {
  test(`"${typed}" finds ${found || "nobody"}`, () => {
    assert.equal(ids(sought(HALL, typed)).join(""), found);
  });
}

test("without case and accents, in both ways of writing them", () => {
  assert.equal(folded("Å\u0041\u030aé"), "aae");
  assert.deepEqual(ids(sought([guest("x", "A\u030asa")], "åsa")), ["x"]);
});

test("the letters are of those in the hall who have not come", () => {
  assert.deepEqual(lettersOf(HALL), ["A", "E", "J", "K", "O"]);
  assert.deepEqual(lettersOf([guest("x", "Bo", { arrived_at: AT })]), []);
  for (const letter of lettersOf(HALL)) assert.ok(sought(HALL, letter).length > 0, letter);
});

test("Enter ticks off the only one who can be, and nobody when there is a choice", () => {
  assert.equal(onlyOne(sought(HALL, "asa"))?.id, "a");
  assert.equal(onlyOne(sought(HALL, "al")), null);
  assert.equal(onlyOne(sought(HALL, "eva")), null);
  assert.equal(onlyOne([guest("x", "Bo", { arrived_at: AT })]), null);
  assert.equal(onlyOne([HALL[0], HALL[4]])?.id, "a", "who has cancelled is no choice");
  assert.equal(onlyOne([]), null);
});

test("who came last stands first", () => {
  const came = (id, minute) => guest(id, id, { arrived_at: `2026-03-11T07:${minute}:00Z` });
  assert.deepEqual(ids(latest([came("x", 10), guest("n", "n"), came("z", 30), came("y", 20)], 2)), ["z", "y"]);
});

test("how many are here of how many", () => {
  const some = [guest("a", "A", { arrived_at: AT }), guest("b", "B"), guest("c", "C", { place: "web" })];
  assert.deepEqual(counted(some), { here: 1, absent: 1, expected: 2 });
  const came = { place: "web", arrived_at: AT };
  assert.deepEqual(counted([...some, guest("d", "D", came)]), { here: 2, absent: 1, expected: 3 });
  const gone = { state: "cancelled", arrived_at: AT };
  assert.deepEqual(counted([...some, guest("e", "E", gone)]), { here: 1, absent: 1, expected: 2 }, "cancelled is not expected");
});

test("a tick without a line stands at once, is marked, and never moves an earlier one", () => {
  const [a] = laidOver([HALL[0]], [entry("registration.arrive", { id: "a", at: AT })]);
  assert.deepEqual([a.arrived_at, a.pending], [AT, true]);
  const before = guest("a", "A", { arrived_at: "2026-03-11T07:00:00Z" });
  assert.equal(laidOver([before], [entry("registration.arrive", { id: "a", at: AT })])[0].arrived_at, before.arrived_at);
});

test("tick, undo, tick again: the last word holds, whatever the list says", () => {
  const acts = [
    entry("registration.arrive", { id: "a", at: AT }),
    entry("registration.undo_arrive", { id: "a" }),
    entry("registration.arrive", { id: "a", at: "2026-03-11T08:00:00Z" }),
  ];
  assert.equal(laidOver([HALL[0]], acts)[0].arrived_at, "2026-03-11T08:00:00Z");
  assert.equal(laidOver([guest("a", "A", { arrived_at: AT })], acts.slice(0, 2))[0].arrived_at, null);
});

test("what was refused is not made; what was sent is, without a mark, until the news of it has come", () => {
  const arrive = (state) => laidOver([HALL[0]], [entry("registration.arrive", { id: "a", at: AT }, { state })])[0];
  assert.equal(arrive("failed").arrived_at, null);
  assert.deepEqual([arrive("sent").arrived_at, arrive("sent").pending], [AT, undefined]);
  assert.deepEqual([arrive("sending").arrived_at, arrive("sending").pending], [AT, true]);
});

test("a walk-in is here before the server has heard of them, and then once", () => {
  const walk = entry("registration.walk_in", { name: "Lo", at: AT }, { op: "w" });
  const [first, ...rest] = laidOver(HALL, [walk]);
  assert.deepEqual([first.id, first.number, first.arrived_at, first.pending], ["w", null, AT, true]);
  assert.equal(rest.length, HALL.length);
  const known = answered(HALL, walk, { registration: "r", number: 9 });
  assert.deepEqual([known[0].id, known[0].number, known[0].arrived_at], ["r", 9, AT]);
  assert.deepEqual(laidOver(known, [{ ...walk, state: "sent" }]), known);
  assert.equal(answered(known, walk, { registration: "r", number: 9 }), known, "told twice, there once");
});

test("an answer changes whom it is about, and an answer to something else nobody", () => {
  const [a, b] = answered(HALL, entry("registration.arrive", { id: "a" }), { arrived_at: AT });
  assert.deepEqual([a.arrived_at, b], [AT, HALL[1]]);
  assert.equal(answered([a], entry("registration.undo_arrive", { id: "a" }), { arrived_at: null })[0].arrived_at, null);
  assert.equal(answered(HALL, entry("question.ask", { id: "a" }), { id: "q" }), HALL);
});

test("of what this browser has to send, what is the door's", () => {
  const entries = ["waiting", "sending", "sent", "failed"].flatMap((state) => [
    entry("registration.arrive", { id: "a" }, { state }),
    entry("question.ask", {}, { state }),
  ]);
  const { waiting, failed } = unsent(entries);
  assert.deepEqual([waiting.map((one) => one.state), failed.length], [["waiting", "sending"], 1]);
  assert.ok([...waiting, ...failed].every((one) => one.name === "registration.arrive"));
});

test("the code of a badge, of any site, and nothing else", () => {
  assert.equal(idOf("https://meet.example.org/b/abc-DEF_1"), "abc-DEF_1");
  assert.equal(idOf(" http://127.0.0.1:5000/b/x\n"), "x");
  for (const text of ["", "abc", "https://meet.example.org/j/token", "https://x.test/b/", "https://x.test/b/a/b", `x/b/${"a".repeat(65)}`]) {
    assert.equal(idOf(text), null, text);
  }
});

test("law: laying over what waits and then being answered, in order, are the same to the eye", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const { below: whole } = dice(seed);
    const people = HALL.map((one) => (whole(2) ? one : { ...one, arrived_at: AT }));
    const acts = Array.from({ length: whole(8) }, (_, n) => {
      const id = people[whole(people.length)].id;
      const at = `2026-03-11T08:0${n}:00Z`;
      return whole(3) ? entry("registration.arrive", { id, at }, { op: `${n}` }) : entry("registration.undo_arrive", { id }, { op: `${n}` });
    });
    // the server: the earlier time stands
    const server = new Map(people.map((one) => [one.id, one.arrived_at]));
    let shown = people;
    for (const act of acts) {
      const { id, at } = act.payload;
      server.set(id, act.name === "registration.arrive" ? (server.get(id) ?? at) : null);
      shown = answered(shown, act, { id, arrived_at: server.get(id) });
    }
    const seen = laidOver(people, acts);
    assert.deepEqual(seen.map((one) => one.arrived_at), shown.map((one) => one.arrived_at), `seed ${seed}`);
    assert.deepEqual(counted(seen), counted(shown));
  }
});

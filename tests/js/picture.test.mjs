import assert from "node:assert/strict";
import { test } from "node:test";
import { pictureOf } from "../../static/js/programme/order.js";

const item = (id, stream = "", parent = null) => ({ id, stream, parent });

test("an item's own picture, that of what it is part of, or the meeting's", () => {
  const items = [item("day", "https://a.example"), item("talk", "", "day"), item("part", "", "talk"), item("own", "https://b.example", "day")];
  const of = (meeting, id) => pictureOf({ stream: meeting }, items, items.find((one) => one.id === id) ?? null);
  assert.equal(of("https://m.example", "own"), "https://b.example");
  assert.equal(of("https://m.example", "part"), "https://a.example");
  assert.equal(of("https://m.example", "nothing on"), "https://m.example");
  assert.equal(of("", "nothing on"), "");
  assert.equal(pictureOf(undefined, [], null), "");
});

test("a ring of parents has an end", () => {
  const items = [item("a", "", "b"), item("b", "", "a")];
  assert.equal(pictureOf({ stream: "https://m.example" }, items, items[0]), "https://m.example");
});

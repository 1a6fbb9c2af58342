import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { found, named } from "../../static/js/registration/bodies.js";
import { step } from "../../static/js/registration/combobox.js";
import { emptied, filled } from "../../static/js/registration/payer.js";

const at = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const written = (number) => (number ? `${number.slice(0, 6)}-${number.slice(6)}` : "");
const bodies = at("../../hybridmote/registration/model/bodies.csv")
  .trim()
  .split("\n")
  .slice(1)
  .map((row) => row.trim().split(";"))
  .map(([code, name, orgnr, , county]) => [code, name, written(orgnr), county])
  .map((body) => [`${body[1].toLowerCase()}\t${body[0]}`, body])
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([, body]) => body);

test("what is typed finds whom the server finds", () => {
  for (const [typed, codes] of JSON.parse(at("../registration/found.json"))) {
    const hits = found(bodies, typed).map(([code]) => code);
    if (codes) assert.deepEqual(hits, codes, typed);
    else assert.equal(hits.length, 8, typed);
  }
});

test("a name is that of somebody only when it is whole", () => {
  assert.equal(named(bodies, " örebro  KOMMUN ")[0], "1880");
  assert.equal(named(bodies, "Region Gotland")[0], "09");
  assert.equal(named(bodies, "Örebro"), undefined);
  assert.equal(named(bodies, ""), undefined);
});

test("the arrows go round, and other keys are nobody's", () => {
  const table = [
    [-1, 3, "ArrowDown", 0],
    [0, 3, "ArrowDown", 1],
    [2, 3, "ArrowDown", 0],
    [-1, 3, "ArrowUp", 2],
    [0, 3, "ArrowUp", 2],
    [1, 3, "ArrowUp", 0],
    [0, 1, "ArrowDown", 0],
    [-1, 0, "ArrowDown", null],
    [-1, 3, "Home", null],
    [1, 3, "x", null],
  ];
  for (const [active, count, key, next] of table) assert.equal(step(active, count, key), next, `${active} ${key}`);
});

test("choosing a payer fills in what is known of it, and never over what was typed", () => {
  const örebro = bodies.find(([code]) => code === "1880");
  const unknown = bodies.find(([, , orgnr]) => !orgnr);
  const table = [
    [{ orgnr: "", municipality: "" }, "", örebro, { orgnr: "212000-1967", municipality: "1880", ours: "212000-1967" }],
    [{ orgnr: "556", municipality: "" }, "", örebro, { orgnr: "556", municipality: "1880", ours: "" }],
    [
      { orgnr: "212000-1967", municipality: "1880" },
      "212000-1967",
      unknown,
      { orgnr: "", municipality: unknown[0], ours: "" },
    ],
  ];
  for (const [fields, ours, body, expected] of table) assert.deepEqual(filled(fields, ours, body), expected);
});

test("when the name is another again, only what we filled in goes", () => {
  const before = { orgnr: "212000-1967", municipality: "1880" };
  assert.deepEqual(emptied(before, "212000-1967"), { orgnr: "", municipality: "", ours: "" });
  assert.deepEqual(emptied({ ...before, orgnr: "556" }, "212000-1967"), { orgnr: "556", municipality: "", ours: "" });
  assert.deepEqual(emptied(before, ""), { orgnr: "212000-1967", municipality: "", ours: "" });
});

// The law of the store: whatever happens on the way, what is shown is what the server showed at `last`, in each layer.
//
// Messages are lost, doubled, swapped and late; catch-ups are asked, overtaken and lost; lines break; a backup with a
// new epoch is put back. After every single step the merged picture must be one the server really had, and in the end
// the newest one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore } from "../../static/js/lib/store.js";
import { dice as createDice } from "./chance.mjs";
import { AUDIENCES, createReference, shown } from "./reference.mjs";

const RUNS = Number(process.env.STORE_RUNS ?? 2000);
const STEPS = 60;

function run(seed) {
  const dice = createDice(seed);
  let server = createReference(dice);
  const store = createStore({ schedule: (tell) => tell() });
  let chains = []; // each process's own chains: audience → the `to` of its last message
  let process = 0;
  let wire = [];
  let asked = null;

  function connect() {
    asked = null;
    wire = [];
    process = dice.below(2);
    // Listen first, then read: changes may be written before the welcome is.
    chains[process] = Object.fromEntries(server.audiences.map((audience) => [audience, server.seq]));
    const early = [];
    if (dice.sometimes(0.3)) {
      server.change();
      early.push(...messages());
    }
    const welcome = server.welcome();
    if (dice.sometimes(0.3)) {
      server.change();
      early.push(...messages());
    }
    look(store.welcome(welcome));
    for (const message of early) look(store.receive(message));
  }

  function messages() {
    return server.audiences
      .filter(() => dice.sometimes(0.7))
      .flatMap((audience) => {
        const from = chains[process][audience];
        const message = { audience, ...server.changes(audience, from) };
        chains[process][audience] = message.to;
        return Object.keys(message.set).length > 0 || dice.sometimes(0.1) ? [message] : [];
      });
  }

  function look(went) {
    if (went === "gap" && !asked) asked = store.askCatchUp();
  }

  /** The server answers as of now; the answer travels with the messages and may be overtaken by them. */
  function answer() {
    if (asked) wire.push({ question: asked, answer: server.catchUp(asked), welcome: server.welcome() });
  }

  function deliver() {
    if (wire.length === 0) return;
    const fault = dice.random();
    const at = fault < 0.1 ? dice.below(wire.length) : 0;
    const [item] = fault > 0.95 ? [wire[at]] : wire.splice(at, 1);
    if (fault > 0.1 && fault < 0.2 && !item.question) return; // lost
    if (!item.question) return look(store.receive(item));
    if (item.question === asked) asked = null;
    if (!item.answer) look(store.welcome(item.welcome));
    else look(store.caughtUp(item.question, item.answer.changes));
  }

  function restoreBackup() {
    server = createReference(dice, { epoch: `${server.epoch}, restored`, seq: dice.below(server.seq + 1) });
    for (let i = 0; i < dice.below(4); i += 1) server.change();
    connect();
  }

  connect();
  for (let step = 0; step < STEPS; step += 1) {
    const what = dice.random();
    if (what < 0.4) server.change();
    else if (what < 0.6) wire.push(...messages());
    else if (what < 0.66) answer();
    else if (what < 0.68) connect();
    else if (what < 0.685) restoreBackup();
    else if (what < 0.7)
      look(store.welcome(server.welcome())); // roles changed
    else deliver();
    assert.deepEqual(shown(store), server.picture(store.last), `seed ${seed}, step ${step}`);
  }
  // Quiet for a while: catching up once must be enough.
  asked = store.askCatchUp();
  assert.equal(store.caughtUp(asked, server.catchUp(asked).changes), "complete", `seed ${seed}`);
  assert.deepEqual(
    shown(store),
    server.picture(Object.fromEntries(AUDIENCES.map((name) => [name, server.seq]))),
    `seed ${seed}`,
  );
  assert.equal(store.held, 0, `seed ${seed}: nothing is left waiting`);
}

test(`in ${RUNS} random meetings the picture is always one that the server had, and in the end the newest`, () => {
  const first = Number(process.env.STORE_SEED ?? 1);
  for (let seed = first; seed < first + RUNS; seed += 1) run(seed);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { createKeep } from "../../static/js/lib/keep.js";
import { createLock } from "../../static/js/lib/lock.js";
import { createOutbox } from "../../static/js/lib/outbox.js";
import { createSignal } from "../../static/js/lib/signal.js";
import { dice as createDice } from "./chance.mjs";
import { fakeDisk, fakeLocks } from "./fake_disk.mjs";
import { fakeEnv } from "./fake_env.mjs";

const WAITS = { slow: 2_000, silence: 4_000, lost: 4_000 };
const refusal = (status, code, more = {}) => ({ ok: false, problem: { status, code, ...more } });

/** A server that does each `op` once, and may be made to answer otherwise. */
function fakeServer(env) {
  const server = {
    came: [], // every arrival, also repeated ones
    done: [], // each op once, in order
    results: new Map(),
    busy: 0,
    most: 0,
    answers: [], // what to answer next: "slow", "silence" (did it, said nothing), "lost" (never came), or a refusal
    async transmit(name, body) {
      const next = server.answers.shift() ?? "at once";
      server.came.push(body.op);
      if (typeof next === "string" && next !== "lost") carryOut(name, body);
      server.busy += 1;
      server.most = Math.max(server.most, server.busy);
      await new Promise((resolve) => env.later(resolve, WAITS[next] ?? 50));
      server.busy -= 1;
      if (next === "silence" || next === "lost") throw new Error("silence");
      return typeof next === "string" ? server.results.get(body.op) : next;
    },
  };

  function carryOut(name, body) {
    if (server.results.has(body.op)) return;
    server.done.push({ name, ...body });
    server.results.set(body.op, { ok: true, result: { id: `q${server.done.length}` }, seq: server.done.length });
  }
  return server;
}

function setUp({ withLocks = true, seed = 1 } = {}) {
  const env = fakeEnv({ seed });
  const disk = fakeDisk();
  const locks = withLocks ? fakeLocks() : undefined;
  const server = fakeServer(env);
  /** A page in a tab: `reload` leaves everything in memory behind, as a browser does. */
  function open({ person = "p", online = true, tab = disk.tab(), heard } = {}) {
    const ready = createSignal(online);
    let still = false; // closed or frozen: nothing of this page runs any more
    const own = { ...env, later: (fn, ms) => env.later(() => still || fn(), ms) };
    const keep = createKeep(tab.storage, tab.events);
    const lock = createLock(`m:${person}`, { locks: locks?.of(tab), keep, env: own });
    const nothing = new Promise(() => {});
    const transmit = (...args) =>
      server.transmit(...args).then(
        (answer) => (still ? nothing : answer),
        (silence) => (still ? nothing : Promise.reject(silence)),
      );
    const outbox = createOutbox({ meeting: "m", person, transmit, ready, keep, lock, heard, env: own });
    const freeze = () => {
      still = true;
      tab.close();
    };
    const close = () => {
      freeze();
      outbox.stop();
      locks?.close(tab);
    };
    return { ...outbox, ready, close, freeze, keep, states: () => outbox.entries.value.map((entry) => entry.state) };
  }
  return { env, disk, server, open };
}

test("a command is sent with an op of its own and answered", async () => {
  const { env, server, open } = setUp();
  const page = open();
  const { op, answer } = page.send("question.ask", { text: "Why?" });
  assert.deepEqual(page.states(), ["waiting"]);
  await env.advance(10);
  assert.deepEqual(page.states(), ["sending"]);
  await env.advance(100);
  assert.deepEqual(await answer, { ok: true, result: { id: "q1" }, seq: 1 });
  assert.deepEqual(server.done, [{ name: "question.ask", text: "Why?", op }]);
  assert.deepEqual(page.states(), []);
});

test("commands go one at a time and in order", async () => {
  const { env, server, open } = setUp();
  const page = open();
  for (let n = 0; n < 20; n += 1) page.send("question.ask", { n });
  await env.advance(5_000);
  assert.deepEqual(
    server.done.map(({ n }) => n),
    [...Array(20).keys()],
  );
  assert.equal(server.most, 1);
});

test("silence is answered by sending the same op again, before anything later", async () => {
  const { env, server, open } = setUp();
  const page = open();
  server.answers = ["silence", "lost", "silence"];
  const first = page.send("question.ask", { n: 1 });
  page.send("question.ask", { n: 2 });
  await env.advance(60_000);
  assert.deepEqual(server.came.slice(0, 4), [first.op, first.op, first.op, first.op]);
  assert.deepEqual(
    server.done.map(({ n }) => n),
    [1, 2],
  );
  assert.equal((await first.answer).ok, true);
});

test("429 waits as long as the server asks, and not longer", async () => {
  const { env, server, open } = setUp();
  const page = open();
  server.answers = [refusal(429, "too_many", { retry_after: 7 })];
  page.send("question.ask", {});
  await env.advance(6_900);
  assert.equal(server.came.length, 1);
  assert.deepEqual(page.states(), ["waiting"]);
  assert.ok(page.entries.value[0].retryAt > env.now());
  await env.advance(300);
  assert.equal(server.done.length, 1);
});

test("the wait of a 429 survives a reload, and new commands do not shorten it", async () => {
  const { env, server, open } = setUp();
  const page = open();
  server.answers = [refusal(429, "too_many", { retry_after: 7 })];
  page.send("question.ask", { n: 1 });
  await env.advance(1_000);
  page.close();
  const next = open();
  next.send("question.ask", { n: 2 });
  await env.advance(5_500);
  assert.equal(server.came.length, 1);
  await env.advance(2_000);
  assert.deepEqual(
    server.done.map(({ n }) => n),
    [1, 2],
  );
});

test("a clock put back by a day does not make a short wait long", async () => {
  const { env, server, open } = setUp();
  const page = open();
  server.answers = [refusal(429, "too_many", { retry_after: 7 })];
  page.send("question.ask", {});
  await env.advance(100);
  page.close();
  env.set(env.now() - 24 * 3600 * 1000);
  open();
  await env.advance(1_000);
  assert.equal(server.done.length, 1);
});

test("503 is tried again with growing waits, by the server's word when it gives one", async () => {
  const { env, server, open } = setUp();
  const page = open();
  server.answers = [refusal(503, "busy"), refusal(503, "busy", { retry_after: 3 }), refusal(503, "busy")];
  page.send("question.ask", {});
  await env.advance(20_000);
  assert.equal(server.came.length, 4);
  assert.equal(server.done.length, 1);
});

for (const [status, code] of [
  [400, "malformed"],
  [401, "unknown_caller"],
  [403, "role"],
  [404, "not_found"],
  [409, "stale"],
  [413, "too_large"],
  [422, "invalid"],
  [422, "op_reused"],
  [500, "broken"],
]) {
  test(`a refusal ${status} ${code} ends the command and keeps what was written`, async () => {
    const { env, server, open } = setUp();
    const page = open();
    server.answers = [refusal(status, code, { field: "text" })];
    const first = page.send("question.ask", { text: "too long" });
    const second = page.send("question.ask", { text: "fine" });
    await env.advance(1_000);
    assert.deepEqual(await first.answer, refusal(status, code, { field: "text" }));
    assert.equal((await second.answer).ok, true);
    assert.equal(server.came.filter((op) => op === first.op).length, 1);
    page.close();
    const again = open();
    const [entry] = again.entries.value;
    assert.equal(entry.state, "failed");
    assert.deepEqual(entry.payload, { text: "too long" });
    assert.equal(entry.problem.code, code);
    again.dismiss(first.op);
    assert.deepEqual(again.states(), []);
    again.close();
    assert.deepEqual(open().states(), []);
  });
}

test("a refused command may be said once more, as a new one", async () => {
  const { env, server, open } = setUp();
  const page = open();
  server.answers = [refusal(409, "closed")];
  const first = page.send("question.ask", { text: "a" });
  await env.advance(1_000);
  const again = page.retry(first.op);
  await env.advance(1_000);
  assert.notEqual(again.op, first.op);
  assert.equal((await again.answer).ok, true);
  assert.deepEqual(page.states(), []);
  assert.equal(server.done.length, 1);
  assert.equal(page.retry("unknown"), null);
});

test("what is written without a line waits, survives a reload, and goes when the line is back", async () => {
  const { env, server, open } = setUp();
  const page = open({ online: false });
  page.send("question.ask", { n: 1 });
  page.send("question.ask", { n: 2 });
  await env.advance(60_000);
  assert.equal(server.came.length, 0);
  page.close();
  const next = open({ online: false });
  assert.deepEqual(next.states(), ["waiting", "waiting"]);
  const heard = [];
  next.onAnswer((entry, answer) => heard.push([entry.payload.n, answer.ok]));
  next.ready.set(true);
  await env.advance(1_000);
  assert.deepEqual(
    server.done.map(({ n }) => n),
    [1, 2],
  );
  assert.deepEqual(heard, [
    [1, true],
    [2, true],
  ]);
});

test("a page reloaded in the middle of a command sends it again under the same op", async () => {
  const { env, server, open } = setUp();
  const page = open();
  const { op } = page.send("question.ask", { n: 1 });
  await env.advance(20); // it has arrived, the answer has not
  assert.deepEqual(server.came, [op]);
  page.close();
  const next = open();
  await env.advance(12_000);
  assert.deepEqual(server.came, [op, op]);
  assert.equal(server.done.length, 1);
  assert.deepEqual(next.states(), []);
});

test("order survives a clock that is put back", async () => {
  const { env, server, open } = setUp();
  const page = open({ online: false });
  page.send("question.ask", { n: 1 });
  env.set(env.now() - 3_600_000);
  page.send("question.ask", { n: 2 });
  page.ready.set(true);
  await env.advance(1_000);
  assert.deepEqual(
    server.done.map(({ n }) => n),
    [1, 2],
  );
});

test("another person on the same computer does not send what the first one wrote", async () => {
  const { env, server, open } = setUp();
  const page = open({ online: false });
  page.send("question.ask", { n: 1 });
  page.close();
  const other = open({ person: "q" });
  await env.advance(10_000);
  assert.deepEqual(other.states(), []);
  assert.equal(server.came.length, 0);
});

test("what is nearly a week old is not sent, since the server may have forgotten that it was done", async () => {
  const { env, server, open } = setUp();
  const page = open({ online: false });
  page.send("question.ask", { text: "old" });
  page.close();
  await env.advance(6.5 * 24 * 3600 * 1000);
  const next = open();
  await env.advance(1_000);
  assert.equal(server.came.length, 0);
  assert.equal(next.entries.value[0].problem.code, "too_old");
  assert.deepEqual(next.entries.value[0].payload, { text: "old" });
});

test("with storage full or forbidden it works from memory and says so", async () => {
  const { env, disk, server, open } = setUp();
  disk.full = true;
  const page = open();
  const told = [];
  page.durable.subscribe((durable) => told.push(durable));
  const { answer } = page.send("question.ask", { n: 1 });
  assert.equal(page.durable.value, false);
  await env.advance(1_000);
  assert.equal((await answer).ok, true);
  assert.equal(server.done.length, 1);
  assert.deepEqual(told, [false, true], "nothing is left that could be lost");
});

test("an accepted command is shown until the news of it has come", async () => {
  const { env, open } = setUp();
  let last = 0;
  const listeners = [];
  const heard = { reached: (seq) => last >= seq, subscribe: (_, fn) => (listeners.push(fn), () => {}) };
  const page = open({ heard });
  page.send("question.ask", {});
  await env.advance(500);
  assert.deepEqual(page.states(), ["sent"]);
  last = 1;
  listeners.forEach((fn) => fn());
  assert.deepEqual(page.states(), []);
  page.send("question.ask", {});
  await env.advance(500);
  assert.deepEqual(page.states(), ["sent"]);
  await env.advance(2_000);
  assert.deepEqual(page.states(), [], "the news may never come by itself");
});

for (const withLocks of [true, false]) {
  const how = withLocks ? "with Web Locks" : "without Web Locks";

  test(`two tabs send each command once, in order, ${how}`, async () => {
    const { env, server, open } = setUp({ withLocks });
    const [one, two] = [open(), open()];
    const answers = [];
    for (let n = 0; n < 10; n += 1) answers.push((n % 2 ? one : two).send("question.ask", { n }).answer);
    await env.advance(60_000);
    assert.deepEqual(
      server.done.map(({ n }) => n),
      [...Array(10).keys()],
    );
    assert.equal(server.came.length, 10);
    assert.equal(server.most, 1);
    assert.ok((await Promise.all(answers)).every((answer) => answer.ok));
    assert.deepEqual([one.states(), two.states()], [[], []]);
  });

  test(`a tab with a line sends for one without, and that one hears the answer, ${how}`, async () => {
    const { env, server, open } = setUp({ withLocks });
    const without = open({ online: false });
    open();
    server.answers = ["at once", refusal(409, "closed")];
    const first = without.send("question.ask", { n: 1 });
    await env.advance(5_000);
    assert.deepEqual(await first.answer, { ok: true, result: { id: "q1" }, seq: 1 });
    const second = without.send("question.ask", { n: 2 });
    await env.advance(5_000);
    assert.equal((await second.answer).problem.code, "closed");
    assert.deepEqual(without.states(), ["failed"]);
  });

  test(`a tab closed in the middle leaves its commands to the other, ${how}`, async () => {
    const { env, server, open } = setUp({ withLocks });
    const [one, two] = [open(), open()];
    server.answers = ["silence"];
    one.send("question.ask", { n: 1 });
    one.send("question.ask", { n: 2 });
    await env.advance(200);
    one.close();
    await env.advance(30_000);
    assert.deepEqual(
      server.done.map(({ n }) => n),
      [1, 2],
    );
    assert.deepEqual(two.states(), []);
  });

  test(`a tab frozen with the lock does not stop the other for ever, ${how}`, async () => {
    const { env, server, open } = setUp({ withLocks });
    const [frozen, other] = [open(), open()];
    server.answers = ["slow"];
    frozen.send("question.ask", { n: 1 });
    await env.advance(200);
    frozen.freeze();
    const { answer } = other.send("question.ask", { n: 2 });
    await env.advance(12_000);
    assert.equal((await answer).ok, true);
    assert.deepEqual(
      server.done.map(({ n }) => n),
      [1, 2],
    );
  });
}

test("a lease that nobody renews runs out", async () => {
  const { env, server, open, disk } = setUp({ withLocks: false });
  disk.data.set("hybridmote:lock:m:p", JSON.stringify({ holder: "dead tab", until: env.now() + 6_000 }));
  const page = open();
  page.send("question.ask", { n: 1 });
  await env.advance(5_500);
  assert.equal(server.done.length, 0);
  await env.advance(1_500);
  assert.equal(server.done.length, 1);
  assert.equal(disk.data.size, 0);
});

test("a lease or an entry that makes no sense stops nobody", async () => {
  const { env, server, open, disk } = setUp({ withLocks: false });
  disk.data.set("hybridmote:lock:m:p", "{");
  disk.data.set("hybridmote:outbox:m:p:000", "nonsense");
  const page = open();
  page.send("question.ask", { n: 1 });
  await env.advance(1_000);
  assert.equal(server.done.length, 1);
});

test("site data cleared in the middle does not lose what an open page is waiting for", async () => {
  const { env, server, open, disk } = setUp();
  const page = open({ online: false });
  const { answer } = page.send("question.ask", { n: 1 });
  disk.clearByUser();
  page.ready.set(true);
  await env.advance(5_000);
  assert.equal((await answer).ok, true);
  assert.equal(server.done.length, 1);
});

test("an answer left for a tab that is gone does not stay for ever", async () => {
  const { env, open, disk } = setUp();
  const page = open({ online: false });
  page.send("question.ask", { n: 1 });
  page.close();
  const next = open();
  await env.advance(70_000);
  next.close();
  open();
  assert.equal(disk.data.size, 0);
});

test("whatever happens, each command is done once, in its order, and every page hears its answers", async () => {
  let repeats = 0;
  for (let seed = 1; seed <= 60; seed += 1) {
    const dice = createDice(seed);
    const { env, server, open } = setUp({ withLocks: dice.sometimes(0.5), seed });
    let pages = [open(), open()];
    const written = [];
    const promised = [];
    for (let n = 0; n < 30; n += 1) {
      const at = dice.below(2);
      const what = dice.random();
      if (what < 0.5) {
        const { op, answer } = pages[at].send("question.ask", { n, at });
        written.push({ op, n, at });
        promised.push({ page: pages[at], op, answer });
      } else if (what < 0.6) {
        pages[at].close();
        pages[at] = open({ online: dice.sometimes(0.7) });
      } else if (what < 0.75) pages[at].ready.set(!pages[at].ready.value);
      else
        server.answers.push(
          dice.pick([
            "slow",
            "slow",
            "silence",
            "lost",
            refusal(429, "too_many", { retry_after: 1 }),
            refusal(503, "busy"),
          ]),
        );
      await env.advance(dice.below(3_000));
    }
    for (const page of pages) page.ready.set(true);
    await env.advance(300_000);
    const about = `seed ${seed}`;
    repeats += server.came.length - new Set(server.came).size;
    assert.equal(new Set(server.done.map(({ op }) => op)).size, written.length, `${about}: none lost, none doubled`);
    for (const at of [0, 1]) {
      const order = server.done.filter((one) => one.at === at).map(({ n }) => n);
      assert.deepEqual(
        order,
        written.filter((one) => one.at === at).map(({ n }) => n),
        `${about}: order`,
      );
    }
    for (const { page, op, answer } of promised) {
      if (!pages.includes(page)) continue;
      const said = await Promise.race([answer, new Promise((resolve) => setImmediate(resolve, "nothing"))]);
      assert.ok(said.ok, `${about}: ${op} was answered ${JSON.stringify(said)}`);
    }
    assert.deepEqual(
      pages.map((page) => page.states()),
      [[], []],
      about,
    );
    pages.forEach((page) => page.close());
  }
  assert.ok(repeats > 60, "commands were really sent again");
});

test("what was told to wait for its own kind is passed by what is of another", async () => {
  const { env, server, open } = setUp();
  const page = open();
  server.answers = [refusal(429, "too_many", { retry_after: 60 })];
  page.send("question.ask", { n: 1 });
  page.send("question.ask", { n: 2 });
  page.send("question.upvote", { n: 3 });
  await env.advance(2_000);
  assert.deepEqual(
    server.done.map(({ n }) => n),
    [3],
  );
  assert.deepEqual(
    page.entries.value.map(({ tooSoon }) => Boolean(tooSoon)),
    [true, false],
  );
  await env.advance(60_000);
  assert.deepEqual(
    server.done.map(({ n }) => n),
    [3, 1, 2],
  );
});

test("a busy server is left alone by everything", async () => {
  const { env, server, open } = setUp();
  const page = open();
  server.answers = [refusal(503, "busy", { retry_after: 5 })];
  page.send("question.ask", { n: 1 });
  page.send("question.upvote", { n: 2 });
  await env.advance(4_000);
  assert.equal(server.came.length, 1);
  await env.advance(4_000);
  assert.deepEqual(
    server.done.map(({ n }) => n),
    [1, 2],
  );
});

test("what was told to wait can be taken back, and is never sent", async () => {
  const { env, server, open } = setUp();
  const page = open();
  server.answers = [refusal(429, "too_many", { retry_after: 60 })];
  const { op } = page.send("question.ask", { n: 1 });
  assert.equal(page.dismiss(op), false); // it may be on its way
  await env.advance(1_000);
  assert.equal(page.dismiss(op), true);
  assert.deepEqual(page.states(), []);
  await env.advance(120_000);
  assert.equal(server.came.length, 1);
});

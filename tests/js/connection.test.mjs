import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "../../static/js/lib/clock.js";
import { createConnection } from "../../static/js/lib/connection.js";
import { createHttp } from "../../static/js/lib/http.js";
import { createKeep } from "../../static/js/lib/keep.js";
import { createLadder } from "../../static/js/lib/ladder.js";
import { createStore } from "../../static/js/lib/store.js";
import { fakeDisk } from "./fake_disk.mjs";
import { fakeEnv } from "./fake_env.mjs";
import { fakeNet } from "./fake_net.mjs";

const MINUTE = 60_000;

function setUp(spoilt = {}, { memory = fakeDisk().tab().storage, seed = 1, boot = true } = {}) {
  const env = fakeEnv({ seed });
  const net = Object.assign(fakeNet(env), spoilt);
  const store = createStore({ schedule: (run) => run() });
  if (boot) store.welcome(net.welcome());
  const clock = createClock({ env });
  let online = true;
  const open = () =>
    createConnection({
      io: net.io,
      http: createHttp({ meeting: "m", csrf: "c", fetch: net.fetch, env }),
      store,
      clock,
      ladder: createLadder({ random: env.random, memory: createKeep(memory) }),
      auth: { meeting: "m" },
      env,
      online: () => online,
    });
  const connection = open();
  const states = [];
  connection.state.subscribe(({ name, transport }) => states.push(transport ? `${name} ${transport}` : name));
  connection.start();
  const started = env.now();
  return { env, net, store, clock, connection, states, started, open, setOnline: (is) => (online = is) };
}

test("a WebSocket that gets through is live at once", async () => {
  const { env, net, connection, states, clock } = setUp();
  assert.equal(connection.state.value.name, "connecting");
  await env.advance(200);
  assert.deepEqual(states, ["live websocket"]);
  assert.deepEqual(net.attempts, ["websocket"]);
  assert.equal(connection.ready.value, true);
  assert.equal(clock.known, true);
  await env.advance(10 * MINUTE);
  assert.deepEqual(net.attempts, ["websocket"], "nothing better to look for");
});

test("a refused upgrade is followed by long polling at once", async () => {
  const { env, states } = setUp({ websocket: "refused" });
  await env.advance(500);
  assert.deepEqual(states, ["live polling"]);
});

test("a proxy that swallows the frames after the upgrade costs less than five seconds", async () => {
  const { env, states } = setUp({ websocket: "swallow" });
  await env.advance(2_900);
  assert.deepEqual(states, []);
  await env.advance(2_000);
  assert.deepEqual(states, ["live polling"]);
});

test("when both sockets fail, plain requests carry the meeting", async () => {
  for (const [websocket, polling, within] of [
    ["refused", "refused", 500],
    ["swallow", "swallow", 6_500],
  ]) {
    const { env, net, store, states } = setUp({ websocket, polling });
    await env.advance(within);
    assert.ok(states.includes("plain http"), String(states));
    net.change("q1");
    await env.advance(3_100);
    assert.deepEqual(store.one("questions", "q1"), { id: "q1", seq: 2 });
  }
});

test("plain requests come every two to three seconds", async () => {
  const { env, net } = setUp({ websocket: "refused", polling: "refused" });
  await env.advance(MINUTE);
  const polls = net.requests.filter(({ url }) => url.includes("/changes"));
  assert.ok(polls.length >= 19 && polls.length <= 31, `${polls.length} in a minute`);
  const since = polls.map(({ at }, i) => (i ? at - polls[i - 1].at : 2_500));
  assert.ok(
    since.every((gap) => gap >= 2_000 && gap <= 3_100),
    String(since),
  );
});

test("from plain requests it climbs back to the WebSocket when that works again, and stops asking", async () => {
  const { env, net, states } = setUp({ websocket: "refused", polling: "refused" });
  await env.advance(20_000);
  net.websocket = "ok";
  await env.advance(60_000);
  assert.equal(states.at(-1), "live websocket");
  const requests = net.requests.length;
  await env.advance(MINUTE);
  assert.equal(net.requests.length, requests);
  assert.equal(net.sockets.size, 1);
});

test("from polling it climbs to the WebSocket without a break, and leaves one socket", async () => {
  const { env, net, store, states } = setUp({ websocket: "refused" });
  await env.advance(1_000);
  net.websocket = "ok";
  await env.advance(MINUTE);
  assert.deepEqual(states, ["live polling", "live websocket"]);
  assert.equal(net.sockets.size, 1);
  net.change("q1");
  await env.advance(100);
  assert.ok(store.one("questions", "q1"));
});

test("attempts to climb become rare", async () => {
  const { env, net } = setUp({ websocket: "refused", polling: "refused" });
  await env.advance(10 * MINUTE);
  const before = net.attempts.length;
  await env.advance(10 * MINUTE);
  const more = net.attempts.length - before;
  assert.ok(more >= 10 && more <= 45, `${more} attempts in ten minutes`);
});

test("a reload behind a bad proxy begins with the way that worked", async () => {
  const memory = fakeDisk().tab().storage;
  const first = setUp({ websocket: "swallow" }, { memory });
  await first.env.advance(5_000);
  assert.deepEqual(first.states, ["live polling"]);
  first.connection.stop();
  const second = setUp({ websocket: "swallow" }, { memory });
  await second.env.advance(200);
  assert.deepEqual(second.states, ["live polling"]);
  const third = setUp({ websocket: "refused", polling: "swallow" }, { memory });
  await third.env.advance(4_000);
  assert.deepEqual(third.states, ["plain http"]);
});

test("a lost line is said only if it stays away, and it says since when", async () => {
  const { env, net, connection, states } = setUp();
  await env.advance(1_000);
  net.cut();
  await env.advance(1_500);
  assert.deepEqual(states, ["live websocket", "connecting", "live websocket"]);
  Object.assign(net, { websocket: "refused", polling: "refused", http: "down" });
  const lost = env.now();
  net.cut();
  await env.advance(2_900);
  assert.equal(connection.state.value.name, "connecting");
  await env.advance(200);
  assert.equal(connection.state.value.name, "offline");
  assert.equal(connection.state.value.since, lost);
  assert.equal(connection.ready.value, false);
  await env.advance(30 * MINUTE);
  assert.equal(connection.state.value.since, lost);
  net.websocket = "ok";
  await env.advance(25_000);
  assert.equal(connection.state.value.name, "live");
  assert.equal(connection.state.value.since, null);
});

test("a device that knows it is offline says so at once", async () => {
  const { env, net, connection, setOnline } = setUp();
  await env.advance(1_000);
  setOnline(false);
  Object.assign(net, { websocket: "refused", polling: "refused", http: "down" });
  net.cut();
  assert.equal(connection.state.value.name, "offline");
});

test("when the network comes back it tries at once", async () => {
  const { env, net, connection } = setUp({ websocket: "refused", polling: "refused", http: "down" });
  await env.advance(10 * MINUTE);
  assert.equal(connection.state.value.name, "offline");
  net.websocket = "ok";
  connection.wake();
  await env.advance(200);
  assert.equal(connection.state.value.name, "live");
});

test("when somebody looks, the waits between attempts begin small again", async () => {
  const { env, net, connection } = setUp({ websocket: "refused", polling: "refused", http: "down" });
  await env.advance(10 * MINUTE);
  connection.wake();
  const before = net.attempts.length;
  await env.advance(5_000);
  assert.ok(net.attempts.length - before >= 6, `${net.attempts.length - before} attempts`);
});

test("there is never more than one attempt under way, also when the line in use is lost meanwhile", async () => {
  const { env, net, connection } = setUp({ websocket: "swallow", polling: "swallow" });
  await env.advance(10_000);
  assert.equal(connection.state.value.name, "plain");
  while (net.opening.size === 0) await env.advance(100);
  connection.wake();
  net.http = "down";
  await env.advance(30_000);
  assert.equal(net.mostOpening, 1);
});

test("each reconnect catches up, also with what happened meanwhile", async () => {
  const { env, net, store } = setUp();
  await env.advance(1_000);
  assert.equal(net.catchUps.length, 0);
  net.cut();
  net.change("q1");
  await env.advance(1_500);
  assert.equal(net.catchUps.length, 1);
  assert.ok(store.one("questions", "q1"));
});

test("a hole in the news is filled at once", async () => {
  const { env, net, store } = setUp();
  await env.advance(1_000);
  net.change("q1", { lost: true });
  net.change("q2");
  await env.advance(100);
  assert.deepEqual([...store.topic("questions").keys()].sort(), ["q1", "q2"]);
  assert.equal(net.catchUps.length, 1);
});

test("a lost message that nothing follows is found within fifteen seconds of silence", async () => {
  const { env, net, store } = setUp();
  await env.advance(1_000);
  net.change("q1", { lost: true });
  await env.advance(15_100);
  assert.ok(store.one("questions", "q1"));
});

test("silence is counted from the last message, and not everybody asks at the same moment", async () => {
  const moments = new Set();
  for (let seed = 1; seed <= 20; seed += 1) {
    const { env, net } = setUp({}, { seed });
    for (let i = 0; i < 5; i += 1) {
      await env.advance(10_000);
      net.change(`q${i}`);
    }
    assert.equal(net.catchUps.length, 0);
    const heard = env.now();
    await env.advance(16_000);
    assert.equal(net.catchUps.length, 1);
    const after = net.catchUps[0].at - heard;
    assert.ok(after >= 12_000 && after <= 15_100, String(after));
    moments.add(Math.round(after / 100));
  }
  assert.ok(moments.size > 8);
});

test("a line that does not answer a catch-up within two seconds is given up for a new one", async () => {
  const { env, net, states } = setUp();
  await env.advance(1_000);
  net.deaf = true;
  await env.advance(16_900);
  assert.ok(states.includes("connecting"), String(states));
  net.deaf = false;
  await env.advance(20_000);
  assert.equal(states.at(-1).split(" ")[0], "live");
  assert.equal(net.sockets.size, 1);
});

test("what comes before the welcome is used after it", async () => {
  const early = () => ({ audience: "public", from: 1, to: 2, set: { questions: { early: { id: "early" } } } });
  const { env, store } = setUp({ early });
  await env.advance(200);
  assert.ok(store.one("questions", "early"));
  assert.equal(store.last.public, 2);
});

test("a new epoch begins anew, by the welcome or by the answer to a catch-up", async () => {
  const { env, net, store } = setUp();
  await env.advance(1_000);
  net.change("gone");
  await env.advance(1_000);
  Object.assign(net, { epoch: "restored", seq: 1, questions: { back: { id: "back" } }, log: [] });
  await env.advance(15_100);
  assert.equal(store.epoch, "restored");
  assert.deepEqual([...store.topic("questions").keys()], ["back"]);
  Object.assign(net, { epoch: "again", seq: 1, questions: {}, log: [] });
  net.cut();
  await env.advance(1_500);
  assert.equal(store.epoch, "again");
  assert.equal(store.topic("questions").size, 0);
});

test("plain requests begin anew when the log does not reach back", async () => {
  const { env, net, store } = setUp({ websocket: "refused", polling: "refused" });
  await env.advance(5_000);
  Object.assign(net, { epoch: "restored", seq: 1, questions: { back: { id: "back" } }, log: [] });
  await env.advance(3_500);
  assert.equal(store.epoch, "restored");
  assert.ok(store.one("questions", "back"));
});

test("a busy server is asked again later over the same line, and what comes meanwhile is not lost", async () => {
  const { env, net, store, states } = setUp();
  await env.advance(1_000);
  let busy = 2;
  const real = net.catchUp;
  net.catchUp = (question) => {
    busy -= 1;
    return busy >= 0 ? { ok: false, problem: { status: 503, code: "busy", retry_after: 1 } } : real(question);
  };
  net.change("q1", { lost: true });
  net.change("q2");
  net.change("q3");
  await env.advance(3_000);
  assert.deepEqual([...store.topic("questions").keys()].sort(), ["q1", "q2", "q3"]);
  assert.deepEqual(states, ["live websocket"]);
});

test("a server that never fills the hole is left for a new welcome, without a storm of questions", async () => {
  const { env, net, store } = setUp();
  await env.advance(1_000);
  net.catchUpAnswer = ({ last }) => ({
    ok: true,
    to: last.public,
    changes: { public: { from: last.public, to: last.public, set: {} } },
  });
  net.change("q1", { lost: true });
  net.change("q2");
  await env.advance(10_000);
  assert.deepEqual([...store.topic("questions").keys()].sort(), ["q1", "q2"]);
  assert.ok(net.catchUps.length < 12, `${net.catchUps.length} questions`);
});

test("a server that asks for patience at connect gets it, over the same transport", async () => {
  const { env, net, states } = setUp({ websocket: "busy" });
  await env.advance(3_900);
  assert.deepEqual(net.attempts, ["websocket"]);
  net.websocket = "ok";
  await env.advance(2_000);
  assert.deepEqual(states, ["live websocket"]);
});

test("a revoked link ends for good: while connected, at connect, and over plain requests", async () => {
  const live = setUp();
  await live.env.advance(1_000);
  for (const socket of live.net.sockets) socket.tell("ended", { problem: { status: 401, code: "revoked" } });
  await live.env.advance(10 * MINUTE);
  assert.deepEqual(live.states, ["live websocket", "ended"]);
  assert.equal(live.connection.state.value.problem.code, "revoked");
  assert.deepEqual(live.net.attempts, ["websocket"]);
  assert.equal(live.connection.ready.value, false);
  assert.equal(live.env.waiting, 0, "no timer is left");

  const refused = setUp({ websocket: "revoked" });
  await refused.env.advance(MINUTE);
  assert.deepEqual(refused.states, ["ended"]);
  assert.equal(refused.connection.state.value.problem.code, "unknown_caller");

  const plain = setUp({ websocket: "refused", polling: "refused" });
  await plain.env.advance(5_000);
  plain.net.http = "revoked";
  await plain.env.advance(10_000);
  assert.equal(plain.states.at(-1), "ended");
  plain.connection.wake();
  await plain.env.advance(MINUTE);
  assert.equal(plain.states.at(-1), "ended");
});

test("pages of the network on the way are no answers and end nothing", async () => {
  for (const http of ["portal", "gateway", "forbidden", "swallow", "down"]) {
    const { env, net, connection } = setUp({ websocket: "refused", polling: "refused", http });
    await env.advance(30_000);
    assert.equal(connection.state.value.name, "offline", http);
    net.http = "ok";
    await env.advance(40_000);
    assert.equal(connection.state.value.name, "plain", http);
  }
});

test("one lost request is not a lost line, two are", async () => {
  const { env, net, states } = setUp({ websocket: "refused", polling: "refused" });
  await env.advance(5_000);
  net.http = "down";
  await env.advance(3_100);
  net.http = "ok";
  await env.advance(10_000);
  assert.deepEqual(states, ["plain http"]);
  net.http = "down";
  await env.advance(8_000);
  assert.equal(states.at(-1), "offline");
});

test("a command goes over the line there is; without one there is silence", async () => {
  const { env, net, connection } = setUp();
  await assert.rejects(connection.command("question.ask", { op: "0" }));
  await env.advance(1_000);
  const answer = connection.command("question.ask", { op: "1", text: "a" });
  await env.advance(200);
  assert.deepEqual(await answer, { ok: true, result: { id: "1" }, seq: 1 });
  assert.deepEqual(net.commands, [{ name: "question.ask", op: "1", payload: { text: "a" } }]);
});

test("a command over plain requests carries the page's token against forgery, and its news come at once", async () => {
  const { env, net, connection } = setUp({ websocket: "refused", polling: "refused" });
  await env.advance(1_000);
  const answer = connection.command("question.ask", { op: "1", text: "a" });
  await env.advance(200);
  assert.equal((await answer).ok, true);
  const post = net.requests.findIndex(({ options }) => options.method === "POST");
  const { url, options } = net.requests[post];
  assert.equal(url, "/api/v1/m/m/commands/question.ask");
  assert.equal(options.headers["X-CSRFToken"], "c");
  assert.deepEqual(JSON.parse(options.body), { op: "1", text: "a" });
  assert.ok(net.requests[post + 1]?.url.includes("/changes"));
});

test("a refusal over plain requests is the problem, with its patience", async () => {
  const { env, net, connection } = setUp({ websocket: "refused", polling: "refused" });
  await env.advance(1_000);
  net.refusal = { status: 429, code: "too_many", headers: { "Retry-After": "7" } };
  const slow = connection.command("question.ask", { op: "1" });
  await env.advance(200);
  assert.deepEqual((await slow).problem.retry_after, 7);
  net.http = "gateway";
  const silent = assert.rejects(connection.command("question.ask", { op: "2" }));
  await env.advance(200);
  await silent;
});

test("a command that gets no answer in four seconds puts the line to the test", async () => {
  const { env, net, connection, states } = setUp();
  await env.advance(1_000);
  net.deaf = true;
  const silence = assert.rejects(connection.command("question.ask", { op: "1" }));
  await env.advance(6_500);
  await silence;
  assert.equal(states.at(-1), "connecting");
});

test("a command under way when the line breaks is told at once", async () => {
  const { env, net, connection } = setUp();
  await env.advance(1_000);
  const began = env.now();
  const silence = connection.command("question.ask", { op: "1" }).catch(() => env.now() - began);
  net.cut();
  await env.advance(0);
  assert.equal(await silence, 0);
});

test("somebody else signed in in another tab: the line ends rather than mix two people", async () => {
  const { env, net, store, connection } = setUp();
  await env.advance(1_000);
  net.person = "other";
  net.cut();
  await env.advance(2_000);
  assert.equal(connection.state.value.problem.code, "other_person");
  assert.equal(store.me.id, "p");
  assert.equal(net.sockets.size, 0);
});

test("a changed role comes as a new welcome on the same line", async () => {
  const { env, net, store } = setUp();
  await env.advance(1_000);
  const welcome = { ...net.welcome(), layers: { staff: { seq: 1, topics: { audit: { 1: { id: "1" } } } } } };
  for (const socket of net.sockets) socket.tell("welcome", welcome);
  assert.ok(store.one("audit", "1"));
  assert.deepEqual(store.last, { staff: 1 });
});

test("presence is heard, and forgotten with the line", async () => {
  const { env, net, connection } = setUp();
  await env.advance(1_000);
  for (const socket of net.sockets) socket.tell("presence", { hall: 12, web: 30 });
  assert.deepEqual(connection.presence.value, { hall: 12, web: 30 });
  net.cut();
  assert.equal(connection.presence.value, null);
});

test("a page that was hidden asks what it missed when it is looked at", async () => {
  const { env, net, connection, store } = setUp();
  await env.advance(1_000);
  net.change("q1", { lost: true });
  await env.advance(6_000);
  connection.wake();
  await env.advance(100);
  assert.ok(store.one("questions", "q1"));
});

test("a line that is cut again and again soon after it opened is left for the next transport", async () => {
  const { env, net, states } = setUp();
  await env.advance(1_000);
  net.cut();
  await env.advance(2_000);
  net.cut();
  await env.advance(2_000);
  assert.equal(states.at(-1), "live polling");
});

test("without a picture in the page, the first one comes by the line, also by plain requests", async () => {
  const { env, store } = setUp(
    { websocket: "refused", polling: "refused", questions: { a: { id: "a" } } },
    { boot: false },
  );
  await env.advance(1_000);
  assert.ok(store.one("questions", "a"));
});

test("through cuts and spoilt ways the picture is right whenever it has been calm for a moment", async () => {
  for (let seed = 1; seed <= 15; seed += 1) {
    const { env, net, store, connection } = setUp({}, { seed });
    for (let round = 0; round < 40; round += 1) {
      const chance = env.random();
      if (chance < 0.3) net.cut();
      else if (chance < 0.5) net.websocket = ["ok", "refused", "swallow", "busy"][Math.floor(env.random() * 4)];
      else if (chance < 0.6) net.polling = ["ok", "refused", "swallow"][Math.floor(env.random() * 3)];
      else if (chance < 0.7) net.http = ["ok", "down", "portal", "gateway"][Math.floor(env.random() * 4)];
      else if (chance < 0.75) net.deaf = !net.deaf;
      else if (chance < 0.8) connection.wake();
      for (let i = 0; i < 3; i += 1) net.change(`q${Math.floor(env.random() * 9)}`, { lost: env.random() < 0.3 });
      await env.advance(env.random() * 20_000);
    }
    Object.assign(net, { websocket: "ok", polling: "ok", http: "ok", deaf: false });
    await env.advance(40_000);
    assert.equal(connection.ready.value, true, `seed ${seed}`);
    assert.deepEqual(Object.fromEntries(store.topic("questions")), net.questions, `seed ${seed}`);
    assert.equal(net.mostOpening, 1, `seed ${seed}`);
    assert.ok(net.sockets.size <= 1, `seed ${seed}: ${net.sockets.size} sockets`);
    connection.stop();
    assert.equal(env.waiting, 0, `seed ${seed}: no timer is left`);
  }
});

test("the clock is set by the welcome and by each answer to a catch-up, on a device that is wrong", async () => {
  const { env, net, clock } = setUp();
  const behind = 90_000;
  const real = net.welcome;
  const late = () => new Date(env.now() + behind).toISOString();
  net.welcome = () => ({ ...real(), now: late() });
  await env.advance(1_000);
  assert.ok(Math.abs(clock.offset - behind) < 100, String(clock.offset));
  const answer = net.catchUp;
  net.catchUp = (question) => ({ ...answer(question), now: new Date(env.now() + behind + 5_000).toISOString() });
  await env.advance(2 * MINUTE);
  assert.ok(Math.abs(clock.offset - behind - 5_000) < 100, String(clock.offset));
});

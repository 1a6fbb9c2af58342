// The peer: socket.io as its documentation has it, and every vote committed before it is acknowledged. It does less than
// we do: it knows nobody, keeps no answers and no log, and tells no other listener of a vote.
//
//   node bench/peer.mjs FILE       {"port": 0, "url": "sqlite:///… | postgresql://…", "welcome": {…}, "message": {…}}
//
// A line of JSON on standard input, {"in_flight", "seconds", "people", "questions"}, is one run of votes without sockets.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(new URL("../tests/node/", import.meta.url));
const { Server } = require("socket.io");
const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
const say = (what) => process.stdout.write(JSON.stringify(what) + "\n");

const tables = [
  "CREATE TABLE IF NOT EXISTS peer_question (id text PRIMARY KEY, support integer NOT NULL DEFAULT 0)",
  `CREATE TABLE IF NOT EXISTS peer_upvote (question_id text NOT NULL REFERENCES peer_question (id),
     participant_id text NOT NULL, PRIMARY KEY (question_id, participant_id))`,
  "INSERT INTO peer_question (id) SELECT id FROM question WHERE true ON CONFLICT DO NOTHING",
];

// One connection, synchronous, as everybody uses SQLite from Node; as durable as ours.
function sqlite(file) {
  const Database = require("libsql");
  const db = new Database(file);
  for (const pragma of ["journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"]) db.pragma(pragma);
  for (const table of tables) db.exec(table);
  const begin = db.prepare("BEGIN IMMEDIATE"), commit = db.prepare("COMMIT"), rollback = db.prepare("ROLLBACK");
  const insert = db.prepare("INSERT INTO peer_upvote VALUES (?, ?) ON CONFLICT DO NOTHING");
  const count = db.prepare("UPDATE peer_question SET support = support + ? WHERE id = ? RETURNING support");
  return async (question, person) => {
    begin.run();
    try {
      const { changes } = insert.run(question, person);
      const { support } = count.get(changes, question);
      commit.run();
      return support;
    } catch (error) {
      rollback.run();
      throw error;
    }
  };
}

// A pool, and one prepared statement that is a transaction of its own: one round trip a vote.
async function postgresql(url) {
  const { Pool } = require("pg");
  const pool = new Pool({ connectionString: url, max: 20 });
  for (const table of tables) await pool.query(table);
  const text = `WITH vote AS (INSERT INTO peer_upvote VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1)
    UPDATE peer_question SET support = support + (SELECT count(*) FROM vote) WHERE id = $1 RETURNING support`;
  return async (question, person) =>
    (await pool.query({ name: "vote", text, values: [question, person] })).rows[0].support;
}

const vote = !settings.url ? null
  : settings.url.startsWith("sqlite") ? sqlite(settings.url.replace("sqlite:///", "")) : await postgresql(settings.url);

async function votes({ in_flight, seconds, people, questions }) {
  const took = [], cpu = process.cpuUsage(), began = performance.now(), end = began + seconds * 1000;
  const cast = async () => {
    while (performance.now() < end) {
      const person = votes.cast % people.length, turn = Math.floor(votes.cast++ / people.length);
      const asked = performance.now();
      await vote(questions[(person + turn) % questions.length], people[person]);
      took.push(performance.now() - asked);
      await new Promise(setImmediate); // as the next message from a socket would come
    }
  };
  await Promise.all(Array.from({ length: in_flight }, cast));
  const lasted = (performance.now() - began) / 1000, used = process.cpuUsage(cpu);
  took.sort((a, b) => a - b);
  const at = (share) => took[Math.min(took.length - 1, Math.floor((took.length * share) / 100))];
  return { per_second: took.length / lasted, p50_ms: at(50), p99_ms: at(99),
    cpu_us: (used.user + used.system) / took.length };
}
votes.cast = 0;

const http = createServer();
const io = new Server(http, { perMessageDeflate: false });
io.on("connection", (socket) => {
  const { person } = socket.handshake.auth;
  socket.join("public");
  socket.emit("welcome", settings.welcome ?? {});
  socket.on("command", async (name, body, ack) => {
    if (name === "broadcast") {
      io.to("public").emit("changes", settings.message);
      ack({ ok: true });
      return;
    }
    try {
      ack({ ok: true, result: { on: true, support: await vote(body.id, person) } });
    } catch (error) {
      ack({ ok: false, problem: { title: String(error) } });
    }
  });
});
http.listen(settings.port, "127.0.0.1", 4096, () => say({ ready: true, port: http.address().port }));
const lines = createInterface({ input: process.stdin });
lines.on("line", async (line) => say(await votes(JSON.parse(line))));
lines.on("close", () => process.exit(0));

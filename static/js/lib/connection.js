// The line to the meeting: one at a time, the best that gets through, mended for ever, and honest about its state.
//
// At most one line is in use and at most one attempt is under way. A better line replaces the one in use only when it
// has brought its welcome, so nobody waits while we try.

import { isFinal, Silence } from "./answers.js";
import { browserEnv } from "./env.js";
import { follow } from "./follower.js";
import { openLink } from "./link.js";
import { createPoller } from "./poller.js";
import { createSignal } from "./signal.js";

/**
 * @typedef {object} State
 * @property {"connecting" | "live" | "plain" | "offline" | "ended"} name
 * @property {"websocket" | "polling" | "http" | null} transport
 * @property {number | null} since when the line was lost, by this device (ms); null while there is one
 * @property {object | null} problem why it ended
 */

const COMMAND_WITHIN = 4_000;
/** A line that comes back this soon was never worth mentioning. The first one may have a ladder to climb. */
const GRACE = { first: 6_000, later: 3_000 };
/** Everybody loses a restarted server in the same moment, and should not come back in the same one. */
const RETURN = { least: 50, most: 800 };
const PROBE_AFTER = 5_000;

/**
 * @param {object} options
 * @param {(options: object) => any} options.io
 * @param {ReturnType<import("./http.js").createHttp>} options.http
 * @param {ReturnType<import("./store.js").createStore>} options.store
 * @param {ReturnType<import("./clock.js").createClock>} options.clock
 * @param {ReturnType<import("./ladder.js").createLadder>} options.ladder
 * @param {{meeting: string, token?: string}} options.auth
 * @param {import("./env.js").Env} [options.env]
 * @param {() => boolean} [options.online] what the device itself believes; only its "no" is worth anything
 */
export function createConnection({ io, http, store, clock, ladder, auth, env = browserEnv, online = () => true }) {
  const presence = createSignal(null);
  const ready = createSignal(false);
  const state = createSignal({ name: "connecting", transport: null, since: env.now(), problem: null });
  let line = null; // {rung, since, close(), link?, follower?, poller?}
  let attempt = null; // {close()}
  let next = null; // timer of the next attempt
  let grace = null;
  let hadLine = false;
  let ended = false;
  let lastWake = -Infinity;

  function start() {
    grace = env.later(sayOffline, GRACE.first);
    tryNow();
  }

  function tryNow() {
    env.cancel(next);
    if (ended || attempt) return;
    climb(line ? ladder.above(line.rung) : ladder.whenDown());
  }

  function climb([rung, ...rest]) {
    if (rung === undefined) {
      if (!line) ladder.nothingWorked();
      tryLater();
    } else if (rung === "http") attempt = tryPlain();
    else attempt = tryLink(rung, rest);
  }

  function tryLater(atLeast = 0) {
    attempt = null;
    env.cancel(next);
    const wait = Math.max(atLeast, ladder.delay(line?.rung ?? null));
    if (Number.isFinite(wait)) next = env.later(tryNow, wait);
  }

  function tryLink(transport, rest) {
    let follower = null;
    const link = openLink({
      io,
      transport,
      auth,
      env,
      on: {
        open(link, welcome, asked) {
          line?.close();
          const went = take(welcome, asked);
          if (ended) return link.close();
          const returning = hadLine;
          follower = follow({
            link,
            store,
            env,
            ended: end,
            dead: () => lose(link),
            welcome: take,
            time: clock.sample,
          });
          const close = () => (follower.stop(), link.close());
          use({ rung: transport, since: env.now(), link, follower, close });
          follower.look(went);
          if (returning) follower.catchUp();
        },
        failed(_, problem) {
          if (isFinal(problem)) end(problem);
          // The server was reached and asked for patience: another transport would only be in its way.
          else if (problem) tryLater((problem.retry_after ?? 1) * 1000);
          else climb(rest);
        },
        lost: lose,
        ended: (_, problem) => end(problem ?? { status: 401, code: "ended" }),
        heard(_, event, data) {
          if (event === "welcome") follower.welcomed(data);
          else if (event === "changes") follower.changes(data);
          else {
            follower.heard();
            presence.set(data);
          }
        },
      },
    });
    return link;
  }

  function tryPlain() {
    const poller = createPoller({
      http,
      store,
      env,
      welcome: take,
      time: clock.sample,
      on: {
        works() {
          if (line?.poller !== poller) use({ rung: "http", since: env.now(), poller, close: poller.stop });
        },
        lost() {
          if (line?.poller === poller) return lose(null);
          climb([]);
        },
        ended: end,
      },
    });
    poller.poll();
    return { close: poller.stop };
  }

  function use(better) {
    line = better;
    hadLine = true;
    ladder.worked(better.rung);
    env.cancel(grace);
    say(better.link ? "live" : "plain", null);
    ready.set(true);
    tryLater();
  }

  /** @param {import("./link.js").Link | null} link null: the plain one */
  function lose(link) {
    if (!line || (link && line.link !== link)) return;
    const { rung, since, close } = line;
    line = null;
    close();
    presence.set(null);
    ready.set(false);
    ladder.died(rung, env.now() - since);
    say("connecting", env.now());
    env.cancel(grace);
    if (online()) grace = env.later(sayOffline, GRACE.later);
    else sayOffline();
    env.cancel(next);
    next = env.later(tryNow, RETURN.least + (RETURN.most - RETURN.least) * env.random());
  }

  /** @returns {"complete" | "gap"} */
  function take(welcome, asked) {
    if (store.me && welcome.me.id !== store.me.id) {
      // Somebody else signed in in another tab. Their picture must not mix with this page, nor this page's words with
      // their name.
      end({ status: 401, code: "other_person" });
      return "complete";
    }
    if (asked !== null) clock.sample(welcome.now, asked, env.now());
    return store.welcome(welcome);
  }

  function end(problem) {
    if (ended) return;
    ended = true;
    attempt?.close();
    line?.close();
    attempt = line = null;
    env.cancel(next);
    env.cancel(grace);
    presence.set(null);
    ready.set(false);
    say("ended", null, problem);
  }

  function sayOffline() {
    if (!line && !ended) say("offline", state.value.since);
  }

  function say(name, since, problem = null) {
    state.set({ name, transport: line?.rung ?? null, since, problem });
  }

  /** @returns {Promise<import("./outbox.js").Answer>} rejects with Silence */
  async function command(name, body) {
    const on = line;
    if (!on) throw new Silence("no line");
    if (on.poller) {
      const answer = await http.command(name, body, COMMAND_WITHIN);
      on.poller.poll(); // the news of it, at once
      return answer;
    }
    try {
      return await on.link.command(name, body, COMMAND_WITHIN);
    } catch (error) {
      on.follower.catchUp(); // is anybody there?
      throw error;
    }
  }

  /** Somebody looks, or the network came back: find out how things stand, at once. */
  function wake() {
    if (ended || env.now() - lastWake < 1_000) return;
    lastWake = env.now();
    ladder.hurry();
    if (line?.follower && line.follower.quietFor() > PROBE_AFTER) line.follower.catchUp();
    line?.poller?.poll();
    if (line?.rung !== "websocket") tryNow();
  }

  /** The device says that its network went. It is often wrong, so ask rather than believe. */
  function doubt() {
    line?.follower?.catchUp();
  }

  function stop() {
    end(null);
  }

  return { start, stop, wake, doubt, command, state, presence, ready };
}

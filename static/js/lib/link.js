// One Socket.IO connection over one transport, from the attempt to its end. It never reconnects by itself: whether and
// how to try again is decided in one place (connection.js), over all transports.

import { checkedAnswer, Silence } from "./answers.js";
import { browserEnv } from "./env.js";

/** A proxy may accept the upgrade and then swallow every frame: only the welcome proves the line. */
const WELCOME_WITHIN = 3_000;

/**
 * @typedef {object} LinkEvents
 * @property {(link: Link, welcome: object, asked: number) => void} open asked: it was written after this
 * @property {(link: Link, problem: object | null) => void} failed no welcome; problem: the server said no
 * @property {(link: Link) => void} lost after it was open
 * @property {(link: Link, problem: object) => void} ended the server took the place back
 * @property {(link: Link, event: "welcome" | "changes" | "presence", data: any) => void} heard
 *
 * @typedef {object} Link
 * @property {"websocket" | "polling"} transport
 * @property {(event: string, args: any[], wait: number) => Promise<any>} ask rejects with Silence
 * @property {(name: string, body: object, wait: number) => Promise<import("./outbox.js").Answer>} command
 * @property {() => void} close says nothing to anybody
 */

/**
 * @param {object} options
 * @param {(options: object) => any} options.io
 * @param {"websocket" | "polling"} options.transport
 * @param {{meeting: string, token?: string}} options.auth
 * @param {LinkEvents} options.on
 * @param {import("./env.js").Env} [options.env]
 * @returns {Link}
 */
export function openLink({ io, transport, auth, on, env = browserEnv }) {
  let state = "opening";
  const early = []; // the server lets us listen before it writes the welcome, so news may come first
  const asking = new Set(); // reject functions of questions under way
  const socket = io({
    transports: [transport],
    upgrade: false,
    reconnection: false,
    forceNew: true,
    timeout: WELCOME_WITHIN,
    auth,
  });
  // The server writes its `now` after this moment.
  let asked = env.now();
  socket.io?.on?.("open", () => (asked = env.now()));

  const impatience = env.later(() => fail(null), WELCOME_WITHIN);
  socket.on("connect_error", (error) => fail(problemOf(error)));
  socket.on("disconnect", () => (state === "opening" ? fail(null) : lose()));
  socket.on("ended", (data) => {
    if (state === "closed") return;
    shut();
    on.ended(link, data?.problem ?? null);
  });
  socket.on("welcome", (welcome) => (state === "opening" ? open(welcome) : tell("welcome", welcome)));
  socket.on("changes", (changes) => tell("changes", changes));
  socket.on("presence", (presence) => tell("presence", presence));

  function open(welcome) {
    state = "open";
    env.cancel(impatience);
    on.open(link, welcome, asked);
    for (const [event, data] of early) tell(event, data);
  }

  function fail(problem) {
    if (state !== "opening") return;
    shut();
    on.failed(link, problem);
  }

  function lose() {
    if (state !== "open") return;
    shut();
    on.lost(link);
  }

  function tell(event, data) {
    if (state === "open") on.heard(link, event, data);
    else if (state === "opening") early.push([event, data]);
  }

  function shut() {
    state = "closed";
    env.cancel(impatience);
    socket.disconnect();
    // What was asked on this line will not be answered: whoever waits may ask on the next one at once.
    for (const reject of [...asking]) reject(new Silence("the line was lost"));
  }

  function ask(event, args, wait) {
    return new Promise((resolve, reject) => {
      if (state !== "open") return void reject(new Silence("no line"));
      const giveUp = (error) => {
        env.cancel(timer);
        asking.delete(giveUp);
        reject(error);
      };
      const timer = env.later(() => giveUp(new Silence("no answer in time")), wait);
      asking.add(giveUp);
      socket.emit(event, ...args, (answer) => {
        env.cancel(timer);
        asking.delete(giveUp);
        resolve(answer);
      });
    });
  }

  const link = {
    transport,
    ask,
    command: async (name, body, wait) => checkedAnswer(await ask("command", [name, body], wait)),
    close() {
      if (state !== "closed") shut();
    },
  };
  return link;
}

/** A refused connection carries the problem beside its message. */
function problemOf(error) {
  const data = error?.data;
  return data && typeof data === "object" && data.status ? data : null;
}

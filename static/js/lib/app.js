// Puts the pieces together for a page.

import { io as socketIo } from "../../vendor/socket.io.esm.min.js";
import { createClock } from "./clock.js";
import { createConnection } from "./connection.js";
import { createDrafts } from "./drafts.js";
import { browserEnv } from "./env.js";
import { createHttp } from "./http.js";
import { createTranslate } from "./i18n.js";
import { createKeep, openStorage } from "./keep.js";
import { createLadder } from "./ladder.js";
import { createLock } from "./lock.js";
import { createOutbox } from "./outbox.js";
import { createStore } from "./store.js";
import { createTimes } from "./times.js";
import { listenForWakeUps } from "./wakeups.js";

/**
 * What the server wrote into the page.
 * @typedef {object} Boot
 * @property {string} meeting slug
 * @property {string} base "/m/<slug>"
 * @property {string} csrf
 * @property {string} locale
 * @property {string} page
 * @property {import("./i18n.js").Catalogue} strings
 * @property {import("./store.js").Welcome} welcome the first picture, so that the page stands before any line does
 * @property {string} [token] a bearer token instead of the session
 */

/** @returns {Boot} */
export function readBoot(doc = document) {
  return JSON.parse(doc.getElementById("boot").textContent);
}

/**
 * Opens the meeting. `overrides` is for tests: io, fetch, env, localStorage, sessionStorage, locks, schedule.
 * @param {Boot} [boot]
 */
export function start(boot = readBoot(), overrides = {}) {
  const { io = socketIo, env = browserEnv, locks = globalThis.navigator?.locks } = overrides;
  const { localStorage = openStorage("localStorage"), sessionStorage = openStorage("sessionStorage") } = overrides;
  const fetch = overrides.fetch ?? ((...args) => globalThis.fetch(...args));
  const { meeting, csrf, token, locale } = boot;
  const person = boot.welcome.me.id;

  const store = createStore({ schedule: overrides.schedule });
  const clock = createClock({ env });
  clock.guess(boot.welcome.now);
  store.welcome(boot.welcome);

  const keep = createKeep(localStorage, globalThis.window ?? null);
  const connection = createConnection({
    io,
    http: createHttp({ meeting, csrf, token, fetch, env }),
    store,
    clock,
    ladder: createLadder({ random: env.random, memory: createKeep(sessionStorage) }),
    auth: token ? { meeting, token } : { meeting },
    env,
    online: () => globalThis.navigator?.onLine !== false,
  });
  const outbox = createOutbox({
    meeting,
    person,
    transmit: connection.command,
    ready: connection.ready,
    keep,
    lock: createLock(`hybridmote:outbox:${meeting}:${person}`, { locks, keep, env }),
    heard: store,
    env,
  });
  const drafts = createDrafts({ meeting, person, keep, env });
  const t = createTranslate(locale, boot.strings ?? {});
  const times = createTimes({ locale, timezone: () => store.first("meeting")?.timezone });

  const deaf = globalThis.document
    ? listenForWakeUps({ wake: connection.wake, doubt: connection.doubt, refresh: clock.refresh })
    : () => {};
  connection.start();

  function stop() {
    deaf();
    outbox.stop();
    connection.stop();
    clock.stop();
  }

  return { boot, store, outbox, clock, connection, drafts, t, times, stop };
}

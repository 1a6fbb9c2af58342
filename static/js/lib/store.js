// What the server has said, and how far it has said it.
//
// Each audience has its own `last`: its messages form one chain of (from, to], and a message may only be applied to the
// end of its own chain. One number for all of them would let the message of a group hide the one missing from the hall.

import { onNextFrame } from "./frame.js";
import { applyTo, mergeOrder, readLayer } from "./layers.js";
import { createNews } from "./news.js";
import { createPicture } from "./picture.js";

/**
 * @typedef {Record<string, Record<string, object | null>>} ChangeSet topic → id → view, or null: gone from this layer
 * @typedef {{audience: string, from: number, to: number, set: ChangeSet}} Changes
 * @typedef {{id: string, name: string, roles: string[], attendance: "hall" | "web" | null, layers: string[],
 *   meeting: string}} Me
 * @typedef {{epoch: string, now: string, me: Me, layers: Record<string, {seq: number, topics: ChangeSet}>}} Welcome
 * @typedef {{last: Record<string, number>, epoch: string}} Ask what to send with a catch_up, and to show at its answer
 */

/** Messages for an audience we do not know yet wait for the welcome that explains them; no more than these. */
const MOST_HELD = 1000;

/** @param {{schedule?: (run: () => void) => void}} [options] */
export function createStore({ schedule = onNextFrame } = {}) {
  let epoch = null;
  let me = null;
  let ask = null; // the catch-up under way
  let held = []; // messages that cannot be applied yet, in the order they came
  let order = []; // audiences in merge order
  const layers = new Map();
  const last = new Map();
  const picture = createPicture(() => order.map((audience) => layers.get(audience)));
  // `me` is small and replaced whole by each welcome; as text it tells whether anything in it is new.
  const news = createNews((topic) => (topic === "me" ? JSON.stringify(me) : picture.topic(topic)), schedule);

  /**
   * A complete picture: it replaces everything, a catch-up under way too.
   * @param {Welcome} welcome
   * @returns {"complete" | "gap"} gap: something already heard is younger than this picture; catch up
   */
  function welcome(welcome) {
    const before = welcome.epoch === epoch ? new Map(last) : new Map();
    ask = null;
    if (welcome.epoch !== epoch) held = epoch === null ? held : [];
    epoch = welcome.epoch;
    me = welcome.me;
    layers.clear();
    last.clear();
    for (const [audience, layer] of Object.entries(welcome.layers)) {
      layers.set(audience, readLayer(layer.topics));
      last.set(audience, layer.seq);
    }
    order = mergeOrder(layers.keys());
    picture.touchAll();
    news.all();
    const went = release();
    held = held.filter((message) => last.has(message.audience));
    const younger = [...before].some(([audience, seq]) => last.has(audience) && last.get(audience) < seq);
    return younger ? "gap" : went;
  }

  /**
   * @param {Changes} message
   * @returns {"applied" | "old" | "held" | "gap"} gap: catch up now; the message is held until then
   */
  function receive(message) {
    if (epoch === null || ask || !last.has(message.audience)) {
      if (held.length < MOST_HELD) held.push(message);
      return "held";
    }
    const went = take(message);
    if (went === "gap") held.push(message);
    return went;
  }

  /** Holds everything from here until `caughtUp` brings the answer, or a welcome makes it needless. @returns {Ask} */
  function askCatchUp() {
    ask = { last: Object.fromEntries(last), epoch };
    return ask;
  }

  /**
   * @param {Ask} asked what askCatchUp returned: the answer to an older question is not the answer
   * @param {Record<string, {from: number, to: number, set: ChangeSet}>} changes per audience
   * @returns {"complete" | "gap" | "late" | "unknown"} unknown: an audience came that no welcome has explained
   */
  function caughtUp(asked, changes) {
    if (asked !== ask) return "late";
    ask = null;
    const entries = Object.entries(changes);
    const went = entries.map(([audience, part]) => (last.has(audience) ? take({ audience, ...part }) : "unknown"));
    // Only now what was held: it begins where the answer ends.
    const after = release();
    if (went.includes("gap") || after === "gap") return "gap";
    return went.includes("unknown") ? "unknown" : "complete";
  }

  function take({ audience, from, to, set }) {
    const known = last.get(audience);
    if (to <= known) return "old";
    if (from > known) return "gap";
    const touched = applyTo(layers.get(audience), set);
    last.set(audience, to);
    picture.touch(touched);
    news.of(touched);
    return "applied";
  }

  function release() {
    const waiting = held;
    held = [];
    for (const message of waiting) {
      if (!last.has(message.audience) || take(message) === "gap") held.push(message);
    }
    return held.some((message) => last.has(message.audience)) ? "gap" : "complete";
  }

  return {
    welcome,
    receive,
    askCatchUp,
    caughtUp,
    get me() {
      return me;
    },
    get epoch() {
      return epoch;
    },
    /** @returns {Record<string, number>} */
    get last() {
      return Object.fromEntries(last);
    },
    /** How many messages wait for their turn; for tests and the curious. */
    get held() {
      return held.length;
    },
    reached: (seq) => [...last.values()].some((known) => known >= seq),
    topic: picture.topic,
    list: picture.list,
    one: (name, id) => picture.topic(name).get(id),
    first: (name) => picture.list(name)[0],
    subscribe: news.subscribe,
  };
}

// A meeting in memory that remembers every state it was ever in: what the store must agree with.

export const AUDIENCES = ["public", "group:a", "group:b", "person:p"];
const TOPICS = ["questions", "programme", "upvotes"];
const IDS = ["1", "2", "3", "4", "5"];

const copy = (value) => JSON.parse(JSON.stringify(value));

/** @param {ReturnType<import("./chance.mjs").dice>} dice */
export function createReference(dice, { audiences = AUDIENCES, epoch = "first", seq = 0 } = {}) {
  let now = seq;
  let state = Object.fromEntries(audiences.map((audience) => [audience, {}]));
  const history = new Map([[now, copy(state)]]);
  const log = []; // {seq, audience, topic, id}

  function change() {
    now += 1;
    for (let i = 0; i <= dice.below(3); i += 1) {
      const [audience, topic, id] = [dice.pick(audiences), dice.pick(TOPICS), dice.pick(IDS)];
      const views = (state[audience][topic] ??= {});
      if (dice.sometimes(0.3)) delete views[id];
      // Fields overlap between the layers, so that it matters which one wins.
      else views[id] = { id, [dice.pick(["text", "state", audience])]: `${audience} ${now}`, version: now };
      log.push({ seq: now, audience, topic, id });
    }
    history.set(now, copy(state));
  }

  /** What a process says to one audience: everything after `from`, as it is now. */
  function changes(audience, from) {
    const set = {};
    for (const row of log) {
      if (row.seq <= from || row.audience !== audience) continue;
      (set[row.topic] ??= {})[row.id] = copy(state[audience][row.topic]?.[row.id] ?? null);
    }
    return { from, to: now, set };
  }

  const layers = () =>
    Object.fromEntries(audiences.map((audience) => [audience, { seq: now, topics: copy(state[audience]) }]));

  return {
    audiences,
    epoch,
    change,
    changes,
    welcome: () => ({
      epoch,
      now: "2026-03-11T08:00:00.000Z",
      me: { id: "p", name: "P", roles: [], attendance: "web", layers: audiences, meeting: "m" },
      layers: layers(),
    }),
    catchUp: ({ last, epoch: asked }) =>
      asked === epoch
        ? { changes: Object.fromEntries(audiences.map((audience) => [audience, changes(audience, last[audience])])) }
        : null,
    /** The picture of somebody who has heard each audience up to `last`. */
    picture: (last) => merged(audiences.map((audience) => history.get(last[audience])[audience])),
    get seq() {
      return now;
    },
  };
}

/** Written apart from the library's own merging: later layers win, field by field. */
export function merged(layers) {
  const topics = {};
  for (const layer of layers) {
    for (const [topic, views] of Object.entries(layer)) {
      for (const [id, view] of Object.entries(views)) {
        topics[topic] ??= {};
        topics[topic][id] = { ...topics[topic][id], ...view };
      }
    }
  }
  return topics;
}

/** The store's picture in the same shape. */
export function shown(store) {
  const topics = {};
  for (const topic of TOPICS) {
    const views = Object.fromEntries(store.topic(topic));
    if (Object.keys(views).length > 0) topics[topic] = views;
  }
  return topics;
}

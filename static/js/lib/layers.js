// What one person sees of a thing is put together from layers: what everyone hears, what their group hears, what only
// they hear. Each layer is kept apart, because a `null` takes the thing out of its own layer only.

/** @typedef {Record<string, any>} View */
/** @typedef {Map<string, Map<string, View>>} Layer topic → id → view */

const RANKS = ["speaker", "group", "person"];

/** The most personal layer wins, so it is merged last: shared, then speaker, group, person. */
function rank(audience) {
  return RANKS.indexOf(audience.split(":", 1)[0]) + 1;
}

/**
 * @param {Iterable<string>} audiences
 * @returns {string[]} in the order they are merged
 */
export function mergeOrder(audiences) {
  return [...audiences].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/**
 * @param {Record<string, Record<string, View>>} topics
 * @returns {Layer}
 */
export function readLayer(topics) {
  return new Map(Object.entries(topics).map(([topic, views]) => [topic, new Map(Object.entries(views))]));
}

/**
 * @param {Layer} layer
 * @param {Record<string, Record<string, View | null>>} set
 * @returns {[string, string][]} the (topic, id) pairs that may look different now
 */
export function applyTo(layer, set) {
  const touched = [];
  for (const [topic, views] of Object.entries(set)) {
    if (!layer.has(topic)) layer.set(topic, new Map());
    const mine = layer.get(topic);
    for (const [id, view] of Object.entries(views)) {
      if (view === null) mine.delete(id);
      else mine.set(id, view);
      touched.push([topic, id]);
    }
  }
  return touched;
}

/**
 * @param {Layer[]} layers in merge order
 * @returns {View | undefined}
 */
export function mergeOne(layers, topic, id) {
  const parts = layers.map((layer) => layer.get(topic)?.get(id)).filter((part) => part !== undefined);
  if (parts.length < 2) return parts[0];
  return Object.assign({}, ...parts);
}

/** @param {Layer[]} layers @returns {Set<string>} */
export function idsIn(layers, topic) {
  const ids = new Set();
  for (const layer of layers) for (const id of layer.get(topic)?.keys() ?? []) ids.add(id);
  return ids;
}

/** Two views that read the same are the same to the page; nothing is drawn anew for them. */
export function sameView(a, b) {
  return a === b || (a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b));
}

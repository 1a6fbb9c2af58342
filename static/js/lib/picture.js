// The merged picture of each topic, worked out when somebody looks and kept until something in it changes.

import { idsIn, mergeOne, sameView } from "./layers.js";

const NOTHING = new Map();

/**
 * @param {() => import("./layers.js").Layer[]} layersInOrder
 */
export function createPicture(layersInOrder) {
  const pictures = new Map(); // topic → Map(id → merged view)
  const lists = new WeakMap();
  const stale = new Map(); // topic → Set of ids, or null for all of them

  /** @returns {ReadonlyMap<string, import("./layers.js").View>} */
  function topic(name) {
    if (!pictures.has(name)) stale.set(name, null);
    if (stale.has(name)) {
      const ids = stale.get(name);
      stale.delete(name);
      pictures.set(name, ids ? patched(name, ids) : rebuilt(name));
    }
    return pictures.get(name);
  }

  function list(name) {
    const views = topic(name);
    if (!lists.has(views)) lists.set(views, [...views.values()]);
    return lists.get(views);
  }

  function patched(name, ids) {
    const old = pictures.get(name);
    const layers = layersInOrder();
    let next = null;
    for (const id of ids) {
      const merged = mergeOne(layers, name, id);
      if (sameView(merged, old.get(id))) continue;
      next ??= new Map(old);
      if (merged === undefined) next.delete(id);
      else next.set(id, merged);
    }
    return next ?? old;
  }

  function rebuilt(name) {
    const old = pictures.get(name) ?? NOTHING;
    const layers = layersInOrder();
    const next = new Map();
    let same = true;
    for (const id of idsIn(layers, name)) {
      const merged = mergeOne(layers, name, id);
      const kept = sameView(merged, old.get(id)) ? old.get(id) : merged;
      same &&= kept === old.get(id);
      next.set(id, kept);
    }
    return same && next.size === old.size ? old : next;
  }

  return {
    topic,
    list,
    /** @param {[string, string][]} touched */
    touch(touched) {
      for (const [name, id] of touched) {
        if (stale.get(name) === null) continue; // everything in it is already to be looked at
        if (!stale.has(name)) stale.set(name, new Set());
        stale.get(name).add(id);
      }
    },
    touchAll() {
      for (const name of pictures.keys()) stale.set(name, null);
    },
  };
}

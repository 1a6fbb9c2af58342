// What this browser keeps for us. Storage may be forbidden (private windows, blocked cookies) or full; then memory
// stands in for it, and `durable` says that closing the page would lose something.

import { createSignal } from "./signal.js";

/**
 * @typedef {object} Keep
 * @property {(key: string) => string | null} get
 * @property {(key: string, value: string) => void} set
 * @property {(key: string) => void} remove
 * @property {(prefix: string) => string[]} keys sorted
 * @property {(fn: (key: string | null) => void) => () => void} watch another tab changed this key; null: all of it went
 * @property {import("./signal.js").Signal<boolean>} durable
 */

/**
 * @param {Storage | null} storage
 * @param {EventTarget | null} [events] where `storage` events arrive
 * @returns {Keep}
 */
export function createKeep(storage, events = null) {
  const memory = new Map(); // what storage would not take
  const durable = createSignal(storage !== null);
  const told = () => durable.set(storage !== null && memory.size === 0);

  return {
    durable,
    get(key) {
      if (memory.has(key)) return memory.get(key);
      return attempt(() => storage?.getItem(key), null) ?? null;
    },
    set(key, value) {
      const kept = attempt(() => (storage ? (storage.setItem(key, value), true) : false), false);
      if (kept) memory.delete(key);
      else memory.set(key, value);
      told();
    },
    remove(key) {
      memory.delete(key);
      attempt(() => storage?.removeItem(key));
      told();
    },
    keys(prefix) {
      const found = new Set([...memory.keys()]);
      attempt(() => {
        for (let i = 0; i < (storage?.length ?? 0); i += 1) found.add(storage.key(i));
      });
      return [...found].filter((key) => key?.startsWith(prefix)).sort();
    },
    watch(fn) {
      const heard = (event) => event.storageArea === storage && fn(event.key);
      events?.addEventListener("storage", heard);
      return () => events?.removeEventListener("storage", heard);
    },
  };
}

/** Reading the property alone may throw where cookies are blocked. @param {"localStorage" | "sessionStorage"} name */
export function openStorage(name) {
  return attempt(() => globalThis[name] ?? null, null);
}

/** Names are other people's: a slug or an id with a colon in it must not reach into a neighbour's keys. */
export function keyPrefix(...parts) {
  return ["hybridmote", ...parts.map(encodeURIComponent), ""].join(":");
}

function attempt(fn, otherwise) {
  try {
    return fn();
  } catch {
    return otherwise;
  }
}

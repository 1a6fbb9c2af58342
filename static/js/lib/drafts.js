// What is being typed, kept on this device with every key stroke, so that a reload loses nothing.

import { browserEnv } from "./env.js";
import { keyPrefix } from "./keep.js";

/** A shared computer should not remember for ever what somebody once began to write. */
const FORGOTTEN_AFTER = 30 * 24 * 3600 * 1000;

/** @param {{meeting: string, person: string, keep: import("./keep.js").Keep, env?: import("./env.js").Env}} options */
export function createDrafts({ meeting, person, keep, env = browserEnv }) {
  const prefix = keyPrefix("draft", meeting, person);
  sweep(keep, env);

  function get(field) {
    return read(keep, prefix + field)?.text ?? "";
  }

  function set(field, text) {
    if (text === "") keep.remove(prefix + field);
    else keep.set(prefix + field, JSON.stringify({ text, at: env.now() }));
  }

  return { get, set, clear: (field) => set(field, ""), durable: keep.durable };
}

function sweep(keep, env) {
  for (const key of keep.keys(keyPrefix("draft"))) {
    const draft = read(keep, key);
    if (!draft || env.now() - draft.at > FORGOTTEN_AFTER) keep.remove(key);
  }
}

function read(keep, key) {
  try {
    return JSON.parse(keep.get(key) ?? "null");
  } catch {
    return null;
  }
}

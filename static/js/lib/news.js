// Who wants to know of which topic. Told once per frame, and only if the picture differs from the one last told of.

import { safely } from "./signal.js";

/**
 * @param {(topic: string) => any} look what a topic looks like now; the same value means nothing to tell
 * @param {(run: () => void) => void} schedule
 */
export function createNews(look, schedule) {
  const listeners = new Map(); // topic → Set of functions
  const shown = new Map(); // topic → what its listeners were last told of
  const changed = new Set();
  let planned = false;

  function plan() {
    if (planned) return;
    planned = true;
    schedule(tell);
  }

  function tell() {
    planned = false;
    const topics = [...changed];
    changed.clear();
    for (const topic of topics) {
      const now = look(topic);
      if (shown.get(topic) === now) continue;
      shown.set(topic, now);
      call(topic);
    }
    call("*");
  }

  function call(topic) {
    for (const listener of [...(listeners.get(topic) ?? [])]) safely(listener);
  }

  return {
    /** @param {[string, string][]} touched pairs of topic and id */
    of(touched) {
      for (const [topic] of touched) if (listeners.has(topic)) changed.add(topic);
      plan();
    },
    all() {
      for (const topic of listeners.keys()) if (topic !== "*") changed.add(topic);
      plan();
    },
    /** @param {string} topic @param {() => void} fn @returns {() => void} unsubscribe */
    subscribe(topic, fn) {
      if (!listeners.has(topic)) {
        listeners.set(topic, new Set());
        if (topic !== "*") shown.set(topic, look(topic));
      }
      listeners.get(topic).add(fn);
      return () => listeners.get(topic).delete(fn);
    },
  };
}

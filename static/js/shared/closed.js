// What one has closed stays closed in this browser, after a reload too; for oneself alone.

import { useState } from "../../vendor/preact.standalone.module.js";
import { createKeep, keyPrefix, openStorage } from "../lib/keep.js";

const REMEMBERED = 200;

/** @param {...string} names whose: what is closed, and in which meeting @returns {[string[], (id: string) => void]} */
export function useClosed(...names) {
  const [keep] = useState(() => createKeep(openStorage("localStorage")));
  const key = `${keyPrefix(...names)}closed`;
  const [closed, set] = useState(() => (keep.get(key) ?? "").split(" ").filter(Boolean));
  const close = (id) => {
    const now = [...closed, id].slice(-REMEMBERED);
    keep.set(key, now.join(" "));
    set(now);
  };
  return [closed, close];
}

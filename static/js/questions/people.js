// People as the desk finds them: by name, and those who may not ask. Their names are on nobody's page, so the server is asked.

import { useEffect, useState } from "../../vendor/preact.standalone.module.js";

/** @returns {string} "Name, organisation" */
export const called = (one) => [one.name, one.organisation].filter(Boolean).join(", ");

/** Those who take part and are called that. @param {string} base of the meeting's pages @param {string} name */
export function usePeople(base, name) {
  const [people, set] = useState([]);
  const wanted = name.trim();
  useEffect(() => {
    set([]);
    if (wanted.length < 2) return undefined;
    return ask(`${base}/people?name=${encodeURIComponent(wanted)}`, set, 250);
  }, [base, wanted]);
  return people;
}

/** All who may not ask. @param {string | undefined} last asked for again when this is another */
export function useMuted(base, last) {
  const [people, set] = useState([]);
  useEffect(() => ask(`${base}/people?muted=true`, set), [base, last]);
  return people;
}

function ask(address, set, wait = 0) {
  const stop = new AbortController();
  const timer = setTimeout(async () => {
    try {
      const answer = await fetch(address, { signal: stop.signal });
      if (answer.ok) set((await answer.json()).people);
    } catch {
      // Without contact what is known already stands.
    }
  }, wait);
  return () => {
    clearTimeout(timer);
    stop.abort();
  };
}

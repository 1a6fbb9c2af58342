// The library's values as Preact hooks: a component that uses one is drawn again when it changes.

import { useEffect, useState } from "../../vendor/preact.standalone.module.js";

function useLive(read, subscribe, dependencies) {
  const [, redraw] = useState(0);
  useEffect(() => {
    const again = () => redraw((n) => n + 1);
    // It may have changed between the drawing and the listening.
    if (read() !== value) again();
    return subscribe(again);
  }, dependencies);
  const value = read();
  return value;
}

/** @returns {ReadonlyMap<string, object>} id → view */
export function useTopic(store, name) {
  return useLive(
    () => store.topic(name),
    (fn) => store.subscribe(name, fn),
    [store, name],
  );
}

/** @returns {object[]} */
export function useList(store, name) {
  return useLive(
    () => store.list(name),
    (fn) => store.subscribe(name, fn),
    [store, name],
  );
}

/** @returns {import("./store.js").Me} */
export function useMe(store) {
  return useLive(
    () => store.me,
    (fn) => store.subscribe("me", fn),
    [store],
  );
}

/** @template T @param {import("./signal.js").Signal<T>} signal @returns {T} */
export function useSignal(signal) {
  return useLive(
    () => signal.value,
    (fn) => signal.subscribe(fn),
    [signal],
  );
}

/** @param {"second" | "minute"} period @returns {number} the server's now (ms), drawn again on each full period */
export function useTick(clock, period) {
  const [, redraw] = useState(0);
  useEffect(() => clock.onTick(period, redraw), [clock, period]);
  return clock.now();
}

// One value that others may watch. Everything a page can look at, apart from the topics of the store, is one of these.

/**
 * @template T
 * @typedef {{readonly value: T, set(next: T): void, subscribe(fn: (value: T) => void): () => void}} Signal
 */

/**
 * @template T
 * @param {T} initial
 * @returns {Signal<T>}
 */
export function createSignal(initial) {
  let value = initial;
  const listeners = new Set();
  return {
    get value() {
      return value;
    },
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) safely(listener, value);
    },
    subscribe(fn) {
      listeners.add(fn);
      return () => listeners.delete(fn);
    },
  };
}

/**
 * A listener that throws must neither silence those after it nor break the line that brought the news.
 * @param {(...args: any[]) => void} fn
 * @param {...any} args
 */
export function safely(fn, ...args) {
  try {
    fn(...args);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

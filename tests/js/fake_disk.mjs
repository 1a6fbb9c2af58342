// One browser profile: storage that several tabs share, and tells the others of; and Web Locks between them.

export function fakeDisk() {
  const data = new Map();
  const tabs = new Set();
  const disk = {
    data,
    full: false,
    writes: 0,
    /** Another tab of the same person. */
    tab() {
      const events = new EventTarget();
      const tell = (key) => {
        for (const other of tabs) {
          if (other.events === events) continue;
          queueMicrotask(() => {
            const event = new Event("storage");
            event.key = key;
            event.storageArea = other.storage;
            other.events.dispatchEvent(event);
          });
        }
      };
      const storage = {
        get length() {
          return data.size;
        },
        key: (i) => [...data.keys()][i] ?? null,
        getItem: (key) => data.get(key) ?? null,
        setItem(key, value) {
          if (disk.full) throw new Error("QuotaExceededError");
          disk.writes += 1;
          data.set(key, value);
          tell(key);
        },
        removeItem(key) {
          if (data.delete(key)) tell(key);
        },
        clear() {
          data.clear();
          tell(null);
        },
      };
      const tab = { storage, events, close: () => tabs.delete(tab) };
      tabs.add(tab);
      return tab;
    },
    clearByUser() {
      data.clear();
      for (const tab of tabs) {
        const event = new Event("storage");
        event.key = null;
        event.storageArea = tab.storage;
        tab.events.dispatchEvent(event);
      }
    },
  };
  return disk;
}

export function fakeLocks() {
  const held = new Map(); // name → {tab, lost}
  const queues = new Map();

  function next(name) {
    const queue = queues.get(name) ?? [];
    if (held.has(name) || queue.length === 0) return;
    grant(name, queue.shift());
  }

  function grant(name, { tab, fn, resolve, reject }) {
    const mine = { tab, lost: () => reject(Object.assign(new Error("stolen"), { name: "AbortError" })) };
    held.set(name, mine);
    const free = () => {
      if (held.get(name) !== mine) return;
      held.delete(name);
      next(name);
    };
    Promise.resolve().then(fn).then(resolve, reject).finally(free);
  }

  function requestFrom(tab) {
    return function request(name, options, fn) {
      return new Promise((resolve, reject) => {
        const wish = { tab, fn, resolve, reject };
        if (options.steal) {
          held.get(name)?.lost();
          held.delete(name);
          return grant(name, wish);
        }
        if (!queues.has(name)) queues.set(name, []);
        queues.get(name).push(wish);
        options.signal?.addEventListener("abort", () => {
          const queue = queues.get(name);
          if (!queue.includes(wish)) return;
          queue.splice(queue.indexOf(wish), 1);
          reject(Object.assign(new Error("aborted"), { name: "AbortError" }));
        });
        next(name);
      });
    };
  }

  return {
    of: (tab) => ({ request: requestFrom(tab) }),
    /** A closed tab holds nothing and waits for nothing. */
    close(tab) {
      for (const [name, queue] of queues)
        queues.set(
          name,
          queue.filter((wish) => wish.tab !== tab),
        );
      for (const [name, mine] of [...held]) {
        if (mine.tab !== tab) continue;
        held.delete(name);
        next(name);
      }
    },
  };
}

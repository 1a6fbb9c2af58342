// Which deck stands where, and which page of it. Pure, but for the texts, which are fetched once for each deck.

/** The deck everyone is shown a page of. @param {Set<string>} current ids of what is on (programme/order.js) */
export const shown = (decks, current) =>
  decks.find((deck) => deck.state === "ready" && deck.page > 0 && current.has(deck.item)) ?? null;

/** The deck that can be turned. */
export const ready = (decks, items) => decks.find((deck) => deck.state === "ready" && items.has(deck.item)) ?? null;

/** What is made of an item's slides: the deck that is there, and the one that is on its way or failed. */
export function ofItem(decks, item) {
  const own = decks.filter((deck) => deck.item === item);
  return {
    there: own.find((deck) => deck.state === "ready") ?? null,
    coming: own.filter((deck) => deck.state !== "ready").at(-1) ?? null,
  };
}

/** The page as far as I have said: what is on its way counts. */
export function pageOf(deck, entries) {
  const said = entries.filter(
    (entry) => entry.name === "slides.turn" && entry.payload.deck === deck.id && entry.state !== "failed",
  );
  return said.at(-1)?.payload.page ?? deck.page;
}

/** What a key means: a page forward or back, the first or the last; null for any other key. */
export function pageFor(key, page, pages) {
  const to = {
    ArrowRight: page + 1,
    ArrowDown: page + 1,
    PageDown: page + 1,
    ArrowLeft: page - 1,
    ArrowUp: page - 1,
    PageUp: page - 1,
    Home: 1,
    End: pages,
  }[key];
  return to === undefined ? null : Math.min(Math.max(to, 1), pages);
}

export const address = (base, deck, page) => `${base}/slides/${deck.id}/${page}.webp`;

const fetched = new Map();

/** The texts of a deck's pages, the first at 0. A failure is tried again the next time. */
export function textsOf(base, deck, fetch = (...args) => globalThis.fetch(...args)) {
  const url = `${base}/slides/${deck.id}.json`;
  if (!fetched.has(url)) {
    const coming = fetch(url)
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`status ${answer.status}`))))
      .then((told) => told.pages.map((page) => page.text));
    coming.catch(() => fetched.delete(url));
    fetched.set(url, coming);
  }
  return fetched.get(url);
}

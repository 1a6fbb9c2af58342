// The question that the keys act on. It is marked in the page itself, so that moving the mark draws nothing anew: the
// one somebody last was in; when it goes, its neighbour.

import { neighbour } from "../shared/focus.js";

const ROW = "[data-q]";
const rowsIn = (part) => [...part.querySelectorAll(ROW)];
const keyOf = (row) => row.dataset.q;

/** @param {Element} part what holds all the questions */
export function followCurrent(part) {
  let current = null;
  let order = [];

  function mark(row) {
    if (current === row) return;
    current?.removeAttribute("aria-current");
    current = row;
    current?.setAttribute("aria-current", "true");
  }

  function look() {
    const rows = rowsIn(part);
    if (!current?.isConnected) {
      const here = new Map(rows.map((row) => [keyOf(row), row]));
      const next = current && neighbour(order, keyOf(current), (key) => here.has(key));
      mark(here.get(next) ?? rows[0] ?? null);
    }
    order = rows.map(keyOf);
  }

  const enter = (event) => {
    const row = event.target.closest?.(ROW);
    if (row && part.contains(row)) mark(row);
  };
  part.addEventListener("focusin", enter);
  part.addEventListener("click", enter);
  new MutationObserver(look).observe(part, { childList: true, subtree: true });
  look();
}

/** One step on or back, in the order of the page; the focus goes along. @returns {boolean} whether there was one */
export function step(page, by) {
  const rows = rowsIn(page);
  const at = rows.findIndex((row) => row.hasAttribute("aria-current"));
  // Who has not begun begins with the one that is marked.
  const begun = at >= 0 && rows[at].contains(page.activeElement);
  const row = rows[at < 0 ? 0 : begun ? at + by : at];
  row?.focus();
  row?.scrollIntoView({ block: "nearest" });
  return Boolean(row);
}

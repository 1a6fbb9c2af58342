// When the row one stands in goes away, the keyboard moves to its neighbour, not to the top of the page; when it only moves,
// or what was pressed in it goes, the keyboard stays in it.

import { useEffect, useLayoutEffect, useRef } from "../../vendor/preact.standalone.module.js";

/**
 * Rows carry `data-row`, the controls to come back to `data-act`.
 * @param {{current: Element | null}} ref the part of the page that holds the rows
 * @param {string} home selector of what takes the focus when no row is left
 */
export function useFocusKeeper(ref, home) {
  const last = useRef(null);

  useEffect(() => {
    const part = ref.current;
    const remember = (event) => {
      const row = event.target.closest("[data-row]");
      if (!row) return;
      // A neighbour is one of the same list, where there are several.
      const list = row.closest("section, ol") ?? part;
      const rows = [...list.querySelectorAll("[data-row]")].map((one) => one.dataset.row);
      last.current = {
        element: event.target,
        row: row.dataset.row,
        rows,
        act: event.target.closest("[data-act]")?.dataset.act,
      };
    };
    // Focus that went elsewhere of its own will is not to be fetched back.
    const forget = (event) => {
      if (!part.contains(event.target) || !event.target.closest("[data-row]")) last.current = null;
    };
    part.addEventListener("focusin", remember);
    document.addEventListener("focusin", forget);
    document.addEventListener("pointerdown", forget);
    return () => {
      part.removeEventListener("focusin", remember);
      document.removeEventListener("focusin", forget);
      document.removeEventListener("pointerdown", forget);
    };
  }, []);

  useLayoutEffect(() => {
    const was = last.current;
    const part = ref.current;
    if (!was || !part || (document.activeElement && document.activeElement !== document.body)) return;
    const there = find(part, was.row);
    if (there && was.element.isConnected) {
      was.element.focus({ preventScroll: true }); // the row has changed places, and the browser let go of it
      return;
    }
    last.current = null;
    // The row may still be there, with other controls than the one that was pressed.
    const id = there ? was.row : neighbour(was.rows, was.row, (one) => find(part, one) !== null);
    const row = id && find(part, id);
    (control(row, was.act) ?? part.querySelector(home) ?? document.querySelector(home))?.focus();
  });
}

const control = (row, act) => row?.querySelector(`[data-act="${act}"]`) ?? row?.querySelector("[data-act]");
const find = (part, id) => part.querySelector(`[data-row="${CSS.escape(id)}"]`);

/** The next that is still there, else the one before. Pure. */
export function neighbour(rows, gone, isThere) {
  const at = rows.indexOf(gone);
  const after = rows.slice(at + 1).find(isThere);
  return after ?? rows.slice(0, at).reverse().find(isThere) ?? null;
}

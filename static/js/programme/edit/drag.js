// Dragging a row by its grip, with mouse, pen or finger. Keys and buttons do the same; Escape lets go without moving.

const EDGE = 60; // px from the window's edge where the page scrolls
const STEP = 12;

/**
 * @param {PointerEvent} event on the grip
 * @param {(over: {id?: string, side?: string, day?: string, track?: string} | null) => void} onOver while dragging
 * @param {(over: object) => void} onDrop
 */
export function drag(event, onOver, onDrop) {
  if (event.button > 0) return;
  const grip = event.currentTarget;
  const own = grip.closest("[data-row]").dataset.row;
  let over = null;
  let y = event.clientY;
  event.preventDefault();
  grip.setPointerCapture(event.pointerId);

  const look = (x) => {
    const found = document.elementFromPoint(x, y);
    const row = found?.closest("[data-row]");
    const end = found?.closest("[data-end]");
    if (row && row.dataset.row !== own) {
      const box = row.getBoundingClientRect();
      const part = (y - box.top) / box.height;
      over = { id: row.dataset.row, side: part < 0.3 ? "before" : part > 0.7 ? "after" : "into" };
    } else over = end ? { day: end.dataset.day, track: end.dataset.track } : null;
    onOver(over);
  };
  const move = (next) => {
    y = next.clientY;
    look(next.clientX);
  };
  const timer = setInterval(() => {
    if (y < EDGE) scrollBy(0, -STEP);
    else if (y > innerHeight - EDGE) scrollBy(0, STEP);
  }, 16);
  const end = (drops) => {
    clearInterval(timer);
    for (const [name, fn] of Object.entries(on)) grip.removeEventListener(name, fn);
    removeEventListener("keydown", escape, true);
    onOver(null);
    if (drops && over) onDrop(over);
  };
  const escape = (key) => key.key === "Escape" && end(false);
  const on = { pointermove: move, pointerup: () => end(true), pointercancel: () => end(false) };
  for (const [name, fn] of Object.entries(on)) grip.addEventListener(name, fn);
  addEventListener("keydown", escape, true);
}

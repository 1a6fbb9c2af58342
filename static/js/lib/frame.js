// When to tell the page: once per frame, however many messages came.

/**
 * Runs `run` once, before the next frame. A hidden page gets no frames, and one that is about to be hidden may wait for
 * its frame for ever, so a timer stands beside it.
 * @param {() => void} run
 */
export function onNextFrame(run) {
  if (typeof document === "undefined" || document.visibilityState !== "visible") {
    queueMicrotask(run);
    return;
  }
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    run();
  };
  requestAnimationFrame(once);
  setTimeout(once, 250);
}

// When the browser knows something about the line before the line does.

/**
 * @param {{wake(): void, doubt(): void, refresh(): void}} tell
 * @returns {() => void} stop listening
 */
export function listenForWakeUps({ wake, doubt, refresh }) {
  const shown = () => {
    if (document.visibilityState !== "visible") return;
    refresh();
    wake();
  };
  // A page taken from the back-forward cache has slept, and its sockets have not survived.
  const listeners = [
    [document, "visibilitychange", shown],
    [window, "pageshow", (event) => event.persisted && shown()],
    [window, "online", wake],
    [window, "offline", doubt],
  ];
  for (const [target, event, fn] of listeners) target.addEventListener(event, fn);
  return () => {
    for (const [target, event, fn] of listeners) target.removeEventListener(event, fn);
  };
}

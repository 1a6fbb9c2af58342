// What becomes of the letters, in the page and in words. Of each letter that leaves nothing is said: only what somebody
// has to do something about, and that all have gone.

/**
 * @typedef {{counts?: Record<string, number>, trouble?: string}} Outbox as the topic `letters` tells it
 * @param {Outbox | undefined} before
 * @param {Outbox | undefined} now
 * @param {{(words: string): string, n: (one: string, other: string, n: number) => string}} t
 * @returns {string[]} sentences. Pure.
 */
export function news(before, now, t) {
  const of = (outbox, ...states) => states.reduce((sum, state) => sum + (outbox?.counts?.[state] ?? 0), 0);
  const words = [];
  if (now?.trouble && now.trouble !== before?.trouble) words.push(t("No letter can leave just now."));
  if (!now?.trouble && before?.trouble) words.push(t("Letters leave again."));
  const refused = of(now, "refused", "failed") - of(before, "refused", "failed");
  if (refused > 0) words.push(t.n("{n} letter was refused.", "{n} letters were refused.", refused));
  const left = of(now, "waiting", "sending");
  if (left === 0 && of(before, "waiting", "sending") > 0) words.push(t("All letters have been dealt with."));
  return words;
}

/** Lets `shown` become as `drawn` is, row by row, so that what is the same stays the same: where the keyboard is, too. */
export function settle(shown, drawn) {
  const rows = (root) => [...root.querySelectorAll(":scope > ol > li[id]")];
  const [here, there] = [rows(shown), rows(drawn)];
  const same = here.length > 0 && here.length === there.length && here.every((row, n) => row.id === there[n].id);
  if (!same) return replace(shown, drawn);
  here.forEach((row, n) => replace(row, there[n]));
  const others = (root) => [...root.children].filter((one) => one.localName !== "ol");
  const [ours, theirs] = [others(shown), others(drawn)];
  if (ours.length !== theirs.length) return replace(shown, drawn);
  ours.forEach((one, n) => replace(one, theirs[n]));
}

function replace(shown, drawn) {
  if (alike(shown).isEqualNode(alike(drawn))) return;
  const held = shown.contains(document.activeElement) ? document.activeElement : null;
  const row = held?.closest("li[id]")?.id;
  const href = held?.getAttribute("href");
  const fresh = document.adoptNode(drawn);
  shown.replaceWith(fresh);
  if (!held) return;
  const all = [...fresh.querySelectorAll("a, button")];
  const inRow = row ? all.filter((one) => one.closest("li[id]")?.id === row) : [];
  // the same link or button; else what else there is of that letter, since its button may be of no more use
  const next =
    all.find((one) => href && one.getAttribute("href") === href) ??
    inRow.find((one) => one.textContent === held.textContent) ??
    inRow[0] ??
    all[0];
  next?.focus({ preventScroll: true });
}

/** Without what is another at every drawing though nothing is new. */
function alike(node) {
  const copy = node.cloneNode(true);
  for (const one of copy.querySelectorAll("input[name=op], input[name=csrf_token]")) one.remove();
  return copy;
}

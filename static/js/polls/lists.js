// Which polls stand where, and what of them is drawn. Pure.

const before = (a, b) => (a.made_at < b.made_at ? -1 : a.made_at > b.made_at ? 1 : 0);

/** What a participant sees: the open ones, and those of what is on that have been closed, the newest first. */
export const forAll = (polls, items) =>
  polls.filter((poll) => items.has(poll.item) && (poll.state === "open" || poll.on_screen)).sort((a, b) => before(b, a));

/** The one on the hall's screen. */
export const onScreen = (polls, items) =>
  polls.find((poll) => poll.on_screen && poll.state !== "draft" && items.has(poll.item)) ?? null;

/** On the desk: what is open first, then the drafts, then what is closed; of equals, the newest. */
export function onDesk(polls, items) {
  const rank = { open: 0, draft: 1, closed: 2 };
  return polls
    .filter((poll) => items.has(poll.item))
    .sort((a, b) => rank[a.state] - rank[b.state] || before(b, a));
}

/** Those of other items: prepared for later, or over. */
export const elsewhere = (polls, items) => polls.filter((poll) => !items.has(poll.item)).sort((a, b) => before(b, a));

/** @returns {{name: string, n: number, percent: number}[]} one for each answer, or each word; percent of who answered */
export function rows(poll) {
  const all = Math.max(poll.answered, 1);
  const row = (name, n) => ({ name, n, percent: Math.round((100 * n) / all) });
  if (poll.kind === "words") return poll.words.map(([word, n]) => row(word, n));
  if (poll.kind === "choice") return poll.options.map((name, i) => row(name, poll.bars[i]));
  return poll.bars.map((n, i) => row(String(i + 1), n));
}

/** What I have answered, as far as I have said: what is on its way counts. */
export function myAnswer(poll, mine, entries) {
  const said = entries
    .filter((entry) => entry.name === "poll.answer" && entry.payload.id === poll.id && entry.state !== "failed")
    .at(-1);
  return said ? said.payload.answers : (mine ?? []);
}

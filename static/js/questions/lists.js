// Which question stands where. Pure.

/**
 * Most supported first; of equals, the one that has waited longest. What was asked of those who speak now comes before.
 * @param {Set<string>} current ids of what is on (see programme/order.js)
 */
export function inLine(questions, current) {
  const rank = (q) => (current.has(q.item) ? 0 : 1);
  return questions
    .filter((q) => q.state === "approved")
    .sort((a, b) => rank(a) - rank(b) || b.support - a.support || before(a, b));
}

/**
 * What was asked of the items that are followed, of none, or by oneself: another hall's questions are its own.
 * @param {object[]} line what is followed (see programme/tracks.js)
 */
export function ofLine(questions, line) {
  const there = new Set(line.map((item) => item.id));
  return questions.filter((q) => q.mine || !q.item || there.has(q.item));
}

export const onStage = (questions) => questions.filter((q) => q.state === "on_stage");

export const toReview = (questions) => questions.filter((q) => q.state === "pending").sort(before);

/** The latest first. */
export const answered = (questions) => questions.filter((q) => q.state === "answered").sort((a, b) => before(b, a));

/** My own that the others do not see. */
export const ownUnseen = (questions) =>
  questions.filter((q) => q.mine && (q.state === "pending" || q.state === "rejected")).sort(before);

const before = (a, b) => (a.asked_at < b.asked_at ? -1 : a.asked_at > b.asked_at ? 1 : 0);

/**
 * What I have said and the server has not answered, of one command.
 * @returns {object[]} the outbox's entries, oldest first
 */
export const unanswered = (entries, name) => entries.filter((entry) => entry.name === name && entry.state !== "failed");

export const refused = (entries, name) => entries.filter((entry) => entry.name === name && entry.state === "failed");

/**
 * Whether I support it, as far as I have said: what is on its way counts.
 * @returns {{on: boolean, support: number, later: boolean}} later: said, and not yet heard by the server
 */
export function myVote(question, supported, entries) {
  const said = unanswered(entries, "question.upvote")
    .filter((entry) => entry.payload.id === question.id)
    .at(-1);
  if (!said || said.payload.on === supported) return { on: supported, support: question.support, later: false };
  const support = Math.max(0, question.support + (said.payload.on ? 1 : -1));
  return { on: said.payload.on, support, later: said.state === "waiting" };
}

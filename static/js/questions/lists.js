// Which question stands where. Pure.

/**
 * Most supported first; of equals, the one that has waited longest. What was asked of those who speak now comes before.
 * @param {Set<string>} current ids of what is on (see programme/order.js)
 * @param {"support" | "time"} [order] by time: the newest first
 */
export function inLine(questions, current, order = "support") {
  const rank = (q) => (current.has(q.item) ? 0 : 1);
  const within =
    order === "time" ? (a, b) => before(b, a) : (a, b) => rank(a) - rank(b) || b.support - a.support || before(a, b);
  return questions.filter((q) => q.state === "approved").sort(within);
}

/** As those who speak see the line: what is up next in its order, then the most supported. */
export function upNextFirst(questions) {
  const place = (q) => q.queue ?? Infinity;
  const byPlace = (a, b) => (place(a) === place(b) ? b.support - a.support || before(a, b) : place(a) - place(b));
  return questions.filter((q) => q.state === "approved").sort(byPlace);
}

/** Answered in writing, as they were asked. */
export const inWriting = (questions) => questions.filter((q) => q.state === "answered" && q.reply).sort(before);

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

/** My own of which no list and no receipt tells: what waits, and what I have withdrawn. */
export const ownUnseen = (questions) =>
  questions.filter((q) => q.mine && (q.state === "pending" || q.state === "withdrawn")).sort(before);

/**
 * The receipts that still say how it is, the newest first: what was taken up again has not been answered after all.
 * @param {object[]} receipts @param {(id: string) => object | undefined} question my own, by id
 */
export function standing(receipts, question) {
  const still = ({ end, into, question: id }) => {
    const own = question(id);
    if (!own || end === "revealed") return Boolean(own);
    if (into && end !== "merged") return own.state === "merged"; // of what it was merged into
    return end === "replied" ? own.reply !== "" : own.state === end;
  };
  const replied = new Set(receipts.filter((one) => one.end === "replied").map((one) => one.question));
  return receipts
    .filter((one) => still(one) && !(one.end === "answered" && replied.has(one.question)))
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.id < b.id ? -1 : 1));
}

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

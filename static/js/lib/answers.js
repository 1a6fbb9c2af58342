// What the server may answer, made sure of: a proxy on the way may answer anything at all.

/** Nothing usable came back: the command may or may not have arrived, so it is sent again under the same `op`. */
export class Silence extends Error {}

/** The server said no, in its own words. */
export class Refused extends Error {
  /** @param {import("./outbox.js").Problem} problem */
  constructor(problem) {
    super(problem.title ?? problem.code);
    this.problem = problem;
  }
}

/** Refusals that another attempt would only repeat: the link is revoked, the meeting gone, this person not let in.
 *  A refusal that is not in the server's own form (`foreign`) is a proxy's, and proxies change their minds. */
export function isFinal(problem) {
  return Boolean(problem?.code) && !problem.foreign && [401, 403, 404].includes(problem.status);
}

/** @param {any} answer of a socket @returns {import("./outbox.js").Answer} @throws {Silence} */
export function checkedAnswer(answer) {
  if (answer?.ok === true) return answer;
  if (answer?.ok === false && answer.problem) return answer;
  throw new Silence("an answer without sense");
}

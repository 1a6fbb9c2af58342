// What is told a participant when it happens: their own questions and the stage in words, everybody else's as numbers.
// (The desk: bell.js.)

import { browserEnv } from "../lib/env.js";
import { answered } from "./lists.js";

/** That a question is one's own is heard a moment after everybody has heard of it. */
const SETTLED = 300;

/**
 * @param {ReturnType<typeof import("../lib/app.js").start>} app
 * @param {import("../shared/announce.js").Voice} say
 * @param {(questions: object[]) => object[]} [followed] those of the track that is followed
 */
export function tellNews({ store, t }, say, followed = (questions) => questions, env = browserEnv) {
  let counting = null;
  let stage = idOf(staged(store));
  let mine = statesOfMine(store);
  const receipts = new Set(store.topic("receipts").keys());
  const shown = new Set(others().map((q) => q.id));
  const done = new Set(answered(others()).map((q) => q.id));

  function others() {
    return store.list("questions").filter((q) => !q.mine);
  }

  function count() {
    counting = null;
    const come = fresh(shown, others());
    const replied = fresh(done, answered(others()));
    if (come) say.count("come", come, (n) => t.n("{n} new question", "{n} new questions", n));
    if (replied) say.count("answered", replied, (n) => t.n("{n} answered", "{n} answered", n));
  }

  /** How many of those that are followed were not there; from now on all are known, also to who follows others later. */
  function fresh(known, questions) {
    const come = questions.filter((q) => !known.has(q.id));
    for (const q of come) known.add(q.id);
    return followed(come).length;
  }

  store.subscribe("questions", () => {
    const now = staged(store);
    if (idOf(now) !== stage) {
      stage = idOf(now);
      if (now) say(t("On stage: {text}", { text: now.text }), "stage", "news");
    }
    counting ??= env.later(count, SETTLED);
    const was = mine;
    mine = statesOfMine(store);
    for (const [id, state] of mine) {
      if (state === "approved" && was.get(id) === "pending") say(t("Your question is approved. It is in line."), id);
    }
  });

  store.subscribe("receipts", () => {
    for (const receipt of store.list("receipts")) {
      if (receipts.has(receipt.id)) continue;
      receipts.add(receipt.id);
      say(outcome(t, receipt), receipt.id);
    }
  });
}

function outcome(t, { end, reason, into }) {
  if (end === "rejected") return t("Your question was not taken up: {reason}", { reason });
  if (end === "merged") return t("Your question was merged with a similar one.");
  if (end === "revealed") return t("Your name is shown with your question now: {reason}", { reason });
  if (end === "replied") return t("Your question has been answered in writing.");
  return into ? t("The question that yours was merged with has been answered.") : t("Your question has been answered.");
}

const staged = (store) => store.list("questions").find((q) => q.state === "on_stage");
const idOf = (question) => question?.id ?? null;
const statesOfMine = (store) =>
  new Map(
    store
      .list("questions")
      .filter((q) => q.mine)
      .map((q) => [q.id, q.state]),
  );

// What is told in words when it happens: to a participant their own questions and the stage, to a moderator the queue.

import { toReview } from "./lists.js";

/**
 * @param {ReturnType<typeof import("../lib/app.js").start>} app
 * @param {(words: string, about?: string) => void} say
 */
export function tellNews({ store, t }, say) {
  let stage = idOf(staged(store));
  let mine = statesOfMine(store);
  const receipts = new Set(store.topic("receipts").keys());

  store.subscribe("questions", () => {
    const now = staged(store);
    if (idOf(now) !== stage) {
      stage = idOf(now);
      if (now) say(t("On stage: {text}", { text: now.text }), "stage");
    }
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
      if (receipt.end === "answered") say(t("Your question has been answered."), receipt.id);
      else say(t("Your question was not taken up: {reason}", { reason: receipt.reason }), receipt.id);
    }
  });
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

/** "3 new to review", at most now and then: a moderator hears it, a busy one is not drowned. */
export function tellQueue({ store, t }, say) {
  let known = new Set(toReview(store.list("questions")).map((q) => q.id));
  let told = 0;
  let timer = null;
  store.subscribe("questions", () => {
    const pending = toReview(store.list("questions"));
    told += pending.filter((q) => !known.has(q.id)).length;
    known = new Set(pending.map((q) => q.id));
    document.title = document.title.replace(/^\d+/, String(pending.length));
    if (told === 0 || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      if (told > 0) say(t.n("{n} new question to review.", "{n} new questions to review.", told), "queue");
      told = 0;
    }, 3_000);
  });
}

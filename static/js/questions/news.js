// What a participant is told in words when it happens: mine first of all, then what is on stage.

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

// "A poll: …" in words, when one is opened while somebody reads.

/**
 * @param {ReturnType<typeof import("../lib/app.js").start>} app
 * @param {import("../shared/announce.js").Voice} say
 * @param {() => Set<string>} here ids of what is on for who reads: another hall's polls are not theirs
 */
export function tellPolls({ store, t }, say, here) {
  const open = () => store.list("polls").filter((poll) => poll.state === "open");
  let known = new Set(open().map((poll) => poll.id));
  store.subscribe("polls", () => {
    const now = open();
    for (const poll of now) {
      if (!known.has(poll.id) && here().has(poll.item)) say(t("A poll: {prompt}", { prompt: poll.prompt }), poll.id, "news");
    }
    known = new Set(now.map((poll) => poll.id));
  });
}

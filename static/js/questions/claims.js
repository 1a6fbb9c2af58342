// Who has a form open on a question has it to themselves: said to the others when it is opened, again every minute while
// it is, and taken back when it is closed. Without contact nothing is said: it would come when it is no longer true.

const AGAIN = 60_000;

/** @param {ReturnType<typeof import("../lib/app.js").start>} app */
function createClaims({ connection, outbox, store }) {
  const held = new Set();
  const left = new Map(); // what was closed here a moment ago: the news of it is still on its way

  const open = (id) => ["pending", "approved", "on_stage"].includes(store.one("questions", id)?.state);

  function say(name, payload) {
    if (!open(payload.id)) return;
    if (connection.state.value.name === "offline" || connection.state.value.name === "ended") return;
    const sent = outbox.send(name, payload);
    // Refused: somebody else has it, or it is over. The row says which.
    sent.answer.then((answer) => answer.ok || outbox.dismiss(sent.op));
  }

  setInterval(() => {
    for (const id of held) say("question.claim", { id });
  }, AGAIN);

  return {
    hold(id) {
      if (held.has(id)) return;
      held.add(id);
      say("question.claim", { id });
    },
    /** `acted`: what was done has ended it already. */
    drop(id, { acted = false } = {}) {
      if (!held.delete(id)) return;
      left.set(id, Date.now());
      if (!acted) say("question.release", { id });
    },
    over: (id) => say("question.claim", { id, over: true }),
    holds: (id) => held.has(id),
    recent: (id) => Date.now() - (left.get(id) ?? 0) < 5_000,
  };
}

const known = new WeakMap();

/** @returns {ReturnType<typeof createClaims>} those of this page */
export function claimsOf(app) {
  if (!known.has(app)) known.set(app, createClaims(app));
  return known.get(app);
}

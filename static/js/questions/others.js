// "Somebody else was faster" in words that name them: what the audit log says was done to a question last. Pure.

/**
 * @param {object[]} audit @param {string} id the question's
 * @returns {object | undefined}
 */
export function lastDone(audit, id) {
  const done = audit.filter((one) => one.object === id);
  return done.reduce((last, one) => (last && last.at > one.at ? last : one), undefined);
}

/**
 * @param {(source: string, params?: object) => string} t
 * @param {object | undefined} done the audit's entry
 * @param {string | undefined} state what the question is now
 */
export function whoWasFaster(t, done, state) {
  const who = done?.who_name || t("Somebody else");
  for (const [what, now, say] of DEEDS) if (done ? done.what === what : state === now) return say(t, who);
  return t("{who} has changed it meanwhile.", { who });
}

const DEEDS = [
  ["question.approve", "approved", (t, who) => t("{who} has already approved it.", { who })],
  ["question.reject", "rejected", (t, who) => t("{who} has already rejected it.", { who })],
  ["question.take", "on_stage", (t, who) => t("{who} has already taken it up.", { who })],
  ["question.answer", "answered", (t, who) => t("{who} has already marked it as answered.", { who })],
  ["question.edit", null, (t, who) => t("{who} has changed its wording meanwhile.", { who })],
  ["question.merge", "merged", (t, who) => t("{who} has already merged it into another.", { who })],
  ["question.unmerge", null, (t, who) => t("{who} has parted it from what it was merged into.", { who })],
  ["question.put_back", null, (t, who) => t("{who} has taken it down.", { who })],
  ["question.move", null, (t, who) => t("{who} has moved it to another item.", { who })],
  ["question.reopen", null, (t, who) => t("{who} has opened it again.", { who })],
  ["question.claim", null, (t, who) => t("{who} has taken it over.", { who })],
  ["question.withdraw", "withdrawn", (t) => t("The asker has withdrawn it.")],
];

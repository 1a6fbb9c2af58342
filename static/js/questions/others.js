// "Somebody else was faster" in words that name them: what the audit log says was done to a question last. Pure.

/**
 * @param {object[]} audit @param {string} id the question's
 * @returns {object | undefined}
 */
export function lastDone(audit, id) {
  return audit.filter((one) => one.object === id).reduce((last, one) => (last && last.at > one.at ? last : one), undefined);
}

/**
 * @param {(source: string, params?: object) => string} t
 * @param {object | undefined} done the audit's entry
 * @param {string | undefined} state what the question is now
 */
export function whoWasFaster(t, done, state) {
  const who = done?.who_name || t("Somebody else");
  if (done?.what === "question.approve" || (!done && state === "approved")) return t("{who} has already approved it.", { who });
  if (done?.what === "question.reject" || (!done && state === "rejected")) return t("{who} has already rejected it.", { who });
  if (done?.what === "question.take" || (!done && state === "on_stage")) return t("{who} has already taken it up.", { who });
  if (done?.what === "question.answer" || (!done && state === "answered")) {
    return t("{who} has already marked it as answered.", { who });
  }
  return t("{who} has changed it meanwhile.", { who });
}

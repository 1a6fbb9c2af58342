// The question being written: its text, whether the name is hidden, which item it was begun under. A reload keeps it.

import { useState } from "../../vendor/preact.standalone.module.js";
import { cleaned, graphemes } from "../shared/graphemes.js";

export const LIMIT = 500;

/** @returns {number} characters left, as people count them; below zero when it is too long */
export const left = (text) => LIMIT - graphemes(cleaned(text));

/**
 * @param {ReturnType<typeof import("../lib/drafts.js").createDrafts>} drafts
 * @param {string | null} onNow id of the item on now
 */
export function useDraft(drafts, onNow) {
  const [draft, set] = useState(() => first(drafts));

  function keep(next) {
    drafts.set("question", next.text);
    drafts.set("question:hide", next.text && next.hide ? "yes" : "");
    drafts.set("question:item", next.text && next.item ? next.item : "");
    set(next);
  }

  return {
    ...draft,
    /** A question belongs to what was on when it was begun, also when the programme moves on meanwhile. */
    write: (text) => keep({ ...draft, text, item: text === "" ? null : (draft.item ?? onNow) }),
    hideName: (hide) => keep({ ...draft, hide }),
    /** A text from elsewhere (refused, or to be rephrased) comes after what is already being written. */
    bring: ({ text, item, hide_name: hide }) =>
      keep({
        text: draft.text.trim() ? `${draft.text.trim()}\n\n${text}` : text,
        item: draft.item ?? item ?? onNow,
        hide: draft.hide || Boolean(hide),
      }),
    clear: () => keep({ text: "", hide: draft.hide, item: null }),
  };
}

/** What stands in the server's form (typed before this script ran, or given back refused), else what was kept. */
function first(drafts) {
  const form = document.getElementById("ask");
  const typed = form?.elements?.text?.value ?? "";
  if (typed) {
    return { text: typed, hide: form.elements.hide_name.checked, item: form.elements.item?.value || null };
  }
  return {
    text: drafts.get("question"),
    hide: drafts.get("question:hide") === "yes",
    item: drafts.get("question:item") || null,
  };
}

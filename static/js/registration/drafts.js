// What is being typed in a form of registration, kept until the tab is closed: in a library the next person sits down
// at the same browser, and what somebody eats is nobody's business.

import { createDrafts } from "../lib/drafts.js";
import { createKeep, openStorage } from "../lib/keep.js";

/** @param {string} meeting */
export function draftsOf(meeting) {
  return createDrafts({ meeting, person: "", keep: createKeep(openStorage("sessionStorage")) });
}

/** By their names: the one that leads to a place, and the one by which a place is taken over. */
export const FORMS = ["register", "transfer"];

// What is being typed in a form of registration, kept until the tab is closed: in a library the next person sits down at
// the same browser, and what somebody eats is nobody's business.

import { createDrafts } from "../lib/drafts.js";
import { createKeep, openStorage } from "../lib/keep.js";

/** @param {string} meeting */
export const draftsOf = (meeting) => createDrafts({ meeting, person: "", keep: createKeep(openStorage("sessionStorage")) });
export const FORM = "register";

// One's own place: the form that led here is forgotten, and what an address points at is opened.

import { draftsOf, FORMS } from "./drafts.js";

const drafts = draftsOf(document.getElementById("main").dataset.meeting);
FORMS.forEach(drafts.clear);

function open() {
  const part = location.hash && document.getElementById(location.hash.slice(1))?.closest("details");
  if (part) part.open = true;
}

addEventListener("hashchange", open);
open();
document.getElementById("faults")?.focus();

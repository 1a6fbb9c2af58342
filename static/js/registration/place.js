// One's own place: the form that led here is forgotten, and what an address points at is opened.

import { draftsOf, FORM } from "./drafts.js";

draftsOf(document.getElementById("main").dataset.meeting).clear(FORM);

function open() {
  const part = location.hash && document.getElementById(location.hash.slice(1))?.closest("details");
  if (part) part.open = true;
}

addEventListener("hashchange", open);
open();
document.getElementById("faults")?.focus();

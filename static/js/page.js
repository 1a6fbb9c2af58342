// The invitation's one script: says how the reader's clock differs from the place's, when it does.

import { createTimes } from "./lib/times.js";

const note = document.getElementById("zone");
if (note) {
  const times = createTimes({ locale: document.documentElement.lang, timezone: () => note.dataset.zone });
  const own = times.reader(note.dataset.at);
  if (own) {
    note.textContent = note.dataset.words.replace("{time}", own).replace("{there}", times.time(note.dataset.at));
    note.hidden = false;
  }
}

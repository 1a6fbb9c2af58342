// The invitation's one script: says how the reader's clock differs from the place's, and how long one may still register.

import { createTimes } from "./lib/times.js";
import { leftOf } from "./meetings/left.js";

const note = document.getElementById("zone");
if (note) {
  const times = createTimes({ locale: document.documentElement.lang, timezone: () => note.dataset.zone });
  const own = times.reader(note.dataset.at);
  if (own) {
    note.textContent = note.dataset.words.replace("{time}", own).replace("{there}", times.time(note.dataset.at));
    note.hidden = false;
  }
}

const left = document.getElementById("left");
if (left) {
  const times = createTimes({ locale: document.documentElement.lang, timezone: () => left.dataset.zone });
  const ahead = Date.parse(left.dataset.now) - Date.now(); // the server's clock counts, whatever this device says
  const words = JSON.parse(left.dataset.words);
  const until = Date.parse(left.dataset.until);
  const tell = () => {
    const said = leftOf(until, Date.now() + ahead, words, times.day);
    if (left.textContent !== said) left.textContent = said;
    if (said !== words.over[0]) setTimeout(tell, 20_000);
  };
  tell();
}

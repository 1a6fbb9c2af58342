// A screen that waits to be let in: it asks for its code by itself, looks whether staff have typed it, and asks for
// another when that one has run out. Nobody stands beside it.

import { stayAwake } from "./shared/awake.js";

const LOOK = 2_000;
const LONGEST = 30_000;

const form = document.getElementById("show");
const lost = document.getElementById("lost");
const isShown = document.getElementById("code") !== null;

function look(wait = LOOK) {
  setTimeout(async () => {
    const answer = await ask();
    if (lost) say(answer ? "" : lost.dataset.words);
    if (answer?.state === "let_in") location.replace(answer.to);
    else if (answer?.state === "over") form.submit();
    else look(answer ? LOOK : Math.min(wait * 2, LONGEST));
  }, wait);
}

async function ask() {
  try {
    const answer = await fetch("/screen/pairing", { signal: AbortSignal.timeout(5_000) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** A status is said when its words change, so the same words are not written twice. */
function say(words) {
  if (lost.textContent !== words) lost.textContent = words;
}

stayAwake();
if (isShown) look();
else setTimeout(() => form.submit(), Number(form.dataset.wait) * 1_000);

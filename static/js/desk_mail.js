// The editor of a letter: what is written is shown beside it as it will be read, a moment after the last key.

const PAUSE = 600; // ms

const look = document.getElementById("look");
const words = document.getElementById("words");
let waiting = 0;

words?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    // a new frame each time: the way back would else lead through every preview
    const frame = document.getElementById("preview");
    const next = frame.cloneNode();
    next.removeAttribute("src");
    frame.replaceWith(next);
    words.requestSubmit(look);
  }, PAUSE);
});

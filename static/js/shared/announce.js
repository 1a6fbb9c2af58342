// One calm voice: what is new, said to those who do not see it, never faster than it can be heard.

const PAUSE = 4_000;

/**
 * @param {Element} region a status region (role="status") that stands in the page from the start
 * @returns {(words: string, about?: string) => void} `about`: a later word on the same thing replaces one still waiting
 */
export function createVoice(region, { pause = PAUSE } = {}) {
  let waiting = [];
  let timer = null;

  function say(words, about = words) {
    waiting = [...waiting.filter((one) => one.about !== about), { words, about }];
    // The region must be seen empty first, or the same words twice would be said once.
    timer ??= setTimeout(next, 100);
  }

  function next() {
    timer = null;
    if (waiting.length === 0) {
      region.textContent = "";
      return;
    }
    region.textContent = waiting.map((one) => one.words).join(" ");
    waiting = [];
    timer = setTimeout(next, pause);
  }

  return say;
}

// One calm voice: what is new, said to those who do not see it, never faster than it can be heard. What comes meanwhile
// is gathered: one's own comes first, in words; the rest as numbers. While sound plays, or when it is told to be quiet,
// only what concerns the listener is said, and the rest waits until they ask for it.

import { browserEnv } from "../lib/env.js";
import { createSignal } from "../lib/signal.js";

/** Between two announcements; so there are at most twelve in a minute. */
const PAUSE = 5_000;
/** The region must be seen empty first, or the same words twice would be said once. */
const BREATH = 100;

/**
 * The dearest first: the outcome of what one did or asked, one's group, notices from staff; then what is new for everyone.
 * @typedef {"own" | "group" | "staff" | "news"} Rank
 */
const RANKS = ["own", "group", "staff", "news"];

/**
 * @typedef {((words: string, about?: string, rank?: Rank) => void) & {
 *   count: (about: string, n: number, words: (n: number) => string) => void,
 *   now: (none: string) => void,
 *   look: () => void,
 *   quiet: ReturnType<typeof createSignal<boolean>>,
 * }} Voice
 * The function says something; `about`: a later word on the same thing replaces one still waiting.
 * `count`: so many more of something, told as one number. `now`: everything that waits, at once, or `none`.
 * `look`: whether sound plays may have changed. `quiet`: to say only what concerns the listener.
 */

/**
 * @param {Element} region a status region (role="status") that stands in the page from the start
 * @param {{pause?: number, sounding?: () => boolean, heard?: (rank: Rank) => void, env?: object}} [options]
 *   `sounding`: whether sound plays in the page; `heard`: called with the dearest rank of what is said by itself
 * @returns {Voice}
 */
export function createVoice(region, { pause = PAUSE, sounding = () => false, heard = () => {}, env = browserEnv } = {}) {
  const quiet = createSignal(false);
  let waiting = [];
  let timer = null;

  const say = (words, about = words, rank = "own") => add({ words: () => words, about, rank, n: 0 });

  function add(one) {
    waiting = [...waiting.filter(({ about }) => about !== one.about), one];
    look();
  }

  /** What may be said now, of what waits. */
  const sayable = () => (quiet.value || sounding() ? waiting.filter(({ rank }) => rank !== "news") : waiting);

  function look() {
    if (timer === null && sayable().length > 0) timer = env.later(next, BREATH);
  }

  function next() {
    timer = null;
    const said = sayable();
    if (said.length === 0) return void (region.textContent = "");
    waiting = waiting.filter((one) => !said.includes(one));
    speak(inWords(said));
    heard(RANKS.find((rank) => said.some((one) => one.rank === rank)));
  }

  function speak(words) {
    if (timer !== null) env.cancel(timer);
    // An equal text would be no change: a sign that nobody sees makes it one.
    region.textContent = region.textContent === words ? `${words}\u200b` : words;
    timer = env.later(next, pause);
  }

  quiet.subscribe(look);
  return Object.assign(say, {
    quiet,
    look,
    count(about, n, words) {
      const more = waiting.find((one) => one.about === about)?.n ?? 0;
      add({ words, about, rank: "news", n: more + n });
    },
    now(none) {
      const words = inWords(waiting) || none;
      waiting = [];
      speak(words);
    },
  });
}

/** One announcement: words as they are, in the order of what is dear; the numbers as one sentence last. Pure. */
export function inWords(waiting) {
  const worded = (some) => some.map((one) => one.words(one.n));
  const told = RANKS.flatMap((rank) => worded(waiting.filter((one) => one.rank === rank && one.n === 0)));
  const counts = worded(waiting.filter((one) => one.n > 0)).join(", ");
  return [...told, ...(counts ? [`${counts}.`] : [])].join(" ");
}

/** Whether something in the page can be heard. Pure but for the page it is given. */
export const soundPlays = (page) =>
  [...page.querySelectorAll("video, audio")].some((one) => !one.paused && !one.ended && !one.muted && one.volume > 0);

/** Let the voice look again whenever that may have changed; these events do not bubble. */
export function followSound(page, say) {
  for (const name of ["play", "playing", "pause", "ended", "volumechange", "emptied"]) {
    page.addEventListener(name, () => say.look(), true);
  }
}

// A character is what a person calls one: a family emoji is one, å is one however it is composed.

const segmenter = globalThis.Intl?.Segmenter ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;

const UNSEEN =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0001}]/gu;

/** A text of several lines as it will be stored, as far as its length goes; hybridmote/text.py decides. */
export const cleaned = (text) =>
  text
    .replace(/\r\n|[\n\v\f\r\x85\u2028\u2029]/g, "\n")
    .replace(UNSEEN, "")
    .replace(/[^\S\n]+(?=\n)/g, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();

/** @param {string} text @returns {number} */
export function graphemes(text) {
  if (!segmenter) return [...text].length;
  let n = 0;
  for (const _ of segmenter.segment(text)) n += 1;
  return n;
}

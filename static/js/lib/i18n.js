// Words in the reader's language. The sources are the English sentences, so what is not translated can still be read.

/**
 * @typedef {Record<string, string | Record<string, string>>} Catalogue source → translation, or
 *   plural category → translation
 * @typedef {((source: string, params?: Record<string, any>) => string) & {
 *   n(one: string, other: string, n: number, params?: Record<string, any>): string, locale: string}} Translate
 */

/**
 * @param {string} locale
 * @param {Catalogue} catalogue
 * @returns {Translate}
 */
export function createTranslate(locale, catalogue) {
  const rules = new Intl.PluralRules(locale);
  const english = new Intl.PluralRules("en");
  const find = (source) => (Object.hasOwn(catalogue, source) ? catalogue[source] : undefined);
  const form = (entry, n) => (typeof entry === "string" ? entry : (entry[rules.select(n)] ?? entry.other));

  /** `{name}` in the source is filled from params; a number called `n` also chooses the plural form. */
  function t(source, params = {}) {
    const entry = find(source) || source;
    return fill(form(entry, Number(params.n ?? 0)) || source, params);
  }

  t.n = (one, other, n, params = {}) => {
    const entry = find(other) || find(one) || (english.select(n) === "one" ? one : other);
    return fill(form(entry, n) || other, { n, ...params });
  };
  t.locale = locale;
  return t;
}

function fill(text, params) {
  return text.replace(/\{(\w+)\}/g, (whole, name) =>
    Object.hasOwn(params, name) ? isolated(String(params[name])) : whole,
  );
}

const FROM_THE_RIGHT = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** What is written from the right, so that it turns nothing around that stands beside it; hybridmote/text.py does the same. */
export const isolated = (text) => (FROM_THE_RIGHT.test(text) ? `\u2068${text}\u2069` : text);

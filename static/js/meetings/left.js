// How long one may still register, in words.

const HOUR = 3_600_000; // ms

/**
 * As `countdown` in hybridmote/invitation.py: days by the meeting's own calendar, then hours, then minutes.
 * @param {number} until ms since 1970: the first moment at which it is too late
 * @param {number} now ms since 1970
 * @param {Record<"minutes" | "hours" | "days" | "over", string[]>} words each unit for one and for several ("{n}")
 * @param {(ms: number) => string} day the date that the meeting's clock shows, 2026-03-10
 */
export function leftOf(until, now, words, day) {
  const ms = until - now;
  if (ms <= 0) return words.over[0];
  if (ms < HOUR) return several(words.minutes, Math.ceil(ms / 60_000));
  const days = Math.round((Date.parse(day(until - 1_000)) - Date.parse(day(now))) / (24 * HOUR));
  return days < 1 ? several(words.hours, Math.floor(ms / HOUR)) : several(words.days, days);
}

function several([one, many], n) {
  return n === 1 ? one : many.replace("{n}", n);
}

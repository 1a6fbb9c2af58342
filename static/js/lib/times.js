// Times as people at the meeting read them: in the meeting's own zone, with a full stop, "10.57".

/**
 * @typedef {string | number | null | undefined} Instant ISO 8601 in UTC, or ms since 1970
 */

/**
 * @param {{locale: string, timezone: () => string | undefined, ownZone?: string}} options timezone is asked for each
 *   time, since the organiser may correct it while the page is open; ownZone is for tests
 */
export function createTimes({ locale, timezone, ownZone }) {
  const formats = new Map();
  const zone = () => timezone() || "UTC";

  function parts(instant, options, where) {
    const key = JSON.stringify([options, where]);
    if (!formats.has(key)) formats.set(key, formatFor(locale, { ...options, timeZone: where }));
    const found = {};
    for (const { type, value } of formats.get(key).formatToParts(new Date(instant))) found[type] ??= value;
    return found;
  }

  function clockIn(instant, where) {
    const { hour, minute } = parts(instant, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, where);
    return `${hour.padStart(2, "0")}.${minute.padStart(2, "0")}`;
  }

  const written = (fn) => (instant) => (isInstant(instant) ? fn(instant) : "");

  const time = written((instant) => clockIn(instant, zone()));
  const weekday = written((instant) => parts(instant, { weekday: "long" }, zone()).weekday);
  const date = written((instant) => {
    const { weekday: name, day, month } = parts(instant, { weekday: "long", day: "numeric", month: "long" }, zone());
    return `${name} ${day} ${month}`;
  });
  const short = written((instant) => shortIn(instant, zone()));
  const day = written((instant) => dayIn(instant, zone()));

  function shortIn(instant, where) {
    const options = { weekday: "short", day: "numeric", month: "short" };
    const { weekday: name, day, month } = parts(instant, options, where);
    return `${name} ${day} ${month}`;
  }

  function dayIn(instant, where) {
    const numbers = { year: "numeric", month: "2-digit", day: "2-digit" };
    const { year, month, day: number } = parts(instant, numbers, where);
    return `${year}-${month}-${number}`;
  }

  /** @param {Instant} from @param {Instant} to */
  function range(from, to) {
    const [begin, end] = [time(from), time(to)];
    return begin && end && begin !== end ? `${begin}–${end}` : begin || end;
  }

  /** The reader's own clock, with the day if that is another; null when it shows the same. @param {Instant} instant */
  function reader(instant) {
    if (!isInstant(instant)) return null;
    const own = clockIn(instant, ownZone);
    if (dayIn(instant, ownZone) !== day(instant)) {
      return `${parts(instant, { weekday: "short" }, ownZone).weekday} ${own}`;
    }
    return own === clockIn(instant, zone()) ? null : own;
  }

  return {
    time,
    range,
    date,
    short,
    day,
    weekday,
    reader,
    get zone() {
      return zone();
    },
  };
}

function isInstant(instant) {
  return instant !== null && instant !== undefined && instant !== "" && !Number.isNaN(new Date(instant).getTime());
}

/** A zone this browser has not heard of must not take the whole page with it. */
function formatFor(locale, options) {
  try {
    return new Intl.DateTimeFormat(locale, options);
  } catch {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
  }
}

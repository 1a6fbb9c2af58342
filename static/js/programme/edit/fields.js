// An item as its form shows it, what has been changed in it, and what two people have changed at once. Pure;
// hybridmote/desk.py says the same of an item.

const HOUR = 3_600_000;

/** @returns {Record<string, string>} what each field of the form shows */
export function valuesOf(item, times) {
  return {
    title: item.title,
    kind: item.kind,
    begins: onClock(item.planned_start, times),
    ends: onClock(item.planned_end, times),
    day: item.day,
    track: item.track,
    speakers: item.speakers
      .map((who) => [who.name, who.role, who.organisation].join(" | ").replace(/[ |]+$/, ""))
      .join("\n"),
    attendance: item.attendance,
    minimum: item.minimum === null ? "" : String(item.minimum),
    promised: String(item.promised),
    by_clock: String(item.by_clock),
    cancelled: String(item.state === "cancelled"),
    description: item.description,
    stream: item.stream,
  };
}

/** A new item begins when what stands last there ends. */
export function newValues(place, rows, times) {
  const beside = rows.filter(
    ({ item }) =>
      item.planned_end &&
      (place.parent ? item.parent === place.parent : !item.parent && item.day === place.day && item.track === place.track),
  );
  const last = beside.at(-1)?.item;
  return {
    title: "",
    kind: "talk",
    begins: last ? onClock(last.planned_end, times) : "",
    ends: "",
    day: place.day,
    track: place.track,
    speakers: "",
    attendance: "both",
    minimum: "",
    promised: "false",
    by_clock: "false",
    cancelled: "false",
    description: "",
    stream: "",
  };
}

/** "9.05"; in the night when the clock shows it twice, with its distance from UTC. */
export function onClock(instant, times) {
  if (!instant) return "";
  const at = new Date(instant).getTime();
  const text = times.time(at);
  const twice = times.time(at - HOUR) === text || times.time(at + HOUR) === text;
  return twice ? text + distance(at, text, times) : text;
}

function distance(at, text, times) {
  const [year, month, day] = times.day(at).split("-").map(Number);
  const [hour, minute] = text.split(".").map(Number);
  const minutes = (Date.UTC(year, month - 1, day, hour, minute) - Math.floor(at / 60_000) * 60_000) / 60_000;
  const two = (n) => String(n).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

/** The fields that are not as they were. */
export const changed = (base, mine) => Object.keys(mine).filter((name) => mine[name] !== base[name]);

/**
 * What somebody else has done meanwhile: taken over where nothing was typed, and told where both have changed it.
 * @returns {{base: object, mine: object, both: string[]}}
 */
export function rebased(base, mine, theirs) {
  const next = { base: { ...base }, mine: { ...mine }, both: [] };
  for (const name of Object.keys(mine)) {
    if (theirs[name] === base[name]) continue;
    if (mine[name] === base[name] || mine[name] === theirs[name]) {
      next.mine[name] = theirs[name];
      next.base[name] = theirs[name];
    } else {
      next.both.push(name);
    }
  }
  return next;
}

const FLAGS = ["promised", "by_clock", "cancelled"];

/** What a command is sent of these fields. */
export function payloadOf(names, mine) {
  const wanted = new Set(names);
  if (wanted.has("begins") || wanted.has("ends")) wanted.add("begins").add("ends");
  const payload = {};
  for (const name of wanted) {
    if (FLAGS.includes(name)) payload[name] = mine[name] === "true";
    else if (name === "minimum") payload[name] = mine[name].trim() === "" ? null : asNumber(mine[name].trim());
    else if (name === "speakers") payload[name] = speakersOf(mine[name]);
    else payload[name] = mine[name];
  }
  return payload;
}

/** What is no number is sent as it is: the server says so. */
const asNumber = (text) => (/^-?\d{1,9}$/.test(text) ? Number(text) : text);

/** "Name | role | organisation", one a line. */
export function speakersOf(text) {
  return text
    .split("\n")
    .filter((line) => line.replaceAll(/[ |]/g, ""))
    .map((line) => {
      const [name = "", role = "", ...rest] = line.split("|").map((part) => part.trim());
      return { name, role, organisation: rest.join(" | ") };
    });
}

// Who stands at the door, and who has come: what the server said last, with what this phone has done since laid over it.
// It thinks; desk_arrivals.js draws.

/**
 * @typedef {{id: string, number: number | null, name: string, organisation: string, fee: string, place: "hall" | "web",
 *   state: string, arrived_at: string | null, pending?: boolean}} Guest
 */

/** Without case and accents, so that Ake finds Åke. hybridmote/reception/arrivals.py does the same. */
export function folded(text) {
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
}

/** @param {Guest[]} guests @param {string} typed words that must all be there @param {"" | "absent" | "here"} only */
export function found(guests, typed, only = "") {
  const words = folded(typed).split(/\s+/).filter(Boolean);
  return guests.filter((one) => {
    if (only === "here" && !one.arrived_at) return false;
    if (only === "absent" && (one.arrived_at || one.state !== "confirmed" || one.place !== "hall")) return false;
    const said = folded(`${one.name} ${one.organisation} #${one.number ?? ""}`);
    return words.every((word) => said.includes(word));
  });
}

/**
 * The list as it is for who looks at this phone: ticks that have not left it are made, and are marked as pending.
 * @param {Guest[]} guests @param {{op: string, name: string, payload: object, at: number, state: string}[]} entries
 * @returns {Guest[]}
 */
export function laidOver(guests, entries) {
  const mine = entries.filter((one) => one.state !== "failed" && one.state !== "sent");
  if (mine.length === 0) return guests;
  const by = new Map(guests.map((one) => [one.id, one]));
  const walked = [];
  for (const { op, name, payload, at } of mine) {
    const when = payload.at ?? new Date(at).toISOString();
    if (name === "registration.walk_in") {
      walked.push({
        id: op,
        number: null,
        name: payload.name,
        organisation: payload.organisation ?? "",
        fee: "",
        place: "hall",
        state: "confirmed",
        arrived_at: when,
        pending: true,
      });
    }
    const one = by.get(payload.id);
    if (!one) continue;
    if (name === "registration.arrive") by.set(one.id, { ...one, arrived_at: one.arrived_at ?? when, pending: true });
    if (name === "registration.undo_arrive") by.set(one.id, { ...one, arrived_at: null, pending: true });
  }
  return [...walked, ...guests.map((one) => by.get(one.id))];
}

/** What an answer says, before the list has been fetched anew: nothing jumps back for a moment. */
export function answered(guests, { name, payload }, result) {
  if (name === "registration.walk_in") {
    if (guests.some((one) => one.id === result.registration)) return guests;
    const { organisation = "" } = payload;
    const at = payload.at ?? new Date().toISOString();
    const more = { fee: "", place: "hall", state: "confirmed", arrived_at: at };
    return [{ id: result.registration, number: result.number, name: payload.name, organisation, ...more }, ...guests];
  }
  const at = name === "registration.arrive" ? result.arrived_at : name === "registration.undo_arrive" ? null : undefined;
  return at === undefined ? guests : guests.map((one) => (one.id === payload.id ? { ...one, arrived_at: at } : one));
}

/** How many are here of how many: those of the hall, and whoever of the web has come all the same. */
export function counted(guests) {
  const placed = guests.filter((one) => one.state === "confirmed");
  const here = placed.filter((one) => one.arrived_at).length;
  const absent = placed.filter((one) => one.place === "hall" && !one.arrived_at).length;
  return { here, absent, expected: here + absent };
}

/** The id in what a badge's code says; null for any other code. @param {string} text */
export function idOf(text) {
  return /\/b\/([A-Za-z0-9_-]{1,64})$/.exec(text.trim())?.[1] ?? null;
}

// Which notices a page shows. Pure; hybridmote/standing.py counts the same.

/** Staff hear them all: what they see on a page is what those see whom the page is for. */
const SHOWN = { live: ["all"], speaker: ["all", "hall", "speaker"], screen: ["all", "hall"] };

/**
 * @param {object[]} notices @param {object} me @param {string} page live, speaker, screen, or staff's own
 * @param {string} track which one is followed; empty where there is one @param {number} now ms
 * @returns {object[]} the newest first
 */
export function standing(notices, me, page, track, now) {
  const isStaff = me.roles.some((role) => role === "organiser" || role === "moderator");
  const every = page === "screen" ? false : !isStaff || !SHOWN[page];
  return notices
    .filter((notice) => Date.parse(notice.until) > now)
    .filter((notice) => every || SHOWN[page].includes(notice.to) || (page !== "screen" && notice.to === me.attendance))
    .filter((notice) => !notice.track || !track || notice.track === track)
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.id < b.id ? -1 : 1));
}

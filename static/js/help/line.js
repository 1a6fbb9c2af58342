// How somebody is connected, as far as their own page knows: for those who are to help. Pure.

const BROWSERS = [
  ["Edge", /\bEdgA?\/(\d+)/],
  ["Opera", /\bOPR\/(\d+)/],
  ["Samsung Internet", /\bSamsungBrowser\/(\d+)/],
  ["Firefox", /\b(?:Firefox|FxiOS)\/(\d+)/],
  ["Chrome", /\b(?:Chrome|CriOS)\/(\d+)/],
  ["Safari", /\bVersion\/(\d+)[^ ]* (?:Mobile\/\S+ )?Safari/],
];

/** "Firefox 128", and on what: nothing that tells one person from another. @param {string} agent */
export function browserOf(agent) {
  const [name, number] =
    BROWSERS.map(([name, pattern]) => [name, agent.match(pattern)?.[1]]).find(([, found]) => found) ?? [];
  const on = /iPhone|iPad/.test(agent) ? "iOS" : (agent.match(/Android|Windows|Mac OS|CrOS/)?.[0] ?? agent.match(/Linux/)?.[0] ?? "");
  return [name && `${name} ${number}`, on].filter(Boolean).join(", ");
}

/** What goes with a call for help. @param {{name: string, transport: string | null}} state of the connection */
export function lineOf(state, trip, agent) {
  const line = state.name === "ended" ? "offline" : state.name;
  const rtt_ms = trip === null ? null : Math.min(60_000, Math.max(0, Math.round(trip)));
  return { line, transport: state.transport, rtt_ms, browser: browserOf(agent) };
}

/** The same in words. @param {{transport, state, rtt_ms, browser} | null} connection */
export function lineWords(t, connection) {
  if (!connection) return t("not known, the page runs no script");
  const { state, transport, rtt_ms: n, browser } = connection;
  const ways = { websocket: t("direct"), polling: t("roundabout"), http: t("slow") };
  const way = state === "offline" || !transport ? t("no contact") : ways[transport];
  return [way, n !== null && t("{n} ms", { n }), browser].filter(Boolean).join(", ");
}

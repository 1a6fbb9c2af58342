// Which day and which track are shown: links that work without a script too. templates/programme/choice.html draws the
// same.

import { html, useState } from "../../vendor/preact.standalone.module.js";
import { createKeep, keyPrefix, openStorage } from "../lib/keep.js";
import { when } from "../shared/bits.js";
import { Track, useApp, useContentLang, WithCommon } from "../shared/context.js";

/** The page's own address with one thing chosen. After a refused form the browser's is that of the form. */
function withChoice(boot, name, value) {
  const asked = new URLSearchParams(location.search);
  if (value) asked.set(name, value);
  else asked.delete(name);
  const query = String(asked);
  return `${boot.base}/${boot.page}${query && `?${query}`}`;
}

/** One choice, kept in the address. @returns {[string, (value: string) => void]} empty when nothing was chosen */
export function useChoice(name) {
  const { boot } = useApp();
  const [value, set] = useState(() => new URLSearchParams(location.search).get(name) ?? "");
  const choose = (chosen) => {
    history.replaceState(history.state, "", withChoice(boot, name, chosen) + location.hash);
    set(chosen);
  };
  return [value, choose];
}

/** All inside follows this track, and what is for everyone. */
export function Following({ track, children }) {
  return html`<${Track.Provider} value=${track}><${WithCommon.Provider} value=${true}>${children}<//><//>`;
}

/** A choice that this browser also remembers for the next time. */
export function useKeptChoice(name) {
  const { boot } = useApp();
  const [keep] = useState(() => createKeep(openStorage("localStorage")));
  const key = `${keyPrefix(name, boot.meeting)}chosen`;
  const [value, set] = useChoice(name);
  const choose = (chosen) => {
    keep.set(key, chosen);
    set(chosen);
  };
  return [value || (keep.get(key) ?? ""), choose];
}

export const useTrackChoice = () => useKeptChoice("track");

/**
 * @param {{name: string, label: string, options: {value: string, words: any, lang?: string}[], now: string,
 *   hash?: string, onChoose: (value: string) => void}} props now: the one that is shown
 */
export function Choice({ name, label, options, now, hash = "", onChoose }) {
  const { boot } = useApp();
  const pick = (event, value) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return; // a tab of its own
    event.preventDefault();
    onChoose(value);
  };
  return html`<nav class="choice" aria-label=${label}>
    ${options.map(
      ({ value, words, lang }) =>
        html`<a
          key=${value}
          href=${withChoice(boot, name, value) + hash}
          lang=${lang}
          aria-current=${when(value === now)}
          onClick=${(event) => pick(event, value)}
          >${words}</a
        >`,
    )}
  </nav>`;
}

/** The days there are, the shown one marked. */
export function Days({ days, day, now, onChoose }) {
  const { times, t } = useApp();
  if (days.length < 2) return null;
  const options = days.map(({ day: value, at }) => ({
    value,
    words: times.day(at) === times.day(now) ? t("Today, {day}", { day: times.short(at) }) : times.short(at),
  }));
  return html`<${Choice} ...${{ name: "day", label: t("Days"), options, now: day, hash: "#programme", onChoose }} />`;
}

/** The tracks there are; the page follows one of them. */
export function Tracks({ tracks, track, onChoose }) {
  const { t } = useApp();
  const lang = useContentLang();
  if (tracks.length === 0) return null;
  const options = tracks.map((value) => ({ value, words: value, lang }));
  return html`<${Choice} ...${{ name: "track", label: t("Tracks"), options, now: track, onChoose }} />`;
}

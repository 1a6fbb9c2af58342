// What a step leads to, told by the server in words, before it is done. templates/programme/preview.html draws the same.

import { html, useEffect, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { useApp, useContentLang, useDay } from "../shared/context.js";

const WAIT = 5_000;
const MINUTE = 60_000;

/** @returns {Promise<object>} what hybridmote/ahead.py tells, or {problem}; never rejects */
async function ask({ boot, t }, step) {
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), WAIT);
  const headers = { Accept: "application/json", ...(boot.token ? { Authorization: `Bearer ${boot.token}` } : {}) };
  try {
    const query = new URLSearchParams(step);
    const response = await fetch(`${boot.base}/programme/preview?${query}`, {
      headers,
      cache: "no-store",
      credentials: boot.token ? "omit" : "same-origin",
      redirect: "error",
      signal: given.signal,
    });
    const told = await response.json();
    return response.ok ? told : { problem: told };
  } catch {
    return {
      problem: {
        code: "silence",
        title: t("What it leads to could not be fetched"),
        detail: t("Try again in a moment."),
      },
    };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {Record<string, string | number> | null} step the query; null: nothing is asked
 * @returns {[object | null, () => void]} what was told last, asked again when the programme or the minute has changed;
 *   and asking again by hand
 */
export function usePreview(step) {
  const app = useApp();
  const { meeting, now } = useDay();
  const [told, set] = useState(null);
  const [again, setAgain] = useState(0);
  const key = step && JSON.stringify(step);
  const minute = Math.floor(now / MINUTE); // `now` itself is another at every drawing
  const last = useRef(key);
  useEffect(() => {
    let wanted = true;
    if (last.current !== key) set(null);
    last.current = key;
    if (step) ask(app, step).then((answer) => wanted && set(answer));
    return () => {
      wanted = false;
    };
  }, [key, meeting.version, minute, again]);
  return [step ? told : null, () => setAgain((n) => n + 1)];
}

/** In one line: what happens, the first that moves, what is kept. */
export function briefly(t, way) {
  const said = [...way.brief];
  const line = way.lines[0];
  if (line) said.push(line.was ? t("{title} {time} instead of {was}.", line) : `${line.title}: ${line.words}.`);
  if (way.kept) said.push(way.kept);
  if (!line && !way.kept) said.push(t("Nothing after it is moved."));
  return said.join(" ");
}

export function Wholly({ way }) {
  const { t } = useApp();
  const lang = useContentLang();
  return html`${way.first.map((words) => html`<p>${words}</p>`)}${
    way.lines.length > 0
      ? html`<ul class="leads">
            ${way.lines.map(
              (line) =>
                html`<li key=${line.item} class=${line.broken ? "is-broken" : undefined}>
                  <p class="leads__t">
                    ${line.was && html`<s>${line.was}</s><span class="vh">, ${t("about")} </span>`}<time
                      >${line.time}</time
                    >
                  </p>
                  <p>
                    <span lang=${lang}>${line.title}</span>${
                      line.words && html`<span class="leads__so">${line.words}</span>`
                    }
                  </p>
                </li>`,
            )}
          </ul>
          ${
            way.more > 0 &&
            html`<p class="soft">${t.n("And {n} more after it.", "And {n} more after them.", way.more)}</p>`
          }`
      : html`<p>${t("Nothing after it is moved.")}</p>`
  }${way.kept && html`<p><strong>${way.kept}</strong></p>`}`;
}

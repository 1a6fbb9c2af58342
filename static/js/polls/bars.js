// What came of a poll: bars with numbers. templates/polls/bars.html draws the same.

import { html } from "../../vendor/preact.standalone.module.js";
import { useApp, useContentLang } from "../shared/context.js";
import { rows } from "./lists.js";

export function Bars({ poll }) {
  const { t } = useApp();
  const lang = useContentLang();
  const list = rows(poll);
  const most = Math.max(1, ...list.map((row) => row.n));
  const [low, high] = poll.kind === "scale" ? poll.options : [];
  return html`<div class="result">
    ${
      list.length > 0 &&
      html`<ul class="bars">
        ${list.map(
          (row) =>
            html`<li class="bars__row" key=${row.name}>
              <span class="bars__name" lang=${poll.kind === "scale" ? undefined : lang}>${row.name}</span>
              <span class="bars__n"
                ><b>${row.n}</b>${
                  poll.kind === "words" ? null : html` <span class="bars__share">${row.percent} %</span>`
                }</span
              >
              <svg class="bars__bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
                <rect width=${(100 * row.n) / most} height="1"></rect>
              </svg>
            </li>`,
        )}
      </ul>`
    }
    ${
      low || high
        ? html`<p class="result__ends" lang=${lang}>
            ${t("1 is “{low}”, {n} is “{high}”.", { low, high, n: poll.most })}
          </p>`
        : null
    }
    <p class="result__of">
      ${t.n("{n} person has answered", "{n} people have answered", poll.answered)}${
        poll.mean === null ? null : t(", mean {n}", { n: poll.mean.toLocaleString(t.locale) })
      }${poll.places_only ? `. ${t("Without those who came in without a place.")}` : null}
    </p>
  </div>`;
}

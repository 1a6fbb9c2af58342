// The day as a printed programme. templates/programme/spine.html draws the same.

import { html } from "../../vendor/preact.standalone.module.js";
import { person, when } from "../shared/bits.js";
import { useApp, useContentLang } from "../shared/context.js";
import { begins, lateness, minutesAfter, WORTH_SAYING } from "./moment.js";
import { timed } from "./order.js";

/** A day that is followed: what is over folds away, so that what is on stands first. */
export function Today({ all, items, on, act }) {
  const { t } = useApp();
  const fold = folded(items);
  return html`${
    fold > 0 &&
    html`<details class="earlier">
      <summary>${t("Earlier")} <span class="count">${fold}</span></summary>
      <${Spine} ...${{ all, items: items.slice(0, fold), on, act }} />
    </details>`
  }<${Spine} ...${{ all, items: items.slice(fold), on, act }} />`;
}

/** @returns {number} how many of the first items are over; none of a day that is over, nor one alone */
function folded(items) {
  const first = items.findIndex((item) => item.state !== "done" && item.state !== "cancelled");
  return first >= 2 ? first : 0;
}

/** @param {{all: object[], items: object[], on: object | null, act?: (item: object) => any}} props act: row's button */
export function Spine({ all, items, on, act }) {
  const clock = timed(all, on);
  const late = lateness(clock) >= WORTH_SAYING;
  return html`<ol class="spine">
    ${items.map((item) => html`<${Row} key=${item.id} ...${{ item, isNow: item.id === on?.id, clock, late, act }} />`)}
  </ol>`;
}

function Row({ item, isNow, clock, late, act }) {
  const { t, times } = useApp();
  const lang = useContentLang();
  const isPart = Boolean(item.parent && !item.planned_start);
  const starts = isPart ? null : begins(item);
  const moved = starts && item.planned_start ? Math.abs(minutesAfter(starts, item.planned_start)) : 0;
  const look = [
    item.state === "done" && "is-done",
    isNow && "is-now",
    item.kind === "break" && "is-break",
    isPart && "is-part",
    item.state === "cancelled" && "is-cancelled",
  ];
  return html`<li class=${look.filter(Boolean).join(" ")} aria-current=${when(isNow, "step")}>
    <p class="spine__t">
      ${starts && html`<time datetime=${starts}>${times.time(starts)}</time>`}
      ${
        moved >= WORTH_SAYING &&
        item.state !== "done" &&
        html`<s><span class="vh">${t("planned")} </span>${times.time(item.planned_start)}</s>`
      }
    </p>
    <div>
      <p class="spine__h" lang=${lang}>${item.title}</p>
      ${item.speakers.map((s) => html`<p class="spine__by" lang=${lang}>${person(s)}</p>`)}
      ${
        isNow
          ? html`<p class="spine__by"><b>${t("Now")}</b>${
              clock.expected_end && `, ${t("until about {time}", { time: times.time(clock.expected_end) })}`
            }</p>`
          : item.state === "cancelled"
            ? html`<p class="spine__by">${t("Cancelled")}</p>`
            : item.state === "waiting" && item.promised && late && moved < WORTH_SAYING
              ? html`<p class="spine__by">${t("Starts on time")}</p>`
              : null
      }
      ${item.attendance === "hall" && html`<p class="spine__by">${t("Only in the hall")}</p>`}
      ${item.attendance === "web" && html`<p class="spine__by">${t("Only on the web")}</p>`}
      ${isNow && item.description && html`<p class="spine__more" lang=${lang}>${item.description}</p>`}
      ${act?.(item)}
    </div>
  </li>`;
}

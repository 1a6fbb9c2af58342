// The day as a printed programme. templates/programme/spine.html draws the same.

import { html } from "../../vendor/preact.standalone.module.js";
import { person, when } from "../shared/bits.js";
import { useApp, useContentLang } from "../shared/context.js";
import { begins, lateness, minutesAfter, WORTH_SAYING } from "./moment.js";
import { timed } from "./order.js";

/** A day that is followed: what is over folds away, so that what is on stands first. */
export function Today({ all, items, ...more }) {
  const { t } = useApp();
  const fold = folded(items);
  return html`${
    fold > 0 &&
    html`<details class="earlier">
      <summary>${t("Earlier")} <span class="count">${fold}</span></summary>
      <${Spine} ...${{ all, items: items.slice(0, fold), ...more }} />
    </details>`
  }<${Spine} ...${{ all, items: items.slice(fold), ...more }} />`;
}

/** @returns {number} how many of the first items are over; none of a day that is over, nor one alone */
function folded(items) {
  const first = items.findIndex((item) => item.state !== "done" && item.state !== "cancelled");
  return first >= 2 ? first : 0;
}

/**
 * @param {{all: object[], items: object[], on: object | null, act?: (item: object) => any,
 *   away?: (item: object) => string | null}} props act: a row's button; away: what to say of what is for another place
 */
export function Spine({ all, items, on, act, away }) {
  const clock = timed(all, on);
  const late = lateness(clock) >= WORTH_SAYING;
  return html`<ol class="spine">
    ${items.map((item) => {
      const isNow = item.id === on?.id;
      return html`<${Row} key=${item.id} ...${{ item, isNow, clock, late, act, away }} />`;
    })}
  </ol>`;
}

function Row({ item, isNow, clock, late, act, away }) {
  const { t, times } = useApp();
  const lang = useContentLang();
  const isPart = Boolean(item.parent && !item.planned_start);
  const starts = isPart ? null : begins(item);
  const moved = starts && item.planned_start ? Math.abs(minutesAfter(starts, item.planned_start)) : 0;
  const own = times.reader(starts);
  const elsewhere = away?.(item) ?? only(t, item);
  const look = [
    item.state === "done" && "is-done",
    isNow && "is-now",
    item.kind === "break" && "is-break",
    isPart && "is-part",
    item.state === "cancelled" && "is-cancelled",
  ];
  return html`<li class=${look.filter(Boolean).join(" ")} aria-current=${when(isNow, "step")}>
    <p class="spine__t">
      ${
        moved >= WORTH_SAYING &&
        item.state !== "done" &&
        html`<s>${times.time(item.planned_start)}</s><span class="vh">, ${isNow ? t("began") : t("about")} </span>`
      }
      ${starts && html`<time datetime=${starts}>${times.time(starts)}</time>`}
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
      ${own && html`<p class="spine__own">${t("{time} your time", { time: own })}</p>`}
      ${elsewhere && html`<p class="spine__by">${elsewhere}</p>`}
      ${isNow && item.description && html`<p class="spine__more" lang=${lang}>${item.description}</p>`}
      ${act?.(item)}
    </div>
  </li>`;
}

function only(t, item) {
  if (item.attendance === "hall") return t("Only in the hall");
  return item.attendance === "web" ? t("Only on the web") : null;
}

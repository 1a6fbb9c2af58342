// What is on now, in the same place on every surface. templates/programme/strip.html draws the same.

import { html } from "../../vendor/preact.standalone.module.js";
import { minutesLeft, parse } from "../lib/clock.js";
import { person } from "../shared/bits.js";
import { useApp, useContentLang, useDay, useOffline } from "../shared/context.js";
import { due, moment, WORTH_SAYING } from "./moment.js";
import { speakers, timed, whole } from "./order.js";

/**
 * @param {{desk?: boolean, follow?: boolean, children?: any}} props desk: the moderator's, with what comes then, not
 *   the speakers; follow: a reader's, with both, and their own clock
 */
export function Strip({ desk = false, follow = false, children }) {
  const { t } = useApp();
  const day = useDay();
  const offline = useOffline();
  const clock = day.on && timed(day.items, day.on);
  const stands = clock && moment(clock, day.now);
  return html`<section class=${`strip strip--stick${day.on ? "" : " strip--none"}`} aria-label=${t("On now")}>
    <div class="wrap strip__in">
      ${day.on ? html`<${On} ...${{ ...day, clock, stands, offline, desk, follow }} />`
          : html`<${Off} ...${{ ...day, desk, follow }} />`}
      ${children}
    </div>
    ${stands && stands.left !== null && html`<${Done} percent=${stands.done} />`}
  </section>`;
}

export function Done({ percent }) {
  return html`<svg class="strip__done" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
    <rect width=${percent.toFixed(1)} height="1"></rect>
  </svg>`;
}

function On({ items, on, next, clock, stands, offline, desk, follow }) {
  const { t, times } = useApp();
  const lang = useContentLang();
  return html`
    <p class="strip__n">${t("Now")}</p>
    <div class="strip__what">
      <h1 class="strip__title" lang=${lang}>${on.title}</h1>
      ${
        desk
          ? next && html`<p class="strip__by strip__then">${then(t, times, next)}</p>`
          : html`<${By} part=${whole(items, on)} people=${speakers(items, on)} />`
      }
      ${follow && next && html`<p class="strip__by strip__then">${then(t, times, next, on)}</p>`}
    </div>
    ${
      stands.left !== null &&
      html`<p class="strip__time"><b>${
        // Without contact the minutes would promise more than we know; when it was to end stays true.
        offline ? t("until about {time}", { time: times.time(clock.expected_end) }) : minutes(t, stands)
      }</b>${offline ? null : html`<span>${aside(t, times, { on, next, clock, stands })}</span>`}${
        follow && html`<${Own} at=${asideAt({ on, next, clock, stands })} />`
      }</p>`
    }
  `;
}

/** Whose it is: what it is part of, and those who speak. */
export function By({ part, people, className = "strip__by" }) {
  const lang = useContentLang();
  const lines = [...(part ? [part.title] : []), ...people.map(person)];
  if (lines.length === 0) return null;
  return html`<p class=${className} lang=${lang}>${lines.map((line) => html`<span>${line}</span>`)}</p>`;
}

export const minutes = (t, { left, over }) =>
  over === null ? t("{n} min left", { n: left }) : t("{n} min over", { n: over });

/** The reader's own clock beside the meeting's, when it shows another time. */
function Own({ at }) {
  const { t, times } = useApp();
  const time = times.reader(at);
  return time && html`<span class="strip__own">${t("{time} your time", { time })}</span>`;
}

/** What comes next; on another day only its name, since an hour alone would be taken for today's. */
function then(t, times, next, on = next) {
  if (!next.planned_start || next.day !== on.day) return t("Then: {title}", { title: next.title });
  return t("Then: {title}, {time}", { title: next.title, time: times.time(next.expected_start) });
}

/** The instant that `aside` tells of. */
function asideAt({ on, next, clock, stands }) {
  if (stands.over !== null) return clock.planned_end && due(clock);
  return on.kind === "break" && next?.day === on.day ? next.expected_start : clock.expected_end;
}

function aside(t, times, { on, next, clock, stands }) {
  if (stands.over !== null) {
    return clock.planned_end && t("should have ended {time}", { time: times.time(due(clock)) });
  }
  const time = times.time(clock.expected_end);
  if (on.kind === "break" && next?.day === on.day) {
    return t("we start again {time}", { time: times.time(next.expected_start) });
  }
  if (stands.late >= WORTH_SAYING) return t("about {n} min late, ends {time}", { n: stands.late, time });
  return t("ends {time}", { time });
}

function Off({ next, now, desk, follow }) {
  const { t, times } = useApp();
  const lang = useContentLang();
  if (!next) {
    return html`<p class="strip__n">${times.time(now)}</p>
      <div class="strip__what"><h1 class="strip__title">${t("The programme is over")}</h1></div>`;
  }
  const time = times.time(next.expected_start);
  const wait = minutesLeft(parse(next.expected_start), now);
  const overdue = next.planned_start && minutesLeft(parse(next.planned_start), now) <= 0;
  return html`
    <p class="strip__n">${overdue ? times.time(next.planned_start) : time}</p>
    <div class="strip__what">
      <h1 class="strip__title" lang=${lang}>${next.title}</h1>
      ${!desk && html`<${By} people=${next.speakers} />`}
    </div>
    <p class="strip__time">${
      overdue
        ? html`<b>${t("Starts soon")}</b>`
        : wait <= 90
          ? html`<b>${t("Starts in {n} min", { n: wait })}</b>`
          : html`<b>${t("Starts {time}", { time })}</b><span>${times.date(next.expected_start)}</span>`
    }${follow && html`<${Own} at=${next.expected_start} />`}</p>
  `;
}

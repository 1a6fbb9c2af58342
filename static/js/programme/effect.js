// How late, what that costs, what is kept. templates/programme/effect.html says the same.

import { html } from "../../vendor/preact.standalone.module.js";
import { useApp, useDay } from "../shared/context.js";
import { effects, lateness, length, plannedLength, WORTH_SAYING } from "./moment.js";
import { timed } from "./order.js";

export function Effect() {
  const { t, times } = useApp();
  const { items, line, on } = useDay();
  const clock = timed(items, on);
  const late = lateness(clock);
  if (!on || late < WORTH_SAYING) return null;
  const { moved, shorter, kept } = effects(line, clock);
  return html`<section class="effect" aria-label=${t("The delay and what it leads to")}>
    <div class="wrap effect__in">
      <p class="effect__n">${t("+{n} min", { n: late })}</p>
      <p>
        ${
          moved &&
          t("{title} starts {time} instead of {planned}.", {
            title: moved.title,
            time: times.time(moved.expected_start),
            planned: times.time(moved.planned_start),
          })
        }${" "}
        ${
          shorter &&
          (shorter === moved
            ? t("It becomes {n} min instead of {planned}.", { n: length(shorter), planned: plannedLength(shorter) })
            : t("{title} becomes {n} min instead of {planned}.", {
                title: shorter.title,
                n: length(shorter),
                planned: plannedLength(shorter),
              }))
        }${" "}
        ${
          kept &&
          html`<strong
            >${t("{title} at {time} is kept.", { title: kept.title, time: times.time(kept.expected_start) })}</strong
          >`
        }
        ${!moved && !shorter && !kept && t("Nothing after it is moved.")}
      </p>
    </div>
  </section>`;
}

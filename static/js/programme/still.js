// "Still on?": the end of what is on has passed. templates/programme/still.html draws the same.

import { html, useEffect, useRef } from "../../vendor/preact.standalone.module.js";
import { when } from "../shared/bits.js";
import { useApp, useDay, useOffline } from "../shared/context.js";
import { due, moment } from "./moment.js";
import { itsTrack, timed } from "./order.js";
import { briefly, usePreview } from "./preview.js";
import { useProgramme } from "./said.js";
import { isOfToday, mainStep } from "./steps.js";

export function Still({ say }) {
  const { times, t } = useApp();
  const { items, on, next, now } = useDay();
  const clock = on && timed(items, on);
  const over = clock && clock.expected_end ? moment(clock, now).over : null;
  const asked = over === null || !clock.planned_end ? null : `${on.id} ${due(clock)}`;
  const part = useRef(null);

  useEffect(() => {
    if (!asked) return undefined;
    say(`${t("Still on?")} ${on.title}. ${t("It was to end {time}.", { time: times.time(due(clock)) })}`, "still");
    const here = part.current;
    let inside = false;
    const follow = () => (inside = here.contains(document.activeElement));
    document.addEventListener("focusin", follow);
    return () => {
      document.removeEventListener("focusin", follow);
      // Who answered stands on a button that is gone: the main one takes the keyboard.
      requestAnimationFrame(() => {
        if (inside && document.activeElement === document.body) document.querySelector(".run .btn--main")?.focus();
      });
    };
  }, [asked]);

  if (!asked) return null;
  const today = isOfToday({ on, next, now }, times.day);
  return html`<section class="still" aria-label=${t("Still on?")} ref=${part}>
    <p class="still__q">
      <b>${t("Still on?")}</b> ${t("It was to end {time}.", { time: times.time(due(clock)) })}${
        next?.by_clock &&
        ` ${t("{title} begins by itself {time}.", { title: next.title, time: times.time(next.expected_start) })}`
      }
    </p>
    ${
      mainStep({ items, on, next, today, now }) === "next" &&
      html`<${Way} n="0" label=${t("Next item")} step=${{ do: "next", track: itsTrack(items, next) }} say=${say} />`
    }
    <${Way} n="1" label=${t("+{n} min", { n: 5 })} step=${{ do: "more", item: on.id, minutes: 5 }} say=${say} />
    <${Way} n="2" label=${t("+{n} min", { n: 10 })} step=${{ do: "more", item: on.id, minutes: 10 }} say=${say} />
  </section>`;
}

/** A press is enough, since what it leads to stands beside it; until that is known it cannot be pressed. */
function Way({ n, label, step, say }) {
  const { t } = useApp();
  const offline = useOffline();
  const { busy, send } = useProgramme();
  const [told] = usePreview(step);
  if (told?.problem && told.problem.code !== "silence") return null;
  const way = told?.command ? told : null;
  const act = async (event) => {
    event.preventDefault();
    if (busy || offline || !way) return;
    const answer = await send(way.command.name, way.command.payload).answer;
    if (answer.ok && step.do === "more") say(briefly(t, way), "step");
  };
  return html`<form class="still__way" onSubmit=${act}>
    <button
      class="btn"
      type="submit"
      aria-disabled=${when(offline || !way)}
      aria-describedby=${offline ? "offline-why" : `still-${n}`}
      aria-busy=${when(way && busy && busy.name === way.command.name && busy.payload.minutes === way.command.payload.minutes)}
    >
      ${label}
    </button>
    <span class="still__so" id=${`still-${n}`}>${way ? briefly(t, way) : (told?.problem?.title ?? "…")}</span>
  </form>`;
}

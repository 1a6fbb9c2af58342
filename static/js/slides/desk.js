// The slides on the moderator's desk: turn those of what is on, bring them to any item of the day.
// templates/slides/desk.html draws the same.

import { html, useState } from "../../vendor/preact.standalone.module.js";
import { useList } from "../lib/hooks.js";
import { today } from "../programme/order.js";
import { useApp, useDay } from "../shared/context.js";
import { BringSlides } from "./bring.js";
import { ready } from "./decks.js";
import { TurnSlides } from "./turn.js";

const WITHOUT = new Set(["break", "registration", "social"]);

/** What may have slides: not a break, and not a part that shares its talk's time. */
export const mayHaveSlides = (item) => item.planned_start && !WITHOUT.has(item.kind) && item.state !== "cancelled";

export function SlidesDesk() {
  const { store, t } = useApp();
  const { items, on, current, next } = useDay();
  const decks = useList(store, "slides");
  const [chosen, choose] = useState(null);
  const list = today(items, on, next).filter(mayHaveSlides);
  const item = list.find((one) => one.id === chosen) ?? list.find((one) => current.has(one.id)) ?? next ?? list[0];
  const turned = ready(decks, current);
  return html`<section class="desk__part desk__slides" id="slides" aria-labelledby="h-slides">
    <div class="desk__head"><h2 id="h-slides" tabindex="-1">${t("Slides")}</h2></div>
    ${turned ? html`<${TurnSlides} items=${current} />` : html`<p class="soft">${t("What is on has no slides.")}</p>`}
    ${
      item &&
      mayHaveSlides(item) &&
      html`<details class="slides__bring">
        <summary class="btn btn--small">${t("Bring slides")}</summary>
        <label class="label" for="slides-item">${t("To which item")}</label>
        <select class="field" id="slides-item" value=${item.id} onChange=${(event) => choose(event.currentTarget.value)}>
          ${list.map((one) => html`<option value=${one.id} key=${one.id}>${one.title}</option>`)}
        </select>
        <${BringSlides} key=${item.id} item=${item} />
      </details>`
    }
  </section>`;
}

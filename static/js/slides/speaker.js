// The slides of who speaks: turned here and at the lectern, brought by those whose talk it is.
// templates/slides/speaker.html draws the same.

import { html } from "../../vendor/preact.standalone.module.js";
import { useList, useMe } from "../lib/hooks.js";
import { useApp } from "../shared/context.js";
import { BringSlides } from "./bring.js";
import { ofItem, ready } from "./decks.js";
import { TurnSlides } from "./turn.js";

/** @param {{talk: object | null, family: Set<string>}} props family: ids of the talk, its parts and what it is part of */
export function SpeakerSlides({ talk, family }) {
  const { store, t } = useApp();
  const me = useMe(store);
  const decks = useList(store, "slides");
  const brings = talk && (me.layers.includes(`speaker:${talk.id}`) || me.layers.includes("staff"));
  const deck = ready(decks, family);
  if (!deck && !brings) return null;
  const coming = brings && ofItem(decks, talk.id).coming;
  return html`<div class="talk__slides">
    <h2>${t("Slides")}</h2>
    <${TurnSlides} items=${family} clicker=${true} />
    ${
      brings &&
      html`<details class="slides__bring" open=${Boolean(coming)}>
        <summary class="btn btn--small">${deck ? t("Change the slides") : t("Bring slides")}</summary>
        <${BringSlides} key=${talk.id} item=${talk} />
      </details>`
    }
  </div>`;
}

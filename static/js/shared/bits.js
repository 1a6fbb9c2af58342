// Small pieces that several rooms draw alike; templates/shared/macros.html draws the same.

import { html } from "../../vendor/preact.standalone.module.js";
import { isolated } from "../lib/i18n.js";

/** A shape beside words, never instead of them; the shapes stand in templates/shared/icons.html. */
export function Icon({ name }) {
  return html`<svg class="icon" aria-hidden="true"><use href=${`#i-${name}`}></use></svg>`;
}

/** "Name, role, organisation": whatever of it is known. */
export function person(who) {
  return [who.name, who.role, who.organisation].filter(Boolean).map(isolated).join(", ");
}

/** What was wrong with what was typed, by the field it was typed in. */
export function Wrong({ id, children }) {
  return html`<p class="wrong" id=${id}><${Icon} name="refused" /><span>${children}</span></p>`;
}

/** An ARIA attribute that is there or not: `false` would be written out. */
export const when = (is, value = "true") => (is ? value : undefined);

/** A problem in words. */
export const words = (problem) => `${problem.title}. ${problem.detail}`;

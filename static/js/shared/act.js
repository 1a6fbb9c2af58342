// A command's button.

import { html } from "../../vendor/preact.standalone.module.js";
import { when } from "./bits.js";

/**
 * Without contact it says so instead of waiting: what is decided now may be wrong in ten minutes.
 * `keys`: which single key presses it (see keys.js). `act`: where the focus comes back to in a neighbour (see focus.js).
 */
export function Act({ className, offline, busy, keys, act = "", onAct, children }) {
  const press = (event) => {
    event.preventDefault();
    if (!offline && !busy) onAct();
  };
  return html`<form onSubmit=${press}>
    <button
      class=${className}
      type="submit"
      data-act=${act}
      data-keys=${keys}
      aria-disabled=${when(offline)}
      aria-describedby=${when(offline, "offline-why")}
      aria-busy=${when(busy)}
    >
      ${children}
    </button>
  </form>`;
}

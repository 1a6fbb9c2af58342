// What is read aloud to those who use a screen reader, and how they rule it: one key, and two choices that this browser
// remembers. The voice itself: announce.js.

import { html, useState } from "../../vendor/preact.standalone.module.js";
import { useSignal } from "../lib/hooks.js";
import { createKeep, keyPrefix, openStorage } from "../lib/keep.js";
import { useApp } from "./context.js";

const QUIET = `${keyPrefix("aloud")}quiet`;
const TONE = `${keyPrefix("aloud")}tone`;
const keep = createKeep(openStorage("localStorage"));

const remember = (key, is) => (is ? keep.set(key, "on") : keep.remove(key));
const ringOnce = () => import("./tone.js").then(({ ring }) => ring());

/** With the tone, if it is on, when something concerns the listener. */
export function heard(rank) {
  if (rank !== "news" && keep.get(TONE) !== null) ringOnce();
}

/** The key: with Alt, so that it is no single letter that somebody may type or speak (WCAG 2.1.4). Pure. */
export const asksForNews = (event) =>
  event.code === "KeyN" && event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.repeat;

/** @param {import("./announce.js").Voice} say */
export function keepQuiet({ t }, say) {
  say.quiet.set(keep.get(QUIET) !== null);
  say.quiet.subscribe((is) => remember(QUIET, is));
  document.addEventListener("keydown", (event) => {
    if (!asksForNews(event)) return;
    event.preventDefault();
    say.now(t("Nothing new."));
  });
}

export function Aloud({ say }) {
  const { t } = useApp();
  const quiet = useSignal(say.quiet);
  const [tone, setTone] = useState(() => keep.get(TONE) !== null);
  const flip = (event) => {
    const is = event.currentTarget.checked;
    remember(TONE, is);
    setTone(is);
    if (is) ringOnce(); // so that one knows what to listen for; and a press is what lets the browser make sounds
  };
  return html`<details class="aloud needs-script">
    <summary>${t("What a screen reader says")}</summary>
    <p>
      ${t("What is new is said together, every fifth second at most. While sound plays, only what concerns you is said.")}
    </p>
    <p>
      <button class="btn btn--small" type="button" onClick=${() => say.now(t("Nothing new."))}>
        ${t("Say what is new")}</button
      >${" "}<kbd>Alt</kbd> + <kbd>N</kbd>
    </p>
    <label class="check">
      <input type="checkbox" checked=${quiet} onChange=${(event) => say.quiet.set(event.currentTarget.checked)} />${" "}
      ${t("Pause: say only what concerns me, and notices")}
    </label>
    <label class="check">
      <input type="checkbox" checked=${tone} onChange=${flip} />${" "}
      ${t("A soft tone when something concerns me")}
    </label>
  </details>`;
}

// Single keys for the desk (WCAG 2.1.4): listed where one works, and switched off for good with one press.

import { html, useLayoutEffect, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { createKeep, keyPrefix, openStorage } from "../lib/keep.js";
import { useApp } from "./context.js";

const OFF = `${keyPrefix("keys")}off`;
const TYPING = "input, textarea, select, [contenteditable]";

/** Each presses what stands on the page, so that it does what the press would do, and nothing more. */
export const KEYS = {
  n: ".run [data-keys=n]",
  e: ".run [data-keys=e]",
  u: ".run [data-keys=u]",
  a: ".case.is-first .acts > form > button",
  r: ".case.is-first .reject > summary",
};

/**
 * Which control a key press is meant for. Pure but for the page it is given.
 * @param {KeyboardEvent} event @param {ParentNode} page
 * @returns {{key: string, control: Element | null} | null} null: it is none of ours
 */
export function meant(event, page) {
  const key = event.key?.toLowerCase();
  if (!Object.hasOwn(KEYS, key) || event.repeat || event.isComposing || event.defaultPrevented) return null;
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return null;
  if (event.target?.closest?.(TYPING)) return null;
  return { key, control: page.querySelector(KEYS[key]) };
}

/** The list, and the switch. */
export function Keys({ say }) {
  const { t } = useApp();
  const [keep] = useState(() => createKeep(openStorage("localStorage")));
  const [on, set] = useState(() => keep.get(OFF) === null);
  const list = useRef(null);

  useLayoutEffect(() => {
    if (!on) return undefined;
    const press = (event) => {
      const asked = meant(event, document);
      if (!asked) return;
      event.preventDefault();
      // A step that is open has the word: its own buttons answer it first.
      const there = asked.control && asked.control.getAttribute("aria-disabled") !== "true";
      if (there) asked.control.click();
      else say(t("{key}: nothing to do now.", { key: asked.key.toUpperCase() }), "key");
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [on]);

  const flip = (event) => {
    const now = event.currentTarget.checked;
    if (now) keep.remove(OFF);
    else keep.set(OFF, "off");
    set(now);
  };
  const listed = [
    ["N", t("Next item")],
    ["E", t("More time")],
    ["U", t("Undo the last step")],
    ["A", t("Approve the first question")],
    ["R", t("Reject the first question")],
  ];
  return html`<section class=${`keys${on ? "" : " keys--off"}`} aria-labelledby="h-keys" ref=${list}>
    <div class="wrap keys__in">
      <h2 id="h-keys">${t("Single keys")}</h2>
      <ul>
        ${listed.map(([key, words]) => html`<li key=${key}><kbd>${key}</kbd> ${words}</li>`)}
      </ul>
      <label class="check">
        <input type="checkbox" checked=${on} onChange=${flip} />${" "}${t("Use them in this browser")}
      </label>
    </div>
  </section>`;
}

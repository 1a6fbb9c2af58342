// Single keys for the desk (WCAG 2.1.4): listed where one works, and switched off for good with one press.

import { html, useLayoutEffect, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { createKeep, keyPrefix, openStorage } from "../lib/keep.js";
import { step } from "../questions/current.js";
import { Icon } from "./bits.js";
import { useApp } from "./context.js";

const OFF = `${keyPrefix("keys")}off`;
const TYPING = "input, textarea, select, [contenteditable]";

const HERE = "[data-q][aria-current]";
const here = (key, ...else_) => [`${HERE} [data-keys=${key}]`, ...else_];

/**
 * Each presses what stands on the page, so that it does what the press would do, and nothing more: the first of these
 * that is there. Of a question they mean the current one (see questions/current.js).
 */
export const KEYS = {
  n: [".run [data-keys=n]"],
  e: [".run [data-keys=e]"],
  u: [".run [data-keys=u]"],
  a: here("a"),
  r: here("r"),
  w: here("w"),
  m: here("m"),
  i: here("i"),
  q: here("q"),
  t: here("t", "#next [data-keys=t]", "#line [data-keys=t]"),
  // what is on stage comes first: it is what everybody looks at
  d: ["#stage [data-keys=d]", ...here("d")],
  p: ["#stage [data-keys=p]"],
  o: here("o"),
  s: here("s"),
  v: here("v"),
  x: here("x"),
  h: ["#record > summary"],
  f: ["#find > summary"],
};
/** These go through the questions; arrows only when one is already there, or the page could not be scrolled. */
const STEPS = { j: 1, k: -1 };
const ARROWS = { ArrowDown: 1, ArrowUp: -1 };
/** With Alt, the current question moves among those that are up next. */
const PLACES = { ArrowDown: here("down"), ArrowUp: here("up") };

/**
 * Which control a key press is meant for. Pure but for the page it is given.
 * @param {KeyboardEvent} event @param {ParentNode & {activeElement?: Element}} page
 * @returns {{key: string, control?: Element | null, step?: 1 | -1} | null} null: it is none of ours
 */
export function meant(event, page) {
  if (event.isComposing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return null;
  if (!event.key || event.target?.closest?.(TYPING)) return null;
  const first = (selectors) => selectors.reduce((found, one) => found ?? page.querySelector(one), null);
  if (event.altKey) {
    if (!Object.hasOwn(PLACES, event.key)) return null;
    const control = first(PLACES[event.key]);
    return control && { key: event.key, control };
  }
  if (Object.hasOwn(ARROWS, event.key)) {
    return event.target?.matches?.("[data-q]") ? { key: event.key, step: ARROWS[event.key] } : null;
  }
  const key = event.key.toLowerCase();
  if (Object.hasOwn(STEPS, key)) return { key, step: STEPS[key] };
  if (!Object.hasOwn(KEYS, key) || event.repeat) return null;
  return { key, control: first(KEYS[key]) };
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
      if (asked.step) {
        if (!step(document, asked.step)) say(t("There is no other question that way."), "key");
        return;
      }
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
  const arrows = {
    up: html`<${Icon} name="up" /><span class="vh">${t("Arrow up")}</span>`,
    down: html`<${Icon} name="down" /><span class="vh">${t("Arrow down")}</span>`,
  };
  const listed = [
    [
      t("The day"),
      ["N", t("Next item")],
      ["E", t("More time")],
      ["U", t("Undo the last step")],
    ],
    [
      t("Questions"),
      ["J K", t("Next and previous question")],
      ["F", t("Find")],
      ["H", t("From the hall")],
    ],
    [
      t("The current question"),
      ["A", t("Approve")],
      ["R", t("Reject")],
      ["W", t("Change the wording")],
      ["M", t("Merge")],
      ["Q", t("Up next, or off")],
      ["Alt up down", t("Earlier, later")],
      ["T", t("Take up")],
      ["D", t("Answered")],
      ["P", t("Take it down")],
      ["O", t("Open or part again")],
      ["I", t("To another item")],
      ["S", t("Mute or unmute the asker")],
      ["V", t("Show a hidden name")],
      ["X", t("Take it over")],
    ],
  ];
  return html`<section class=${`keys${on ? "" : " keys--off"}`} aria-labelledby="h-keys" ref=${list}>
    <div class="wrap keys__in">
      <h2 id="h-keys">${t("Single keys")}</h2>
      ${listed.map(
        ([about, ...keys]) =>
          html`<div class="keys__of" key=${about}>
            <h3>${about}</h3>
            <ul>
              ${keys.map(
                ([key, words]) =>
                  html`<li key=${key}>${key.split(" ").map((one) => html`<kbd key=${one}>${arrows[one] ?? one}</kbd> `)}${words}</li>`,
              )}
            </ul>
          </div>`,
      )}
      <label class="check">
        <input type="checkbox" checked=${on} onChange=${flip} />${" "}${t("Use them in this browser")}
      </label>
    </div>
  </section>`;
}

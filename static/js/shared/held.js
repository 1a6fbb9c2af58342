// Nothing moves under a finger, a pointer or the keyboard. While somebody is in a list its order is held; what is new
// waits, and what has left stays as a mark of where it went, until they leave or ask for it.

import { useEffect, useRef, useState } from "../../vendor/preact.standalone.module.js";

const AFTER_TOUCH = 4_000;
/** A pointer that was left lying over the list is not somebody about to press. */
const AFTER_STILLNESS = 15_000;

/**
 * @template {{id: string}} T
 * @param {T[]} list as it would stand if nobody were there
 * @param {{current: Element | null}} ref what holds the list, with the button that releases it
 * @param {string} [order] by which it is sorted: who chooses another wants to see it at once
 * @returns {{shown: (T & {gone?: boolean})[], waiting: number, release: () => void}}
 */
export function useHeld(list, ref, order) {
  const [holding, setHolding] = useState(false);
  const held = useRef(list);
  const sorted = useRef(order);

  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    let timer = null;
    const letGo = () => {
      clearTimeout(timer);
      // What a finger or the mouse pressed last keeps the focus, but nobody is there any more.
      if (!element.querySelector(":focus-visible")) setHolding(false);
    };
    const hold = (ms) => {
      setHolding(true);
      clearTimeout(timer);
      timer = setTimeout(letGo, ms);
    };
    const on = {
      pointermove: (event) => hold(event.pointerType === "mouse" ? AFTER_STILLNESS : AFTER_TOUCH),
      pointerdown: (event) => hold(event.pointerType === "mouse" ? AFTER_STILLNESS : AFTER_TOUCH),
      pointerleave: (event) => event.pointerType === "mouse" && letGo(),
      focusin: (event) => event.target.matches(":focus-visible") && setHolding(true),
      focusout: () => setTimeout(() => element.matches(":hover") || letGo(), 0),
    };
    for (const [name, fn] of Object.entries(on)) element.addEventListener(name, fn);
    return () => {
      clearTimeout(timer);
      for (const [name, fn] of Object.entries(on)) element.removeEventListener(name, fn);
    };
  }, [ref.current]);

  if (!holding || sorted.current !== order) held.current = list;
  sorted.current = order;
  return { ...arrange(held.current, list), release: () => ((held.current = list), setHolding(false)) };
}

/** The held order with what is now known of each; new ones only counted. Pure. */
export function arrange(held, list) {
  if (held === list) return { shown: list, waiting: 0 };
  const known = new Map(list.map((one) => [one.id, one]));
  const shown = held.map((old) => known.get(old.id) ?? { ...old, gone: true });
  const there = new Set(held.map((one) => one.id));
  return { shown, waiting: list.filter((one) => !there.has(one.id)).length };
}

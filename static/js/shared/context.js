// What every component of a page needs: the app, handed down once.

import { createContext, useContext } from "../../vendor/preact.standalone.module.js";
import { useList, useSignal, useTick } from "../lib/hooks.js";
import { current, inOrder, nowOn, upNext } from "../programme/order.js";

export const App = createContext(null);

/** @returns {ReturnType<typeof import("../lib/app.js").start>} */
export const useApp = () => useContext(App);

/** Where the day stands: meeting, items in order, what is on, what comes next. Drawn again once a minute. */
export function useDay() {
  const { store, clock } = useApp();
  const meeting = useList(store, "meeting")[0];
  const items = inOrder(useList(store, "programme"));
  const on = nowOn(meeting, items);
  const now = useTick(clock, "minute");
  return { meeting, items, on, current: current(items, on), next: upNext(meeting, items), now };
}

/** Whether the line is lost for good enough a reason to say so. */
export function useOffline() {
  const { connection } = useApp();
  return useSignal(connection.state).name === "offline";
}

/** The meeting's own words keep their own language when the page is in another: an attribute's value, or nothing. */
export function useContentLang() {
  const { store, t } = useApp();
  const language = useList(store, "meeting")[0]?.language;
  return language && language !== t.locale ? language : undefined;
}

// What every component of a page needs: the app, handed down once.

import { createContext, useContext } from "../../vendor/preact.standalone.module.js";
import { useList, useSignal, useTick } from "../lib/hooks.js";
import { current, inOrder, nowOn, trackOf, tracks, upNext } from "../programme/order.js";
import { lineOf, nextIn, onIn } from "../programme/tracks.js";

export const App = createContext(null);

/** Which track a page follows; undefined: the first there is. */
export const Track = createContext(undefined);

/** Whether who follows a track also follows what is for everyone. The desk does not: it runs each by itself. */
export const WithCommon = createContext(false);

/** @returns {ReturnType<typeof import("../lib/app.js").start>} */
export const useApp = () => useContext(App);

/**
 * Where the day stands: meeting, all items in order, and of a track what is on and what comes next. Drawn again once a
 * minute. `track`: another than that of `Track`.
 */
export function useDay(track) {
  const { store, clock } = useApp();
  const followed = useContext(Track);
  const meeting = useList(store, "meeting")[0];
  const items = inOrder(useList(store, "programme"));
  const here = trackOf(meeting, items, track ?? followed);
  const common = useContext(WithCommon);
  const on = common ? onIn(meeting, items, followed ?? "") : nowOn(meeting, items, here);
  const now = useTick(clock, "minute");
  return {
    meeting,
    items,
    line: common ? lineOf(items, followed ?? "") : items,
    track: common ? (followed ?? "") : here,
    tracks: tracks(meeting, items),
    on,
    current: current(items, on),
    next: common ? nextIn(meeting, items, followed ?? "") : upNext(meeting, items, here),
    now,
  };
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

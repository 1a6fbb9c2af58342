// "Now: …" in words and in the page's title, when the programme moves on.

import { inOrder, nowOn } from "./order.js";

/**
 * @param {ReturnType<typeof import("../lib/app.js").start>} app
 * @param {import("../shared/announce.js").Voice} say
 * @param {(title: string | undefined) => void} [moved] called with what is on, each time that changes
 * @param {(meeting: object, items: object[]) => object | null} [find] what is on, for who follows one track
 */
export function tellProgramme({ store, t }, say, moved = () => {}, find = nowOn) {
  const look = () => find(store.first("meeting"), inOrder(store.list("programme")));
  let was = look()?.id;
  const check = () => {
    const on = look();
    if (on?.id === was) return;
    was = on?.id;
    say(on ? t("Now: {title}", { title: on.title }) : t("Nothing is on now."), "now", "news");
    moved(on?.title);
  };
  store.subscribe("meeting", check);
  store.subscribe("programme", check);
}

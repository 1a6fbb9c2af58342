// What staff tell everyone, or some: it stands on top of the page until its time is out, or one has had enough of it.
// templates/notices/notices.html draws the same.

import { html, useEffect, useState } from "../../vendor/preact.standalone.module.js";
import { useList } from "../lib/hooks.js";
import { Icon } from "../shared/bits.js";
import { useClosed } from "../shared/closed.js";
import { useApp, useDay } from "../shared/context.js";
import { standing } from "./standing.js";

/** Those that stand, the newest first; drawn again when the time of one is out. */
export function useNotices() {
  const { boot, store, clock } = useApp();
  const { track } = useDay();
  const [, again] = useState(0);
  const now = clock.now();
  const notices = standing(useList(store, "notices"), store.me, boot.page, track, now);
  const end = Math.min(...notices.map((notice) => Date.parse(notice.until)));
  useEffect(() => {
    if (!Number.isFinite(end)) return undefined;
    const timer = setTimeout(() => again((n) => n + 1), Math.min(Math.max(end - clock.now(), 0) + 100, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  }, [end]);
  return notices;
}

export function Notices() {
  const { boot, times, t } = useApp();
  const notices = useNotices();
  const [closed, close] = useClosed("notices", boot.meeting);
  return notices
    .filter((notice) => !closed.includes(notice.id))
    .map(
      (notice) =>
        html`<div class="note note--told" key=${notice.id}>
          <div class="wrap note__in">
            <p class="note__n">${times.time(notice.at)}</p>
            <p><b>${notice.text}</b></p>
            <button class="linkish needs-script" type="button" onClick=${() => close(notice.id)}>
              ${t("Close")}<span class="vh"> ${notice.text}</span>
            </button>
          </div>
        </div>`,
    );
}

/**
 * Each that comes is said once; those that stood when the page was opened stand in it to be read.
 * @param {ReturnType<typeof import("../lib/app.js").start>} app @param {import("../shared/announce.js").Voice} say
 * @param {() => string} track which one is followed
 */
export function tellNotices({ boot, store, clock }, say, track) {
  const known = new Set(store.topic("notices").keys());
  store.subscribe("notices", () => {
    for (const notice of standing(store.list("notices"), store.me, boot.page, track(), clock.now())) {
      if (!known.has(notice.id)) say(notice.text, notice.id, "staff");
    }
    for (const id of store.topic("notices").keys()) known.add(id);
  });
}

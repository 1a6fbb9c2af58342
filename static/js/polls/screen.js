// A poll on the hall's screen, to be read from the last row. templates/polls/screen.html draws the same.

import { html, useLayoutEffect, useRef } from "../../vendor/preact.standalone.module.js";
import { useList } from "../lib/hooks.js";
import { useApp, useContentLang, useDay } from "../shared/context.js";
import { Bars } from "./bars.js";
import { onScreen } from "./lists.js";

/** The poll that the hall's screen shows now, if any. */
export function usePollOnScreen() {
  const { store } = useApp();
  const { current } = useDay();
  return onScreen(useList(store, "polls"), current);
}

export function HallPoll({ poll }) {
  const { t } = useApp();
  const lang = useContentLang();
  const top = useFit();
  return html`<p class="hall__prompt" lang=${lang} ref=${top}>${poll.prompt}</p>
    <${Bars} poll=${poll} />
    ${poll.state === "open" && html`<p class="hall__how">${t("Answer on your phone")}</p>`}`;
}

/** Ten long answers, or a long question, in smaller letters: all of it is seen. */
function useFit() {
  const top = useRef(null);
  useLayoutEffect(() => {
    const fit = () => {
      const hall = top.current.parentElement;
      let share = 1;
      do hall.style.setProperty("--fit", String(share));
      while (hall.scrollHeight > hall.clientHeight && (share -= 0.08) > 0.3);
    };
    fit();
    document.fonts?.ready.then(() => top.current && fit());
    addEventListener("resize", fit);
    return () => removeEventListener("resize", fit);
  });
  return top;
}

// The help button of everyone who takes part, and the answer they get. templates/help/call.html draws the same.

import { html, useEffect, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { useList, useMe, useSignal } from "../lib/hooks.js";
import { mayAsk } from "../questions/pane.js";
import { Icon } from "../shared/bits.js";
import { useClosed } from "../shared/closed.js";
import { useApp } from "../shared/context.js";
import { lazy } from "../shared/lazy.js";

const Call = lazy((again) => import(`./call.js${again}`), "Call", ".help__form");

/** It opens where it stands, without a script too. @param {{say: Function}} props */
export function Help({ say }) {
  const { store, t } = useApp();
  const box = useRef(null);
  const [first] = useState(() => Boolean(document.getElementById("help")?.open));
  const [opened, open] = useState(first);
  if (!mayAsk(useMe(store))) return null;
  const sent = () => {
    box.current.open = false;
    box.current.firstElementChild.focus();
    say(t("Staff have been asked to help. The answer comes here."), "help");
  };
  return html`<details class="help" id="help" open=${first || undefined} ref=${box} onToggle=${(event) => open((was) => was || event.currentTarget.open)}>
    <summary class="btn btn--small"><span>${t("Help")}<span class="help__what">${": "}${t("I cannot hear or see")}</span></span></summary>
    <div class="help__in">${opened ? html`<${Call} onSent=${sent} />` : null}</div>
  </details>`;
}

/** What I have asked, and the answer: the latest, until it is closed. */
export function Answer({ say }) {
  const { boot, store, outbox, t, times } = useApp();
  const [closed, close] = useClosed("help", boot.meeting, store.me.id);
  const mine = useList(store, "help").filter((call) => call.mine);
  const sending = useSignal(outbox.entries).some((entry) => entry.name === "help.ask" && entry.state !== "failed");
  const last = latest(mine, closed);
  const known = useRef(last?.reply ?? "");
  useEffect(() => {
    if (last?.reply && known.current !== last.reply) say(t("Staff answer: {text}", { text: last.reply }), "help");
    known.current = last?.reply ?? "";
  }, [last?.reply]);
  if (!last) {
    if (!sending) return null;
    return html`<div class="note"><div class="wrap note__in"><${Icon} name="sending" /><p>${t("Asking staff for help.")}</p></div></div>`;
  }
  return html`<div class="note note--help">
    <div class="wrap note__in">
      <${Icon} name=${last.reply ? "check" : "clock"} />
      <p>
        ${
          last.reply
            ? html`<b>${t("Staff answer: {text}", { text: last.reply })}</b>${" "}`
            : t("Staff have been asked to help. The answer comes here.") + " "
        }
        <span class="soft">${t("You wrote at {time}: {text}", { time: times.time(last.asked_at), text: last.text })}</span>
        ${
          last.reply &&
          html`${" "}<button class="linkish needs-script" type="button" onClick=${() => close(last.id)}>
              ${t("Close")}<span class="vh"> ${last.reply}</span>
            </button>`
        }
      </p>
    </div>
  </div>`;
}

/** The newest that has not been closed; of an earlier one nothing is said any more. Pure. */
export function latest(calls, closed) {
  const last = [...calls].sort((a, b) => (a.asked_at < b.asked_at ? -1 : 1)).at(-1);
  return last && !closed.includes(last.id) ? last : null;
}

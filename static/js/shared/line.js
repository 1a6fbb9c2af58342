// Whether we hear each other: a dot and a word in the head, and a sentence under the strip when we do not.

import { html, useLayoutEffect } from "../../vendor/preact.standalone.module.js";
import { useSignal } from "../lib/hooks.js";
import { Icon } from "./bits.js";
import { useApp } from "./context.js";

/** `children` stands beside the dot while the line is good (who else is here). */
export function Line({ children }) {
  const { connection, t } = useApp();
  const { name } = useSignal(connection.state);
  const good = name === "live" || name === "plain";
  const look = good ? "" : name === "connecting" ? " line--waiting" : " line--lost";
  const word = good ? t("Connected") : name === "connecting" ? t("Connecting") : t("Looking for contact");
  const beside = good && children;
  return html`<span class=${`line${look}`}><span role="status" class=${beside ? "vh" : undefined}>${word}</span>${
    beside ? html`<span>${children}</span>` : null
  }</span>`;
}

/** @param {{kept: string}} props what becomes of what one does meanwhile, in words */
export function OfflineNote({ kept }) {
  const { connection, outbox, times, t } = useApp();
  const state = useSignal(connection.state);
  const durable = useSignal(outbox.durable);
  if (state.name !== "offline") return null;
  return html`<div class="note">
    <div class="wrap note__in">
      <${Icon} name="clock" />
      <p id="offline-why">
        ${state.since ? t("No contact since {time}.", { time: times.time(state.since) }) : t("No contact.")}${" "}
        ${t("You see the latest that came.")} ${kept}${" "}
        ${durable ? null : t("This browser keeps nothing, so do not close the page.")}${" "}
        <button class="linkish" type="button" onClick=${() => connection.wake()}>${t("Try now")}</button>
      </p>
    </div>
  </div>`;
}

/** The link was revoked, or somebody else signed in: what happened, what is still here, the way on. */
export function Ended({ problem, unsent }) {
  const { boot, store, t } = useApp();
  const title = store.first("meeting")?.title;
  // It leads to a part that is no longer there, and there is nothing left to skip.
  useLayoutEffect(() => document.querySelector(".skip")?.remove(), []);
  return html`<header class="head">
      <div class="wrap head__in"><a class="head__name" href=${boot.base}>${title}</a></div>
    </header>
    <main class="wrap page" id="main">
      <h1 class="page__title" tabindex="-1" id="ended">${t("You are no longer connected to the meeting")}</h1>
      <p class="page__lead">${problem?.title}. ${problem?.detail}</p>
      ${
        unsent.length > 0 &&
        html`<p class="page__lead">${t("What you had written and not sent is still here:")}</p>
          <ul class="ended__unsent">
            ${unsent.map((text) => html`<li>${text}</li>`)}
          </ul>`
      }
      <p class="page__lead"><a class="btn" href=${boot.base}>${t("To the meeting's page")}</a></p>
    </main>`;
}

// The way to one's own calendar. templates/programme/calendar.html draws the same.

import { html } from "../../vendor/preact.standalone.module.js";
import { useApp } from "../shared/context.js";

export function Calendar() {
  const { boot, t } = useApp();
  if (!boot.calendar) return null;
  return html`<p class="small">
    <a href=${boot.calendar.replace(/^https?:/, "webcal:")}>${t("My calendar")}</a>${" "}
    <span class="soft">${t("follows the times as they change.")}</span>${" "}
    <a href=${boot.calendar}>${t("Its address")}</a>${" "}
    <span class="soft">${t("is for calendars on the web.")}</span>
  </p>`;
}

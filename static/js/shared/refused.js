// What a plain form was refused for, drawn by the server before this script ran: it stands until it is closed.

import { html, useState } from "../../vendor/preact.standalone.module.js";
import { Icon } from "./bits.js";
import { useApp } from "./context.js";

export function Refused() {
  const { t } = useApp();
  const [problem, set] = useState(drawn);
  if (!problem) return null;
  return html`<div class="note note--refused" role="alert">
    <div class="wrap note__in">
      <${Icon} name="refused" />
      <p>
        <b>${problem.title}</b> ${problem.detail}${" "}
        <button class="linkish" type="button" onClick=${() => set(null)}>${t("Close")}</button>
      </p>
    </div>
  </div>`;
}

function drawn() {
  const words = document.querySelector(".notes .note--refused p");
  if (!words) return null;
  const title = words.querySelector("b").textContent;
  return { title, detail: words.textContent.trim().slice(title.length).trim() };
}

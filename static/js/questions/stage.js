// What is on stage, as the moderator works with it.

import { html, useRef } from "../../vendor/preact.standalone.module.js";
import { useApp } from "../shared/context.js";
import { useFocusKeeper } from "../shared/focus.js";
import { Case } from "./desk.js";
import { onStage } from "./lists.js";
import { useRows } from "./rows.js";

export function Stage({ say }) {
  const { t } = useApp();
  const { row, questions } = useRows("stage", say);
  const staged = onStage(questions);
  const part = useRef(null);
  useFocusKeeper(part, "#h-stage");
  return html`<section
    class=${`desk__part desk__stage stage${staged.length ? "" : " stage--none"}`}
    id="stage"
    aria-labelledby="h-stage"
    ref=${part}
  >
    <div class="desk__head"><h2 id="h-stage" tabindex="-1">${t("On stage")}</h2></div>
    ${staged.map((q) => html`<${Case} key=${q.id} ...${row(q)} lead="" />`)}
    ${staged.length === 0 && html`<p>${t("No question. Take one up from the line.")}</p>`}
  </section>`;
}

// What is in line, as the moderator takes it up.

import { html, useRef } from "../../vendor/preact.standalone.module.js";
import { useList } from "../lib/hooks.js";
import { useApp, useDay, useOffline } from "../shared/context.js";
import { useFocusKeeper } from "../shared/focus.js";
import { useHeld } from "../shared/held.js";
import { NextUp } from "./desk.js";
import { inLine } from "./lists.js";
import { useSaid } from "./said.js";

export function Waiting({ say }) {
  const { store, t } = useApp();
  const { current } = useDay();
  const part = useRef(null);
  const line = inLine(useList(store, "questions"), current);
  const { shown, waiting, release } = useHeld(line, part);
  const offline = useOffline();
  const said = useSaid();
  useFocusKeeper(part, "#h-line");
  return html`<section class="desk__part desk__next" id="line" aria-labelledby="h-line" ref=${part}>
    <div class="desk__head">
      <h2 id="h-line" tabindex="-1">${t("In line")}</h2>
      ${line.length > 0 && html`<span class="count">${t("{n}, by support", { n: line.length })}</span>`}
      ${
        waiting > 0 &&
        html`<button class="btn btn--small" type="button" onClick=${release}>
          ${t.n("{n} new", "{n} new", waiting)}
        </button>`
      }
    </div>
    <div>
      ${shown.map(
        (q) =>
          html`<${NextUp}
            key=${q.id}
            question=${q}
            offline=${offline}
            busy=${said.busy(q.id)}
            refusal=${said.refused.find((entry) => entry.payload.id === q.id)}
            onTake=${() => {
              said.dismiss(q.id);
              said.send("question.take", q).answer.then((answer) => answer.ok && say(t("On stage now."), q.id));
            }}
          />`,
      )}
    </div>
    ${shown.length === 0 && html`<p class="desk__none">${t("Approved questions stand here.")}</p>`}
  </section>`;
}

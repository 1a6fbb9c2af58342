// What is up next, in the order chosen here; and what is in line, by support.

import { html, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { useApp } from "../shared/context.js";
import { useFocusKeeper } from "../shared/focus.js";
import { useHeld } from "../shared/held.js";
import { Case } from "./desk.js";
import { inLine } from "./lists.js";
import { SHOWN, upNext } from "./queue.js";
import { useRows } from "./rows.js";

export function Waiting({ say }) {
  const { t } = useApp();
  const part = useRef(null);
  const [most, more] = useState(SHOWN);
  const { kept, row, questions, current, items } = useRows("line", say);
  const tracks = new Map(items.map((item) => [item.id, item.track]));
  const next = upNext(questions, (q) => tracks.get(q.item) ?? "");
  const line = inLine(questions, current).filter((q) => q.queue == null);
  const { shown, waiting, release } = useHeld(line, part);
  const above = new Set(next.map((q) => q.id));
  const rows = shown.filter((q) => !above.has(q.id)).slice(0, most);
  const left = kept(new Set([...rows, ...next].map((q) => q.id)));
  useFocusKeeper(part, "#h-line");
  return html`<section class="desk__part desk__next" id="line" aria-labelledby="h-line" ref=${part}>
    <div class="desk__head">
      <h2 id="h-next">${t("Up next")}</h2>
      ${next.length > 0 && html`<span class="count">${t("{n}, in your order", { n: next.length })}</span>`}
    </div>
    <div class="desk__up" id="next">
      ${next.map((q, at) => html`<${Case} key=${q.id} ...${row(q)} place="next" lead=${at + 1} />`)}
      ${next.length === 0 && html`<p class="desk__none">${t("No order is chosen yet.")}</p>`}
    </div>
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
      ${[...left, ...rows].map((q) => {
        const { gone, ...question } = q;
        return html`<${Case} key=${q.id} ...${row(gone ? question : q)} gone=${gone} lead=${q.support} />`;
      })}
    </div>
    ${
      line.length > most &&
      html`<p class="desk__rest">
        <button class="btn" type="button" onClick=${() => more(most + SHOWN)}>
          ${t("Show {n} more", { n: Math.min(SHOWN, line.length - most) })}
        </button>
        <span class="soft">${t("{n} of {all}", { n: most, all: line.length })}</span>
      </p>`
    }
    ${rows.length === 0 && next.length === 0 && html`<p class="desk__none">${t("Approved questions stand here.")}</p>`}
  </section>`;
}

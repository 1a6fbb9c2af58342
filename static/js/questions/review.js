// The queue to review, and whatever else is looked for among the questions. The rows are drawn by desk.js.

import { html, useEffect, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { Icon, words } from "../shared/bits.js";
import { useApp, useDay } from "../shared/context.js";
import { useFocusKeeper } from "../shared/focus.js";
import { OF_OTHERS, faster } from "./acts.js";
import { age, Case } from "./desk.js";
import { Find } from "./find.js";
import { toReview } from "./lists.js";
import { found, KINDS, narrowed, SHOWN, steady, WISH } from "./queue.js";
import { Record } from "./record.js";
import { useRows } from "./rows.js";
import { NotScreened, Taking } from "./taking.js";

export function Review({ say }) {
  const { t } = useApp();
  const { now } = useDay();
  const [wish, look] = useState(wished);
  const [most, more] = useState(SHOWN);
  const part = useRef(null);
  const order = useRef([]);
  const { acts, kept, row, questions, current, items } = useRows("review", say);
  useFocusKeeper(part, "#h-review");
  useEffect(() => more(SHOWN), [wish]);

  const pending = toReview(questions);
  const asked = wish.kind === "pending" && !narrowed(wish) ? pending : found(questions, wish, current);
  // Nothing changes places around somebody who works here.
  const here = part.current?.contains(document.activeElement);
  const list = here ? steady(order.current, asked) : asked;
  order.current = list.map((q) => q.id);
  const shown = list.slice(0, most);
  const ids = new Set(shown.map((q) => q.id));
  // Somebody else decided while something was being written: the row stays, so that nothing written is lost.
  const rows = [...kept(ids), ...shown];
  const there = new Set(rows.map((q) => q.id));
  const decided = acts.refused.filter((entry) => entry.payload.id && !there.has(entry.payload.id));
  const stands = (q) => wish.kind === "all" || wish.kind === "rejected" || q.state === "approved" || q.state === "on_stage";
  return html`<section class="desk__part desk__queue" id="review" aria-labelledby="h-review" ref=${part}>
    <div class="desk__head">
      <h2 id="h-review" tabindex="-1">${narrowed(wish) ? t("Found") : t("To review")}</h2>
      ${
        !narrowed(wish) &&
        pending.length > 0 &&
        html`<span class="count"
          >${pending.length}, ${t("oldest {age}", { age: age(t, pending[0], now).toLocaleLowerCase(t.locale) })}</span
        >`
      }
      ${narrowed(wish) && html`<span class="count" role="status">${t.n("{n} question", "{n} questions", list.length)}</span>`}
      ${
        narrowed(wish) &&
        html`<button
          class="btn btn--small"
          type="button"
          onClick=${() => {
            look(WISH);
            part.current.querySelector("#h-review").focus();
          }}
        >
          ${t("Show what waits")}
        </button>`
      }
    </div>
    <div class="tools">
      <${Find} wish=${wish} look=${look} items=${items} questions=${questions} />
      <${Record} say=${say} />
      <${Taking} say=${say} />
    </div>
    <${NotScreened} />
    ${decided.map((entry) => html`<${Decided} key=${entry.op} ...${{ entry, questions, desk: acts.desk }} />`)}
    ${rows.map((q) => {
      const given = row(q);
      const place = stands(q) ? "found" : "review";
      return html`<${Case} key=${q.id} ...${given} place=${place} lead=${age(t, q, now)} />`;
    })}
    ${
      list.length > shown.length &&
      html`<p class="desk__rest">
        <button class="btn" type="button" onClick=${() => more(most + SHOWN)}>
          ${t("Show {n} more", { n: Math.min(SHOWN, list.length - shown.length) })}
        </button>
        <span class="soft">${t("{n} of {all}", { n: shown.length, all: list.length })}</span>
      </p>`
    }
    ${
      rows.length === 0 &&
      decided.length === 0 &&
      html`<p class="desk__none">${narrowed(wish) ? t("Nothing is found.") : t("Nothing to review.")}</p>`
    }
  </section>`;
}

/** What the page was asked for: its form works without a script too. */
function wished() {
  const query = new URLSearchParams(location.search);
  const kind = query.get("kind");
  return { ...WISH, kind: Object.hasOwn(KINDS, kind) ? kind : WISH.kind, text: query.get("text") ?? "" };
}

/** A decision that came too late, or was refused, about a question that is no longer in the list. */
function Decided({ entry, questions, desk }) {
  const app = useApp();
  const { t } = app;
  const question = questions.find((q) => q.id === entry.payload.id);
  const others = OF_OTHERS.has(entry.problem.code);
  const typed = entry.payload.reason ?? entry.payload.text;
  return html`<article class="case" data-row=${entry.op}>
    <p class="case__n"><${Icon} name=${others ? "info" : "refused"} /></p>
    <div>
      ${question && html`<p class="case__text">${question.text}</p>`}
      <p class="case__said">
        <span>
          ${others ? faster(app, entry.payload.id, entry.problem) : words(entry.problem)}${" "}
          ${typed && t("You had written: {reason}", { reason: typed })}
        </span>
      </p>
      <div class="acts">
        <button class="btn btn--small" type="button" data-act="" onClick=${() => desk.dismiss(question ?? { id: entry.payload.id })}>
          ${t("Close")}
        </button>
      </div>
    </div>
  </article>`;
}

// Looking for questions: by words, by how they stand, by what they were asked of.

import { html } from "../../vendor/preact.standalone.module.js";
import { useApp, useContentLang } from "../shared/context.js";
import { narrowed } from "./queue.js";

export function Find({ wish, look, items, questions }) {
  const { t } = useApp();
  const lang = useContentLang();
  const kinds = [
    ["pending", t("To review")],
    ["approved", t("In line")],
    ["next", t("Up next")],
    ["answered", t("Answered")],
    ["rejected", t("Not taken up, withdrawn, merged")],
    ["all", t("All")],
  ];
  const asked = new Set(questions.map((q) => q.item));
  const put = (name) => (event) => look({ ...wish, [name]: event.currentTarget.value });
  return html`<details class="tool" id="find" onToggle=${(event) => begin(event, "#find-text")}>
    <summary class="btn btn--small">${narrowed(wish) ? t("Find: on") : t("Find")}</summary>
    <form class="tool__form" role="search" onSubmit=${(event) => event.preventDefault()}>
      <div class="tool__wide">
        <label class="label" for="find-text">${t("Words, name or organisation")}</label>
        <input class="field" id="find-text" type="search" autocomplete="off" value=${wish.text} onInput=${put("text")} />
      </div>
      <div>
        <label class="label" for="find-kind">${t("How it stands")}</label>
        <select class="field" id="find-kind" value=${wish.kind} onChange=${put("kind")}>
          ${kinds.map(([value, said]) => html`<option key=${value} value=${value}>${said}</option>`)}
        </select>
      </div>
      <div>
        <label class="label" for="find-item">${t("Asked of")}</label>
        <select class="field" id="find-item" value=${wish.item} onChange=${put("item")}>
          <option value="">${t("All items")}</option>
          <option value="here">${t("What is on now")}</option>
          ${items
            .filter((one) => asked.has(one.id))
            .map((one) => html`<option key=${one.id} value=${one.id} lang=${lang}>${one.title}</option>`)}
        </select>
      </div>
      <label class="check tool__wide">
        <input
          type="checkbox"
          checked=${wish.flagged}
          onChange=${(event) => look({ ...wish, flagged: event.currentTarget.checked })}
        />${" "}${t("Only those with words to look at")}
      </label>
    </form>
  </details>`;
}

/** What opens is begun in its first field. */
export function begin(event, selector) {
  if (event.currentTarget.open) event.currentTarget.querySelector(selector)?.focus();
}

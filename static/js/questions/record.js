// Writing down what was asked aloud in the hall, or asking for somebody who takes part.

import { html, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { timed } from "../programme/order.js";
import { when, words, Wrong } from "../shared/bits.js";
import { useApp, useContentLang, useDay, useOffline } from "../shared/context.js";
import { subjectOf } from "./asking.js";
import { left } from "./draft.js";
import { asked } from "./fields.js";
import { begin } from "./find.js";
import { called, usePeople } from "./people.js";

const FIELDS = ["text", "name", "item"];

export function Record({ say }) {
  const { boot, drafts, outbox, t } = useApp();
  const { items, on, next } = useDay();
  const lang = useContentLang();
  const offline = useOffline();
  const [values, set] = useState(() => Object.fromEntries(FIELDS.map((name) => [name, drafts.get(`record:${name}`)])));
  const [person, choose] = useState(null);
  const [wrong, setWrong] = useState(null);
  const [busy, setBusy] = useState(false);
  const field = useRef(null);
  const here = timed(items, on) ?? next;
  const all = asked(items, here?.day);
  const now = on && subjectOf(items, on);
  const item = all.find((one) => one.id === values.item) ?? all.find((one) => one === now) ?? lately(all) ?? all[0];
  const people = usePeople(boot.base, person ? "" : values.name);

  function write(more) {
    for (const [name, text] of Object.entries(more)) drafts.set(`record:${name}`, text);
    set({ ...values, ...more });
    setWrong(null);
  }

  function send(event) {
    event.preventDefault();
    if (offline || busy) return;
    const text = values.text.trim();
    const over = -left(text);
    if (!text || over > 0) {
      setWrong(text ? t("It is {n} characters too long.", { n: over }) : t("Write the question first."));
      field.current.focus();
      return;
    }
    const who = person ? { person: person.id } : values.name.trim() ? { name: values.name.trim() } : {};
    setBusy(true);
    const sent = outbox.send("question.record", { text, ...who, ...(item && { item: item.id }) });
    sent.answer.then((answer) => {
      setBusy(false);
      if (!answer.ok) {
        outbox.dismiss(sent.op);
        setWrong(words(answer.problem));
        return;
      }
      write({ text: "", name: "" });
      choose(null);
      say(t("Written down. It is in line."), "record");
      field.current?.focus();
    });
  }

  return html`<details class="tool" id="record" onToggle=${(event) => begin(event, "textarea")}>
    <summary class="btn btn--small">${t("From the hall…")}</summary>
    <form class="tool__form" onSubmit=${send} onKeyDown=${(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && send(event)}>
      <div class="tool__wide">
        <label class="label" for="record-text">${t("What was asked")}</label>
        <textarea
          class="field"
          id="record-text"
          name="text"
          rows="2"
          ref=${field}
          aria-invalid=${when(wrong)}
          aria-describedby=${when(wrong, "record-wrong")}
          value=${values.text}
          onInput=${(event) => write({ text: event.currentTarget.value })}
        ></textarea>
        ${wrong && html`<${Wrong} id="record-wrong">${wrong}<//>`}
      </div>
      <div>
        <label class="label" for="record-name">${t("Who asks, if they said")}</label>
        ${
          person
            ? html`<p class="tool__who">
                ${t("Asked for {name}", { name: called(person) })}${" "}
                <button class="linkish" type="button" onClick=${() => choose(null)}>${t("Somebody else")}</button>
              </p>`
            : html`<input
                  class="field"
                  id="record-name"
                  name="name"
                  autocomplete="off"
                  aria-describedby="record-people"
                  value=${values.name}
                  onInput=${(event) => write({ name: event.currentTarget.value })}
                />
                <div id="record-people" aria-live="polite">
                  ${people.length > 0 && html`<p class="fields__note">${t("Takes part, and is told how it goes:")}</p>`}
                  <ul>
                    ${people.map(
                      (one) =>
                        html`<li key=${one.id}>
                          <button class="linkish" type="button" onClick=${() => choose(one)}>
                            ${called(one)}
                          </button>
                        </li>`,
                    )}
                  </ul>
                </div>`
        }
      </div>
      <div>
        <label class="label" for="record-item">${t("Asked of")}</label>
        <select class="field" id="record-item" name="item" value=${item?.id} onChange=${(event) => write({ item: event.currentTarget.value })}>
          ${all.map((one) => html`<option key=${one.id} value=${one.id} lang=${lang}>${one.title}</option>`)}
        </select>
      </div>
      <div class="tool__acts">
        <button class="btn btn--main" type="submit" aria-disabled=${when(offline)} aria-busy=${when(busy)}>
          ${t("Put it in line")}
        </button>
      </div>
    </form>
  </details>`;
}

/** Over coffee, what is written down was asked of the talk before it. */
const lately = (items) => items.filter((one) => one.actual_start).at(-1);

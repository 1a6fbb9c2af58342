// "I cannot hear or see": said to staff alone, with how one is connected. Fetched when somebody opens it.
// templates/help/call.html draws the same.

import { html, useState } from "../../vendor/preact.standalone.module.js";
import { useSignal } from "../lib/hooks.js";
import { when, words, Wrong } from "../shared/bits.js";
import { useApp, useOffline } from "../shared/context.js";
import { graphemes } from "../shared/graphemes.js";
import { lineOf, lineWords } from "./line.js";

const LIMIT = 300;

export function Call({ onSent }) {
  const { outbox, clock, connection, drafts, t } = useApp();
  const state = useSignal(connection.state);
  const entries = useSignal(outbox.entries).filter((entry) => entry.name === "help.ask");
  const offline = useOffline();
  const [chosen, choose] = useState("");
  const [text, write] = useState(() => document.getElementById("help-text")?.value || drafts.get("help"));
  const [wrong, setWrong] = useState(null);
  const line = lineOf(state, clock.trip, navigator.userAgent);
  const told = { ...line, state: line.line };
  const refused = entries.find((entry) => entry.state === "failed");
  const keep = (next) => {
    drafts.set("help", next);
    write(next);
    setWrong(null);
  };

  function submit(event) {
    event.preventDefault();
    const said = [chosen, text.trim()].filter(Boolean).join(" ");
    const over = graphemes(said) - LIMIT;
    if (!said) return setWrong(t("Choose what is wrong, or write it."));
    if (over > 0) return setWrong(t.n("{n} character too many", "{n} characters too many", over));
    for (const entry of entries) if (entry.state === "failed") outbox.dismiss(entry.op);
    outbox.send("help.ask", { text: said, ...line });
    keep("");
    choose("");
    onSent();
  }

  const choices = [
    t("I hear nothing."),
    t("I see no picture."),
    t("I hear badly."),
    t("The picture stands still."),
    t("I cannot read what is shown in the hall."),
  ];
  const said = wrong ?? (refused && words(refused.problem));
  return html`<form class="help__form" onSubmit=${submit}>
    <fieldset>
      <legend class="label">${t("What is wrong?")}</legend>
      <div class="help__choices">
        ${choices.map(
          (one) =>
            html`<label class="check" key=${one}>
              <input
                type="radio"
                name="choice"
                value=${one}
                checked=${chosen === one}
                onChange=${() => (choose(one), setWrong(null))}
              /><span>${one}</span>
            </label>`,
        )}
      </div>
    </fieldset>
    <label class="label" for="help-text">${t("In your own words")}</label>
    <textarea
      class="field"
      id="help-text"
      name="text"
      rows="2"
      aria-invalid=${when(said)}
      aria-describedby=${["help-sent", said && "help-wrong"].filter(Boolean).join(" ")}
      value=${text}
      onInput=${(event) => keep(event.currentTarget.value)}
    ></textarea>
    ${said && html`<${Wrong} id="help-wrong">${said}<//>`}
    <p class="small soft" id="help-sent">
      ${t("Only staff see it, with your name and this about your line: {line}.", { line: lineWords(t, told) })}
      ${offline && ` ${t("It is sent when the contact is back.")}`}
    </p>
    <button class="btn btn--main" type="submit">${t("Ask for help")}</button>
  </form>`;
}

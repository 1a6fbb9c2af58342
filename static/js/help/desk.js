// Who wants help, as staff answer them: the oldest first. templates/help/desk.html draws the same.

import { html, useEffect, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { useList, useSignal } from "../lib/hooks.js";
import { person, when, words, Wrong } from "../shared/bits.js";
import { useApp, useOffline } from "../shared/context.js";
import { useFocusKeeper } from "../shared/focus.js";
import { lineWords } from "./line.js";

export function Wanted({ say }) {
  const { store, t } = useApp();
  const calls = [...useList(store, "help")].filter((call) => call.author).sort((a, b) => (a.asked_at < b.asked_at ? -1 : 1));
  const waiting = calls.filter((call) => !call.reply);
  const answered = calls.filter((call) => call.reply).reverse();
  const part = useRef(null);
  const known = useRef(new Set(calls.map((call) => call.id)));
  useFocusKeeper(part, "#h-help");
  useEffect(() => {
    const fresh = waiting.filter((call) => !known.current.has(call.id));
    for (const call of fresh) say(t("Help wanted: {text}", { text: call.text }), call.id);
    known.current = new Set(calls.map((call) => call.id));
  }, [calls.length]);
  return html`<section class="desk__part help-desk" id="help" aria-labelledby="h-help" ref=${part}>
    <div class="desk__head">
      <h2 id="h-help" tabindex="-1">${t("Help wanted")}</h2>
      ${waiting.length > 0 && html`<span class="count">${waiting.length}</span>`}
    </div>
    ${waiting.map((call) => html`<${Waits} key=${call.id} call=${call} say=${say} />`)}
    ${waiting.length === 0 && html`<p class="desk__none">${t("Nobody waits for help.")}</p>`}
    ${
      answered.length > 0 &&
      html`<details>
        <summary>${t("Answered")} <span class="count">${answered.length}</span></summary>
        ${answered.map(
          (call) =>
            html`<${Case} key=${call.id} call=${call}>
              <p class="small"><b>${t("Answer:")}</b> <bdi>${call.reply}</bdi></p>
            <//>`,
        )}
      </details>`
    }
  </section>`;
}

function Case({ call, children }) {
  const { t, times } = useApp();
  return html`<article class="case" id=${`help-${call.id}`} data-row=${call.id}>
    <p class="case__n">${times.time(call.asked_at)}</p>
    <div>
      <p class="case__text">${call.text}</p>
      <p class="case__by">${person(call.author)}. ${t("Line: {line}.", { line: lineWords(t, call.connection) })}</p>
      ${children}
    </div>
  </article>`;
}

function Waits({ call, say }) {
  const { outbox, drafts, t } = useApp();
  const offline = useOffline();
  const entries = useSignal(outbox.entries).filter((entry) => entry.payload.id === call.id);
  const busy = entries.some((entry) => entry.state !== "failed");
  const refused = entries.find((entry) => entry.state === "failed");
  const field = useRef(null);
  const [text, set] = useState(() => drafts.get(`help:${call.id}`));
  const [wrong, setWrong] = useState("");
  const write = (next) => {
    drafts.set(`help:${call.id}`, next);
    set(next);
    setWrong("");
  };
  const submit = (event) => {
    event.preventDefault();
    if (offline || busy) return;
    if (!text.trim()) {
      setWrong(t("Write an answer first."));
      return field.current.focus();
    }
    if (refused) outbox.dismiss(refused.op);
    outbox.send("help.reply", { id: call.id, text: text.trim() }).answer.then((answer) => {
      if (!answer.ok) return;
      drafts.clear(`help:${call.id}`);
      say(t("The answer is sent."), call.id);
    });
  };
  const ready = [
    t("We are on it. It will soon work again."),
    t("Load the page again, and show the picture anew."),
    t("Turn the sound on in the picture, and in your own device."),
    t("Somebody is coming to you."),
  ];
  const id = `help-reply-${call.id}`;
  const said = wrong || (refused && words(refused.problem));
  return html`<${Case} call=${call}>
    <form class="help-desk__reply" onSubmit=${submit}>
      <label class="label" for=${id}>${t("Answer, which only they read")}</label>
      <textarea
        class="field"
        id=${id}
        name="text"
        rows="2"
        ref=${field}
        aria-invalid=${when(said)}
        aria-describedby=${when(said, `${id}-wrong`)}
        value=${text}
        onInput=${(event) => write(event.currentTarget.value)}
      ></textarea>
      ${said && html`<${Wrong} id=${`${id}-wrong`}>${said}<//>`}
      <ul class="help-desk__ready needs-script" aria-label=${t("Ready answers")}>
        ${ready.map(
          (one) =>
            html`<li key=${one}>
              <button class="linkish" type="button" onClick=${() => (write(one), field.current.focus())}>${one}</button>
            </li>`,
        )}
      </ul>
      <button
        class="btn btn--small btn--main"
        type="submit"
        data-act=""
        aria-disabled=${when(offline)}
        aria-describedby=${when(offline, "offline-why")}
        aria-busy=${when(busy)}
      >
        ${t("Answer")}
      </button>
    </form>
  <//>`;
}

// What is on stage, as the moderator works with it.

import { html, useRef } from "../../vendor/preact.standalone.module.js";
import { useList } from "../lib/hooks.js";
import { useApp, useOffline } from "../shared/context.js";
import { useFocusKeeper } from "../shared/focus.js";
import { Staged } from "./desk.js";
import { onStage } from "./lists.js";
import { useSaid } from "./said.js";

export function Stage({ say }) {
  const { store, t } = useApp();
  const questions = onStage(useList(store, "questions"));
  const offline = useOffline();
  const said = useSaid();
  const part = useRef(null);
  useFocusKeeper(part, "#h-stage");
  const act = (name, question, done) =>
    said.send(name, question).answer.then((answer) => answer.ok && say(done, question.id));
  return html`<section
    class=${`desk__part desk__stage stage${questions.length ? "" : " stage--none"}`}
    aria-labelledby="h-stage"
    ref=${part}
  >
    <div class="desk__head"><h2 id="h-stage" tabindex="-1">${t("On stage")}</h2></div>
    ${questions.map(
      (q) =>
        html`<${Staged}
          key=${q.id}
          question=${q}
          offline=${offline}
          busy=${said.busy(q.id)}
          onAnswer=${() => act("question.answer", q, t("Marked as answered."))}
          onPutBack=${() => act("question.put_back", q, t("It is in line again."))}
        />`,
    )}
    ${questions.length === 0 && html`<p>${t("No question. Take one up from the line.")}</p>`}
  </section>`;
}

// Polls as participants see them: answer, answer anew while it is open, see what came of it.
// templates/polls/answer.html draws the same.

import { html, useState } from "../../vendor/preact.standalone.module.js";
import { useList, useMe, useSignal, useTopic } from "../lib/hooks.js";
import { mayVote } from "../questions/pane.js";
import { when, words, Wrong } from "../shared/bits.js";
import { useApp, useContentLang, useDay, useOffline } from "../shared/context.js";
import { Bars } from "./bars.js";
import { forAll, myAnswer } from "./lists.js";

export function Polls({ say = () => {} }) {
  const { store, outbox, t } = useApp();
  const { current } = useDay();
  const polls = forAll(useList(store, "polls"), current);
  const answers = useTopic(store, "answers");
  const entries = useSignal(outbox.entries);
  const voter = mayVote(useMe(store));
  if (polls.length === 0) return null;
  return html`<section class="polls" id="polls" aria-labelledby="h-polls">
    <h2 class="vh" id="h-polls" tabindex="-1">${t("Polls")}</h2>
    ${polls.map(
      (poll) =>
        html`<${Poll}
          key=${poll.id}
          poll=${poll}
          given=${myAnswer(poll, answers.get(poll.id)?.answers, entries)}
          entries=${entries.filter((entry) => entry.name === "poll.answer" && entry.payload.id === poll.id)}
          voter=${voter}
          say=${say}
        />`,
    )}
  </section>`;
}

function Poll({ poll, given, entries, voter, say }) {
  const { t } = useApp();
  const lang = useContentLang();
  const answering = poll.state === "open" && voter;
  return html`<article class="poll" id=${`poll-${poll.id}`}>
    <p class="poll__n">${poll.state === "open" ? t("Poll") : t("Closed")}</p>
    <div>
      ${
        answering
          ? html`<${Form} key=${poll.version} poll=${poll} given=${given} entries=${entries} say=${say} />`
          : html`<p class="poll__prompt" lang=${lang}>${poll.prompt}</p>`
      }
      ${(!answering || given.length > 0) && html`<${Bars} poll=${poll} />`}
    </div>
  </article>`;
}

function Form({ poll, given, entries, say }) {
  const { outbox, t } = useApp();
  const lang = useContentLang();
  const offline = useOffline();
  const [chosen, choose] = useState(null);
  const [wrong, setWrong] = useState(null);
  const value = chosen ?? given;
  const refused = entries.find((entry) => entry.state === "failed");
  const busy = entries.some((entry) => entry.state === "sending" || entry.state === "waiting");
  const id = `answer-${poll.id}`;
  const said = wrong ?? (refused && words(refused.problem));

  function submit(event) {
    event.preventDefault();
    const answers = poll.kind === "words" ? value.map((word) => word.trim()).filter(Boolean) : value;
    if (answers.length === 0 && given.length === 0) return setWrong(t("Choose an answer first."));
    for (const entry of entries) if (entry.state === "failed") outbox.dismiss(entry.op);
    outbox.send("poll.answer", { id: poll.id, answers });
    choose(null);
    say(answers.length ? t("Your answer is sent.") : t("Your answer is taken back."), poll.id);
  }

  const set = (to) => {
    setWrong(null);
    choose(to);
  };
  return html`<form class="poll__form" onSubmit=${submit}>
    <fieldset aria-describedby=${[`${id}-how`, said && `${id}-wrong`].filter(Boolean).join(" ")}>
      <legend class="poll__prompt" lang=${lang}>${poll.prompt}</legend>
      <p class="small soft" id=${`${id}-how`}>${how(t, poll)}</p>
      <${Fields} ...${{ poll, value, set, id, lang }} />
    </fieldset>
    ${said && html`<${Wrong} id=${`${id}-wrong`}>${said}<//>`}
    <div class="poll__send">
      <button class="btn btn--main" type="submit" aria-busy=${when(busy)}>
        ${given.length ? t("Change the answer") : t("Answer")}
      </button>
      <span class="small" role="status">${
        busy && offline
          ? t("Kept here, and sent when the contact is back.")
          : given.length > 0 && chosen === null
            ? t("You have answered. You may change it while the poll is open.")
            : null
      }</span>
    </div>
  </form>`;
}

function how(t, poll) {
  if (poll.kind === "words") return t.n("One word.", "At most {n} words.", poll.most);
  if (poll.kind === "choice") return t.n("Choose one.", "Choose at most {n}.", poll.most);
  const [low, high] = poll.options;
  return low || high ? t("1 is “{low}”, {n} is “{high}”.", { low, high, n: poll.most }) : t("Choose one.");
}

function Fields({ poll, value, set, id, lang }) {
  const { t } = useApp();
  if (poll.kind === "words") {
    return html`<div class="poll__words">
      ${Array.from(
        { length: poll.most },
        (_, i) =>
          html`<input
            class="field"
            type="text"
            name=${`answer${i}`}
            maxlength="60"
            autocomplete="off"
            aria-label=${t("Word {n}", { n: i + 1 })}
            value=${value[i] ?? ""}
            onInput=${(event) => {
              const word = event.currentTarget.value;
              set(Array.from({ length: poll.most }, (_, at) => (at === i ? word : (value[at] ?? ""))));
            }}
          />`,
      )}
    </div>`;
  }
  const several = poll.kind === "choice" && poll.most > 1;
  const names =
    poll.kind === "choice"
      ? poll.options.map((name, i) => [i, name])
      : poll.bars.map((_, i) => [i + 1, String(i + 1)]);
  const pick = (one, on) => {
    if (!several) set([one]);
    else set((on ? [...value, one] : value.filter((other) => other !== one)).sort((a, b) => a - b));
  };
  return html`<div class=${poll.kind === "scale" ? "poll__scale" : "poll__options"}>
    ${names.map(
      ([one, name]) =>
        html`<label class="check" key=${one}>
          <input
            type=${several ? "checkbox" : "radio"}
            name=${several ? `answer${one}` : "answer0"}
            value=${one}
            checked=${value.includes(one)}
            disabled=${several && !value.includes(one) && value.length >= poll.most}
            onChange=${(event) => pick(one, event.currentTarget.checked)}
          />
          <span lang=${poll.kind === "choice" ? lang : undefined}>${name}</span>
        </label>`,
    )}
  </div>`;
}

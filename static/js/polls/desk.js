// Polls on the moderator's desk: make, open, close, show. templates/polls/desk.html draws the same.

import { html, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { useList, useSignal } from "../lib/hooks.js";
import { timed, today } from "../programme/order.js";
import { Act } from "../shared/act.js";
import { Icon, when, words, Wrong } from "../shared/bits.js";
import { useApp, useContentLang, useDay, useOffline } from "../shared/context.js";
import { useFocusKeeper } from "../shared/focus.js";
import { Bars } from "./bars.js";
import { elsewhere, onDesk } from "./lists.js";

export function PollsDesk({ say = () => {} }) {
  const { store, t } = useApp();
  const { items, on, current, next } = useDay();
  const part = useRef(null);
  useFocusKeeper(part, "#h-polls");
  const subject = timed(items, on) ?? next;
  const here = new Set([...current, ...(subject ? [subject.id] : [])]);
  const all = useList(store, "polls");
  const polls = onDesk(all, here);
  const others = elsewhere(all, here);
  const day = today(items, on, next).filter((item) => item.planned_start && item.state !== "cancelled");
  return html`<section class="desk__part desk__polls" id="polls" aria-labelledby="h-polls" ref=${part}>
    <div class="desk__head"><h2 id="h-polls" tabindex="-1">${t("Polls")}</h2></div>
    ${polls.map((poll) => html`<${Row} key=${poll.id} poll=${poll} say=${say} />`)}
    ${day.length > 0 && html`<${Make} items=${day} subject=${subject} say=${say} />`}
    ${
      others.length > 0 &&
      html`<details class="poll-others">
        <summary>${t("Polls of other items")} <span class="count">${others.length}</span></summary>
        ${others.map((poll) => html`<${Row} key=${poll.id} poll=${poll} of=${items.find((i) => i.id === poll.item)} say=${say} />`)}
      </details>`
    }
  </section>`;
}

function usePollActs(id) {
  const { outbox } = useApp();
  const entries = useSignal(outbox.entries).filter(
    (entry) => entry.name.startsWith("poll.") && entry.name !== "poll.answer" && entry.payload.id === id,
  );
  return {
    busy: entries.find((entry) => entry.state !== "failed")?.name,
    failed: entries.filter((entry) => entry.state === "failed"),
    send: (name, payload = {}) => outbox.send(name, { id, ...payload }),
  };
}

function Row({ poll, of, say }) {
  const { boot, outbox, t } = useApp();
  const lang = useContentLang();
  const offline = useOffline();
  const { busy, failed, send } = usePollActs(poll.id);
  const act = (name, payload, done) => {
    for (const entry of failed) outbox.dismiss(entry.op);
    send(name, payload).answer.then((answer) => answer.ok && say(done, poll.id));
  };
  const button = (name, payload, done, label, look = "btn btn--small") =>
    html`<${Act}
      className=${look}
      offline=${offline}
      busy=${busy === name}
      onAct=${() => busy || act(name, payload, done)}
      >${label}<span class="vh"> ${poll.prompt}</span><//
    >`;
  const state = { draft: t("Draft"), open: t("Open now"), closed: t("Closed") }[poll.state];
  return html`<article class="case poll-row" id=${`poll-${poll.id}`} data-row=${poll.id}>
    <p class="case__n">${state}${poll.on_screen && html`<br /><b>${t("on screen")}</b>`}</p>
    <div>
      <p class="case__text" lang=${lang}>${poll.prompt}</p>
      ${of && html`<p class="case__by" lang=${lang}>${of.title}</p>`}
      ${poll.state === "draft" ? html`<p class="case__by">${about(t, poll)}</p>` : html`<${Bars} poll=${poll} />`}
      <div class="acts">
        ${
          poll.state === "open"
            ? button("poll.close", {}, t("The poll is closed."), t("Close"), "btn btn--small btn--main")
            : button(
                "poll.open",
                {},
                t("The poll is open."),
                poll.state === "draft" ? t("Open") : t("Open again"),
                poll.state === "draft" ? "btn btn--small btn--main" : "btn btn--small",
              )
        }
        ${
          poll.state !== "draft" &&
          (poll.on_screen
            ? button("poll.show", { on: false }, t("It is off the screen."), t("Off the screen"))
            : button("poll.show", { on: true }, t("It is on the screen."), t("On the screen")))
        }
        ${
          poll.state !== "draft" &&
          (poll.places_only
            ? button("poll.leave_out", { on: false }, t("All answers count."), t("Count all"))
            : poll.walk_ins > 0 &&
              button(
                "poll.leave_out",
                { on: true },
                t("Their answers are left out."),
                t("Leave out those without a place: {n}", { n: poll.walk_ins }),
              ))
        }
        ${poll.state === "draft" && button("poll.delete", {}, t("The draft is gone."), t("Throw it away"))}
        ${
          poll.state !== "draft" &&
          html`<a class="btn btn--small btn--quiet" href=${`${boot.base}/polls/${poll.id}.csv`} download
            >${t("As a table")}<span class="vh"> ${poll.prompt}</span></a
          >`
        }
      </div>
      ${failed.map(
        (entry) => html`<p class="case__said" key=${entry.op}><${Icon} name="refused" /><span>${words(entry.problem)}</span></p>`,
      )}
    </div>
  </article>`;
}

function about(t, poll) {
  if (poll.kind === "words") return t.n("One word.", "At most {n} words.", poll.most);
  if (poll.kind === "scale") return t("A scale from 1 to {n}", { n: poll.most });
  return poll.options.join(" / ");
}

/** What is asked most often, ready to be sent when the question is written. */
const ready = (t) => ({
  yes: { label: t("Yes or no"), kind: "choice", options: [t("Yes"), t("No"), t("I do not know")], most: 1 },
  scale: { label: t("Scale 1 to 5"), kind: "scale", options: [t("Not at all"), t("Fully")], most: 5 },
  ten: { label: t("Scale 1 to 10"), kind: "scale", options: [t("Not at all"), t("Fully")], most: 10 },
  words: { label: t("Words"), kind: "words", options: [], most: 3 },
  own: { label: t("Own answers"), kind: "choice", options: ["", "", ""], most: 1 },
});

function Make({ items, subject, say }) {
  const { outbox, t } = useApp();
  const offline = useOffline();
  const kinds = ready(t);
  const [which, choose] = useState("yes");
  const [to, put] = useState(null);
  const item = items.find((one) => one.id === to) ?? items.find((one) => one.id === subject?.id) ?? items[0];
  const [lines, write] = useState(kinds.yes.options.join("\n"));
  const [prompt, ask] = useState("");
  const [most, setMost] = useState(1);
  const [wrong, setWrong] = useState(null);
  const [busy, setBusy] = useState(false);
  const field = useRef(null);
  const kind = kinds[which];

  function pick(name) {
    choose(name);
    write(kinds[name].options.filter(Boolean).join("\n"));
    setMost(kinds[name].most);
    setWrong(null);
  }

  function send(opened) {
    if (offline || busy) return;
    if (prompt.trim() === "") {
      setWrong(t("Write the question first."));
      field.current.focus();
      return;
    }
    const options = lines
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
    const body = { item: item.id, kind: kind.kind, prompt: prompt.trim(), most };
    if (kind.kind !== "words") body.options = options;
    setBusy(true);
    const sent = outbox.send("poll.add", body);
    sent.answer.then((answer) => {
      setBusy(false);
      if (!answer.ok) {
        outbox.dismiss(sent.op);
        setWrong(words(answer.problem));
        return;
      }
      ask("");
      setWrong(null);
      if (opened) outbox.send("poll.open", { id: answer.result.id });
      say(opened ? t("The poll is open.") : t("The draft is kept."), "poll");
    });
  }

  return html`<details class="poll-make">
    <summary class="btn btn--small">${t("New poll")}</summary>
    <form
      onSubmit=${(event) => {
        event.preventDefault();
        send(true);
      }}
    >
      <label class="label" for="poll-prompt">${t("Question")}</label>
      <textarea
        class="field"
        id="poll-prompt"
        name="prompt"
        rows="2"
        ref=${field}
        value=${prompt}
        aria-invalid=${when(wrong)}
        aria-describedby=${when(wrong, "poll-wrong")}
        onInput=${(event) => {
          ask(event.currentTarget.value);
          setWrong(null);
        }}
      ></textarea>
      <label class="label" for="poll-item">${t("To which item")}</label>
      <select class="field" id="poll-item" value=${item.id} onChange=${(event) => put(event.currentTarget.value)}>
        ${items.map((one) => html`<option value=${one.id} key=${one.id}>${one.title}</option>`)}
      </select>
      <fieldset class="poll-make__kinds">
        <legend class="label">${t("Kind")}</legend>
        ${Object.entries(kinds).map(
          ([name, one]) =>
            html`<label class="check" key=${name}
              ><input type="radio" name="kind" value=${name} checked=${which === name} onChange=${() => pick(name)} />
              ${one.label}</label
            >`,
        )}
      </fieldset>
      ${
        kind.kind !== "words" &&
        html`<label class="label" for="poll-options"
            >${kind.kind === "scale" ? t("What its two ends mean, one a line") : t("Answers, one a line")}</label
          >
          <textarea
            class="field"
            id="poll-options"
            name="options"
            rows=${kind.kind === "scale" ? 2 : 4}
            value=${lines}
            onInput=${(event) => write(event.currentTarget.value)}
          ></textarea>`
      }
      ${
        kind.kind !== "scale" &&
        html`<label class="label" for="poll-most"
            >${kind.kind === "words" ? t("How many words each may give") : t("How many each may choose")}</label
          >
          <input
            class="field poll-make__most"
            id="poll-most"
            type="number"
            name="most"
            min="1"
            max=${kind.kind === "words" ? 3 : 10}
            value=${most}
            onInput=${(event) => setMost(Number(event.currentTarget.value) || 1)}
          />`
      }
      ${wrong && html`<${Wrong} id="poll-wrong">${wrong}<//>`}
      <div class="acts">
        <button class="btn btn--main" type="submit" aria-disabled=${when(offline)} aria-busy=${when(busy)}>
          ${t("Open it now")}
        </button>
        <button class="btn" type="button" aria-disabled=${when(offline)} onClick=${() => send(false)}>
          ${t("Keep as a draft")}
        </button>
      </div>
    </form>
  </details>`;
}

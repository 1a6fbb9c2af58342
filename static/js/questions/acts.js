// What a moderator does with questions, said to the server; and what came of it.

import { useEffect, useRef } from "../../vendor/preact.standalone.module.js";
import { useSignal } from "../lib/hooks.js";
import { useApp } from "../shared/context.js";
import { claimsOf } from "./claims.js";
import { useForms } from "./forms.js";
import { lastDone, whoWasFaster } from "./others.js";
import { stepped, turned, upNext } from "./queue.js";

/** The acts that open a form in the row; the others are done at once. */
export const FORMS = new Set(["reject", "wording", "merge", "item", "mute", "reveal"]);
/** They say who is at it, and are no act. */
const QUIET = new Set(["question.claim", "question.release", "question.upvote"]);
export const OF_OTHERS = new Set(["stale", "state", "claimed"]);

/** Which command each act is. */
export const COMMANDS = {
  approve: "question.approve",
  take: "question.take",
  answer: "question.answer",
  put_back: "question.put_back",
  reopen: "question.reopen",
  unmerge: "question.unmerge",
  next: "question.queue",
  off: "question.queue",
  up: "question.queue",
  down: "question.queue",
  unmute: "person.unmute",
  reject: "question.reject",
  wording: "question.edit",
  merge: "question.merge",
  item: "question.move",
  mute: "person.mute",
  reveal: "question.reveal",
};
const FORM_COMMANDS = new Set([...FORMS].map((kind) => COMMANDS[kind]));
const VERSIONED = new Set(["approve", "reopen", "reject", "wording", "merge", "item"]);

/** From which list and row a command was sent: what becomes of it is said there. What was sent before a reload, by the
 *  queue. */
const from = new Map();
const rowOf = (entry) => from.get(entry.op)?.row ?? entry.payload.id;

const done = (t) => ({
  approve: t("Approved."),
  take: t("On stage now."),
  answer: t("Marked as answered."),
  put_back: t("It is in line again."),
  reopen: t("It is open again."),
  unmerge: t("They are two again."),
  next: t("It is up next."),
  off: t("It is not among those that are up next any more."),
  up: t("Moved up."),
  down: t("Moved down."),
  unmute: t("May ask again."),
  reject: t("Rejected. The asker is told why."),
  wording: t("The new wording is kept."),
  merge: t("Merged. Their supporters are counted together, and the asker is told."),
  item: t("It belongs to another item now."),
  mute: t("Muted, and told why."),
  reveal: t("The name is shown, and the asker is told why."),
});

/**
 * @param {string} place of the list (see forms.js)
 * @returns {{forms: object, busy: (q: object) => string | undefined, refused: object[], desk: object}} desk: what the
 *   rows are given; always the same
 */
export function useActs(place, say) {
  const app = useApp();
  const { outbox, store, t } = app;
  const forms = useForms(place);
  const claims = claimsOf(app);
  const entries = useSignal(outbox.entries).filter((entry) => isAct(entry));
  const about = (entry, q) => rowOf(entry) === q.id || (entry.payload.person && entry.payload.person === q.author_id);

  useEffect(
    () =>
      outbox.onAnswer((entry, answer) => {
        const id = rowOf(entry);
        if (!isAct(entry) || !id || !forms.of(id)) return;
        if (answer.ok && FORM_COMMANDS.has(entry.name)) forms.done(id);
        // Who looks at it again and goes on has seen how it is now.
        else if (answer.problem?.code === "stale" && id === entry.payload.id) forms.write(id, { version: answer.problem.current?.version });
      }),
    [],
  );

  const desk = useRef(null);
  desk.current ??= {
    place,
    forms,
    act(kind, q) {
      if (FORMS.has(kind)) open(kind, q);
      else send(kind, q, payloadOf(kind, q));
    },
    submit(kind, q, payload) {
      const into = kind === "merge" && store.one("questions", payload.into);
      if (into && turned(q, into)) return send(kind, q, { id: into.id, into: q.id }, into.version);
      const version = forms.of(q.id)?.values.version ?? q.version;
      return send(kind, q, payload, version);
    },
    over(q) {
      desk.current.dismiss(q);
      claims.over(q.id);
    },
    close(q) {
      if (q.state === "pending" || q.state === "approved" || q.state === "on_stage") forms.close(q.id);
      else forms.done(q.id);
      desk.current.dismiss(q);
    },
    dismiss(q) {
      for (const entry of outbox.entries.value) {
        if (isAct(entry) && entry.state === "failed" && about(entry, q)) outbox.dismiss(entry.op);
      }
    },
  };

  function open(kind, q) {
    const begun = forms.of(q.id)?.values ?? {};
    const text = kind === "wording" && begun.text === undefined ? { text: q.text, base: q.text } : {};
    forms.open(q.id, kind, { version: q.version, was: q.state, ...text });
  }

  function payloadOf(kind, q) {
    if (kind === "off") return { on: false };
    if (kind !== "up" && kind !== "down") return {};
    const items = store.topic("programme");
    const track = (one) => items.get(one.item)?.track ?? "";
    const ids = upNext(store.list("questions").filter((one) => track(one) === track(q))).map((one) => one.id);
    const before = stepped(ids, q.id, kind === "up" ? -1 : 1);
    return before === undefined ? null : before === null ? {} : { before };
  }

  function send(kind, q, payload, version = q.version) {
    if (payload === null) {
      say(t("It cannot go further that way."), q.id);
      return null;
    }
    desk.current.dismiss(q);
    const of = COMMANDS[kind].startsWith("person.") ? { person: q.author_id } : { id: q.id };
    const versioned = VERSIONED.has(kind) ? { expected_version: version } : {};
    const body = { ...of, ...payload, ...versioned };
    const sent = outbox.send(COMMANDS[kind], body);
    from.set(sent.op, { place, row: q.id });
    sent.answer.then((answer) => {
      if (answer.ok) {
        say(done(t)[kind], q.id);
        if (kind === "mute") forms.done(q.id);
      } else if (OF_OTHERS.has(answer.problem.code)) {
        // What was done to it comes by another way than the refusal; a moment later the two fit together.
        setTimeout(() => say(faster(app, body.id ?? q.id, answer.problem), q.id), 500);
      }
    });
    return sent;
  }

  const refused = entries.filter((one) => one.state === "failed" && (from.get(one.op)?.place ?? "review") === place);
  return {
    forms,
    desk: desk.current,
    busy: (q) => entries.find((entry) => entry.state !== "failed" && about(entry, q))?.name,
    refusal: (q) => refused.find((entry) => about(entry, q)),
    refused,
  };
}

const isAct = ({ name, payload }) =>
  (name.startsWith("question.") && !QUIET.has(name) && payload.id) || name === "person.mute" || name === "person.unmute";

/** What somebody else did that was in the way, in words. */
export function faster({ store, t }, id, problem) {
  if (problem?.code === "claimed") return problem.detail;
  return whoWasFaster(t, lastDone(store.list("audit"), id), store.one("questions", id)?.state);
}

// What a moderator has said about questions: on its way, or refused.

import { useSignal } from "../lib/hooks.js";
import { useApp } from "../shared/context.js";

/** What is on its way, and what was refused, for each question. */
export function useSaid() {
  const { outbox } = useApp();
  const entries = useSignal(outbox.entries).filter((entry) => entry.payload.id);
  return {
    busy: (id) => entries.find((entry) => entry.payload.id === id && entry.state !== "failed")?.name,
    refused: entries.filter((entry) => entry.state === "failed"),
    send: (name, question, payload = {}) => outbox.send(name, { id: question.id, ...payload }),
    dismiss: (id) => {
      for (const entry of entries) if (entry.payload.id === id && entry.state === "failed") outbox.dismiss(entry.op);
    },
  };
}

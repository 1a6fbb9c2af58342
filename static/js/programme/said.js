// What the desk has said about the programme: on its way, or refused.

import { useSignal } from "../lib/hooks.js";
import { useApp, useDay } from "../shared/context.js";

const isProgramme = (entry) => entry.name.startsWith("programme.");

export function useProgramme() {
  const { outbox, store } = useApp();
  const { meeting } = useDay();
  const entries = useSignal(outbox.entries).filter(isProgramme);
  return {
    busy: entries.find((entry) => entry.state !== "failed"),
    failed: entries.filter((entry) => entry.state === "failed"),
    // The version seen now, not the one drawn, unless it was decided on another: two people pressing at once advance the
    // programme once.
    send: (name, payload) =>
      outbox.send(name, { expected_version: (store.first("meeting") ?? meeting).version, ...payload }),
    dismiss: (op) => outbox.dismiss(op),
  };
}

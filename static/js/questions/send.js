// A command of a form that says its own refusal.

import { useState } from "../../vendor/preact.standalone.module.js";
import { words } from "../shared/bits.js";
import { useApp } from "../shared/context.js";

/** @param {(said: string, about: string) => void} say @returns {[Function, string | null, boolean]} send, wrong, busy */
export function useSend(say) {
  const { outbox } = useApp();
  const [wrong, setWrong] = useState(null);
  const [busy, setBusy] = useState(false);
  const send = (name, payload, done) => {
    setWrong(null);
    setBusy(true);
    const sent = outbox.send(name, payload);
    sent.answer.then((answer) => {
      setBusy(false);
      if (answer.ok) return say(done, name);
      outbox.dismiss(sent.op);
      return setWrong(words(answer.problem));
    });
  };
  return [send, wrong, busy];
}

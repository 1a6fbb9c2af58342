// The rejections being written, one per question: they survive a reload, and somebody else's decision.

import { useState } from "../../vendor/preact.standalone.module.js";

/** @param {ReturnType<typeof import("../lib/drafts.js").createDrafts>} drafts */
export function useReasons(drafts) {
  const [open, setOpen] = useState(drawnOpen);
  const [texts, setTexts] = useState(() => new Map([...open.keys()].map((id) => [id, typed(id)])));

  const textOf = (id) => texts.get(id) ?? drafts.get(`reject:${id}`);

  function write(id, text) {
    drafts.set(`reject:${id}`, text);
    setTexts(new Map(texts).set(id, text));
  }

  function toggle(id, isOpen) {
    if (open.has(id) === isOpen) return;
    const next = new Map(open);
    if (isOpen) next.set(id, true);
    else next.delete(id);
    setOpen(next);
  }

  return {
    /** @returns {boolean} whether somebody is in the middle of writing it, so that it must not vanish */
    busy: (id) => open.has(id) && textOf(id).trim() !== "",
    of: (id) => ({
      open: open.has(id),
      /** true only when it was opened here and now: then the field takes the focus */
      opened: open.get(id) === true,
      text: textOf(id),
      write: (text) => write(id, text),
      toggle: (isOpen) => toggle(id, isOpen),
    }),
    done(id) {
      write(id, "");
      toggle(id, false);
    },
    close: (id) => toggle(id, false),
  };
}

/** Those the server drew open, since what was written there was refused. */
function drawnOpen() {
  const forms = document.querySelectorAll(".case details[open]");
  return new Map([...forms].map((form) => [form.closest(".case").id.slice("q-".length), "drawn"]));
}

const typed = (id) => document.getElementById(`why-${id}`)?.value ?? "";

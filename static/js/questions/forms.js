// What is open in the rows of a list, and what has been typed there, for each question: it survives a reload and
// somebody else's decision. A form that is open is claimed (see claims.js).

import { useEffect, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { useApp } from "../shared/context.js";
import { claimsOf } from "./claims.js";

/**
 * @typedef {object} Form
 * @property {string | null} kind which of the row's forms is open
 * @property {boolean} opened here and now, so that it takes the focus
 * @property {Record<string, any>} values by field; `version`: of the question as it was when they began
 */

/** @param {string} place of the list: the same question may stand in two */
export function useForms(place) {
  const app = useApp();
  const { drafts, store } = app;
  const claims = claimsOf(app);
  const [forms, setForms] = useState(() => atFirst(place, drafts, store));
  const now = useRef(forms);
  now.current = forms;

  useEffect(() => {
    for (const [id, form] of now.current) if (form.kind) claims.hold(id);
  }, []);

  function put(id, form) {
    const next = new Map(now.current);
    if (form) next.set(id, form);
    else next.delete(id);
    now.current = next;
    setForms(next);
    const kept = form && written(form) ? JSON.stringify({ place, kind: form.kind, values: form.values }) : "";
    drafts.set(`form:${id}`, kept);
  }

  const stable = useRef(null);
  stable.current ??= {
    /** @returns {Form | undefined} */
    of: (id) => now.current.get(id),
    open(id, kind, values = {}) {
      const before = now.current.get(id);
      put(id, { kind, opened: true, values: { ...before?.values, ...values } });
      claims.hold(id);
    },
    write(id, values) {
      const form = now.current.get(id);
      put(id, { ...form, values: { ...form?.values, ...values } });
    },
    /** What is typed stays for when it is opened again. */
    close(id) {
      const form = now.current.get(id);
      if (form) put(id, written(form) ? { ...form, kind: null } : undefined);
      claims.drop(id);
    },
    done(id) {
      put(id, undefined);
      claims.drop(id, { acted: true });
    },
    /** @returns {boolean} whether somebody is in the middle of writing, so that the row must not vanish */
    busy(id) {
      const form = now.current.get(id);
      return Boolean(form?.kind && written(form));
    },
  };
  return stable.current;
}

/** Fields that hold what somebody thought about; the others are set again with a press. */
const WORDS = ["reason", "text", "why", "shown"];

const written = ({ values }) =>
  WORDS.some((name) => (values[name] ?? "").trim() !== "" && !(name === "text" && values.text === values.base));

/** Those the server drew open, since what was written there was refused; then those begun before a reload. */
function atFirst(place, drafts, store) {
  const found = new Map();
  for (const { id } of store.list("questions")) {
    const kept = read(drafts.get(`form:${id}`));
    if (kept?.place === place) found.set(id, { kind: kept.kind, opened: false, values: kept.values });
  }
  for (const one of document.querySelectorAll(`#${place} [data-form][open]`)) {
    const id = one.closest("[data-q]")?.dataset.row;
    const fields = [...one.querySelectorAll("textarea, select, input:not([type=hidden])")];
    const values = Object.fromEntries(fields.map((field) => [field.dataset.as ?? field.name, field.value]));
    if (id) found.set(id, { kind: one.dataset.form, opened: one.contains(document.activeElement), values });
  }
  return found;
}

function read(text) {
  try {
    return JSON.parse(text || "null");
  } catch {
    return null;
  }
}

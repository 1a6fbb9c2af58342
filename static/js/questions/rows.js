// What every list of the desk's questions knows of its rows besides the questions themselves.

import { useEffect, useState } from "../../vendor/preact.standalone.module.js";
import { useList } from "../lib/hooks.js";
import { useApp, useDay, useOffline } from "../shared/context.js";
import { useActs } from "./acts.js";
import { claimsOf } from "./claims.js";
import { lastDone, whoWasFaster } from "./others.js";
import { actsOf, atWork, nextEnd, parts } from "./queue.js";

/**
 * @param {string} place of the list
 * @returns {{acts: object, kept: Function, row: (question: object) => object}} row: what its row is given; kept: those
 *   in which something is being written though they are not in the list any more
 */
export function useRows(place, say) {
  const app = useApp();
  const { store, clock, t } = app;
  const questions = useList(store, "questions");
  const audit = useList(store, "audit");
  const { items, current } = useDay();
  const offline = useOffline();
  const acts = useActs(place, say);
  const claims = claimsOf(app);
  const now = clock.now();
  const [, redraw] = useState(0);
  const ends = nextEnd(questions, now);
  const inside = parts(questions);
  const known = new Map(items.map((item) => [item.id, item]));

  // A claim ends by itself, and nobody tells us.
  useEffect(() => {
    if (ends === null) return undefined;
    const timer = setTimeout(() => redraw((n) => n + 1), ends - clock.now() + 100);
    return () => clearTimeout(timer);
  }, [ends]);

  const can = (q, kind) => {
    const { main, more } = actsOf(q, { roles: store.me.roles });
    return main.includes(kind) || more.includes(kind);
  };

  function row(q) {
    const form = acts.forms.of(q.id);
    const at = atWork(q, store.me.id, now);
    const busy = acts.busy(q);
    const like = q.like ? store.one("questions", q.like) : undefined;
    const was = form?.values.was;
    const late = form?.kind && !busy && (was ? q.state !== was : !can(q, form.kind));
    return {
      question: q,
      place,
      offline,
      busy,
      at: at && !at.mine ? at.name : "",
      elsewhere: Boolean(at?.mine) && !claims.holds(q.id) && !claims.recent(q.id),
      taken: late ? whoWasFaster(t, lastDone(audit, q.id), q.state) : null,
      refusal: late ? undefined : acts.refusal(q),
      form,
      like: like && (like.state === "pending" || like.state === "approved") ? like : undefined,
      into: q.merged_into ? store.one("questions", q.merged_into) : undefined,
      inside: inside.get(q.id),
      of: q.item && !current.has(q.item) ? (known.get(q.item)?.title ?? "") : "",
      desk: acts.desk,
    };
  }

  const kept = (shown) => questions.filter((q) => !shown.has(q.id) && acts.forms.busy(q.id) && !acts.busy(q));
  return { acts, kept, row, questions, current, items };
}

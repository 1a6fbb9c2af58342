// Turning the pages for everyone: for who speaks, the lectern and the moderator.

import { html, useEffect, useRef } from "../../vendor/preact.standalone.module.js";
import { useList, useSignal } from "../lib/hooks.js";
import { Icon, when, words } from "../shared/bits.js";
import { useApp, useDay, useOffline } from "../shared/context.js";
import { Picture } from "./deck.js";
import { pageFor, pageOf, ready } from "./decks.js";

/**
 * @param {{items: Set<string>, clicker?: boolean}} props items: ids of those whose slides are turned here, the first deck
 *   that is ready; clicker: whether a remote control's keys turn too, which act on the page and not on the picture
 */
export function TurnSlides({ items, clicker = false }) {
  const { store } = useApp();
  const deck = ready(useList(store, "slides"), items);
  return deck ? html`<${Turn} key=${deck.id} deck=${deck} clicker=${clicker} />` : null;
}

function Turn({ deck, clicker }) {
  const { outbox, t } = useApp();
  const { current } = useDay();
  const offline = useOffline();
  const entries = useSignal(outbox.entries);
  const page = pageOf(deck, entries);
  const failed = entries.filter((one) => one.name === "slides.turn" && one.state === "failed");
  const refusal = failed.find((one) => one.payload.deck === deck.id && one.problem.code !== "stale");
  useEffect(() => {
    // What was refused because somebody else turned the page needs no words: it is seen.
    for (const entry of failed) if (entry !== refusal) outbox.dismiss(entry.op);
  });
  const turn = (to) => {
    if (offline || to === page) return;
    if (refusal) outbox.dismiss(refusal.op);
    outbox.send("slides.turn", { deck: deck.id, page: to, expected: page });
  };

  function key(event) {
    const to = event.ctrlKey || event.altKey || event.metaKey ? null : pageFor(event.key, page, deck.pages);
    if (to === null) return;
    event.preventDefault();
    turn(to);
  }

  const click = useRef(null);
  click.current = (event) => {
    const away = event.target === document.body || event.target === document.documentElement;
    if (away && (event.key === "PageDown" || event.key === "PageUp")) key(event);
  };
  useEffect(() => {
    if (!clicker) return undefined;
    const pressed = (event) => click.current(event);
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [clicker]);

  const at = Math.max(page, 1);
  return html`<div class="turn">
    <div
      class=${`slides__page${page === 0 ? " slides__page--off" : ""}`}
      role="group"
      tabindex="0"
      aria-label=${t("The slides: the arrow keys turn the page for everyone")}
      onKeyDown=${key}
    >
      <${Picture} deck=${deck} page=${at} />
    </div>
    <p class="turn__now" role="status">
      ${
        page === 0
          ? t("Nobody sees the slides.")
          : current.has(deck.item)
            ? t("Everyone sees page {n} of {m}.", { n: page, m: deck.pages })
            : t("Page {n} of {m} is shown while the talk is on.", { n: page, m: deck.pages })
      }
    </p>
    <div class="turn__acts">
      ${
        page === 0
          ? html`<${Step} look="btn btn--main" offline=${offline} onStep=${() => turn(1)}>${t("Show page 1")}<//>`
          : html`<${Step} look="btn" offline=${offline} end=${page === 1} onStep=${() => turn(page - 1)}
                >${t("Previous page")}<//
              >
              <${Step} look="btn btn--main" offline=${offline} end=${page === deck.pages} onStep=${() => turn(page + 1)}
                >${t("Next page")}<//
              >
              <${Step} look="btn btn--quiet" offline=${offline} onStep=${() => turn(0)}>${t("Take them down")}<//>`
      }
    </div>
    ${
      refusal &&
      html`<p class="case__said" role="status">
        <${Icon} name="refused" /><span>${words(refusal.problem)}</span>
      </p>`
    }
    ${
      page < deck.pages &&
      html`<figure class="turn__next">
        <figcaption>${page === 0 ? t("Then") : t("Next")}</figcaption>
        <${Picture} deck=${deck} page=${Math.min(at + 1, deck.pages)} />
      </figure>`
    }
  </div>`;
}

/** At the end there is nowhere to go; without contact it says so. */
function Step({ look, offline, end = false, onStep, children }) {
  return html`<button
    class=${look}
    type="button"
    aria-disabled=${when(offline || end)}
    aria-describedby=${when(offline, "offline-why")}
    onClick=${() => end || onStep()}
  >
    ${children}
  </button>`;
}

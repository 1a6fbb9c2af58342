// The page of the slides that everyone is shown: to follow, to page back in by oneself, to read as text.
// templates/slides/deck.html draws the same.

import { html, useEffect, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { useList } from "../lib/hooks.js";
import { when } from "../shared/bits.js";
import { useApp, useContentLang, useDay } from "../shared/context.js";
import { address, pageFor, shown, textsOf } from "./decks.js";

/** The deck that is shown now, if there is one. */
export function useShown() {
  const { store } = useApp();
  const { current } = useDay();
  return shown(useList(store, "slides"), current);
}

/** One page as a picture; says so when it does not come, and lets one try again. */
export function Picture({ deck, page, className }) {
  const { boot, t } = useApp();
  const [lost, setLost] = useState(null);
  const src = address(boot.base, deck, page);
  if (lost === src) {
    return html`<p class="slides__lost">
      ${t("The page did not come.")}${" "}
      <button class="linkish" type="button" onClick=${() => setLost(null)}>${t("Try again")}</button>
    </p>`;
  }
  return html`<img
    class=${className}
    src=${src}
    alt=${t("Page {n} of {m}", { n: page, m: deck.pages })}
    onError=${() => setLost(src)}
  />`;
}

/** For those who follow. @param {{say: (words: string, about?: string) => void}} props */
export function Slides({ say = () => {} }) {
  const deck = useShown();
  return deck ? html`<${Follow} key=${deck.id} deck=${deck} say=${say} />` : null;
}

function Follow({ deck, say }) {
  const { boot, t } = useApp();
  const [own, setOwn] = useState(null);
  const [reading, read] = useState(false);
  const page = own ?? deck.page;
  const go = (to) => setOwn(to === deck.page ? null : to);
  useNext(deck, page);
  useEffect(() => {
    // Who reads along hears that the page was turned; whoever looks sees it.
    if (reading) say(t("Page {n} of {m}", { n: page, m: deck.pages }), "slides");
  }, [page]);

  function key(event) {
    const to = event.ctrlKey || event.altKey || event.metaKey ? null : pageFor(event.key, page, deck.pages);
    if (to === null) return;
    event.preventDefault();
    go(to);
  }

  return html`<section class="slides" aria-labelledby="h-slides">
    <h2 class="vh" id="h-slides">${t("Slides")}</h2>
    <div
      class="slides__page"
      role="group"
      tabindex="0"
      aria-label=${t("The slides: the arrow keys turn the page")}
      onKeyDown=${key}
    >
      <${Picture} deck=${deck} page=${page} />
    </div>
    <div class="slides__bar">
      <p class="slides__n">${t("Page {n} of {m}", { n: page, m: deck.pages })}</p>
      <button
        class="btn btn--small"
        type="button"
        aria-disabled=${when(page === 1)}
        onClick=${() => page > 1 && go(page - 1)}
      >
        ${t("Back")}
      </button>
      <button
        class="btn btn--small"
        type="button"
        aria-disabled=${when(page === deck.pages)}
        onClick=${() => page < deck.pages && go(page + 1)}
      >
        ${t("Forward")}
      </button>
      ${
        own !== null &&
        html`<button class="btn btn--small btn--main" type="button" onClick=${() => setOwn(null)}>
          ${t("Follow again, page {n}", { n: deck.page })}
        </button>`
      }
      <a class="small" href=${`${boot.base}/slides/${deck.id}#page-${page}`}>${t("All pages with text")}</a>
    </div>
    <details class="slides__text" onToggle=${(event) => read(event.currentTarget.open)}>
      <summary>${t("The text of the page")}</summary>
      ${reading && html`<${Text} deck=${deck} page=${page} />`}
    </details>
  </section>`;
}

function Text({ deck, page }) {
  const { boot, t } = useApp();
  const lang = useContentLang();
  const [texts, setTexts] = useState(null);
  useEffect(() => {
    let here = true;
    textsOf(boot.base, deck).then(
      (found) => here && setTexts(found),
      () => here && setTexts([]),
    );
    return () => (here = false);
  }, [deck.id, page, texts?.length === 0]);
  if (texts === null) return html`<p class="soft">${t("Fetching the text")}</p>`;
  if (texts.length === 0) return html`<p class="soft">${t("The text did not come. Turn the page to try again.")}</p>`;
  const text = texts[page - 1];
  return text
    ? html`<p class="slides__words" lang=${lang}>${text}</p>`
    : html`<p class="soft">${t("There is no text on this page.")}</p>`;
}

/** The next page is fetched before it is turned to, not by everyone at the same moment. */
function useNext(deck, page) {
  const { boot } = useApp();
  const ahead = useRef(null);
  useEffect(() => {
    if (page >= deck.pages || navigator.connection?.saveData) return undefined;
    const timer = setTimeout(
      () => {
        ahead.current = new Image();
        ahead.current.src = address(boot.base, deck, page + 1);
      },
      500 + Math.random() * 5_000,
    );
    return () => clearTimeout(timer);
  }, [deck.id, page]);
}

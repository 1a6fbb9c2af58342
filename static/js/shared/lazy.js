// What is not always there is fetched when it is: everybody's first view stays light. Until it has come, what the server
// drew in its place stands as it was, so that nothing jumps; what does not come is asked for again.

import { h, html, useEffect, useState } from "../../vendor/preact.standalone.module.js";

const LONGEST = 30_000;

/**
 * @param {(again: string) => Promise<Record<string, Function>>} load imports it; `again` goes after the address, since a
 *   browser remembers an address that failed
 * @param {string} name of the component in what is imported
 * @param {string} [drawn] selector of what the server draws in its place
 * @returns {Function & {fetch: () => Promise<void>, drawn?: string}} the component. `meanwhile`, in its props, is drawn
 *   until it is here, where the server has drawn nothing.
 */
export function lazy(load, name, drawn) {
  let found = null;
  let coming = null;
  let failed = 0;
  const waiting = new Set();

  function fetch() {
    coming ??= load(failed ? `?again=${failed}` : "").then(
      (module) => {
        found = module[name];
        for (const again of waiting) again((n) => n + 1);
      },
      () => {
        coming = null;
        failed += 1;
        setTimeout(fetch, pause(failed));
      },
    );
    return coming;
  }

  function Lazy(props) {
    const [, again] = useState(0);
    useEffect(() => {
      if (found) return undefined;
      waiting.add(again);
      fetch();
      return () => waiting.delete(again);
    }, []);
    if (found) return html`<${found} ...${props} />`;
    return html`<${Kept} drawn=${drawn} meanwhile=${props.meanwhile} />`;
  }
  return Object.assign(Lazy, { fetch, drawn });
}

/** How long until it is asked for again (ms). Pure. */
export const pause = (failed) => Math.min(LONGEST, 1_000 * 2 ** (failed - 1));

/** What the server drew, letter for letter: the elements stay, with what has been typed in them. */
function Kept({ drawn, meanwhile }) {
  const [there] = useState(() => (drawn ? copyOf(document.querySelector(drawn)) : null));
  return there ?? meanwhile ?? null;
}

function copyOf(element) {
  if (!element) return null;
  const attributes = Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]));
  return h(element.localName, { ...attributes, dangerouslySetInnerHTML: { __html: element.innerHTML } });
}

/** Those that the server has drawn are taken over together with the rest, if they come soon enough. */
export function inPlace(parts, patience = 3_000) {
  const here = parts.filter((part) => part.drawn && document.querySelector(part.drawn));
  return Promise.race([
    Promise.allSettled(here.map((part) => part.fetch())),
    new Promise((resolve) => setTimeout(resolve, patience)),
  ]);
}

/** A style sheet, once. Whatever becomes of it, what it dresses is shown: plain is better than not at all. */
export function sheet(path) {
  const url = new URL(`../../css/${path}.css`, import.meta.url).href;
  if ([...document.styleSheets].some((one) => one.href === url)) return Promise.resolve();
  return new Promise((resolve) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: url });
    link.onload = link.onerror = () => resolve();
    document.head.append(link);
  });
}

// A field that suggests: the combobox with a list of the ARIA Authoring Practices (1.2, "Editable combobox with list
// autocomplete"). What is typed is always taken as it is; a suggestion saves typing, no more.

const PAUSE = 500; // ms after the last key before the number of suggestions is said

/**
 * Which suggestion a key leads to. Pure.
 * @param {number} active -1: none
 * @param {number} count
 * @param {string} key
 * @returns {number | null} null: the key is none of ours
 */
export function step(active, count, key) {
  if (count === 0) return null;
  if (key === "ArrowDown") return active + 1 < count ? active + 1 : 0;
  if (key === "ArrowUp") return active > 0 ? active - 1 : count - 1;
  return null;
}

/**
 * @template T
 * @param {HTMLInputElement} input
 * @param {{label: string, words: {found: [string, string], none: string}, find: (typed: string) => T[],
 *   draw: (one: T) => [string, string], choose: (one: T) => void, begin: () => Promise<unknown>}} options
 *   draw: what a suggestion is called, and a word beside it; begin: fetches what is needed to find any, once
 */
export function combobox(input, { label, words, find, draw, choose, begin }) {
  const id = `${input.id}-list`;
  const list = element("ul", { className: "suggest__list", id }, { role: "listbox", "aria-label": label, hidden: "" });
  const status = element("p", { className: "vh" }, { role: "status" });
  const around = element("div", { className: "suggest" });
  input.replaceWith(around);
  around.append(input, list, status);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": id,
  })) {
    input.setAttribute(name, value);
  }

  let shown = [];
  let active = -1;
  let saying = 0;

  function show(found) {
    [shown, active] = [found, -1];
    list.replaceChildren(...found.map(option));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  }

  function option(one, index) {
    const [name, beside] = draw(one);
    const not = { role: "option", "aria-selected": "false" };
    const row = element("li", { className: "suggest__one", id: `${id}-${index}` }, not);
    row.append(element("b", { textContent: name }), element("span", { textContent: beside }));
    row.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    row.addEventListener("click", () => take(one));
    return row;
  }

  function mark(index) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = index;
    const row = list.children[active];
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", row.id);
  }

  function take(one) {
    input.value = draw(one)[0];
    close();
    choose(one);
    input.dispatchEvent(new Event("input", { bubbles: true })); // for who keeps what is typed
    close();
  }

  function close() {
    clearTimeout(saying);
    show([]);
    status.textContent = "";
  }

  function say(count) {
    clearTimeout(saying);
    const [one, many] = words.found;
    saying = setTimeout(() => {
      status.textContent = count === 0 ? words.none : count === 1 ? one : many.replace("{n}", String(count));
    }, PAUSE);
  }

  async function suggest() {
    const typed = input.value;
    await begin(); // the first letters may be there before the list is
    if (input.value !== typed || document.activeElement !== input) return;
    show(find(typed));
    if (typed.trim()) say(shown.length);
  }

  input.addEventListener("focus", begin, { once: true });
  input.addEventListener("input", (event) => event.isTrusted && suggest()); // else we wrote it
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" && shown.length === 0) show(find(input.value));
    const next = step(active, shown.length, event.key);
    if (next !== null) mark(next);
    else if (event.key === "Enter" && active >= 0) take(shown[active]);
    else if (event.key === "Escape" && shown.length > 0) close();
    else return;
    event.preventDefault();
  });
  // The list gives its room back when one leaves; after the press that one leaves by, or it would hit what moved up instead.
  let pressed = false;
  const letGo = () => setTimeout(() => (pressed = false));
  addEventListener("pointerdown", () => (pressed = true), true);
  addEventListener("pointerup", letGo, true);
  addEventListener("pointercancel", letGo, true);
  input.addEventListener("blur", () => {
    if (!pressed) return close();
    const later = () => setTimeout(() => document.activeElement !== input && close());
    addEventListener("pointerup", later, { once: true });
    addEventListener("pointercancel", later, { once: true });
  });
}

function element(name, properties, attributes = {}) {
  const made = Object.assign(document.createElement(name), properties);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}

// The page arrives drawn by the server. The first drawing here reuses those elements, so that nothing jumps, what has
// been typed stays, and whoever was already writing goes on writing.

import { render } from "../../vendor/preact.standalone.module.js";

/** @param {Element} root @param {object} vnode */
export function takeOver(root, vnode) {
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  const selection = focused && "selectionStart" in focused ? [focused.selectionStart, focused.selectionEnd] : null;
  removeBlanks(root);
  render(vnode, root);
  if (!focused || focused === document.activeElement || !focused.isConnected) return;
  focused.focus({ preventScroll: true });
  if (selection) focused.setSelectionRange(...selection);
}

/** The template's indentation would make every reused element move one step, and moving an element takes its focus. */
function removeBlanks(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const blank = [];
  while (walker.nextNode()) if (walker.currentNode.data.trim() === "") blank.push(walker.currentNode);
  for (const node of blank) node.remove();
}

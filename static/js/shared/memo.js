// A component that is drawn again only when something it is given is another than before: of five hundred rows, the one
// that changed.

import { Component, h } from "../../vendor/preact.standalone.module.js";

/** @param {(props: object) => unknown} draw a function component; what it is given must stay the same object until it changes */
export function memo(draw) {
  return class extends Component {
    shouldComponentUpdate(next) {
      const names = new Set([...Object.keys(next), ...Object.keys(this.props)]);
      return [...names].some((name) => next[name] !== this.props[name]);
    }

    render(props) {
      return h(draw, props);
    }
  };
}

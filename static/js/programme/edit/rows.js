// A day's rows: what opens, what is dragged, what the arrow keys move, and the buttons that do the same.

import { html, useState } from "../../../vendor/preact.standalone.module.js";
import { person, when } from "../../shared/bits.js";
import { useApp, useContentLang } from "../../shared/context.js";
import { drag } from "./drag.js";
import { Form, kept, kinds } from "./form.js";
import { goes } from "./outline.js";

const ARROWS = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "into", ArrowLeft: "out" };

/** @param {{row: object, open: boolean, over: object | null, dragged: boolean}} props `over`: what is dragged is above it */
export function Row({ row, rows, days, open, over, dragged, desk, say }) {
  const { times, drafts, t } = useApp();
  const lang = useContentLang();
  const { item, depth } = row;
  const title = item.title || t("Without a title");
  const isKept = !open && kept(drafts, { id: item.id });
  const keys = (event) => {
    const where = event.altKey && !event.ctrlKey && !event.metaKey && ARROWS[event.key];
    if (!where) return;
    event.preventDefault();
    const to = goes(rows, item.id, where);
    if (to) desk.move(item, to);
    else say(t("It cannot go further that way."));
  };
  const look = [
    `plan__row plan__row--${Math.min(depth, 4)}`,
    item.state === "cancelled" && "is-cancelled",
    open && "is-open",
    dragged && "is-dragged",
    over && `is-${over.side}`,
  ];
  return html`<li id=${item.id} data-row=${item.id} class=${look.filter(Boolean).join(" ")}>
    <p class="plan__t">
      ${
        item.planned_start &&
        html`<time datetime=${item.planned_start}>${times.time(item.planned_start)}</time
          ><span>–<time datetime=${item.planned_end}>${times.time(item.planned_end)}</time></span>`
      }
    </p>
    <div class="plan__what">
      <a
        class="plan__open"
        href=${`?item=${item.id}#${item.id}`}
        lang=${lang}
        aria-expanded=${when(open)}
        onClick=${(event) => (event.preventDefault(), desk.open(open ? null : { id: item.id }))}
        onKeyDown=${keys}
        >${title}</a
      >
      ${!item.actual_start && html`<span class="plan__grip" aria-hidden="true" onPointerDown=${(event) => drag(event, (to) => desk.over(item, to), (to) => desk.drop(item, to))}
        ><svg viewBox="0 0 16 16"><path d="M4 2h3v3H4zM9 2h3v3H9zM4 7h3v3H4zM9 7h3v3H9zM4 12h3v3H4zM9 12h3v3H9z" /></svg
      ></span>`}
      <p class="plan__by">
        ${[kinds(t).find(([kind]) => kind === item.kind)?.[1], ...notes(item, t)].filter(Boolean).join(", ")}
        ${item.speakers.map((who) => html`<span lang=${lang}>${person(who)}</span>`)}
      </p>
      ${isKept && html`<p class="plan__kept">${t("You have typed something here that is not saved.")}</p>`}
    </div>
    ${
      open &&
      html`<div class="plan__form">
        <${Form}
          key=${item.id}
          place=${{ id: item.id }}
          item=${item}
          rows=${rows}
          days=${days}
          onClose=${() => desk.open(null, item.id)}
          onAddPart=${() => desk.open({ parent: item.id, day: item.day, track: item.track })}
          say=${say}
        />
        <${Moves} row=${row} rows=${rows} days=${days} desk=${desk} />
      </div>`
    }
  </li>`;
}

const notes = (item, t) => [
  item.promised && t("promised"),
  item.attendance === "hall" && t("only in the hall"),
  item.attendance === "web" && t("only on the web"),
  item.state === "cancelled" && t("cancelled"),
  item.state === "on" && t("on now"),
  item.state === "done" && t("over"),
];

function Moves({ row, rows, days, desk }) {
  const { times, t } = useApp();
  const { item } = row;
  const [day, setDay] = useState(item.day);
  const button = (where, label) => {
    const to = goes(rows, item.id, where);
    return to && html`<button class="btn btn--small" type="button" onClick=${() => desk.move(item, to)}>${label}</button>`;
  };
  if (item.actual_start) {
    return html`<p class="edit__move small">${t("It has begun. What has begun can be neither moved nor deleted nor cancelled.")}</p>`;
  }
  return html`<div class="edit__move">
    <p class="label">${t("Move it")}</p>
    <div class="acts-row">
      ${button("up", t("Up"))} ${button("down", t("Down"))} ${button("into", t("Into the one above"))}
      ${button("out", t("Out of what it is part of"))}
      ${
        !item.parent &&
        days.length > 1 &&
        html`<span class="plan__line"
          ><label class="vh" for="m-day">${t("To another day")}</label>
          <select class="field" id="m-day" value=${day} onChange=${(event) => setDay(event.target.value)}>
            ${days.map((one) => html`<option key=${one} value=${one}>${times.date(`${one}T12:00:00Z`)}</option>`)}
          </select>
          <button class="btn btn--small" type="button" onClick=${() => day !== item.day && desk.move(item, { day })}>
            ${t("To that day")}
          </button></span
        >`
      }
      <button class="btn btn--small" type="button" onClick=${() => desk.remove(item)}>${t("Delete")}</button>
    </div>
  </div>`;
}

/** Where a new item is being written. */
export function NewRow({ place, depth, rows, days, desk, say }) {
  return html`<li id="new" class=${`plan__row plan__row--${depth} is-open`}>
    <div class="plan__form">
      <${Form} place=${place} item=${null} rows=${rows} days=${days} onClose=${() => desk.open(null, place.parent)} say=${say} />
    </div>
  </li>`;
}

// One at the door, with the press that ticks them off or takes it back; and the form for who is not on the list.

import { html, useEffect, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { Icon } from "../shared/bits.js";
import { useApp } from "../shared/context.js";

const DOUBLE = 900; // ms in which a second press is the first one's echo: "Undo" stands where "Here" stood

/** @param {{one: import("./door.js").Guest, onTick: (one: object) => void, onUndo: (one: object) => void}} props */
export function Guest({ one, onTick, onUndo }) {
  const { t, times } = useApp();
  const button = useRef(null);
  const was = useRef(one.arrived_at);
  const pressed = useRef(null);
  // The button that was pressed gives way to another: the keyboard goes there with it.
  useEffect(() => {
    const changed = Boolean(was.current) !== Boolean(one.arrived_at);
    const lost = pressed.current && document.activeElement === document.body;
    if (changed && lost) button.current?.focus({ preventScroll: true });
    was.current = one.arrived_at;
  }, [one.arrived_at]);

  function press(act) {
    const now = performance.now();
    if (pressed.current && now - pressed.current < DOUBLE) return;
    pressed.current = now;
    act(one);
  }
  const about =
    one.state === "waiting" ? t("Waits for a place")
    : one.state === "offered" ? t("Is offered a place")
    : one.state === "cancelled" ? t("Has cancelled")
    : one.place === "web" ? t("Registered for the web")
    : "";
  const words = [one.organisation, one.fee].filter(Boolean).join(", ");
  return html`<li id=${one.id}>
    <div class="door__who"><p><b>${one.name}</b></p>
      <p class="soft">${words}${words && about ? ". " : ""}${about && html`<strong>${about}</strong>`}</p></div>
    ${one.state === "confirmed" &&
    html`<div class="door__act">
      ${one.arrived_at
        ? html`<p class="door__here"><${Icon} name=${one.pending ? "clock" : "check"} />${times.time(one.arrived_at)}
              ${one.pending && html`<span class="vh">${t("not sent yet")}</span>`}</p>
            ${one.number !== null && html`<button ref=${button} class="btn btn--quiet" type="button" onClick=${() => press(onUndo)}>
              ${t("Undo")}<span class="vh"> ${one.name}</span></button>`}`
        : html`<button key="tick" ref=${button} class="btn door__tick" type="button" onClick=${() => press(onTick)}>
            ${t("Here")}<span class="vh"> ${one.name}</span></button>`}
    </div>`}
  </li>`;
}

/** @param {{begun: string | null}} props the name that was begun in the search; null: the form is closed */
export function WalkIn({ begun, onOpen, onClose, onDone }) {
  const { t } = useApp();
  const [name, setName] = useState("");
  const [organisation, setOrganisation] = useState("");
  const field = useRef(null);
  useEffect(() => {
    if (begun === null) return;
    if (begun) setName(begun);
    field.current.focus();
  }, [begun]);
  function send(event) {
    event.preventDefault();
    if (!name.trim()) return;
    onDone(name.trim(), organisation.trim());
    setName("");
    setOrganisation("");
  }
  return html`<details class="rec__more door__walk" open=${begun !== null}
      onToggle=${(event) => (event.currentTarget.open ? onOpen() : onClose())}>
    <summary>${t("Somebody who is not on the list")}</summary>
    <form class="rec__form" onSubmit=${send}>
      <div class="rec__f rec__f--half"><label class="label" for="w-name">${t("Name")}</label>
        <input ref=${field} class="field" id="w-name" required maxlength="100" autocomplete="off" value=${name}
          onInput=${(e) => setName(e.currentTarget.value)} /></div>
      <div class="rec__f rec__f--half"><label class="label" for="w-organisation">${t("Organisation")}</label>
        <input class="field" id="w-organisation" maxlength="120" autocomplete="off" value=${organisation}
          onInput=${(e) => setOrganisation(e.currentTarget.value)} /></div>
      <p class="rec__f"><button class="btn btn--main door__tick" type="submit">${t("Is here")}</button></p>
    </form>
  </details>`;
}

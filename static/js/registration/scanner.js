// The camera at the door: whose badge it is, said in large words. What the code says is compared with the list on this
// phone, so it works without a line.

import { html, useEffect, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { Icon } from "../shared/bits.js";
import { useApp } from "../shared/context.js";
import { idOf } from "./door.js";

const SAME = 3_000; // ms during which the same badge is read once

/**
 * What the button and the picture share.
 * @param {import("./door.js").Guest[]} guests @param {(one: import("./door.js").Guest) => void} onFound
 */
export function useScanner(guests, onFound) {
  const { t, times } = useApp();
  const [state, setState] = useState("off"); // off, starting, on, or why it is not
  const [said, setSaid] = useState("");
  const video = useRef(null);
  const stop = useRef(() => {});
  const now = useRef({}); // the camera goes on over many drawings
  const before = useRef({ text: "", at: 0 });
  now.current = { guests, onFound };
  useEffect(() => () => stop.current(), []);

  function read(text) {
    const at = performance.now();
    if (text === before.current.text && at - before.current.at < SAME) {
      before.current.at = at;
      return;
    }
    before.current = { text, at };
    const id = idOf(text);
    const one = id && now.current.guests.find((guest) => guest.id === id);
    if (!one) return setSaid(id ? t("That badge is of nobody on the list.") : t("That is not a badge."));
    navigator.vibrate?.(60);
    setSaid(
      one.state !== "confirmed" ? t("{name} has no place.", { name: one.name })
      : one.arrived_at ? t("{name} came {time}.", { name: one.name, time: times.time(one.arrived_at) })
      : t("{name} is here.", { name: one.name }),
    );
    return now.current.onFound(one);
  }

  async function open() {
    setState("starting");
    setSaid("");
    before.current = { text: "", at: 0 };
    try {
      const { scan } = await import("./scan.js");
      stop.current = await scan(video.current, read);
      setState("on");
    } catch (error) {
      const refused = error?.name === "NotAllowedError" || error?.name === "SecurityError";
      setState(refused ? "denied" : error?.name === "TypeError" ? "unfetched" : "none");
    }
  }

  function close() {
    stop.current();
    stop.current = () => {};
    setState("off");
    setSaid("");
  }

  const on = state === "on" || state === "starting";
  return { state, said, video, on, toggle: on ? close : open };
}

export function ScanButton({ scanner }) {
  const { t } = useApp();
  const { on, toggle } = scanner;
  const label = on ? t("Close the camera") : t("Scan a badge");
  return html`<button class="btn" id="scan" type="button" aria-label=${label} onClick=${toggle}>
    <${Icon} name="scan" /> ${on ? t("Close") : t("Scan")}
  </button>`;
}

export function Picture({ scanner: { state, said, video, on } }) {
  const { t } = useApp();
  const why = {
    denied: t("The camera is not allowed here. Allow it for this page in the browser, or search by name."),
    none: t("No camera is found. Search by name."),
    unfetched: t("The reader could not be fetched without a line. Search by name."),
  }[state];
  return html`<div>
    <video ref=${video} class="door__camera" hidden=${!on} muted playsinline aria-label=${t("What the camera sees")}></video>
    ${why && html`<p class="wrong" id="scan-why" role="alert"><${Icon} name="refused" /><span>${why}</span></p>`}
    <p class="door__said" id="scan-said" role="status">
      ${said || (state === "on" ? t("Hold a badge before the camera.") : null)}</p></div>`;
}

// The screens and lecterns: those that are let in, and letting in one more. templates/participants/screens.html draws the
// same.

import { html, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { useList, useSignal } from "../lib/hooks.js";
import { Act } from "../shared/act.js";
import { when, words, Wrong } from "../shared/bits.js";
import { useApp, useDay, useOffline } from "../shared/context.js";
import { useFocusKeeper } from "../shared/focus.js";
import { choices } from "../programme/tracks.js";

export function Screens({ say }) {
  const { store, t } = useApp();
  const { items } = useDay();
  const tracks = choices(items);
  const part = useRef(null);
  useFocusKeeper(part, "#h-screens");
  const screens = [...useList(store, "screens")].sort(
    (a, b) => compare(a.use, b.use) || compare(a.name, b.name) || compare(a.id, b.id),
  );
  return html`<section class="desk__part desk__screens" id="screens" aria-labelledby="h-screens" ref=${part}>
    <div class="desk__head">
      <h2 id="h-screens" tabindex="-1">${t("Screens")}</h2>
      ${screens.length > 0 && html`<span class="count">${screens.length}</span>`}
    </div>
    ${
      screens.length > 0 &&
      html`<ul class="screens">
        ${screens.map((one) => html`<${Row} key=${one.id} ...${{ one, tracks, say }} />`)}
      </ul>`
    }
    <${Pair} tracks=${tracks} say=${say} />
  </section>`;
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

function useSaid(id) {
  const { outbox } = useApp();
  const entries = useSignal(outbox.entries).filter((entry) => entry.payload.screen === id);
  return {
    busy: entries.find((entry) => entry.state !== "failed")?.name,
    failed: entries.find((entry) => entry.state === "failed"),
    send(name, payload = {}) {
      for (const entry of entries) if (entry.state === "failed") outbox.dismiss(entry.op);
      return outbox.send(name, { screen: id, ...payload }).answer;
    },
  };
}

function Row({ one, tracks, say }) {
  const { t } = useApp();
  const offline = useOffline();
  const { busy, failed, send } = useSaid(one.id);
  const details = useRef(null);
  const kind = one.use === "lectern" ? t("Lectern") : t("Screen");
  const name = one.name || kind;
  const follow = async (event) => {
    event.preventDefault();
    if (offline || busy) return;
    const track = event.currentTarget.elements.track.value;
    const answer = await send("screen.track", { track });
    if (answer.ok) say(t("{name} follows {track}.", { name, track }), one.id);
  };
  const end = async () => {
    if (busy) return;
    const answer = await send("screen.unpair");
    if (answer.ok) say(t("{name} is ended.", { name }), one.id);
  };
  const key = (event) => {
    if (event.key !== "Escape" || !details.current.open) return;
    details.current.open = false;
    details.current.querySelector("summary").focus();
  };
  return html`<li data-row=${one.id}>
    <p class="screens__name"><b>${name}</b>${one.name && html` <span class="soft">${kind}</span>`}</p>
    <div class="acts">
      ${
        tracks.length > 0 &&
        html`<form class="screens__track" onSubmit=${follow}>
          <label class="vh" for=${`track-${one.id}`}>${t("Track of {name}", { name })}</label>
          <select class="field" id=${`track-${one.id}`} name="track">
            ${tracks.map((track) => html`<option selected=${track === one.track}>${track}</option>`)}
          </select>
          <button
            class="btn"
            type="submit"
            aria-disabled=${when(offline)}
            aria-describedby=${when(offline, "offline-why")}
            aria-busy=${when(busy === "screen.track")}
          >
            ${t("Change")}<span class="vh"> ${name}</span>
          </button>
        </form>`
      }
      <details class="reject" ref=${details} onKeyDown=${key}>
        <summary class="btn" data-act="">${t("End…")}<span class="vh"> ${name}</span></summary>
        <p>${t("It goes dark at once, and shows a code again.")}</p>
        <div class="reject__acts">
          <${Act} className="btn btn--main" offline=${offline} busy=${busy === "screen.unpair"} onAct=${end}
            >${t("End it")}<//
          >
        </div>
      </details>
    </div>
    ${failed && html`<${Wrong} id=${`wrong-${one.id}`}>${words(failed.problem)}<//>`}
  </li>`;
}

function Pair({ tracks, say }) {
  const { boot, outbox, t } = useApp();
  const { track } = useDay();
  const offline = useOffline();
  const [typed, set] = useState(drawn);
  const [problem, refuse] = useState(null);
  const [busy, setBusy] = useState(false);
  const field = useRef(null);
  const write = (event) => {
    const { name, value } = event.currentTarget;
    refuse(null);
    set((was) => ({ ...was, [name]: value }));
  };
  const pair = async (event) => {
    event.preventDefault();
    if (offline || busy) return;
    setBusy(true);
    const follows = tracks.length > 0 ? { track: typed.track || track } : {};
    const sending = outbox.send("screen.pair", { code: typed.code, use: typed.use, name: typed.name, ...follows });
    const answer = await sending.answer;
    setBusy(false);
    if (answer.ok) {
      set((was) => ({ ...was, code: "", name: "" }));
      say(t("It is let in, and goes on by itself."), "pair");
    } else {
      outbox.dismiss(sending.op); // what was typed stands here still, with the reason
      refuse(answer.problem);
    }
    field.current?.focus();
  };
  return html`<form class="pair" onSubmit=${pair}>
    <p class="small soft">
      ${t("Open {address} on the screen or at the lectern. It shows a code.", { address: `${boot.site}/screen` })}
    </p>
    <div>
      <label class="label" for="pair-code">${t("Code on the screen")}</label>
      <input
        class="field"
        id="pair-code"
        name="code"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck="false"
        required
        ref=${field}
        aria-invalid=${when(problem)}
        aria-describedby=${when(problem, "pair-wrong")}
        value=${typed.code}
        onInput=${write}
      />
      ${problem && html`<${Wrong} id="pair-wrong">${words(problem)}<//>`}
    </div>
    <div class="tell__how">
      <div>
        <label class="label" for="pair-use">${t("Shows")}</label>
        <select class="field" id="pair-use" name="use" onChange=${write}>
          <option value="screen" selected=${typed.use === "screen"}>${t("Screen in the hall")}</option>
          <option value="lectern" selected=${typed.use === "lectern"}>${t("Lectern")}</option>
        </select>
      </div>
      ${
        tracks.length > 0 &&
        html`<div>
          <label class="label" for="pair-track">${t("Follows")}</label>
          <select class="field" id="pair-track" name="track" onChange=${write}>
            ${tracks.map((one) => html`<option selected=${one === (typed.track || track)}>${one}</option>`)}
          </select>
        </div>`
      }
      <div>
        <label class="label" for="pair-name">${t("Name, if you like")}</label>
        <input class="field" id="pair-name" name="name" autocomplete="off" value=${typed.name} onInput=${write} />
      </div>
      <button
        class="btn btn--main"
        type="submit"
        aria-disabled=${when(offline)}
        aria-describedby=${when(offline, "offline-why")}
        aria-busy=${when(busy)}
      >
        ${t("Let it in")}
      </button>
    </div>
  </form>`;
}

/** What the server drew: what was typed, when it was refused. */
function drawn() {
  const value = (id) => document.getElementById(id)?.value ?? "";
  return { code: value("pair-code"), use: value("pair-use") || "screen", name: value("pair-name"), track: "" };
}

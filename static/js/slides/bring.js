// Bringing slides to an item: the file goes up with progress, then the server says how many pages are ready.

import { html, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { useList, useSignal } from "../lib/hooks.js";
import { uuid } from "../lib/uuid.js";
import { Act } from "../shared/act.js";
import { Icon, when, words, Wrong } from "../shared/bits.js";
import { useApp, useOffline } from "../shared/context.js";
import { ofItem } from "./decks.js";

/** @param {{item: object, most: number}} props most: MB that a file may have */
export function BringSlides({ item }) {
  const { store, outbox, t } = useApp();
  const { there, coming } = ofItem(useList(store, "slides"), item.id);
  const offline = useOffline();
  const entries = useSignal(outbox.entries).filter((entry) => entry.name === "slides.remove");
  const busy = (deck) => entries.some((entry) => entry.payload.deck === deck.id && entry.state !== "failed");
  return html`<div class="bring">
    ${there && html`<${There} deck=${there} offline=${offline} busy=${busy(there)} />`}
    ${coming && html`<${Coming} deck=${coming} />`}
    <${Form} item=${item} again=${Boolean(there || coming)} />
    ${entries
      .filter((entry) => entry.state === "failed")
      .map((entry) => html`<p class="case__said" key=${entry.op}><${Icon} name="refused" />${words(entry.problem)}</p>`)}
    ${coming && coming.state !== "failed" && html`<p class="small soft">${t("You may leave the page meanwhile.")}</p>`}
  </div>`;
}

function There({ deck, offline, busy }) {
  const { outbox, t } = useApp();
  const [sure, ask] = useState(false);
  const remove = () => {
    if (!sure) ask(true);
    else outbox.send("slides.remove", { deck: deck.id });
  };
  return html`<p class="bring__name">
      <b>${deck.name}</b> <span class="soft">${t.n("{n} page", "{n} pages", deck.pages)}</span>
    </p>
    <div class="acts">
      <${Act} className="btn btn--small" offline=${offline} busy=${busy} onAct=${remove}
        >${sure ? t("Yes, take the slides away from everyone") : t("Remove the slides")}<//
      >
      ${
        sure &&
        html`<button class="btn btn--small btn--quiet" type="button" onClick=${() => ask(false)}>${t("Cancel")}</button>`
      }
    </div>`;
}

function Coming({ deck }) {
  const { t } = useApp();
  if (deck.state === "failed") {
    return html`<p class="bring__name"><b>${deck.name}</b></p>
      <p class="case__said"><${Icon} name="refused" /><span>${why(t, deck.error)}</span></p>`;
  }
  const said = deck.pages
    ? t("{n} of {m} pages are ready", { n: deck.done, m: deck.pages })
    : t("Waits to be made into pages");
  return html`<p class="bring__name"><b>${deck.name}</b></p>
    <p role="status" class="small">${said}</p>
    <progress aria-label=${deck.name} max=${deck.pages || 1} value=${deck.done}></progress>`;
}

/** Why no pages could be made of it: the same sentences as hybridmote/problems.py has. */
function why(t, error) {
  const sentences = {
    not_a_pdf: t("The file is not a PDF. Save the slides as a PDF, and choose that file."),
    encrypted_pdf: t("The PDF is locked with a password. Save it without one, and choose it again."),
    no_pages: t("The PDF has no pages."),
    too_many_pages: t("The PDF has more than 300 pages. Divide it."),
    too_slow_pdf: t("The PDF takes too long to draw. Save it in a simpler form, and choose it again."),
  };
  return sentences[error] ?? t("The PDF is broken and cannot be read. Save it anew, and choose it again.");
}

function Form({ item, again }) {
  const { boot, t } = useApp();
  const offline = useOffline();
  const field = useRef(null);
  const [share, setShare] = useState(null);
  const [wrong, setWrong] = useState(null);
  const id = `slides-${item.id}`;

  function submit(event) {
    event.preventDefault();
    const file = field.current.files[0];
    if (offline || share !== null) return;
    const most = boot.max_slides_mb;
    if (!file) return setWrong(t("Choose a PDF file first."));
    if (file.size > most * 1_000_000) {
      return setWrong(t("The file is too large: {limit} MB at most. Save it with smaller pictures.", { limit: most }));
    }
    setWrong(null);
    setShare(0);
    send(boot, item, file, setShare).then((problem) => {
      setShare(null);
      if (problem) setWrong(problem.title ? words(problem) : t("The file did not get there. Try again."));
      else field.current.value = "";
    });
  }

  return html`<form
    class="bring__form"
    method="post"
    enctype="multipart/form-data"
    action=${`${boot.base}/slides/${item.id}`}
    onSubmit=${submit}
  >
    <label class="label" for=${id}>${again ? t("Other slides (PDF)") : t("Slides (PDF)")}</label>
    <input
      class="field"
      id=${id}
      type="file"
      name="file"
      accept="application/pdf,.pdf"
      required
      ref=${field}
      aria-invalid=${when(wrong)}
      aria-describedby=${when(wrong, `${id}-wrong`)}
      onChange=${() => setWrong(null)}
    />
    ${wrong && html`<${Wrong} id=${`${id}-wrong`}>${wrong}<//>`}
    ${
      share !== null &&
      html`<p role="status" class="small">${t("Sending")}</p>
        <progress aria-label=${t("Sending")} max="1" value=${share}></progress>`
    }
    <button class="btn" type="submit" aria-busy=${when(share !== null)} aria-disabled=${when(offline)}>
      ${t("Send the slides")}
    </button>
  </form>`;
}

/** @returns {Promise<object | null>} null when it has arrived, else the problem */
function send(boot, item, file, progress) {
  const form = new FormData();
  form.append("csrf_token", boot.csrf);
  form.append("op", uuid());
  form.append("file", file);
  // fetch tells nothing of how much has been sent
  const request = new XMLHttpRequest();
  request.open("POST", `${boot.base}/slides/${item.id}`);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-CSRFToken", boot.csrf);
  request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
  return new Promise((resolve) => {
    request.onload = () => resolve(request.status === 200 ? null : read(request.responseText));
    request.onerror = () => resolve({});
    request.send(form);
  });
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

// Somebody else's picture. Nothing is asked of anybody outside before the reader says so; then their player stands in a
// frame, or a playlist is played here. templates/programme/picture.html draws what stands before.

import { html, useEffect, useRef, useState } from "../../vendor/preact.standalone.module.js";
import { Icon } from "../shared/bits.js";
import { useApp, useDay } from "../shared/context.js";
import { pictureOf } from "./order.js";
import { Playlist } from "./playlist.js";

export function Picture() {
  const { boot, t } = useApp();
  const { meeting, items, on } = useDay();
  const heading = useRef(null);
  const [agreed, setAgreed] = useState(null); // whose pictures the reader has asked for
  const address = pictureOf(meeting, items, on);
  if (!address) return null;
  const picture = boot.pictures?.[address];
  // The page may only load what it was sent with: for another address it has to be fetched again.
  const shown = picture?.origin && picture.origin === agreed;
  const show = (whose) => {
    setAgreed(whose);
    heading.current.focus();
  };
  return html`<section class="picture" aria-labelledby="h-picture">
    <h2 class="vh" id="h-picture" tabindex="-1" ref=${heading}>${t("Picture and sound")}</h2>
    ${
      !picture
        ? html`<${Moved} address=${address} />`
        : !picture.embed
          ? html`<${Elsewhere} picture=${picture} />`
          : shown
            ? html`<${Shown} key=${picture.embed} ...${{ picture, title: on?.title ?? meeting.title, hide: () => show(null) }} />`
            : html`<${Ask} picture=${picture} show=${() => show(picture.origin)} />`
    }
  </section>`;
}

function Ask({ picture, show }) {
  const { t } = useApp();
  const { service } = picture;
  return html`<div class="picture__ask">
    <p class="needs-script">
      <button class="btn btn--main" type="button" onClick=${show}>${t("Show the picture")}</button>
    </p>
    <p class="picture__whose needs-script">
      ${t("It comes from {service}. They see your computer's address when you show it, and may set cookies.", { service })}
    </p>
    <p><${There} picture=${picture}>${t("Open it at {service} (new tab)", { service })}<//></p>
  </div>`;
}

function Elsewhere({ picture }) {
  const { t } = useApp();
  const { service } = picture;
  return html`<div class="picture__ask">
    <p><${There} picture=${picture} className="btn btn--main">${t("Open the picture (new tab)")}<//></p>
    <p class="picture__whose">
      ${t("It is shown by {service}, outside this page. They see your computer's address, and may set cookies.", { service })}
    </p>
  </div>`;
}

/** Chosen after this page was sent. Nothing that was written is lost by a reload. */
function Moved({ address }) {
  const { t } = useApp();
  return html`<div class="picture__ask">
    <p>
      <button class="btn btn--main" type="button" onClick=${() => location.reload()}>${t("Reload the page")}</button>
    </p>
    <p class="picture__whose">${t("The picture comes from another place now. What you write is kept.")}</p>
    <p><${There} picture=${{ address }}>${t("Open it there instead (new tab)")}<//></p>
  </div>`;
}

function There({ picture, className, children }) {
  // What comes with a change is not recognised by the server for this page: only an address of the web is a link.
  if (!/^https?:\/\//.test(picture.address)) return null;
  return html`<a class=${className} href=${picture.address} target="_blank" rel="noopener noreferrer">${children}</a>`;
}

function Shown({ picture, title, hide }) {
  const { t } = useApp();
  const [wrong, setWrong] = useState("");
  const [tries, setTries] = useState(0);
  const { service } = picture;
  const again = () => {
    setWrong("");
    setTries(tries + 1);
  };
  const Player = picture.kind === "hls" ? Playlist : Frame;
  return html`
    <div class="picture__box" hidden=${Boolean(wrong) && picture.kind === "hls"}>
      <${Player} key=${tries} ...${{ picture, title: t("{title}, from {service}", { title, service }), tell: setWrong }} />
    </div>
    <div role="status">
      ${
        wrong &&
        html`<p class="picture__wrong">
          <${Icon} name="refused" />
          <span>${sentence(t, wrong, service)}</span>
        </p>`
      }
    </div>
    <p class="picture__foot">
      ${wrong && html`<button class="linkish" type="button" onClick=${again}>${t("Try again")}</button>`}
      <${There} picture=${picture}>
        ${wrong ? t("Open it at {service} (new tab)", { service }) : t("No picture? Open it at {service} (new tab)", { service })}
      <//>
      <button class="linkish" type="button" onClick=${hide}>${t("Hide the picture")}</button>
    </p>
  `;
}

function sentence(t, wrong, service) {
  if (wrong === "blocked") return t("The browser did not let this page show it.");
  if (wrong === "cannot") return t("This browser cannot play what {service} sends.", { service });
  if (wrong === "offline") return t("There is no contact with the net.");
  return t("{service} does not answer, or has no picture now.", { service });
}

const PATIENCE = 20_000;

/** Their own player. Whether there is a picture in it only they know: the way there stands under it all the time. */
function Frame({ picture, title, tell }) {
  const frame = useRef(null);
  useEffect(() => {
    const late = setTimeout(() => tell(navigator.onLine ? "silent" : "offline"), PATIENCE);
    const came = () => {
      clearTimeout(late);
      tell(navigator.onLine ? "" : "offline");
    };
    const refused = (event) => {
      if (!event.blockedURI.startsWith(picture.origin)) return;
      clearTimeout(late);
      frame.current?.removeEventListener("load", came);
      tell("blocked");
    };
    document.addEventListener("securitypolicyviolation", refused);
    frame.current.addEventListener("load", came);
    frame.current.src = picture.embed;
    return () => {
      clearTimeout(late);
      document.removeEventListener("securitypolicyviolation", refused);
    };
  }, []);
  const talks = picture.talks ? "; camera; microphone; display-capture" : "";
  // Players refuse to play for who does not say from which site; they are told the site, not the page.
  return html`<iframe
    class="picture__frame"
    ref=${frame}
    title=${title}
    allow=${`autoplay; fullscreen; picture-in-picture; encrypted-media${talks}`}
    sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-forms allow-presentation"
    referrerpolicy="strict-origin"
  ></iframe>`;
}

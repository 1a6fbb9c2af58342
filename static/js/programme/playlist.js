// An HLS address, played here: by hls.js, which is fetched from our own server when it is needed, or by the browser itself.

import { html, useEffect, useRef } from "../../vendor/preact.standalone.module.js";

const PATIENCE = 20_000; // until we say that nothing comes
const LATER = 10_000; // until we ask again for what has not begun

/** @param {{picture: object, title: string, tell: (wrong: string) => void}} props `tell("")`: it plays */
export function Playlist({ picture, title, tell }) {
  const video = useRef(null);
  useEffect(() => play(video.current, picture.embed, tell), []);
  return html`<video class="picture__frame" ref=${video} aria-label=${title} controls playsinline></video>`;
}

/** @returns {() => void} the end of it */
function play(video, address, tell) {
  let hls = null;
  let over = false;
  let late = 0;
  let again = 0;
  let recovered = false;
  let blocked = false;

  const patience = () => {
    clearTimeout(late);
    late = setTimeout(() => !over && tell(navigator.onLine ? "silent" : "offline"), PATIENCE);
  };
  const plays = () => {
    clearTimeout(late);
    recovered = false;
    tell("");
  };
  const fail = (why) => {
    clearTimeout(late);
    hls?.destroy();
    hls = null;
    if (blocked) return;
    tell(navigator.onLine || why !== "silent" ? why : "offline");
    if (why === "silent") again = setTimeout(begin, LATER);
  };
  /** Its parts lie at yet another place, which the page was not told of. */
  const refused = (event) => {
    if (!["connect-src", "media-src"].includes(event.effectiveDirective)) return;
    fail("blocked");
    blocked = true;
  };

  async function begin() {
    clearTimeout(again);
    if (over || blocked) return;
    hls?.destroy();
    hls = null;
    patience();
    const { default: Hls } = await import("../../vendor/hls.min.mjs").catch(() => ({}));
    if (over) return;
    if (!Hls) return fail("silent");
    if (Hls.isSupported()) {
      hls = new Hls({ enableWorker: false }); // a worker would be a script from a blob, which the page does not allow
      hls.on(Hls.Events.ERROR, (_name, error) => {
        if (!error.fatal) return;
        if (error.type === Hls.ErrorTypes.MEDIA_ERROR && !recovered && hls) {
          recovered = true;
          hls.recoverMediaError();
        } else {
          fail(error.type === Hls.ErrorTypes.NETWORK_ERROR ? "silent" : "cannot");
        }
      });
      hls.on(Hls.Events.MANIFEST_PARSED, start);
      hls.loadSource(address);
      hls.attachMedia(video);
    } else if (video.canPlayType("application/vnd.apple.mpegurl")) {
      video.src = address;
      start();
    } else {
      fail("cannot");
    }
  }

  /** With sound, since the reader asked; where the browser still wants a press of its own, the controls are there. */
  function start() {
    video.play().catch(() => clearTimeout(late));
  }

  const failed = () => video.error && !hls && fail(video.error.code === 4 ? "silent" : "cannot");
  video.addEventListener("playing", plays);
  video.addEventListener("waiting", patience);
  video.addEventListener("error", failed);
  document.addEventListener("securitypolicyviolation", refused);
  addEventListener("online", begin);
  begin();
  return () => {
    over = true;
    clearTimeout(late);
    clearTimeout(again);
    document.removeEventListener("securitypolicyviolation", refused);
    removeEventListener("online", begin);
    hls?.destroy();
    video.removeAttribute("src");
  };
}

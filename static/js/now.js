// The small page to embed: fetches itself now and then, and shows what has changed.

const EVERY = 20_000;

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { credentials: "omit", cache: "no-cache" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    const shown = document.querySelector("main");
    // Nothing is taken from under the keyboard: whoever stands on the link gets the news when they have moved on.
    if (!fresh || fresh.isEqualNode(shown) || shown.contains(document.activeElement)) return;
    shown.replaceWith(document.adoptNode(fresh));
  } catch {
    // No contact, or a frame that may not fetch: what is shown says until when it holds.
  }
}

setInterval(refresh, EVERY);
document.addEventListener("visibilitychange", refresh);

"""`make screenshots`: a picture of every page, in every size, light and dark, Swedish and English.

Starts a demo in each language, takes the pictures (build/screenshots/<page>-<size>-<light|dark>-<sv|en>.png) and ends it.
With --readme it also makes the pictures in docs/pictures, which the README shows.
"""

import base64
import json
import re
import tempfile
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from rich.progress import track

from tests.servers import CHROMIUM_FLAGS, ROOT, Demo, find_chromium, free_port, product_environment

SIZES = {"phone": (390, 844), "desktop": (1280, 800), "projector": (1920, 1080)}
EVERYWHERE, HALL = ("phone", "desktop"), ("projector",)
PICTURES = ROOT / "docs" / "pictures"
MOST = 150_000  # bytes of a committed picture

OWN = {
    "sv": ("Vem vattnar den första sommaren, när entreprenören har gått hem?", "Vad säger din chef om det här?"),
    "en": ("Who waters them the first summer, when the contractor has gone?", "What does your boss say about this?"),
}
WHY = {"sv": "Den rör en enskild person. Skriv gärna om den.", "en": "It is about one person. You may rephrase it."}
HALF = {"sv": "Finns kartan att låna för den som", "en": "Could the map be borrowed by those who"}


@dataclass(frozen=True)
class Shot:
    """`who`: whose link is used, None when nobody is let in; `first`: what is done before the picture is taken."""

    name: str
    who: str | None
    path: str
    sizes: tuple[str, ...] = EVERYWHERE
    first: Callable[[Page, str], None] = lambda page, language: None


def write(page: Page, language: str) -> None:
    page.locator("#ask-text").fill(HALF[language])
    page.locator("#ask-text").focus()


def refuse(page: Page, language: str) -> None:
    page.locator("#review summary").first.click()
    page.locator("#review .reject__acts .btn--main").first.click()


def mistake(page: Page, language: str) -> None:
    page.locator("#email").fill("moderator@example.org")
    page.locator("#password").fill("not this one")
    page.locator("main form button").click()
    page.locator(".wrong").wait_for()


def unfold(page: Page, language: str) -> None:
    page.locator("details.answered summary").click()


SHOTS = (
    Shot("meetings", None, "/"),
    Shot("meeting", None, "/m/{slug}"),
    Shot("meeting-attendee", "attendee", "/m/{slug}"),
    Shot("meeting-staff", "moderator", "/m/{slug}"),
    Shot("link", None, "{link}"),
    Shot("link-unknown", None, "/j/no-such-link"),
    Shot("sign-in", None, "/sign-in"),
    Shot("sign-in-wrong", None, "/sign-in", first=mistake),
    Shot("live", "attendee", "/m/{slug}/live"),
    Shot("live-answered", "attendee", "/m/{slug}/live", first=unfold),
    Shot("live-programme", "attendee", "/m/{slug}/live#programme", ("phone",)),
    Shot("live-writing", "attendee", "/m/{slug}/live", first=write),
    Shot("moderate", "moderator", "/m/{slug}/moderate"),
    Shot("moderate-rejecting", "moderator", "/m/{slug}/moderate", first=refuse),
    Shot("screen", "screen", "/m/{slug}/screen", HALL),
    Shot("not-known", None, "/m/{slug}/live"),
    Shot("not-allowed", "attendee", "/m/{slug}/moderate", ("phone",)),
    Shot("not-found", None, "/m/no-such-meeting", ("phone",)),
    Shot("accessibility", None, "/accessibility"),
    Shot("privacy", None, "/privacy", ("phone",)),
    Shot("api-docs", None, "/api/docs", ("desktop",)),
    Shot("protocol", None, "/api/v1/protocol", ("desktop",)),
)
# The same pages once the next item, a break, is on; and when the day is over.
IN_THE_BREAK = (
    Shot("live-break", "attendee", "/m/{slug}/live"),
    Shot("moderate-break", "moderator", "/m/{slug}/moderate"),
    Shot("screen-break", "screen", "/m/{slug}/screen", HALL),
)
IN_BETWEEN = (
    Shot("live-nothing-on", "attendee", "/m/{slug}/live"),
    Shot("moderate-nothing-on", "moderator", "/m/{slug}/moderate", ("desktop",)),
    Shot("screen-nothing-on", "screen", "/m/{slug}/screen", HALL),
)


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=ROOT / "build" / "screenshots", show_default=True)
@click.option("--only", default="", help="Only the pictures with this in their name.")
@click.option("--readme", is_flag=True, help="Make docs/pictures anew, too.")
def main(out: Path, only: str, readme: bool) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        for language in ("sv", "en"):
            with tempfile.TemporaryDirectory() as data:
                demo = Demo(
                    Path(data),
                    free_port(),
                    product_environment(Path(data), HYBRIDMOTE_RATE_LIMITS="off"),
                    ("--language", language),
                )
                try:
                    demo.start()
                    demo.wait_ready(60)
                    Photographer(browser, demo, language, out, only).take_all(readme and language == "en")
                finally:
                    demo.terminate()
                    demo.close()
    click.echo(f"{len(list(out.glob('*.png')))} pictures in {out}")


class Photographer:
    def __init__(self, browser: Browser, demo: Demo, language: str, out: Path, only: str) -> None:
        self.browser, self.demo, self.language, self.out, self.only = browser, demo, language, out, only
        self.contexts: dict[tuple[str | None, str, str], BrowserContext] = {}

    def take_all(self, readme: bool) -> None:
        prepare(self.demo, self.language)
        if readme:
            for_the_readme(self.browser, self.demo)
        self.take(SHOTS, f"{self.language}, during a talk")
        say(self.demo, "moderator", "programme.next", expected_version=version(self.demo))
        self.take(IN_THE_BREAK, f"{self.language}, in the break")
        say(self.demo, "moderator", "programme.finish", expected_version=version(self.demo))
        self.take(IN_BETWEEN, f"{self.language}, in between")
        for context in self.contexts.values():
            context.close()

    def take(self, shots: tuple[Shot, ...], words: str) -> None:
        wanted = [
            (shot, size, colours, name)
            for shot in shots
            for size in shot.sizes
            for colours in ("light", "dark")
            if self.only in (name := f"{shot.name}-{size}-{colours}-{self.language}")
        ]
        for shot, size, colours, name in track(wanted, words):
            page = self.context(shot.who, size, colours).new_page()
            page.goto(at(self.demo, shot.path), wait_until="load")
            settle(page)
            shot.first(page, self.language)
            page.screenshot(path=self.out / f"{name}.png", full_page=size != "projector")
            page.close()

    def context(self, who: str | None, size: str, colours: str) -> BrowserContext:
        key = (who, size, colours)
        if key not in self.contexts:
            self.contexts[key] = look(self.browser, self.language, size, colours)
            if who:
                let_in(self.contexts[key], person(self.demo, who)["link"])
        return self.contexts[key]


def look(browser: Browser, language: str, size: str, colours: str, scale: float = 1) -> BrowserContext:
    width, height = SIZES[size]
    return browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        is_mobile=size == "phone",
        has_touch=size == "phone",
        color_scheme="dark" if colours == "dark" else "light",
        locale="sv-SE" if language == "sv" else "en-GB",
        timezone_id="Europe/Stockholm",
        reduced_motion="reduce",
    )


def settle(page: Page) -> None:
    """Letters drawn, and on a live page the line open."""
    page.evaluate("document.fonts.ready")
    if page.locator(".head .line").count():
        page.locator(".head .line:not(.line--waiting):not(.line--lost)").wait_for()


def prepare(demo: Demo, language: str) -> None:
    """Something is on stage, and whoever is photographed has asked: one waits, one was not taken up."""
    waits, refused = (say(demo, "attendee", "question.ask", text=text)["id"] for text in OWN[language])
    assert waits
    say(demo, "moderator", "question.reject", id=refused, reason=WHY[language])
    questions = state(demo)["topics"]["questions"].values()
    line = sorted((q for q in questions if q["state"] == "approved"), key=lambda q: -q["support"])
    talk = [q for q in line if q["item"] in state(demo)["topics"]["meeting"].popitem()[1]["now_on"].values()]
    short = [q for q in talk if len(q["text"]) < 120]
    say(demo, "moderator", "question.take", id=short[0]["id"])
    for q in short[1:3]:
        say(demo, "attendee", "question.upvote", id=q["id"], on=True)


def say(demo: Demo, who: str, command: str, **payload: Any) -> Any:
    body = json.dumps({"op": str(uuid4()), **payload}).encode()
    return ask(demo, who, f"commands/{command}", body)["result"]


def state(demo: Demo) -> Any:
    return ask(demo, "moderator", "state")


def version(demo: Demo) -> int:
    (meeting,) = state(demo)["topics"]["meeting"].values()
    return int(meeting["version"])


def ask(demo: Demo, who: str, path: str, body: bytes | None = None) -> Any:
    headers = {"Authorization": f"Bearer {person(demo, who)['token']}", "Content-Type": "application/json"}
    address = f"{demo.base_url}/api/v1/m/{demo.people['meeting']}/{path}"
    with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=60) as answer:
        return json.load(answer)


def person(demo: Demo, role: str) -> dict[str, str]:
    found = demo.people[role]
    return found[0] if isinstance(found, list) else found


def at(demo: Demo, path: str) -> str:
    told = demo.people
    path = path.format(slug=told["meeting"], link=person(demo, "attendee")["link"])
    return path if path.startswith("http") else demo.base_url + path


def let_in(context: BrowserContext, link: str) -> None:
    """What opening a personal link and pressing its one button does."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', context.request.get(link).text())
    assert token, f"{link} has no form"
    context.request.post(link, form={"csrf_token": token[1]})


# The README's pictures

OVERVIEW = """<!doctype html><meta charset="utf-8"><style>
  body {{ margin: 0; width: 1600px; height: 900px; position: relative; background: #e9eeeb; }}
  img {{ position: absolute; display: block; border: 1px solid #65766e; border-radius: 6px; }}
  .screen {{ left: 40px; top: 40px; width: 940px; }}
  .desk {{ left: 520px; top: 330px; width: 850px; }}
  .phone {{ right: 40px; top: 150px; width: 322px; border-radius: 22px; border-width: 6px; border-color: #0f261f; }}
</style>
<img class="screen" alt="" src="{screen}">
<img class="desk" alt="" src="{moderate}">
<img class="phone" alt="" src="{live}">"""


AS_WEBP = """async (picture) => {
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.9 });
  const small = new Uint8Array(await blob.arrayBuffer());
  return btoa(Array.from(small, (byte) => String.fromCharCode(byte)).join(""));
}"""


def for_the_readme(browser: Browser, demo: Demo) -> None:
    """The live page on a phone, the desk and the screen, each alone and all three together."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    seen = {}
    for name, who, size in (
        ("screen", "screen", "projector"),
        ("moderate", "moderator", "desktop"),
        ("live", "attendee", "phone"),
    ):
        context = look(browser, "en", size, "light", {"projector": 0.7, "desktop": 1, "phone": 2}[size])
        let_in(context, person(demo, who)["link"])
        page = context.new_page()
        page.goto(at(demo, f"/m/{{slug}}/{name}"))
        settle(page)
        seen[name] = keep(page, name)
        context.close()
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    page.set_content(OVERVIEW.format(**seen))
    page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
    keep(page, "overview")
    page.close()


def keep(page: Page, name: str) -> str:
    """Take and store a picture as WebP, a third of the same PNG; as an address that a page can show."""
    taken = base64.b64encode(page.screenshot()).decode()
    picture: str = page.evaluate(AS_WEBP, taken)
    data = base64.b64decode(picture)
    if len(data) > MOST:
        raise click.ClickException(f"{name} has {len(data)} bytes, more than {MOST}")
    (PICTURES / f"{name}.webp").write_bytes(data)
    return f"data:image/png;base64,{taken}"


if __name__ == "__main__":
    main()

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

from tests.servers import CHROMIUM_FLAGS, ROOT, Demo, eventually, find_chromium, free_port, product_environment
from tests.slides.pdfs import pdf

SIZES = {"phone": (390, 844), "desktop": (1280, 800), "projector": (1920, 1080)}
EVERYWHERE, HALL = ("phone", "desktop"), ("projector",)
PICTURES = ROOT / "docs" / "pictures"
# The address that the screen shows; the pictures are taken at the demo's own.
ENVIRONMENT = {
    "HYBRIDMOTE_RATE_LIMITS": "off",
    "HYBRIDMOTE_BASE_URL": "http://meet.example.org",
    "HYBRIDMOTE_TRUSTED_HOSTS": '["127.0.0.1"]',
}
MOST = 120_000  # bytes of a committed picture

OWN = {
    "sv": ("Vem vattnar den första sommaren, när entreprenören har gått hem?", "Vad säger din chef om det här?"),
    "en": ("Who waters them the first summer, when the contractor has gone?", "What does your boss say about this?"),
}
WHY = {"sv": "Den rör en enskild person. Skriv gärna om den.", "en": "It is about one person. You may rephrase it."}
NOTICE = {
    "sv": "Ljudet på webben är tillbaka om två minuter.",
    "en": "Sound on the web is back in two minutes.",
}
SLIDES = {
    "sv": ("Skugga där barnen är", "Tre träd räcker inte", "Fråga oss gärna"),
    "en": ("Shade where the children are", "Three trees are not enough", "Ask us anything"),
}
POLL = {
    "sv": ("Har ni skugga på era skolgårdar?", "Ja", "På några", "Nej"),
    "en": ("Is there shade in your school yards?", "Yes", "In some", "No"),
}
HALF = {"sv": "Finns kartan att låna för den som", "en": "Could the map be borrowed by those who"}


@dataclass(frozen=True)
class Shot:
    """`who`: whose link is used, None when nobody is let in; `first`: what is done before the picture is taken."""

    name: str
    who: str | None
    path: str
    sizes: tuple[str, ...] = EVERYWHERE
    first: Callable[[Page, str], None] | None = None


def write(page: Page, language: str) -> None:
    page.locator("#ask-text").fill(HALF[language])
    page.locator("#ask-text").focus()


def refuse(page: Page, language: str) -> None:
    page.locator("#review summary").first.click()
    page.locator("#review .reject__acts .btn--main").first.click()


def give_more(page: Page, language: str) -> None:
    page.locator(".run a.btn").first.click()
    page.locator(".step .acts .btn--main").wait_for()


def mistake(page: Page, language: str) -> None:
    page.locator("#email").fill("moderator@example.org")
    page.locator("#password").fill("not this one")
    page.locator("main form button").click()
    page.locator(".wrong").wait_for()


def yesterday(page: Page, language: str) -> None:
    page.locator("#programme .choice a").first.click()


def code(page: Page, language: str) -> None:
    page.locator("#code").wait_for()


def unfold(page: Page, language: str) -> None:
    page.locator("details.answered summary").click()


SHOTS = (
    Shot("meetings", None, "/"),
    Shot("meeting", None, "/m/{slug}"),
    Shot("meeting-attendee", "attendee", "/m/{slug}"),
    Shot("meeting-staff", "moderator", "/m/{slug}"),
    Shot("link", None, "/j/{token}"),
    Shot("link-unknown", None, "/j/no-such-link"),
    Shot("sign-in", None, "/sign-in"),
    Shot("sign-in-wrong", None, "/sign-in", first=mistake),
    Shot("live", "attendee", "/m/{slug}/live"),
    Shot("live-answered", "attendee", "/m/{slug}/live", first=unfold),
    Shot("live-programme", "attendee", "/m/{slug}/live#programme", ("phone",)),
    Shot("live-writing", "attendee", "/m/{slug}/live", first=write),
    Shot("moderate", "moderator", "/m/{slug}/moderate"),
    Shot("moderate-more", "moderator", "/m/{slug}/moderate", first=give_more),
    Shot("moderate-rejecting", "moderator", "/m/{slug}/moderate", first=refuse),
    Shot("live-other-day", "attendee", "/m/{slug}/live#programme", ("phone",), first=yesterday),
    Shot("screen", "screen", "/m/{slug}/screen", HALL),
    Shot("screen-code", None, "/screen", (*EVERYWHERE, *HALL), first=code),
    Shot("speaker", "speaker", "/m/{slug}/speaker"),
    Shot("lectern", "lectern", "/m/{slug}/speaker", ("desktop",)),
    Shot("not-known", None, "/m/{slug}/live"),
    Shot("not-allowed", "attendee", "/m/{slug}/moderate", ("phone",)),
    Shot("not-found", None, "/m/no-such-meeting", ("phone",)),
    Shot("accessibility", None, "/accessibility"),
    Shot("privacy", None, "/privacy", ("phone",)),
    Shot("api-docs", None, "/api/docs", ("desktop",)),
    Shot("protocol", None, "/api/v1/protocol", ("desktop",)),
)
# With slides, and then with a poll on top of them.
WITH_SLIDES = (
    Shot("live-slides", "attendee", "/m/{slug}/live"),
    Shot("moderate-slides", "moderator", "/m/{slug}/moderate#slides"),
    Shot("speaker-slides", "speaker", "/m/{slug}/speaker"),
    Shot("screen-slides", "screen", "/m/{slug}/screen", HALL),
)
WITH_A_POLL = (
    Shot("live-poll", "attendee", "/m/{slug}/live"),
    Shot("moderate-poll", "moderator", "/m/{slug}/moderate#polls"),
    Shot("screen-poll", "screen", "/m/{slug}/screen", HALL),
)
# The same pages once the next item, a break, is on; and when the day is over.
IN_THE_BREAK = (
    Shot("live-break", "attendee", "/m/{slug}/live"),
    Shot("moderate-break", "moderator", "/m/{slug}/moderate"),
    Shot("screen-break", "screen", "/m/{slug}/screen", HALL),
    Shot("speaker-over", "speaker", "/m/{slug}/speaker", ("phone",)),
    Shot("lectern-break", "lectern", "/m/{slug}/speaker", ("desktop",)),
)
# The same again, with a word from the moderators to everyone in the hall.
TOLD = (
    Shot("live-told", "attendee", "/m/{slug}/live"),
    Shot("screen-told", "screen", "/m/{slug}/screen", HALL),
    Shot("lectern-told", "lectern", "/m/{slug}/speaker", EVERYWHERE),
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
                    product_environment(Path(data), **ENVIRONMENT),
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
        refuse_one(self.demo, self.language)
        self.take(SHOTS, f"{self.language}, during a talk")
        show_slides(self.demo, self.language)
        self.take(WITH_SLIDES, f"{self.language}, with slides")
        open_a_poll(self.demo, self.language)
        self.take(WITH_A_POLL, f"{self.language}, with a poll")
        say(self.demo, "moderator", "programme.next", expected_version=version(self.demo))
        self.take(IN_THE_BREAK, f"{self.language}, in the break")
        say(self.demo, "moderator", "notice.send", text=NOTICE[self.language], to="all")
        self.take(TOLD, f"{self.language}, with a notice")
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
            page = self.context(shot, size, colours).new_page()
            page.goto(at(self.demo, shot.path), wait_until="load")
            settle(page)
            if shot.first:
                shot.first(page, self.language)
            # What sticks to the window would stand in the middle of a longer picture.
            page.screenshot(path=self.out / f"{name}.png", full_page=not page.locator("#app").count())
            page.close()

    def context(self, shot: Shot, size: str, colours: str) -> BrowserContext:
        """Who does something first gets a browser of their own: what they wrote is kept in it."""
        key = (shot.name if shot.first else shot.who, size, colours)
        if key not in self.contexts:
            self.contexts[key] = look(self.browser, self.language, size, colours)
            if shot.who:
                let_in(self.contexts[key], self.demo, person(self.demo, shot.who))
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
    """Something is on stage; whoever is photographed has asked one question, and supports two."""
    topics = state(demo)["topics"]
    (meeting,) = topics["meeting"].values()
    line = [q for q in topics["questions"].values() if q["state"] == "approved"]
    line.sort(key=lambda q: q["support"], reverse=True)
    short = [q for q in line if q["item"] in meeting["now_on"].values() and len(q["text"]) < 120]
    say(demo, "moderator", "question.take", id=short[0]["id"])
    for q in short[1:3]:
        say(demo, "attendee", "question.upvote", id=q["id"], on=True)
    say(demo, "attendee", "question.ask", text=OWN[language][0])


def refuse_one(demo: Demo, language: str) -> None:
    refused = say(demo, "attendee", "question.ask", text=OWN[language][1])["id"]
    say(demo, "moderator", "question.reject", id=refused, reason=WHY[language])


def on_now(demo: Demo) -> str:
    (meeting,) = state(demo)["topics"]["meeting"].values()
    return next(item for item in meeting["now_on"].values() if item)


def show_slides(demo: Demo, language: str) -> None:
    """The second page of three is shown, and no question is on stage."""
    bring_slides(demo, on_now(demo), pdf(*SLIDES[language]))

    def ready() -> str | None:
        return next((d["id"] for d in state(demo)["topics"]["slides"].values() if d["state"] == "ready"), None)

    say(demo, "moderator", "slides.turn", deck=eventually(ready, 60), page=2)
    for q in state(demo)["topics"]["questions"].values():
        if q["state"] == "on_stage":
            say(demo, "moderator", "question.answer", id=q["id"])


def bring_slides(demo: Demo, item: str, content: bytes) -> None:
    form = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="slides.pdf"\r\n\r\n'
        + content
        + b"\r\n--x--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Accept": "application/json"}
    headers["Authorization"] = f"Bearer {person(demo, 'moderator')['token']}"
    address = f"{demo.base_url}/m/{demo.people['meeting']}/slides/{item}"
    with urllib.request.urlopen(urllib.request.Request(address, form, headers), timeout=60) as answer:
        assert answer.status == 200


def open_a_poll(demo: Demo, language: str) -> None:
    """Everybody whose link we have has answered."""
    prompt, *options = POLL[language]
    body = {"item": on_now(demo), "kind": "choice", "prompt": prompt, "options": options}
    poll = say(demo, "moderator", "poll.add", **body)["id"]
    say(demo, "moderator", "poll.open", id=poll)
    for number, who in enumerate(("attendee", "moderator", "speaker", "organiser")):
        say(demo, who, "poll.answer", id=poll, answers=[number % 2])


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
    """The last of a list: the first who takes part has asked before, and been refused."""
    found = demo.people[role]
    return found[-1] if isinstance(found, list) else found


def at(demo: Demo, path: str) -> str:
    told = demo.people
    return demo.base_url + path.format(slug=told["meeting"], token=person(demo, "attendee")["token"])


def let_in(context: BrowserContext, demo: Demo, who: dict[str, str]) -> None:
    """What opening a personal link and pressing its one button does."""
    link = f"{demo.base_url}/j/{who['token']}"
    token = re.search(r'name="csrf_token" value="([^"]+)"', context.request.get(link).text())
    assert token, f"{link} has no form"
    context.request.post(link, form={"csrf_token": token[1]})


# The README's pictures

OVERVIEW = """<!doctype html><meta charset="utf-8"><style>
  body {{ box-sizing: border-box; margin: 0; width: 1310px; height: 1011px; padding: 36px; background: #e9eeeb;
    display: grid; grid-template: 428px 475px / 760px 442px; gap: 36px; }}
  img {{ box-sizing: border-box; display: block; width: 100%; height: 100%; outline: 1px solid #65766e; }}
  .live {{ grid-area: 1 / 2 / 3 / 3; border: 8px solid #0f261f; border-radius: 24px; object-fit: cover;
    object-position: top; outline: 0; }}
</style>
<img class="screen" alt="" src="{screen}"><img class="live" alt="" src="{live}"><img alt="" src="{moderate}">"""

AS_WEBP = """async ([picture, most]) => {
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  let blob;
  for (let quality = 0.9; !blob || (blob.size > most && quality > 0.5); quality -= 0.05)
    blob = await canvas.convertToBlob({ type: "image/webp", quality });
  const small = new Uint8Array(await blob.arrayBuffer());
  return btoa(Array.from(small, (byte) => String.fromCharCode(byte)).join(""));
}"""


def for_the_readme(browser: Browser, demo: Demo) -> None:
    """The live page on a phone, the desk and the screen, each alone and all three together."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    others = [look(browser, "en", "phone", "light") for _ in demo.people["attendee"]]
    for context, one in zip(others, demo.people["attendee"], strict=True):  # so that somebody is there
        let_in(context, demo, one)
        context.new_page().goto(at(demo, "/m/{slug}/live"))
    seen = {}
    for name, who, size, scale in (
        ("screen", "screen", "projector", 0.7),
        ("live", "attendee", "phone", 1.5),
        ("moderate", "moderator", "desktop", 1),
    ):
        context = look(browser, "en", size, "light", scale)
        let_in(context, demo, person(demo, who))
        page = context.new_page()
        page.goto(at(demo, f"/m/{{slug}}/{name}"))
        settle(page)
        if name == "moderate":
            page.locator(".head .line").get_by_text(re.compile(r"[2-9] in the hall, [2-9] on the web")).wait_for()
        seen[name] = keep(page, name)
        context.close()
    page = browser.new_page(viewport={"width": 1310, "height": 1011})
    page.set_content(OVERVIEW.format(**seen))
    page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
    keep(page, "overview")
    for context in (page.context, *others):
        context.close()


def keep(page: Page, name: str) -> str:
    """Take and store a picture as WebP, a third of the same PNG; as an address that a page can show."""
    taken = base64.b64encode(page.screenshot()).decode()
    picture: str = page.evaluate(AS_WEBP, [taken, MOST])
    data = base64.b64decode(picture)
    if len(data) > MOST:
        raise click.ClickException(f"{name} has {len(data)} bytes, more than {MOST}")
    (PICTURES / f"{name}.webp").write_bytes(data)
    return f"data:image/png;base64,{taken}"


if __name__ == "__main__":
    main()

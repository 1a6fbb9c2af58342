"""`make screenshots`: a picture of every page, in every size, light and dark, Swedish and English.

Starts a demo in each language, takes the pictures (build/screenshots/<page>-<size>-<light|dark>-<sv|en>.png) and ends it.
With --docs it makes the pictures in docs/pictures instead, which the README and the guides show.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from rich.progress import track

from tests.servers import CHROMIUM_FLAGS, ROOT, Demo, eventually, find_chromium, free_port, product_environment
from tests.slides.pdfs import pdf
from tools.guide import GUIDES, PICTURES
from tools.visit import ENVIRONMENT, at, bring_slides, let_in, look, on_now, person, say, settle, state, version

EVERYWHERE, HALL = ("phone", "desktop"), ("projector",)

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
    page.locator("#review [data-act=reject]").first.click()
    page.locator("#review .fields__acts .btn--main").first.click()


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


def edit(page: Page, language: str) -> None:
    page.locator(".plan__open").nth(9).click()
    page.locator("form.edit").wait_for()


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
    Shot("set-up", "organiser", "/m/{slug}/desk/programme"),
    Shot("set-up-editing", "organiser", "/m/{slug}/desk/programme", first=edit),
    Shot("now", None, "/m/{slug}/now", ("phone",)),
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
@click.option("--only", default="", help="Only the pictures (with --docs: the guides) with this in their name.")
@click.option("--docs", is_flag=True, help="Make docs/pictures anew instead.")
def main(out: Path, only: str, docs: bool) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        for language in ("en",) if docs else ("sv", "en"):
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
                    prepare(demo, language)
                    if docs:
                        for name, take in GUIDES.items():
                            if only in name:
                                take(browser, demo)
                    else:
                        out.mkdir(parents=True, exist_ok=True)
                        Photographer(browser, demo, language, out, only).take_all()
                finally:
                    demo.terminate()
                    demo.close()
    folder = PICTURES if docs else out
    click.echo(f"{len([*folder.glob('*.png'), *folder.glob('*.webp')])} pictures in {folder}")


class Photographer:
    def __init__(self, browser: Browser, demo: Demo, language: str, out: Path, only: str) -> None:
        self.browser, self.demo, self.language, self.out, self.only = browser, demo, language, out, only
        self.contexts: dict[tuple[str | None, str, str], BrowserContext] = {}

    def take_all(self) -> None:
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


def show_slides(demo: Demo, language: str) -> None:
    """The second page of three is shown, and no question is on stage."""
    bring_slides(demo, on_now(demo), pdf(*SLIDES[language]))

    def ready() -> str | None:
        return next((d["id"] for d in state(demo)["topics"]["slides"].values() if d["state"] == "ready"), None)

    say(demo, "moderator", "slides.turn", deck=eventually(ready, 60), page=2)
    for q in state(demo)["topics"]["questions"].values():
        if q["state"] == "on_stage":
            say(demo, "moderator", "question.answer", id=q["id"])


def open_a_poll(demo: Demo, language: str) -> None:
    """Everybody whose link we have has answered."""
    prompt, *options = POLL[language]
    body = {"item": on_now(demo), "kind": "choice", "prompt": prompt, "options": options}
    poll = say(demo, "moderator", "poll.add", **body)["id"]
    say(demo, "moderator", "poll.open", id=poll)
    for number, who in enumerate(("attendee", "moderator", "speaker", "organiser")):
        say(demo, who, "poll.answer", id=poll, answers=[number % 2])


if __name__ == "__main__":
    main()

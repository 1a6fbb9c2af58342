"""The pictures in docs/pictures: those of the README and of docs/{attendees,moderators,organisers}.md."""

import base64
import datetime as dt
import re
from typing import Any

import click
from playwright.sync_api import Browser, FloatRect, Locator, Page

from tests.servers import ROOT, Demo
from tools.visit import at, let_in, look, on_now, person, say, settle, state

PICTURES = ROOT / "docs" / "pictures"
MOST = 120_000  # bytes of a committed picture
MINE = (
    "What does your boss say about this?",
    "And who pays for the care of them later?",
    "Is there a list of the yards?",
)
PADDING = 12
HALF = "Could the map be borrowed by those who"

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
        page = visit(browser, demo, who, f"/m/{{slug}}/{name}", size, scale)
        if name == "moderate":
            page.locator(".head .line").get_by_text(re.compile(r"[2-9] in the hall, [2-9] on the web")).wait_for()
        seen[name] = keep(page, name)
        page.context.close()
    page = browser.new_page(viewport={"width": 1310, "height": 1011})
    page.set_content(OVERVIEW.format(**seen))
    page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
    keep(page, "overview")
    for context in (page.context, *others):
        context.close()


def for_the_moderators(browser: Browser, demo: Demo) -> None:
    """A screen is let in, a talk runs over, more time is looked at, a press that was forgotten is corrected, coffee."""
    waiting = visit(browser, demo, None, "/screen", "projector", 0.5)
    code = waiting.locator("#code [aria-hidden]")
    code.wait_for()
    keep(waiting, "guide-code")
    desk = visit(browser, demo, "moderator", "/m/{slug}/moderate", "desktop")
    desk.locator("#pair-code").fill(code.inner_text())
    desk.locator("#pair-name").fill("Aula, left")
    keep(desk.locator("#screens"), "guide-pair")
    waiting.context.close()

    desk.locator(".run a.btn").first.click()
    desk.locator(".step .acts .btn--main").wait_for()
    keep(desk.locator("#step"), "guide-more-time")

    run_late(demo)
    phone = visit(browser, demo, "moderator", "/m/{slug}/moderate", "phone", 1.5)
    phone.locator(".still__way").last.get_by_text("…").wait_for(state="hidden")
    keep(phone, "guide-still-on")
    phone.context.close()

    desk.reload()
    settle(desk)
    desk.locator(".run").get_by_role("button", name="Next item").click()
    desk.locator(".strip__title", has_text="Coffee").wait_for()
    desk.locator(".run .more summary").click()
    desk.get_by_role("link", name="Correct a time").click()
    desk.locator(".happened").wait_for()
    keep(desk.locator("#step"), "guide-correct")
    desk.context.close()
    hall = visit(browser, demo, "screen", "/m/{slug}/screen", "projector", 0.5)
    keep(hall, "guide-coffee")
    hall.context.close()


def for_the_attendees(browser: Browser, demo: Demo) -> None:
    """The way in, what is asked already, what became of one's own, asking for help, and no contact."""
    way_in = visit(browser, demo, None, "/j/{token}", "phone", 1.5)
    keep(way_in.locator("main"), "attendee-link")
    way_in.context.close()

    asked = ask_of_all_kinds(demo)
    page = visit(browser, demo, "attendee", "/m/{slug}/live", "phone", 1.5)
    page.set_viewport_size({"width": 390, "height": 1600})  # so that nothing lies over it
    keep(page.locator(".mine"), "attendee-own", PADDING)
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#ask-text").fill(asked)
    page.locator(".ask__alike .vote").first.wait_for()
    keep(page.locator("#ask"), "attendee-alike")
    page.locator("#ask-text").fill("")
    page.locator("#help > summary").click()
    page.locator("#help label").first.click()
    keep(page.locator("#help"), "attendee-help", PADDING)
    page.get_by_role("button", name="Ask for help").click()
    said = page.locator(".note--help")
    said.wait_for()
    call = next(c for c in state(demo)["topics"]["help"].values() if not c["reply"])
    keep_calls(browser, demo)
    say(demo, "moderator", "help.reply", id=call["id"], text="It is the microphone. It will soon work again.")
    said.get_by_role("button", name="Close").click()
    page.context.set_offline(True)
    page.locator("#offline-why").wait_for(timeout=60_000)
    page.locator("#ask-text").fill(HALF)
    page.evaluate("scrollTo(0, 0)")
    keep(page, "attendee-offline")
    page.context.close()


def keep_calls(browser: Browser, demo: Demo) -> None:
    desk = visit(browser, demo, "moderator", "/m/{slug}/moderate", "desktop")
    keep(desk.locator("#help"), "guide-help")
    desk.context.close()


def ask_of_all_kinds(demo: Demo) -> str:
    """One of each end for whoever is photographed, beside the one that waits; a text like what is asked already."""
    one, other = [q for q in line_of(demo) if len(q["text"]) < 80][:2]
    ids = [say(demo, "attendee", "question.ask", text=text)["id"] for text in MINE]
    rejected, merged, replied = ids
    say(demo, "moderator", "question.reject", id=rejected, reason="It is about one person. You may rephrase it.")
    say(demo, "moderator", "question.merge", id=merged, into=one["id"])
    say(demo, "moderator", "question.approve", id=replied)
    say(demo, "moderator", "question.reply", id=replied, text="Yes: the list is on the town's own page, with a map.")
    return str(other["text"].rstrip("?")) + ", by the way?"


def for_the_desk(browser: Browser, demo: Demo) -> None:
    """Merging, what is up next, and how questions are taken."""
    one, other, third = line_of(demo)[-3:]
    for q in (one, other, third):
        say(demo, "moderator", "question.queue", id=q["id"])
    say(demo, "attendee", "question.ask", text=str(third["text"].rstrip("?")) + ", by the way?")
    desk = visit(browser, demo, "moderator", "/m/{slug}/moderate", "desktop")
    desk.set_viewport_size({"width": 1280, "height": 1600})
    row = desk.locator("#review .case", has=desk.locator(".case__said")).last
    row.locator("[data-act=merge]").click()
    row.locator(".targets__one input").first.check()
    keep(row, "guide-merge")
    row.get_by_role("button", name="Cancel").click()
    keep(desk.locator("#next"), "guide-up-next", PADDING)
    desk.locator("#taking > summary").click()
    desk.locator("#asking-slow").wait_for()
    desk.locator("#mute-name").fill(str(third["author"]["organisation"])[:5] if third["author"] else "an")
    desk.locator("#mute-people li").first.wait_for()
    keep(desk.locator("#taking"), "guide-taking", PADDING)
    desk.context.close()


def line_of(demo: Demo) -> list[dict[str, Any]]:
    """What stands in line of the item that is on, by support."""
    item = on_now(demo)
    line = [q for q in state(demo)["topics"]["questions"].values() if q["state"] == "approved" and q["item"] == item]
    return sorted(line, key=lambda q: -q["support"])


def for_the_organisers(browser: Browser, demo: Demo) -> None:
    """What is written, what is paid, who is coming, who is ready, and the door."""
    desk = visit(browser, demo, "organiser", "/m/{slug}/desk/", "desktop")
    keep(desk, "organise-invitation")
    for name, path in (
        ("fees", "fees"),
        ("letters", "mail"),
        ("people", "people"),
        ("ready", "ready"),
        ("invoices", "invoices"),
    ):
        desk.goto(at(demo, f"/m/{{slug}}/desk/{path}"))
        settle(desk)
        keep(desk, f"organise-{name}")
    desk.context.close()
    door = visit(browser, demo, "organiser", "/m/{slug}/desk/arrivals", "phone", 1.5)
    keep(door, "organise-door")
    door.context.close()


def run_late(demo: Demo) -> None:
    """The organiser's plan says that what is on ended two minutes ago."""
    item = state(demo)["topics"]["programme"][on_now(demo)]
    ended = dt.datetime.now(dt.UTC).replace(second=0, microsecond=0) - dt.timedelta(minutes=2)
    body = {"item": item["id"], "expected_version": item["version"], "planned_end": ended.isoformat(), "minimum": None}
    say(demo, "organiser", "programme.edit", **body)


def visit(browser: Browser, demo: Demo, who: str | None, path: str, size: str, scale: float = 1) -> Page:
    context = look(browser, "en", size, "light", scale)
    if who:
        let_in(context, demo, person(demo, who))
    page = context.new_page()
    page.goto(at(demo, path))
    settle(page)
    return page


def keep(seen: Page | Locator, name: str, padding: int = 0) -> str:
    """Take and store a picture as WebP, a third of the same PNG; as an address that a page can show. `padding`: on
    both sides of a part of the page."""
    page = seen if isinstance(seen, Page) else seen.page
    clip = None if isinstance(seen, Page) or not padding else around(seen, padding)
    taken = base64.b64encode(page.screenshot(clip=clip) if clip else seen.screenshot()).decode()
    picture: str = page.evaluate(AS_WEBP, [taken, MOST])
    data = base64.b64decode(picture)
    if len(data) > MOST:
        raise click.ClickException(f"{name} has {len(data)} bytes, more than {MOST}")
    (PICTURES / f"{name}.webp").write_bytes(data)
    return f"data:image/png;base64,{taken}"


def around(part: Locator, padding: int) -> FloatRect:
    """With something on both sides; what stands above and below is cut off."""
    part.scroll_into_view_if_needed()
    box, size = part.bounding_box(), part.page.viewport_size
    assert box and size
    left, right = max(box["x"] - padding, 0), min(box["x"] + box["width"] + padding, size["width"])
    return {**box, "x": left, "width": right - left}


# What `make screenshots ARGS="--docs --only organisers"` chooses among; in this order, since each leaves its marks.
GUIDES = {
    "readme": for_the_readme,
    "attendees": for_the_attendees,
    "desk": for_the_desk,
    "moderators": for_the_moderators,
    "organisers": for_the_organisers,
}

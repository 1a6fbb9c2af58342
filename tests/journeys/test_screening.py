"""Several moderators at one queue: they collide on purpose, one wins, the other sees what happened and keeps the text."""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.proxy import Proxy
from tests.servers import Demo

pytestmark = pytest.mark.slow
FIRST = "Vem äger dammen när entreprenören har gått hem?"
ALIKE = "Vem äger dammen när entreprenörerna har gått hem för dagen?"
REASON = "Den rör ett enskilt ärende. Skriv gärna om den."


def ask(page: Page, text: str) -> None:
    page.locator("#ask-text").fill(text)
    page.locator("#ask-text").press("Control+Enter")
    expect(page.locator("#ask-text")).to_have_value("")


def at(page: Page, text: str, part: str = "#review") -> Locator:
    return page.locator(f"{part} .case").filter(has=page.locator(".case__text", has_text=text))


def stored(demo: Demo, query: str, *values: Any) -> Any:
    with sqlite3.connect(demo.data / "hybridmote.db") as connection:
        return connection.execute(query, values).fetchone()[0]


def test_two_moderators_collide_and_nothing_is_lost(
    demo: Demo, enter: Callable[..., Page], proxy: Callable[..., Proxy]
) -> None:
    """The first has a laptop and a phone; the second sits behind a proxy that refuses WebSocket."""
    asker = enter(demo.people["attendee"][0], **PHONE)
    one, two = demo.people["moderator"]
    laptop = enter(one, "moderate", locale="en-GB", **LAPTOP)
    phone = enter(one, "moderate", locale="en-GB", **PHONE)
    narrow = proxy("refuses upgrades")
    other = enter(two, "moderate", through=narrow, locale="en-GB", **LAPTOP)
    for page in (laptop, phone, other):
        expect(page.locator(".head .line")).to_contain_text("on the web", timeout=20_000)
    ask(asker, FIRST)

    # Who opens a form is at work on it: the others see who, and their own other screen that it is them.
    at(laptop, FIRST).get_by_role("button", name="Reject…").click()
    laptop.keyboard.type(REASON)
    expect(at(other, FIRST)).to_contain_text(f"{one['name'].split(',')[0]} is at it", timeout=10_000)
    expect(at(other, FIRST).get_by_role("button", name="Approve")).to_have_count(0)
    expect(at(phone, FIRST)).to_contain_text("You have it open on another screen")

    # Taken over, and decided: whoever was writing sees by whom, and has the text still, after a reload too.
    at(other, FIRST).get_by_role("button", name="Take it over").click()
    expect(at(laptop, FIRST)).to_contain_text(f"{two['name'].split(',')[0]} is at it")
    expect(at(laptop, FIRST).locator("textarea")).to_have_value(REASON)
    at(other, FIRST).get_by_role("button", name="Approve").click()
    expect(at(laptop, FIRST)).to_contain_text("has already approved it")
    laptop.reload()
    expect(at(laptop, FIRST).locator("textarea")).to_have_value(REASON)
    at(laptop, FIRST).get_by_role("button", name="Leave it as it is").click()
    expect(at(laptop, FIRST)).to_have_count(0)
    assert stored(demo, "SELECT state FROM question WHERE text = ?", FIRST) == "approved"
    assert narrow.upgrades > 0 and narrow.polls > 0

    # Both press at once, on the same picture: it is done once.
    ask(asker, ALIKE)
    for page in (phone, other):
        expect(at(page, ALIKE)).to_be_visible(timeout=10_000)
    buttons = [at(page, ALIKE).get_by_role("button", name="Approve").element_handle() for page in (phone, other)]
    for button in buttons:  # the second may be gone by then: the news of the first is quick
        button.dispatch_event("click")
    for page in (laptop, phone, other):
        expect(at(page, ALIKE, "#line")).to_be_visible(timeout=10_000)
    id = stored(demo, "SELECT id FROM question WHERE text = ?", ALIKE)
    assert stored(demo, "SELECT count(*) FROM audit WHERE what = 'question.approve' AND object_id = ?", id) == 1


def test_merged_parted_and_put_in_order_for_the_speaker(demo: Demo, enter: Callable[..., Page]) -> None:
    asker = enter(demo.people["attendee"][0], **PHONE)
    neighbour = enter(demo.people["attendee"][2], **PHONE)
    desk = enter(demo.people["moderator"][0], "moderate", locale="en-GB", **LAPTOP)
    other = enter(demo.people["moderator"][1], "moderate", locale="en-GB", **PHONE)
    speaker = enter(demo.people["speaker"], "speaker", locale="en-GB", **LAPTOP)
    ask(asker, FIRST)
    at(desk, FIRST).get_by_role("button", name="Approve").click()
    expect(at(desk, FIRST, "#line")).to_be_visible()
    ask(neighbour, ALIKE)

    # What is most alike is offered; both are seen before they are one.
    expect(at(desk, ALIKE)).to_contain_text("Like “")
    at(desk, ALIKE).get_by_role("button", name="Merge…").click()
    desk.keyboard.press("Space")
    expect(at(desk, ALIKE).locator(".targets__both")).to_contain_text(FIRST)
    desk.keyboard.press("Control+Enter")
    expect(at(desk, ALIKE)).to_have_count(0)
    expect(at(other, FIRST, "#line")).to_contain_text("1 merged into it")
    at(other, FIRST, "#line").locator(".case__more summary").click()
    at(other, FIRST, "#line").get_by_role("button", name="Part it again").click()
    expect(at(desk, ALIKE)).to_be_visible()
    assert stored(demo, "SELECT state FROM question WHERE text = ?", ALIKE) == "pending"

    # The order chosen at the desk is the speaker's, whatever the support.
    at(desk, ALIKE).get_by_role("button", name="Approve").click()
    expect(at(desk, ALIKE, "#line")).to_be_visible()
    for text in (FIRST, ALIKE):
        at(desk, text, "#line").get_by_role("button", name="Up next").click()
        expect(at(desk, text, "#next")).to_be_visible()
    asked = speaker.locator(".talk__text")
    expect(asked.nth(0)).to_have_text(FIRST)
    expect(asked.nth(1)).to_have_text(ALIKE)
    at(other, ALIKE, "#next").get_by_role("button", name="Move up").click()
    expect(asked.nth(0)).to_have_text(ALIKE)
    expect(desk.locator("#next .case").first).to_contain_text(ALIKE)
    at(desk, ALIKE, "#next").focus()
    desk.keyboard.press("t")
    expect(at(desk, ALIKE, "#stage")).to_be_visible()
    expect(speaker.locator(".talk__question")).to_have_text(ALIKE)

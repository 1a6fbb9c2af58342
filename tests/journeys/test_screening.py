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

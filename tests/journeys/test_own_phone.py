"""From the laptop to one's own phone by the QR, in two real browsers: one person, one hand, and each can be ended."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import segno
from playwright.sync_api import Page, expect

from tests.journeys.conftest import LAPTOP, PHONE
from tests.servers import Demo

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def read(page: Page) -> str:
    """The address in the code, as a camera would read it: what the title says, drawn anew, has the very same dots."""
    code = page.locator("#qr svg")
    expect(code).to_be_visible()
    address = code.locator("title").text_content() or ""
    drawn = segno.make(address, error="m").svg_inline(border=4, svgclass="qr", lineclass="qr__dots", omitsize=True)
    (dots,) = re.findall(r' d="([^"]+)"', drawn)
    assert code.locator("path").get_attribute("d") == dots
    return address


def test_from_the_laptop_to_the_phone(demo: Demo, enter: Callable[..., Page], new_page: Callable[..., Page]) -> None:
    me: dict[str, Any] = demo.people["attendee"][0]
    laptop = enter(me, "live", **LAPTOP)
    laptop.locator('.live__more a[href$="/phone"]').click()
    laptop.locator("#again button").click()
    address = read(laptop)

    phone = new_page(**PHONE)
    phone.goto(address)
    phone.locator("main form button").click()
    phone.wait_for_url("**/live")
    expect(laptop.locator("#qr")).to_have_count(0, timeout=10_000)  # it says so there, and the code is gone

    # once: whoever finds the address later comes nowhere
    late = new_page(**PHONE)
    assert late.goto(address).status == 404  # type: ignore[union-attr]

    # one person, one hand: what the phone supports, the laptop supports
    laptop.goto(f"{demo.base_url}/m/{demo.people['meeting']}/live")
    vote = "#questions button[aria-pressed=false]:not([aria-disabled=true])"
    row = phone.locator(vote).first
    expect(row).to_be_visible(timeout=20_000)
    question = row.evaluate("one => one.closest('[id]').id")
    row.click()
    expect(laptop.locator(f"#{question} button[aria-pressed=true]")).to_be_visible(timeout=10_000)

    # and the laptop ends the phone
    laptop.goto(f"{demo.base_url}/m/{demo.people['meeting']}/phone")
    devices = laptop.locator(".ways__devices li")
    expect(devices).to_have_count(2)
    theirs = devices.last
    theirs.locator("summary").click()
    theirs.locator("button").click()
    expect(laptop.locator(".ways__devices li")).to_have_count(1)
    expect(phone.locator("#ended")).to_be_visible(timeout=2_000)
    assert phone.goto(f"{demo.base_url}/m/{demo.people['meeting']}/live").status == 401  # type: ignore[union-attr]

"""Coming in by the screen, one's own phone, trying the line, and who is ready: every state, by eye, keys and narrow."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from hybridmote.meetings.store import Meeting
from hybridmote.participants.store import Participant
from tests.accessibility.axe import check
from tests.accessibility.house import House, Look
from tests.accessibility.test_keyboard import all_is_well, walk
from tests.accessibility.test_reflow import CUT, SPACED, WEAR

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def rules(house: House, **values: Any) -> None:
    house.say(house.organiser, "registration.rules", **values)


def stranger(house: House, look: Look, path: str = "join") -> Page:
    return house.show(house.reader(look, name="new"), path)


@pytest.mark.parametrize("walk_ins", ["none", "read", "ask", "vote"])
def test_three_ways_in(house: House, look: Look, walk_ins: str) -> None:
    house.stand("late")
    rules(house, walk_ins=walk_ins)
    page = stranger(house, look)
    check(page, "#email", "#h-laptop", "#h-walk" if walk_ins == "none" else "#walk-code")


def test_a_code_asked_for_and_typed_wrong(house: House, look: Look) -> None:
    page = stranger(house, look)
    page.locator("#email").fill("nobody@example.org")
    page.locator("#email").press("Enter")
    expect(page.locator("#code")).to_be_focused()
    check(page, "#code")
    page.locator("#code").fill("000000")
    page.locator("#code").press("Enter")
    check(page, "#way-enter-wrong")
    expect(page.locator("#code")).to_have_attribute("aria-invalid", "true")


def test_a_wrong_code_from_the_screen_and_the_right_one(house: House, look: Look) -> None:
    house.stand("late")
    rules(house, walk_ins="ask")
    page = stranger(house, look)
    page.locator("#walk-code").fill("XXXXX")
    page.locator("#name").fill("Kim Exempel")
    page.locator("#name").press("Enter")
    check(page, "#way-walk_in-wrong")
    expect(page.locator("#name")).to_have_value("Kim Exempel")
    with house.rows() as session:
        code = session.scalars(select(Meeting.join_code)).first()
    page.locator("#walk-code").fill(str(code))
    page.locator("#walk-code").press("Enter")
    page.wait_for_url("**/live")
    page.context.clear_cookies()


def test_ones_own_phone(house: House, look: Look) -> None:
    page = house.show(house.reader(look, house.person(), "own"), "phone")
    check(page, "#again", ".ways__devices li")
    page.locator("#again button").click()
    check(page, "#qr svg", "#left")
    address = page.locator("#qr title").text_content() or ""
    page.locator(".ways__end summary").first.click()
    check(page, ".ways__end[open] button")
    phone = house.reader(look, name="phone")
    phone.goto(address)
    check(phone, "main form button")
    phone.goto(address + "x")
    check(phone, ".page__lead")


def test_trying_the_line(house: House, look: Look) -> None:
    with house.rows() as session:
        at_home = next(id for id in house.quiet if session.get_one(Participant, id).attendance == "web")
    page = house.show(house.reader(look, house.way_in(at_home), "home"), "check")
    check(page, "#start", "#it")
    page.locator("#start").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=up]")).to_have_attribute("data-level", "works", timeout=30_000)
    expect(page.locator("#kept")).not_to_be_empty()
    expect(page.locator("#start")).to_be_focused()
    check(page, "#overall", "#kept")
    page.locator("#tone").click()
    check(page, "#heard-no")
    page.locator("#heard-no").click()
    expect(page.locator("[data-part=sound]")).to_have_attribute("data-level", "not")
    check(page, "#overall")
    ready = house.show(house.reader(look, house.organiser), "desk/ready")
    check(ready, ".ready__one--trouble", ".ready__one--unused", ".ready__all")


@pytest.mark.parametrize("path", ["join", "phone", "check", "desk/ready"])
def test_by_keys_and_at_320(house: House, look: Look, path: str) -> None:
    house.stand("late")
    rules(house, walk_ins="ask")
    who = {"phone": house.person(), "desk/ready": house.organiser}.get(path)
    page = house.show(house.reader(look, who, "narrow"), path)
    if path != "desk/ready":  # as long as the list of people: its rows are alike
        all_is_well(page, walk(page))
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 800})
    for css in ("", SPACED):
        page.evaluate(WEAR, css)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert page.evaluate(CUT) == []
    assert size
    page.set_viewport_size(size)

"""What of the programme stands elsewhere, or comes from there: a picture in every state, and the small page to embed."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.accessibility.axe import check
from tests.accessibility.days import Day
from tests.accessibility.house import House, Look, words
from tests.journeys.elsewhere import Elsewhere

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CAPTIONS = ("video-caption",)


@pytest.fixture
def elsewhere(house: House) -> Iterator[Elsewhere]:
    there = Elsewhere()
    yield there
    choose(house, "")
    there.close()


def choose(house: House, address: str) -> None:
    with house.rows() as session:
        version = house.meeting(session).version
    house.say(house.organiser, "meeting.stream", stream=address, expected_version=version)


def shown(house: House, look: Look, name: str = "picture") -> Page:
    return house.show(house.reader(look, house.person(3), name), "live")


def press(page: Page, look: Look, english: str) -> None:
    page.locator(".picture").get_by_role("button", name=words(look.language, english)).click()


def test_a_picture_before_it_is_asked_for_and_while_it_plays(house: House, look: Look, elsewhere: Elsewhere) -> None:
    house.stand("on")
    choose(house, elsewhere.playlist)
    page = shown(house, look)
    check(page, ".picture .btn", page.get_by_text(words(look.language, "Open it at {service} (new tab)")))
    press(page, look, "Show the picture")
    page.wait_for_function("() => document.querySelector('.picture video')?.videoWidth > 0")
    check(
        page, ".picture video[aria-label]", page.get_by_text(words(look.language, "Hide the picture")), theirs=CAPTIONS
    )


def test_a_picture_in_a_frame_that_moves_away(house: House, look: Look, elsewhere: Elsewhere) -> None:
    house.stand("on")
    choose(house, elsewhere.video)
    page = shown(house, look)
    press(page, look, "Show the picture")
    expect(page.frame_locator(".picture iframe").get_by_role("heading")).to_be_visible()
    check(page, ".picture iframe[title]", theirs=("frame-tested",))
    choose(house, "https://teams.example.org/l/x")
    check(page, page.get_by_text(words(look.language, "Reload the page")))
    check(shown(house, look), page.get_by_text(words(look.language, "Open the picture (new tab)")))


def test_a_picture_that_does_not_come(house: House, look: Look, elsewhere: Elsewhere) -> None:
    house.stand("on")
    elsewhere.open = False
    choose(house, elsewhere.playlist)
    page = shown(house, look)
    press(page, look, "Show the picture")
    expect(page.locator(".picture__wrong")).to_be_visible(timeout=40_000)
    sentence = words(look.language, "{service} does not answer, or has no picture now.")
    check(page, page.locator(".picture [role=status]", has_text=sentence), ".picture__foot button", theirs=CAPTIONS)


@pytest.mark.parametrize("day", ["before", "on", "late", "break", "over time", "after"])
def test_what_is_on_now_for_another_page(house: House, look: Look, day: Day) -> None:
    house.stand(day)
    page = house.reader(look, None, "widget")
    house.show(page, f"/m/{house.slug}/now?lang={look.language}")
    check(page, ".now__title a", ".now__row")
    assert page.context.cookies() == []
    page.set_viewport_size({"width": 240, "height": 400})
    assert page.evaluate("document.documentElement.scrollWidth") <= 240
    page.set_viewport_size({"width": look.width, "height": look.height})


def test_the_small_page_stays_fresh_by_itself(house: House, look: Look) -> None:
    house.stand("on")
    page = house.reader(look, None, "fresh")
    page.clock.install()
    house.show(page, f"/m/{house.slug}/now")
    title = page.locator(".now__row--on .now__what").inner_text()
    house.stand("break")
    page.clock.run_for(31_000)
    expect(page.locator(".now__row--on .now__what")).not_to_have_text(re.compile(f"^{re.escape(title)}$"))

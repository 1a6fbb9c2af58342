"""Somebody else's picture, in a real browser and with a real server of somebody else's beside ours."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.accessibility.house import taken_over
from tests.journeys.elsewhere import Elsewhere
from tests.servers import Demo

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

PLAYS = (
    "() => { const v = document.querySelector('.picture video'); return v && v.videoWidth > 0 && v.currentTime > 1 }"
)
Enter = Callable[..., Page]


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    there = Elsewhere()
    yield there
    there.close()


def api(demo: Demo, path: str, body: Any = None) -> Any:
    request = urllib.request.Request(
        f"{demo.base_url}/api/v1/m/{demo.people['meeting']}/{path}",
        json.dumps({"op": str(uuid4()), **body}).encode() if body is not None else None,
        {"Authorization": f"Bearer {demo.people['organiser']['token']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def choose(demo: Demo, address: str) -> None:
    (meeting,) = api(demo, "state")["topics"]["meeting"].values()
    api(demo, "commands/meeting.stream", {"stream": address, "expected_version": meeting["version"]})


def ready(page: Page) -> Page:
    taken_over(page)
    return page


def others(page: Page, ours: str) -> list[str]:
    """Every request from here on to anybody but us, as the browser itself counts them."""
    asked: list[str] = []
    page.context.on(
        "request", lambda r: asked.append(r.url) if not r.url.startswith((ours, "blob:", "data:")) else None
    )
    return asked


def test_a_playlist_plays_and_nobody_is_asked_before(demo: Demo, enter: Enter, elsewhere: Elsewhere) -> None:
    choose(demo, elsewhere.playlist)
    page = enter(demo.people["attendee"][0], locale="sv-SE")
    asked = others(page, demo.base_url)
    page.reload()
    ready(page)
    button = page.get_by_role("button", name="Visa bilden")
    expect(button).to_be_visible()
    expect(page.locator(".picture")).to_contain_text(f"Den kommer från 127.0.0.1:{elsewhere.port}.")
    page.wait_for_load_state("networkidle")
    assert asked == [] and elsewhere.asked == []

    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(PLAYS)
    assert all(url.startswith(elsewhere.origin) for url in asked) and asked[0] == elsewhere.playlist
    before = page.evaluate("document.querySelector('.picture video').currentTime")
    page.wait_for_function(f"() => document.querySelector('.picture video').currentTime > {before} + 0.5")
    expect(page.locator("#h-picture")).to_be_focused()
    page.keyboard.press("Tab")
    video = page.locator(".picture video")
    expect(video).to_be_focused()
    assert re.search(rf", från 127.0.0.1:{elsewhere.port}$", video.get_attribute("aria-label") or "")

    page.get_by_role("button", name="Göm bilden").click()
    expect(page.locator(".picture video")).to_have_count(0)
    expect(button).to_be_visible()
    seen = len(elsewhere.asked)
    page.wait_for_timeout(1500)
    assert len(elsewhere.asked) == seen, "hidden, it asks for nothing"


def test_a_picture_that_moves_reaches_open_pages(demo: Demo, enter: Enter, elsewhere: Elsewhere) -> None:
    page = ready(enter(demo.people["attendee"][0], locale="en-GB"))
    expect(page.locator(".picture")).to_have_count(0)
    choose(demo, elsewhere.video)
    again = page.get_by_role("button", name="Reload the page")
    expect(again).to_be_visible()
    expect(page.get_by_role("link", name="Open it there instead")).to_have_attribute("href", elsewhere.video)
    page.locator("#ask-text").fill("A thought that is kept")
    with page.expect_navigation():
        again.click()
    ready(page).get_by_role("button", name="Show the picture").click()
    frame = page.locator(".picture iframe")
    expect(frame.content_frame.get_by_role("heading", name="A player of theirs")).to_be_visible()
    expect(frame).to_have_attribute("title", re.compile(f", from 127.0.0.1:{elsewhere.port}$"))
    expect(page.locator("#ask-text")).to_have_value("A thought that is kept")
    assert elsewhere.asked[0].startswith("/videos/embed/")
    assert elsewhere.referrers == {demo.base_url + "/"}, "players want to know from which site, and learn no more"
    choose(demo, "https://teams.example.org/l/meetup")
    expect(page.locator(".picture iframe")).to_have_count(0)
    expect(page.get_by_role("button", name="Reload the page")).to_be_visible()
    page.get_by_role("button", name="Reload the page").click()
    link = page.get_by_role("link", name="Open the picture (new tab)")
    expect(link).to_have_attribute("href", "https://teams.example.org/l/meetup")
    expect(link).to_have_attribute("target", "_blank")
    choose(demo, "")
    expect(page.locator(".picture")).to_have_count(0)


def test_it_says_when_it_fails_and_comes_back_by_itself(demo: Demo, enter: Enter, elsewhere: Elsewhere) -> None:
    elsewhere.open = False
    choose(demo, elsewhere.playlist)
    page = ready(enter(demo.people["attendee"][0], locale="en-GB"))
    page.get_by_role("button", name="Show the picture").click()
    wrong = page.get_by_role("status").get_by_text("does not answer, or has no picture now")
    expect(wrong).to_be_visible(timeout=30_000)
    expect(page.get_by_role("link", name="Open it at 127.0.0.1")).to_have_attribute("href", elsewhere.playlist)
    elsewhere.open = True
    page.wait_for_function(PLAYS, timeout=30_000)
    expect(wrong).to_have_count(0)

    elsewhere.open = False
    page.reload()
    ready(page).get_by_role("button", name="Show the picture").click()
    expect(wrong).to_be_visible(timeout=30_000)
    elsewhere.open = True
    page.get_by_role("button", name="Try again").click()
    page.wait_for_function(PLAYS, timeout=8_000)


def test_parts_from_a_third_place_are_blocked_and_it_is_said(demo: Demo, enter: Enter, elsewhere: Elsewhere) -> None:
    choose(demo, elsewhere.far_parts)
    page = ready(enter(demo.people["attendee"][0], locale="en-GB", allow_errors=True))
    page.get_by_role("button", name="Show the picture").click()
    expect(page.get_by_text("The browser did not let this page show it.")).to_be_visible(timeout=30_000)
    assert not [path for path in elsewhere.asked if path.endswith(".ts")]


def test_without_scripts_there_is_the_way_there(demo: Demo, enter: Enter, elsewhere: Elsewhere) -> None:
    choose(demo, elsewhere.playlist)
    page = enter(demo.people["attendee"][0], java_script_enabled=False, locale="en-GB")
    expect(page.get_by_role("link", name=f"Open it at 127.0.0.1:{elsewhere.port} (new tab)")).to_be_visible()
    expect(page.get_by_role("button", name="Show the picture")).to_be_hidden()
    assert elsewhere.asked == []

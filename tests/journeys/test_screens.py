"""A screen and a lectern that nobody stands beside: let in by their code, through restarts, until staff end them."""

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import LAPTOP, PROJECTOR
from tests.journeys.proxy import Proxy
from tests.servers import Demo, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
NOTICE = "Ljudet är tillbaka om två minuter."


def say(demo: Demo, command: str, **payload: Any) -> Any:
    """A command of the moderator's; its result. A server that is busy is asked again, as every client does."""
    request = urllib.request.Request(
        f"{demo.base_url}/api/v1/m/{demo.people['meeting']}/commands/{command}",
        json.dumps({"op": str(uuid4()), **payload}).encode(),
        {"Authorization": f"Bearer {demo.people['moderator'][0]['token']}", "Content-Type": "application/json"},
    )

    def ask() -> Any:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            if refused.code != 503:
                raise
            return None

    return eventually(ask, 20, f"an answer to {command}", pause=0.5)["result"]


def state(demo: Demo) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{demo.base_url}/api/v1/m/{demo.people['meeting']}/state",
        headers={"Authorization": f"Bearer {demo.people['moderator'][0]['token']}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        topics: dict[str, Any] = json.load(answer)["topics"]
        return topics


def code_of(page: Page, base: str) -> str:
    """Nobody presses anything: the page asks for its code by itself."""
    page.goto(f"{base}/screen")
    code = page.locator("#code [aria-hidden]")
    expect(code).to_have_text(re.compile(r"^[2-9A-Z]{5}$"))
    page.wait_for_load_state()  # its script is there too, whatever becomes of the line
    return code.inner_text()


def test_a_screen_is_let_in_by_its_code_lives_through_restarts_and_is_ended(
    demo: Demo, new_page: Callable[..., Page]
) -> None:
    hall = new_page(**PROJECTOR)
    code = code_of(hall, demo.base_url)
    screen = say(demo, "screen.pair", code=f"{code[:2]} {code[2:]}".lower(), name="Stora salen")["screen"]
    hall.wait_for_url("**/m/**/screen", timeout=8_000)
    title = hall.locator(".bar__title")
    first = title.inner_text()
    assert [one["name"] for one in state(demo)["screens"].values() if one["id"] == screen] == ["Stora salen"]

    say(demo, "notice.send", text=NOTICE, to="hall")
    expect(hall.locator(".told__text")).to_have_text(NOTICE)

    demo.kill()
    expect(hall.locator(".below__lost")).to_be_visible(timeout=30_000)
    demo.start()
    demo.wait_ready()
    expect(hall.locator(".below__lost")).to_have_count(0, timeout=60_000)
    (meeting,) = state(demo)["meeting"].values()
    say(demo, "programme.next", expected_version=meeting["version"])
    expect(title).not_to_have_text(first, timeout=10_000)

    browser_restarted = hall.context.new_page()
    browser_restarted.goto(f"{demo.base_url}/screen")
    browser_restarted.wait_for_url("**/m/**/screen")
    browser_restarted.close()

    say(demo, "screen.unpair", screen=screen)
    expect(hall.locator(".ended")).to_be_visible(timeout=2_500)  # promised within 2 s
    hall.wait_for_url("**/screen", timeout=10_000)
    expect(hall.locator("#code [aria-hidden]")).not_to_have_text(code, timeout=10_000)


def test_a_lectern_follows_the_programme_without_a_hand(demo: Demo, new_page: Callable[..., Page]) -> None:
    lectern = new_page(**LAPTOP)
    code = code_of(lectern, demo.base_url)
    say(demo, "screen.pair", code=code, use="lectern")
    lectern.wait_for_url("**/m/**/speaker", timeout=8_000)
    expect(lectern.locator(".talk__n")).to_be_visible()
    text = lectern.locator(".talk__text").first.inner_text()
    question = next(q["id"] for q in state(demo)["questions"].values() if q["text"] == text)
    say(demo, "question.take", id=question)
    expect(lectern.locator(".talk__question")).to_have_text(text)
    say(demo, "notice.send", text="Närmare mikrofonen, tack.", to="speaker")
    expect(lectern.locator(".note--told b")).to_have_text("Närmare mikrofonen, tack.")
    title = lectern.locator("h1").inner_text()
    (meeting,) = state(demo)["meeting"].values()
    say(demo, "programme.next", expected_version=meeting["version"])
    expect(lectern.locator("h1")).not_to_have_text(title)
    expect(lectern.locator(".talk__question")).to_have_count(0)


def test_a_screen_that_waits_without_contact_finds_its_way_when_it_is_back(
    demo: Demo, new_page: Callable[..., Page], proxy: Callable[..., Proxy]
) -> None:
    tunnel = proxy()
    hall = new_page(**PROJECTOR)
    code = code_of(hall, tunnel.url)
    tunnel.cut()
    expect(hall.locator("#lost")).to_be_visible(timeout=21_000)  # it looks each 2 s and waits 5 s for an answer
    say(demo, "screen.pair", code=code)
    time.sleep(1)
    tunnel.mend()
    hall.wait_for_url("**/m/**/screen", timeout=40_000)
    expect(hall.locator(".bar__title")).to_be_visible()


def test_without_javascript_a_screen_is_let_in_too(demo: Demo, new_page: Callable[..., Page]) -> None:
    hall = new_page(java_script_enabled=False, **PROJECTOR)
    hall.goto(f"{demo.base_url}/screen")
    hall.locator("#show button").click()
    say(demo, "screen.pair", code=hall.locator("#code [aria-hidden]").inner_text())
    hall.wait_for_url("**/m/**/screen", timeout=15_000)
    expect(hall.locator(".bar__title")).to_be_visible()

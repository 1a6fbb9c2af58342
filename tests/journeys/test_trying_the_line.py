"""Does it work at my place? In a real browser with camera and microphone, behind proxies that stop one thing or another."""

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import LAPTOP
from tests.journeys.proxy import Manner, Proxy
from tests.servers import CHROMIUM_FLAGS, Demo, eventually, find_chromium

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
PROMISED = 20  # seconds


@pytest.fixture(scope="module")
def browser(browser: Browser) -> Iterator[Browser]:
    """One with a camera that shows a clock and a microphone that beeps."""
    other = browser.browser_type.launch(executable_path=find_chromium(), args=[*CHROMIUM_FLAGS, *DEVICES])
    yield other
    other.close()


def level(page: Page, part: str, is_: str) -> None:
    expect(page.locator(f"[data-part={part}]")).to_have_attribute("data-level", is_)


# how the way there is, what is said of it, and the verdict on all
LINES: dict[Manner, tuple[str, str, str]] = {
    "open": ("works", "WebSocket", "Det fungerar här."),
    "refuses upgrades": ("less", "Den långsamma fungerar", "Du kan vara med härifrån"),
    "swallows frames": ("less", "Den långsamma fungerar", "Du kan vara med härifrån"),
    "refuses sockets": ("less", "Bara vanliga anrop", "Du kan vara med härifrån"),
}


def test_what_it_says_of_a_line_is_so(demo: Demo, proxy: Callable[[Manner], Proxy], enter: Callable[..., Page]) -> None:
    for manner, (way, said, overall) in LINES.items():
        tried(demo, proxy(manner), enter, way, said, overall)


def tried(demo: Demo, through: Proxy, enter: Callable[..., Page], way: str, said: str, overall: str) -> None:
    page = enter(demo.people["attendee"][0], "check", through=through, **LAPTOP)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    began = time.monotonic()
    page.locator("#start").click()
    expect(page.locator("#kept")).not_to_be_empty(timeout=PROMISED * 1000)
    page.locator("#tone").click()
    page.locator("#heard-yes").click()
    page.locator("#see").click()
    level(page, "camera", "works")
    page.locator("#hear").click()
    level(page, "microphone", "works")
    took = time.monotonic() - began
    assert took < PROMISED, f"{took:.0f} s"
    eventually(lambda: page.locator("#video").evaluate("v => v.videoWidth > 0 && v.currentTime > 0"), 10, "a picture")
    eventually(lambda: page.locator("#meter").evaluate("m => m.value > 0"), 10, "something heard")
    level(page, "transport", way)
    for part in ("rtt", "down", "up", "sound"):
        level(page, part, "works")
    expect(page.locator("[data-part=transport] .tried__said")).to_contain_text(said)
    expect(page.locator("#overall")).to_contain_text(overall)

    # the text for the IT department holds what was found, and can be taken along
    page.locator("#copy").click()
    expect(page.locator("#copied")).not_to_be_empty()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#it").text_content() and said in copied and "wss://" in copied

    # the meeting can be followed as it says, and the organiser sees who has trouble
    page.goto(f"{through.url}/m/{demo.people['meeting']}/live")
    expect(page.locator(".head .line:not(.line--waiting):not(.line--lost)")).to_be_visible(timeout=60_000)
    ready = enter(demo.people["organiser"], "desk/ready", **LAPTOP)
    name, organisation = demo.people["attendee"][0]["name"].split(", ")
    mine = ready.locator(".ready__one").filter(has_text=name).filter(has_text=organisation)
    expect(mine).to_contain_text("Klar" if way == "works" else "vägen till mötet")
    for done in (page, ready):
        done.context.close()

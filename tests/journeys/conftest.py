"""One demo meeting a test, and people who come in by their links."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.proxy import Manner, Proxy
from tests.servers import Demo

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
LAPTOP = {"viewport": {"width": 1280, "height": 800}}
PROJECTOR = {"viewport": {"width": 1920, "height": 1080}}


@pytest.fixture
def demo(start_demo: Callable[..., Demo]) -> Demo:
    return start_demo()


@pytest.fixture
def proxy(demo: Demo) -> Iterator[Callable[[Manner], Proxy]]:
    """`proxy("refuses upgrades")`: a way to the demo that does that."""
    made: list[Proxy] = []

    def make(manner: Manner = "open") -> Proxy:
        made.append(Proxy(demo.port, manner))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def enter(new_page: Callable[..., Page], demo: Demo) -> Callable[..., Page]:
    """`enter(person, page="live", through=None, **options)`: open the link, press the button, go to the page."""

    def come_in(person: dict[str, Any], page: str = "live", through: Proxy | None = None, **options: Any) -> Page:
        base = through.url if through else demo.people["base_url"]
        shown = new_page(**options)
        shown.goto(f"{base}/j/{person['token']}")
        shown.locator("main form button").click()
        shown.wait_for_url("**/m/**")
        shown.goto(f"{base}/m/{demo.people['meeting']}/{page}")
        return shown

    return come_in

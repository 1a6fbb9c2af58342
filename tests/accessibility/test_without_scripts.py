"""The same meeting where no script runs: it reads the same, and what a script would do is not promised."""

import pytest
from playwright.sync_api import Page, expect

from tests.accessibility.house import House, Look

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def read(page: Page, *selectors: str) -> dict[str, list[str]]:
    """The words there, with what is only said left in, and spaces as one."""
    return {
        selector: page.locator(selector).evaluate_all(
            "all => all.filter((one) => one.checkVisibility()).map((one) => one.textContent.replace(/\\s+/g, ' ').trim())"
        )
        for selector in selectors
    }


LIVE = (
    ".strip__title",
    ".strip__by",
    ".spine__h",
    ".question__text",
    ".question__by",
    ".state b",
    ".ask .label",
    ".ask__how, .ask__why",
    ".mine h2",
    ".questions__head .choice a",
    ".reword > summary",
)
DESK = (".strip__title", ".effect p", ".case__text", ".case__by", ".desk h2", "#programme .spine__h", ".run button")
SCREEN = (".bar__title", ".bar__by", ".hall__text", ".hall__who", ".below__what", ".join__code")


@pytest.mark.parametrize("day", ["late", "part", "break", "before", "after"])
def test_it_reads_the_same(house: House, look: Look, day: str) -> None:
    house.stand(day)  # type: ignore[arg-type]
    me = house.person()
    if day in ("late", "part"):
        house.ask(me, "Vem vattnar träden?")
        house.ask(me, "Får vi se kartan?", "rejected", "Den visas snart.")
        house.ask(house.person(1), "Vem äger dammen?", "on_stage")
    for who, path, selectors in (
        (me, "live", LIVE),
        (house.moderator, "moderate", DESK),
        (house.screen, "screen", SCREEN),
    ):
        with_scripts = read(house.show(house.reader(look, who), path), *selectors)
        page = house.reader(look, who, "plain", java_script_enabled=False)
        plain = read(house.show(page, path, live=False), *selectors)
        assert any(plain.values())
        assert plain == with_scripts, f"{path} on {day}"
        if path != "screen":
            expect(page.locator(".notes .note")).to_be_visible()  # how fresh it is, and how to get it anew
        assert page.locator(".needs-script").evaluate_all("all => all.filter((one) => one.checkVisibility())") == []

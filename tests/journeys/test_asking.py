"""What can go wrong for somebody who asks: they do not hear, or a part of the page does not come. (The whole story of a
question: test_questions.py.)"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.proxy import Proxy
from tests.servers import Demo, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
FIRST = "Hur många träd klarade den torra sommaren hos er?"
BETTER = "Hur många av träden klarade den torra sommaren hos er?"


def row(page: Page, text: str) -> Locator:
    return page.locator("article.question, li.question").filter(has_text=text).first


def test_who_cannot_hear_is_answered_in_writing_and_nobody_else_reads_it(
    demo: Demo, enter: Callable[..., Page], proxy: Callable[..., Proxy]
) -> None:
    tunnel = proxy()
    phone = enter(demo.people["attendee"][0], through=tunnel, **PHONE)
    neighbour = enter(demo.people["attendee"][2], **PHONE)
    desk = enter(demo.people["moderator"][0], "moderate", locale="en-GB", **LAPTOP)
    expect(phone.locator(".line")).to_contain_text("Ansluten")
    phone.locator("#help > summary").click()
    expect(phone.locator("#help-sent")).to_contain_text("ms")
    phone.get_by_role("radio", name="Jag hör ingenting.").check()
    tunnel.cut()
    expect(phone.locator("body")).to_contain_text("Ingen kontakt", timeout=30_000)
    phone.locator(".help__form button").click()
    expect(phone.locator(".note--help, .note", has_text="Ber om hjälp")).to_be_visible()
    tunnel.mend()
    call = desk.locator("#help .case").filter(has_text="Jag hör ingenting.")
    expect(call).to_be_visible(timeout=30_000)
    call.locator("textarea").fill("Ljudet är tillbaka om två minuter.")
    call.get_by_role("button", name="Answer", exact=True).click()
    expect(phone.locator(".note--help")).to_contain_text("Ljudet är tillbaka om två minuter.")
    neighbour.reload()
    expect(neighbour.locator(".line")).to_contain_text("Ansluten")
    assert "Ljudet är tillbaka" not in neighbour.content()


def test_a_script_that_does_not_come_is_asked_for_again(demo: Demo, enter: Callable[..., Page]) -> None:
    """What is fetched only when it is needed may fail to come: the page stands there all the same."""
    phone = enter(demo.people["attendee"][0], **PHONE)
    expect(phone.locator(".line")).to_contain_text("Ansluten")
    tries: list[str] = []

    def fail(route: Route) -> None:
        tries.append(route.request.url)
        if len(tries) < 3:
            route.abort()
        else:
            route.continue_()

    phone.route("**/questions/own.js*", fail)
    phone.locator("#ask-text").fill(FIRST)
    phone.locator("#ask-text").press("Control+Enter")
    expect(row(phone, FIRST)).to_contain_text("Väntar på moderator")
    phone.reload()
    expect(phone.locator(".line")).to_contain_text("Ansluten")
    expect(row(phone, FIRST)).to_contain_text("Väntar på moderator")  # as the server drew it
    eventually(lambda: phone.wait_for_timeout(100) or len(tries) >= 3, 20)
    assert len(set(tries)) == len(tries), "an address that failed is not asked for again"
    row(phone, FIRST).get_by_text("Ändra ordalydelsen").click()
    row(phone, FIRST).locator("textarea").fill(BETTER)
    row(phone, FIRST).locator("form button[type=submit]").first.click()
    expect(row(phone, BETTER)).to_contain_text("Väntar på moderator")

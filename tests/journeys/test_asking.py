"""Somebody asks with a phone, somebody with a page that runs no script, and a line is cut in between."""

import json
import re
import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.proxy import Proxy
from tests.servers import Demo, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
FIRST = "Hur många träd klarade den torra sommaren hos er?"
SAME = "Hur många träd klarade den torra sommaren?"
BETTER = "Hur många av träden klarade den torra sommaren hos er?"


def count(demo: Demo, text: str) -> int:
    with sqlite3.connect(demo.data / "hybridmote.db") as connection:
        return int(connection.execute("SELECT count(*) FROM question WHERE text = ?", (text,)).fetchone()[0])


def row(page: Page, text: str) -> Locator:
    return page.locator("article.question, li.question").filter(has_text=text).first


def id_of(demo: Demo, text: str) -> str:
    with sqlite3.connect(demo.data / "hybridmote.db") as connection:
        return str(connection.execute("SELECT id FROM question WHERE text = ?", (text,)).fetchone()[0])


def say(demo: Demo, command: str, text: str, **more: Any) -> None:
    """What the moderator does is another test's; here it only happens."""
    body = {"op": str(uuid4()), "id": id_of(demo, text), **more}
    request = Request(
        f"{demo.base_url}/api/v1/m/{demo.people['meeting']}/commands/{command}",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {demo.people['moderator'][0]['token']}", "Content-Type": "application/json"},
    )
    with urlopen(request, timeout=30) as answer:
        assert answer.status == 200


def test_two_phones_ask_the_same_and_both_are_told_what_becomes_of_it(
    demo: Demo, enter: Callable[..., Page], proxy: Callable[..., Proxy]
) -> None:
    tunnel = proxy()
    phone = enter(demo.people["attendee"][0], through=tunnel, **PHONE)
    plain = enter(demo.people["attendee"][2], java_script_enabled=False, **PHONE)
    expect(phone.locator(".line")).to_contain_text("Ansluten")

    # A question is asked, its wording changed while it waits, and it stands in line.
    phone.locator("#ask-text").fill(FIRST)
    phone.locator("#ask-text").press("Control+Enter")
    mine = row(phone, FIRST)
    expect(mine).to_contain_text("Väntar på moderator")
    mine.locator(".reword > summary").click()
    mine.locator("textarea").fill(BETTER)
    mine.locator("form button[type=submit]").first.click()
    expect(row(phone, BETTER)).to_contain_text("Väntar på moderator")
    assert (count(demo, FIRST), count(demo, BETTER)) == (0, 1)
    say(demo, "question.approve", text=BETTER)
    expect(phone.locator("ol.questions").get_by_text(BETTER)).to_be_visible()

    # The other page runs no script: it is shown that the same is asked, and asks anyway.
    plain.locator("#ask-text").fill(SAME)
    plain.locator(".ask__send").click()
    alike = plain.locator(".ask__alike li").filter(has_text=BETTER)
    expect(alike).to_be_visible()
    expect(plain.locator("#ask-text")).to_have_value(SAME)
    assert count(demo, SAME) == 0
    plain.locator(".ask__send").click()
    expect(row(plain, SAME)).to_contain_text("Väntar på moderator")

    # While the phone's line is cut the two are merged, and what they became is answered.
    tunnel.cut()
    expect(phone.locator("body")).to_contain_text("Ingen kontakt", timeout=30_000)
    into = id_of(demo, BETTER)
    say(demo, "question.merge", text=SAME, into=into)
    plain.reload()
    told = plain.locator(".mine article").filter(has_text=SAME)
    expect(told).to_contain_text("Ihopslagen med en liknande fråga")
    expect(told.get_by_role("link", name=BETTER)).to_have_attribute("href", f"#q-{into}")
    say(demo, "question.take", text=BETTER)
    say(demo, "question.answer", text=BETTER)
    tunnel.mend()
    receipt = phone.locator(".mine article").filter(has_text=BETTER)
    expect(receipt).to_contain_text("Besvarad", timeout=30_000)
    plain.reload()
    expect(plain.locator(".mine")).to_contain_text("Besvarad, tillsammans med en liknande")

    # What is closed stays closed.
    receipt.get_by_role("button", name=re.compile("^Stäng")).click()
    expect(receipt).to_have_count(0)
    phone.reload()
    expect(phone.locator(".line")).to_contain_text("Ansluten")
    expect(phone.locator(".mine article").filter(has_text=BETTER)).to_have_count(0)
    assert (count(demo, BETTER), count(demo, SAME)) == (1, 1)


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

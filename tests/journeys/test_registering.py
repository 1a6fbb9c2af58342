"""From the invitation to a place on two phones, one of them without scripts; then a place changes hands."""

import datetime as dt
import json
import re
import time
from collections.abc import Callable
from email import policy
from email.parser import BytesParser
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import PHONE
from tests.servers import Demo, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
MOST_DONE = 9  # what a finger does from the invitation to the place: presses, and fields that are filled in
# How long that takes somebody who does it for the first time, in seconds: to find and press what is next, and to write a
# sign with two thumbs on glass (36 words a minute, measured among 37,000 people by Palin and others, 2019).
PRESS, SIGN = 2.5, 0.33


@pytest.fixture
def open_meeting(demo: Demo) -> Demo:
    """The demo's day, to which one may still register."""
    later = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)).isoformat()
    say(demo, "registration.rules", deadline=later, switch_until=later, cancel_until=later)
    return demo


def say(demo: Demo, command: str, **body: Any) -> None:
    request = Request(
        f"{demo.base_url}/api/v1/m/{demo.people['meeting']}/commands/{command}",
        json.dumps({"op": str(uuid4()), **body}).encode(),
        {"Authorization": f"Bearer {demo.people['organiser']['token']}", "Content-Type": "application/json"},
    )
    with urlopen(request, timeout=30) as answer:
        assert answer.status == 200


def link_in_mail(demo: Demo, to: str, kind: str) -> str:
    """The newest address of a kind (`j`, `t`) in the letters to somebody, as the worker wrote them."""

    def found() -> str:
        links: list[tuple[float, str]] = []
        for file in (demo.data / "mail").rglob("*.eml"):
            letter = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
            if to in str(letter["To"]):
                body = letter.get_body(("plain",))
                text = str(body.get_content()) if body else ""
                links += [(file.stat().st_mtime, link) for link in re.findall(rf"http\S+/{kind}/[\w-]+", text)]
        return max(links)[1] if links else ""

    return eventually(found, 60, f"a letter with /{kind}/ to {to}")


class Hand:
    """Does what somebody does on a phone, and counts it."""

    def __init__(self, page: Page) -> None:
        self.page, self.done, self.seconds = page, 0, 0.0

    def press(self, what: Locator) -> None:
        self._waited(what.click, PRESS)

    def fill(self, what: Locator, text: str) -> None:
        self._waited(lambda: what.press_sequentially(text), PRESS + SIGN * len(text))

    def _waited(self, act: Callable[[], None], hand: float) -> None:
        """A hand takes its time, and the page its own on top."""
        began = time.monotonic()
        act()
        self.done, self.seconds = self.done + 1, self.seconds + hand + time.monotonic() - began


def fee(page: Page, place: str) -> Locator:
    return page.locator(f".choices__one:has([data-place={place}])").first


def test_two_phones_register_and_a_place_changes_hands(open_meeting: Demo, new_page: Callable[..., Page]) -> None:
    demo, slug = open_meeting, open_meeting.people["meeting"]
    invitation = f"{demo.base_url}/m/{slug}"

    # With a script: the organisation is found, its number fills itself in, and the sum is said.
    phone = new_page(**PHONE)
    phone.goto(invitation)
    hand = Hand(phone)
    hand.press(phone.locator("#door a[href$='/register']"))
    phone.wait_for_url("**/register")
    hand.press(fee(phone, "web"))
    hand.fill(phone.locator("#f-name"), "Kim Exempel")
    hand.fill(phone.locator("#f-email"), "kim@example.org")
    hand.fill(phone.locator("#f-organisation"), "öreb")
    hand.press(phone.get_by_role("option", name="Örebro kommun"))
    expect(phone.locator("#f-orgnr")).to_have_value("212000-1967")
    expect(phone.locator("[data-sum=gross]")).to_have_text("1 125 kr")
    hand.press(phone.locator("#f-agreed"))
    hand.press(phone.locator("#send"))
    expect(phone.locator("h1")).to_have_text("Du har en plats")
    assert hand.done <= MOST_DONE
    assert hand.seconds < 60, f"{hand.seconds:.0f} s"
    phone.goto(f"{invitation}/register")
    expect(phone).to_have_url(re.compile("/place$"))

    # Without one: a mistake loses nothing, and the place comes as well.
    plain = new_page(java_script_enabled=False, **PHONE)
    plain.goto(f"{invitation}/register")
    assert plain.locator(".needs-script").evaluate_all("all => all.filter((one) => one.checkVisibility())") == []
    other = Hand(plain)
    other.press(fee(plain, "hall"))
    other.fill(plain.locator("#f-name"), "Lo Exempel")
    other.fill(plain.locator("#f-email"), "lo@example.org")
    other.fill(plain.locator("#f-orgnr"), "212000-1976")
    other.press(plain.locator("#f-agreed"))
    other.press(plain.locator("#send"))
    expect(plain.locator("#faults a")).to_have_count(1)
    expect(plain.locator("#f-name")).to_have_value("Lo Exempel")
    plain.locator("#f-orgnr").fill("212000-1967")
    other.press(plain.locator("#send"))
    expect(plain.locator("h1")).to_have_text("Du har en plats")

    # The first follows the meeting, and hands its place over from another page.
    phone.goto(link_in_mail(demo, "kim@example.org", "j"))
    first_link = phone.url
    phone.locator("main form button").click()
    expect(phone.locator(".head .line:not(.line--waiting):not(.line--lost)")).to_be_visible()
    place = phone.context.new_page()
    place.goto(f"{invitation}/place")
    place.locator("#hand_over summary").click()
    place.locator("#hand_over-name").fill("Mio Exempel")
    place.locator("#hand_over-email").fill("mio@example.org")
    place.locator("#hand_over [type=submit]").click()
    expect(place.locator("#h-handing")).to_be_visible()

    # Somebody else opens the letter, and takes it: the first page ends, and its link says why.
    taker = new_page(java_script_enabled=False, **PHONE)
    taker.goto(link_in_mail(demo, "mio@example.org", "t"))
    expect(taker.locator("#f-name")).to_have_value("Mio Exempel")
    expect(taker.locator("main")).to_contain_text("Kim Exempel")
    taker.locator("#f-agreed").check()
    taker.locator("#send").click()
    expect(phone.locator("#ended")).to_be_visible(timeout=3_000)
    expect(taker.locator("h1")).to_have_text("Du har en plats")
    taker.goto(f"{invitation}/live")
    expect(taker.locator(".strip")).to_be_visible()
    place.reload()
    expect(place.locator("h1")).to_have_text("Den här platsen är överlämnad")
    place.goto(first_link)
    expect(place.locator("h1")).to_have_text("Den här platsen är överlämnad")
    expect(place.locator("main")).not_to_contain_text("Mio")


def test_what_is_typed_survives_a_reload_and_is_forgotten_with_the_place(
    open_meeting: Demo, new_page: Callable[..., Page]
) -> None:
    form = f"{open_meeting.base_url}/m/{open_meeting.people['meeting']}/register"
    page = new_page(**PHONE)
    page.goto(form)
    fee(page, "hall").click()
    page.locator("#f-name").fill("Kim Exempel")
    page.locator("#f-diet").fill("Inga nötter")
    page.locator("#f-agreed").check()
    page.reload()
    expect(page.locator("#f-name")).to_have_value("Kim Exempel")
    expect(page.locator("#f-diet")).to_have_value("Inga nötter")
    expect(page.locator("#f-agreed")).to_be_checked()
    expect(page.locator("[name=fee]:checked")).to_have_count(1)
    page.locator("#f-email").fill("kim@example.org")
    page.locator("#send").dblclick()
    expect(page.locator("h1")).to_have_text("Du har en plats")
    assert page.evaluate("JSON.stringify(sessionStorage)") == "{}"
    assert "nötter" not in page.evaluate("JSON.stringify(localStorage)")

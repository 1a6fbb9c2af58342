"""From the organiser's first press to two people in the meeting, with letters that a mail server took: one place changes
hands on the way, and the link that no longer opens anything says so."""

import datetime as dt
import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
import vobject
from playwright.sync_api import Page, expect

from tests.journeys.conftest import LAPTOP, PHONE
from tests.mail.server import Mailbox, mailbox, mailbox_of
from tests.servers import App, Process, eventually, free_port

__all__ = ["mailbox", "mailbox_of"]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
LIVE = ".head .line:not(.line--waiting):not(.line--lost)"


@pytest.fixture
def house(start_app: Callable[..., App], start_worker: Callable[..., Process], mailbox: Mailbox) -> App:
    """A serving process and a worker that writes to `mailbox`; nobody has made a meeting yet."""
    port = free_port()
    env = {
        "HYBRIDMOTE_BASE_URL": f"http://127.0.0.1:{port}",
        "HYBRIDMOTE_MAIL_BACKEND": "smtp",
        "HYBRIDMOTE_MAIL_HOST": "127.0.0.1",
        "HYBRIDMOTE_MAIL_PORT": str(mailbox.port),
        "HYBRIDMOTE_MAIL_SECURITY": "none",
        "HYBRIDMOTE_MAIL_FROM": "letters@meeting.example",
    }
    app = start_app(port=port, env=env)
    start_worker(app)
    return app


def made(app: App) -> str:
    """A meeting that begins in two hours, made on the command line; the organiser's token."""
    begins = dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)
    said = {
        "slug": "kusten",
        "title": "Kusten",
        "language": "sv",
        "zone": "UTC",
        "place": "Folkets hus",
        "organiser": "Arrangören",
        "organiser-email": "organiser@example.org",
        "starts": f"{begins:%Y-%m-%d %H:%M}",
        "ends": f"{begins + dt.timedelta(hours=6):%Y-%m-%d %H:%M}",
    }
    options = [part for name, value in said.items() for part in (f"--{name}", value)]
    command = [sys.executable, "-m", "hybridmote", "meeting", "create", "--data", str(app.data), *options]
    done = subprocess.run(command, env=app.env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return re.findall(r"/j/([\w-]+)", done.stdout)[0]


def say(app: App, token: str, command: str, **body: Any) -> Any:
    request = Request(
        f"{app.base_url}/api/v1/m/kusten/commands/{command}",
        json.dumps({"op": str(uuid4()), **body}).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())["result"]


def link(box: Mailbox, to: str, kind: str) -> str:
    """The newest address of a kind (`j`, `t`) that the mail server was given for somebody."""

    def found() -> str:
        links = [one for letter in box.to(to) for one in re.findall(rf"http\S+/{kind}/[\w-]+", letter.part("plain"))]
        return links[-1] if links else ""

    return eventually(found, 30, f"a letter with /{kind}/ to {to}")


def calendar(box: Mailbox, to: str) -> Any:
    """The day that came with a confirmation, as a calendar reads it."""
    (confirmed,) = (one.mail for one in box.to(to) if [*one.mail.iter_attachments()])
    (attached,) = confirmed.iter_attachments()
    assert attached.get_content_type() == "text/calendar" and attached.get_filename() == "kusten.ics"
    content = attached.get_content()
    text = content.decode() if isinstance(content, bytes) else str(content)
    assert "/j/" not in text, "calendars are shared"
    return vobject.readOne(text).vevent


def registered(page: Page, invitation: str, place: str, name: str, email: str) -> None:
    page.goto(invitation)
    page.locator("a[href$='/register']").first.click()
    page.locator(f".choices__one:has([data-place={place}])").first.click()
    page.locator("#f-name").fill(name)
    page.locator("#f-email").fill(email)
    page.locator("#f-agreed").check()
    page.locator("#send").click()
    expect(page.locator("h1")).to_have_text("Du har en plats")


def entered(page: Page, address: str) -> None:
    """The letter's link, and its one button."""
    page.goto(address)
    page.locator("main form button").first.click()
    page.wait_for_url("**/m/kusten/live")


def test_from_the_invitation_into_the_meeting(house: App, mailbox: Mailbox, new_page: Callable[..., Page]) -> None:
    token, invitation = made(house), f"{house.base_url}/m/kusten"
    later = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)).isoformat()
    say(house, token, "fee.add", name_sv="Dag", name_en="Day", price=90_000, place="hall")
    say(house, token, "fee.add", name_sv="Webb", name_en="Web", price=90_000, place="web")
    say(house, token, "registration.rules", deadline=later, switch_until=later, cancel_until=later)

    # Nobody sees it until the organiser says so.
    assert house.get("/m/kusten")[0] == 404
    organiser = new_page(**LAPTOP)
    organiser.goto(f"{house.base_url}/j/{token}")
    organiser.locator("main form button").first.click()
    organiser.wait_for_url("**/m/kusten/**")
    organiser.goto(f"{invitation}/desk/")
    organiser.locator(".invite__publish button").click()
    expect(organiser.locator("#h-publish")).to_have_text("Publicerad")

    # One to the hall, on a phone without a script; one over the web.
    phone = new_page(java_script_enabled=False, **PHONE)
    registered(phone, invitation, "hall", "Lo Exempel", "lo@example.org")
    laptop = new_page(**LAPTOP)
    registered(laptop, invitation, "web", "Kim Exempel", "kim@example.org")

    # The letters come, with the day for the calendar; their links are the way in.
    lo_link, kim_link = link(mailbox, "lo@example.org", "j"), link(mailbox, "kim@example.org", "j")
    assert calendar(mailbox, "lo@example.org").location.value == "Folkets hus"
    assert calendar(mailbox, "kim@example.org").location.value == invitation
    entered(phone, lo_link)
    entered(laptop, kim_link)
    expect(laptop.locator(LIVE)).to_be_visible()

    # Kim cannot come. Mio is asked by letter, says yes, and is in; Kim's page ends.
    place = laptop.context.new_page()
    place.goto(f"{invitation}/place")
    place.locator("#hand_over summary").click()
    place.locator("#hand_over-name").fill("Mio Exempel")
    place.locator("#hand_over-email").fill("mio@example.org")
    place.locator("#hand_over [type=submit]").click()
    expect(place.locator("#h-handing")).to_be_visible()
    mio = new_page(**LAPTOP)
    mio.goto(link(mailbox, "mio@example.org", "t"))
    expect(mio.locator("#f-name")).to_have_value("Mio Exempel")
    mio.locator("#f-agreed").check()
    mio.locator("#send").click()
    expect(laptop.locator("#ended")).to_be_visible(timeout=6_000)  # promised are 2 s
    expect(mio.locator("h1")).to_have_text("Du har en plats")

    # Mio's own letter opens it on another device; Lo is still there.
    entered(new_page(**PHONE), link(mailbox, "mio@example.org", "j"))
    entered(mio, link(mailbox, "mio@example.org", "j"))
    expect(mio.locator(LIVE)).to_be_visible()
    phone.goto(f"{invitation}/live")
    expect(phone.locator("main")).to_be_visible()
    assert phone.url.endswith("/m/kusten/live")

    # Kim is told; Kim's link says what has become of it, not to whom, and leads on.
    eventually(lambda: len(mailbox.to("kim@example.org")) == 2, 30, "the letter that it is handed over")
    for page in (place, new_page(java_script_enabled=False, **PHONE)):
        answer = page.goto(kim_link)
        assert answer is not None and answer.status == 410
        expect(page.locator("h1")).to_have_text("Den här platsen är överlämnad")
        expect(page.locator("main")).not_to_contain_text("Mio")
        expect(page.locator("main a.btn").first).to_be_visible()

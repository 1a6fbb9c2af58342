"""A conference of four days, four tracks and some 150 items: read from a file, and followed without slowness."""

import datetime as dt
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from hybridmote.db import utc_now
from hybridmote.meetings.store import Meeting
from hybridmote.participants.store import Participant, mint
from hybridmote.programme.store import Item
from tests.journeys.conftest import LAPTOP, PHONE, PROJECTOR
from tests.programme.large import DAYS, large
from tests.servers import App, product_environment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
FIRST_VIEW = 150_000  # bytes on the wire, fonts and images aside
WITHIN = 3_000  # ms: three times the second that is promised


def read_in(app: App, folder: Path) -> None:
    """The file, with its days moved so that the first is today, through the command line."""
    text = large("stora")
    today = dt.datetime.now(dt.UTC).date()
    for number, day in enumerate(DAYS):
        text = text.replace(day, str(today + dt.timedelta(days=number)))
    file = folder / "programme.yaml"
    file.write_text(text)
    environment = product_environment(app.data, HYBRIDMOTE_DATABASE_URL=app.database_url)
    command = [sys.executable, "-m", "hybridmote", "meeting", "import", str(file)]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)


def links(app: App) -> dict[str, str]:
    """A token for a participant, a moderator and a screen."""
    engine = create_engine(app.database_url)
    tokens = {}
    with Session(engine) as session, session.begin():
        meeting = session.scalars(select(Meeting).where(Meeting.slug == "stora")).one()
        for role in ("participant", "moderator", "screen"):
            attendance = "web" if role == "participant" else None
            person = Participant(
                id=f"i-{role}", meeting_id=meeting.id, name=role.title(), roles=role, attendance=attendance
            )
            session.add(person)
            session.flush()
            tokens[role] = mint(session, person, utc_now())
    engine.dispose()
    return tokens


def enter(new_page: Callable[..., Page], app: App, token: str, path: str, **options: Any) -> Page:
    page = new_page(locale="en-GB", **options)
    page.goto(f"{app.base_url}/j/{token}")
    page.locator("main form button").click()
    page.wait_for_url("**/m/**")
    page.goto(f"{app.base_url}/m/stora/{path}")
    return page


def first_view(page: Page, address: str, connected: str) -> float:
    """Bytes on the wire until somebody who has never been here follows the meeting."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    kinds: dict[str, str] = {}
    sizes: dict[str, float] = {}
    wire.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
    wire.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
    page.goto(address)
    expect(page.locator(".line")).to_contain_text(connected)
    wire.detach()
    return sum(size for id, size in sizes.items() if kinds.get(id) not in ("Font", "Image", "WebSocket"))


def test_four_days_and_four_tracks_reach_a_phone_and_everyone_follows(
    start_app: Callable[..., App], new_page: Callable[..., Page], tmp_path: Path
) -> None:
    app = start_app()
    read_in(app, tmp_path)
    tokens = links(app)
    engine = create_engine(app.database_url)
    with Session(engine) as session:
        count = len(session.scalars(select(Item.id)).all())
        talk = session.scalars(select(Item).where(Item.track == "Aulan").order_by(Item.planned_start)).first()
    engine.dispose()
    assert count > 140 and talk is not None

    phone = enter(new_page, app, tokens["participant"], "live", **PHONE)
    home = new_page(**PHONE)
    home.goto(f"{app.base_url}/j/{tokens['participant']}")
    home.locator("main form button").click()
    home.wait_for_url("**/live")
    for reader, connected in ((phone, "Connected"), (home, "Ansluten")):
        total = first_view(reader, f"{app.base_url}/m/stora/live?track=Aulan", connected)
        print(f"{count} items: {total / 1000:.0f} kB on the wire for the first view, {connected}")
        assert 20_000 < total <= FIRST_VIEW

    desk = enter(new_page, app, tokens["moderator"], "moderate?track=Aulan", **LAPTOP)
    hall = enter(new_page, app, tokens["screen"], "screen?track=Aulan", **PROJECTOR)
    other = enter(new_page, app, tokens["participant"], "live?track=Verkstaden", **PHONE)
    elsewhere = other.locator(".strip").inner_text()
    row = desk.locator("#programme li").filter(has_text=talk.title).first
    row.get_by_role("link", name=re.compile("^Start")).click()
    desk.locator(".step .acts .btn--main").click()
    titles = [page.locator(".strip__title, .bar__title").first for page in (desk, phone, hall)]
    for title in titles:
        expect(title).to_contain_text(talk.title)
    pressed = time.monotonic()
    desk.locator(".run").get_by_role("button", name="Next item").click()
    for title in titles:
        expect(title).to_contain_text("Kaffe", timeout=WITHIN)
    print(f"next on three screens after {time.monotonic() - pressed:.2f} s")
    assert other.locator(".strip").inner_text() == elsewhere, "another track is left alone"

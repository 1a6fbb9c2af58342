"""A day that does not go as planned, lived by everyone at once: a talk runs over, *next* is forgotten, lunch holds."""

import datetime as dt
import re
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from hybridmote.programme.store import Item
from tests.accessibility.house import House
from tests.journeys.conftest import LAPTOP, PHONE, PROJECTOR
from tests.journeys.proxy import Proxy
from tests.servers import Demo

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
WITHIN = 3_000  # ms: three times the second that is promised


@pytest.fixture
def house(demo: Demo, browser: Browser) -> House:
    return House(demo, browser)


def items(house: House) -> list[Item]:
    with house.rows() as session:
        rows = session.query(Item).order_by(Item.day, Item.position).all()
        session.expunge_all()
        return rows


def on(house: House) -> str:
    """The title of what is on."""
    return next(i.title for i in reversed(items(house)) if i.actual_start and not i.actual_end)


def confirm(desk: Page) -> None:
    """The consequence is shown, and only then is there a button that does it."""
    expect(desk.locator(".step__leads")).not_to_have_text("")
    desk.locator(".step .acts .btn--main").click()
    expect(desk.locator(".step")).to_have_count(0)


def test_a_talk_runs_over_a_next_is_forgotten_and_lunch_holds(
    demo: Demo, house: House, enter: Callable[..., Page], proxy: Callable[..., Proxy]
) -> None:
    house.stand("over time")
    tunnel = proxy()
    desk = enter(demo.people["moderator"][0], "moderate", locale="en-GB", **PHONE)
    home = enter(demo.people["attendee"][1], through=tunnel, locale="en-GB", **PHONE)
    speaker = enter(demo.people["speaker"], "speaker", locale="en-GB", **LAPTOP)
    lectern = enter(demo.people["lectern"], "speaker", locale="en-GB", **LAPTOP)
    halls = [enter(demo.people["screen"], "screen", locale="en-GB", **PROJECTOR) for _ in range(2)]
    everyone = [desk, home, lectern, *halls]
    talk = on(house)

    # The talk is over time: everyone sees it, and the moderator is asked.
    expect(desk.locator(".still")).to_contain_text("Still on?")
    expect(lectern.locator(".talk__words")).to_have_text("Time is out")
    for hall in halls:
        expect(hall.locator(".bar__left")).to_contain_text("over")

    # What the steps would lead to is asked for when something has changed, not over and over.
    desk.wait_for_timeout(1_000)
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.wait_for_timeout(3_000)
    assert len([url for url in asked if "/programme/preview" in url]) <= 8, asked  # the minute may turn in between

    # Half an hour more is given, having seen what that costs, and taken back.
    desk.get_by_role("link", name=re.compile(r"^\+5 min")).first.click()
    desk.locator("#step-minutes").fill("45")
    desk.locator(".step").get_by_role("button", name="Show", exact=True).click()
    expect(desk.locator(".step__leads")).to_contain_text(re.compile("starts|kept|shorter|becomes|later", re.I))
    confirm(desk)
    expect(desk.locator(".still")).to_have_count(0)
    for page in (lectern, *halls):
        expect(page.locator("body")).not_to_contain_text("min over", timeout=WITHIN)
    desk.get_by_role("region", name="On now").get_by_text("More", exact=True).click()
    desk.get_by_role("button", name=re.compile("^Undo: more time")).click()
    expect(desk.locator(".still")).to_contain_text("Still on?")

    # Next, on everybody's page within the second; the web's line is cut meanwhile, and comes back to it.
    tunnel.cut()
    pressed = time.monotonic()
    desk.locator(".run").get_by_role("button", name="Next item").click()
    for page in (desk, lectern, *halls):
        expect(page.locator("h1, .strip__title").first).not_to_have_text(talk, timeout=WITHIN)
    print(f"next on four screens after {time.monotonic() - pressed:.2f} s")
    coffee = on(house)
    assert coffee != talk

    # It was ten minutes ago that the talk ended: corrected, and everything follows.
    desk.get_by_role("region", name="On now").get_by_text("More", exact=True).click()
    desk.get_by_role("link", name="Correct a time").click()
    desk.locator(".happened li").first.get_by_role("link", name=re.compile("Change")).click()
    began = next(i.actual_start for i in items(house) if i.title == coffee and i.actual_start)
    with house.rows() as session:
        zone = house.meeting(session).timezone
    ago = (began - dt.timedelta(minutes=10)).astimezone(ZoneInfo(zone))
    desk.locator("#step-time").fill(f"{ago:%H:%M}")
    desk.locator(".step__when button").click()
    confirm(desk)
    after = {i.title: i for i in items(house)}
    corrected = after[coffee].actual_start
    assert corrected == after[talk].actual_end == ago.replace(second=0, microsecond=0).astimezone(dt.UTC)

    # Lunch is promised, and holds: nobody is told another time.
    lunch = next(i for i in items(house) if i.title in ("Lunch",) and i.promised)
    assert lunch.expected_start == lunch.planned_start

    # The line mends and the server is started again: everyone is where the day is.
    tunnel.mend()
    expect(home.locator("body")).to_contain_text(coffee, timeout=30_000)
    demo.kill()
    demo.start()
    demo.wait_ready()
    desk.locator(".run").get_by_role("button", name="Next item").click(timeout=60_000)
    following = None
    for page in everyone:
        expect(page.locator("h1, .strip__title").first).not_to_have_text(coffee, timeout=60_000)
    following = on(house)
    assert following not in (talk, coffee)
    expect(speaker.locator("h1")).not_to_have_text("")


def test_a_day_goes_on_over_midnight(demo: Demo, house: House, enter: Callable[..., Page]) -> None:
    """It is five to twelve at night where the meeting is; what comes next is tomorrow by the calendar, and still today."""
    house.stand("over time")
    now = dt.datetime.now(dt.UTC)
    with house.rows() as session:
        meeting = house.meeting(session)
        hours = 23 - now.hour
        meeting.timezone = f"Etc/GMT{-hours:+d}" if hours <= 12 else f"Etc/GMT{24 - hours:+d}"
        meeting.seq += 1
        meeting.pruned = meeting.seq
        session.commit()
    desk = enter(demo.people["moderator"][0], "moderate", locale="en-GB", **LAPTOP)
    home = enter(demo.people["attendee"][1], locale="en-GB", timezone_id="Asia/Kolkata", **PHONE)
    talk = on(house)
    with house.rows() as session:
        meeting = house.meeting(session)
        coffee, after = [i for i in items(house) if i.planned_start and not i.actual_start][:2]
        assert after.expected_start
    for title in (coffee.title, after.title):
        expect(home.locator("#programme")).to_contain_text(title)
    for title in (coffee.title, after.title):
        button = desk.locator(".run").get_by_role("button", name="Next item")
        expect(button).to_be_visible()
        button.click()
        expect(desk.locator(".strip h1, .strip__title").first).to_contain_text(title)
    assert on(house) != talk

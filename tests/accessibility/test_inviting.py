"""The invitation in every state, and where it is written: with axe, by keyboard, in small windows, with two at once, and
where no script runs."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from hybridmote.meetings.store import MeetingText, TextStep
from hybridmote.registration.store import Fee, Rules
from tests.accessibility.axe import check
from tests.accessibility.days import Day
from tests.accessibility.house import GOOD_LINE, House, Look, words
from tests.accessibility.test_keyboard import OUGHT, all_is_well, walk
from tests.accessibility.test_reflow import CUT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PATH = "desk/"


@pytest.fixture(autouse=True)
def as_it_was(house: House) -> Iterator[None]:
    """What a test changes of the meeting, its texts and its rules is so for the test only."""
    house.stand("eve")
    tables = (MeetingText, TextStep)
    with house.rows() as session:
        meeting = house.meeting(session)
        kept = {name: getattr(meeting, name) for name in ("title", "tagline", "place", "published")}
        texts = {table: [_values(row) for row in session.scalars(select(table))] for table in tables}
        rules = {row.id: _values(row) for row in session.scalars(select(Rules))}
        fees = {row.id: _values(row) for row in session.scalars(select(Fee))}
    yield
    with house.rows() as session:
        meeting = house.meeting(session)
        for name, value in kept.items():
            setattr(meeting, name, value)
        for table in reversed(tables):
            session.execute(delete(table))
        for table, rows in texts.items():
            session.add_all(table(**row) for row in rows)
            session.flush()
        for one, known in ((Rules, rules), (Fee, fees)):
            for row in session.scalars(select(one)):
                for name, value in known[row.id].items():
                    setattr(row, name, value)
        meeting.seq += 1
        meeting.pruned = meeting.seq
        session.commit()


def _values(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__mapper__.columns}


def ruled(house: House, capacity: int | None = None, **more: Any) -> None:
    """Registration has been open for a day, and is for two more."""
    now = dt.datetime.now(dt.UTC)
    given = {"opens": now - dt.timedelta(days=1), "deadline": now + dt.timedelta(days=2), "waiting_list": False} | more
    with house.rows() as session:
        for rules in session.scalars(select(Rules)):
            for name, value in given.items():
                setattr(rules, name, value)
        for fee in session.scalars(select(Fee)):
            fee.capacity, fee.open = capacity, True
        session.commit()


# ---- the invitation --------------------------------------------------------------------------------------------------

HOURS = dt.timedelta(hours=3)


@pytest.mark.parametrize("state", ["open", "full", "waiting", "passed", "soon", "hidden", "wordless", "on", "after"])
def test_each_state_of_the_invitation(house: House, look: Look, state: str) -> None:
    day: dict[str, Day] = {"on": "on", "after": "after"}
    house.stand(day.get(state, "eve"))
    now = dt.datetime.now(dt.UTC)
    rules: dict[str, dict[str, Any]] = {
        "full": {"capacity": 0},
        "waiting": {"capacity": 0, "waiting_list": True},
        "passed": {"deadline": now - HOURS},
        "soon": {"opens": now + HOURS},
    }
    ruled(house, **rules.get(state, {}))
    if state in ("hidden", "wordless"):
        with house.rows() as session:
            house.meeting(session).published = state != "hidden"
            if state == "wordless":
                session.execute(delete(TextStep))
                session.execute(delete(MeetingText))
                house.meeting(session).tagline = ""
            session.commit()
    page = house.show(house.reader(look, house.organiser if state == "hidden" else None), "")
    button = page.locator("#door .btn--main")
    told = {"hidden": ".note", "on": ".strip", "after": "#door", "full": "#door"}.get(state, "#door .facts")
    check(page, told, "#door", ".spine")
    if state in ("open", "waiting"):
        expect(button).to_have_attribute("href", f"/m/{house.slug}/register")
        expect(page.locator("#left" if state == "open" else "#fees b").first).to_be_visible()
    elif state not in ("hidden", "on", "wordless"):
        expect(button).to_have_count(0)
    if state == "open":
        data = json.loads(page.locator("script[type='application/ld+json']").text_content() or "")
        assert data["@type"] == "Event" and data["offers"]
        page.set_viewport_size({"width": look.width, "height": look.height})
        box = button.bounding_box()
        assert box and box["y"] + box["height"] < look.height, "the button is in the first view"
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize(("width", "height"), [(320, 640), (1280, 300)])
def test_small_windows(house: House, look: Look, width: int, height: int) -> None:
    ruled(house)
    for who, path in ((None, ""), (house.organiser, PATH)):
        page = house.reader(look, who, "small")
        page.set_viewport_size({"width": width, "height": height})
        house.show(page, path)
        assert page.evaluate(CUT) == [], path


def test_by_keyboard_alone(house: House, look: Look) -> None:
    ruled(house)
    for who, path in ((None, ""), (house.organiser, PATH)):
        page = house.show(house.reader(look, who, "keys"), path)
        if who:
            expect(page.locator(GOOD_LINE)).to_be_visible()
        stops = walk(page)
        assert page.evaluate(OUGHT) == [], "what the keyboard did not reach"
        all_is_well(page, stops)


# ---- where it is written ---------------------------------------------------------------------------------------------


def desk(house: House, look: Look, name: str = "") -> Page:
    page = house.show(house.reader(look, house.organiser, f"write {name}"), PATH)
    expect(page.locator(GOOD_LINE)).to_be_visible()
    return page


def field(page: Page, id: str) -> Any:
    return page.locator(f"#f-{id}")


def stored(house: House, name: str, language: str) -> str:
    with house.rows() as session:
        here = select(MeetingText.text).where(MeetingText.field == name, MeetingText.language == language)
        return session.scalar(here) or ""


def is_stored(house: House, page: Page, name: str, language: str, text: str) -> None:
    expect(page.locator(f"#s-{name}-{language}")).to_have_text(words("sv", "Saved.") if _swedish(page) else "Saved.")
    assert stored(house, name, language) == text


def _swedish(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.lang === 'sv'"))


def test_it_saves_by_itself_shows_what_it_looks_like_and_goes_back(house: House, look: Look) -> None:
    page = desk(house, look)
    check(page, ".write .field", "#checklist", ".desk-nav a")
    box = field(page, "about-sv")
    before = box.input_value()
    preview = page.locator("#about-sv .write__preview")
    preview.locator("summary").click()
    box.fill("Det **här** <b>händer</b>")
    expect(preview.locator("strong").filter(has_text="här")).to_be_visible()
    expect(preview.locator("b")).to_have_count(0)
    is_stored(house, page, "about", "sv", "Det **här** <b>händer</b>")
    check(page, preview, "#about-sv .write__undo button")
    page.locator("#about-sv .write__undo button").click()
    expect(box).to_have_value(before)
    expect(box).to_be_focused()
    is_stored(house, page, "about", "sv", before)
    expect(page.locator("#about-sv .write__undo")).to_be_hidden()


def test_a_refused_text_says_why_and_stays(house: House, look: Look) -> None:
    page = desk(house, look)
    box = field(page, "contact_email-both")
    box.fill("ingen adress")
    box.blur()
    expect(box).to_have_attribute("aria-invalid", "true")
    check(page, "#w-contact_email-both")
    expect(box).to_have_value("ingen adress")
    box.fill("nagon@example.org")
    is_stored(house, page, "contact_email", "both", "nagon@example.org")
    expect(page.locator("#w-contact_email-both")).to_have_count(0)


def test_two_at_once_lose_nothing(house: House, look: Look) -> None:
    one, other = desk(house, look), desk(house, look, "other")
    field(one, "audience-sv").fill("Hennes ord")
    is_stored(house, one, "audience", "sv", "Hennes ord")
    expect(field(other, "audience-sv")).to_have_value("Hennes ord")  # nothing of theirs was in the way

    other.context.set_offline(True)
    field(other, "audience-sv").fill("Hans ord, utan kontakt")
    field(one, "audience-sv").fill("Hennes nya ord")
    is_stored(house, one, "audience", "sv", "Hennes nya ord")
    other.context.set_offline(False)
    clash = other.locator("#audience-sv .edit__now")
    expect(clash).to_contain_text("Hennes nya ord", timeout=60_000)
    expect(field(other, "audience-sv")).to_have_value("Hans ord, utan kontakt")
    check(other, clash)
    clash.get_by_role("button", name=words(look.language, "Keep mine")).click()
    is_stored(house, other, "audience", "sv", "Hans ord, utan kontakt")
    expect(field(one, "audience-sv")).to_have_value("Hans ord, utan kontakt")
    expect(clash).to_have_count(0)


def test_what_was_typed_survives_a_reload(house: House, look: Look) -> None:
    page = desk(house, look)
    page.context.route("**/api/**", lambda route: route.abort())
    page.context.set_offline(True)
    field(page, "practical-en").fill("Bring a cup")
    page.context.set_offline(False)
    page.reload()
    expect(field(page, "practical-en")).to_have_value("Bring a cup")
    page.context.unroute("**/api/**")
    expect(page.locator(GOOD_LINE)).to_be_visible(timeout=60_000)
    is_stored(house, page, "practical", "en", "Bring a cup")


def test_the_list_follows_what_is_written(house: House, look: Look) -> None:
    page = desk(house, look)
    line = page.locator("#checklist [data-what=half_practical]")
    expect(line).to_have_count(0)
    field(page, "practical-en").fill("")
    expect(line).to_be_visible()
    check(page, line)
    line.locator("a").click()
    expect(page.locator("#practical")).to_be_in_viewport()
    field(page, "practical-en").fill("There is food")
    expect(line).to_have_count(0)


def test_the_list_is_left_alone_as_long_as_it_says_the_same(house: House, look: Look) -> None:
    """Who stands in it with the keyboard, or is being read to, is not disturbed by what changes elsewhere."""
    page = desk(house, look)
    field(page, "practical-en").fill("")
    expect(page.locator("#checklist [data-what=half_practical]")).to_be_visible()
    page.evaluate("window.first = document.querySelector('#checklist li')")
    with page.expect_response("**/desk/checklist") as asked:
        field(page, "lead-en").fill("An evening and a day, told otherwise")
    asked.value.finished()
    is_stored(house, page, "lead", "en", "An evening and a day, told otherwise")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.first.isConnected")


def test_publishing(house: House, look: Look) -> None:
    page = desk(house, look)
    page.locator(".invite__publish button").click()
    expect(page.locator(".invite__publish .btn--main")).to_be_visible()
    check(page, ".invite__publish .btn--main")
    stranger = house.show(house.reader(look), "")
    expect(stranger.locator(".hang__n")).to_contain_text("404")
    page.locator(".invite__publish button").click()
    house.show(stranger, "")
    expect(stranger.locator("#door")).to_be_visible()


def test_without_scripts(house: House, look: Look) -> None:
    plain = house.reader(look, house.organiser, "write plain", java_script_enabled=False)
    house.show(plain, PATH)
    box = plain.locator("#about-en")
    box.locator("textarea").fill("A *form*")
    box.locator(".write__look").click()
    expect(plain.locator("#about-en .write__preview em")).to_have_text("form")
    assert stored(house, "about", "en") != "A *form*"
    house.say(house.organiser, "meeting.text", field="about", language="en", text="Theirs", expected_version=1)
    plain.locator("#about-en .write__save").click()
    clash = plain.locator("#about-en .edit__now")
    expect(clash).to_contain_text("Theirs")
    expect(plain.locator("#about-en textarea")).to_have_value("A *form*")
    clash.locator("button").click()
    expect(plain.locator("#about-en .edit__now")).to_have_count(0)
    assert stored(house, "about", "en") == "A *form*"
    plain.locator("#about-en .write__undo button").click()
    assert stored(house, "about", "en") != "A *form*"

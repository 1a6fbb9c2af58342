"""Where the programme is set up: every state with axe, by keyboard, with two at once, and where no script runs."""

import datetime as dt
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from hybridmote.programme.store import Item
from tests.accessibility.axe import check
from tests.accessibility.house import House, Look, words
from tests.accessibility.test_keyboard import OUGHT, all_is_well, walk
from tests.accessibility.test_reflow import CUT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PATH = "desk/programme"


@pytest.fixture(autouse=True)
def tomorrow(house: House) -> Iterator[None]:
    """Nothing has begun; what a test adds, moves or deletes is so for the test only."""
    house.stand("eve")
    kept = ("description", "position", "parent_id", "day", "track", "removed", "removed_with", "promised", "title")
    with house.rows() as session:
        was = {item.id: {name: getattr(item, name) for name in kept} for item in session.scalars(select(Item))}
    yield
    with house.rows() as session:
        for item in session.scalars(select(Item)):
            for name, value in was.get(item.id, {"removed": True, "removed_with": None}).items():
                setattr(item, name, value)
        session.commit()


def desk(house: House, look: Look, name: str = "", **more: str) -> Page:
    """The page, when its script has taken it over."""
    page = house.show(house.reader(look, house.organiser, f"desk {name}"), PATH, live=True, **more)
    page.evaluate("localStorage.clear()")
    return page


def first_talk(page: Page) -> str:
    """The id of a talk of the day with talks before and after it."""
    return str(page.locator(".plan__row--0:has(time)").nth(7).get_attribute("id"))


def test_filled_editing_refused_and_thrown_away(house: House, look: Look) -> None:
    page = desk(house, look)
    check(page, ".plan__row .plan__open", ".plan__checks li a", ".plan__add a")
    one = page.locator(f"#{first_talk(page)}")
    one.locator(".plan__open").click()
    title = one.locator("[name=title]")
    expect(title).to_be_focused()
    check(page, one.locator("form.edit"), one.locator(".edit__move button").first)
    one.locator("[name=ends]").fill("i morgon")
    one.locator("form.edit .btn--main").click()
    expect(one.locator("[name=ends]")).to_be_focused()
    check(page, one.locator("[name=ends][aria-invalid=true]"), one.locator("#w-ends"))
    one.locator("[name=ends]").fill("01.00")
    one.locator("[name=minimum]").fill("-4")
    one.locator("form.edit .btn--main").click()
    check(page, one.locator("#w-minimum"))

    # Nothing typed is lost: not by a reload, not by closing.
    house.show(page, PATH, live=True)
    expect(page.locator(f"#{first_talk(page)} .plan__kept")).to_be_visible()
    check(page, ".plan__kept")
    page.locator(f"#{first_talk(page)} .plan__open").click()
    expect(page.locator("[name=minimum]")).to_have_value("-4")
    page.get_by_role("button", name=words(look.language, "Throw away what I typed")).click()
    expect(page.locator("[name=minimum]")).not_to_have_value("-4")


def test_saving_adding_and_a_part(house: House, look: Look) -> None:
    page = desk(house, look)
    id = first_talk(page)
    page.locator(f"#{id} .plan__open").click()
    page.locator("[name=title]").fill("Ett annat namn")
    page.locator("[name=speakers]").fill("Klimatstrateg | | Gävle kommun\n| moderator")
    page.locator("form.edit .btn--main").click()
    expect(page.locator(f"#{id} .plan__open")).to_be_focused()
    expect(page.locator(f"#{id} .plan__open")).to_have_text("Ett annat namn")
    expect(page.locator(f"#{id} .plan__by")).to_contain_text("Gävle kommun")

    page.locator(f"#{id} .plan__open").click()
    page.get_by_role("button", name=words(look.language, "Add a part")).click()
    expect(page.locator("#new [name=title]")).to_be_focused()
    check(page, "#new form.edit")
    page.locator("#new [name=title]").fill("Frågor")
    page.locator("#new [name=begins]").fill("")
    page.locator("#new .btn--main").click()
    expect(page.locator(f"#{id} + .plan__row--1 .plan__open")).to_have_text("Frågor")


def test_two_at_once_lose_nothing(house: House, look: Look) -> None:
    page = desk(house, look)
    id = first_talk(page)
    page.locator(f"#{id} .plan__open").click()
    page.locator("[name=title]").fill("Min rubrik")
    page.locator("[name=minimum]").fill("5")
    with house.rows() as session:
        version = session.get_one(Item, id).version
    house.say(
        house.organiser, "programme.edit", item=id, expected_version=version, title="Den andras", description="Ny."
    )
    expect(page.locator(".edit__now")).to_contain_text("Den andras")
    expect(page.locator("[name=description]")).to_have_value("Ny.")  # where nothing was typed it is taken over
    check(page, ".edit__now button", "#edit-both")
    page.locator("form.edit .btn--main").click()  # it does not save over the other's
    expect(page.locator(".edit__now button").first).to_be_focused()
    page.get_by_role("button", name=words(look.language, "Keep mine")).click()
    expect(page.locator("[name=title]")).to_be_focused()
    page.locator("form.edit .btn--main").click()
    expect(page.locator(f"#{id} .plan__open")).to_have_text("Min rubrik")
    with house.rows() as session:
        item = session.get_one(Item, id)
        assert (item.title, item.minimum, item.description) == ("Min rubrik", 5, "Ny.")


def test_what_is_sent_when_the_line_is_back_is_not_offered_again(house: House, look: Look) -> None:
    page = desk(house, look, "offline")
    id = first_talk(page)
    page.locator(f"#{id} .plan__open").click()
    page.locator("[name=description]").fill("Skriven utan kontakt.")
    page.context.set_offline(True)
    page.locator("form.edit .btn--main").click()
    expect(page.locator("form.edit[aria-busy=true]")).to_be_visible()
    page.locator("[name=title]").fill("Skriven medan det sändes")
    page.context.set_offline(False)
    expect(page.locator("form.edit[aria-busy=true]")).to_have_count(0, timeout=30_000)
    expect(page.locator("[name=title]")).to_have_value("Skriven medan det sändes")  # what was written on stays
    page.locator("form.edit .btn--main").click()
    expect(page.locator(f"#{id} .plan__open")).to_have_text("Skriven medan det sändes")
    expect(page.locator("form.edit")).to_have_count(0)
    with house.rows() as session:
        assert session.get_one(Item, id).description == "Skriven utan kontakt."
    expect(page.locator(".plan__kept")).to_have_count(0)


def test_deleted_and_back(house: House, look: Look) -> None:
    page = desk(house, look)
    id = first_talk(page)
    page.locator(f"#{id} .plan__open").click()
    page.get_by_role("button", name=words(look.language, "Delete")).click()
    expect(page.locator("#undo")).to_be_focused()
    expect(page.locator(f"#{id}")).to_have_count(0)
    check(page, ".plan__undo q", "#undo")
    house.show(page, PATH, live=True)  # it can still be undone after a reload
    page.locator("#undo").click()
    expect(page.locator(f"#{id} .plan__open")).to_be_focused()
    expect(page.locator("#undo")).to_have_count(0)


ORDER = "[...document.querySelectorAll('.plan__row')].map((one) => one.id).join()"


def order(page: Page) -> list[str]:
    return page.locator(".plan__row").evaluate_all("all => all.map((one) => one.id)")


def test_keys_move_and_the_focus_follows(house: House, look: Look) -> None:
    page = desk(house, look)
    id = first_talk(page)
    with house.rows() as session:  # two talks side by side, nothing promised between them
        talks = [i for i in session.scalars(select(Item).order_by(Item.position)) if i.id in order(page)]
        at = [i.id for i in talks].index(id)
        assert talks[at].parent_id is None
        for item in talks:
            item.promised = False
        session.commit()
    before = order(page)
    link = page.locator(f"#{id} .plan__open")
    link.focus()
    page.keyboard.press("Alt+ArrowUp")
    page.wait_for_function(
        "was => [...document.querySelectorAll('.plan__row')].map((o) => o.id).join() !== was.join()", arg=before
    )
    expect(link).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    page.wait_for_function(
        "was => [...document.querySelectorAll('.plan__row')].map((o) => o.id).join() === was.join()", arg=before
    )
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator(f"#{id}.plan__row--1")).to_be_visible()
    expect(link).to_be_focused()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator(f"#{id}.plan__row--0")).to_be_visible()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator("#said")).to_have_text(words(look.language, "It cannot go further that way."))


def test_dragging_does_what_the_keys_do(house: House, look: Look) -> None:
    page = desk(house, look)
    id = first_talk(page)
    above = page.locator(".plan__row--0:has(time)").nth(6)
    grip, onto = page.locator(f"#{id} .plan__grip"), above
    grip.scroll_into_view_if_needed()
    start, end = grip.bounding_box(), onto.bounding_box()
    assert start and end
    page.mouse.move(start["x"] + 10, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + 80, end["y"] + end["height"] / 2, steps=4)
    expect(page.locator(".plan__row.is-into")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".plan__row.is-into")).to_have_count(0)
    page.mouse.up()
    expect(page.locator(f"#{id}.plan__row--0")).to_be_visible()
    page.mouse.move(start["x"] + 10, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + 80, end["y"] + end["height"] / 2, steps=4)
    page.mouse.up()
    expect(page.locator(f"#{id}.plan__row--1")).to_be_visible()
    page.locator(f"#{id} .plan__open").focus()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator(f"#{id}.plan__row--0")).to_be_visible()


def test_an_empty_programme(house: House, look: Look) -> None:
    with house.rows() as session:
        meeting = house.meeting(session)
        for item in session.scalars(select(Item).where(Item.meeting_id == meeting.id)):
            item.removed, item.removed_with = True, item.id
        meeting.seq += 1
        meeting.pruned = meeting.seq
        session.commit()
    page = desk(house, look)
    expect(page.locator(".plan__row")).to_have_count(0)
    check(page, ".plan__add a", ".plan__checks p", ".plan__undo details summary")
    page.locator(".plan__add a").first.click()
    expect(page.locator("#new [name=title]")).to_be_focused()
    check(page, "#new form.edit")


def test_every_control_is_reached_and_seen(house: House, look: Look) -> None:
    page = desk(house, look)
    page.locator(f"#{first_talk(page)} .plan__open").click()
    expect(page.locator("[name=title]")).to_be_focused()
    stops = walk(page)
    assert page.evaluate(OUGHT) == [], "what the keyboard did not reach"
    all_is_well(page, stops)


@pytest.mark.parametrize(("width", "height"), [(320, 640), (1280, 300)])
def test_small_windows(house: House, look: Look, width: int, height: int) -> None:
    page = desk(house, look, "small")
    page.set_viewport_size({"width": width, "height": height})
    page.locator(f"#{first_talk(page)} .plan__open").click()
    expect(page.locator("form.edit")).to_be_visible()
    assert page.evaluate(CUT) == []


def test_without_scripts(house: House, look: Look) -> None:
    """The same words, and every deed as a plain form."""
    page = desk(house, look)
    told = [".plan__open", ".plan__by", ".plan__t", ".plan__checks li", ".plan h2"]
    texts = "all => all.map((one) => one.textContent.replace(/\\s+/g, ' ').trim())"
    scripted = {one: page.locator(one).evaluate_all(texts) for one in told}
    plain = house.reader(look, house.organiser, "desk plain", java_script_enabled=False)
    house.show(plain, PATH, live=False)
    for one in told:
        assert plain.locator(one).all_text_contents()
        assert [" ".join(t.split()) for t in plain.locator(one).all_text_contents()] == scripted[one], one
    id = first_talk(page)
    plain.locator(f"#{id} .plan__open").click()
    plain.locator("[name=title]").fill("Utan skript")
    plain.locator("[name=ends]").fill("aldrig")
    plain.locator("form.edit .btn--main").click()
    expect(plain.locator("form.edit [role=alert]")).to_be_visible()
    expect(plain.locator("[name=title]")).to_have_value("Utan skript")
    with house.rows() as session:
        item = session.get_one(Item, id)
        assert item.planned_end is not None
        ends = item.planned_end.astimezone(dt.UTC)
    plain.locator("[name=ends]").fill(page.locator(f"#{id} .plan__t span time").inner_text())
    plain.locator("form.edit .btn--main").click()
    expect(plain.locator(f"#{id} .plan__open")).to_have_text("Utan skript")
    with house.rows() as session:
        assert session.get_one(Item, id).planned_end == ends.replace(second=0, microsecond=0)
    plain.locator(f"#{id} .plan__open").click()
    plain.get_by_role("button", name=words(look.language, "Delete")).click()
    expect(plain.locator(f"#{id}")).to_have_count(0)
    plain.locator(".plan__undo button").first.click()
    expect(plain.locator(f"#{id}")).to_be_visible()

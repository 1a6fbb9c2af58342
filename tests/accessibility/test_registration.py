"""Getting a place and holding it: every state of the pages, by eye, by keyboard and in a narrow window."""

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from hybridmote.participants.store import hashed, new_id
from hybridmote.registration.store import Fee, Registration, Transfer, TransferKey
from tests.accessibility.axe import check
from tests.accessibility.house import House, Look, Person
from tests.accessibility.test_keyboard import all_is_well, walk
from tests.accessibility.test_reflow import CUT, SPACED, WEAR

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

DAY = 0  # position of one of the demo's fees


@pytest.fixture(autouse=True)
def eve(house: House) -> None:
    """The day before the meeting: one may register, wait, change and cancel."""
    house.stand("eve")
    rules(house, opens=-60, deadline=60 * 20, switch_until=60 * 20, cancel_until=60 * 20, waiting_list=True)
    capacity(house, None)


def rules(house: House, **values: Any) -> None:
    """Instants in minutes from now."""
    now = dt.datetime.now(dt.UTC)
    at = {k: (now + dt.timedelta(minutes=v)).isoformat() for k, v in values.items() if type(v) is int}
    house.say(house.organiser, "registration.rules", **{**values, **at})


def capacity(house: House, places: int | None) -> None:
    """Of every fee."""
    with house.rows() as session:
        session.execute(update(Fee).values(capacity=places))
        session.commit()


def holder(house: House, position: int = DAY, **more: Any) -> Person:
    """Somebody new with a place, or in the line for one."""
    with house.rows() as session:
        fee = session.scalars(select(Fee.id).where(Fee.position == position, Fee.removed.is_(False))).one()
    who = {"name": "Kim Exempel", "email": f"{new_id()}@example.org", "organisation": "Örebro kommun"}
    made = house.say(house.organiser, "registration.enrol", fee=fee, **{**who, **more})
    return house.way_in(made["person"])


def state(house: House, person: Person, value: str) -> None:
    """What became of their place, past the product."""
    with house.rows() as session:
        r = session.scalars(select(Registration).where(Registration.participant_id == person.id)).one()
        r.state, r.offered_until = (
            value,
            dt.datetime.now(dt.UTC) + dt.timedelta(hours=5) if value == "offered" else None,
        )
        session.commit()


def place(house: House, look: Look, person: Person) -> Page:
    page = house.show(house.reader(look, person, "own"), "place")
    expect(page.locator("h1")).to_be_visible()
    return page


def offered_to_me(house: House, keep_payer: bool = True) -> str:
    """The path of a link by which somebody hands over their place."""
    made = house.say(
        holder(house), "registration.hand_over", name="Bo Exempel", email="bo@example.org", keep_payer=keep_payer
    )
    token = f"token-{made['transfer']}"
    with house.rows() as session:
        transfer = session.get_one(Transfer, made["transfer"])
        session.add(TransferKey(token_hash=hashed(token), meeting_id=transfer.meeting_id, transfer_id=transfer.id))
        session.commit()
    return f"/t/{token}"


def test_the_form_empty_and_with_suggestions(house: House, look: Look) -> None:
    page = house.show(house.reader(look, name="form"), "register")
    page.evaluate("sessionStorage.clear()")
    page.reload()
    check(page, "#form", "#left", ".choices__price")
    expect(page.locator("h1")).to_have_count(1)
    page.locator("[name=fee]").first.check()
    expect(page.locator("#sum")).to_be_visible()
    page.locator("#f-organisation").press_sequentially("öre")
    expect(page.get_by_role("option").first).to_be_visible()
    check(page, "[role=listbox]", "#sum")
    page.keyboard.press("Escape")
    expect(page.locator("#f-organisation-list")).to_be_hidden()
    page.locator(".more > summary").evaluate_all("all => all.forEach((one) => one.click())")
    check(page, "#f-payer_name", "#f-peppol")


def test_the_suggestions_by_keys_alone(house: House, look: Look) -> None:
    page = house.show(house.reader(look, name="keys"), "register")
    field = page.locator("#f-organisation")
    field.press_sequentially("öreb")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    option = page.locator("[role=option][aria-selected=true]")
    expect(option).to_have_count(1)
    assert field.get_attribute("aria-activedescendant") == option.get_attribute("id")
    field.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value("öreb")
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("Örebro kommun")
    expect(page.locator("#f-orgnr")).to_have_value("212000-1967")
    expect(page.locator("#filled")).to_be_visible()
    check(page, "#filled")
    field.press("End")
    field.press("Backspace")
    expect(page.locator("#f-orgnr")).to_have_value("")


def test_a_press_beside_the_suggestions_hits_what_was_aimed_at(house: House, look: Look) -> None:
    """They push down what comes after them; it must not move up under the finger that leaves them."""
    page = house.show(house.reader(look, name="beside"), "register")
    page.locator("#f-organisation").press_sequentially("öre")
    listed = page.locator("#f-organisation-list")
    expect(listed).to_be_visible()
    aim = page.locator(".part--payer summary").first
    aim.scroll_into_view_if_needed()
    box, below = aim.bounding_box(), listed.bounding_box()
    assert box and below and box["y"] >= below["y"] + below["height"] - 1, "it stands after the list"
    page.evaluate("() => document.addEventListener('click', ({target}) => (window.hit = target), true)")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(120)  # as long as a finger rests
    page.mouse.up()
    assert aim.evaluate("one => one === window.hit || one.contains(window.hit)")
    expect(listed).to_be_hidden()


def test_the_form_with_all_that_is_wrong(house: House, look: Look) -> None:
    page = house.show(house.reader(look, name="wrong"), "register")
    page.locator("#f-orgnr").fill("12")
    page.locator("#send").click()
    check(page, "#faults", "#f-name-wrong", "#f-orgnr-wrong")
    expect(page.locator("#faults")).to_be_focused()
    page.locator("#faults a").nth(1).click()
    expect(page.locator("#f-name")).to_be_focused()
    page.locator("#f-name").fill("Kim")
    page.reload()
    expect(page.locator("#f-name")).to_have_value("Kim")
    expect(page.locator("#f-orgnr")).to_have_value("12")


@pytest.mark.parametrize(
    ("given", "there"),
    [
        ({"opens": 60}, ".reg__closed"),
        ({"deadline": -5, "waiting_list": False}, ".reg__closed"),
        ({"deadline": -5}, ".reg__wait"),
    ],
    ids=["soon", "closed", "late"],
)
def test_when_one_cannot_simply_register(house: House, look: Look, given: dict[str, Any], there: str) -> None:
    rules(house, **given)
    check(house.show(house.reader(look, name="closed"), "register"), there)


@pytest.mark.parametrize("waiting_list", [True, False])
def test_when_all_is_full(house: House, look: Look, waiting_list: bool) -> None:
    capacity(house, 0)
    rules(house, waiting_list=waiting_list)
    page = house.show(house.reader(look, name="full"), "register")
    check(page, ".reg__wait" if waiting_list else ".reg__closed")


def test_a_place_and_all_one_may_do_with_it(house: House, look: Look) -> None:
    page = place(house, look, holder(house))
    check(page, ".place__facts", "#hand_over")
    page.locator(".todo > summary").evaluate_all("all => all.forEach((one) => one.click())")
    check(page, "#present-name", "#switch-fee", "#hand_over-email", "#cancel [type=submit]")
    page.locator("#hand_over-name").fill("Bo")
    page.locator("#hand_over [type=submit]").click()
    check(page, "#faults", "#hand_over-email-wrong")
    page.locator("#hand_over-email").fill("bo@example.org")
    page.locator("#hand_over [type=submit]").click()
    check(page, "#h-handing", ".note [role=status]")


def test_in_line_offered_and_gone(house: House, look: Look) -> None:
    person = holder(house)
    state(house, person, "waiting")
    check(place(house, look, person), ".place__facts")
    state(house, person, "offered")
    page = place(house, look, person)
    check(page, ".place__offer")
    page.locator(".place__offer [type=submit]").last.click()
    check(page, ".place__none")
    page.goto(f"{house.base}/m/{house.slug}/place")
    check(page, "#f-email")


def test_a_lost_link(house: House, look: Look) -> None:
    page = house.show(house.reader(look, name="lost"), "link")
    check(page, "#f-email")
    page.locator("main [type=submit]").click()
    check(page, "#faults")
    page.locator("#f-email").fill("nobody@example.org")
    page.locator("main [type=submit]").click()
    page.wait_for_url("**did=resend")
    check(page, "#f-email")
    check(house.show(page, "place"), "#f-email")


@pytest.mark.parametrize("keep_payer", [True, False])
def test_taking_over(house: House, look: Look, keep_payer: bool) -> None:
    path = offered_to_me(house, keep_payer)
    page = house.show(house.reader(look, name=f"taker {keep_payer}"), path)
    check(page, "#form")
    if keep_payer:
        expect(page.locator("#f-payer_name")).to_be_hidden()
        page.locator("#f-new_payer").check()
    check(page, "#f-payer_name")
    page.locator("#send").click()
    check(page, "#faults", "#f-agreed-wrong")
    page.get_by_role("button").filter(has=page.locator("xpath=self::*[@value='no']")).click()
    check(page, "main .btn")


def test_every_stop_of_the_keyboard_is_seen(house: House, look: Look) -> None:
    pages = [
        house.show(house.reader(look, name="walk"), "register"),
        place(house, look, holder(house)),
        house.show(house.reader(look, name="walk over"), offered_to_me(house)),
    ]
    for page in pages:
        page.locator("details > summary").evaluate_all("all => all.forEach((one) => one.click())")
        all_is_well(page, walk(page))


@pytest.mark.parametrize("worn", ["", SPACED], ids=["320 px", "spaced"])
def test_nothing_is_cut_off_in_a_narrow_window(house: House, look: Look, worn: str) -> None:
    person = holder(house)
    pages = [
        house.show(house.reader(look, name="narrow"), "register"),
        place(house, look, person),
        house.show(house.reader(look, name="narrow over"), offered_to_me(house)),
        house.show(house.reader(look, name="narrow link"), "link"),
    ]
    for page in pages:
        if not worn:
            page.set_viewport_size({"width": 320, "height": 640})
        page.locator("details > summary").evaluate_all("all => all.forEach((one) => one.click())")
        if page.locator("#f-organisation").count() and page.locator("#send").count():
            page.locator("#f-organisation").press_sequentially("region")
        if worn:
            page.evaluate(WEAR, worn)
        assert page.evaluate(CUT) == [], page.url
        house.leave(page)

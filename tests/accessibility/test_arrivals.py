"""The door: every state of it, by eye, by keyboard alone and in a narrow window; without a camera, without a line."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, select, update

from hybridmote.reception.arrivals import sought
from hybridmote.registration.store import Registration
from tests import servers
from tests.accessibility.axe import check
from tests.accessibility.house import House, Look, _values, words
from tests.accessibility.test_keyboard import all_is_well, walk
from tests.accessibility.test_reflow import CUT, SPACED, WEAR

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SILENT = ("video-caption",)  # what the camera sees now has no sound
LIVE = ".head .line:not(.line--waiting):not(.line--lost)"


@pytest.fixture(scope="module")
def browser(browser: Browser) -> Iterator[Browser]:
    """One with a camera, which every page gets."""
    with with_a_camera(browser, "--use-fake-ui-for-media-stream") as seeing:
        yield seeing


def with_a_camera(browser: Browser, answer: str) -> Browser:
    """`answer`: what somebody presses who is asked whether the page may see."""
    flags = [*servers.CHROMIUM_FLAGS, "--use-fake-device-for-media-stream", answer]
    return browser.browser_type.launch(executable_path=servers.find_chromium(), args=flags)


@pytest.fixture(autouse=True)
def morning(house: House) -> None:
    """Four of the hall are here, the others are on their way."""
    house.stand("before")
    with house.rows() as session:
        here = session.scalars(
            select(Registration.id).where(Registration.state == "confirmed", Registration.arrived_at.is_not(None))
        ).all()
        session.execute(update(Registration).where(Registration.id.not_in(here[:4])).values(arrived_at=None))
        session.commit()


def door(house: House, look: Look, name: str = "door", **options: object) -> Page:
    page = house.show(house.reader(look, house.organiser, name, **options), "desk/arrivals")
    expect(page.locator(LIVE)).to_be_visible(timeout=30_000)
    return page


def offline(page: Page) -> None:
    page.context.set_offline(True)
    expect(page.locator("#offline-why")).to_be_visible(timeout=30_000)


def expected(page: Page) -> list[str]:
    """What finds exactly one of those who have not come, for each of whom that is so."""
    told = page.request.get(page.url.split("?")[0] + ".json").json()["people"]
    absent = [one for one in told if one["state"] == "confirmed" and not one["arrived_at"]]
    names = [f"{one['name']} {one['organisation']}" for one in absent]
    return [name for name in names if len(sought(told, name)) == 1]


def test_before_anybody_has_registered(house: House, look: Look) -> None:
    with house.rows() as session:
        kept = [_values(row) for row in session.scalars(select(Registration))]
        session.execute(delete(Registration))
        session.commit()
    try:
        check(door(house, look), "#nobody", "#q", "#scan")
    finally:
        with house.rows() as session:
            session.add_all(Registration(**row) for row in kept)
            session.commit()


def test_at_rest_and_in_its_lists(house: House, look: Look) -> None:
    page = door(house, look)
    check(page, "#latest .door__here", "#letters .btn", ".door__count b")
    assert page.evaluate("document.documentElement.scrollHeight") < 2.2 * max(look.height, 800)
    page.locator(".door__only a").nth(1).click()
    check(page, "#hits", ".door__tick", "a[download]")
    page.locator(".door__only a").nth(2).click()
    check(page, "#hits", ".door__here")
    if look.phone:
        page.locator(".desk-nav--folded summary").click()
        check(page, ".desk-nav--folded a[aria-current]")


def test_sought_found_and_not_found(house: House, look: Look) -> None:
    page = door(house, look)
    page.locator("#letters .btn").first.click()
    check(page, "#hits", "#clear", ".door__tick")
    expect(page.locator("#hits")).to_be_focused()
    page.locator("#q").fill("zzz")
    check(page, "#write-in")
    expect(page.locator("#said")).to_have_text(words(look.language, "Nobody is found by that."), timeout=10_000)
    page.locator("#write-in").click()
    check(page, "#w-name", "#w-organisation")
    expect(page.locator("#w-name")).to_be_focused()
    page.locator("#clear").click()
    expect(page.locator("#q")).to_be_focused()
    check(page, "#latest")


def test_by_keys_alone(house: House, look: Look) -> None:
    """Type, Enter, type the next; Enter says nothing where there is a choice, and takes nothing back."""
    page = door(house, look)
    one = expected(page)[0]
    page.locator("#q").focus()
    page.keyboard.type(one)
    page.keyboard.press("Enter")
    row = page.locator(".door__list > li")
    expect(row.locator(".door__here")).to_be_visible()
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#said")).to_have_text(words(look.language, "{name} is here."), timeout=10_000)
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    expect(row.locator(".door__here")).to_be_visible()
    page.keyboard.type("kommun")
    expect(page.locator("#q")).to_have_value("kommun")
    ticks = page.locator(".door__tick").count()
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert page.locator(".door__tick").count() == ticks > 2
    # what was pressed gives way to what takes it back, and the keyboard is there
    tick = page.locator(".door__list .door__tick").first
    who = tick.evaluate("one => one.closest('li').id")
    tick.focus()
    page.keyboard.press("Enter")
    undo = page.locator(f"[id='{who}']").get_by_role("button")
    expect(page.locator(f"[id='{who}'] .door__here")).to_be_visible()
    expect(undo).to_be_focused()
    page.keyboard.press("Enter")  # at once: the echo of the first
    expect(page.locator(f"[id='{who}'] .door__here")).to_be_visible()
    page.wait_for_timeout(1_000)
    page.keyboard.press("Enter")
    expect(page.locator(f"[id='{who}'] .door__tick")).to_be_focused()
    expect(page.locator("#said")).to_have_text(words(look.language, "{name} is not here."), timeout=10_000)
    check(page, f"[id='{who}'] .door__tick")


def test_every_stop_of_the_keyboard_is_seen(house: House, look: Look) -> None:
    page = door(house, look)
    all_is_well(page, walk(page))
    page.locator(".door__only a").nth(1).click()
    stops = walk(page)
    all_is_well(page, stops)
    assert len(stops) > 30
    all_is_well(page, walk(page, "Shift+Tab"))


def test_the_camera_open_and_denied(house: House, look: Look) -> None:
    page = door(house, look)
    page.locator("#scan").click()
    expect(page.locator("#scan-said")).to_have_text(words(look.language, "Hold a badge before the camera."))
    page.wait_for_function("document.querySelector('video').videoWidth > 0")
    check(page, "video", "#scan-said", theirs=SILENT)
    page.locator("#scan").click()
    expect(page.locator("video")).to_be_hidden()
    with with_a_camera(house.browser, "--use-fake-ui-for-media-stream=deny") as shy:
        context = shy.new_context(**look.context)
        house.let_in(context, house.organiser)
        page = house.show(context.new_page(), "desk/arrivals")
        page.locator("#scan").click()
        check(page, "#scan-why", "#scan")
        why = "The camera is not allowed here. Allow it for this page in the browser, or search by name."
        expect(page.locator("#scan-why")).to_contain_text(words(look.language, why))


def test_without_a_line_and_refused_afterwards(house: House, look: Look) -> None:
    page = door(house, look, "offline")
    here, gone = expected(page)[:2]
    offline(page)
    ids = []
    for one in (here, gone):
        page.locator("#q").fill(one)
        page.locator(".door__list .door__tick").click()
        row = page.locator(".door__list > li")
        expect(row.locator(".door__here")).to_be_visible()
        ids.append(row.get_attribute("id"))
    check(page, "#offline-why", "#unsent", ".door__here")
    page.locator("#clear").click()
    check(page, "#unsent", "#latest")
    house.say(house.organiser, "registration.cancel", id=ids[1])
    page.context.set_offline(False)
    expect(page.locator("#unsent")).to_have_count(0, timeout=30_000)
    check(page, ".door__failed", "#latest")
    expect(page.locator(".door__failed")).to_have_attribute("role", "alert")
    page.locator(".door__failed button").click()
    expect(page.locator(".door__failed")).to_have_count(0)
    page.locator("#q").fill(gone)
    check(page, page.locator(".door__who strong"))


def test_without_a_script(house: House, look: Look) -> None:
    page = house.reader(look, house.organiser, "plain", java_script_enabled=False)
    house.show(page, "desk/arrivals")
    expect(page.locator("#letters .btn").first).to_be_visible()
    page.locator("#letters .btn").first.click()
    tick = page.locator(".door__list .door__tick").first
    who = page.locator(".door__list > li", has=page.locator(".door__tick")).first.get_attribute("id")
    tick.click()
    expect(page.locator(f"#latest [id='{who}'] .door__here")).to_be_visible()
    page.locator(f"#latest [id='{who}'] button").click()
    expect(page.locator(f"#latest [id='{who}']")).to_have_count(0)


@pytest.mark.parametrize("worn", ["", SPACED], ids=["320 px", "spaced"])
def test_nothing_is_cut_off_in_a_narrow_window(house: House, look: Look, worn: str) -> None:
    page = door(house, look, f"narrow {worn[:3]}")
    if not worn:
        page.set_viewport_size({"width": 320, "height": 640})
    page.locator("details > summary:visible").evaluate_all("all => all.forEach((one) => one.click())")
    one = expected(page)[0]
    for state in ("rest", "found", "nobody", "absent", "offline"):
        if state == "found":
            page.locator("#q").fill(one)
        if state == "nobody":
            page.locator("#q").fill("Donaudampfschifffahrtsgesellschaftskapitän")
        if state == "absent":
            page.locator("#clear").click()
            page.locator(".door__only a").nth(1).click()
        if state == "offline":
            offline(page)
            page.locator(".door__tick").first.click()
            expect(page.locator("#unsent")).to_be_visible()
        if worn:
            page.evaluate(WEAR, worn)
        assert page.evaluate(CUT) == [], state
    house.leave(page)

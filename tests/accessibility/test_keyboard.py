"""Everything can be done with the keyboard alone, and one always sees where one is."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.accessibility.days import Day
from tests.accessibility.house import House, Look, Person

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

# Where the keyboard is: numbered by element, whether it is outlined, in the window, and not under something else.
WHERE = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return null;
  window.stops ??= new Map();
  if (!stops.has(one)) stops.set(one, stops.size);
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
  const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
  const points = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]].map(
    ([x, y]) => document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y));
  return {
    n: stops.get(one),
    what: one.outerHTML.replace(/\\s+/g, " ").slice(0, 140),
    outlined: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
    seen: right - left > 2 && bottom - top > 2,
    uncovered: points.some((hit) => hit && (one.contains(hit) || hit.contains(one) && hit.matches("label"))),
  };
}"""
# What ought to be reached: all that is shown and that one can do something with.
OUGHT = """() => [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), textarea, select, summary, [tabindex='0']")]
  .filter((one) => !one.disabled && one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length)
  .filter((one) => !window.stops?.has(one))
  .map((one) => one.outerHTML.replace(/\\s+/g, " ").slice(0, 140))"""


def walk(page: Page, key: str = "Tab", most: int = 250) -> list[dict[str, Any]]:
    """Every stop, from wherever the keyboard is, out of the page and in again at its other end, to the first."""
    page.bring_to_front()  # of the pages that are open, the keyboard is at this one
    stops: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press(key)
        stop = page.evaluate(WHERE)
        if stop is None:
            continue
        if stops and stop["n"] == stops[0]["n"]:
            return stops
        assert not stops or stop["n"] != stops[-1]["n"], f"{key} does not leave {stop['what']}"
        stops.append(stop)
    raise AssertionError(f"no way round in {most} steps; the last: {stops[-1]['what'] if stops else 'nowhere'}")


def all_is_well(page: Page, stops: list[dict[str, Any]]) -> None:
    for what in ("outlined", "seen", "uncovered"):
        assert [stop["what"] for stop in stops if not stop[what]] == [], f"not {what} when the keyboard is there"


@pytest.fixture
def busy(house: House) -> Person:
    """A late day with questions of every kind; the person who asked some of them."""
    house.stand("late")
    me = house.person()
    house.ask(me, "Får vi se kartan med träden på?", "rejected", "Den visas i nästa punkt.")
    house.ask(me, "Vem vattnar träden den sommar då ingen har tid?", "approved")
    house.ask(house.person(1), "Vem äger dammen?", "on_stage")
    return me


@pytest.mark.parametrize("path", ["live", "live#programme", "moderate", ""])
def test_every_control_is_reached_and_seen(house: House, look: Look, busy: Person, path: str) -> None:
    page = house.reader(look, house.moderator if path == "moderate" else busy)
    path, _, part = path.partition("#")
    house.show(page, path, hash=f"#{part}" if part else "")
    if path == "moderate":
        page.locator("#review [data-act=reject]").first.click()
        expect(page.locator("#review .case textarea").first).to_be_focused()
    stops = walk(page)
    assert page.evaluate(OUGHT) == [], "what the keyboard did not reach"
    all_is_well(page, stops)
    all_is_well(page, walk(page, "Shift+Tab"))


@pytest.mark.parametrize("path", ["/", "/sign-in", "/m/no-such-meeting", "/accessibility", "/api/docs"])
def test_every_control_of_a_plain_page_is_reached_and_seen(house: House, look: Look, path: str) -> None:
    page = house.show(house.reader(look), path)
    stops = walk(page)
    assert page.evaluate(OUGHT) == [], "what the keyboard did not reach"
    all_is_well(page, stops)


@pytest.mark.parametrize("path", ["live", "live#programme", "moderate", "", "/", "/privacy"])
def test_the_skip_link_comes_first_and_leads_there(house: House, look: Look, busy: Person, path: str) -> None:
    page = house.reader(look, house.moderator if path == "moderate" else busy)
    path, _, part = path.partition("#")
    house.show(page, path, hash=f"#{part}" if part else "")
    skip = page.locator(".skip")
    if part:
        skip.focus()  # in the middle of a page, the browser goes on from there
    else:
        page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    target = page.locator(skip.get_attribute("href") or "")
    page.keyboard.press("Enter")
    expect(target).to_be_visible()
    page.keyboard.press("Tab")
    there = "target => target.contains(document.activeElement) || target === document.activeElement"
    after = "target => Boolean(target.compareDocumentPosition(document.activeElement) & 4)"  # or nothing in it to press
    assert target.evaluate(there) or target.evaluate(after), page.evaluate("document.activeElement.outerHTML")


def test_rejecting_by_keyboard_and_leaving_it_be(house: House, look: Look, busy: Person) -> None:
    page = house.show(house.reader(look, house.moderator), "moderate")
    button = page.locator("#review [data-act=reject]").first
    button.focus()
    page.keyboard.press("Enter")
    reason = page.locator("#review .case textarea")
    expect(reason).to_be_focused()
    page.keyboard.type("Den rör")
    page.keyboard.press("Escape")
    expect(reason).to_be_hidden()
    expect(button).to_be_focused()


@pytest.mark.parametrize("day", ["on", "over time"])
def test_every_control_of_a_step_is_reached_and_seen(house: House, look: Look, day: Day) -> None:
    """On a phone the step and the buttons float at the foot: what the keyboard moves to is not under them."""
    house.stand(day)
    page = house.show(house.reader(look, house.moderator), "moderate")
    if day == "on":
        page.keyboard.press("e")
        expect(page.locator(".step .acts .btn--main")).to_be_focused()
    else:
        expect(page.locator(".still__way .btn:not([aria-disabled])")).to_have_count(3)
    stops = walk(page)
    all_is_well(page, stops)
    all_is_well(page, walk(page, "Shift+Tab"))


def test_a_step_by_keyboard_and_back_to_where_one_was(house: House, look: Look) -> None:
    house.stand("on")
    page = house.show(house.reader(look, house.moderator), "moderate")
    more = page.locator(".run a.btn").first
    more.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".step .acts .btn--main")).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".step .acts .btn--main")).to_be_focused()
    page.keyboard.press("Enter")
    expect(more).to_be_focused()
    page.locator(".more summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator(".more summary")).to_be_focused()
    expect(page.locator(".more[open]")).to_have_count(0)


def test_single_keys_run_the_day_and_can_be_switched_off_for_good(house: House, look: Look) -> None:
    house.stand("on", asked=False)
    first, second = (house.ask(house.person(1), text) for text in ("Vem äger dammen?", "Vem vattnar träden?"))
    page = house.show(house.reader(look, house.moderator, "keys"), "moderate")
    title = page.locator(".strip__title")
    was = title.inner_text()
    page.keyboard.press("n")
    expect(title).not_to_have_text(was)
    page.keyboard.press("u")
    expect(title).to_have_text(was)
    page.keyboard.press("a")
    expect(page.locator(f"#line #q-{first}")).to_be_visible()
    page.keyboard.press("r")
    reason = page.locator(f"#q-{second} textarea")
    expect(reason).to_be_focused()
    page.keyboard.type("neua")  # while one types, they are letters
    expect(reason).to_have_value("neua")
    page.keyboard.press("Escape")
    expect(title).to_have_text(was)
    page.keyboard.press("Control+e")
    page.keyboard.press("e")
    expect(page.locator("#step")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(f"#q-{second} [data-act=reject]")).to_be_focused()  # where one was, a frame later
    for key in "NEUJKFHARWMQTDPOISVX":
        expect(page.locator(".keys kbd").get_by_text(key, exact=True)).to_be_visible()
    page.locator(".keys input").focus()
    page.keyboard.press("Space")
    for _ in range(2):
        page.locator("body").evaluate("() => document.activeElement.blur()")
        page.keyboard.press("e")
        page.keyboard.press("n")
        page.wait_for_timeout(500)
        expect(page.locator("#step")).to_have_count(0)
        expect(title).to_have_text(was)
        house.show(page, "moderate")  # also when the page is opened anew
    house.leave(page)


def test_supporting_and_asking_by_keyboard(house: House, look: Look, busy: Person) -> None:
    page = house.show(house.reader(look, busy), "live")
    vote = page.locator("button[data-act=vote][aria-pressed=false]").first
    vote.focus()
    one = page.locator(f"#{vote.evaluate('vote => vote.closest(`li`).id')} .vote")
    page.keyboard.press("Space")
    expect(one).to_have_attribute("aria-pressed", "true")
    expect(one).to_be_focused()
    page.locator("#ask-text").focus()
    page.keyboard.type("Går det fort?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.question", has_text="Går det fort?")).to_be_visible()
    expect(page.locator("#ask-text")).to_be_focused()
    page.keyboard.type("En till")
    for _ in range(2):  # past the box for the name, to the button
        page.keyboard.press("Tab")
    if not page.evaluate("document.activeElement.matches('.ask__send')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("article.question", has_text="En till")).to_be_visible()


def test_ones_own_questions_by_keyboard(house: House, look: Look) -> None:
    """Changed, withdrawn, closed: the keyboard is never left nowhere."""
    house.stand("on")
    me = house.person(9)
    waits = house.ask(me, "Vem vattnar?")
    house.ask(me, "Gick det?", "rejected", "Den är redan besvarad.")
    page = house.show(house.reader(look, me, "own"), "live")
    row = page.locator(f"#q-{waits}")
    row.locator(".reword > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(row.locator("textarea")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" Och när?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(row.locator(".reword > summary")).to_be_focused()
    expect(row.locator(".question__text")).to_have_text("Vem vattnar? Och när?")
    page.keyboard.press("Tab")
    expect(row.locator("[data-act=withdraw]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(row.locator("[data-act]:focus")).to_have_count(1)  # what can be done with it now
    row.locator("[data-act=close]").focus()
    page.keyboard.press("Enter")
    told = page.locator(".mine article.question--refused")
    expect(told.locator("[data-act=close]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".mine")).to_have_count(0)
    expect(page.locator("#h-questions")).to_be_focused()
    house.leave(page)


def test_asking_for_help_by_keyboard(house: House, look: Look) -> None:
    house.stand("on")
    page = house.show(house.reader(look, house.person(8), "help"), "live")
    page.locator("#help > summary").focus()
    page.keyboard.press("Enter")
    page.locator(".help__form").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("radio").first).to_be_checked()
    all_is_well(page, walk(page))
    page.locator(".help__form button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#help > summary")).to_be_focused()
    expect(page.locator(".note--help")).to_be_visible()
    house.leave(page)

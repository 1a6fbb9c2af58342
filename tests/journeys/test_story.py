"""A question goes from a phone to the hall's screen, whatever happens to the line."""

import re
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

from tests.journeys.conftest import LAPTOP, PHONE, PROJECTOR
from tests.journeys.proxy import Manner, Proxy
from tests.servers import Demo

pytestmark = pytest.mark.slow
QUESTION = "Hur får ni plats för skyfallen på Åsögatan, när marken redan är full av ledningar?"
OFFLINE = "Och vem äger dammen när entreprenören har gått hem?"


def asked(demo: Demo, text: str) -> int:
    """How many times a question stands in the database."""
    with sqlite3.connect(demo.data / "hybridmote.db") as connection:
        return int(connection.execute("SELECT count(*) FROM question WHERE text = ?", (text,)).fetchone()[0])


def ask(page: Page, text: str) -> None:
    page.locator("#ask-text").fill(text)
    page.locator("#ask-text").press("Control+Enter")


def row(page: Page, text: str) -> Any:
    return page.locator("article, li").filter(has_text=text).first


def test_asked_on_a_phone_approved_on_a_laptop_shown_in_the_hall_with_the_line_cut_in_between(
    demo: Demo, enter: Callable[..., Page], proxy: Callable[..., Proxy]
) -> None:
    tunnel = proxy()
    phone = enter(demo.people["attendee"][0], through=tunnel, **PHONE)
    neighbour = enter(demo.people["attendee"][2], **PHONE)
    desk = enter(demo.people["moderator"][0], "moderate", locale="en-GB", **LAPTOP)
    hall = enter(demo.people["screen"], "screen", **PROJECTOR)
    expect(phone.locator(".line")).to_contain_text("Ansluten")

    ask(phone, QUESTION)
    expect(phone.locator("#ask-text")).to_have_value("")
    expect(row(phone, QUESTION)).to_contain_text("Väntar på moderator")
    case = desk.locator(".case").filter(has_text=QUESTION)
    expect(case).to_be_visible()
    expect(neighbour.get_by_text(QUESTION)).to_have_count(0)

    case.get_by_role("button", name="Approve").click()
    expect(neighbour.get_by_text(QUESTION)).to_be_visible()
    row(neighbour, QUESTION).locator("button.vote").click()
    expect(row(neighbour, QUESTION).locator("button.vote")).to_have_attribute("aria-pressed", "true")

    tunnel.cut()
    expect(phone.locator("body")).to_contain_text("Ingen kontakt", timeout=30_000)
    ask(phone, OFFLINE)
    expect(row(phone, OFFLINE)).to_be_visible()
    desk.locator("#line article").filter(has_text=QUESTION).get_by_role("button", name="Take up").click()
    expect(hall.locator(".hall__text")).to_have_text(QUESTION)
    assert asked(demo, OFFLINE) == 0

    tunnel.mend()
    expect(phone.locator(".question--stage")).to_contain_text(QUESTION, timeout=30_000)
    expect(row(phone, OFFLINE)).to_contain_text("Väntar på moderator", timeout=30_000)
    assert asked(demo, OFFLINE) == 1

    now = hall.locator("h1").inner_text()
    desk.get_by_role("button", name="Next item").click()
    for page in (hall, phone, neighbour):
        expect(page.locator("h1").first).not_to_have_text(now)
    expect(hall.get_by_text(QUESTION)).to_have_count(0)


def test_what_was_typed_and_what_was_sent_survive_a_reload_without_a_line(
    demo: Demo, enter: Callable[..., Page], proxy: Callable[..., Proxy]
) -> None:
    tunnel = proxy()
    phone = enter(demo.people["attendee"][0], through=tunnel, **PHONE)
    expect(phone.locator(".line")).to_contain_text("Ansluten")
    tunnel.cut()
    ask(phone, OFFLINE)
    phone.locator("#ask-text").fill("En halv tanke om")
    address = phone.url
    with pytest.raises(Error, match="ERR_"):
        phone.reload()
    phone.wait_for_url("chrome-error://**")
    tunnel.mend()
    phone.goto(address)
    expect(phone.locator("#ask-text")).to_have_value("En halv tanke om")
    expect(row(phone, OFFLINE)).to_contain_text("Väntar på moderator", timeout=20_000)
    assert asked(demo, OFFLINE) == 1


def test_a_server_that_is_killed_comes_back_to_everyone(demo: Demo, enter: Callable[..., Page]) -> None:
    phone = enter(demo.people["attendee"][0], **PHONE)
    expect(phone.locator(".line")).to_contain_text("Ansluten")
    demo.kill()
    ask(phone, OFFLINE)
    demo.start()
    demo.wait_ready()
    expect(row(phone, OFFLINE)).to_contain_text("Väntar på moderator", timeout=45_000)
    assert asked(demo, OFFLINE) == 1


@pytest.mark.parametrize("manner", ["refuses upgrades", "swallows frames", "refuses sockets"])
def test_behind_a_bad_proxy_everything_still_arrives(
    demo: Demo, enter: Callable[..., Page], proxy: Callable[..., Proxy], manner: Manner
) -> None:
    bad = proxy(manner)
    phone = enter(demo.people["attendee"][0], through=bad, **PHONE)
    desk = enter(demo.people["moderator"][0], "moderate", locale="en-GB", **LAPTOP)
    expect(phone.locator(".line")).to_contain_text("Ansluten", timeout=15_000)  # promised within 5 s
    ask(phone, QUESTION)
    expect(row(phone, QUESTION)).to_contain_text("Väntar på moderator")
    desk.locator(".case").filter(has_text=QUESTION).get_by_role("button", name="Approve").click()
    expect(phone.locator(".questions").get_by_text(QUESTION)).to_be_visible()
    assert asked(demo, QUESTION) == 1
    if manner == "refuses sockets":
        assert bad.plain > 0
    else:
        assert bad.upgrades > 0 and bad.polls > 0


def test_two_moderators_press_at_once_and_both_see_what_happened(demo: Demo, enter: Callable[..., Page]) -> None:
    first = enter(demo.people["moderator"][0], "moderate", locale="en-GB", **LAPTOP)
    second = enter(demo.people["moderator"][1], "moderate", locale="en-GB", **PHONE)
    text = first.locator("#review .case__text").first.inner_text()
    for page in (first, second):
        expect(page.locator(".case").filter(has_text=text)).to_be_visible()
    second.context.set_offline(True)  # the second's line is slow: both decide on the same picture
    first.locator(".case").filter(has_text=text).get_by_role("button", name="Approve").click()
    expect(first.locator("#review").get_by_text(text)).to_have_count(0)
    second.context.set_offline(False)
    expect(second.locator("#review").get_by_text(text)).to_have_count(0)
    now = first.locator("h1").first.inner_text()
    for page in (first, second):
        page.get_by_role("button", name="Next item").dispatch_event("click")
    expect(first.locator("h1").first).not_to_have_text(now)
    with sqlite3.connect(demo.data / "hybridmote.db") as connection:
        steps = connection.execute("SELECT count(*) FROM audit WHERE what = 'programme.next'").fetchone()[0]
    assert steps == 1


def test_without_javascript_a_question_is_asked_approved_and_seen(demo: Demo, enter: Callable[..., Page]) -> None:
    plain = {"java_script_enabled": False}
    reader = enter(demo.people["attendee"][0], **PHONE, **plain)
    reader.locator("#ask-text").fill(QUESTION)
    reader.locator("form#ask button[type=submit]").click()
    expect(row(reader, QUESTION)).to_contain_text("Väntar på moderator")
    desk = enter(demo.people["moderator"][0], "moderate", locale="en-GB", **LAPTOP, **plain)
    case = desk.locator(".case").filter(has_text=QUESTION)
    case.get_by_role("button", name="Approve").click()
    expect(desk.locator("#line").get_by_text(QUESTION)).to_be_visible()
    reader.reload()
    expect(reader.locator(".questions").get_by_text(QUESTION)).to_be_visible()
    now = desk.locator("h1").first.inner_text()
    desk.get_by_role("button", name="Next item").click()
    expect(desk.locator("h1").first).not_to_have_text(now)


def test_by_keyboard_alone(demo: Demo, enter: Callable[..., Page]) -> None:
    desk = enter(demo.people["moderator"][0], "moderate", locale="en-GB", **LAPTOP)
    first = desk.locator("#review .case").first
    text = first.locator(".case__text").inner_text()
    for _ in range(40):
        desk.keyboard.press("Tab")
        if desk.evaluate("document.activeElement.textContent.trim().startsWith('Reject')"):
            break
    desk.keyboard.press("Enter")
    expect(desk.locator(".case textarea, .case input[name=reason]").first).to_be_focused()
    desk.keyboard.type("Den rör ett enskilt ärende.")
    for _ in range(6):
        desk.keyboard.press("Tab")
        if desk.evaluate("/^(Reject|Do not take)/.test(document.activeElement.textContent.trim())"):
            break
    desk.keyboard.press("Enter")
    expect(desk.locator("#review").get_by_text(text)).to_have_count(0)
    assert desk.evaluate("document.activeElement !== document.body"), "the focus fell to the top of the page"


def test_a_revoked_link_says_so_and_keeps_what_was_written(demo: Demo, enter: Callable[..., Page]) -> None:
    phone = enter(demo.people["attendee"][0], **PHONE)
    expect(phone.locator(".line")).to_contain_text("Ansluten")
    phone.locator("#ask-text").fill("En halv tanke om")
    organiser = enter(demo.people["organiser"], "moderate", locale="en-GB", **LAPTOP)
    me = phone.evaluate("JSON.parse(document.getElementById('boot').textContent).welcome.me.id")
    answer = organiser.evaluate(
        """async ([url, person]) => {
            const boot = JSON.parse(document.getElementById("boot").textContent);
            const answer = await fetch(url, {method: "POST", headers: {"Content-Type": "application/json",
              "X-CSRFToken": boot.csrf}, body: JSON.stringify({op: crypto.randomUUID(), person})});
            return answer.status;
        }""",
        [f"/api/v1/m/{demo.people['meeting']}/commands/person.revoke", me],
    )
    assert answer == 200
    expect(phone.locator("#ended")).to_be_visible(timeout=6_000)  # promised within 2 s
    expect(phone.locator("body")).to_contain_text("En halv tanke om")
    phone.reload()
    assert re.search(r"\b401\b|länk", phone.locator("main").inner_text())

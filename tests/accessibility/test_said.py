"""What happens is said to those who do not see it, once; and nothing moves under whoever is about to press."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.accessibility.house import House, Look, words
from tests.servers import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LISTEN = """() => {
  const region = document.getElementById("said");
  window.heard = [];
  new MutationObserver(() => region.textContent && heard.push(region.textContent))
    .observe(region, { childList: true, characterData: true, subtree: true });
}"""


def times(page: Page, sentence: re.Pattern[str]) -> int:
    heard: list[str] = page.evaluate("heard")
    return sum(len(sentence.findall(one)) for one in heard)


def test_what_becomes_of_my_questions_is_said_once(house: House, look: Look) -> None:
    house.stand("on", asked=False)
    me = house.person()
    page = house.show(house.reader(look, me), "live")
    desk = house.show(house.reader(look, house.moderator), "moderate")
    for one in (page, desk):
        expect(one.locator("#said")).to_have_attribute("role", "status")
        one.evaluate(LISTEN)
    for text in ("Vem äger dammen?", "Vad tycker min chef?"):
        page.locator("#ask-text").fill(text)
        page.locator("#ask-text").press("Control+Enter")
        expect(page.locator("#ask-text")).to_have_value("")

    def asked() -> dict[str, str]:
        rows: list[dict[str, Any]] = desk.locator("#review .case").evaluate_all(
            "all => all.map((one) => ({ id: one.id.slice(2), text: one.querySelector('.case__text').textContent }))"
        )
        return {row["text"]: row["id"] for row in rows} if len(rows) == 2 else {}

    dam, boss = eventually(asked, 20).values()
    house.say(house.moderator, "question.approve", id=dam)
    house.say(house.moderator, "question.reject", id=boss, reason="Den rör ett enskilt ärende.")

    def all_said(on: Page, *sentences: re.Pattern[str]) -> None:
        eventually(
            lambda: all(times(on, one) for one in sentences), 30, f"all of {sentences} in {on.evaluate('heard')}"
        )

    sent = words(look.language, "Sent. It waits for a moderator.")
    approved = words(look.language, "Your question is approved. It is in line.")
    rejected = words(look.language, "Your question was not taken up: {reason}")
    all_said(page, sent, approved, rejected)
    house.say(house.moderator, "question.take", id=dam)
    house.say(house.moderator, "question.answer", id=dam)
    answered = words(look.language, "Your question has been answered.")
    all_said(page, answered)
    all_said(desk, words(look.language, "{n} new questions to review."))
    page.wait_for_timeout(5_000)  # long enough for anything to be said again
    said = {name: times(page, one) for name, one in (("approved", approved), ("answered", answered))}
    assert said == {"approved": 1, "answered": 1}, page.evaluate("heard")
    assert times(page, sent) == 2, page.evaluate("heard")
    assert len([one for one in page.evaluate("heard") if "enskilt ärende" in one]) == 1


def test_a_list_keeps_its_order_under_the_keyboard(house: House, look: Look) -> None:
    house.stand("on")
    page = house.show(house.reader(look, house.person()), "live")
    ids = "ol.questions:not(details *) > li"

    def order() -> list[str]:
        found: list[str] = page.locator(ids).evaluate_all("all => all.map((one) => one.id)")
        return found

    before = order()
    page.keyboard.press("Tab")
    page.locator(f"{ids}:nth-child(3) .vote").focus()
    expect(page.locator(f"{ids}:nth-child(3) .vote:focus-visible")).to_be_visible()
    last = before[-1].removeprefix("q-")
    asker = next(q["author_id"] for q in house.questions if q["id"] == last)
    supporters = [id for id in house.quiet if id != asker][:35]
    for id in supporters:
        house.say(house.way_in(id), "question.upvote", id=last, on=True)
    most = page.locator(f"#{before[-1]} .vote span")
    eventually(lambda: int(most.inner_text()) >= len(supporters), 20, "the number, which may change")
    assert order() == before
    assert page.evaluate("document.activeElement.closest('li').id") == before[2]
    page.keyboard.press("Tab")
    page.locator("#ask-text").focus()
    eventually(lambda: order() != before, 10, "the list in its new order, when nobody is in it")
    assert sorted(order()) == sorted(before)


def test_the_title_and_the_voice_follow_the_programme(house: House, look: Look) -> None:
    house.stand("on", asked=False)
    page = house.show(house.reader(look, house.person()), "live")
    page.evaluate(LISTEN)
    with house.rows() as session:
        version = house.meeting(session).version
    house.say(house.moderator, "programme.next", expected_version=version)
    now = words(look.language, "Now: {title}")
    eventually(lambda: times(page, now) == 1, 20, "the new item being said")
    expect(page).to_have_title(re.compile(page.locator("h1").first.inner_text()))

"""The record of what staff did, and what they take with them, read by axe."""

import pytest

from tests.accessibility.axe import check
from tests.accessibility.house import House, Look
from tests.accessibility.test_written_answers import picture

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_the_record_is_read_and_searched(house: House, look: Look) -> None:
    house.stand("on")
    for n in range(3):
        id = house.ask(house.person(n), f"Fråga {n}: vem äger dammen, och vad händer med fallrätten?", "approved")
        house.say(house.moderator, "question.reject", id=id, reason="Den rör ett enskilt ärende.")
    for n in range(60):
        house.say((house.moderator, house.other_moderator)[n % 2], "question.take", id=open_one(house))
    page = house.show(house.reader(look, house.moderator), "desk/audit")
    check(page, ".audit__lines li", ".audit__turn")
    picture(page, f"audit-{look}")
    page.locator("#audit-q").fill("ärende")
    page.locator("#audit-q").press("Enter")
    check(page, ".audit__lines li")
    assert page.locator(".audit__lines > li").count() in (3, 6), "of this look, and of the one before"
    house.show(page, "desk/audit?q=nothing+like+it")
    check(page, "#audit-q")


def open_one(house: House) -> str:
    return house.ask(house.person(5), "Hur blir det med vägen?", "approved")


def test_the_desk_leads_to_the_files(house: House, look: Look) -> None:
    house.stand("on")
    page = house.show(house.reader(look, house.moderator), "moderate")
    check(page, "#takeaway")
    picture(page, f"desk-{look}")
    for link in page.locator("#takeaway a[download]").all():
        answer = page.context.request.get(house.base + (link.get_attribute("href") or ""))
        assert answer.ok and "attachment" in answer.headers["content-disposition"]


def test_how_a_screen_reader_is_told_stands_last(house: House, look: Look) -> None:
    house.stand("on")
    page = house.show(house.reader(look, house.person()), "live")
    page.locator("details.aloud > summary").click()
    page.locator("details.aloud").scroll_into_view_if_needed()
    check(page, "details.aloud .btn")
    picture(page, f"live-{look}")

"""What time did not reach is answered in writing by those who spoke: with a script and without, and never by a lectern."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from hybridmote.programme.store import Speaker
from hybridmote.questions.store import Question
from tests.accessibility.axe import check
from tests.accessibility.house import House, Look, taken_over, words
from tests.servers import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def talk(house: House) -> Iterator[str]:
    """The day is over; the item at which the speaker of the demo spoke."""
    house.stand("after", asked=False)
    with house.rows() as session:
        spoken = session.scalars(select(Speaker.item_id).where(Speaker.participant_id == house.speaker.id)).all()
    assert spoken
    yield spoken[0]


def unreached(house: House, item: str, *texts: str) -> list[str]:
    return [house.say(house.moderator, "question.record", text=text, item=item)["id"] for text in texts]


def field(page: Page, id: str) -> str:
    assert page.locator(f"#reply-{id}").count() == 1
    return f"#reply-{id}"


def test_an_answer_is_written_kept_published_and_changed(house: House, look: Look, talk: str) -> None:
    first, second = unreached(house, talk, "Vem äger dammen?", "När börjar bygget?")
    house.say(house.moderator, "question.queue", id=second)
    page = house.show(house.reader(look, house.speaker), f"speaker?item={talk}", live=False)
    rows = page.locator("#questions li[data-row^=to-]")
    expect(rows).to_have_count(2)
    assert rows.evaluate_all("all => all.map((one) => one.id)") == [f"q-{second}", f"q-{first}"], "up next first"
    expect(page.locator("#reply-note")).to_have_text(
        words(look.language, "What you write is published under the question for everyone, and whoever asked is told.")
    )
    check(page, "#h-unreached", f"#reply-{first}")
    page.locator(field(page, first)).fill("Kommunen äger den.\n\nFallrätten är såld.")
    page.reload()
    expect(page.locator(field(page, first))).to_have_value("Kommunen äger den.\n\nFallrätten är såld.")
    picture(page, f"speaker-writing-{look}")
    taken_over(page)
    page.locator(f"#q-{first} form button").click()
    expect(page.locator(f"li[data-row=of-{first}] .question__reply")).to_contain_text("Fallrätten är såld.")
    expect(rows).to_have_count(1)
    assert page.evaluate("document.activeElement.id") == f"reply-{second}", "the keyboard goes on to the next"
    page.locator(f"li[data-row=of-{first}] summary").click()
    expect(page.locator(field(page, first))).to_have_value("Kommunen äger den.\n\nFallrätten är såld.")
    page.locator(f"#q-{first} form textarea").fill("Kommunen äger den.")
    check(page, f"li[data-row=of-{first}] form")
    picture(page, f"speaker-written-{look}")
    page.locator(f"#q-{first} form button").click()
    expect(page.locator(f"li[data-row=of-{first}] .question__reply")).not_to_contain_text("Fallrätten")
    expect(page.locator(f"li[data-row=of-{first}] details")).not_to_have_attribute("open", "")
    live = house.show(house.reader(look, house.person()), "live")
    live.locator("details.answered > summary").click()
    expect(live.locator(f"#q-{first} .question__reply")).to_contain_text("Kommunen äger den.")


def test_staff_may_answer_for_any_item_and_send_by_the_keyboard(house: House, look: Look, talk: str) -> None:
    (id,) = unreached(house, talk, "Vem äger dammen?")
    page = house.show(house.reader(look, house.moderator), f"speaker?item={talk}", live=False)
    page.wait_for_function("document.getElementById('app').__k")
    page.locator(field(page, id)).fill("Kommunen.")
    page.locator(field(page, id)).press("Control+Enter")
    expect(page.locator(f"li[data-row=of-{id}] .question__reply")).to_contain_text("Kommunen.")
    with house.rows() as session:
        assert session.get_one(Question, id).reply == "Kommunen."


def test_up_next_stands_first_while_the_talk_is_on(house: House, look: Look) -> None:
    house.stand("on")
    page = house.show(house.reader(look, house.lectern), "speaker")
    last = page.locator("#questions .talk__asked li .talk__text").last.inner_text()
    with house.rows() as session:
        id = session.scalars(select(Question.id).where(Question.text == last)).one()
    house.say(house.moderator, "question.queue", id=id)
    first = page.locator("#questions .talk__asked li").first
    expect(first.locator(".talk__text")).to_have_text(last)
    expect(first.locator(".talk__up")).to_be_visible()
    check(page, "#questions .talk__up")
    picture(page, f"speaker-on-{look}")
    order = page.locator("#questions .talk__text").all_inner_texts()
    bare = house.reader(look, house.lectern, "bare", java_script_enabled=False)
    house.show(bare, "speaker", live=False)
    assert bare.locator("#questions .talk__text").all_inner_texts() == order, "the server draws the same"
    house.leave(bare)


def test_nothing_written_is_lost_when_somebody_else_answers_first(house: House, look: Look, talk: str) -> None:
    (id,) = unreached(house, talk, "Vem äger dammen?")
    page = house.show(house.reader(look, house.speaker), f"speaker?item={talk}", live=False)
    page.locator(field(page, id)).fill("Jag tror att det är kommunen.")
    house.say(house.moderator, "question.reply", id=id, text="Bolaget äger den.")
    there = page.locator(f"li[data-row=of-{id}]")
    expect(there.locator(".question__reply")).to_contain_text("Bolaget äger den.")
    expect(there.locator("textarea")).to_have_value("Jag tror att det är kommunen.")
    expect(there.locator("textarea")).to_be_visible()


def test_too_long_and_empty_are_said_by_the_field(house: House, look: Look, talk: str) -> None:
    (id,) = unreached(house, talk, "Vem äger dammen?")
    page = house.show(house.reader(look, house.speaker), f"speaker?item={talk}", live=False)
    taken_over(page)
    for text in ("", "å" * 4_001):
        page.locator(field(page, id)).fill(text)
        page.locator(f"#q-{id} form button").click()
        expect(page.locator(f"#reply-{id}-wrong")).to_be_visible()
        expect(page.locator(field(page, id))).to_have_attribute("aria-describedby", f"reply-{id}-wrong")
    check(page, f"#reply-{id}-wrong")


def test_it_works_by_plain_forms(house: House, look: Look, talk: str) -> None:
    (id,) = unreached(house, talk, "Vem äger dammen?")
    page = house.reader(look, house.speaker, "no script", java_script_enabled=False)
    house.show(page, f"speaker?item={talk}", live=False)
    assert page.locator("meta[http-equiv=refresh]").count() == 0, "what is being written would be thrown away"
    page.locator(field(page, id)).fill("å" * 4_001)
    page.locator(f"#q-{id} form button").click()
    expect(page.locator(f"#reply-{id}-wrong")).to_be_visible()
    expect(page.locator(field(page, id))).to_have_value("å" * 4_001)
    page.locator(field(page, id)).fill("Kommunen.")
    page.locator(f"#q-{id} form button").click()
    house.show(page, f"speaker?item={talk}", live=False)
    expect(page.locator(f"li[data-row=of-{id}] .question__reply")).to_contain_text("Kommunen.")
    expect(page.locator(f"#q-{id} details")).not_to_have_attribute("open", "")
    house.leave(page)


def test_a_lectern_and_another_speaker_see_and_do_not_write(house: House, look: Look, talk: str) -> None:
    (id,) = unreached(house, talk, "Vem äger dammen?")
    page = house.show(house.reader(look, house.lectern), f"speaker?item={talk}", live=False)
    taken_over(page)
    assert page.locator("#questions textarea").count() == 0
    with house.rows() as session:
        for row in session.scalars(select(Speaker).where(Speaker.participant_id == house.speaker.id)):
            row.participant_id = None
        session.commit()
    try:
        page = house.show(house.reader(look, house.speaker), "speaker", live=False)
        assert page.locator(f"#reply-{id}").count() == 0
    finally:
        with house.rows() as session:
            for row in session.scalars(select(Speaker).where(Speaker.item_id == talk)).all()[:1]:
                row.participant_id = house.speaker.id
            session.commit()


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("PICTURES"):
        eventually(lambda: page.evaluate("document.fonts.status") == "loaded", 5)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)

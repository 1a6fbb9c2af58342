"""What happens is said to those who do not see it, once; and nothing moves under whoever is about to press."""

import itertools
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from hybridmote.programme.store import Item
from hybridmote.strings import strings
from tests.accessibility.axe import check
from tests.accessibility.house import House, Look, taken_over, words
from tests.servers import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LISTEN = """() => {
  const region = document.getElementById("said");
  window.heard = [];
  window.whenHeard = [];
  new MutationObserver(() => region.textContent && whenHeard.push(performance.now()))
    .observe(region, { childList: true, characterData: true, subtree: true });
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


# ---- quietly ----

PLAY = """async () => {
  const sound = new AudioContext();
  const stream = sound.createMediaStreamDestination();
  sound.createOscillator().connect(stream);
  const picture = Object.assign(document.createElement("video"), { id: "playing", srcObject: stream.stream });
  document.body.append(picture);
  await picture.play();
}"""


@pytest.fixture(autouse=True)
def screened_again(house: House) -> Iterator[None]:
    """How questions are taken is so for the test only."""
    yield
    with house.rows() as session:
        for item in session.scalars(select(Item)):
            item.asking = "screened"
        session.commit()


def open_for_all(house: House) -> str:
    """What is on takes questions unseen: each is shown to everyone at once."""
    with house.rows() as session:
        item: str = next(iter(house.meeting(session).now_on.values()))
    house.say(house.moderator, "question.mode", item=item, mode="open")
    return item


def numbers(page: Page, one: str, language: str) -> int:
    """The sum of what was said in numbers."""
    entry: Any = strings(language).get(one) or {"one": "{n} new question", "other": one}
    forms = [re.escape(form).replace(r"\{n\}", r"(\d+)") for form in entry.values()]
    found = re.findall("|".join(f"{form}\\b" for form in sorted(forms, key=len, reverse=True)), " ".join(heard(page)))
    return sum(int("".join(part)) for part in found)


def heard(page: Page) -> list[str]:
    said: list[str] = page.evaluate("heard")
    return said


@pytest.mark.parametrize("seconds", [16, pytest.param(60, marks=pytest.mark.long)])
def test_five_hundred_questions_a_minute_are_a_few_calm_numbers(house: House, look: Look, seconds: int) -> None:
    house.stand("on", asked=False)
    item = open_for_all(house)
    page = house.show(house.reader(look, house.person()), "live")
    page.evaluate(LISTEN)
    askers = [house.way_in(id) for id in house.quiet[1:6]]
    start, asked = time.monotonic(), 0
    while time.monotonic() - start < seconds:
        if asked < (time.monotonic() - start) * 500 / 60:
            house.ask(askers[asked % 5], f"Fråga nummer {asked}: hur blir det med väg {asked * 7}?", item=item)
            asked += 1
        else:
            page.wait_for_timeout(10)
    assert asked > 100
    eventually(lambda: numbers(page, "{n} new questions", look.language) == asked, 20, "all of them in the numbers")
    at: list[float] = page.evaluate("whenHeard")
    gaps = [later - earlier for earlier, later in itertools.pairwise(at)]
    assert len(at) <= seconds / 5 + 2 and min(gaps) > 4_900, gaps
    assert all(len([one for one in at if start <= one < start + 60_000]) <= 12 for start in at)


def test_while_sound_plays_only_what_concerns_me_is_said_and_a_key_says_the_rest(house: House, look: Look) -> None:
    house.stand("on", asked=False)
    item = open_for_all(house)
    me, other = house.person(0), house.person(1)
    page = house.show(house.reader(look, me), "live")
    page.locator("h1").first.click()
    page.evaluate(PLAY)
    page.evaluate(LISTEN)
    mine = house.ask(me, "Vem äger dammen?", item=item)
    for n in range(3):
        house.ask(other, f"Och väg {n}?", item=item)
    expect(page.locator("ol.questions > li")).to_have_count(4)
    house.say(house.moderator, "question.take", id=mine)
    house.say(house.moderator, "question.answer", id=mine)
    answered = words(look.language, "Your question has been answered.")
    eventually(lambda: times(page, answered) == 1, 20)
    page.wait_for_timeout(6_000)
    assert numbers(page, "{n} new questions", look.language) == 0, heard(page)
    assert not times(page, words(look.language, "On stage: {text}")), heard(page)
    page.keyboard.press("Alt+n")
    eventually(lambda: numbers(page, "{n} new questions", look.language) == 3, 5, f"three of {heard(page)}")
    assert times(page, answered) == 1
    page.keyboard.press("Alt+n")
    eventually(lambda: times(page, words(look.language, "Nothing new.")) == 1, 5)
    house.ask(other, "Och sedan?", item=item)
    page.wait_for_timeout(6_000)
    assert numbers(page, "{n} new questions", look.language) == 3
    page.evaluate("document.getElementById('playing').muted = true")
    eventually(lambda: numbers(page, "{n} new questions", look.language) == 4, 10)


def test_a_pause_is_remembered_and_the_button_says_what_waits(house: House, look: Look) -> None:
    house.stand("on", asked=False)
    item = open_for_all(house)
    page = house.show(house.reader(look, house.person()), "live")
    page.locator("details.aloud > summary").click()
    check(page, "details.aloud .btn")
    pause = page.locator("details.aloud label", has_text=words(look.language, PAUSE)).locator("input")
    tone = page.locator("details.aloud label", has_text=words(look.language, TONE)).locator("input")
    expect(pause).not_to_be_checked()
    expect(tone).not_to_be_checked()
    pause.check()
    page.reload()
    taken_over(page)
    page.evaluate(LISTEN)
    house.ask(house.person(1), "Vem äger dammen?", item=item)
    expect(page.locator("ol.questions > li")).to_have_count(1)
    page.wait_for_timeout(5_500)
    assert heard(page) == []
    page.locator("details.aloud > summary").click()
    expect(pause).to_be_checked()
    page.locator("details.aloud .btn").click()
    eventually(lambda: numbers(page, "{n} new questions", look.language) == 1, 5)
    pause.uncheck()


PAUSE = "Pause: say only what concerns me, and notices"
TONE = "A soft tone when something concerns me"


def test_the_list_is_a_log_that_does_not_speak_by_itself(house: House, look: Look) -> None:
    house.stand("on")
    page = house.show(house.reader(look, house.person()), "live")
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]

    def told(role: str) -> list[dict[str, Any]]:
        found = [node for node in tree if node.get("role", {}).get("value") == role and not node["ignored"]]
        return [{p["name"]: p["value"].get("value") for p in node["properties"]} | {"node": node} for node in found]

    (log,) = told("log")
    assert log.get("live", "off") == "off"
    assert re.fullmatch(words(look.language, "In line"), log["node"]["name"]["value"])
    said = [one for one in told("status") if one.get("live") == "polite"]
    assert len(said) >= 1
    assert not told("alert")


def test_who_stands_in_a_question_that_goes_away_is_not_thrown_out(house: House, look: Look) -> None:
    house.stand("on", asked=False)
    item = open_for_all(house)
    ids = [house.ask(house.person(1), f"Fråga {n}?", item=item) for n in range(3)]
    page = house.show(house.reader(look, house.person()), "live")
    page.keyboard.press("Tab")
    page.locator(f"#q-{ids[1]} .vote").focus()
    house.say(house.moderator, "question.reject", id=ids[1], reason="Den har ställts.")
    page.wait_for_timeout(1_500)
    there = page.evaluate(
        "document.activeElement.closest('[data-row]')?.dataset.row ?? document.activeElement.localName"
    )
    assert there in ids, there
    page.keyboard.press("Tab")
    page.locator("#ask-text").focus()
    expect(page.locator(f"#q-{ids[1]}")).to_have_count(0)

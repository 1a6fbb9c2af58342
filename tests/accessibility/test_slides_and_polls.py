"""The states of slides and polls, as axe reads them; and the keyboard, 320 px and forced colours."""

import time
import urllib.request
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from hybridmote.participants.store import Participant
from hybridmote.polls.store import Answer, Poll
from hybridmote.programme.store import Speaker
from hybridmote.slides.store import Deck
from hybridmote.slides.store import Page as SlidesPage
from tests.accessibility.axe import check
from tests.accessibility.house import House, Look, Person, words
from tests.servers import eventually
from tests.slides.pdfs import locked, pdf

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PROJECTOR = {"viewport": {"width": 1920, "height": 1080}}
LONG = "Ett mycket långt svar om dagvatten, ledningar, budgetar och vem som äger dammen"


@pytest.fixture
def talk(house: House) -> str:
    """What is on, with neither slides nor polls."""
    house.stand("on")
    with house.rows() as session:
        for table in (Answer, Poll, SlidesPage, Deck):
            session.execute(delete(table))
        on = [item for item in house.meeting(session).now_on.values() if item]
        session.commit()
    return str(on[0])


@pytest.fixture
def who_speaks(house: House, talk: str) -> Person:
    with house.rows() as session:
        session.scalars(select(Speaker).where(Speaker.item_id == talk)).first().participant_id = house.speaker.id  # type: ignore[union-attr]
        assert session.get_one(Participant, house.speaker.id)
        session.commit()
    return house.speaker


def bring(house: House, item: str, content: bytes) -> None:
    """By HTTP, as a program does."""
    mark = uuid4().hex
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="Skyfall.pdf"\r\n\r\n'
    request = urllib.request.Request(
        f"{house.base}/m/{house.slug}/slides/{item}",
        head.encode() + content + f"\r\n--{mark}--\r\n".encode(),
        {
            "Authorization": f"Bearer {house.moderator.token}",
            "Content-Type": f"multipart/form-data; boundary={mark}",
            "Accept": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200


def deck(house: House, item: str, state: str = "ready") -> str:
    """The id of an item's deck when it has come to that state."""

    def found() -> str | None:
        with house.rows() as session:
            return session.scalars(select(Deck.id).where(Deck.item_id == item, Deck.state == state)).first()

    return str(eventually(found, timeout=60))


@pytest.fixture
def shown(house: House, talk: str) -> str:
    """A deck of three pages, of which everyone is shown the second; the third has no text."""
    bring(house, talk, pdf("Regnet kommer fortare", "Var vattnet tar vägen", ""))
    id = deck(house, talk)
    house.say(house.moderator, "slides.turn", deck=id, page=2)
    return id


def test_slides_to_follow_and_to_page_back_in(house: House, look: Look, shown: str) -> None:
    page = house.show(house.reader(look, house.person()), "live")
    check(page, ".slides img[alt]", ".slides__n", page.locator(".slides__bar button").first)
    page.locator(".slides__text summary").click()
    expect(page.locator(".slides__words")).to_have_text("Var vattnet tar vägen")
    page.locator(".slides__page").focus()
    page.keyboard.press("End")
    again = page.get_by_role("button", name=words(look.language, "Follow again, page {n}"))
    check(page, again, page.get_by_text(words(look.language, "There is no text on this page.")))
    page.keyboard.press("ArrowLeft")
    expect(again).to_have_count(0)


def test_slides_turned_by_who_speaks(house: House, look: Look, who_speaks: Person, shown: str) -> None:
    page = house.show(house.reader(look, who_speaks), "speaker")
    page.locator(".slides__bring summary").click()
    check(page, ".turn__next img", ".turn__acts .btn--main", ".bring__form input[type=file]", ".bring__name")
    page.locator(".bring .acts button").click()
    check(page, page.get_by_text(words(look.language, "Yes, take the slides away from everyone")))
    page.locator(".turn .slides__page").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".turn__now")).to_have_text(words(look.language, "Everyone sees page {n} of {m}."))
    house.say(house.moderator, "slides.turn", deck=shown, page=0)
    check(page, ".slides__page--off", page.get_by_text(words(look.language, "Nobody sees the slides.")))


def test_slides_that_are_drawn_and_that_failed(house: House, look: Look, talk: str) -> None:
    bring(house, talk, locked())
    deck(house, talk, "failed")
    page = house.show(house.reader(look, house.moderator), "moderate")
    page.locator(".slides__bring summary").click()
    check(
        page,
        ".bring .case__said",
        page.locator(".desk__slides").get_by_text(words(look.language, "What is on has no slides.")),
    )
    page.locator(".bring__form button").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "a.txt", "mimeType": "text/plain", "buffer": b"no slides at all"}
    )
    page.locator(".bring__form button").click()
    check(page, ".bring__form .wrong", ".bring__form [aria-invalid=true]")
    bring(house, talk, pdf(*(f"Sida {n}" for n in range(60)), noise=200))
    check(page, ".bring progress[max='60']")


def test_all_pages_to_read(house: House, look: Look, shown: str) -> None:
    page = house.show(house.reader(look, house.person()), f"slides/{shown}", live=False, hash="#page-2")
    check(page, "#page-2 .slides__words", "#page-3 img[alt]", "#page-2 h2[aria-current]")


def test_slides_on_the_projector(house: House, look: Look, shown: str) -> None:
    page = house.reader(look, house.screen, "hall", **PROJECTOR)
    check(house.show(page, "screen"), ".hall__slide[alt]")


# Polls


@pytest.fixture
def ask(house: House, talk: str) -> Callable[..., str]:
    """`ask("choice", …)`: an open poll; its id."""

    def make(kind: str, opened: bool = True, **more: Any) -> str:
        body = {"choice": {"options": ["Ja", "Nej", LONG]}, "scale": {"most": 10, "options": ["Lite", "Mycket"]}}
        told = {"item": talk, "kind": kind, "prompt": f"Hur är det med {kind}?"} | body.get(kind, {"most": 3}) | more
        id = str(house.say(house.moderator, "poll.add", **told)["id"])
        if opened:
            house.say(house.moderator, "poll.open", id=id)
        return id

    return make


def test_polls_to_answer_answered_refused_and_closed(house: House, look: Look, ask: Callable[..., str]) -> None:
    me = house.person()
    choice, several, scale, free = ask("choice"), ask("choice", most=2), ask("scale"), ask("words")
    page = house.show(house.reader(look, me), "live")
    check(page, f"#poll-{choice} input[type=radio]", f"#poll-{scale} input", f"#poll-{free} input[type=text]")
    page.locator(f"#poll-{choice} .poll__send button").click()
    check(page, page.locator(f"#poll-{choice}").get_by_text(words(look.language, "Choose an answer first.")))
    page.locator(f"#poll-{several} label").nth(0).click()
    page.locator(f"#poll-{several} label").nth(2).click()
    check(page, f"#poll-{several} input:disabled")
    page.locator(f"#poll-{several} .poll__send button").click()
    page.locator(f"#poll-{free} input").first.fill("ord " * 12)
    page.locator(f"#poll-{free} .poll__send button").click()
    check(page, f"#poll-{several} .bars", f"#poll-{free} .wrong")
    for poll, answers in ((choice, [0]), (scale, [7]), (free, ["Tid", "mandat"])):
        house.say(house.person(1), "poll.answer", id=poll, answers=answers)
    house.say(house.moderator, "poll.show", id=choice, on=True)
    house.say(house.moderator, "poll.close", id=choice)
    check(page, page.locator(f"#poll-{choice}").get_by_text(words(look.language, "Closed")), f"#poll-{choice} .bars")


def test_polls_on_the_desk(house: House, look: Look, ask: Callable[..., str]) -> None:
    draft, closed, open_ = ask("choice", opened=False), ask("scale"), ask("words")
    house.say(house.moderator, "poll.close", id=closed)
    house.say(house.person(), "poll.answer", id=open_, answers=["Tid"])
    page = house.show(house.reader(look, house.moderator), "moderate")
    page.locator(".poll-make summary").click()
    page.locator(".poll-make button[type=submit]").click()
    check(page, f"#poll-{draft}", f"#poll-{closed} .bars", f"#poll-{open_} .bars", ".poll-make .wrong", "#poll-options")
    page.locator(".poll-make label", has_text=words(look.language, "Words")).click()
    expect(page.locator("#poll-options")).to_have_count(0)


def test_what_walk_ins_answered_is_left_out_on_the_desk(house: House, look: Look, ask: Callable[..., str]) -> None:
    poll = ask("choice")
    walks_in = house.person(2)
    with house.rows() as session:
        session.get_one(Participant, walks_in.id).walk_in = True
        session.commit()
    for who, choice in ((house.person(), 0), (walks_in, 1)):
        house.say(who, "poll.answer", id=poll, answers=[choice])
    page = house.show(house.reader(look, house.moderator), "moderate")
    numbers, note = page.locator(f"#poll-{poll} .bars__n b"), page.locator(f"#poll-{poll} .result__of")
    expect(numbers.nth(1)).to_have_text("1")
    page.locator(f"#poll-{poll} .acts").get_by_text(
        words(look.language, "Leave out those without a place: {n}")
    ).click()
    expect(numbers.nth(1)).to_have_text("0")
    expect(numbers.nth(0)).to_have_text("1")
    expect(note).to_contain_text(words(look.language, "Without those who came in without a place."))
    check(page, note)
    page.locator(f"#poll-{poll} .acts").get_by_text(words(look.language, "Count all")).click()
    expect(numbers.nth(1)).to_have_text("1")
    with house.rows() as session:
        session.get_one(Participant, walks_in.id).walk_in = False
        session.commit()


@pytest.mark.parametrize("kind", ["choice", "scale", "words"])
def test_a_poll_on_the_projector(house: House, look: Look, ask: Callable[..., str], kind: str) -> None:
    id = ask(kind)
    for n in range(3):
        house.say(
            house.person(n),
            "poll.answer",
            id=id,
            answers=[f"ord {n}" if kind == "words" else n + 1 - (kind == "choice")],
        )
    page = house.show(house.reader(look, house.screen, "hall", **PROJECTOR), "screen")
    check(page, ".hall__prompt", ".bars__row", page.get_by_text(words(look.language, "Answer on your phone")))
    assert page.locator(".hall").evaluate("hall => hall.scrollHeight <= hall.clientHeight"), "it does not fit"


def test_at_320_pixels_nothing_is_cut_off(house: House, look: Look, shown: str, ask: Callable[..., str]) -> None:
    """Zoomed in four times on a laptop."""
    ask("choice", options=["Ja", "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen"])
    narrow = Look(look.language, look.colours, 320, 640)
    for who, path in ((house.person(), "live"), (house.moderator, "moderate"), (house.speaker, "speaker")):
        page = house.show(house.reader(narrow, who), path)
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_forced_colours_leave_the_bars(house: House, look: Look, ask: Callable[..., str]) -> None:
    id = ask("choice")
    house.say(house.person(), "poll.answer", id=id, answers=[0])
    page = house.reader(look, house.person(), "forced", forced_colors="active")
    house.show(page, "live")
    assert _filled(page) != _filled(page, "background-color")


def _filled(page: Page, what: str = "fill") -> str:
    bar = page.locator(".bars__bar").first
    expect(bar).to_be_visible()
    time.sleep(0.1)
    return str(bar.evaluate("(bar, what) => getComputedStyle(bar).getPropertyValue(what)", what))

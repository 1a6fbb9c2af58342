"""Those who follow the day: live with notices, days, tracks and what is for another place; the speaker's page, the
screen's notices and break, and a screen that waits to be let in. axe, no script, 320 pixels, the keyboard, no motion."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hybridmote.db import utc_now
from hybridmote.notices.store import Notice
from hybridmote.participants.store import Pairing, Participant
from hybridmote.programme import model
from hybridmote.programme.store import Item, Speaker, items_of
from tests.accessibility.axe import check
from tests.accessibility.days import BREAK, LONG_TALK, TALK, Day
from tests.accessibility.house import House, Look, Person, Tunnel, taken_over, words
from tests.accessibility.test_keyboard import all_is_well, walk
from tests.accessibility.test_reflow import CUT, SPACED, TIMED, WEAR
from tests.accessibility.test_said import LISTEN, times
from tests.accessibility.test_without_scripts import read
from tests.servers import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PROJECTOR = {"viewport": {"width": 1920, "height": 1080}}
TOLD = "Ljudet är tillbaka om två minuter."
TOLD_LONG = "Bussen till stationen går 16.05 från entrén på baksidan. Lämna namnskylten i disken i foajén, tack. " * 2
LONG = "Hur gör man när marken redan är full av ledningar, budgeten är slut i maj och ingen vill äga dammen efteråt? "
BIG, SMALL = "Stora salen", "Lilla salen"


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(autouse=True)
def nothing_told(house: House) -> None:
    """No notice of an earlier test, and no code."""
    with house.rows() as session:
        for row in session.query(Notice).filter(Notice.cleared.is_(False)):
            row.cleared = True
        session.query(Pairing).delete()
        session.commit()


@pytest.fixture
def web(house: House) -> Person:
    return house.way_in(someone(house, "web"))


def someone(house: House, place: str) -> str:
    with house.rows() as session:
        people = {id: session.get_one(Participant, id).attendance for id in house.quiet}
    return next(id for id, attendance in people.items() if attendance == place)


def title_of(house: House, at: int) -> str:
    with house.rows() as session:
        return items_of(session, house.meeting(session).id)[at].title


def id_of(house: House, at: int) -> str:
    with house.rows() as session:
        return items_of(session, house.meeting(session).id)[at].id


@contextmanager
def programme(house: House, day: Day, **changes: dict[int, Any]) -> Iterator[None]:
    """The day as it stands with some items otherwise, by position: `attendance={9: "hall"}`. As it was, afterwards."""
    house.stand(day, asked=False)
    was: list[tuple[str, str, Any]] = []
    with house.rows() as session:
        meeting = house.meeting(session)
        items = items_of(session, meeting.id)
        for field, values in changes.items():
            for at, value in values.items():
                was.append((items[at].id, field, getattr(items[at], field)))
                setattr(items[at], field, value)
        rules = [item.rule() for item in items]
        expected = model.expected(rules, dt.datetime.now(dt.UTC))
        for item in items:
            item.expected_start, item.expected_end = expected.get(item.id, (None, None))
        meeting.now_on = dict(model.now_on(rules))
        meeting.seq += 1
        meeting.pruned = meeting.seq
        session.commit()
    try:
        yield
    finally:
        with house.rows() as session:
            for id, field, value in was:
                setattr(session.get_one(Item, id), field, value)
            session.commit()


def tracks() -> dict[int, str]:
    """Two halls in the forenoon; the evening, the breaks and what comes after are for everyone."""
    return {7: BIG, 8: BIG, TALK: BIG, LONG_TALK: SMALL}


# Live


def test_live_with_notices_that_one_may_close(house: House, look: Look, web: Person) -> None:
    house.stand("on", asked=False)
    house.say(house.moderator, "notice.send", text=TOLD, to="all")
    house.say(house.moderator, "notice.send", text="Bara i salen", to="hall")
    page = house.show(house.reader(look, web), "live")
    page.evaluate(LISTEN)
    check(page, page.locator(".note--told b").get_by_text(TOLD), ".note--told .note__n")
    expect(page.locator(".note--told")).to_have_count(1)
    house.say(house.moderator, "notice.send", text=TOLD_LONG.strip(), to="web")
    expect(page.locator(".note--told b").first).to_have_text(TOLD_LONG.strip())
    eventually(lambda: times(page, re.compile("^Bussen")) == 1, 20, "the new notice being said")
    check(page, page.locator(".note--told").nth(1))
    page.locator(".note--told button").first.click()
    expect(page.locator(".note--told")).to_have_count(1)
    page.reload()
    expect(page.locator(".note--told")).to_have_count(1)
    page.evaluate(LISTEN)
    page.wait_for_timeout(1_000)
    assert page.evaluate("heard") == [], "what stood there when it was opened is not said again"


def test_a_notice_goes_when_its_time_is_out_without_a_word_from_the_server(
    house: House, look: Look, web: Person, tunnel: Tunnel
) -> None:
    house.stand("on", asked=False)
    id = house.say(house.moderator, "notice.send", text=TOLD, to="all")["id"]
    with house.rows() as session:
        session.get_one(Notice, id).until = utc_now() + dt.timedelta(seconds=12)
        meeting = house.meeting(session)
        meeting.seq += 1
        meeting.pruned = meeting.seq
        session.commit()
    page = house.show(house.reader(look, web, "waits"), "live", through=tunnel)
    expect(page.locator(".note--told")).to_have_count(1)
    tunnel.hold_everything()
    expect(page.locator(".note--told")).to_have_count(0, timeout=15_000)
    tunnel.talk()
    house.leave(page)


@pytest.fixture
def tunnel(house: House) -> Iterator[Tunnel]:
    line = Tunnel(house.demo.port)
    yield line
    line.close()


def test_live_another_day(house: House, look: Look, web: Person) -> None:
    house.stand("late")
    page = house.show(house.reader(look, web), "live", hash="#programme")
    links = page.locator("#programme .choice a")
    expect(links).to_have_count(2)
    today = page.locator("#programme .choice [aria-current]").inner_text()
    assert today.startswith("I dag" if look.language == "sv" else "Today")
    heading = page.locator("#h-programme").text_content() or ""
    links.first.click()
    expect(page.locator("#h-programme")).not_to_have_text(heading)
    check(page, "#programme .choice [aria-current]", page.locator(".spine__h").get_by_text(title_of(house, 0)))
    assert "day=" in page.url
    page.reload()
    expect(page.locator("#h-programme")).not_to_have_text(heading)
    links.last.click()
    expect(page.locator("#h-programme")).to_have_text(heading)
    assert "day=" not in page.url, "today goes on to tomorrow by itself"


def test_live_says_when_something_moved_is_expected_and_what_the_readers_own_clock_shows(
    house: House, look: Look, web: Person
) -> None:
    house.stand("late")
    page = house.show(house.reader(look, web), "live", hash="#programme")
    row = page.locator("#programme .spine > li", has=page.locator("s")).last
    about = "ungefär" if look.language == "sv" else "about"
    assert re.fullmatch(
        rf"\d\d\.\d\d, {about} \d\d\.\d\d", plain(row.locator(".spine__t").evaluate("o => o.textContent"))
    )
    own = words(look.language, "{time} your time")
    check(page, row.locator(".spine__own").get_by_text(own), page.locator(".strip__own").get_by_text(own))


@pytest.mark.parametrize("place", ["web", "hall"])
def test_live_when_something_is_for_the_others(house: House, look: Look, place: str) -> None:
    other = "hall" if place == "web" else "web"
    sentence = (
        "In the hall only. The web is back about {time}."
        if place == "web"
        else "On the web only. The hall is back about {time}."
    )
    with programme(house, "on", attendance={TALK: other}):
        page = house.show(house.reader(look, house.way_in(someone(house, place)), place), "live", hash="#programme")
        said = words(look.language, sentence)
        check(page, page.locator(".notes .note").get_by_text(said), page.locator(".spine .is-now").get_by_text(said))
        here = house.reader(look, house.way_in(someone(house, other)), other)
        expect(house.show(here, "live").locator(".notes .note")).to_have_count(0)


def test_live_of_two_tracks(house: House, look: Look, web: Person) -> None:
    with programme(house, "on", track=tracks()):
        house.ask(house.way_in(someone(house, "hall")), "Vem äger dammen?", "on_stage", item=id_of(house, TALK))
        page = house.show(house.reader(look, web, "tracks"), "live")
        check(page, ".head .choice [aria-current]", ".question--stage", page.locator(".strip h1"))
        expect(page.locator("h1")).to_have_text(title_of(house, TALK))
        page.locator(".head .choice a", has_text=SMALL).click()
        expect(page.locator("h1")).to_have_text(title_of(house, BREAK))
        expect(page.locator(".question--stage")).to_have_count(0)
        check(page, ".head .choice [aria-current]")
        house.show(page, "live")
        expect(page.locator(".head .choice [aria-current]")).to_have_text(SMALL)  # remembered
        page.goto(f"{house.base}/m/{house.slug}/live?track={BIG}")
        expect(page.locator("h1")).to_have_text(title_of(house, TALK))
        house.leave(page)


# The speaker and the lectern


@pytest.fixture
def speaker(house: House) -> Person:
    return house.speaker


SPEAKING: dict[Day, tuple[str, str]] = {
    "on": (".talk__time--on .talk__n", "min left"),
    "over time": (".talk__time--over .talk__words", "Time is out"),
    "break": (".talk__time .talk__words", "It is over"),
    "before": (".talk__time:not(.talk__time--on) .talk__left", ""),
    "eve": (".talk__time .talk__words", ""),
}


@pytest.mark.parametrize("day", SPEAKING)
def test_the_speaker_by_the_clock(house: House, look: Look, speaker: Person, day: Day) -> None:
    house.stand(day, asked=False)
    state, said = SPEAKING[day]
    page = house.show(house.reader(look, speaker), "speaker")
    spoken = [page.locator(".talk__left").get_by_text(words(look.language, said))] if said else []
    check(page, state, ".talk__none", *spoken)
    live = page.locator("[aria-live], [role=timer], [role=status], [role=alert]")
    assert not [one for one in live.all() if one.locator(".talk__left").count()], "the time is never said aloud"


def test_the_speaker_with_questions_and_notices(house: House, look: Look, speaker: Person) -> None:
    house.stand("on")
    house.say(house.moderator, "notice.send", text="Närmare mikrofonen, tack.", to="speaker")
    page = house.reader(look, speaker)
    for text in ("Får vi se kartan?", LONG, LONG * 4):
        house.ask(house.person(1), text, "on_stage", hide_name=text != LONG)
        house.show(page, "speaker")
        check(page, ".talk__stage .talk__question", ".talk__text", ".talk__support", ".note--told b")
        expect(page.locator(".talk__question")).to_have_text(text.strip())
    with house.rows() as session:
        spoken = [row.item_id for row in session.query(Speaker).filter(Speaker.participant_id == speaker.id)]
    asked = [q for q in house.questions if q["state"] == "approved"]
    expect(page.locator(".talk__text")).to_have_count(
        sum(1 for q in asked if q["item"] in spoken)
        if "item" in asked[0]
        else sum(1 for q in asked if q["item_id"] in spoken)
    )


def test_a_speaker_of_two_items_chooses(house: House, look: Look, speaker: Person) -> None:
    house.stand("on", asked=False)
    with house.rows() as session:
        long_talk = items_of(session, house.meeting(session).id)[LONG_TALK]
        title, meeting = long_talk.title, long_talk.meeting_id
        session.add(Speaker(id="again", meeting_id=meeting, item_id=long_talk.id, participant_id=speaker.id, name="X"))
        session.commit()
    try:
        page = house.show(house.reader(look, speaker, "twice"), "speaker")
        check(page, ".head .choice [aria-current]", ".talk__time--on")
        page.locator(".head .choice a", has_text=title).click()
        expect(page.locator("h1")).to_have_text(title)
        check(page, page.locator(".talk__then").get_by_text(words(look.language, "On now: {title}")))
        house.leave(page)
    finally:
        with house.rows() as session:
            session.delete(session.get_one(Speaker, "again"))
            session.commit()


@pytest.mark.parametrize("day", ["part", "break", "soon", "after"])
def test_the_lectern_follows_what_is_on(house: House, look: Look, day: Day) -> None:
    house.stand(day, asked=False)
    check(house.show(house.reader(look, house.lectern), "speaker"), ".talk__title", ".talk__none")


def test_the_lectern_that_is_ended_shows_a_code_again(house: House, look: Look) -> None:
    house.stand("on", asked=False)
    one = house.way_in(house.lectern.id)
    page = house.show(house.reader(look, one, "ended"), "speaker")
    house.lectern = house.revoke(one)
    check(page, "#ended")
    page.wait_for_url("**/screen", timeout=15_000)
    check(page, "#code")
    house.leave(page)


# The screen


@pytest.fixture
def screen(house: House, look: Look) -> Page:
    return house.reader(look, house.screen, **({} if look.phone else PROJECTOR))


@pytest.mark.parametrize("day", ["on", "break", "pause", "soon"])
def test_the_screen_with_a_notice(house: House, look: Look, screen: Page, day: Day) -> None:
    house.stand(day, asked=False)
    for text in (TOLD, TOLD_LONG.strip()):
        house.say(house.moderator, "notice.send", text=text, to="hall")
        check(house.show(screen, "screen"), screen.locator(".told__text").get_by_text(text), ".join__code")
        if not look.phone:
            assert [cut for cut in screen.evaluate(CUT) if "bar__title" not in cut] == []


def test_the_screen_in_a_break_counts_down_and_says_that_we_go_on(house: House, look: Look, screen: Page) -> None:
    house.stand("break", asked=False)
    house.show(screen, "screen")
    check(screen, screen.locator(".hall__again").get_by_text(words(look.language, "We start again in {n} min")))
    with house.rows() as session:
        long_ago = utc_now() - dt.timedelta(minutes=90)
        session.get_one(Item, items_of(session, house.meeting(session).id)[BREAK].id).actual_start = long_ago
        session.commit()
    with programme(
        house,
        "break",
        actual_start={BREAK: utc_now() - dt.timedelta(minutes=90)},
        planned_end={BREAK: utc_now() - dt.timedelta(minutes=5)},
    ):
        house.show(screen, "screen")
        check(screen, screen.locator(".hall__text--go").get_by_text(words(look.language, "We go on")))


def test_the_screens_of_two_halls(house: House, look: Look, screen: Page) -> None:
    with programme(house, "on", track=tracks()):
        check(house.show(screen, "screen"), screen.locator(".bar__by").get_by_text(BIG))
        screen.goto(f"{house.base}/m/{house.slug}/screen?track={SMALL}")
        expect(screen.locator(".bar--none + .hall .hall__who")).to_have_text(title_of(house, BREAK))
        house.say(house.moderator, "screen.track", screen=house.screen.id, track=SMALL)
        house.show(screen, "screen")
        expect(screen.locator(".bar--none + .hall .hall__who")).to_have_text(title_of(house, BREAK))
        house.say(house.moderator, "screen.track", screen=house.screen.id, track=BIG)
        expect(screen.locator(".bar__title")).to_have_text(title_of(house, TALK))
        house.say(house.moderator, "screen.track", screen=house.screen.id, track="")


# A screen that waits to be let in


def test_a_screen_that_waits(house: House, look: Look, tunnel: Tunnel) -> None:
    page = house.reader(look, None, "waiting")
    house.show(page, "/screen", through=tunnel)
    check(page, page.locator("#code").get_by_text(re.compile(r"^[2-9A-Z]{5}$")))
    code = page.locator("#code [aria-hidden]").inner_text()
    page.wait_for_load_state()  # its script is there too
    tunnel.cut()
    expect(page.locator("#lost")).not_to_be_empty(timeout=20_000)
    check(page, "#lost")
    tunnel.mend()
    expect(page.locator("#lost")).to_be_empty(timeout=40_000)
    with house.rows() as session:
        session.query(Pairing).filter(Pairing.code == code).one().expires_at = utc_now() - dt.timedelta(seconds=1)
        session.commit()
    expect(page.locator("#code [aria-hidden]")).not_to_have_text(code, timeout=20_000)
    house.leave(page)


def test_a_screen_that_is_not_given_a_code(house: House, look: Look) -> None:
    page = house.reader(look, None, "refused")
    page.route("**/js/pair.js", lambda route: route.abort())
    house.show(page, "/screen")
    check(page, "#show button")
    page.evaluate("document.querySelector('#show [name=csrf_token]').value = 'made up'")
    page.locator("#show button").click()
    check(page, ".pair__wrong", "#show button")
    house.leave(page)


# Without a script, narrow, by keyboard, without motion


@pytest.mark.parametrize("day", ["late", "part", "break", "over time", "before", "after"])
def test_the_speakers_page_reads_the_same_without_a_script(house: House, look: Look, day: Day) -> None:
    house.stand(day)
    if day not in ("before", "after"):
        house.ask(house.person(1), "Vem äger dammen?", "on_stage")
    house.say(house.moderator, "notice.send", text="Närmare mikrofonen, tack.", to="speaker")
    parts = (
        ".talk__state",
        ".talk__title",
        ".talk__left",
        ".talk__until",
        ".talk__then",
        ".talk__question",
        ".talk__text",
    )
    for who in (house.speaker, house.lectern):
        with_scripts = read(house.show(house.reader(look, who), "speaker"), *parts, ".note--told b")
        page = house.reader(look, who, "plain", java_script_enabled=False)
        without = read(house.show(page, "speaker", live=False), *parts, ".note--told b")
        assert without == with_scripts and any(without.values())
        writes = page.locator("textarea[id^=reply-]").count() > 0  # what is being written is not to be thrown away
        assert ("refresh" in page.content()) != writes


def test_live_reads_the_same_without_a_script(house: House, look: Look, web: Person) -> None:
    parts = (
        ".strip__by",
        ".note--told b",
        ".spine__h",
        ".spine__t",
        ".spine__by",
        ".choice a",
        "#h-programme",
        ".question__text",
    )
    with programme(house, "late", track=tracks(), attendance={TALK: "hall", LONG_TALK: "web"}):
        house.say(house.moderator, "notice.send", text=TOLD, to="web")
        house.ask(house.person(1), "Vem äger dammen?", "on_stage")
        page = house.reader(look, web, "plain", java_script_enabled=False)
        scripted = house.reader(look, web, "same")
        with house.rows() as session:
            evening = items_of(session, house.meeting(session).id)[0].day
        for query in ("", f"?track={SMALL}", f"?day={evening}", "?day=nonsense&track=nowhere"):
            found = []
            for one in (scripted, page):
                one.goto("about:blank")
                one.goto(f"{house.base}/m/{house.slug}/live{query}#programme")
                if one is scripted:
                    taken_over(one)
                    one.evaluate("localStorage.clear()")
                found.append(read(one, *parts))
            assert found[0] == found[1], query
        house.leave(scripted)


def pages(house: House, look: Look, web: Person) -> dict[str, tuple[Page, str]]:
    return {
        "live": (house.reader(look, web), "live"),
        "programme": (house.reader(look, web), "live#programme"),
        "speaker": (house.reader(look, house.speaker), "speaker"),
        "lectern": (house.reader(look, house.lectern), "speaker"),
        "pair": (house.reader(look, None, "narrow"), "/screen"),
    }


def test_nothing_is_cut_in_320_pixels_nor_with_wide_spacing(house: House, look: Look, web: Person) -> None:
    found: dict[str, Any] = {}
    with programme(house, "late", track=tracks(), attendance={TALK: "hall"}):
        for text in (TOLD, TOLD_LONG.strip()):
            house.say(house.moderator, "notice.send", text=text, to="all")
        house.ask(house.person(1), LONG * 4, "on_stage")
        house.ask(house.person(1), "Hinner vi prata om klimatanpassningsplaneringsunderlagen?", "approved")
        for name, (page, path) in pages(house, look, web).items():
            size = page.viewport_size
            assert size
            path, _, part = path.partition("#")
            for width, height, css in ((320, 640, ""), (320, 256, ""), (1280, 300, ""), (*size.values(), SPACED)):
                page.set_viewport_size({"width": int(width), "height": int(height)})
                house.show(page, path, hash=f"#{part}" if part else "")
                if name == "pair":
                    expect(page.locator("#code")).to_be_visible()
                if css:
                    page.evaluate(WEAR, css)
                if cut := page.evaluate(CUT):
                    found[f"{name} at {width} by {height}{' spaced' if css else ''}"] = cut
            page.set_viewport_size(size)
    assert found == {}


def test_the_keyboard_goes_everywhere(house: House, look: Look, web: Person) -> None:
    with programme(house, "late", track=tracks()):
        house.say(house.moderator, "notice.send", text=TOLD, to="all")
        house.ask(house.person(1), LONG * 4, "on_stage")
        for page, path in (pages(house, look, web)[name] for name in ("live", "speaker", "pair")):
            house.show(page, path)
            if path == "/screen":
                expect(page.locator("#code")).to_be_visible()
            all_is_well(page, walk(page))


def test_what_is_chosen_and_what_is_out_of_time_differ_by_more_than_colour(
    house: House, look: Look, web: Person
) -> None:
    with programme(house, "over time", track=tracks()):
        page = house.show(house.reader(look, web), "live")
        page.emulate_media(forced_colors="active")
        outline = "one => getComputedStyle(one).outlineStyle"
        assert page.locator(".head .choice [aria-current]").evaluate(outline) != "none"
        page.emulate_media(forced_colors="none")
        page = house.show(house.reader(look, house.lectern), "speaker")
        page.emulate_media(forced_colors="active")
        edge = "one => parseFloat(getComputedStyle(one).borderTopWidth)"
        assert page.locator(".talk__time--over").evaluate(edge) >= 4
        page.emulate_media(forced_colors="none")


def test_nothing_moves_for_those_who_want_none(house: House, look: Look) -> None:
    house.stand("on")
    for who, path in ((house.lectern, "speaker"), (house.screen, "screen")):
        page = house.show(house.reader(look, who, "still", reduced_motion="reduce"), path)
        assert page.evaluate(TIMED) == []
        house.leave(page)
    page = house.reader(look, None, "still", reduced_motion="reduce")
    expect(house.show(page, "/screen").locator("#code")).to_be_visible()
    assert page.evaluate(TIMED) == []
    house.leave(page)

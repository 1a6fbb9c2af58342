"""axe finds nothing, on every page, for every role, in every state, in both languages, light and dark, narrow and wide.

A state is reached as it is in life: commands by those who may, the day's rows moved in time, a line that is cut. Its own
element is seen before axe looks.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from hybridmote.meetings.store import Meeting
from hybridmote.programme import model
from hybridmote.programme.store import items_of
from tests import servers
from tests.accessibility.axe import check
from tests.accessibility.days import Day
from tests.accessibility.house import GOOD_LINE, House, Look, Person, Tunnel, words
from tests.servers import App

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

MINE = "Vem vattnar träden den sommar då ingen har tid?"
SECOND = "Får vi se kartan med träden på?"
THIRD = "Kan ni säga vad min chef tycker om det här?"
REASON = "Den rör ett enskilt ärende. Skriv gärna om den."
LONG = "Hur gör man när marken redan är full av ledningar, budgeten är slut i maj och ingen vill äga dammen efteråt? "
PROJECTOR = {"viewport": {"width": 1920, "height": 1080}}


@pytest.fixture
def me(house: House) -> Person:
    return house.person()


@pytest.fixture
def tunnel(house: House) -> Iterator[Tunnel]:
    line = Tunnel(house.demo.port)
    yield line
    line.close()


def write(page: Page, text: str, send: bool = False) -> None:
    box = page.locator("#ask-text")
    box.fill(text)
    if send:
        box.press("Control+Enter")


# The participant's page


def test_live_with_every_kind_of_question(house: House, look: Look, me: Person) -> None:
    house.stand("on")
    house.ask(me, MINE)
    house.ask(me, SECOND, "approved")
    house.ask(me, THIRD, "rejected", REASON)
    house.ask(me, "Gick det?", "answered")
    house.ask(house.person(1), LONG, "on_stage", hide_name=True)
    supported = next(q["id"] for q in house.questions if q["state"] == "approved")
    house.say(me, "question.upvote", id=supported, on=True)
    page = house.show(house.reader(look, me), "live")
    page.locator("details.answered summary").click()
    check(
        page,
        GOOD_LINE,
        ".strip:not(.strip--none) .strip__time",
        page.locator("article.question", has_text=MINE).get_by_text(words(look.language, "Waiting for a moderator")),
        page.locator("article.question--refused", has_text=THIRD).get_by_text(REASON),
        page.locator("li.question", has_text=SECOND).locator(".vote[aria-disabled=true]"),
        f"#q-{supported} .vote[aria-pressed=true]",
        ".vote[aria-pressed=false]",
        ".question--stage",
        "details.answered[open] .question",
        "#ask-text",
    )


CLOCKS: dict[Day, tuple[str, str]] = {
    "late": ("#programme", "about {n} min late, ends {time}"),
    "over time": ("", "should have ended {time}"),
    "part": ("#programme", "ends {time}"),
    "break": ("", "we start again {time}"),
    "pause": ("", "Starts in {n} min"),
    "soon": ("", "Starts soon"),
    "before": ("#programme", "Starts in {n} min"),
    "eve": ("", "Starts {time}"),
    "after": ("#programme", "The programme is over"),
}


@pytest.mark.parametrize("day", CLOCKS)
def test_live_by_the_clock(house: House, look: Look, me: Person, day: Day) -> None:
    house.stand(day)
    part, said = CLOCKS[day]
    page = house.show(house.reader(look, me), "live", hash=part)
    none = ".strip.strip--none" if day in ("pause", "soon", "before", "eve", "after") else ".strip:not(.strip--none)"
    states = [page.locator(none).get_by_text(words(look.language, said))]
    if part:
        states.append(page.locator("#programme .spine li").last)
    if day == "late":
        states += [page.locator("#programme .spine s"), page.locator("#programme .is-cancelled")]
        page.locator("details.earlier summary").click()
    check(page, *states)


def test_live_without_questions(house: House, look: Look, me: Person) -> None:
    house.stand("on", asked=False)
    check(house.show(house.reader(look, me), "live"), ".questions__none")


def test_live_for_those_who_speak_and_for_the_screen(house: House, look: Look) -> None:
    house.stand("part")
    check(house.show(house.reader(look, house.speaker), "live"), "#ask-text", ".strip__by")
    page = house.reader(look, house.screen, "live", **({} if look.phone else PROJECTOR))
    check(house.show(page, "live"), ".ask__note", ".question__n b")


def test_live_while_it_connects(house: House, look: Look, me: Person, tunnel: Tunnel) -> None:
    house.stand("on")
    tunnel.swallow_what_is_new()
    check(house.show(house.reader(look, me), "live", through=tunnel, live=False), ".line--waiting", "#ask-text")


def test_live_from_the_first_letter_to_the_end(house: House, look: Look, tunnel: Tunnel) -> None:
    """One writer: writing, near the limit, over it, sending, without contact, refused for good."""
    house.stand("on")
    writer = house.person(2)
    page = house.show(house.reader(look, writer, "writer"), "live", through=tunnel)
    write(page, "En halv tanke om")
    check(page, page.locator("#ask-count").get_by_text(words(look.language, "{n} characters left")))
    write(page, (LONG * 5)[:470])
    check(page, page.locator("#ask-count").get_by_text("30"), page.locator("#said").get_by_text("30"))
    write(page, LONG * 5, send=True)
    check(page, ".ask__count.is-over", "#ask-wrong", "#ask-text[aria-invalid=true]")
    write(page, "", send=True)
    check(page, page.locator("#ask-wrong").get_by_text(words(look.language, "Write your question first.")))

    tunnel.hold_everything()
    write(page, MINE, send=True)
    sending = page.locator("article[aria-busy=true]", has_text=MINE)
    check(page, sending.get_by_text(words(look.language, "Sending")), "form.ask[aria-busy=true]")
    tunnel.talk()
    waiting = words(look.language, "Waiting for a moderator")
    expect(page.locator("article.question", has_text=MINE).get_by_text(waiting)).to_be_visible(timeout=30_000)

    tunnel.cut()
    expect(page.locator("#offline-why")).to_be_visible(timeout=30_000)
    vote = page.locator(".vote[aria-pressed=false]").first
    vote.click()
    write(page, SECOND, send=True)
    write(page, "En halv tanke om")
    check(
        page,
        ".line--lost",
        "#offline-why button",
        page.locator("article.question", has_text=SECOND).get_by_text(words(look.language, "Kept here")),
        page.get_by_text(words(look.language, "Your support is sent when the contact is back.")),
        page.locator("#ask-count").get_by_text(words(look.language, "Sent when the contact is back")),
    )
    tunnel.mend()
    expect(page.locator(GOOD_LINE)).to_be_visible(timeout=30_000)
    expect(page.locator("article.question", has_text=SECOND).get_by_text(waiting)).to_be_visible(timeout=30_000)

    house.revoke(writer)
    check(page, "#ended", page.locator(".ended__unsent").get_by_text("En halv tanke om"))
    house.leave(page)


def test_live_refused_and_closed(house: House, look: Look, tunnel: Tunnel) -> None:
    """Written while nobody was heard, and by then nobody speaks: it comes back with the reason, its text to the box."""
    house.stand("on")
    page = house.show(house.reader(look, house.person(3), "closed"), "live", through=tunnel)
    tunnel.cut()
    expect(page.locator("#offline-why")).to_be_visible(timeout=30_000)
    write(page, MINE, send=True)
    house.stand("before")
    tunnel.mend()
    unsent = page.locator("article[data-unsent]", has_text=MINE)
    expect(unsent).to_be_visible(timeout=30_000)
    check(page, unsent.get_by_text(words(look.language, "Not sent")), "#ask-closed")
    unsent.get_by_role("button").first.click()
    expect(page.locator("#ask-text")).to_have_value(MINE)
    kept = page.locator("#ask-closed").get_by_text(words(look.language, "What you have written is kept."))
    check(page, kept, ".ask__send[aria-disabled=true]")
    house.leave(page)


def test_live_with_what_became_of_my_questions(house: House, look: Look) -> None:
    house.stand("on")
    me = house.person(4)
    target = next(q for q in house.questions if q["state"] == "approved")
    house.ask(me, "Gick det?", "answered")
    house.ask(me, THIRD, "rejected", REASON)
    merged = house.ask(me, MINE)
    house.say(house.moderator, "question.merge", id=merged, into=target["id"])
    written = house.ask(me, SECOND, "answered")
    house.say(house.moderator, "question.reply", id=written, text="Ja.\nKartan finns hos kommunen.")
    hidden = house.ask(me, "Vem äger dammen?", "approved", hide_name=True)
    house.say(house.organiser, "question.reveal", id=hidden, reason="Den rör din egen kommun.")
    house.say(house.moderator, "question.queue", id=hidden)
    house.say(house.person(5), "question.upvote", id=hidden, on=True)
    house.say(me, "question.withdraw", id=house.ask(me, "Den här tar jag tillbaka."))
    waits = house.ask(me, "Vem vattnar?")
    house.say(house.moderator, "question.edit", id=waits, text="Vem vattnar träden?", expected_version=1)
    page = house.show(house.reader(look, me, "mine"), "live")
    page.locator(".mine__rest > summary").click()
    page.locator(f"#q-{waits} .reword > summary").click()
    page.locator(f"#q-{hidden} .reword > summary").click()
    page.locator("details.answered summary").last.click()
    mine = page.locator(".mine")

    def said(english: str) -> object:
        return mine.get_by_text(words(look.language, english)).first

    check(
        page,
        said("Merged with a similar question"),
        mine.get_by_role("link", name=target["text"][:40]),
        said("Answered in writing"),
        said("Your name is shown with this question"),
        said("Not taken up"),
        said("Withdrawn"),
        said("A moderator has changed the wording."),
        f"#reword-{waits}",
        page.locator(f"#q-{hidden}").get_by_text(words(look.language, "Up next")),
        page.locator(f"#q-{hidden} form button"),
        page.locator("details.answered .question__reply").last,
    )
    mine.locator("[data-act=close]").first.click()
    page.reload()
    expect(mine.get_by_text(words(look.language, "Your name is shown with this question"))).to_have_count(0)
    house.leave(page)


def test_live_with_what_is_asked_already(house: House, look: Look, me: Person) -> None:
    house.stand("on")
    other = house.ask(house.person(1), SECOND, "approved")
    page = house.show(house.reader(look, me), "live")
    write(page, SECOND[:-1] + " snart?")
    row = page.locator(".ask__alike li", has_text=SECOND)
    check(page, row.locator(".vote[aria-pressed=false]"), page.locator("#said").get_by_text("1"))
    row.locator(".vote").click()
    check(page, row.locator(".vote[aria-pressed=true]"), page.locator(".ask__alike .linkish"))
    expect(page.locator(f"#q-{other} .vote")).to_have_attribute("aria-pressed", "true")
    page.locator(".ask__alike .linkish").click()
    expect(page.locator("#ask-text")).to_have_value("")


def test_live_by_how_questions_are_taken(house: House, look: Look) -> None:
    """Open, slow, not so soon, muted, closed: said before one writes, and nothing is lost."""
    house.stand("on")
    me = house.person(6)
    with house.rows() as session:
        on = house.meeting(session).now_on[""]
    page = house.show(house.reader(look, me, "taken"), "live")
    house.say(house.moderator, "question.mode", item=on, mode="open")
    house.say(house.moderator, "meeting.asking", slow=600)
    how = page.locator("#ask-how")
    try:
        expect(how).to_contain_text(words(look.language, "It is shown to everyone at once."))
        check(page, how.get_by_text("10 min"))
        write(page, MINE, send=True)
        expect(page.locator("li.question", has_text=MINE)).to_be_visible()
        write(page, SECOND, send=True)
        later = page.locator("article.question", has_text=SECOND)
        expect(later.get_by_text(words(look.language, "Not so soon"))).to_be_visible()
        vote = page.locator("ol.questions .vote[aria-pressed=false]").first
        vote.click()
        check(page, later.get_by_role("button"))
        later.get_by_role("button").click()
        expect(page.locator("#ask-text")).to_have_value(SECOND)
        house.say(house.moderator, "question.mode", item=on, mode="closed")
        check(page, page.locator("#ask-closed").get_by_text(words(look.language, "No questions are taken now.")))
        house.say(house.moderator, "question.mode", item=on, mode="screened")
        house.say(house.moderator, "person.mute", person=me.id, reason="En i taget.")
        check(page, page.locator("#ask-closed").get_by_text("En i taget."))
    finally:
        house.say(house.moderator, "person.unmute", person=me.id)
        house.say(house.moderator, "question.mode", item=on, mode="screened")
        house.say(house.moderator, "meeting.asking", slow=0)
    house.leave(page)


def test_live_when_staff_change_what_I_am_changing(house: House, look: Look) -> None:
    house.stand("on")
    me = house.person(7)
    mine = house.ask(me, MINE)
    page = house.show(house.reader(look, me, "edits"), "live")
    row = page.locator(f"#q-{mine}")

    def edit(text: str) -> None:
        row.locator(".reword > summary").first.click()
        row.locator("textarea").fill(text)

    edit("Vem vattnar träden i juli?")
    page.reload()
    expect(row.locator("textarea")).to_have_value("Vem vattnar träden i juli?")  # a reload keeps it, and keeps it open
    row.locator("textarea").fill("Vem vattnar träden i augusti?")
    row.locator(".reword form button[type=submit]").click()
    expect(row.locator(".question__text")).to_have_text("Vem vattnar träden i augusti?")
    expect(row).not_to_have_attribute("aria-busy", "true")
    edit("Vem vattnar träden?")
    page.context.set_offline(True)
    row.locator(".reword form button[type=submit]").click()
    house.say(house.moderator, "question.edit", id=mine, text="Vem vattnar?", expected_version=2)
    page.context.set_offline(False)
    late = row.locator(".late")
    expect(late).to_contain_text("Vem vattnar träden?", timeout=30_000)
    expect(row.locator(".question__text")).to_have_text("Vem vattnar?")
    check(page, late.get_by_role("button").first)
    late.get_by_role("button").first.click()
    expect(row.locator(".question__text")).to_have_text("Vem vattnar träden?")
    house.leave(page)


def test_live_when_somebody_cannot_hear(house: House, look: Look) -> None:
    house.stand("on")
    me = house.person(8)
    page = house.show(house.reader(look, me, "helped"), "live")
    page.locator("#help > summary").click()
    form = page.locator(".help__form")
    form.get_by_role("button").click()
    check(page, form.locator("#help-wrong"), form.locator("#help-sent"))
    form.get_by_role("radio").first.check()
    form.locator("textarea").fill("Sedan tio minuter.")
    form.get_by_role("button").click()
    expect(page.locator("#help > summary")).to_be_focused()
    check(page, page.locator(".note--help").get_by_text("Sedan tio minuter."))
    desk = house.show(house.reader(look, house.moderator), "moderate")
    case = desk.locator("#help .case", has_text="Sedan tio minuter.")
    check(desk, case.get_by_role("button").first, case.locator(".case__by", has_text=" ms"))
    case.locator("form button[type=submit]").click()
    check(desk, case.locator(".wrong"))
    case.locator(".help-desk__ready button").first.click()
    case.locator("form button[type=submit]").click()
    expect(desk.locator("#help form")).to_have_count(0)
    desk.locator("#help details summary").click()
    check(desk, desk.locator("#help details .case").first)
    answer = page.locator(".note--help b")
    check(page, answer, page.locator("#said"))
    page.locator(".note--help button").click()
    page.reload()
    expect(page.locator(GOOD_LINE)).to_be_visible(timeout=30_000)
    expect(page.locator(".note--help")).to_have_count(0)
    house.leave(page)


def test_live_held_still_under_the_keyboard(house: House, look: Look, me: Person) -> None:
    """What has left says where it went, what is new waits to be asked for."""
    house.stand("on")
    page = house.show(house.reader(look, me), "live")
    page.keyboard.press("Tab")
    first = page.locator("ol.questions > li").first
    first.locator(".vote").focus()
    expect(first.locator(".vote:focus-visible")).to_be_visible()
    house.say(house.moderator, "question.take", id=(first.get_attribute("id") or "").removeprefix("q-"))
    house.ask(house.person(1), SECOND, "approved")
    check(page, "li.is-gone .state", ".is-gone .vote[aria-disabled=true]", ".questions__head .btn")


# The moderator's desk


def test_the_desk_on_a_late_day(house: House, look: Look) -> None:
    house.stand("late")
    house.ask(house.person(1), LONG, "on_stage")
    page = house.show(house.reader(look, house.moderator), "moderate")
    here = page.locator(".head .line").get_by_text(words(look.language, "{hall} in the hall, {web} on the web"))
    expect(here).to_be_visible(timeout=20_000)  # told every few seconds
    check(
        page,
        here,
        ".effect",
        ".strip .run .btn--main",
        "#review .case[aria-current]",
        "#review .case b",  # a name that is hidden from the others
        ".stage:not(.stage--none) .case__text",
        ".case--line",
        "#programme .is-cancelled",
        "#programme .linkish",
    )


def test_the_desk_with_nothing_to_do(house: House, look: Look) -> None:
    house.stand("on", asked=False)
    page = house.show(house.reader(look, house.organiser), "moderate")
    check(page, "#review .desk__none", ".stage--none", "#line .desk__none")


@pytest.mark.parametrize("day", ["over time", "break", "soon", "eve", "after"])
def test_the_desk_by_the_clock(house: House, look: Look, day: Day) -> None:
    house.stand(day, asked=False)
    page = house.show(house.reader(look, house.moderator), "moderate")
    if day != "break":
        said = page.locator(".strip").get_by_text(words(look.language, CLOCKS[day][1]))
    else:
        said = page.locator(".strip").get_by_text(words(look.language, "we start again {time}"))
    check(page, said, "#programme .spine:visible")


def test_the_desk_rejects(house: House, look: Look) -> None:
    house.stand("on", asked=False)
    id = house.ask(house.person(1), MINE)
    page = house.show(house.reader(look, house.moderator), "moderate")
    row = page.locator(f"#review [data-row='{id}']")
    row.locator("[data-act=reject]").click()
    check(page, f"#q-{id} form[data-form=reject] textarea:focus")
    row.locator(".fields__ready summary").click()
    check(page, f"#q-{id} .fields__ready[open] li .linkish")
    row.locator(".fields__acts .btn--main").click()
    check(page, f"#q-{id} .wrong", f"#q-{id} textarea[aria-invalid=true]")
    row.locator("textarea").fill(REASON)
    house.say(house.other_moderator, "question.claim", id=id, over=True)
    check(page, row.get_by_text(words(look.language, "{name} is at it")), row.locator("[data-act=over]"))
    house.say(house.other_moderator, "question.approve", id=id)  # somebody else was faster, and nothing is lost
    check(page, f"#review #found-{id}.is-gone .case__said", f"#review #found-{id} textarea")
    row.locator(".fields__acts .btn--quiet").click()
    expect(page.locator("#review .desk__none")).to_be_visible()


def test_the_desk_too_late_and_without_contact(house: House, look: Look, tunnel: Tunnel) -> None:
    house.stand("on", asked=False)
    id = house.ask(house.person(1), MINE)
    house.ask(house.person(1), SECOND, "approved")
    page = house.show(house.reader(look, house.moderator), "moderate", through=tunnel)
    with house.rows() as session:
        version = house.meeting(session).version
    tunnel.hold_everything()
    page.locator(f"#q-{id} form button").first.click()
    page.locator(".run .btn--main").click()
    check(page, f"#q-{id} .btn[aria-busy=true]", ".run .btn[aria-busy=true]")
    house.say(house.other_moderator, "question.approve", id=id)
    house.say(house.other_moderator, "programme.next", expected_version=version)
    tunnel.talk()
    expect(page.locator("#review .case__said")).to_be_visible(timeout=30_000)
    check(page, "#review .case[data-row] .case__said", ".notes .note[role=status]")

    tunnel.cut()
    expect(page.locator("#offline-why")).to_be_visible(timeout=30_000)
    check(page, ".line--lost", ".run .btn[aria-disabled=true]", "#line .btn[aria-disabled=true]")


def test_the_desk_when_the_way_in_is_closed(house: House, look: Look) -> None:
    house.stand("on")
    leaver = house.way_in(house.other_moderator.id)
    page = house.show(house.reader(look, leaver, "leaver"), "moderate")
    house.other_moderator = house.revoke(leaver)
    check(page, "#ended")
    house.leave(page)


def test_the_desk_asks_whether_it_is_still_on(house: House, look: Look) -> None:
    house.stand("over time", asked=False)
    page = house.show(house.reader(look, house.moderator), "moderate")
    ways = page.locator(".still__way")
    expect(ways.locator(".btn:not([aria-disabled])")).to_have_count(3)
    for n in range(3):
        expect(ways.nth(n).locator(".still__so")).to_contain_text(".")
    check(page, page.locator(".still").get_by_text(words(look.language, "It was to end {time}.")), ".run .btn--main")
    expect(page.locator("#said")).to_contain_text(words(look.language, "Still on?"))
    assert page.evaluate("document.activeElement === document.body"), "it takes nobody's focus"
    ways.nth(1).locator(".btn").click()
    expect(page.locator(".still")).to_have_count(0)
    expect(page.locator(".run .btn--main")).to_be_focused()
    with house.rows() as session:
        assert any(item.extended > 5 for item in items_of(session, house.meeting(session).id)), "counted from now"


def test_the_desk_gives_more_time_and_takes_it_back(house: House, look: Look) -> None:
    """What it leads to is there before it is done; a number of one's own; one that cannot be."""
    house.stand("on", asked=False)
    page = house.show(house.reader(look, house.moderator), "moderate")
    page.locator(".run a.btn").first.click()
    expect(page.locator(".step .acts .btn--main")).to_be_focused()
    check(page, "#step .leads li .leads__t s", ".step__choices [aria-current]", "#h-step")
    page.locator(".step__choices a").nth(1).click()
    expect(page.locator("#h-step")).to_contain_text("10")
    page.locator("#step-minutes").fill("90")
    page.locator(".step__choices form .btn").click()
    check(page, "#step .is-broken", ".step .acts .btn--main")
    with house.rows() as session:
        version = house.meeting(session).version
    on = page.locator(".strip__title").inner_text()
    house.say(house.other_moderator, "programme.next", expected_version=version)  # somebody else was faster
    expect(page.locator(".strip__title")).not_to_have_text(on)
    check(page, "#step .wrong")  # it is not on any more, and what was chosen is still there
    expect(page.locator("#step-minutes")).to_have_value("90")
    page.locator(".step .btn--quiet").click()
    expect(page.locator("#step")).to_have_count(0)
    page.locator(".more summary").click()
    undo = page.get_by_role("button", name=words(look.language, "Undo: next item {time}"))
    check(page, undo, ".more[open] .more__list", theirs=("color-contrast",))  # of what the list lies over
    undo.click()
    expect(page.locator(".strip__title")).to_have_text(on)
    page.locator(".run a.btn").first.click()
    page.locator(".step .acts .btn--main").click()
    expect(page.locator("#step")).to_have_count(0)
    expect(page.locator(".run a.btn").first).to_be_focused()
    check(page, page.locator(".strip__time"))


def test_the_desk_corrects_a_time(house: House, look: Look) -> None:
    house.stand("on", asked=False)
    with house.rows() as session:
        version = house.meeting(session).version
        zone = ZoneInfo(house.meeting(session).timezone)
    house.say(house.moderator, "programme.next", expected_version=version)
    page = house.show(house.reader(look, house.moderator), "moderate")
    page.locator(".more summary").click()
    page.get_by_text(words(look.language, "Correct a time")).click()
    expect(page.locator("#h-step")).to_be_focused()
    check(page, ".happened li time", ".happened .btn")
    page.locator(".happened .btn").first.click()
    check(page, "#step-time")
    earlier = dt.datetime.now(zone) - dt.timedelta(minutes=4)
    page.locator("#step-time").fill(earlier.strftime("%H:%M"))
    page.locator(".step__when .btn").click()
    sure = page.locator(".step .acts .btn--main")
    check(page, sure.get_by_text(earlier.strftime("%H.%M")), "#step .step__leads")
    page.locator("#step-time").fill("00:00")
    page.locator(".step__when .btn").click()
    check(page, "#step-wrong")
    page.locator("#step-time").fill(earlier.strftime("%H:%M"))
    page.locator(".step__when .btn").click()
    sure.click()
    expect(page.locator("#step")).to_have_count(0)
    with house.rows() as session:
        on = next(
            item for item in items_of(session, house.meeting(session).id) if item.actual_start and not item.actual_end
        )
        assert on.actual_start and on.actual_start.astimezone(zone).strftime("%H.%M") == earlier.strftime("%H.%M")


def test_the_desk_starts_what_is_not_next(house: House, look: Look) -> None:
    house.stand("on", asked=False)
    page = house.show(house.reader(look, house.moderator), "moderate")
    page.locator("#programme .spine li:not(.is-part):not(.is-break) a.linkish").nth(1).click()
    check(page, page.locator(".step__leads").get_by_text(passed(look)).first, ".step .acts .btn--main")
    page.keyboard.press("Escape")
    expect(page.locator("#step")).to_have_count(0)
    house.stand("soon", asked=False)
    house.show(page, "moderate")
    check(page, ".run .btn--main", ".strip--none")


def passed(look: Look) -> str:
    return "hoppas över" if look.language == "sv" else "is passed over"


def test_the_desk_tells_them(house: House, look: Look) -> None:
    house.stand("on", asked=False)
    page = house.show(house.reader(look, house.moderator), "moderate")
    page.locator(".ready summary").click()
    check(page, ".ready__one")
    page.locator(".ready__one").first.click()
    expect(page.locator("#notice-text")).to_be_focused()
    expect(page.locator("#notice-to")).to_have_value("web")
    page.locator("#notice-text").fill(LONG * 3)
    page.locator(".tell .btn--main").click()
    check(page, "#notice-wrong", "#notice-text[aria-invalid=true]")
    expect(page.locator("#notice-text")).to_have_value(LONG * 3)
    page.locator("#notice-text").fill(SECOND)
    page.locator(".tell .btn--main").click()
    told = page.locator(".told li", has_text=SECOND)
    check(page, told.locator(".told__n"), told.get_by_role("button"))
    expect(page.locator("#notice-text")).to_have_value("")
    told.get_by_role("button").focus()
    told.get_by_role("button").press("Enter")
    expect(told).to_have_count(0)
    assert page.evaluate("document.activeElement !== document.body"), "the focus fell to the top of the page"


def test_the_desk_lets_a_screen_in_and_ends_it(house: House, look: Look) -> None:
    house.stand("on", asked=False)
    page = house.show(house.reader(look, house.moderator), "moderate")
    page.locator("#pair-code").fill("ZZ9999")
    page.locator(".pair .btn--main").click()
    check(page, "#pair-wrong", ".screens li")
    shown = house.show(house.reader(look, None, "a new screen"), "/screen")
    code = (shown.locator("#code [aria-hidden]").text_content() or "").strip()
    page.locator("#pair-code").fill(code.lower())
    page.locator("#pair-name").fill("Foajén")
    page.locator(".pair .btn--main").click()
    row = page.locator(".screens li", has_text="Foajén")
    row.locator("summary").click()
    check(page, row.locator("details[open] .btn--main"))
    row.locator("details .btn--main").click()
    expect(row).to_have_count(0)
    house.leave(shown)


def test_the_desk_of_several_tracks(house: House, look: Look) -> None:
    house.stand("on", asked=False)
    with divided(house):
        page = house.show(house.reader(look, house.moderator, "tracks"), "moderate")
        first = page.locator(".strip__title").inner_text()
        other = page.locator(".choice a:not([aria-current])").first
        name = other.inner_text()
        check(page, ".choice a[aria-current]", other, ".screens select", "#pair-track")
        other.click()
        expect(page.locator(".strip__title")).not_to_have_text(first)
        check(page, page.locator(".choice a[aria-current]", has_text=name), ".run .btn--main")
        house.show(page, "moderate")
        expect(page.locator(".choice a[aria-current]")).to_have_text(name)  # this browser remembers
        house.leave(page)


@contextmanager
def divided(house: House) -> Iterator[None]:
    """The day's talks in two halls, and one of them begun in each."""

    def give(tracks: Sequence[str]) -> None:
        with house.rows() as session:
            meeting = house.meeting(session)
            items = items_of(session, meeting.id)
            for n, item in enumerate(items):
                item.track = tracks[n % len(tracks)] if not item.parent_id else ""
            meeting.now_on = dict(model.now_on([item.rule() for item in items]))
            meeting.seq += 1
            meeting.pruned = meeting.seq
            session.commit()

    give(("Stora salen", "Lilla salen"))
    try:
        yield
    finally:
        give(("",))


def test_the_desk_without_single_keys(house: House, look: Look) -> None:
    house.stand("on", asked=False)
    page = house.show(house.reader(look, house.moderator, "keys"), "moderate")
    check(page, ".keys kbd", ".keys input:checked")
    page.locator(".keys input").click()
    check(page, ".keys--off", ".keys input:not(:checked)")
    house.leave(page)


# The hall's screen


@pytest.fixture
def screen(house: House, look: Look) -> Page:
    return house.reader(look, house.screen, **({} if look.phone else PROJECTOR))


@pytest.mark.parametrize("text", [SECOND, LONG, LONG * 4])
def test_the_screen_with_a_question(house: House, screen: Page, text: str) -> None:
    house.stand("on", asked=False)
    house.ask(house.person(1), text, "on_stage", hide_name=text == SECOND)
    check(house.show(screen, "screen"), ".bar:not(.bar--none)", ".hall__who", ".join__code", ".hall__text")


SCREENS: dict[Day, str] = {
    "on": ".hall__text",
    "late": ".hall__who",
    "over time": ".bar__left",
    "part": ".bar__by",
    "break": ".hall__time",
    "pause": ".bar--none + .hall .hall__time",
    "eve": ".bar--none + .hall .hall__again",
    "after": ".bar--none + .hall .hall__text",
}


@pytest.mark.parametrize("day", SCREENS)
def test_the_screen_by_the_clock(house: House, screen: Page, day: Day) -> None:
    house.stand(day)
    check(house.show(screen, "screen"), SCREENS[day], ".below__clock")


def test_the_screen_without_contact_and_closed(house: House, look: Look, tunnel: Tunnel) -> None:
    house.stand("on")
    one = house.way_in(house.screen.id)
    page = house.reader(look, one, "leaver", **({} if look.phone else PROJECTOR))
    house.show(page, "screen", through=tunnel)
    tunnel.cut()
    expect(page.locator(".below__lost")).to_be_visible(timeout=30_000)
    check(page, ".below__lost")
    tunnel.mend()
    expect(page.locator(".below__lost")).to_have_count(0, timeout=60_000)
    house.screen = house.revoke(one)
    expect(page.locator(".ended")).to_be_visible(timeout=30_000)
    check(page, ".ended h1")
    house.leave(page)


# The pages around it


@pytest.mark.parametrize("day", ["eve", "on", "after"])
def test_the_meeting_and_the_list_before_during_and_after(house: House, look: Look, me: Person, day: Day) -> None:
    house.stand(day)
    strip = [".strip"] if day == "on" else []
    for who, button in (
        (None, "p"),
        (me, "a.btn--main[href$='/live']"),
        (house.organiser, f"a.btn--main[href$='{'/desk/' if day == 'eve' else '/moderate'}']"),
        (house.screen, "a.btn--main[href$='/screen']"),
    ):
        check(house.show(house.reader(look, who), ""), *strip, f"#door {button}", "#zone", ".spine")
    page = house.show(house.reader(look), "/")
    check(page, {"eve": ".meetings time", "on": ".meetings .is-on b", "after": ".meetings > h2"}[day])


def test_the_ways_in(house: House, look: Look) -> None:
    house.stand("on")
    page = house.reader(look)
    check(house.show(page, f"/j/{house.person().token}"), "main form button", "form .soft")
    check(house.show(page, f"/j/{house.screen.token}"), "main form button")
    gone = house.person(4)
    house.revoke(gone)
    for token in (gone.token, "never-given-to-anybody"):
        check(house.show(page, f"/j/{token}"), "main:not(:has(form)) .page__title", "main .btn")
    check(house.show(page, "/sign-in"), "#email", "#password")
    page.fill("#email", "ingen@example.org")
    page.fill("#password", "inte alls rätt")
    page.locator("main form button").click()
    check(page, ".wrong", "#password[aria-invalid=true]")


def test_what_is_said_when_something_is_not_there(house: House, look: Look, me: Person) -> None:
    house.stand("on")
    stranger, known = house.reader(look), house.reader(look, me)

    def status(page: Page, number: int, *more: str) -> None:
        expect(page.locator(".hang__n")).to_contain_text(str(number))
        check(page, ".hang__n", ".hang .btn", *more)

    house.show(stranger, "live", live=False)
    status(stranger, 401, "a.btn[href^='/sign-in']")
    house.show(known, "moderate", live=False)
    status(known, 403)
    house.show(stranger, "/m/no-such-meeting")
    status(stranger, 404)
    house.show(stranger, "/sign-in")
    stranger.fill("#email", "ingen@example.org")
    stranger.locator("#password").evaluate("(field, n) => { field.value = 'x'.repeat(n) }", 400_000)
    stranger.locator("main form button").click()
    status(stranger, 413)
    house.show(stranger, "/sign-in")
    stranger.context.clear_cookies()
    stranger.locator(".head__aside form button").click()
    status(stranger, 400)
    with house.rows() as session:  # a row that nobody can draw
        there = house.meeting(session)
        session.add(
            Meeting(
                id="broken",
                slug="broken",
                title="X",
                starts=there.starts,
                ends=there.ends,
                timezone="Nowhere/Here",
                join_code="",
            )
        )
        session.commit()
    try:
        house.show(stranger, "/m/broken")
        status(stranger, 500)
    finally:
        with house.rows() as session:
            session.delete(session.get_one(Meeting, "broken"))
            session.commit()


@pytest.fixture(scope="module")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A site nobody has a meeting on yet, that counts who guesses at links."""
    folder = tmp_path_factory.mktemp("empty")
    url = f"sqlite:///{folder / 'hybridmote.db'}"
    servers.migrate(url, folder)
    app = App(folder, servers.free_port(), servers.product_environment(folder, HYBRIDMOTE_DATABASE_URL=url))
    app.start()
    yield app.wait_ready(60)
    app.close()


def test_an_empty_site_and_too_many_guesses(house: House, look: Look, empty_site: App) -> None:
    page = house.reader(look)
    page.goto(empty_site.base_url)
    check(page, ".meetings .hang")
    for guess in range(25):
        if page.context.request.get(f"{empty_site.base_url}/j/guess-{guess}").status == 429:
            break
    page.goto(f"{empty_site.base_url}/j/one-more")
    expect(page.locator(".hang__n")).to_contain_text("429")
    check(page, ".hang__n", ".hang .btn")


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("/accessibility", "main h1"),
        ("/privacy", "main h1"),
        ("/api/docs", "#problems table"),
        ("/api/v1/protocol", "#client pre"),
    ],
)
def test_what_is_there_to_read(house: House, look: Look, path: str, state: str) -> None:
    check(house.show(house.reader(look), path), state)


# As the server draws it, before any script of ours and without one


@pytest.fixture
def drawn(house: House, look: Look) -> Iterator[tuple[Page, Page, Page]]:
    """A participant, a moderator and a screen whose scripts never come. axe's own still can."""
    pages = []
    for who in (house.person(5), house.moderator, house.screen):
        page = house.reader(look, who, "drawn")
        page.route("**/static/*/js/**", lambda route: route.fulfill(status=404))
        pages.append(page)
    yield pages[0], pages[1], pages[2]
    for page in pages:
        house.leave(page)


def test_what_the_server_draws(house: House, look: Look, drawn: tuple[Page, Page, Page]) -> None:
    house.stand("late")
    mine = house.person(5)
    house.ask(mine, MINE)
    house.ask(mine, THIRD, "rejected", REASON)
    house.ask(mine, SECOND, "approved")
    house.ask(house.person(1), LONG, "on_stage")
    live, desk, screen = drawn
    house.show(live, "live", live=False)
    live.locator("details.answered summary").click()
    own = f"article.question:has-text('{MINE}')"
    check(live, own, ".question--refused", ".question--stage", ".vote[aria-disabled=true]", "details[open] .question")
    house.show(desk, "moderate", live=False)
    first = desk.locator("#review .case").first
    first.locator(".reject > summary").click()
    check(desk, ".effect", first.locator("textarea"), ".stage .case__text", ".case--line", "#programme .linkish")
    check(house.show(screen, "screen", live=False), ".bar__left", ".hall__text", ".join__code")

    write(live, "   ")
    live.locator(".ask__send").click()
    check(live, "#ask-wrong", "#ask-text[aria-invalid=true]")
    first.locator("textarea").fill(LONG * 4)
    first.locator(".fields__acts button").click()
    check(desk, "details.reject[open] .wrong", "textarea[aria-invalid=true]")
    with house.rows() as session:
        version = house.meeting(session).version
    house.say(house.other_moderator, "programme.next", expected_version=version)
    desk.locator(".run .btn--main").click()
    check(desk, ".note--refused[role=alert]")


@pytest.mark.parametrize("day", ["over time", "pause", "eve", "after"])
def test_what_the_server_draws_by_the_clock(house: House, drawn: tuple[Page, Page, Page], day: Day) -> None:
    house.stand(day, asked=False)
    live, desk, screen = drawn
    check(house.show(live, "live", live=False), ".strip", ".questions__none")
    check(house.show(desk, "moderate", live=False), ".strip", ".desk__none", ".stage--none")
    check(house.show(screen, "screen", live=False), ".bar", ".hall__text, .hall__time")

"""The moderators' questions: every state with axe, by keys alone, with two at once, and where no script runs."""

import datetime as dt
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from hybridmote.participants.store import Participant
from hybridmote.programme.store import Item
from hybridmote.questions.store import Question
from tests.accessibility.axe import check
from tests.accessibility.house import House, Look, words
from tests.accessibility.test_keyboard import OUGHT, all_is_well, walk
from tests.accessibility.test_reflow import CUT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

FIRST = "Vem vattnar träden den sommar då ingen har tid?"
ALIKE = "Vem vattnar träden en sommar när ingen har tid?"
SECOND = "Får vi se kartan med träden på?"
THIRD = "Vad kostar skötseln per träd och år?"
REASON = "Den rör ett enskilt ärende."


@pytest.fixture(autouse=True)
def talk(house: House) -> Iterator[None]:
    """A talk is on; how questions are taken, and who may ask, is so for the test only."""
    house.stand("on", asked=False)
    yield
    with house.rows() as session:
        meeting = house.meeting(session)
        meeting.words, meeting.slow_seconds, meeting.window_minutes = [], 0, 5
        for item in session.scalars(select(Item)):
            item.asking = "screened"
        for person in session.scalars(select(Participant).where(Participant.muted != "")):
            person.muted, person.muted_until = "", None
        session.commit()


def desk(house: House, look: Look, organiser: bool = False) -> Page:
    """Anew, with nothing left of what another test typed or chose."""
    page = house.show(house.reader(look, house.organiser if organiser else house.moderator), "moderate")
    page.evaluate("localStorage.clear()")
    return house.show(page, "moderate")


def row(page: Page, id: str, part: str = "#review") -> Locator:
    return page.locator(f"{part} [data-row='{id}']")


def press(page: Page, one: Locator, key: str) -> None:
    """A key, when that question is the current one."""
    one.focus()
    expect(one).to_have_attribute("aria-current", "true")
    page.keyboard.press(key)


def test_marks_are_words_and_shapes(house: House, look: Look) -> None:
    house.say(house.moderator, "meeting.asking", words=["vattnar", "kart*"])
    asker = house.person(2)
    like = house.ask(house.person(1), FIRST, "approved")
    id = house.ask(asker, ALIKE, hide_name=True)
    house.ask(asker, SECOND)
    house.say(house.moderator, "person.mute", person=asker.id, reason="Lugn nu.")
    house.say(house.other_moderator, "question.claim", id=id)
    aloud = house.say(house.moderator, "question.record", text=THIRD)["id"]
    page = desk(house, look)
    one = row(page, id)
    told = (
        "Name hidden from the others",
        "Muted",
        "Words to look at: {words}",
        "{name} is at it",
        "Like “{text}” (in line, {n} support it)",
    )
    for said in told:
        expect(one.get_by_text(words(look.language, said)).first).to_be_visible()
    assert one.locator(".mark .icon").count() == 4
    check(
        page,
        one.locator("[data-act=over]"),
        row(page, aloud, "#line").get_by_text(words(look.language, "Asked aloud in the hall")),
        row(page, like, "#line").locator(".mark"),
    )
    one.locator("[data-act=over]").click()
    expect(one.locator("[data-act=approve]")).to_be_visible()
    expect(one.get_by_text(words(look.language, "You have it open on another screen"))).to_be_visible()
    one.locator("[data-act=approve]").click()
    expect(row(page, id, "#line")).to_be_visible()


def test_every_form_of_a_row(house: House, look: Look) -> None:
    other = house.ask(house.person(1), FIRST, "approved")
    id = house.ask(house.person(2), ALIKE, hide_name=True)
    page = desk(house, look, organiser=True)
    one = row(page, id)
    one.locator("[data-act=more]").click()
    check(page, one.locator(".others [data-act=wording]"), one.locator("[data-act=reveal]"))
    page.keyboard.press("Escape")
    expect(one.locator("[data-act=more]")).to_be_focused()
    for key, kind in (("r", "reject"), ("w", "wording"), ("m", "merge"), ("i", "item"), ("s", "mute"), ("v", "reveal")):
        press(page, one, key)
        form = one.locator(f"form[data-form={kind}]")
        expect(form.locator(":focus")).to_be_visible()
        if kind in ("reject", "item", "mute", "reveal"):
            form.locator(".fields__acts .btn--main").click()
            expect(form.locator(".wrong")).to_be_visible()
        if kind == "merge":
            form.locator(f"input[value='{other}']").check()
            expect(form.locator(".targets__both")).to_contain_text(FIRST)
            expect(form.locator(".targets__both")).to_contain_text(ALIKE)
        check(page, form.locator(".fields__acts .btn--main"))
        page.keyboard.press("Escape")
        expect(form).to_have_count(0)
        expect(one.locator(":focus")).to_be_visible()
    press(page, one, "m")
    stops = walk(page)
    assert page.evaluate(OUGHT) == [], "what the keyboard did not reach"
    all_is_well(page, stops)


def test_what_is_typed_survives_a_reload_and_is_sent(house: House, look: Look) -> None:
    id = house.ask(house.person(1), FIRST)
    page = desk(house, look)
    press(page, row(page, id), "w")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("Vem vattnar?")
    house.show(page, "moderate")
    field = row(page, id).locator("form[data-form=wording] textarea")
    expect(field).to_have_value("Vem vattnar?")
    field.press("Control+Enter")
    expect(row(page, id).locator(".case__text")).to_have_text("Vem vattnar?")
    expect(row(page, id).locator("form[data-form]")).to_have_count(0)
    more = row(page, id).locator(".case__more")
    more.locator("summary").click()
    check(page, more.get_by_text(FIRST))


def test_the_asker_changes_it_while_it_is_reworded(house: House, look: Look) -> None:
    """Whoever comes second sees how it is now, and decides again with what they wrote still there."""
    asker = house.person(1)
    id = house.ask(asker, FIRST)
    page = desk(house, look)
    one = row(page, id)
    press(page, one, "w")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("Vem vattnar?")
    with house.rows() as session:
        version = session.get_one(Question, id).version
    house.say(asker, "question.edit", id=id, text=SECOND, expected_version=version)
    expect(one.locator(".case__text")).to_have_text(SECOND)
    page.keyboard.press("Control+Enter")
    check(page, one.locator(".case__said"), one.locator("form[data-form=wording] textarea"))
    expect(one.locator("textarea")).to_have_value("Vem vattnar?")
    one.locator("form[data-form=wording] .btn--main").click()
    expect(one.locator(".case__text")).to_have_text("Vem vattnar?")


def test_by_keys_alone_from_the_queue_to_the_answer_and_back(house: House, look: Look) -> None:
    """Where the focus is when a row goes: at its neighbour."""
    asked = [house.ask(house.person(n), text) for n, text in enumerate((FIRST, SECOND, THIRD), 1)]
    first, second, third = asked
    page = desk(house, look)
    expect(row(page, first)).to_have_attribute("aria-current", "true")
    page.keyboard.press("j")
    expect(row(page, first)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(row(page, second)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("a")
    expect(row(page, first)).to_have_count(0)
    expect(row(page, second)).to_have_attribute("aria-current", "true")
    expect(row(page, second).locator(":focus")).to_be_visible()
    page.keyboard.press("a")
    expect(row(page, third).locator(":focus")).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator("#review .desk__none")).to_be_visible()

    for id in (first, second, third):
        press(page, row(page, id, "#line"), "q")
        expect(row(page, id, "#next")).to_be_visible()
    press(page, row(page, third, "#next"), "Alt+ArrowUp")
    expect(page.locator("#next .case").nth(1)).to_have_attribute("data-row", third)
    expect(row(page, third, "#next")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#next .case").nth(0)).to_have_attribute("data-row", third)
    expect(row(page, third, "#next")).to_be_focused()
    row(page, third, "#next").locator("[data-act=down]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#next .case").nth(1)).to_have_attribute("data-row", third)
    expect(row(page, third, "#next").locator("[data-act=down]")).to_be_focused()
    check(page, row(page, third, "#next").locator("[data-act=down]"))
    page.keyboard.press("t")
    expect(row(page, third, "#stage")).to_be_visible()
    page.keyboard.press("d")
    expect(page.locator(".stage--none")).to_be_visible()

    page.keyboard.press("f")
    expect(page.locator("#find-text")).to_be_focused()
    page.locator("#find-kind").select_option("answered")
    found = row(page, third)
    check(page, found.locator("[data-act=reopen]"), "#find[open] #find-item")
    press(page, found, "o")
    expect(row(page, third, "#line")).to_be_visible()
    expect(page.locator("#review .desk__none")).to_be_visible()


def test_merged_and_parted(house: House, look: Look) -> None:
    into = house.ask(house.person(1), FIRST, "approved")
    id = house.ask(house.person(2), ALIKE)
    page = desk(house, look)
    row(page, id).locator("[data-act=merge]").first.click()
    row(page, id).locator(f"input[value='{into}']").check()
    row(page, id).locator("form[data-form=merge] .btn--main").click()
    expect(row(page, id)).to_have_count(0)
    target = row(page, into, "#line")
    target.locator(".case__more summary").click()
    check(page, target.locator(".case__more li button"))
    target.locator(".case__more li button").click()
    expect(row(page, id)).to_be_visible()
    with house.rows() as session:
        assert session.get_one(Question, id).state == "pending"


def test_from_the_hall_and_for_somebody(house: House, look: Look) -> None:
    page = desk(house, look)
    page.keyboard.press("h")
    text = page.locator("#record-text")
    expect(text).to_be_focused()
    page.locator("#record .btn--main").click()
    check(page, "#record-wrong", "#record-text[aria-invalid=true]")
    text.fill(FIRST)
    page.locator("#record-name").fill("En skolgård i Ale")
    house.show(page, "moderate")
    page.locator("#record summary").click()
    expect(text).to_have_value(FIRST)
    text.press("Control+Enter")
    expect(page.locator("#line .case")).to_contain_text("En skolgård i Ale")
    text.fill(SECOND)
    with house.rows() as session:
        person = session.get_one(Participant, house.quiet[3])
        name = person.name
    page.locator("#record-name").fill(name)
    page.locator("#record-people button").first.click()
    check(page, "#record .tool__who")
    page.locator("#record .btn--main").click()
    expect(page.locator("#line .case", has_text=SECOND)).to_contain_text(name)
    with house.rows() as session:
        asked = session.scalars(select(Question).where(Question.text == SECOND)).one()
        assert asked.author_id is not None and asked.aloud


def test_how_questions_are_taken(house: House, look: Look) -> None:
    asker = house.person(2)
    house.ask(asker, FIRST)
    house.say(house.moderator, "person.mute", person=asker.id, reason="Lugn nu.")
    page = desk(house, look)
    page.locator("#taking summary").click()
    expect(page.locator("#mode-item")).to_be_focused()
    closed = page.get_by_label(words(look.language, "None are taken"))
    closed.click()
    expect(closed).to_be_checked()
    expect(page.locator(".not-screened")).to_be_visible()
    page.locator("#asking-words").fill("träden\nkart*")
    page.locator("#asking-slow").fill("60")
    check(page, "#taking[open] .tool__muted .btn", "#asking-words")
    page.locator("#taking form .tool__acts .btn").click()
    expect(page.locator("#review .mark", has_text="träden")).to_be_visible()
    page.locator("#asking-slow").fill("4000")
    page.locator("#taking form .tool__acts .btn").evaluate("one => one.form.noValidate = true")
    page.locator("#taking form .tool__acts .btn").click()
    check(page, "#asking-wrong")
    page.locator(".tool__muted .btn").click()
    expect(page.locator(".tool__muted")).to_have_count(0)
    with house.rows() as session:
        meeting = house.meeting(session)
        assert (meeting.words, meeting.slow_seconds) == (["träden", "kart*"], 60)


def test_the_sound_is_off_until_somebody_wants_it(house: House, look: Look) -> None:
    page = desk(house, look)
    sound = page.get_by_label(words(look.language, "A soft sound when a question comes in, in this browser"))
    for on in (False, True):
        page.locator("#taking summary").click()
        expect(sound).to_be_checked(checked=on)
        sound.set_checked(not on)
        house.show(page, "moderate")  # this browser remembers
    house.ask(house.person(1), FIRST)
    expect(page.locator("#review .case")).to_have_count(1)


def test_five_hundred_are_looked_through(house: House, look: Look) -> None:
    house.ask(house.person(1), FIRST)
    with house.rows() as session:
        one = session.scalars(select(Question)).one()
        more = [
            Question(
                id=f"q{n:03}",
                meeting_id=one.meeting_id,
                item_id=one.item_id,
                author_id=one.author_id,
                text=f"Fråga nummer {n}?",
                asked_at=one.asked_at + dt.timedelta(milliseconds=n),
                version=1,
            )
            for n in range(1, 500)
        ]
        session.add_all(more)
        house.meeting(session).seq += 1
        session.commit()
    page = desk(house, look)
    expect(page).to_have_title(words(look.language, "To review"))
    assert page.title().startswith("(500) ")
    expect(page.locator("#review .case")).to_have_count(50)
    page.locator(".desk__rest .btn").click()
    expect(page.locator("#review .case")).to_have_count(100)
    page.keyboard.press("f")
    page.keyboard.type("nummer 437")
    expect(page.locator("#review .case")).to_have_count(1)
    # a key stroke is on the page at once, however many there are
    took = page.evaluate(
        """async () => {
          const field = document.getElementById("find-text");
          const since = performance.now();
          field.value = "nummer";
          field.dispatchEvent(new InputEvent("input", { bubbles: true }));
          await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
          return performance.now() - since;
        }"""
    )
    assert took < 1000, f"{took} ms"


@pytest.mark.parametrize(("width", "height"), [(320, 640), (1280, 300)])
def test_small_windows(house: House, look: Look, width: int, height: int) -> None:
    house.ask(house.person(1), FIRST, "approved")
    id = house.ask(house.person(2), ALIKE, hide_name=True)
    page = desk(house, look)
    size = page.viewport_size
    page.set_viewport_size({"width": width, "height": height})
    row(page, id).locator("[data-act=more]").click()
    row(page, id).locator("[data-act=merge]").first.click()
    page.locator("#taking summary").click()
    expect(page.locator("#asking-words")).to_be_visible()
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert size
    page.set_viewport_size(size)


def test_without_scripts(house: House, look: Look) -> None:
    """Every deed as a plain form."""
    first, second, third = (house.ask(house.person(n), text) for n, text in enumerate((FIRST, SECOND, THIRD), 1))
    plain = house.reader(look, house.moderator, "screening plain", java_script_enabled=False)
    house.show(plain, "moderate", live=False)

    def more(id: str, kind: str, part: str = "#review") -> Locator:
        """The form under More, opened."""
        if not row(plain, id, part).locator(f"[data-form={kind}]").count():
            row(plain, id, part).locator("a[href^='?q=']").click()
        form = row(plain, id, part).locator(f"[data-form={kind}]")
        form.locator("summary").click()
        return form

    form = more(first, "wording")
    form.locator("textarea").fill("Vem vattnar?")
    form.locator(".btn--main").click()
    expect(row(plain, first).locator(".case__text")).to_have_text("Vem vattnar?")
    row(plain, first).locator("form[action$='question.approve'] button").click()
    expect(row(plain, first, "#line")).to_be_visible()

    form = more(second, "merge")
    form.locator("select").select_option(first)
    form.locator(".btn--main").click()
    expect(row(plain, second)).to_have_count(0)

    form = row(plain, third).locator("[data-form=reject]")
    form.locator("summary").click()
    ready = form.locator("select option").nth(2).inner_text()
    form.locator("select").select_option(ready)
    form.locator("textarea").fill(REASON)
    form.locator(".btn--main").click()
    expect(row(plain, third)).to_have_count(0)

    plain.locator("#find summary").click()
    plain.locator("#find-kind").select_option("rejected")
    plain.locator("#find .btn").last.click()
    expect(row(plain, third)).to_contain_text(f"{ready} {REASON}")
    row(plain, second).locator("form[action$='question.unmerge'] button").click()
    plain.locator("#find summary").click()
    plain.locator("#find-kind").select_option("rejected")
    plain.locator("#find .btn").last.click()
    row(plain, third).locator("form[action$='question.reopen'] button").click()
    expect(row(plain, third)).to_be_visible()
    expect(row(plain, second)).to_be_visible()

    row(plain, first, "#line").locator("form[action$='question.queue'] button").click()
    expect(row(plain, first, "#next")).to_be_visible()
    row(plain, first, "#next").locator("form[action$='question.take'] button").click()
    row(plain, first, "#stage").locator("form[action$='question.answer'] button").click()
    expect(plain.locator(".stage--none")).to_be_visible()

    plain.locator("#record summary").click()
    plain.locator("#record-text").fill("Och på vintern?")
    plain.locator("#record .btn--main").click()
    expect(plain.locator("#line .case")).to_contain_text("Och på vintern?")
    plain.locator("#taking summary").click()
    plain.locator("#asking-words").fill("vinter*")
    plain.locator("#taking form[action$='meeting.asking'] .btn").click()
    expect(plain.locator("#line .mark", has_text="vinter*")).to_be_visible()

    for id in (second, third):
        row(plain, id).locator("form[action$='question.approve'] button").click()
        row(plain, id, "#line").locator("form[action$='question.queue'] button").click()
    row(plain, second, "#next").get_by_role("button", name=words(look.language, "Move down")).click()
    expect(plain.locator("#next .case").last).to_have_attribute("data-row", second)
    expect(row(plain, second, "#next").get_by_role("button", name=words(look.language, "Move up"))).to_be_visible()


def test_somebody_who_has_asked_nothing_is_muted_by_name(house: House, look: Look) -> None:
    person = house.person(5)
    with house.rows() as session:
        name = session.get_one(Participant, person.id).name
    page = desk(house, look)
    page.locator("#taking summary").click()
    expect(page.locator(".tool__muted")).to_have_count(0)
    page.locator("#mute-name").fill(name)
    page.locator("#mute-people button").first.click()
    page.locator(".silent .fields .btn--main").click()
    check(page, "#mute-wrong")
    page.locator("#mute-why").fill(REASON)
    page.locator(".silent .fields .btn--main").click()
    muted = page.locator(".tool__muted li")
    expect(muted).to_contain_text(REASON)
    page.locator("#mute-name").fill(name)
    check(page, muted, page.locator("#mute-people").get_by_text(words(look.language, "is muted already")))
    plain = house.reader(look, house.moderator, "screening plain", java_script_enabled=False)
    house.show(plain, "moderate?who=" + quote(name), live=False)
    expect(plain.locator("#taking[open] .silent__find")).to_be_visible()
    plain.locator(".tool__muted .btn").click()
    expect(plain.locator(".tool__muted")).to_have_count(0)
    expect(muted).to_have_count(0)


def test_what_the_server_draws(house: House, look: Look) -> None:
    house.ask(house.person(1), FIRST, "approved")
    id = house.ask(house.person(2), ALIKE, hide_name=True)
    page = house.reader(look, house.organiser, "screening drawn")
    page.route("**/static/*/js/**", lambda route: route.fulfill(status=404))
    house.show(page, "moderate", live=False)
    row(page, id).locator("a[href^='?q=']").click()
    for kind in ("wording", "merge", "item", "mute", "reveal"):
        row(page, id).locator(f"[data-form={kind}] > summary").click()
    for tool in ("find", "record", "taking"):
        page.locator(f"#{tool} > summary").click()
    check(page, f"#q-{id} [data-form=reveal] textarea", "#asking-words", "#record-text", "#find-kind")
    page.locator("#asking-slow").fill("")
    form = row(page, id).locator("[data-form=wording]")
    form.locator("textarea").fill("Hur gör ni? " * 60)
    form.locator(".btn--main").click()
    check(page, f"#wrong-wording-{id}", "[data-form=wording] textarea[aria-invalid=true]")
    house.leave(page)


def test_what_waits_goes_into_what_stands_in_line_from_either_end(house: House, look: Look) -> None:
    """Unless somebody else is at work on it: that is said where it was tried, with the form still there."""
    stands = house.ask(house.person(1), FIRST, "approved")
    waits = house.ask(house.person(2), ALIKE)
    house.say(house.other_moderator, "question.claim", id=waits)
    page = desk(house, look)
    one = row(page, stands, "#line")
    press(page, one, "m")
    form = one.locator("form[data-form=merge]")
    form.locator(f"input[value='{waits}']").check()
    turned = form.get_by_text(words(look.language, "This one is in line already: the one that waits goes into it."))
    check(page, turned)
    assert form.locator(".targets__both q").all_inner_texts()[0].strip('”“"') == ALIKE
    form.locator(".btn--main").click()
    said = one.locator(".case__said", has_text=re.compile("arbetar|is working"))
    check(page, said)
    house.say(house.other_moderator, "question.release", id=waits)
    form.locator(".btn--main").click()
    expect(one.locator(".case__more")).to_contain_text(words(look.language, "{n} merged into it"))
    expect(form).to_have_count(0)
    expect(said).to_have_count(0)
    with house.rows() as session:
        assert session.get_one(Question, waits).merged_into == stands

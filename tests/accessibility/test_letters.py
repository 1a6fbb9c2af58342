"""The organiser's page of letters, a letter, and the page of those who want no more of them, read by axe."""

import datetime as dt

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, select

from hybridmote.mail.model import TEMPLATES, token_of
from hybridmote.mail.store import Invitee, Letter, LetterText, Unsubscribed
from hybridmote.participants.store import Participant
from tests.accessibility.axe import check
from tests.accessibility.house import GOOD_LINE, House, Look
from tests.servers import SECRET_KEY, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
DESK = "desk/mail"
# A letter is shown in a frame in which nothing may run, so axe cannot either: it is read by itself below.
FRAME = ("frame-tested",)


@pytest.fixture(autouse=True)
def nothing_sent(house: House) -> None:
    with house.rows() as session:
        for table in (Letter, LetterText, Invitee, Unsubscribed):
            session.execute(delete(table))
        session.execute(Participant.__table__.update().values(email=""))  # type: ignore[attr-defined]
        session.commit()


def letters(house: House, *states: str) -> list[str]:
    """Letters to somebody, one in each state; none is due today."""
    now = dt.datetime.now(dt.UTC)
    with house.rows() as session:
        meeting = house.meeting(session)
        made = [
            Letter(
                id=f"letter-{n}-{state}",
                meeting_id=meeting.id,
                template="link",
                participant_id=house.quiet[n],
                address=f"person{n}@example.org",
                name="Klimatstrateg, Ale kommun",
                language="sv",
                data={},
                state=state,
                reason="550 5.1.1 no such user here" if state in ("refused", "failed") else "",
                attempts=1,
                next_at=now + dt.timedelta(days=1),
                created_at=now,
                message_id="",
            )
            for n, state in enumerate(states)
        ]
        session.add_all(made)
        session.commit()
        return [letter.id for letter in made]


def test_with_no_letters(house: House, look: Look) -> None:
    page = house.show(house.reader(look, house.organiser), DESK)
    check(page, ".mail__none", "#h-list")


def test_what_waits_and_what_came_back(house: House, look: Look) -> None:
    letters(house, "waiting", "sending", "sent", "refused", "failed", "cancelled")
    page = house.show(house.reader(look, house.organiser), DESK)
    check(page, ".mail__refused", "#letter-0-waiting button", "#letter-3-refused q")
    check(house.show(page, DESK + "?state=refused"), "[aria-current=page]", "#letter-3-refused")
    check(house.show(page, DESK + "/letter-3-refused"), ".page__lead")


def test_the_editor_and_what_is_wrong_in_it(house: House, look: Look) -> None:
    page = house.show(house.reader(look, house.organiser), DESK + "?template=confirmed&language=en")
    check(page, "#editor", "#preview", theirs=FRAME)
    page.locator("#words-body").fill("Hello {name}, {nobody_knows}")
    page.frame_locator("#preview").get_by_text("Hello").wait_for()
    page.locator("#words .btn--main").click()
    check(page, "#body-wrong", "#words-body[aria-invalid=true]", theirs=FRAME)
    page.locator("#words-body").fill("Hello {name}, come by [your link]({link})")
    page.locator("#words .btn--main").click()
    check(page, ".btn--quiet", theirs=FRAME)


def test_how_many_it_would_be(house: House, look: Look) -> None:
    with house.rows() as session:
        for n, person in enumerate(session.scalars(select(Participant).where(Participant.id.in_(house.quiet[:3])))):
            person.email = f"person{n}@example.org"
        session.commit()
    page = house.show(house.reader(look, house.organiser), DESK)
    page.locator("#send-template").select_option("link")
    page.locator("form:has(#send-to) button").click()
    check(page, "#confirm .btn--main")
    page.locator("#confirm .btn--main").click()
    page.locator(".mail__letters").wait_for()

    def read() -> bool:
        house.show(page, DESK + "?state=sent")
        return page.locator(".mail__letters > li").count() == 3

    eventually(read, 30, "that the letters are written as files", pause=0.3)
    page.locator(".mail__letters a").first.click()
    check(page, ".mail__text", ".mail__links a", theirs=FRAME)


def test_the_address_list(house: House, look: Look) -> None:
    page = house.show(house.reader(look, house.organiser), DESK)
    page.locator("#lines").fill("ingen alls")
    page.locator("form:has(#lines) .btn").first.click()
    check(page, "#lines-wrong")
    page.locator("#lines").fill("Namn;E-post\nÅsa Ö;asa@räksmörgås.example\nb@example.org\ningen")
    page.locator("form:has(#lines) .btn").first.click()
    check(page, ".mail__list li", "[role=status]")


def test_a_list_as_a_file(house: House, look: Look) -> None:
    page = house.show(house.reader(look, house.organiser), DESK)
    content = "Namn;E-post\nÅsa Ö;asa@räksmörgås.example\nIngen;ingen alls\n".encode("cp1252")
    page.locator("#file").set_input_files({"name": "lista.csv", "mimeType": "text/csv", "buffer": content})
    page.locator("form:has(#file) .btn").click()
    check(page, ".mail__brought [role=status]", ".mail__bad li", ".mail__list li")
    page.locator("#file").set_input_files({"name": "x.xlsx", "mimeType": "text/csv", "buffer": b"PK\x03\x04"})
    page.locator("form:has(#file) .btn").click()
    check(page, "#file-wrong", "#file[aria-invalid=true]")


def become(house: House, letter: str, state: str, reason: str = "") -> None:
    """As the worker notes it, and tells."""
    with house.rows() as session:
        row = session.get_one(Letter, letter)
        row.state, row.reason = state, reason
        session.commit()


def test_what_becomes_of_letters_is_seen_while_one_looks(house: House, look: Look) -> None:
    """Rows change where they stand, and where the keyboard is stays; of what only leaves nothing is said aloud."""
    waits, other, last = letters(house, "waiting", "waiting", "waiting")
    page = house.show(house.reader(look, house.organiser, "follows"), DESK)
    expect(page.locator(GOOD_LINE)).to_be_visible(timeout=30_000)
    said: list[str] = []
    page.expose_function("heard", lambda words: said.append(words))
    page.evaluate("""new MutationObserver(() => window.heard(document.getElementById("said").textContent))
        .observe(document.getElementById("said"), {childList: true, characterData: true, subtree: true})""")
    page.locator("#lines").fill("half a li")
    page.locator("#lines").focus()
    become(house, other, "sent")
    house.say(house.organiser, "mail.cancel", letter=last)  # anything of the letters is told
    expect(page.locator(f"#{other}")).to_contain_text({"sv": "Skickat", "en": "Sent"}[look.language])
    expect(page.locator(f"#{last} button")).to_be_visible()
    expect(page.locator("#states a").last).to_contain_text("(1)")
    assert page.evaluate("document.activeElement.id") == "lines" and page.locator("#lines").input_value() == "half a li"
    assert [words for words in said if words.strip("\u200b")] == []
    # the button that the keyboard stands at is of no more use: it stands at the letter instead
    page.locator(f"#{waits} button").focus()
    become(house, waits, "refused", "550 5.1.1 no such user here")
    house.say(house.organiser, "mail.again", letter=last)
    expect(page.locator(f"#{waits} q")).to_have_text("550 5.1.1 no such user here")
    assert page.evaluate("document.activeElement.closest('li')?.id") == waits
    check(page, ".mail__refused", f"#{waits} q")


def test_no_more_invitations(house: House, look: Look) -> None:
    with house.rows() as session:
        meeting, now = house.meeting(session), dt.datetime.now(dt.UTC)
        session.add(Invitee(id="e-1", meeting_id=meeting.id, address="a@example.org", added_at=now))
        session.commit()
    page = house.show(house.reader(look), f"/u/{token_of(SECRET_KEY, 'e-1')}")
    check(page, "form .btn--main")
    page.locator("main form .btn").click()
    check(page, "[role=status]")
    check(house.show(page, "/u/nobody"), ".page__lead")


@pytest.mark.parametrize("template", ["confirmed", "code"])
def test_a_letter_itself(house: House, look: Look, template: str) -> None:
    assert template in TEMPLATES
    page = house.reader(look, house.organiser, f"letter {template}")
    seen = page.context.request.get(f"{house.base}/m/{house.slug}/{DESK}/preview?template={template}&language=sv")
    page.goto("about:blank")
    page.set_content(seen.text())
    check(page, "main p", theirs=("landmark", "page-has-heading-one"))

"""Every letter there is, in both languages, sent to a real mail server by what causes it, and read there."""

import datetime as dt
import re
from typing import Any

import icalendar
import pytest
import vobject

from tests.mail.server import Mailbox, Received
from tests.mail.test_sending import BASE, HERE, office, only, send_all
from tests.matrix.world import World

LANGUAGES = ("sv", "en")
REGISTER = {"fee": "f-day", "name": "Åsa Ö", "email": "asa@example.net", "agreed": True, "organisation": "The town"}
WHEN = {"sv": "När:", "en": "When:"}


@pytest.fixture
def sent(world: World, mailbox: Mailbox) -> Any:
    """`sent(template, address) -> Received`: the one letter of that kind, when all that wait have been sent."""

    def of(template: str, address: str) -> Received:
        world.write("UPDATE letter SET next_at = created_at WHERE state = 'waiting'")
        send_all(office(mailbox, mail_reply_to="desk@meeting.example"))
        (id,) = [
            row.id
            for row in world.all("SELECT id, template, address FROM letter WHERE state = 'sent'")
            if row.template == template and row.address == address
        ]
        (got,) = [one for one in mailbox.received if one.message_id == f"<{id}@meeting.example>"]
        return got

    return of


def both(got: Received, *words: str) -> None:
    """They stand in the text and in the HTML."""
    plain, html = (" ".join(got.part(kind).split()) for kind in ("plain", "html"))
    html = html.partition("<main>")[2]
    bare = " ".join(re.sub(r"<[^>]+>", "", html).replace("&amp;", "&").split())
    for word in words:
        assert word in plain and (word in bare or f'href="{word}"' in html), (word, plain)
    assert "{" not in plain and "{" not in bare


def link_of(got: Received, kind: str = "j") -> str:
    (in_text,) = set(re.findall(rf"{BASE}/{kind}/[\w.-]+", got.part("plain")))
    assert f'href="{in_text}"' in got.part("html")
    return in_text


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_letter_as_its_cause_sends_it(language: str, world: World, sent: Any) -> None:
    sv = language == "sv"
    only(world)
    world.write("UPDATE participant SET language = :l", l=language)
    world.write("UPDATE meeting SET language = :l", l=language)
    world.write("DELETE FROM letter_text")  # the product's own words

    world.did("organiser", "mail.invite")
    got = sent("invitation", "new@example.net")
    both(got, WHEN[language], f"{BASE}/m/here", "Jag vill inte ha fler inbjudningar" if sv else "I want no more")
    assert got.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link_of(got, "u")

    register = {**REGISTER, "language": language, "challenge": "To build less"}
    taken = world.did("organiser", "registration.register", **register)
    assert taken["state"] == "confirmed"
    got = sent("confirmed", "asa@example.net")
    both(got, str(taken["number"]), "Åsa Ö", f"{BASE}/m/here/place", f"{BASE}/m/here/check")
    link_of(got)
    calendar(got, world)

    world.did("organiser", "registration.register", **register)  # once more: the link again
    link_of(sent("link", "asa@example.net"))

    registration = taken["registration"]
    world.did("organiser", "registration.hand_over", id=registration, email="bo@example.net", name="Bo")
    world.write("UPDATE letter SET language = :l WHERE template = 'transfer'", l=language)
    got = sent("transfer", "bo@example.net")
    both(got, "Åsa Ö", "The meeting here", "Erbjudandet" if sv else "The offer stands until")
    token = link_of(got, "t").rpartition("/")[2]
    world.did("organiser", "registration.take_over", token=token, name="Bo", agreed=True, language=language)
    both(sent("transferred", "asa@example.net"), "Bo", "The meeting here")

    world.did("organiser", "registration.cancel", id=registration, reason="The hall burnt down")
    both(sent("cancelled", "bo@example.net"), "The hall burnt down")

    tomorrow = world.now + dt.timedelta(hours=20)
    world.write("UPDATE meeting SET starts = :s", s=tomorrow.replace(tzinfo=None) if world.sqlite else tomorrow)
    world.did("system", "mail.remind")
    got = sent("reminder", "hall@example.org")
    both(got, "I morgon" if sv else "Tomorrow", f"{BASE}/m/here/check")
    link_of(got)

    world.did("organiser", "mail.send", template="changed", to="hall", changes="Lunch 12.15\nKaffe 14.30")
    both(sent("changed", "hall@example.org"), "Lunch 12.15", "Kaffe 14.30")

    world.did("organiser", "mail.send", template="speaker", to="speakers")
    got = sent("speaker", "speaker@example.org")
    minutes, consent, sees = (
        ("två minuter", "spelas in", "tiden du har kvar")
        if sv
        else ("two minutes", "recorded", "the time you have left")
    )
    both(got, "Item i-talk", minutes, consent, sees, f"{BASE}/m/here/check")
    assert re.search(r"\d\d\.\d\d–\d\d\.\d\d", got.part("plain"))

    world.did("organiser", "mail.send", template="thanks", to="hall")
    both(sent("thanks", "hall@example.org"), "Tack" if sv else "Thank you")
    world.did("moderator", "question.reply", id="q-approved", text="It is on its way.")
    both(sent("answered", "web@räksmörgås.example"), "What of approved?", "It is on its way.")


def calendar(got: Received, world: World) -> None:
    """The day for one's calendar, read by two libraries, of which neither knows the other."""
    (file,) = got.mail.iter_attachments()
    assert file.get_content_type() == "text/calendar" and file.get_param("method") == "PUBLISH"
    raw = file.get_payload(decode=True)
    event = vobject.readOne(raw.decode()).vevent
    (other,) = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    assert event.summary.value == str(other["SUMMARY"]) == "The meeting here"
    assert event.dtstart.value == other["DTSTART"].dt == world.now - dt.timedelta(minutes=70)
    assert event.dtend.value == other["DTEND"].dt and event.uid.value == str(other["UID"])
    assert b"/j/" not in raw


def test_a_place_that_comes_free_is_offered_by_letter(world: World, sent: Any) -> None:
    """The waiting list: on it, and then its turn."""
    only(world)
    world.write("UPDATE fee SET capacity = 1 WHERE meeting_id = :m", m=HERE)
    on = world.did("organiser", "registration.register", **{**REGISTER, "language": "en"})
    assert on["state"] == "waiting"
    got = sent("waiting", "asa@example.net")
    both(got, "waiting list", f"{BASE}/m/here/place")
    assert re.search(r"number in line: \d+", got.part("plain"))
    world.did("organiser", "registration.offer", id=on["registration"], over=True)
    got = sent("offered", "asa@example.net")
    both(got, "it is your turn", "Answer by")
    link_of(got)


def test_who_asks_for_their_link_is_sent_two_an_hour_and_nobody_is_told_who_is_known(world: World) -> None:
    only(world)
    for email in ("waits@example.org", "nobody@mail.test"):
        said = [world.did("organiser", "registration.resend", email=email) for _ in range(4)]
        assert said == [{"sent": True}] * 4
    assert [row.address for row in world.all("SELECT address FROM letter")] == ["waits@example.org"] * 2


def test_a_programme_that_changes_mails_nobody_by_itself(world: World) -> None:
    """Five minutes are no letter to three hundred: an organiser says what has changed, sees how many it goes to, and
    presses."""
    only(world)
    before = world.dump()["letter"]
    did = 0
    for row in world.all("SELECT id, version, title FROM item WHERE meeting_id = :m", m=HERE):
        answer = world.ask(
            "organiser", "programme.edit", {"item": row.id, "expected_version": row.version, "title": f"{row.title}!"}
        )
        did += bool(answer["ok"])
    assert did and world.dump()["letter"] == before
    refused = world.ask("organiser", "mail.send", {"template": "changed", "to": "all"})
    assert (refused["code"], refused["field"]) == ("invalid", "changes"), "never without saying what"

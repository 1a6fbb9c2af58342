"""What becomes of letters, with a real mail server at the other end."""

import datetime as dt
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import vobject

from hybridmote.access import by_token
from hybridmote.config import Settings
from hybridmote.context import Context
from hybridmote.db import reading
from hybridmote.mail import store
from hybridmote.mail.jobs import forgetting, sending
from hybridmote.mail.jobs.sending import Office
from hybridmote.mail.store import NotNow, post
from hybridmote.meetings.store import Meeting
from hybridmote.participants.store import Participant
from hybridmote.problems import Refused
from tests.core.tools import Commands, commands
from tests.mail.server import PASSWORD, USER, Mailbox
from tests.matrix.world import HERE, World

__all__ = ["commands"]

# the test server itself says that signing in over what it takes for a plain line is unwise; the line is TLS
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
BASE = "https://meeting.example"
FOUR = ["p-organiser", "p-hall", "p-web", "p-speaker"]


def office(box: Mailbox, **more: Any) -> Office:
    given = {
        "base_url": BASE,
        "mail_backend": "smtp",
        "mail_host": "localhost",
        "mail_port": box.port,
        "mail_security": "none",
        "mail_from": "Letters <letters@meeting.example>",
        "mail_per_minute": 60000,
        "secret_key": "k" * 32,
    }
    return Office(Settings(**given | more))


def send_all(one: Office) -> None:
    while one.send_next():
        pass
    one.close()


def only(world: World, *letters: str) -> None:
    """No other letters of the world are in the way."""
    for (id,) in world.all("SELECT id FROM letter"):
        if id not in letters:
            world.write("DELETE FROM letter WHERE id = :l", l=id)


def of(world: World, letter: str) -> Any:
    (row,) = world.all("SELECT * FROM letter WHERE id = :l", l=letter)
    return row


def test_a_letter_reaches_its_reader_with_a_link_that_opens_the_meeting(world: World, mailbox: Mailbox) -> None:
    only(world, "b-waiting")
    send_all(office(mailbox, mail_reply_to="desk@meeting.example"))
    (got,) = mailbox.received
    assert (got.sender, got.to) == ("letters@meeting.example", "hall@example.org")
    assert got.mail["From"].addresses[0].display_name == "The meeting here"
    assert got.mail["Reply-To"] == "desk@meeting.example"
    assert got.mail["Auto-Submitted"] == "auto-generated" and got.mail["Date"] and got.mail["Content-Language"] == "sv"
    assert re.fullmatch(r"<b-waiting@meeting\.example>", got.message_id)
    assert "List-Unsubscribe" not in got.mail
    (token,) = set(re.findall(rf"{BASE}/j/([\w-]+)", got.part("plain"))) & set(
        re.findall(rf'href="{BASE}/j/([\w-]+)"', got.part("html"))
    )
    with reading() as db:
        meeting = db.get(Meeting, HERE)
        assert meeting is not None
        caller = by_token(db, meeting, token)
    assert caller is not None and caller.participant_id == "p-hall"
    row = of(world, "b-waiting")
    assert (row.state, row.attempts, row.reason) == ("sent", 1, "") and row.sent_at and row.lease_until is None
    assert world.one("SELECT counts FROM outbox WHERE meeting_id = :m", m=HERE) in ({"sent": 1}, '{"sent": 1}')


def test_no_token_is_kept_anywhere(world: World, mailbox: Mailbox, capfd: pytest.CaptureFixture[str]) -> None:
    only(world, "b-waiting")
    send_all(office(mailbox))
    (token,) = set(re.findall(rf"{BASE}/j/([\w-]+)", mailbox.received[0].part("plain")))
    assert token not in repr(world.dump())
    said = capfd.readouterr()
    assert token not in said.err + said.out


def test_many_go_over_one_connection(world: World, mailbox: Mailbox) -> None:
    only(world)
    world.did("organiser", "mail.send", template="thanks", to="chosen", people=FOUR)
    send_all(office(mailbox))
    assert len(mailbox.received) == 4 and mailbox.connections == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_over_tls_it_signs_in_and_checks_the_certificate(
    security: str, world: World, mailbox_of: Callable[..., Mailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(world, "b-waiting")
    box = mailbox_of(security)
    given = {"mail_security": security, "mail_user": USER, "mail_password": PASSWORD}

    one = office(box, **given)
    assert not one.send_next() and "certificate" in one.trouble, "it trusts anybody"
    assert of(world, "b-waiting").state == "waiting" and not box.signed_in

    monkeypatch.setenv("SSL_CERT_FILE", str(box.certificate))
    one = office(box, **given | {"mail_password": "another"})
    assert not one.send_next() and one.trouble.startswith("535")
    assert "535" in world.one("SELECT trouble FROM outbox WHERE meeting_id = :m", m=HERE)
    assert of(world, "b-waiting").attempts == 0, "what is wrong with the server is not the letter's fault"

    send_all(office(box, **given))
    assert [one.to for one in box.received] == ["hall@example.org"] and box.signed_in[-1] == "in"
    assert world.one("SELECT trouble FROM outbox WHERE meeting_id = :m", m=HERE) == ""


def test_a_certificate_for_another_name_is_not_taken(
    world: World, mailbox_of: Callable[..., Mailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox_of("starttls", name="mail.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(box.certificate))
    one = office(box, mail_security="starttls")
    assert not one.send_next() and "certificate" in one.trouble
    assert not box.received


def test_a_server_that_is_not_there_is_left_alone_and_nothing_is_lost(world: World, mailbox: Mailbox) -> None:
    only(world, "b-waiting")
    away = office(mailbox, mail_port=1)
    assert not away.send_next() and away.trouble and away.rest_until > 0
    assert (of(world, "b-waiting").state, of(world, "b-waiting").attempts) == ("waiting", 0)
    assert world.one("SELECT trouble FROM outbox WHERE meeting_id = :m", m=HERE)
    send_all(office(mailbox))
    assert of(world, "b-waiting").state == "sent"


def test_an_address_that_is_refused_is_shown_by_the_person_and_the_others_go_on(world: World, mailbox: Mailbox) -> None:
    only(world)
    mailbox.rcpt = lambda to, _n: "550 5.1.1 no such user\x07 here" if to.startswith("hall") else ""
    world.did("organiser", "mail.send", template="thanks", to="chosen", people=FOUR)
    send_all(office(mailbox))
    states = dict(map(tuple, world.all("SELECT address, state FROM letter WHERE meeting_id = :m", m=HERE)))
    assert sorted(states.values()) == ["refused", "sent", "sent", "sent"] and states["hall@example.org"] == "refused"
    assert world.one("SELECT reason FROM letter WHERE state = 'refused'") == "550 5.1.1 no such user here"
    (row,) = [r for r in world.dump()["outbox"] if r["meeting_id"] == HERE]
    assert row["bounced"] == {"p-hall": "550 5.1.1 no such user here"}
    assert row["counts"] == {"refused": 1, "sent": 3}
    # it is corrected, and sent again
    world.write("UPDATE participant SET email = 'right@example.org' WHERE id = 'p-hall'")
    world.did("organiser", "mail.again", letter=world.one("SELECT id FROM letter WHERE state = 'refused'"))
    send_all(office(mailbox))
    assert mailbox.to("right@example.org")
    assert [r["bounced"] for r in world.dump()["outbox"] if r["meeting_id"] == HERE] == [{}]


def test_what_is_put_off_is_tried_again_with_patience(world: World, mailbox: Mailbox) -> None:
    only(world, "b-waiting")
    mailbox.rcpt = lambda _to, n: "451 4.7.1 greylisted" if n < 3 else ""
    for attempt in (1, 2):
        send_all(office(mailbox))
        row = of(world, "b-waiting")
        assert (row.state, row.reason, row.attempts) == ("waiting", "451 4.7.1 greylisted", attempt)
        assert not office(mailbox).send_next(), "it waits before it tries again"
        world.write("UPDATE letter SET next_at = begun_at")
    assert world.one("SELECT count(*) FROM grant_ WHERE id = :g", g=of(world, "b-waiting").grant_id) == 1
    send_all(office(mailbox))
    assert of(world, "b-waiting").state == "sent" and len(mailbox.received) == 1
    grants = world.one("SELECT count(*) FROM grant_ WHERE participant_id = 'p-hall'")
    assert grants == 2, "a way in for every attempt"


def test_after_two_days_it_is_given_up(world: World, mailbox: Mailbox) -> None:
    only(world, "b-waiting")
    mailbox.data = lambda _to, _n: "452 4.2.2 mailbox full"
    send_all(office(mailbox))
    assert of(world, "b-waiting").state == "waiting"
    long_ago = world.now - dt.timedelta(days=2, minutes=5)
    world.write(
        "UPDATE letter SET next_at = :t, begun_at = :t", t=long_ago.replace(tzinfo=None) if world.sqlite else long_ago
    )
    send_all(office(mailbox))
    assert (of(world, "b-waiting").state, of(world, "b-waiting").reason) == ("failed", "452 4.2.2 mailbox full")


def test_a_connection_cut_in_the_letter_repeats_it_under_the_same_name(world: World, mailbox: Mailbox) -> None:
    only(world, "b-waiting")
    mailbox.cut = lambda _to, n: n == 1
    one = office(mailbox)
    send_all(one)
    row = of(world, "b-waiting")
    assert row.state == "waiting" and row.attempts == 1 and row.grant_id is None and row.reason
    world.write("UPDATE letter SET next_at = begun_at")
    send_all(one)
    (got,) = mailbox.received
    assert got.message_id == f"<{row.message_id}>" and mailbox.tried["hall@example.org"] == 2
    assert world.one("SELECT count(*) FROM grant_ WHERE participant_id = 'p-hall'") == 3, "the first may have arrived"


def test_a_content_that_is_refused_is_not_tried_again(world: World, mailbox: Mailbox) -> None:
    only(world, "b-waiting")
    mailbox.data = lambda _to, _n: "554 5.7.1 looks like spam"
    send_all(office(mailbox))
    assert (of(world, "b-waiting").state, of(world, "b-waiting").reason) == ("refused", "554 5.7.1 looks like spam")


def test_two_workers_never_send_the_same_letter(world: World, mailbox: Mailbox) -> None:
    only(world)
    people = [(f"p-many-{n}", f"many{n}@example.org") for n in range(40)]
    for id, email in people:
        world.write(
            "INSERT INTO participant (id, meeting_id, name, organisation, roles, email, language, track, muted)"
            " VALUES (:i, :m, 'One', '', 'participant', :e, 'en', '', '')",
            i=id,
            m=HERE,
            e=email,
        )
    world.did("organiser", "mail.send", template="link", to="chosen", people=[id for id, _ in people])
    workers = [threading.Thread(target=send_all, args=(office(mailbox),)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(one.to for one in mailbox.received) == sorted(email for _, email in people)


def test_no_more_than_the_pace_allows(world: World, mailbox: Mailbox) -> None:
    only(world)
    world.did("organiser", "mail.send", template="thanks", to="chosen", people=FOUR)
    one = office(mailbox, mail_per_minute=1)
    assert one.send_next(threading.Event())
    stop = threading.Event()
    stop.set()
    for _ in range(5):
        one.send_next(stop)
    assert len(mailbox.received) == 1
    one.close()


def test_with_no_mail_server_letters_wait(world: World, mailbox: Mailbox) -> None:
    only(world, "b-waiting")
    assert not office(mailbox, mail_backend="off").send_next()
    assert of(world, "b-waiting").state == "waiting"


@pytest.mark.parametrize("sender", ["", "nobody", "Two <a@b.example>, <c@d.example>"])
def test_without_an_address_to_send_from_nothing_is_tried(sender: str, world: World, mailbox: Mailbox) -> None:
    one = office(mailbox, mail_from=sender)
    assert not one.send_next() and "HYBRIDMOTE_MAIL_FROM" in one.trouble


def test_letters_as_files_are_the_owners_alone(world: World, tmp_path: Path) -> None:
    only(world, "b-waiting")
    one = Office(Settings(data=tmp_path, mail_backend="file", mail_per_minute=60000))
    send_all(one)
    (file,) = (tmp_path / "mail" / "here").iterdir()
    assert file.name == "b-waiting.eml" and file.stat().st_mode & 0o077 == 0
    assert b"Subject: " in file.read_bytes() and of(world, "b-waiting").state == "sent"


def test_a_letter_commits_with_its_cause_or_not_at_all(world: World, commands: Commands) -> None:
    def give_up(ctx: Context, _: Any) -> None:
        post(ctx, "thanks", person=ctx.get(Participant, "p-hall"))
        ctx.session.flush()
        raise Refused("state")

    commands.add("test.give_up", give_up)
    before = world.dump()["letter"]
    assert world.ask("hall", "test.give_up", {})["code"] == "state"
    assert world.dump()["letter"] == before

    commands.add("test.go_on", lambda ctx, _: post(ctx, "thanks", person=ctx.get(Participant, "p-hall")) and None)
    assert world.ask("hall", "test.go_on", {})["ok"]
    assert len(world.dump()["letter"]) == len(before) + 1


def test_who_has_given_up_their_place_is_given_no_new_way_in(world: World, mailbox: Mailbox) -> None:
    only(world, "b-waiting")
    world.write("UPDATE participant SET roles = '' WHERE id = 'p-hall'")
    send_all(office(mailbox))
    assert not mailbox.received and of(world, "b-waiting").state == "cancelled"
    assert world.one("SELECT count(*) FROM grant_ WHERE participant_id = 'p-hall'") == 1


def test_closing_somebodys_ways_in_takes_back_the_letter_that_would_open_one(world: World, mailbox: Mailbox) -> None:
    only(world, "b-waiting")
    world.did("organiser", "person.revoke", person="p-hall")
    send_all(office(mailbox))
    assert not mailbox.received and of(world, "b-waiting").state == "cancelled"


def test_one_letter_that_cannot_be_written_does_not_stop_the_others(
    world: World, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> dict[str, str]:
        raise ZeroDivisionError

    def gone(*_: Any) -> dict[str, str]:
        raise NotNow

    monkeypatch.setattr(store, "SUPPLIES", {"link": [broken], "code": [gone]})
    monkeypatch.setattr(sending, "SUPPLIES", store.SUPPLIES)
    only(world, "b-waiting", "b-refused")
    world.write("UPDATE letter SET state = 'waiting', template = 'thanks' WHERE id = 'b-refused'")
    send_all(office(mailbox))
    row = of(world, "b-waiting")
    assert (row.state, row.reason) == ("waiting", "it could not be written: ZeroDivisionError")
    assert [one.to for one in mailbox.received] == ["web@xn--rksmrgs-5wao1o.example"]
    world.write("UPDATE letter SET template = 'code', next_at = created_at WHERE id = 'b-waiting'")
    send_all(office(mailbox))
    assert of(world, "b-waiting").state == "cancelled"


def test_a_code_goes_before_what_waited_longer(world: World, mailbox: Mailbox) -> None:
    only(world)
    world.did("organiser", "mail.send", template="thanks", to="chosen", people=FOUR)
    world.did("organiser", "mail.test", template="code", language="sv")
    one = office(mailbox)
    one.send_next()
    assert "428 316" in str(mailbox.received[0].mail["Subject"])
    one.close()


def test_who_is_not_ascii_before_the_at_needs_a_server_that_takes_it(
    world: World, mailbox_of: Callable[..., Mailbox]
) -> None:
    only(world, "b-waiting")
    world.write("UPDATE letter SET address = 'åsa@räksmörgås.example'")
    old = mailbox_of(smtputf8=False)
    send_all(office(old))
    assert of(world, "b-waiting").state == "refused" and "a-z" in of(world, "b-waiting").reason
    world.write("UPDATE letter SET state = 'waiting'")
    new = mailbox_of()
    send_all(office(new))
    assert [one.to for one in new.received] == ["åsa@xn--rksmrgs-5wao1o.example"]


def test_an_invitation_can_be_declined_by_the_mail_program(world: World, mailbox: Mailbox) -> None:
    only(world)
    world.did("organiser", "mail.invite")
    send_all(office(mailbox))
    (got,) = mailbox.received
    assert re.fullmatch(rf"<{BASE}/u/[\w.-]+>", got.mail["List-Unsubscribe"])
    assert got.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert got.mail["List-Unsubscribe"].strip("<>") in got.part("plain")
    # said while another one waited
    world.did("organiser", "mail.invite", again=True)
    world.did("system", "mail.unsubscribe", invitee="e-new")
    send_all(office(mailbox))
    assert sorted(one.to for one in mailbox.received) == ["invited@example.net", "new@example.net"]


def test_a_confirmation_brings_the_days_for_the_calendar(
    world: World, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(store.SUPPLIES, "confirmed", [])  # the place itself is a matter of a later room
    only(world, "b-waiting", "b-refused")
    world.write("UPDATE letter SET state = 'waiting', template = 'confirmed' WHERE id IN ('b-waiting', 'b-refused')")
    send_all(office(mailbox))
    found = {}
    for got in mailbox.received:
        (file,) = got.mail.iter_attachments()
        assert file.get_content_type() == "text/calendar" and file.get_param("method") == "PUBLISH"
        text = str(file.get_content()).replace("\r\n ", "").replace("\n ", "")
        assert "/j/" not in text, "a calendar is shared"
        (found[got.to.partition("@")[0]],) = list(vobject.readOne(text).vevent_list)
    hall, web = found["hall"], found["web"]
    assert hall.summary.value == "The meeting here" and hall.location.value == "The hall"
    assert web.location.value.endswith("/m/here") and web.uid.value == hall.uid.value
    assert (hall.dtstart.value, hall.dtend.value) == (
        world.now - dt.timedelta(minutes=70),
        world.now + dt.timedelta(minutes=120),
    )


def test_a_speaker_is_told_when_and_about_what(world: World, mailbox: Mailbox) -> None:
    only(world)
    world.did("organiser", "mail.send", template="speaker", to="speakers")
    send_all(office(mailbox))
    said = next(got.part("plain") for got in mailbox.received if got.to == "speaker@example.org")
    assert "Du talar om: Item i-talk" in said and f"{BASE}/j/" in said
    assert re.search(r"När: \w+ \d+ \w+ \d\d\.\d\d–\d\d\.\d\d", said)


def test_letters_of_meetings_long_over_are_forgotten(world: World) -> None:
    forgetting.forget({}, lambda _share: None)
    assert world.one("SELECT count(*) FROM letter WHERE meeting_id = :m", m=HERE) > 0
    long_ago = world.now - dt.timedelta(days=91)
    world.write(
        "UPDATE meeting SET ends = :e WHERE id = :m",
        m=HERE,
        e=long_ago.replace(tzinfo=None) if world.sqlite else long_ago,
    )
    forgetting.forget({}, lambda _share: None)
    assert {row["meeting_id"] for row in world.dump()["letter"]} == {
        row["meeting_id"] for row in world.dump()["invitee"]
    }
    assert world.one("SELECT count(*) FROM letter WHERE meeting_id = :m", m=HERE) == 0
    assert world.one("SELECT count(*) FROM unsubscribed") == 1


def test_everybody_is_reminded_the_day_before_a_meeting_that_is_published(world: World, commands: Commands) -> None:
    def publish(ctx: Context, _: Any) -> None:
        ctx.meeting.starts = ctx.now + dt.timedelta(days=5)
        ctx.tell("meeting.published", on=True)

    commands.add("test.publish", publish)
    for _ in range(2):
        assert world.ask("hall", "test.publish", {})["ok"]
    (row,) = [row for row in world.dump()["due"] if row["command"] == "mail.remind"]
    assert dt.timedelta(days=3) < row["at"] - world.now < dt.timedelta(days=5)
    # it was moved to a later day meanwhile
    later = world.now + dt.timedelta(days=9)
    world.write("UPDATE meeting SET starts = :s", s=later.replace(tzinfo=None) if world.sqlite else later)
    before = len(world.dump()["letter"])
    assert world.did("system", "mail.remind") == {"letters": 0} and len(world.dump()["letter"]) == before
    (row,) = [row for row in world.dump()["due"] if row["command"] == "mail.remind"]
    assert dt.timedelta(days=7) < row["at"] - world.now < dt.timedelta(days=9)
    # and now it is tomorrow
    tomorrow = world.now + dt.timedelta(hours=2)
    world.write("UPDATE meeting SET starts = :s", s=tomorrow.replace(tzinfo=None) if world.sqlite else tomorrow)
    written = world.did("system", "mail.remind")["letters"]
    assert written == len(world.dump()["letter"]) - before >= 4

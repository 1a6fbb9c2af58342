"""What time did not reach is answered in writing, and whoever asked is told by mail: once."""

import datetime as dt
import re

import pytest

from hybridmote.mail.model import wire
from tests.mail.server import Mailbox, mailbox, mailbox_of
from tests.mail.test_sending import office, only, send_all
from tests.matrix.world import HERE, World

__all__ = ["mailbox", "mailbox_of"]
ASKER = "web@räksmörgås.example"  # of q-approved


@pytest.fixture(autouse=True)
def no_other(world: World) -> None:
    only(world)


def answered(world: World, *states: str) -> list[str]:
    """To whom, of the letters that tell of an answer."""
    rows = world.all("SELECT address, state FROM letter WHERE template = 'answered' ORDER BY address")
    return [row.address for row in rows if not states or row.state in states]


def wait_is_over(world: World) -> None:
    world.write("UPDATE letter SET next_at = created_at WHERE state = 'waiting'")


def test_the_asker_has_the_answer_in_their_own_language_as_text_and_html(world: World, mailbox: Mailbox) -> None:
    said = "It is on its way.\n\nRead [more](https://example.org) & <b>all</b> of it."
    world.did("speaker", "question.reply", id="q-approved", text=said)
    assert answered(world, "waiting") == [ASKER]
    (row,) = world.all("SELECT data, next_at, created_at FROM letter")
    assert "way" not in str(row.data), "what it says is read when it is sent"
    send_all(office(mailbox))
    assert not mailbox.received, "it may be corrected for a while"
    wait_is_over(world)
    send_all(office(mailbox))
    (got,) = mailbox.received
    assert got.to == wire(ASKER) and got.mail["Subject"] == "Din fråga på The meeting here har fått svar"
    for part in (got.part("plain"), got.part("html")):
        assert "What of approved?" in part and "It is on its way." in part
    assert "Read [more](https://example.org) & <b>all</b> of it." in got.part("plain")
    assert "<b>" not in got.part("html") and 'href="https://example.org"' not in got.part("html")
    assert re.search(r"<blockquote>.*What of approved\?.*</blockquote>", got.part("html"), re.S)
    assert "/j/" not in got.part("plain"), "no new way in for every answer"


def test_what_is_corrected_meanwhile_is_one_letter_with_the_last_words(world: World, mailbox: Mailbox) -> None:
    for words in ("First.", "Second.", "Third."):
        world.did("moderator", "question.reply", id="q-approved", text=words)
    wait_is_over(world)
    send_all(office(mailbox))
    (got,) = mailbox.received
    assert "Third." in got.part("plain") and "First." not in got.part("plain")
    world.did("moderator", "question.reply", id="q-approved", text="Fourth.")
    wait_is_over(world)
    send_all(office(mailbox))
    assert len(mailbox.received) == 1 and len(answered(world)) == 1, "later corrections stand on the page"


def test_who_hides_their_name_has_it_too_and_staff_are_not_told_who(world: World, mailbox: Mailbox) -> None:
    world.did("moderator", "question.reply", id="q-approved_hidden", text="Here.")
    assert "hall@example.org" in answered(world), "their own"
    mailbox.rcpt = lambda _to, _n: "550 5.1.1 no such user"
    wait_is_over(world)
    send_all(office(mailbox))
    assert set(answered(world)) == set(answered(world, "refused"))
    (row,) = [r for r in world.dump()["outbox"] if r["meeting_id"] == HERE]
    assert row["bounced"] == {} and row["counts"]["refused"] == len(answered(world))


def test_those_whose_questions_were_merged_into_it_are_told_too(world: World, mailbox: Mailbox) -> None:
    world.did("moderator", "question.reply", id="q-approved_hidden", text="Of both.")
    wait_is_over(world)
    send_all(office(mailbox))
    asked = world.all(
        "SELECT p.email FROM question q JOIN participant p ON p.id = q.author_id "
        "WHERE (q.id = 'q-approved_hidden' OR q.merged_into = 'q-approved_hidden') AND p.email <> ''"
    )
    assert len(asked) > 1
    assert sorted(got.to for got in mailbox.received) == sorted(wire(row[0]) for row in asked)
    assert all("Of both." in got.part("plain") for got in mailbox.received)
    of_part = next(got for got in mailbox.received if got.to.startswith("speaker"))
    assert "What of part?" in of_part.part("plain"), "each reads what they asked"


@pytest.mark.parametrize("how", ["no address", "asked aloud"])
def test_who_has_no_address_gets_nothing(world: World, how: str) -> None:
    if how == "no address":
        world.write("UPDATE participant SET email = '' WHERE id = 'p-web'")
    else:
        world.write("UPDATE question SET author_id = NULL WHERE id = 'q-approved'")
    world.did("moderator", "question.reply", id="q-approved", text="Here.")
    assert answered(world) == []


def test_what_is_in_line_again_has_no_letter_until_it_is_answered_anew(world: World, mailbox: Mailbox) -> None:
    world.did("moderator", "question.reply", id="q-approved", text="Too soon.")
    world.did("moderator", "question.reopen", id="q-approved")
    wait_is_over(world)
    send_all(office(mailbox))
    assert not mailbox.received and answered(world, "cancelled") == [ASKER]
    world.did("moderator", "question.reply", id="q-approved", text="At last.")
    wait_is_over(world)
    send_all(office(mailbox))
    assert "At last." in mailbox.received[0].part("plain") and len(mailbox.received) == 1


def test_it_commits_with_the_answer_or_not_at_all(world: World) -> None:
    assert world.ask("moderator", "question.reply", {"id": "q-approved", "text": "x", "expected_version": 99})["code"]
    assert answered(world) == []
    world.did("moderator", "question.reply", id="q-approved", text="Here.")
    (row,) = world.all("SELECT next_at, created_at FROM letter WHERE template = 'answered'")
    both = [dt.datetime.fromisoformat(str(one)) for one in row]
    assert both[0] - both[1] == dt.timedelta(minutes=5)

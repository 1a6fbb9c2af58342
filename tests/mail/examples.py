"""How each command of the letters succeeds, who may use it, and what people try with it."""

from random import Random
from typing import Any

from tests.matrix.declared import NOBODY, Body, Example, Text, example, tries
from tests.matrix.world import World

ORGANISER = frozenset({"organiser"})


def _state(world: World, letter: str) -> str:
    return str(world.one("SELECT state FROM letter WHERE id = :l", l=letter))


def _people(world: World, more: str = "") -> int:
    here = "SELECT count(*) FROM participant WHERE meeting_id = 'm-here' AND email <> '' AND roles <> '' "
    return int(world.one(here + more))


@example("mail.template", may=ORGANISER, texts={"subject": Text(200), "body": Text(8000, multiline=True)})
def the_words_of_a_letter_are_changed(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"version": 2}
        (row,) = world.all("SELECT subject, body FROM letter_text WHERE template = 'thanks' AND language = 'en'")
        assert tuple(row) == ("Thanks, {name}", "See you at {address}")

    body = {"template": "thanks", "language": "en", "subject": "Thanks, {name}", "body": "See you at {address}"}
    return Example("organiser", {**body, "expected_version": 1}, check)


@example("mail.reset_template", may=ORGANISER)
def the_products_own_words_come_back(world: World) -> Example:
    def check(world: World, _: Any) -> None:
        assert world.one("SELECT count(*) FROM letter_text WHERE meeting_id = 'm-here'") == 0

    return Example("organiser", {"template": "thanks", "language": "sv"}, check)


@example("mail.test", may=ORGANISER)
def a_letter_is_sent_to_oneself_to_try(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT address, participant_id, language FROM letter WHERE id = :l", l=result["letter"])
        assert tuple(row) == ("organiser@example.org", None, "en")

    return Example("organiser", {"template": "confirmed", "language": "en"}, check)


@example("mail.send", may=ORGANISER, texts={"changes": Text(2000, optional=True, multiline=True)})
def those_on_the_web_hear_of_a_change(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"letters": _people(world, "AND attendance = 'web'")}
        sent = {row[0] for row in world.all("SELECT address FROM letter WHERE template = 'changed'")}
        assert "web@räksmörgås.example" in sent and "hall@example.org" not in sent

    return Example("organiser", {"template": "changed", "to": "web", "changes": "Lunch at 12.15"}, check)


@example("mail.send")
def chosen_people_are_reminded(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"letters": 2}
        assert world.one("SELECT count(*) FROM letter WHERE template = 'reminder' AND state = 'waiting'") == 2

    return Example("organiser", {"template": "reminder", "to": "chosen", "people": ["p-hall", "p-speaker"]}, check)


@example("mail.again", may=ORGANISER)
def a_refused_letter_is_tried_again(world: World) -> Example:
    return Example("organiser", {"letter": "b-refused"}, lambda w, _: _is(w, "b-refused", "waiting"))


@example("mail.cancel", may=ORGANISER)
def a_letter_that_waits_is_taken_back(world: World) -> Example:
    return Example("organiser", {"letter": "b-waiting"}, lambda w, _: _is(w, "b-waiting", "cancelled"))


def _is(world: World, letter: str, state: str) -> None:
    assert _state(world, letter) == state


@example("mail.resend_link", may=ORGANISER)
def a_link_is_sent_once_more(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT template, participant_id FROM letter WHERE id = :l", l=result["letter"])
        assert tuple(row) == ("link", "p-hall")

    return Example("organiser", {"person": "p-hall"}, check)


@example("mail.add_addresses", may=ORGANISER)
def a_list_is_pasted(world: World) -> Example:
    lines = ["Name;Organisation;E-mail", "Åsa Ö;The town;Asa@Example.com", "new@example.net", "none at all", ""]
    lines += ["Unwilling@example.net", "a@example.org, b@example.org"]
    world.write("DELETE FROM invitee WHERE id = 'e-unwilling'")  # off the list, but the No stands

    def check(world: World, result: Any) -> None:
        bad = [{"line": 4, "text": "none at all", "why": "no_email"}]
        bad += [{"line": 7, "text": "a@example.org; b@example.org", "why": "two_emails"}]
        assert result == {"added": 1, "known": 1, "unwilling": 1, "bad": bad}
        (row,) = world.all("SELECT name, organisation FROM invitee WHERE address = 'asa@example.com'")
        assert tuple(row) == ("Åsa Ö", "The town")

    return Example("organiser", {"lines": lines}, check)


@example("mail.add_addresses")
def a_file_is_brought(world: World) -> Example:
    rows = [{"line": 2, "cells": ["Å", "x", "Ö", "a@räk.example"]}, {"line": 3, "cells": ["B"]}]

    def check(world: World, result: Any) -> None:
        bad = [{"line": 3, "text": "B", "why": "no_email"}]
        assert result == {"added": 1, "known": 0, "unwilling": 0, "bad": bad}
        assert world.one("SELECT name FROM invitee WHERE address = 'a@räk.example'") == "Å Ö"

    return Example("organiser", {"rows": rows, "columns": ["first_name", None, "last_name", "address"]}, check)


@example("mail.remove_address", may=ORGANISER)
def an_address_is_taken_off(world: World) -> Example:
    def check(world: World, _: Any) -> None:
        assert world.one("SELECT count(*) FROM invitee WHERE id = 'e-new'") == 0

    return Example("organiser", {"invitee": "e-new"}, check)


@example("mail.invite", may=ORGANISER)
def who_is_new_is_invited(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"letters": 1}
        assert world.one("SELECT address FROM letter WHERE template = 'invitation'") == "new@example.net"

    return Example("organiser", {}, check)


@example("mail.unsubscribe", may=NOBODY)
def somebody_wants_no_more_invitations(world: World) -> Example:
    def check(world: World, _: Any) -> None:
        assert world.one("SELECT count(*) FROM unsubscribed") == 2

    return Example("system", {"invitee": "e-new"}, check)


@example("mail.noted", may=NOBODY, texts={"trouble": Text(300, optional=True)})
def the_worker_says_how_far_it_is(world: World) -> Example:
    world.write("UPDATE letter SET state = 'sent' WHERE id IN ('b-sending', 'b-refused')")

    def check(world: World, _: Any) -> None:
        (row,) = world.all("SELECT stamp, counts, bounced, trouble FROM outbox WHERE meeting_id = 'm-here'")
        assert row.stamp == 8 and "no route" in row.trouble and '"p-web"' not in str(row.bounced)

    return Example("system", {"trouble": "no route to host"}, check)


@example("mail.remind", may=NOBODY)
def nobody_is_reminded_of_what_has_begun(world: World) -> Example:
    """That they are the day before is tested beside the sending: here the meeting goes on."""

    def check(world: World, result: Any) -> None:
        assert result == {"letters": 0}
        assert world.one("SELECT count(*) FROM letter WHERE template = 'reminder'") == 0

    return Example("system", {}, check)


@tries("mail.send")
def send_to_some(world: World, rnd: Random) -> Body:
    return {"template": rnd.choice(["link", "thanks", "free"]), "to": rnd.choice(["all", "web", "unused", "speakers"])}


@tries("mail.cancel")
def take_one_back(world: World, rnd: Random) -> Body:
    return {"letter": rnd.choice([row[0] for row in world.all("SELECT id FROM letter ORDER BY id")])}


@tries("mail.again")
def try_one_again(world: World, rnd: Random) -> Body:
    return {"letter": rnd.choice([row[0] for row in world.all("SELECT id FROM letter ORDER BY id")])}

"""Who is let in, by what, and what they are told once it has changed."""

import dataclasses
from typing import Any

import pytest

from hybridmote.access import again, by_cookie, by_token, layers_of, still_open
from hybridmote.context import Context
from hybridmote.db import reading
from hybridmote.dispatch import COMMANDS, Id, Payload, dispatch
from hybridmote.meetings.store import Meeting
from hybridmote.participants.store import Participant
from tests.core.tools import Commands
from tests.matrix.lines import Phone, hung_up
from tests.matrix.site import Site
from tests.matrix.world import HERE, PEOPLE, SYSTEM, THERE, World, new_op


def let_in(world: World, meeting: str, *, token: str = "", cookie: dict[str, Any] | None = None) -> str | None:
    """The id of who is let in."""
    with reading() as session:
        row = session.get_one(Meeting, meeting)
        caller = by_token(session, row, token) if cookie is None else by_cookie(session, row, cookie)
        return caller.participant_id if caller else None


def test_a_token_lets_in_its_person_to_its_meeting_only(world: World) -> None:
    assert let_in(world, HERE, token=PEOPLE["hall"].token) == "p-hall"
    assert let_in(world, THERE, token=PEOPLE["hall"].token) is None


@pytest.mark.parametrize(
    "token", ["", " ", "x", "\x00", "\ud800", "g-hall", "p-hall", "x" * 100_000, "%", "' OR 1=1 --"]
)
def test_no_other_token_lets_anybody_in(world: World, token: str) -> None:
    assert let_in(world, HERE, token=token) is None


def test_a_revoked_token_lets_nobody_in(world: World) -> None:
    assert let_in(world, HERE, token=PEOPLE["gone"].token) is None


COOKIES: dict[str, tuple[dict[str, Any], str | None]] = {
    "empty": ({}, None),
    "a grant": ({"grants": {HERE: "g-hall"}}, "p-hall"),
    "a grant of the other meeting": ({"grants": {HERE: "g-their_guest"}}, None),
    "a revoked grant": ({"grants": {HERE: "g-gone"}}, None),
    "a grant that is not": ({"grants": {HERE: "g-nobody"}}, None),
    "an account": ({"account": ["a-second_moderator", "stamp-of-second_moderator"]}, "p-second_moderator"),
    "an account whose sign-ins were ended": ({"account": ["a-second_moderator", "an older stamp"]}, None),
    "an account that is not": ({"account": ["a-nobody", "stamp"]}, None),
    "a grant before an account": (
        {"grants": {HERE: "g-hall"}, "account": ["a-second_moderator", "stamp-of-second_moderator"]},
        "p-hall",
    ),
    "a revoked grant and an account": (
        {"grants": {HERE: "g-gone"}, "account": ["a-second_moderator", "stamp-of-second_moderator"]},
        "p-second_moderator",
    ),
}


@pytest.mark.parametrize("cookie", COOKIES)
def test_a_cookie_lets_in_who_it_names(sqlite_world: World, cookie: str) -> None:
    content, who = COOKIES[cookie]
    assert let_in(sqlite_world, HERE, cookie=content) == who
    assert let_in(sqlite_world, THERE, cookie=content) is None


@pytest.mark.parametrize(
    ("who", "layers"),
    [
        ("organiser", ("staff", "person:p-organiser")),
        ("second_moderator", ("staff", "person:p-second_moderator")),
        ("speaker", ("public", "speaker:i-talk", "hall", "person:p-speaker")),
        ("leader", ("public", "web", "person:p-leader")),
        ("hall", ("public", "hall", "person:p-hall")),
        ("screen", ("public", "hall", "person:p-screen")),
        ("lectern", ("public", "lectern", "hall", "person:p-lectern")),
    ],
)
def test_everybody_hears_one_shared_layer_and_their_own_last(
    sqlite_world: World, who: str, layers: tuple[str, ...]
) -> None:
    caller = sqlite_world.caller(who)
    assert caller is not None and caller.layers == layers


def test_who_is_asked_about_again_is_as_the_database_knows_them_now(world: World) -> None:
    moderator, signed_in = world.caller("moderator"), world.caller("second_moderator")
    assert moderator and signed_in
    with reading() as session:
        assert again(session, moderator) == moderator
        assert again(session, signed_in) == signed_in
    world.write("UPDATE participant SET roles = 'participant', name = 'Another' WHERE id = 'p-moderator'")
    world.write("UPDATE account SET stamp = 'another'")
    with reading() as session:
        now = again(session, moderator)
        assert now is not None
        assert (now.name, now.layers, now.staff) == ("Another", ("public", "hall", "person:p-moderator"), False)
        assert again(session, signed_in) is None
        assert signed_in.way not in still_open(session, HERE, [signed_in])


def test_nobody_is_let_in_by_nothing(world: World) -> None:
    hall = world.caller("hall")
    assert hall is not None
    for by in ({"grant_id": None}, {"grant_id": ""}, {"grant_id": None, "stamp": ""}, {"grant_id": "g-web"}):
        caller = dataclasses.replace(hall, **by)  # type: ignore[arg-type]
        with reading() as session:
            assert again(session, caller) is None, by


def test_who_was_staff_a_moment_ago_sees_no_more_than_others(world: World) -> None:
    """The socket's caller still hears `staff`; the transaction must not believe it."""
    caller = world.caller("moderator")
    world.write("UPDATE participant SET roles = 'participant' WHERE id = 'p-moderator'")
    for question in ("q-pending", "q-rejected"):
        answer = dispatch(caller, HERE, "question.upvote", {"id": question, "on": True, "op": new_op()})
        assert answer["code"] == "not_found", f"{question}: {answer}"
    answer = dispatch(caller, HERE, "question.upvote", {"id": "q-answered", "on": True, "op": new_op()})
    assert answer["code"] == "state" and "author_id" not in answer["current"], answer


def test_who_has_become_staff_a_moment_ago_sees_what_staff_see(world: World) -> None:
    caller = world.caller("quiet")
    assert caller is not None
    world.write("UPDATE participant SET roles = 'moderator' WHERE id = 'p-quiet'")
    answer = dispatch(caller, HERE, "question.upvote", {"id": "q-pending", "on": True, "op": new_op()})
    assert answer["code"] == "state" and answer["current"]["author_id"] == "p-hall", answer


class Role(Payload):
    person: Id
    roles: str


def _gives(ctx: Context, p: Role) -> None:
    ctx.get(Participant, p.person, "person").roles = p.roles


def test_a_new_role_is_a_new_welcome_before_anything_else(world: World, site: Site, commands: Commands) -> None:
    commands.add("test.role", _gives, Role, role=SYSTEM)

    @hung_up
    def story(world: World, site: Site, client: Any) -> None:
        phone = Phone(world, site, "quiet", client)
        other = Phone(world, site, "web", client)
        world.did(SYSTEM, "test.role", person="p-quiet", roles="moderator")
        world.did("moderator", "question.approve", id="q-pending")
        phone.round()
        events = [event for event, _ in phone.read()]
        assert events[0] == "welcome", events
        assert set(phone.client.layers) == {"staff", "person:p-quiet"}
        assert "q-pending_hidden" in phone.client.layers["staff"]["questions"]
        phone.sees_what_is()
        world.did(SYSTEM, "test.role", person="p-quiet", roles="participant")
        world.did("hall", "question.ask", text="Not for your eyes?")
        phone.round()
        events = [event for event, _ in phone.read()]
        assert events == ["welcome"], events
        assert set(phone.client.layers) == {"public", "web", "person:p-quiet"}
        phone.sees_what_is()
        assert "welcome" not in [event for event, _ in other.read()]
        other.sees_what_is()

    story(world, site)


def test_layers_are_of_the_person_and_not_of_the_link(world: World) -> None:
    with reading() as session:
        for person in session.query(Participant).all():
            if person.roles == "applicant":  # who waits for a place does not take part yet
                assert layers_of(session, person) == (f"person:{person.id}",)
                continue
            first, *_, last = layers_of(session, person)
            assert first == ("staff" if person.role_set & {"organiser", "moderator"} else "public")
            assert last == f"person:{person.id}"


def test_no_command_is_for_a_role_that_is_not(sqlite_world: World) -> None:
    roles = {"organiser", "moderator", "speaker", "leader", "participant", "screen", "lectern", SYSTEM}
    roles |= {"presenter", "turner"}  # which nobody is given by itself
    roles |= {"applicant", "guest"}  # who waits for a place, and anybody at all
    roles |= {"asker", "listener", "person"}  # who walked in, and whoever is no screen
    assert {command.role for command in COMMANDS.values()} <= roles

"""Several moderators at once: who is at work on what, and that two never do the same thing to the same question."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hybridmote.committer import Committer
from hybridmote.dispatch import dispatch
from tests.matrix.checks import ASKED, nothing_changes
from tests.matrix.world import HERE, World, new_op
from tests.questions import laws

ACTS: dict[str, dict[str, Any]] = {
    "approve": {},
    "reject": {"reason": "No."},
    "edit": {"text": "Better?", "expected_version": 2},
    "merge": {"into": "q-approved"},
    "move": {"item": "i-coffee"},
    "claim": {},
}


def claim_of(world: World, id: str = "q-pending") -> tuple[str | None, Any]:
    (row,) = world.all("SELECT claimed_by, claimed_until FROM question WHERE id = :q", q=id)
    return tuple(row)


@pytest.mark.parametrize("act", ACTS)
def test_what_somebody_else_is_at_is_refused_with_their_name(sqlite_world: World, act: str) -> None:
    world = sqlite_world
    world.did("second_moderator", "question.claim", id="q-pending")
    with nothing_changes(world, "an act on a claimed question was refused", ASKED):
        answer = world.ask("moderator", f"question.{act}", {"id": "q-pending", **ACTS[act]})
    assert (answer["code"], answer["params"]) == ("claimed", {"name": "The second_moderator"})
    assert answer["current"]["claim"]["person"] == "p-second_moderator"
    assert answer["current"]["id"] == "q-pending", "with the question as it is"


@pytest.mark.parametrize("act", [act for act in ACTS if act != "claim"])
def test_who_has_acted_is_done_with_it(sqlite_world: World, act: str) -> None:
    world = sqlite_world
    world.did("moderator", "question.claim", id="q-pending")
    world.did("moderator", f"question.{act}", id="q-pending", **ACTS[act])
    assert claim_of(world) == (None, None)


@pytest.mark.parametrize("act", ["queue", "take", "answer", "reject"])
def test_so_with_what_is_approved(sqlite_world: World, act: str) -> None:
    world = sqlite_world
    world.did("second_moderator", "question.claim", id="q-approved")
    assert world.ask("moderator", f"question.{act}", {"id": "q-approved"})["code"] == "claimed"
    world.did("second_moderator", f"question.{act}", id="q-approved")
    assert claim_of(world, "q-approved") == (None, None)


def test_the_question_may_be_taken_over_and_the_first_finds_out(sqlite_world: World) -> None:
    world = sqlite_world
    world.did("second_moderator", "question.claim", id="q-pending")
    world.did("moderator", "question.claim", id="q-pending", over=True)
    assert claim_of(world)[0] == "p-moderator"
    answer = world.ask("second_moderator", "question.approve", {"id": "q-pending"})
    assert (answer["code"], answer["params"]["name"]) == ("claimed", "The moderator")
    assert world.one("SELECT count(*) FROM audit WHERE what = 'question.claim'") == 1


def test_a_claim_is_over_after_two_minutes_and_renewed_by_claiming_again(sqlite_world: World) -> None:
    world = sqlite_world
    world.did("second_moderator", "question.claim", id="q-pending")
    began = dt.datetime.now(dt.UTC)
    (until,) = [q["claimed_until"] for q in laws.rows(world, "question") if q["id"] == "q-pending"]
    assert dt.timedelta(seconds=110) < until - began < dt.timedelta(seconds=121)
    world.write("UPDATE question SET claimed_until = :t WHERE id = 'q-pending'", t="2026-01-01 00:00:00")
    world.did("second_moderator", "question.claim", id="q-pending")
    assert world.ask("moderator", "question.approve", {"id": "q-pending"})["code"] == "claimed"
    world.write("UPDATE question SET claimed_until = :t WHERE id = 'q-pending'", t="2026-01-01 00:00:00")
    world.did("moderator", "question.approve", id="q-pending")


def test_the_phone_goes_on_where_the_laptop_left_off(sqlite_world: World) -> None:
    """A claim is a person's, not a device's: another way in of the same person."""
    world = sqlite_world
    world.did("moderator", "question.claim", id="q-pending")
    world.write(
        "INSERT INTO grant_ (id, meeting_id, participant_id, token_hash, created_at) "
        "SELECT 'g-phone', meeting_id, participant_id, 'phone', created_at FROM grant_ WHERE id = 'g-moderator'"
    )
    laptop = world.caller("moderator")
    assert laptop is not None
    from dataclasses import replace

    phone = replace(laptop, grant_id="g-phone")
    assert dispatch(phone, HERE, "question.approve", {"id": "q-pending", "op": new_op()})["ok"]


def test_letting_go_is_only_of_ones_own(sqlite_world: World) -> None:
    sqlite_world.did("second_moderator", "question.claim", id="q-pending")
    sqlite_world.did("moderator", "question.release", id="q-pending")
    assert claim_of(sqlite_world)[0] == "p-second_moderator"
    sqlite_world.did("second_moderator", "question.release", id="q-pending")
    assert claim_of(sqlite_world) == (None, None)


def test_its_asker_and_its_speaker_are_not_held_up(sqlite_world: World) -> None:
    world = sqlite_world
    world.did("moderator", "question.claim", id="q-pending")
    world.did("hall", "question.edit", id="q-pending", text="Before you look!", expected_version=2)
    answer = world.ask(
        "moderator", "question.edit", {"id": "q-pending", "text": "What was there?", "expected_version": 2}
    )
    assert (answer["code"], answer["current"]["text"]) == ("stale", "Before you look!")
    world.did("hall", "question.withdraw", id="q-pending")
    world.did("moderator", "question.claim", id="q-approved")
    world.did("speaker", "question.reply", id="q-approved", text="I can tell you.")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("approve", {"expected_version": 2}), ("reject", {"expected_version": 2})),
        (("approve", {"expected_version": 2}), ("approve", {"expected_version": 2})),
        (("merge", {"into": "q-approved"}), ("merge", {"into": "q-approved_hidden"})),
        (("merge", {"into": "q-approved"}), ("reject", {})),
        (("edit", {"text": "One?", "expected_version": 2}), ("edit", {"text": "Other?", "expected_version": 2})),
        (("claim", {}), ("claim", {})),
    ],
    ids=lambda one: one[0],
)
def test_of_two_moderators_at_the_same_moment_one_wins(
    world: World, first: tuple[str, dict[str, Any]], second: tuple[str, dict[str, Any]]
) -> None:
    """Each in a process of its own, as far as the database can tell: two committers."""
    for number in range(4):
        world.reset()
        moves = [("moderator", *first), ("second_moderator", *second)]
        callers = [world.caller(who) for who, _, _ in moves]
        with ThreadPoolExecutor(2) as people:
            answers = []
            for (_, act, body), caller in zip(moves, callers, strict=True):
                whole = {"id": "q-pending", **body, "op": new_op()}
                answers.append(people.submit(dispatch, caller, HERE, f"question.{act}", whole))
                if number % 2:
                    Committer.running.pop(HERE, None)
            codes = [answer.result(30).get("code", "ok") for answer in answers]
        assert sorted(codes)[0] in ("claimed", "ok", "stale", "state") and codes.count("ok") == 1, codes
        laws.all_hold(world)
        lost = answers[1 - codes.index("ok")].result()
        assert lost["current"]["id"] == "q-pending", "who lost sees what happened"
    assert len(laws.rows(world, "receipt")) <= 6

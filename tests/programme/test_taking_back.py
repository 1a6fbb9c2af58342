"""Steps of the programme in the database: taken back exactly, corrected with all that hangs on them, begun by the clock."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from hybridmote import due
from tests.matrix.world import HERE, World, changed

# What a step and its undoing leave behind beside the programme: that they were done.
TRACES = (
    "step",
    "audit",
    "op",
    "due",
    "change",
    "meeting.seq",
    "meeting.version",
    "item.version",
    "item.changed_at",
    "poll.version",
    "question.version",
)


def step(world: World, what: str, **body: Any) -> Any:
    return world.did("moderator", f"programme.{what}", **body, expected_version=world.version())


@pytest.mark.parametrize("seed", range(6))
def test_taking_everything_back_leaves_the_programme_as_it_was(world: World, seed: int) -> None:
    rnd = Random(seed)
    world.ask("system", "programme.drift", {})
    before = world.dump()
    done = 0
    while done < 5:
        what = rnd.choice(["next", "finish", "start", "extend", "correct"])
        body: dict[str, Any] = {}
        if what in ("start", "extend"):
            body["item"] = rnd.choice(["i-talk", "i-discussion", "i-coffee", "i-second_talk", "i-lunch"])
        if what == "extend":
            body["minutes"] = rnd.randrange(1, 30)
        if what == "correct":
            body["cue"] = rnd.choice([row[0] for row in world.all("SELECT id FROM cue WHERE kind <> 'page'")])
            body["at"] = (world.now - timedelta(minutes=rnd.randrange(0, 40))).isoformat()
        answer = world.ask("moderator", f"programme.{what}", body | {"expected_version": world.version()})
        done += answer["ok"]
    assert world.one("SELECT count(*) FROM step WHERE meeting_id = :m AND NOT undone", m=HERE) == 6
    for _ in range(done):
        step(world, "undo")
    expected = ("item.expected_start", "item.expected_end")  # the minute may have changed meanwhile
    lines = changed(before, world.dump(), (*TRACES, *expected))
    assert not lines, "\n".join(lines)


def test_a_question_is_on_stage_again_and_its_receipt_gone(world: World) -> None:
    step(world, "finish")
    assert world.one("SELECT state FROM question WHERE id = 'q-on_stage'") == "answered"
    assert world.one("SELECT count(*) FROM receipt WHERE question_id = 'q-on_stage'") == 1
    step(world, "undo")
    assert world.one("SELECT state FROM question WHERE id = 'q-on_stage'") == "on_stage"
    assert world.one("SELECT count(*) FROM receipt WHERE question_id = 'q-on_stage'") == 0


def test_a_question_is_in_line_again_when_another_has_the_stage(world: World) -> None:
    step(world, "start", item="i-second_talk")
    world.did("moderator", "question.take", id="q-approved")
    step(world, "undo")
    rows = world.all("SELECT id, state FROM question WHERE id IN ('q-on_stage', 'q-approved')")
    states = {row[0]: row[1] for row in rows}
    assert states == {"q-on_stage": "approved", "q-approved": "on_stage"}


def test_what_was_answered_by_hand_stays_answered(world: World) -> None:
    world.did("moderator", "question.answer", id="q-on_stage")
    step(world, "finish")
    step(world, "undo")
    assert world.one("SELECT state FROM question WHERE id = 'q-on_stage'") == "answered"


def test_there_is_an_end_to_taking_back(world: World) -> None:
    step(world, "undo")
    answer = world.ask("moderator", "programme.undo", {"expected_version": world.version()})
    assert (answer["code"], answer["params"]) == ("state", {"why": "nothing_to_undo"})


def test_a_forgotten_next_is_corrected_and_everything_follows(world: World) -> None:
    """Coffee was at ten, and *next* pressed eight minutes after."""
    step(world, "start", item="i-coffee")
    on = world.one("SELECT id FROM cue WHERE item_id = 'i-coffee' AND kind = 'on'")
    at = world.now - timedelta(minutes=2)
    step(world, "correct", cue=on, at=at.isoformat())
    talk, coffee = (
        world.one(f"SELECT {column} FROM item WHERE id = '{id}'")
        for id, column in (("i-talk", "actual_end"), ("i-coffee", "actual_start"))
    )
    assert str(talk)[:19] == str(coffee)[:19] == f"{at:%Y-%m-%d %H:%M:%S}"
    ends = [row[0] for row in world.all("SELECT at FROM cue WHERE item_id = 'i-talk' AND kind = 'off'")]
    assert ends == [talk]


def test_a_break_begins_by_the_clock_once_and_not_before_its_time(world: World) -> None:
    world.write("UPDATE item SET by_clock = :yes WHERE id = 'i-coffee'", yes=True)
    world.write("DELETE FROM due")
    step(world, "extend", item="i-talk", minutes=10)
    row = "SELECT count(*) FROM due WHERE command = 'programme.clock'"
    assert world.one(row) == 1
    due.run_due()
    assert world.one("SELECT actual_start FROM item WHERE id = 'i-coffee'") is None
    past = "2026-01-01 00:00:00+00:00" if not world.sqlite else "2026-01-01 00:00:00"
    world.write("UPDATE due SET at = :past WHERE command = 'programme.clock'", past=past)
    due.run_due()
    assert world.one("SELECT actual_start FROM item WHERE id = 'i-coffee'") is not None
    assert world.one("SELECT actual_end FROM item WHERE id = 'i-talk'") is not None
    assert world.one(row) == 0
    step(world, "undo")
    assert world.one("SELECT actual_start FROM item WHERE id = 'i-coffee'") is None, "time's own step is taken back too"


def test_a_break_that_began_by_hand_is_not_begun_again(world: World) -> None:
    world.write("UPDATE item SET by_clock = :yes WHERE id = 'i-coffee'", yes=True)
    step(world, "start", item="i-coffee")
    assert world.one("SELECT count(*) FROM due WHERE command = 'programme.clock'") == 0
    answer = world.ask("system", "programme.clock", {"item": "i-coffee"})
    assert answer["ok"]
    assert world.one("SELECT count(*) FROM cue WHERE item_id = 'i-coffee'") == 1


def test_an_item_is_not_extended_for_ever(world: World) -> None:
    for _ in range(3):
        step(world, "extend", item="i-talk", minutes=240)
    answer = world.ask("moderator", "programme.extend", {"item": "i-talk", "minutes": 1, "expected_version": 6})
    assert (answer["code"], answer["field"]) == ("invalid", "minutes")


def test_a_cue_of_a_page_is_no_boundary(world: World) -> None:
    world.write("UPDATE cue SET kind = 'page', page = 3 WHERE id = 'c-talk-on'")
    body = {"cue": "c-talk-on", "at": world.now.isoformat(), "expected_version": 3}
    answer = world.ask("moderator", "programme.correct", body)
    assert (answer["code"], answer["params"]) == ("state", {"why": "not_a_boundary"})

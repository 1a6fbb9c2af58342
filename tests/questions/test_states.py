"""Every command on a question in every state: what it may be done to, and that nothing happens where it may not."""

from typing import Any, get_args

import pytest

from hybridmote.questions.model import State
from tests.matrix.checks import ASKED, nothing_changes
from tests.matrix.world import HERE, World

# one of the world in each state
OF: dict[str, str] = {
    "pending": "q-pending",
    "approved": "q-approved",
    "on_stage": "q-on_stage",
    "answered": "q-answered",
    "rejected": "q-rejected",
    "withdrawn": "q-withdrawn",
    "merged": "q-merged",
}
AUTHORS = {"q-pending": "hall", "q-approved": "web", "q-on_stage": "speaker", "q-answered": "hall"} | {
    "q-rejected": "web",
    "q-withdrawn": "hall",
    "q-merged": "leader",
}
# act: (who, what is sent beside the id, state → state after)
ACTS: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "approve": ("moderator", {}, {"pending": "approved"}),
    "reject": ("moderator", {"reason": "No."}, {"pending": "rejected", "approved": "rejected"}),
    "take": ("moderator", {}, {"approved": "on_stage"}),
    "put_back": ("moderator", {}, {"on_stage": "approved"}),
    "answer": ("moderator", {}, {"approved": "answered", "on_stage": "answered"}),
    "reopen": ("moderator", {}, {"answered": "approved", "rejected": "pending"}),
    "withdraw": ("author", {}, {"pending": "withdrawn", "approved": "withdrawn"}),
    "edit": ("author", {"text": "Otherwise?", "expected_version": 2}, {"pending": "pending"}),
    "merge": ("moderator", {"into": "q-next"}, {"pending": "merged", "approved": "merged"}),
    "unmerge": ("moderator", {}, {"merged": "approved"}),
    "queue": ("moderator", {}, {"approved": "approved"}),
    "move": ("moderator", {"item": "i-coffee"}, {"pending": "pending", "approved": "approved"}),
    "reply": ("moderator", {"text": "So."}, {"approved": "answered", "answered": "answered"}),
    "upvote": ("quiet", {"on": True}, {"approved": "approved", "on_stage": "on_stage"}),
    "claim": ("moderator", {}, {state: state for state in ("pending", "approved", "on_stage")}),
    "release": ("moderator", {}, {state: state for state in OF}),
}
UNSEEN = {"pending", "rejected", "withdrawn", "merged"}  # by those who listen


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", OF)
def test_what_may_be_done_to_a_question_in_each_state(sqlite_world: World, state: str, act: str) -> None:
    world, id = sqlite_world, OF[state]
    who, body, moves = ACTS[act]
    who = AUTHORS[id] if who == "author" else who
    if state in moves:
        world.did(who, f"question.{act}", id=id, **body)
        assert world.one("SELECT state FROM question WHERE id = :q", q=id) == moves[state]
        return
    with nothing_changes(world, f"{act} was refused", ASKED):
        answer = world.ask(who, f"question.{act}", {"id": id, **body})
    hidden = act == "upvote" and state in UNSEEN
    assert answer["code"] == ("not_found" if hidden else "state"), answer
    if not hidden:
        assert answer["current"]["state"] == state, "with the question as it is"
        assert answer["params"]["why"] == state


def test_a_question_in_each_state_is_there() -> None:
    assert set(OF) == set(get_args(State))


@pytest.mark.parametrize("state", ["answered", "rejected", "withdrawn", "merged"])
def test_nothing_is_merged_into_what_is_at_its_end(sqlite_world: World, state: str) -> None:
    body = {"id": "q-pending", "into": OF[state]}
    with nothing_changes(sqlite_world, "a merge was refused", ASKED):
        answer = sqlite_world.ask("moderator", "question.merge", body)
    assert (answer["code"], answer["field"], answer["current"]["state"]) == ("state", "into", state)


def test_what_everyone_sees_is_not_merged_into_what_nobody_has_looked_at(sqlite_world: World) -> None:
    with nothing_changes(sqlite_world, "a merge was refused", ASKED):
        answer = sqlite_world.ask("moderator", "question.merge", {"id": "q-approved", "into": "q-pending"})
    assert (answer["code"], answer["field"], answer["params"]) == ("state", "into", {"why": "into_what_waits"})
    assert answer["current"]["id"] == "q-pending"
    sqlite_world.did("moderator", "question.merge", id="q-pending", into="q-approved")  # the other way about it is done


def test_a_question_is_not_merged_into_itself(sqlite_world: World) -> None:
    answer = sqlite_world.ask("moderator", "question.merge", {"id": "q-pending", "into": "q-pending"})
    assert (answer["code"], answer["field"], answer["params"]) == ("invalid", "into", {"why": "into_itself"})


def receipts(world: World, question: str) -> list[tuple[str, str, str | None]]:
    return [
        tuple(row)
        for row in world.all(
            'SELECT "end", reason, into_id FROM receipt WHERE question_id = :q ORDER BY "end"', q=question
        )
    ]


def test_an_end_that_is_come_to_again_is_told_again_with_its_new_reason(world: World) -> None:
    world.did("moderator", "question.reject", id="q-pending", reason="Too early.")
    first = world.one("SELECT id FROM receipt WHERE question_id = 'q-pending'")
    world.did("moderator", "question.reopen", id="q-pending")
    assert receipts(world, "q-pending") == [], "it is not at that end any more"
    world.did("moderator", "question.reject", id="q-pending", reason="Too late.")
    assert receipts(world, "q-pending") == [("rejected", "Too late.", None)]
    assert world.one("SELECT id FROM receipt WHERE question_id = 'q-pending'") != first


def test_whoever_asked_what_was_merged_is_told_what_became_of_it(world: World) -> None:
    world.did("moderator", "question.merge", id="q-pending", into="q-approved_hidden")
    world.did("moderator", "question.merge", id="q-approved_hidden", into="q-approved")
    world.did("moderator", "question.reject", id="q-approved", reason="No time.")
    for part in ("q-pending", "q-part"):
        told = [("merged", "", "q-approved_hidden"), ("rejected", "No time.", "q-approved")]
        assert receipts(world, part) == told
    assert receipts(world, "q-approved_hidden") == [
        ("merged", "", "q-approved"),
        ("rejected", "No time.", "q-approved"),
    ]
    world.did("moderator", "question.unmerge", id="q-approved_hidden")
    assert receipts(world, "q-approved_hidden") == []
    assert receipts(world, "q-part") == [("merged", "", "q-approved_hidden")], "that it still is"


def test_an_answer_in_writing_tells_everybody_whose_question_it_answers(world: World) -> None:
    world.did("moderator", "question.answer", id="q-approved")
    world.did("speaker", "question.reply", id="q-approved", text="More of it.\nIn two lines.")
    told = [("answered", "", None), ("replied", "More of it.\nIn two lines.", None)]
    assert receipts(world, "q-approved") == told
    world.did("speaker", "question.reply", id="q-approved", text="Corrected.")
    assert receipts(world, "q-approved") == [("answered", "", None), ("replied", "Corrected.", None)]
    assert receipts(world, "q-merged")[-1] == ("replied", "Corrected.", "q-approved")
    before_after = world.all("SELECT before, after FROM audit WHERE what = 'question.reply' ORDER BY at, id")
    assert len(before_after) == 2


def test_those_who_speak_elsewhere_do_not_answer_in_writing(world: World) -> None:
    world.write("UPDATE question SET item_id = 'i-coffee' WHERE id = 'q-approved'")
    answer = world.ask("speaker", "question.reply", {"id": "q-approved", "text": "I know."})
    assert (answer["code"], answer["field"]) == ("role", "id")
    assert world.ask("speaker", "question.reply", {"id": "q-pending", "text": "I know."})["code"] == "not_found"


def test_two_who_answer_in_writing_do_not_write_over_each_other(world: World) -> None:
    version = world.one("SELECT version FROM question WHERE id = 'q-approved'")
    world.did("speaker", "question.reply", id="q-approved", text="The first.", expected_version=version)
    body = {"id": "q-approved", "text": "The second.", "expected_version": version}
    answer = world.ask("moderator", "question.reply", body)
    assert (answer["code"], answer["current"]["reply"]) == ("stale", "The first.")


def test_what_an_answer_by_hand_ended_stays_ended_when_the_step_is_taken_back(world: World) -> None:
    """It left the stage by the programme, came back to it by hand, and was answered there."""
    world.did("moderator", "programme.finish", expected_version=world.version())
    world.did("moderator", "question.reopen", id="q-on_stage")
    world.did("moderator", "question.take", id="q-on_stage")
    world.did("moderator", "question.answer", id="q-on_stage")
    world.did("moderator", "programme.undo", expected_version=world.version())
    assert world.one("SELECT state FROM question WHERE id = 'q-on_stage'") == "answered"
    assert receipts(world, "q-on_stage") == [("answered", "", None)]


def test_an_item_that_goes_to_another_track_takes_its_place_in_the_line_there(world: World) -> None:
    world.did("moderator", "question.move", id="q-next", item="i-second_talk")
    world.did("moderator", "question.queue", id="q-approved_hidden")
    to_track(world, "b")
    rows = world.all(
        "SELECT id, queue FROM question WHERE queue IS NOT NULL AND state = 'approved' AND meeting_id = :m ORDER BY id",
        m=HERE,
    )
    assert [tuple(row) for row in rows] == [("q-aloud", 1), ("q-approved_hidden", 2), ("q-next", 1)]
    to_track(world, "")
    places = {row[0]: row[1] for row in world.all("SELECT id, queue FROM question WHERE state = 'approved'")}
    assert [places[q] for q in ("q-aloud", "q-approved_hidden", "q-next")] == [1, 2, 3]


def to_track(world: World, track: str) -> None:
    version = world.one("SELECT version FROM item WHERE id = 'i-second_talk'")
    world.did("organiser", "programme.move", item="i-second_talk", track=track, expected_version=version)

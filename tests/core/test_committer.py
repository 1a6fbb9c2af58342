"""Attacks on the group commit: what one handler does must never be felt by the others of its batch."""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from hybridmote import committer, nudge
from hybridmote.committer import Batch, Committer
from hybridmote.context import Context, after
from hybridmote.db import transaction
from hybridmote.dispatch import Id, Payload, _asked, dispatch
from hybridmote.problems import Refused
from hybridmote.questions.store import Question, Receipt, Upvote
from tests.core.tools import Commands, codes, together
from tests.matrix.law import Watch
from tests.matrix.world import HERE, SYSTEM, World, new_op
from tests.servers import eventually

ASK = ("hall", "question.ask", {"text": "One?"})
SUPPORT = ("quiet", "question.upvote", {"id": "q-approved", "on": True})


class Which(Payload):
    id: Id


def question(ctx: Context, id: str = "q-withdrawn") -> Question:
    return ctx.get(Question, id)


def log_of(world: World, seq: int) -> list[tuple[str, str]]:
    rows = world.all("SELECT topic, object_id FROM change WHERE seq = :s ORDER BY topic, object_id", s=seq)
    return [(topic, id) for topic, id in rows]


# ---- a batch ---------------------------------------------------------------------------------------------------------


def test_commands_that_wait_together_share_one_commit_and_one_seq(world: World, commands: Commands) -> None:
    with Watch(world) as watch:
        answers = together(world, commands, ASK, SUPPORT, ("web", "question.ask", {"text": "Two?"}))
        watch.look()
    assert codes(answers) == ["ok"] * 3
    assert {a["seq"] for a in answers} == {world.seq()}
    asked = sorted(a["result"]["id"] for a in (answers[0], answers[2]))
    assert log_of(world, world.seq()) == [
        *(("questions", id) for id in sorted([*asked, "q-approved"])),
        ("upvotes", "q-approved.p-quiet"),
    ]


def test_what_is_changed_twice_in_a_batch_is_told_once(world: World, commands: Commands) -> None:
    with Watch(world) as watch:
        answers = together(world, commands, SUPPORT, ("leader", "question.upvote", {"id": "q-approved", "on": True}))
        watch.look()
    assert [a["result"]["support"] for a in answers] == [3, 4]
    assert [id for topic, id in log_of(world, world.seq()) if topic == "questions"] == ["q-approved"]


def test_of_two_who_judge_the_same_version_one_is_told_that_somebody_was_faster(
    world: World, commands: Commands
) -> None:
    judged = {"id": "q-pending", "expected_version": 2}
    with Watch(world) as watch:
        answers = together(
            world,
            commands,
            ("moderator", "question.approve", judged),
            ("second_moderator", "question.reject", judged),
        )
        watch.look()
    assert codes(answers) == ["ok", "stale"]
    assert answers[1]["current"]["state"] == "approved"


def test_two_who_press_next_advance_once(world: World, commands: Commands) -> None:
    press = {"expected_version": 3}
    answers = together(
        world, commands, ("moderator", "programme.next", press), ("second_moderator", "programme.next", press)
    )
    assert codes(answers) == ["ok", "stale"]
    assert world.version() == 4


def test_approved_and_rejected_in_one_batch_the_public_never_hears_of_it(world: World, commands: Commands) -> None:
    with Watch(world) as watch:
        answers = together(
            world,
            commands,
            ("moderator", "question.approve", {"id": "q-pending"}),
            ("second_moderator", "question.reject", {"id": "q-pending"}),
        )
        watch.look()
    assert codes(answers) == ["ok", "ok"]
    (row,) = world.all("SELECT before, after FROM change WHERE object_id = 'q-pending'")
    assert "public" not in row[0].split() + row[1].split()


@pytest.mark.parametrize("first", [True, False], ids=["support, then not", "not, then support"])
def test_support_given_and_taken_back_in_one_batch_ends_as_it_was(
    world: World, commands: Commands, first: bool
) -> None:
    who = "quiet" if first else "hall"
    moves = [(who, "question.upvote", {"id": "q-approved", "on": on}) for on in (first, not first, first, not first)]
    with Watch(world) as watch:
        answers = together(world, commands, *moves)
        watch.look()
    assert codes(answers) == ["ok"] * 4
    assert world.one("SELECT support FROM question WHERE id = 'q-approved'") == 2
    assert world.one("SELECT count(*) FROM upvote WHERE question_id = 'q-approved'") == 2


def test_the_same_op_twice_in_one_batch_counts_once(world: World, commands: Commands) -> None:
    op = new_op()
    answers = together(world, commands, *[("quiet", "question.upvote", SUPPORT[2] | {"op": op})] * 5)
    assert all(answer == answers[0] for answer in answers)
    assert world.one("SELECT support FROM question WHERE id = 'q-approved'") == 3


def test_the_same_op_for_two_things_in_one_batch_is_refused_the_second_time(world: World, commands: Commands) -> None:
    op = new_op()
    answers = together(
        world,
        commands,
        ("quiet", "question.upvote", SUPPORT[2] | {"op": op}),
        ("quiet", "question.upvote", {"id": "q-on_stage", "on": True, "op": op}),
    )
    assert codes(answers) == ["ok", "op_reused"]


def test_two_people_may_happen_upon_the_same_op(world: World, commands: Commands) -> None:
    op = new_op()
    body = {"id": "q-approved", "on": True, "op": op}
    answers = together(world, commands, ("quiet", "question.upvote", body), ("leader", "question.upvote", body))
    assert codes(answers) == ["ok", "ok"]
    assert world.one("SELECT support FROM question WHERE id = 'q-approved'") == 4


# ---- a handler that fails --------------------------------------------------------------------------------------------


def test_a_bug_answers_500_for_itself_only_and_leaves_nothing(world: World, commands: Commands) -> None:
    def broken(ctx: Context, _: Payload) -> None:
        question(ctx).text = "Half done"
        raise KeyError("a bug")

    commands.add("test.broken", broken)
    op = new_op()
    with Watch(world) as watch:
        answers = together(world, commands, ASK, ("web", "test.broken", {"op": op}), SUPPORT)
        watch.look()
    assert codes(answers) == ["ok", "error", "ok"]
    assert world.one("SELECT count(*) FROM question WHERE text = 'Half done'") == 0
    assert world.one("SELECT count(*) FROM op WHERE op = :op", op=op) == 0, "a failure is no answer, and is not kept"
    assert world.one("SELECT count(*) FROM change WHERE object_id = 'q-withdrawn'") == 0


def test_a_bug_in_a_reaction_answers_500_for_its_command_only(world: World, commands: Commands) -> None:
    @after("test.happened")
    def react(ctx: Context, fact: dict[str, Any]) -> None:
        question(ctx).text = "Half done"
        raise ZeroDivisionError

    commands.add("test.tells", lambda ctx, _: ctx.tell("test.happened"))
    answers = together(world, commands, ASK, ("web", "test.tells", {}), SUPPORT)
    assert codes(answers) == ["ok", "error", "ok"]
    assert world.one("SELECT count(*) FROM question WHERE text = 'Half done'") == 0


def test_a_reaction_is_part_of_the_command_and_may_refuse_it(world: World, commands: Commands) -> None:
    @after("test.happened")
    def react(ctx: Context, fact: dict[str, Any]) -> None:
        if fact["refuse"]:
            raise Refused("closed")
        question(ctx).text = "Reacted"
        ctx.tell("test.later")

    @after("test.later")
    def later(ctx: Context, fact: dict[str, Any]) -> None:
        question(ctx).text += " twice"

    def tells(refuse: bool) -> Any:
        def handler(ctx: Context, _: Payload) -> None:
            question(ctx, "q-merged").text = f"Told {refuse}"
            ctx.tell("test.happened", refuse=refuse)

        return handler

    commands.add("test.tells", tells(False))
    commands.add("test.refused", tells(True))
    with Watch(world) as watch:
        answers = together(world, commands, ("web", "test.tells", {}), ("web", "test.refused", {}))
        watch.look()
    assert codes(answers) == ["ok", "closed"]
    assert world.one("SELECT text FROM question WHERE id = 'q-withdrawn'") == "Reacted twice"
    assert world.one("SELECT text FROM question WHERE id = 'q-merged'") == "Told False"


@pytest.mark.parametrize("flushed", [True, False])
def test_what_is_refused_after_it_changed_something_is_taken_back_and_kept_as_an_answer(
    world: World, commands: Commands, flushed: bool
) -> None:
    def changes_its_mind(ctx: Context, _: Payload) -> None:
        question(ctx).text = "Half done"
        ctx.session.delete(ctx.session.get_one(Upvote, ("q-approved", "p-hall")))
        if flushed:
            ctx.session.flush()
        raise Refused("state")

    commands.add("test.mind", changes_its_mind)
    op = new_op()
    with Watch(world) as watch:
        answers = together(world, commands, SUPPORT, ("web", "test.mind", {"op": op}), ASK)
        watch.look()
    assert codes(answers) == ["ok", "state", "ok"]
    assert world.one("SELECT count(*) FROM question WHERE text = 'Half done'") == 0
    assert world.one("SELECT count(*) FROM upvote WHERE question_id = 'q-approved'") == 3
    assert world.one("SELECT count(*) FROM op WHERE op = :op", op=op) == 1


def test_a_refusal_beside_unwritten_changes_of_others_disturbs_nobody(world: World, commands: Commands) -> None:
    """The refused handler's own query makes the session write what others changed."""
    refused = ("moderator", "question.answer", {"id": "q-answered"})
    with Watch(world) as watch:
        answers = together(world, commands, SUPPORT, refused, ASK, refused, ("web", "question.ask", {"text": "Two?"}))
        watch.look()
    assert codes(answers) == ["ok", "state", "ok", "state", "ok"]


@pytest.mark.parametrize("late", [True, False], ids=["at the end of the batch", "at once"])
def test_a_duplicate_key_answers_500_for_itself_only(world: World, commands: Commands, late: bool) -> None:
    def duplicate(ctx: Context, _: Payload) -> None:
        row = {column.key: getattr(question(ctx), column.key) for column in Question.__table__.columns}
        ctx.session.expunge(question(ctx))
        ctx.session.add(Question(**row))
        if not late:
            ctx.session.flush()

    commands.add("test.duplicate", duplicate)
    with Watch(world) as watch:
        answers = together(world, commands, SUPPORT, ("web", "test.duplicate", {}), ASK)
        watch.look()
    assert codes(answers) == ["ok", "error", "ok"]


def test_a_handler_that_hides_a_database_error_is_not_answered_as_done(world: World, commands: Commands) -> None:
    """The error has undone all it did, though it does not know; and the others are not disturbed."""

    def hides(ctx: Context, _: Payload) -> None:
        question(ctx).text = "Half done"
        one = world_receipt(ctx)
        ctx.session.add(Receipt(**one, id="r-second"))
        with contextlib.suppress(IntegrityError):
            ctx.session.flush()

    commands.add("test.hides", hides)
    with Watch(world) as watch:
        answers = together(world, commands, SUPPORT, ("web", "test.hides", {}), ASK)
        watch.look()
    assert codes(answers) == ["ok", "error", "ok"]
    assert world.one("SELECT count(*) FROM question WHERE text = 'Half done'") == 0


def world_receipt(ctx: Context) -> dict[str, Any]:
    there = ctx.session.get_one(Receipt, "r-answered")
    names = ("meeting_id", "participant_id", "question_id", "end", "text", "reason", "at")
    return {name: getattr(there, name) for name in names}


def test_two_receipts_for_one_end_are_impossible(world: World, commands: Commands) -> None:
    def twice(ctx: Context, _: Payload) -> None:
        ctx.add(Receipt(**world_receipt(ctx), id="r-second"))

    commands.add("test.twice", twice)
    assert codes(together(world, commands, ("web", "test.twice", {}), ASK)) == ["error", "ok"]


def test_a_deadlock_runs_the_batch_again_and_everyone_is_answered_once(world: World, commands: Commands) -> None:
    runs: list[str] = []

    def unlucky(ctx: Context, _: Payload) -> int:
        question(ctx).text = f"Run {len(runs)}"
        runs.append("run")
        if len(runs) < 3:
            raise OperationalError("UPDATE", {}, Exception("deadlock detected"))
        return len(runs)

    commands.add("test.unlucky", unlucky)
    with Watch(world) as watch:
        answers = together(world, commands, SUPPORT, ("web", "test.unlucky", {}), ASK)
        watch.look()
    assert codes(answers) == ["ok", "ok", "ok"]
    assert answers[1]["result"] == 3
    assert world.one("SELECT text FROM question WHERE id = 'q-withdrawn'") == "Run 2"
    assert world.one("SELECT support FROM question WHERE id = 'q-approved'") == 3


def test_a_timeout_that_is_no_exception_ends_neither_the_batch_nor_the_committer(
    world: World, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server's timeouts are no `Exception`."""

    class Timeout(BaseException):
        pass

    def slow(ctx: Context, _: Payload) -> None:
        question(ctx).text = "Half done"
        raise Timeout

    monkeypatch.setattr(committer, "GIVE_UP_AFTER", 3)
    commands.add("test.slow", slow)
    answers = together(world, commands, SUPPORT, ("web", "test.slow", {}), ASK)
    assert codes(answers) == ["ok", "busy", "ok"]
    assert world.ask("hall", "question.ask", {"text": "And now?"})["ok"]
    assert world.one("SELECT count(*) FROM question WHERE text = 'Half done'") == 0


def test_who_waits_too_long_is_told_busy_and_finds_the_answer_by_asking_again(
    world: World, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(ctx: Context, _: Payload) -> str:
        go_on.wait(10)
        question(ctx).text = "Done once"
        question(ctx).version += 1
        return "done"

    commands.add("test.slow", slow)
    monkeypatch.setattr("hybridmote.dispatch.WAIT", 0.05)
    op = new_op()
    assert world.ask("web", "test.slow", {}, op)["code"] == "busy"
    monkeypatch.setattr("hybridmote.dispatch.WAIT", 10)
    go_on.set()
    assert world.ask("web", "test.slow", {}, op)["result"] == "done"
    assert world.one("SELECT version FROM question WHERE id = 'q-withdrawn'") == 3


# ---- a handler that goes around the session --------------------------------------------------------------------------


def _nested(ctx: Context) -> Any:
    return dispatch(None, ctx.meeting_id, "programme.drift", {"op": new_op()})


def _another(_ctx: Context) -> None:
    with transaction() as session:
        session.execute(update(Question).values(text="Bulk"))


FORBIDDEN: dict[str, Any] = {
    "a bulk update": lambda ctx: ctx.session.execute(update(Question).values(text="Bulk")),
    "a bulk delete": lambda ctx: ctx.session.execute(delete(Upvote)),
    "a bulk insert": lambda ctx: ctx.session.execute(
        insert(Upvote).values(question_id="q-merged", participant_id="p-web")
    ),
    "an update of a table": lambda ctx: ctx.session.execute(update(Question.__table__).values(text="Bulk")),
    "an update by query": lambda ctx: ctx.session.query(Question).update({"text": "Bulk"}),
    "a delete by query": lambda ctx: ctx.session.query(Upvote).delete(),
    "text that changes": lambda ctx: ctx.session.execute(text("UPDATE question SET text = 'Bulk'")),
    "text that selects": lambda ctx: ctx.session.execute(text("SELECT 1")),
    "text as a scalar": lambda ctx: ctx.session.scalar(text("UPDATE question SET text = 'Bulk' RETURNING 1")),
    "the connection": lambda ctx: ctx.session.connection().execute(update(Question).values(text="Bulk")),
    "bulk_save_objects": lambda ctx: ctx.session.bulk_save_objects([]),
    "bulk_insert_mappings": lambda ctx: ctx.session.bulk_insert_mappings(Upvote, []),
    "bulk_update_mappings": lambda ctx: ctx.session.bulk_update_mappings(Question, []),
    "commit": lambda ctx: ctx.session.commit(),
    "rollback": lambda ctx: ctx.session.rollback(),
    "begin": lambda ctx: ctx.session.begin(),
    "begin_nested": lambda ctx: ctx.session.begin_nested(),
    "close": lambda ctx: ctx.session.close(),
    "a command in a command": _nested,
    "a transaction of its own": _another,
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_a_handler_only_selects_and_changes_objects(world: World, commands: Commands, what: str) -> None:
    def sly(ctx: Context, _: Payload) -> None:
        question(ctx).text = "Half done"
        FORBIDDEN[what](ctx)

    commands.add("test.sly", sly)
    answers = together(world, commands, SUPPORT, ("web", "test.sly", {}), ASK)
    assert codes(answers) == ["ok", "error", "ok"]
    assert world.one("SELECT count(*) FROM change WHERE object_id = 'q-withdrawn'") == 0
    assert world.one("SELECT count(*) FROM question WHERE text IN ('Bulk', 'Half done')") == 0
    assert world.one("SELECT count(*) FROM upvote WHERE question_id = 'q-approved'") == 3


def test_what_a_batch_knew_to_be_absent_is_found_once_it_is_there(world: World, commands: Commands) -> None:
    """Support is fetched for the whole batch before it begins; the second command must see the first one's."""
    on = ("quiet", "question.upvote", {"id": "q-approved", "on": True})
    answers = together(world, commands, on, on, ("quiet", "question.upvote", {"id": "q-approved", "on": False}))
    assert [a["result"]["support"] for a in answers] == [3, 3, 2]


def test_a_row_that_is_deleted_is_gone_for_the_next_command(world: World, commands: Commands) -> None:
    def forget(ctx: Context, p: Which) -> None:
        ctx.session.delete(ctx.get(Receipt, p.id))

    commands.add("test.forget", forget, Which)
    with Watch(world) as watch:
        answers = together(world, commands, *[("web", "test.forget", {"id": "r-answered"})] * 2)
        watch.look()
    assert codes(answers) == ["ok", "not_found"]


# ---- the committer itself --------------------------------------------------------------------------------------------


def test_several_processes_never_lose_an_update_of_each_other(world: World, commands: Commands) -> None:
    """Each has its own batches; the meeting's row makes them serial."""

    def count(ctx: Context, _: Payload) -> int:
        ctx.meeting.version += 1
        return ctx.meeting.version

    commands.add("test.count", count, role=SYSTEM)

    def one(_: int) -> dict[str, Any]:
        asked = _asked(None, HERE, "test.count", {"op": new_op()}, None)
        return Batch(HERE, [asked], savepoints=False).commit()[0]

    before = world.version(), world.seq()
    with ThreadPoolExecutor(6) as processes:
        answers = list(processes.map(one, range(36)))
    assert (world.version(), world.seq()) == (before[0] + 36, before[1] + 36)
    assert sorted(a["result"] for a in answers) == list(range(before[0] + 1, before[0] + 37))
    assert sorted(a["seq"] for a in answers) == list(range(before[1] + 1, before[1] + 37))


def test_it_is_told_after_the_commit_and_who_is_told_sees_it(world: World) -> None:
    seen: list[tuple[str, int]] = []

    def listener(meeting: str) -> None:
        seen.append((meeting, world.seq()))

    nudge._listeners.append(listener)
    try:
        answer = world.ask("hall", "question.ask", {"text": "Heard?"})
        eventually(lambda: seen, 2)
    finally:
        nudge._listeners.remove(listener)
    assert seen == [(HERE, answer["seq"])]


def test_a_committer_that_has_been_idle_ends_and_the_next_command_finds_another(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    Committer.running.pop(HERE, None)
    monkeypatch.setattr(committer, "IDLE", 0.02)
    for number in range(5):
        assert sqlite_world.ask("hall", "question.ask", {"text": f"Number {number}?"})["ok"]
        if number % 2:
            time.sleep(0.02)  # about when it ends
    eventually(lambda: HERE not in Committer.running, 5, "the committer's end")
    assert committer.idle()
    assert sqlite_world.ask("hall", "question.ask", {"text": "And once more?"})["ok"]


def test_a_batch_is_never_larger_than_it_may_be(
    sqlite_world: World, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Committer, "most", 2)
    answers = together(sqlite_world, commands, *[("hall", "question.ask", {"text": f"{n}?"}) for n in range(5)])
    seqs = [a["seq"] for a in answers]
    assert [seqs.count(s) for s in sorted(set(seqs))] == [2, 2, 1]


def test_a_meeting_that_is_not_is_not_found(world: World) -> None:
    answer = dispatch(None, "m-nowhere", "programme.drift", {"op": new_op()})
    assert answer == {"ok": False, "code": "not_found"}


def test_a_version_that_everybody_shares_is_the_meetings(world: World) -> None:
    """What handlers change of the meeting's row is written beside its counter, never over it."""
    before = world.seq()
    world.did("moderator", "programme.next", expected_version=3)
    assert world.seq() == before + 1
    with_it = world.one("SELECT seq FROM op")
    assert with_it == world.seq()

"""What is forgotten, and when."""

import datetime as dt

import pytest

from hybridmote.db import utc_now
from hybridmote.ledger import Job
from hybridmote.meetings import jobs
from hybridmote.worker import JOBS
from tests.matrix.lines import the_log_was_pruned_meanwhile
from tests.matrix.site import Site
from tests.matrix.world import HERE, World, new_op


def ages(world: World, op: str, **by: float) -> None:
    """An answer was given that long ago."""
    with world.engine.begin() as connection:
        table = next(t for t in world.tables if t.name == "op")
        connection.execute(table.update().where(table.c.op == op).values(at=utc_now() - dt.timedelta(**by)))


def forget() -> None:
    JOBS["meetings.prune"]({}, lambda _: None)


def test_answers_are_kept_for_a_week_and_the_log_for_a_day(world: World) -> None:
    ops = {"old": new_op(), "yesterday": new_op(), "now": new_op()}
    seqs = {}
    for name, question in zip(ops, ("q-pending", "q-pending_hidden", "q-approved"), strict=True):
        answer = world.ask("moderator", "question.reject", {"id": question}, ops[name])
        assert answer["ok"]
        seqs[name] = answer["seq"]
    ages(world, ops["old"], days=7, minutes=1)
    ages(world, ops["yesterday"], hours=25)
    forget()
    assert {op for (op,) in world.all("SELECT op FROM op")} == {ops["yesterday"], ops["now"]}
    assert {seq for (seq,) in world.all("SELECT DISTINCT seq FROM change")} == {seqs["now"]}
    assert world.one("SELECT pruned FROM meeting WHERE id = :m", m=HERE) == seqs["yesterday"]
    again = world.ask("moderator", "question.reject", {"id": "q-approved"}, ops["now"])
    assert again["seq"] == seqs["now"]


def test_forgetting_goes_in_small_steps_and_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PART", 3)
    for number in range(8):
        world.did("hall", "question.ask", text=f"Number {number}?")
    world.write(
        "UPDATE op SET at = :at", at="2020-01-01 00:00:00" if world.sqlite else utc_now() - dt.timedelta(days=9)
    )
    forget()
    assert world.one("SELECT count(*) FROM op") == 0


def test_what_is_due_never_ages(world: World) -> None:
    forget()
    assert world.one("SELECT count(*) FROM due") == 1


def test_old_work_that_is_done_is_forgotten_and_other_work_is_not(world: World) -> None:
    now = utc_now()
    table = next(t for t in world.tables if t.name == "job")
    old = now - dt.timedelta(days=8)
    rows = [
        ("done-old", "done", old),
        ("done-new", "done", now),
        ("failed-old", "failed", old),
        ("old", "waiting", old),
    ]
    with world.engine.begin() as connection:
        for id, state, at in rows:
            job = Job(id=id, kind="test", payload={}, state=state, run_at=at, created_at=at)
            values = {"attempts": 0, "progress": 0.0, "error": ""}
            whole = {c.name: getattr(job, c.name) for c in table.columns} | values
            connection.execute(table.insert().values(whole))
    forget()
    assert {id for (id,) in world.all("SELECT id FROM job")} == {"done-new", "failed-old", "old"}


def test_who_comes_back_after_the_log_was_cut_sees_what_is(world: World, site: Site) -> None:
    the_log_was_pruned_meanwhile(world, site)

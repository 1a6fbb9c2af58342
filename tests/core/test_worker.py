"""Jobs: left in the command's transaction, done by one worker at a time, and done again when a worker dies."""

import datetime as dt
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hybridmote import worker
from hybridmote.config import Settings
from hybridmote.context import Context
from hybridmote.db import reading, transaction, utc_now
from hybridmote.dispatch import Payload
from hybridmote.ledger import Job
from hybridmote.problems import Refused
from hybridmote.worker import EVERY, JOBS, job, keep_waiting, take, work_once
from tests.core.tools import Commands
from tests.matrix.world import HERE, World
from tests.servers import ROOT, eventually


@pytest.fixture
def done() -> Iterator[Counter[str]]:
    """What the job `test.note` was run with, and how often."""
    counted: Counter[str] = Counter()
    lock = threading.Lock()

    @job("test.note")
    def note(payload: dict[str, Any], progress: worker.Progress) -> None:
        with lock:
            counted[payload["what"]] += 1
        time.sleep(payload.get("seconds", 0))
        if counted[payload["what"]] <= payload.get("failures", 0):
            raise ValueError("it did not go well")

    yield counted
    del JOBS["test.note"]


def leave(what: str, **more: Any) -> str:
    with transaction() as session:
        row = Job(
            id=f"job-{what}", kind="test.note", payload={"what": what, **more}, run_at=utc_now(), created_at=utc_now()
        )
        session.add(row)
        return row.id


def found(id: str) -> Job:
    with reading() as session:
        return session.get_one(Job, id)


def later(world: World, **by: float) -> None:
    """Time passes for every job."""
    for row in world.all("SELECT id FROM job"):
        with transaction() as session:
            one = session.get_one(Job, row[0])
            one.run_at -= dt.timedelta(**by)
            one.lease_until = one.lease_until and one.lease_until - dt.timedelta(**by)


def test_a_job_is_left_by_a_command_and_done_once(world: World, commands: Commands, done: Counter[str]) -> None:
    commands.add("test.leave", lambda ctx, _: ctx.job("test.note", {"what": "mail"}))
    id = world.did("hall", "test.leave")
    assert work_once() and not work_once()
    assert done == {"mail": 1}
    one = found(id)
    assert (one.state, one.progress, one.attempts, one.lease_until, one.meeting_id) == ("done", 1.0, 1, None, HERE)


def test_a_command_that_is_refused_leaves_no_job(world: World, commands: Commands, done: Counter[str]) -> None:
    def leaves(ctx: Context, _: Payload) -> None:
        ctx.job("test.note", {"what": "mail"})
        raise Refused("state")

    commands.add("test.leave", leaves)
    assert world.ask("hall", "test.leave", {})["code"] == "state"
    assert not work_once() and not done


def test_many_workers_do_each_job_once(world: World, done: Counter[str]) -> None:
    for number in range(20):
        leave(str(number))

    def work(_: int) -> None:
        while work_once():
            pass

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(4)))
    assert done == {str(number): 1 for number in range(20)}


@pytest.mark.slow
def test_on_postgresql_a_worker_does_not_wait_for_what_another_is_taking(
    postgres_world: World, done: Counter[str]
) -> None:
    leave("one")
    leave("two")
    both = threading.Barrier(2, timeout=10)

    def taking(_: int) -> str:
        with transaction() as session:
            one = take(session)
            assert one is not None
            both.wait()  # neither has committed
            return one.id

    with ThreadPoolExecutor(2) as workers:
        assert sorted(workers.map(taking, range(2))) == ["job-one", "job-two"]


def test_what_a_dead_worker_had_taken_is_done_again_when_its_lease_runs_out(world: World, done: Counter[str]) -> None:
    id = leave("mail")
    with transaction() as session:
        assert take(session) is not None  # and the worker dies
    assert not work_once(), "its lease holds"
    later(world, seconds=61)
    assert work_once()
    assert (done["mail"], found(id).state, found(id).attempts) == (1, "done", 2)


WORKER = """
    import sys, time
    from hybridmote import load_rooms
    from hybridmote.db import open_database
    from hybridmote.worker import job, work_once
    load_rooms()
    open_database(sys.argv[1])

    @job("test.note")
    def note(payload, progress):
        progress(0.5)
        print("taken", flush=True)
        time.sleep(60)

    work_once()
"""


@pytest.mark.slow
def test_a_worker_that_is_killed_in_the_middle_loses_nothing(world: World, done: Counter[str]) -> None:
    id = leave("mail")
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WORKER), world.url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout and process.stdout.readline() == "taken\n"
    process.kill()
    process.communicate()
    assert (found(id).state, found(id).progress) == ("running", 0.5)
    later(world, seconds=61)
    assert work_once()
    assert (done["mail"], found(id).state) == (1, "done")


@pytest.mark.slow
def test_a_lease_is_renewed_while_the_work_goes_on(
    world: World, done: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "LEASE", dt.timedelta(seconds=0.6))
    leave("film", seconds=1.5)
    with ThreadPoolExecutor(1) as other:
        working = other.submit(work_once)
        eventually(lambda: done["film"] == 1, 5)
        while not working.done():
            assert not work_once(), "another worker took it over"
            time.sleep(0.05)
    assert done == {"film": 1}


def test_what_fails_is_tried_again_with_patience_and_in_the_end_given_up(
    world: World, done: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "MOST_ATTEMPTS", 3)
    id = leave("mail", failures=9)
    for attempt in (1, 2, 3):
        assert work_once()
        one = found(id)
        assert (one.attempts, one.error) == (attempt, "ValueError: it did not go well")
        assert one.state == ("failed" if attempt == 3 else "waiting")
        assert not work_once(), "not at once"
        later(world, seconds=20)
    assert not work_once()
    assert done["mail"] == 3


def test_a_job_that_kills_every_worker_is_given_up_too(
    world: World, done: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is left to note its failure, and it must not kill workers for ever."""
    monkeypatch.setattr(worker, "MOST_ATTEMPTS", 3)
    id = leave("film")
    for _ in range(3):
        with transaction() as session:
            assert take(session) is not None  # and the worker dies
        later(world, seconds=61)
    leave("mail")
    assert work_once() and not work_once(), "other work goes on"
    assert done == {"mail": 1}
    one = found(id)
    assert (one.state, one.attempts) == ("failed", 3) and one.error


def test_a_job_that_succeeds_in_the_end_is_done(world: World, done: Counter[str]) -> None:
    id = leave("mail", failures=1)
    assert work_once()
    later(world, seconds=20)
    assert work_once()
    assert (found(id).state, found(id).error, done["mail"]) == ("done", "", 2)


def test_patience_grows_to_a_quarter_of_an_hour() -> None:
    waits = [worker.backoff(attempt).total_seconds() for attempt in range(1, 30)]
    assert waits[:3] == [2, 4, 8] and max(waits) == 15 * 60 and waits == sorted(waits)


def test_what_no_worker_of_this_version_knows_is_left_alone(world: World, done: Counter[str]) -> None:
    with transaction() as session:
        session.add(Job(id="job-new", kind="test.of_tomorrow", payload={}, run_at=utc_now(), created_at=utc_now()))
    leave("mail")
    assert work_once() and not work_once()
    assert (found("job-new").state, found("job-new").attempts) == ("waiting", 0)


def test_of_what_is_to_be_done_every_hour_one_is_always_waiting(
    world: World, done: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EVERY, "test.note", dt.timedelta(hours=1))
    for kind in [kind for kind in EVERY if kind != "test.note"]:
        monkeypatch.delitem(EVERY, kind)
    for _ in range(3):
        keep_waiting()
    (row,) = world.all("SELECT kind, state FROM job")
    assert tuple(row) == ("test.note", "waiting")
    world.write("UPDATE job SET state = 'done'")
    keep_waiting()
    waiting = world.one("SELECT run_at FROM job WHERE state = 'waiting'")
    assert str(waiting) > str(world.one("SELECT run_at FROM job WHERE state = 'done'"))


@pytest.mark.slow
def test_a_worker_that_is_told_to_stop_finishes_what_it_does(world: World, done: Counter[str]) -> None:
    leave("film", seconds=0.3)
    leave("mail")
    stop = threading.Event()
    working = threading.Thread(target=worker.run, args=(Settings(), stop))
    working.start()
    eventually(lambda: done["film"], 10)
    stop.set()
    working.join(10)
    assert not working.is_alive()
    assert found("job-film").state == "done"


def test_progress_is_seen_by_others(world: World) -> None:
    seen: list[float] = []

    @job("test.progress")
    def run(_: dict[str, Any], progress: worker.Progress) -> None:
        progress(0.25)
        seen.append(found("job-p").progress)

    try:
        with transaction() as session:
            session.add(Job(id="job-p", kind="test.progress", payload={}, run_at=utc_now(), created_at=utc_now()))
        assert work_once()
    finally:
        del JOBS["test.progress"]
    assert seen == [0.25]

"""What time must cause: done once, in the transaction that settles it, whatever else fails."""

import datetime as dt
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hybridmote import due
from hybridmote.context import Context
from hybridmote.db import transaction, utc_now
from hybridmote.dispatch import Payload
from hybridmote.due import run_due
from hybridmote.ledger import Due
from hybridmote.problems import Refused
from tests.core.tools import Commands
from tests.matrix.law import Watch
from tests.matrix.world import HERE, SYSTEM, THERE, World
from tests.servers import ROOT

SOON = dt.timedelta(minutes=5)


class Number(Payload):
    number: int = 0


def _counts(ctx: Context, _: Number) -> None:
    ctx.meeting.version += 1


def leave(
    name: str, *, meeting: str = HERE, in_: dt.timedelta = -SOON, times: int = 1, key: str = "", **body: Any
) -> None:
    with transaction() as session:
        for number in range(times):
            at = utc_now() + in_ + dt.timedelta(milliseconds=number)
            row = Due(id=f"due-{name}-{number}", meeting_id=meeting, at=at, command=name, payload=body, key=key)
            session.add(row)


@pytest.fixture(autouse=True)
def only_ours(request: pytest.FixtureRequest) -> None:
    """Nothing is due but what the test leaves."""
    world = request.getfixturevalue("world" if "world" in request.fixturenames else "sqlite_world")
    world.write("DELETE FROM due")


def test_what_is_due_is_done_once_and_settled_with_it(world: World, commands: Commands) -> None:
    commands.add("test.count", _counts, Number, role=SYSTEM)
    leave("test.count", times=3)
    with Watch(world) as watch:
        assert run_due() == 3
        watch.look()
        assert run_due() == 0
    assert world.version() == 6
    assert world.one("SELECT count(*) FROM due") == 0
    assert {op for (op,) in world.all("SELECT op FROM op")} == {f"due-test.count-{n}" for n in range(3)}


def test_what_is_not_due_yet_waits(world: World, commands: Commands) -> None:
    commands.add("test.count", _counts, Number, role=SYSTEM)
    leave("test.count", in_=SOON)
    assert run_due() == 0
    assert world.one("SELECT count(*) FROM due") == 1


def test_several_who_look_at_once_do_it_once(world: World, commands: Commands) -> None:
    commands.add("test.count", _counts, Number, role=SYSTEM)
    leave("test.count", times=10)
    with ThreadPoolExecutor(4) as processes:
        list(processes.map(lambda _: run_due(), range(4)))
    assert (world.version(), world.one("SELECT count(*) FROM due")) == (13, 0)


PROCESS = """
    import sys, time
    from hybridmote import load_rooms
    from hybridmote.db import open_database
    from hybridmote.dispatch import Payload, command
    from hybridmote.due import run_due
    load_rooms()
    open_database(sys.argv[1])

    @command("test.count", role="system", payload=Payload)
    def count(ctx, _):
        ctx.meeting.version += 1

    print("ready", flush=True)
    sys.stdin.readline()
    while run_due():
        pass
"""


@pytest.mark.slow
def test_two_processes_do_what_is_due_once(world: World) -> None:
    leave("test.count", times=40)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(PROCESS), world.url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert (world.version(), world.one("SELECT count(*) FROM due")) == (43, 0)
    assert world.one("SELECT count(*) FROM op") == 40


def test_what_fails_is_put_off_and_neither_lost_nor_in_the_way(world: World, commands: Commands) -> None:
    runs: list[str] = []

    def fails_first(ctx: Context, _: Number) -> None:
        ctx.meeting.tagline = "Half done"
        runs.append("run")
        if len(runs) < 3:  # with and without a savepoint
            raise KeyError("a bug")
        ctx.meeting.tagline = "Done"

    commands.add("test.fails", fails_first, Number, role=SYSTEM)
    commands.add("test.count", _counts, Number, role=SYSTEM)
    leave("test.fails", in_=-2 * SOON)
    leave("test.count")
    run_due()
    assert world.version() == 4, "what came after it was done"
    assert world.one("SELECT tagline FROM meeting WHERE id = :m", m=HERE) == "For tests"
    (row,) = world.all("SELECT id FROM due")
    assert row[0] == "due-test.fails-0"
    assert run_due() == 0, "it is put off"
    world.write("UPDATE due SET at = :at", at="2026-01-01 00:00:00" if world.sqlite else utc_now() - SOON)
    run_due()
    assert world.one("SELECT tagline FROM meeting WHERE id = :m", m=HERE) == "Done"
    assert world.one("SELECT count(*) FROM due") == 0


def test_a_refusal_is_an_answer_and_settles_it(world: World, commands: Commands) -> None:
    def refuses(ctx: Context, _: Number) -> None:
        ctx.meeting.tagline = "Half done"
        raise Refused("state")

    commands.add("test.refuses", refuses, Number, role=SYSTEM)
    leave("test.refuses")
    assert run_due() == 1
    assert world.one("SELECT count(*) FROM due") == 0
    assert world.one("SELECT tagline FROM meeting WHERE id = :m", m=HERE) == "For tests"


@pytest.mark.parametrize("body", [{"number": "x"}, {"other": 1}])
def test_what_cannot_be_read_waits_for_somebody_to_look(sqlite_world: World, commands: Commands, body: Any) -> None:
    commands.add("test.count", _counts, Number, role=SYSTEM)
    leave("test.count", **body)
    leave("test.nothing")
    run_due()
    assert sqlite_world.one("SELECT count(*) FROM due") == 2
    assert run_due() == 0


def test_a_meeting_next_door_is_not_held_up(sqlite_world: World, commands: Commands) -> None:
    commands.add("test.count", _counts, Number, role=SYSTEM)
    leave("test.count", meeting=THERE)
    run_due()
    assert (sqlite_world.version(THERE), sqlite_world.version(HERE)) == (4, 3)


def test_a_new_one_takes_the_place_of_the_earlier_with_the_same_key(world: World, commands: Commands) -> None:
    def plans(ctx: Context, p: Number) -> None:
        ctx.due(ctx.now + SOON, "test.count", {"number": p.number}, key="test.key")

    def plans_not(ctx: Context, p: Number) -> None:
        ctx.undue("test.key")

    commands.add("test.plan", plans, Number, role=SYSTEM)
    commands.add("test.not", plans_not, Number, role=SYSTEM)
    commands.add("test.count", _counts, Number, role=SYSTEM)
    leave("test.count", in_=SOON, key="test.another")
    for number in (1, 2, 3):
        world.did(SYSTEM, "test.plan", number=number)
    keys = [row[0] for row in world.all("SELECT key FROM due ORDER BY key")]
    assert keys == ["test.another", "test.key"]
    world.did(SYSTEM, "test.not")
    assert [row[0] for row in world.all("SELECT key FROM due")] == ["test.another"]


def test_what_is_due_may_leave_itself_for_later(world: World, commands: Commands) -> None:
    def again(ctx: Context, p: Number) -> None:
        ctx.meeting.version += 1
        ctx.due(ctx.now + SOON, "test.again", {"number": p.number + 1}, key="test.again")

    commands.add("test.again", again, Number, role=SYSTEM)
    leave("test.again", key="test.again")
    run_due()
    (row,) = world.all("SELECT id, payload FROM due")
    assert row[0] != "due-test.again-0" and "1" in str(row[1])
    assert world.version() == 4


def test_an_overrunning_talk_pushes_the_rest_by_itself(world: World) -> None:
    leave("programme.drift", key="programme.drift")
    with Watch(world) as watch:
        run_due()
        watch.look()
    talk, planned = world.all("SELECT expected_end, planned_end FROM item WHERE id = 'i-talk'")[0]
    assert talk > planned
    assert world.one("SELECT count(*) FROM due") == 1, "time looks again"


def test_looking_goes_on_after_a_look_that_failed(
    sqlite_world: World, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Event()
    looks: list[int] = []

    def run() -> int:
        looks.append(1)
        if len(looks) == 1:
            raise RuntimeError("the database is away")
        looked.set()
        threading.Event().wait()  # the thread is the test's, and sleeps until the end
        return 0

    monkeypatch.setattr(due, "run_due", run)
    monkeypatch.setattr(due, "LOOK", 0.01)
    due.start()
    assert looked.wait(5)

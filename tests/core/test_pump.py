"""The pump: soon, seldom enough, honest about what each message follows on, and not to be stopped."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from hybridmote import pump
from hybridmote.db import reading
from hybridmote.pump import Pump
from hybridmote.sync import snapshot
from tests.matrix.law import Everybody, HandPump, applied, same
from tests.matrix.lines import Phone, hung_up
from tests.matrix.site import Site
from tests.matrix.world import HERE, THERE, World
from tests.servers import eventually


class Ears(Everybody):
    """Hears some audiences, and remembers when."""

    def __init__(self, *audiences: str) -> None:
        super().__init__({HERE: list(audiences), THERE: []})
        self.when: list[float] = []

    def write(self, meeting: str, audience: str, message: dict[str, Any]) -> None:
        super().write(meeting, audience, message)
        self.when.append(time.monotonic())

    def leave(self) -> None:
        self.hear = {HERE: [], THERE: []}


@pytest.fixture
def listen(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Ears]]:
    """`listen(*audiences)`: a real pump, with its thread, for somebody who hears these."""
    all_ears: list[Ears] = []
    monkeypatch.setattr(pump, "LOOK", 0.02)
    monkeypatch.setattr(Pump, "gather", 0.15)

    def begin(*audiences: str) -> Ears:
        ears = Ears(*audiences)
        all_ears.append(ears)
        monkeypatch.setattr(Pump, "listeners", ears)
        Pump.open(HERE)
        return ears

    yield begin
    for ears in all_ears:
        ears.leave()
    eventually(lambda: HERE not in Pump.running, 5, "the pump's end when nobody listens")


def test_the_first_change_after_a_quiet_moment_goes_out_at_once(
    world: World, listen: Callable[..., Ears], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pump, "LOOK", 30)
    ears = listen("public")
    world.did("moderator", "question.approve", id="q-pending")
    began = time.monotonic()
    eventually(lambda: ears.written, 5)
    assert ears.when[0] - began < 1
    monkeypatch.setattr(pump, "LOOK", 0.02)
    Pump.nudged(HERE)


@pytest.mark.slow
def test_without_a_nudge_it_looks_by_itself(world: World, listen: Callable[..., Ears], site: Site) -> None:
    """Another process committed, and its nudge was lost."""
    ears = listen("public")
    monkeypatched = pump.Pump.nudged
    Pump.nudged = lambda _: None  # type: ignore[assignment,method-assign]
    try:
        world.did("moderator", "question.approve", id="q-pending")
        eventually(lambda: ears.written, 5)
    finally:
        Pump.nudged = monkeypatched  # type: ignore[method-assign]


@pytest.mark.slow
def test_many_changes_are_gathered_into_few_messages(world: World, listen: Callable[..., Ears]) -> None:
    ears = listen("public", "staff")
    began = time.monotonic()
    for number in range(40):
        world.did("hall", "question.upvote", id="q-approved", on=bool(number % 2))
    seconds = time.monotonic() - began
    eventually(lambda: ears.written and ears.written[-1]["to"] == world.seq(), 5)
    public = [m for m in ears.written if m["audience"] == "public"]
    assert len(public) <= seconds / 0.15 + 2
    view = public[-1]["set"]["questions"]["q-approved"]
    assert view["support"] == world.one("SELECT support FROM question WHERE id = 'q-approved'")


def test_each_message_follows_on_the_one_before(world: World, listen: Callable[..., Ears]) -> None:
    ears = listen("public", "staff", "person:p-hall")
    with reading() as session:
        begun = snapshot(session, HERE, ears.hear[HERE])
    for question in ("q-pending", "q-pending_hidden", "q-approved"):
        world.did("moderator", "question.reject", id=question)
        time.sleep(0.05)
    eventually(lambda: ears.written and ears.written[-1]["to"] == world.seq(), 5)
    time.sleep(0.1)
    with reading() as session:
        now = snapshot(session, HERE, ears.hear[HERE])
    for audience in ears.hear[HERE]:
        mine = [m for m in ears.written if m["audience"] == audience]
        assert mine[0]["from"] <= begun[audience]["seq"]
        assert all(a["to"] == b["from"] and b["from"] < b["to"] for a, b in itertools.pairwise(mine))
        layer = begun[audience]["topics"]
        for message in mine:
            layer = applied(layer, message["set"])
        same(layer, now[audience]["topics"], audience)


@pytest.mark.slow
def test_what_everyone_hears_is_written_first(world: World, listen: Callable[..., Ears]) -> None:
    ears = listen("person:p-hall", "public", "person:p-web", "staff")
    world.did("moderator", "question.take", id="q-approved")
    eventually(lambda: len(ears.written) >= 3, 5)
    kinds = [m["audience"].partition(":")[0] == "person" for m in ears.written]
    assert kinds == sorted(kinds)


@pytest.mark.slow
def test_a_reading_that_fails_is_made_again_and_nothing_is_lost(
    world: World, listen: Callable[..., Ears], monkeypatch: pytest.MonkeyPatch
) -> None:
    right, failures = pump.changes, iter(range(3))

    def changes(*args: Any) -> Any:
        if next(failures, None) is not None:
            raise OSError("the database is away")
        return right(*args)

    monkeypatch.setattr(pump, "changes", changes)
    ears = listen("public")
    world.did("moderator", "question.approve", id="q-pending")
    eventually(lambda: ears.written, 5)
    assert ears.written[0]["set"]["questions"]["q-pending"]["state"] == "approved"


@pytest.mark.slow
def test_many_who_open_it_at_once_open_one(world: World, listen: Callable[..., Ears]) -> None:
    listen("public").leave()
    eventually(lambda: HERE not in Pump.running, 5)
    pumps: list[Pump] = []
    listen("public")
    threads = [threading.Thread(target=lambda: pumps.append(Pump.open(HERE))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, pumps))) == 1
    running = [t for t in threading.enumerate() if t.name == f"pump {HERE}"]
    eventually(lambda: sum(t.is_alive() for t in running) == 1, 5, "one thread")


def test_an_audience_nobody_heard_for_a_while_begins_anew(world: World, site: Site) -> None:
    """What was said meanwhile is in the picture of who comes back; the chain must not reach over it."""
    ears = Ears("public")
    Pump.listeners = ears
    one = HandPump(HERE, world.seq())
    world.did("moderator", "question.approve", id="q-pending")
    one.round()
    ears.hear = {HERE: [], THERE: []}
    world.did("moderator", "question.approve", id="q-pending_hidden")
    one.round()
    with reading() as session:
        layer = snapshot(session, HERE, ["public"])["public"]
    ears.hear = {HERE: ["public"], THERE: []}
    world.did("moderator", "question.take", id="q-pending")
    one.round()
    assert ears.written[-1]["from"] == layer["seq"] == ears.written[-1]["to"] - 1


def test_who_comes_while_a_round_is_read_hears_what_it_read_or_finds_the_gap(
    world: World, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They join after the audiences were fixed, and take their picture before the batch that the round then reads."""

    @hung_up
    def story(world: World, site: Site, client: Any) -> None:
        first = Phone(world, site, "web", client)
        right, late = pump.reading, []

        @contextmanager
        def slow_reading() -> Iterator[Any]:
            if not late:
                late.append(Phone(world, site, "hall", client))
                world.did("moderator", "question.reject", id="q-pending")  # a receipt for them alone
            with right() as session:
                yield session

        monkeypatch.setattr(pump, "reading", slow_reading)
        first.round()
        monkeypatch.setattr(pump, "reading", right)
        phone = late[0]
        world.did("moderator", "question.approve", id="q-pending_hidden")
        world.did("hall", "question.upvote", id="q-pending_hidden", on=True)
        first.round()
        phone.read()
        phone.mend()
        phone.sees_what_is()

    story(world, site)

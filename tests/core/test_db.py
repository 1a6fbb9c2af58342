"""The database: time as it is stored, transactions inside each other, and readings that cannot write."""

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hybridmote import db
from hybridmote.db import epoch, iso, reading, transaction
from hybridmote.meetings.store import Meeting
from hybridmote.programme.store import Item
from tests.matrix.world import HERE, THERE, World
from tests.servers import eventually

STOCKHOLM = ZoneInfo("Europe/Stockholm")
INSTANTS = {
    "in Stockholm in summer": dt.datetime(2026, 7, 1, 12, 0, tzinfo=STOCKHOLM),
    "the first 02.30 of an autumn night": dt.datetime(2026, 10, 25, 2, 30, tzinfo=STOCKHOLM),
    "the second 02.30 of an autumn night": dt.datetime(2026, 10, 25, 2, 30, tzinfo=STOCKHOLM, fold=1),
    "with microseconds": dt.datetime(2026, 3, 11, 9, 57, 12, 345678, tzinfo=dt.UTC),
    "before computers": dt.datetime(1914, 8, 1, tzinfo=dt.UTC),
    "over the date line": dt.datetime(2026, 1, 1, 0, 0, tzinfo=dt.timezone(dt.timedelta(hours=14))),
}


@pytest.mark.parametrize("instant", INSTANTS)
def test_an_instant_is_the_same_when_it_comes_back_and_is_in_utc(world: World, instant: str) -> None:
    with transaction() as session:
        session.get_one(Item, "i-coffee").actual_end = INSTANTS[instant]
    with reading() as session:
        back = session.get_one(Item, "i-coffee").actual_end
        assert back == INSTANTS[instant].astimezone(dt.UTC) and back.tzinfo is dt.UTC
        found = session.scalars(select(Item.id).where(Item.actual_end == INSTANTS[instant])).all()
    assert found == ["i-coffee"]


def test_an_instant_without_a_zone_is_not_stored(world: World) -> None:
    with pytest.raises((ValueError, SQLAlchemyError), match="zone"), transaction() as session:
        session.get_one(Item, "i-coffee").actual_end = dt.datetime(2026, 3, 11, 9, 0)  # noqa: DTZ001
        session.flush()


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (dt.datetime(2026, 3, 11, 9, 57, 12, tzinfo=dt.UTC), "2026-03-11T09:57:12Z"),
        (dt.datetime(2026, 3, 11, 9, 57, 12, 345999, tzinfo=dt.UTC), "2026-03-11T09:57:12.345Z"),
        (dt.datetime(2026, 3, 11, 9, 57, 12, 999, tzinfo=dt.UTC), "2026-03-11T09:57:12Z"),
        (dt.datetime(2026, 7, 1, 12, 0, tzinfo=STOCKHOLM), "2026-07-01T10:00:00Z"),
        (None, None),
    ],
)
def test_an_instant_is_said_in_utc_with_milliseconds_where_there_are_any(
    instant: dt.datetime | None, said: str | None
) -> None:
    assert iso(instant) == said


def test_a_transaction_inside_another_is_committed_with_it(world: World) -> None:
    with pytest.raises(LookupError), transaction() as outer:
        with transaction() as inner:
            assert inner is outer
            inner.get_one(Meeting, HERE).tagline = "Inner"
            inner.flush()
        raise LookupError
    assert world.one("SELECT tagline FROM meeting WHERE id = :m", m=HERE) == "For tests"
    with transaction():
        with transaction() as inner:
            inner.get_one(Meeting, HERE).tagline = "Inner"
        assert world.one("SELECT tagline FROM meeting WHERE id = :m", m=HERE) == "For tests"
    assert world.one("SELECT tagline FROM meeting WHERE id = :m", m=HERE) == "Inner"


@pytest.mark.slow
def test_two_threads_never_share_a_transaction(postgres_world: World) -> None:
    found: list[object] = []

    def other() -> None:
        with transaction() as session:
            found.append(session)

    with transaction() as session:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
        assert found and found[0] is not session


def test_what_is_read_in_one_reading_is_of_one_moment(world: World) -> None:
    with reading() as session:
        before = session.execute(select(Meeting.seq).where(Meeting.id == HERE)).scalar_one()
        world.did("hall", "question.ask", text="Meanwhile?")
        texts = session.execute(text("SELECT count(*) FROM question WHERE text = 'Meanwhile?'")).scalar_one()
        after = session.execute(select(Meeting.seq).where(Meeting.id == HERE)).scalar_one()
        assert (before, texts) == (after, 0)
    assert world.seq() == before + 1


def by_object(session: Session) -> None:
    session.get_one(Meeting, HERE).tagline = "Written"
    session.flush()


def by_statement(session: Session) -> None:
    session.execute(update(Meeting).values(tagline="Written"))


@pytest.mark.parametrize("way", [by_object, by_statement])
def test_what_a_reading_writes_is_forgotten(world: World, way: Callable[[Session], None]) -> None:
    with contextlib.suppress(SQLAlchemyError), reading() as session:
        way(session)
    assert world.one("SELECT count(*) FROM meeting WHERE tagline = 'Written'") == 0


@pytest.mark.slow
@pytest.mark.parametrize("way", [by_object, by_statement])
def test_a_reading_cannot_write_even_when_it_commits(postgres_world: World, way: Callable[[Session], None]) -> None:
    with pytest.raises(SQLAlchemyError), reading() as session:
        way(session)
        session.commit()
    assert postgres_world.one("SELECT count(*) FROM meeting WHERE tagline = 'Written'") == 0


@pytest.mark.parametrize("way", [by_object, by_statement])
def test_on_sqlite_neither(sqlite_world: World, way: Callable[[Session], None]) -> None:
    with pytest.raises(SQLAlchemyError), reading() as session:
        way(session)
        session.commit()
    assert sqlite_world.one("SELECT count(*) FROM meeting WHERE tagline = 'Written'") == 0


def test_a_reader_does_not_wait_for_a_writer(world: World) -> None:
    with transaction() as session:
        session.get_one(Meeting, THERE).tagline = "Unfinished"
        session.flush()
        began = time.monotonic()
        with reading() as other:
            assert other.get_one(Meeting, THERE).tagline == "For tests"
        assert time.monotonic() - began < 1


@pytest.mark.slow
def test_another_process_that_holds_the_database_only_delays(sqlite_world: World) -> None:
    """It is waited for in short turns, since SQLite's own waiting would stop the whole process."""
    other = sqlite_world.engine.connect()
    other.execute(text("BEGIN IMMEDIATE"))
    answers: list[object] = []
    asking = threading.Thread(target=lambda: answers.append(sqlite_world.did("hall", "question.ask", text="Waits?")))
    asking.start()
    time.sleep(0.5)
    assert not answers
    other.rollback()
    other.close()
    eventually(lambda: answers, 10, "the command going on")
    asking.join()


def test_every_database_has_an_epoch_and_one_without_says_what_to_do(world: World) -> None:
    with reading() as session:
        assert len(epoch(session)) >= 16
    world.write("DELETE FROM meta")
    with pytest.raises(RuntimeError, match="hybridmote migrate"), reading() as session:
        epoch(session)


def test_without_an_open_database_it_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "_opened", None)
    with pytest.raises(RuntimeError, match="open_database"):
        db.database()

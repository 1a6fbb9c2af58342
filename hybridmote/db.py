"""The database: one engine to write, one to read, and what SQLite and PostgreSQL each need to behave under many hands.

Nothing here knows eventlet: locks and sleeps are the standard library's, which the server has made cooperative.
"""

import contextlib
import random
import sqlite3
import time
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    DateTime,
    Engine,
    Subquery,
    Text,
    bindparam,
    cast,
    create_engine,
    event,
    func,
    literal_column,
    make_url,
    select,
)
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

BUSY_MS = 200  # longest time SQLite itself may block the whole process waiting for another one's lock
BUSY_TOTAL = 15.0  # seconds after which a lock that never comes free is an error


class Base(DeclarativeBase):
    """Every table of every room."""


class Utc(TypeDecorator[datetime]):
    """An instant. Aware datetimes in and out; stored as UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone does not say when")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Meta(Base):
    """Facts about this database itself; `epoch` tells clients that a restored backup is another history."""

    __tablename__ = "meta"
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class Database:
    """The two engines. On SQLite there is exactly one writing connection, so that writers queue in this process,
    cooperatively, instead of in SQLite's busy handler, which would stop every other task of the process."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        if self.sqlite:
            args = {"timeout": BUSY_MS / 1000, "check_same_thread": False}
            self.writer = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=60, connect_args=args)
            self.reader = create_engine(url, pool_size=8, max_overflow=8, pool_timeout=60, connect_args=args)
            for engine, begin in ((self.writer, "BEGIN IMMEDIATE"), (self.reader, "BEGIN")):
                event.listen(engine, "connect", _tune_sqlite)
                event.listen(engine, "begin", _begin_with(begin))
            event.listen(self.reader, "connect", _only_read)
        else:
            self.writer = create_engine(
                url,
                pool_size=8,
                max_overflow=16,
                pool_timeout=30,
                pool_pre_ping=True,
                executemany_mode="values_plus_batch",  # else a flush waits for each UPDATE by itself
                isolation_level="READ COMMITTED",
                connect_args={
                    "connect_timeout": 5,
                    "options": "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=30s"
                    # a process that is stopped while it holds a meeting's row must not hold the meeting
                    " -c idle_in_transaction_session_timeout=10s",
                },
            )
            self.reader = self.writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()


def _tune_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        for attempt in range(50):
            try:
                connection.execute(f"PRAGMA {pragma}")
                break
            except sqlite3.OperationalError:
                if attempt == 49:
                    raise
                time.sleep(0.05)


def _only_read(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA query_only=ON")


def _begin_with(statement: str) -> Any:
    def begin(connection: Connection) -> None:
        deadline = time.monotonic() + BUSY_TOTAL
        while True:
            try:
                connection.exec_driver_sql(statement)
                return
            except OperationalError as error:
                if "locked" not in str(error.orig) or time.monotonic() > deadline:
                    raise
                time.sleep(random.uniform(0.005, 0.03))

    return begin


def rows_given(*names: str) -> Subquery:
    """Many rows of text as one parameter: `rows`, JSON, a list of lists. The statement is the same however many there
    are, so it is compiled once, and joining it walks an index instead of multiplying two lists."""
    rows = bindparam("rows", type_=Text())
    values = func.json_each(rows) if database().sqlite else func.json_array_elements(cast(rows, JSON()))
    value = values.table_valued("value").c.value

    def cell(number: int) -> ColumnElement[str]:
        if database().sqlite:
            return func.json_extract(value, literal_column(f"'$[{number}]'"), type_=Text())
        return value.op("->>", return_type=Text())(literal_column(str(number)))

    return select(*(cell(number).label(name) for number, name in enumerate(names))).subquery("given")


_opened: Database | None = None


def open_database(url: str) -> Database:
    """Open the process's database; a second call replaces the first."""
    global _opened
    if _opened is not None:
        _opened.close()
    _opened = Database(url)
    return _opened


def database() -> Database:
    if _opened is None:
        raise RuntimeError("no database is open: call open_database first")
    return _opened


def engine() -> Engine:
    return database().writer


@contextlib.contextmanager
def reading() -> Iterator[Session]:
    """One consistent picture of the database; nothing can be written in it."""
    with database().reader.connect() as connection, Session(connection, autoflush=False) as session:
        yield session


_current: ContextVar[Session | None] = ContextVar("transaction", default=None)


@contextlib.contextmanager
def transaction() -> Iterator[Session]:
    """A writing transaction outside the dispatcher (jobs, installation). An inner one joins the outer, which commits."""
    if (outer := _current.get()) is not None:
        if "working" in outer.info:
            raise RuntimeError("a handler's objects are its only way to change anything")
        yield outer
        return
    with Session(database().writer) as session, session.begin():
        token = _current.set(session)
        try:
            yield session
        finally:
            _current.reset(token)


@contextlib.contextmanager
def inside(session: Session) -> Iterator[None]:
    """While the dispatcher's own transaction is going on."""
    token = _current.set(session)
    try:
        yield
    finally:
        _current.reset(token)


def epoch(session: Session) -> str:
    known: str | None = session.execute(_EPOCH).scalar_one_or_none()
    if known is None:
        raise RuntimeError("the database has no epoch: run `hybridmote migrate`")
    return known


_EPOCH = select(Meta.value).where(Meta.key == "epoch")


def utc_now() -> datetime:
    return datetime.now(UTC)


def iso(value: datetime | None) -> str | None:
    """An instant as the API writes it: UTC, milliseconds only when there are any."""
    if value is None:
        return None
    value = value.astimezone(UTC)
    return value.isoformat(timespec="milliseconds" if value.microsecond >= 1000 else "seconds").replace("+00:00", "Z")

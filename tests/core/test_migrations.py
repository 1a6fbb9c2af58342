"""Migrations of a database that has been used: nothing is lost on the way, up or down, on either kind."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, text

from hybridmote import migrate
from hybridmote.config import Settings
from hybridmote.db import Base, database, open_database, transaction

NOW = "2026-03-11 09:57:12.000000"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def empty(request: pytest.FixtureRequest, new_database: Callable[..., str]) -> Iterator[None]:
    """The process's database, without tables."""
    open_database(Settings(database_url=new_database(request.param, migrated=False)).url_of_database())
    yield
    database().close()


def go(revision: str) -> None:
    down = (migrate.current() or "") > revision
    (command.downgrade if down else command.upgrade)(migrate._config(), revision)


def add(table: str, **row: Any) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    with transaction() as session:
        values = ", ".join(f":{name}" for name in row)
        session.execute(text(f'INSERT INTO "{table}" ({names}) VALUES ({values})'), row)


def rows(table: str) -> list[dict[str, Any]]:
    """As the database has them now, whatever the classes say."""
    known = MetaData()
    with database().writer.connect() as connection:
        known.reflect(connection, only=[table])
        found = connection.execute(known.tables[table].select()).mappings().all()
    return sorted((dict(row) for row in found), key=repr)


def a_day_before_0003() -> None:
    add(
        "meeting",
        id="m",
        slug="here",
        seq=3,
        pruned=0,
        version=1,
        title="Here",
        tagline="",
        language="sv",
        timezone="Europe/Stockholm",
        starts=NOW,
        ends=NOW,
        place="",
        stream="",
        now_on="{}",
        demo=False,
        join_code="CD2HERE",
    )
    for who in ("ann", "bo"):
        add("participant", id=who, meeting_id="m", name=who, organisation="", roles="participant", track="")
    add(
        "item",
        id="talk",
        meeting_id="m",
        version=1,
        day="2026-03-11",
        track="",
        position=0,
        kind="talk",
        title="Water",
        description="",
        attendance="both",
        promised=False,
        cancelled=False,
        extended=0,
        by_clock=False,
        removed=False,
        stream="",
        key="",
    )
    for id, state in (("q-1", "answered"), ("q-2", "approved")):
        told = {"version": 2, "text": f"What of {id}?", "name_hidden": False, "reason": "", "asked_at": NOW}
        add("question", id=id, meeting_id="m", item_id="talk", author_id="ann", state=state, support=1, **told)
        add("upvote", question_id=id, participant_id="bo")
    told = {"participant_id": "ann", "question_id": "q-1", "end": "answered", "text": "What?", "reason": "", "at": NOW}
    add("receipt", id="r", meeting_id="m", **told)


TABLES = ("meeting", "participant", "item", "question", "upvote", "receipt")


def test_a_meeting_keeps_everything_on_its_way_to_0003_and_back(empty: None) -> None:
    go("0002")
    a_day_before_0003()
    before = {table: rows(table) for table in TABLES}

    go("0003")
    after = {table: rows(table) for table in TABLES}
    for table in TABLES:
        kept = [{name: row[name] for name in before[table][0]} for row in after[table]]
        assert kept == before[table], table
    assert {(q["aloud"], q["original"], q["reply"], q["queue"]) for q in after["question"]} == {(False, "", "", None)}
    assert [(m["window_minutes"], m["slow_seconds"], m["words"]) for m in after["meeting"]] == [(5, 0, [])]
    assert [i["asking"] for i in after["item"]] == ["screened"]
    assert {(p["muted"], p["muted_until"]) for p in after["participant"]} == {("", None)}

    aloud = {"version": 1, "text": "Aloud?", "name_hidden": False, "reason": "", "asked_at": NOW, "support": 1}
    add("question", id="q-3", meeting_id="m", item_id="talk", state="approved", aloud=True, by_name="A guest", **aloud)
    add("upvote", question_id="q-3", participant_id="bo")
    go("0002")
    assert {table: rows(table) for table in TABLES} == before, "the older tables have no place for what nobody asked"
    go("0003")


def test_a_meeting_that_was_there_can_still_be_read_by_everybody(empty: None) -> None:
    go("0002")
    a_day_before_0003()
    go("0006")
    assert [bool(m["published"]) for m in rows("meeting")] == [True]
    text = {"meeting_id": "m", "text": "What happens", "by": None, "at": NOW}
    add("meeting_text", id="x", field="about", language="sv", version=1, step=0, **text)
    add("meeting_text_step", text_id="x", number=0, back=0, **text)
    go("0005")
    assert "published" not in rows("meeting")[0]
    go("0006")
    assert rows("meeting_text") == []


def test_what_refers_to_a_question_is_minded_again_afterwards(empty: None) -> None:
    go("head")
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        add("upvote", question_id="q-nothing", participant_id="nobody")


def test_the_migrations_make_the_tables_that_the_code_expects(empty: None) -> None:
    go("head")
    with database().writer.connect() as connection:
        context = MigrationContext.configure(connection)
        found = [one for one in compare_metadata(context, Base.metadata) if not _is_of_sqlite(one)]
    assert not found, found


def _is_of_sqlite(difference: Any) -> bool:
    """How a default is written in the table is no matter of the code's, which gives every value itself."""
    return isinstance(difference, list) and all(one[0] == "modify_default" for one in difference)

"""A meeting with people in it, written straight into a migrated database, and what the tables say afterwards.

The second half asks in plain SQL and knows nothing of topics, layers or the change log: it is the judge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

import hybridmote
from hybridmote.db import utc_now

PUBLIC_STATES = ("approved", "on_stage", "answered")
OPEN_STATES = {"pending", "approved", "on_stage"}


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    token: str
    roles: str
    attendance: str | None

    @property
    def staff(self) -> bool:
        return bool({"organiser", "moderator"} & set(self.roles.split()))


class Hall:
    """One meeting with a talk that is on now and takes questions until tomorrow."""

    def __init__(self, database_url: str, slug: str = "hall", programme: int = 3) -> None:
        hybridmote.load_rooms()
        from hybridmote.meetings.store import Meeting
        from hybridmote.participants.store import new_id
        from hybridmote.programme.store import Item

        self.engine = open_engine(database_url)
        self.slug = slug
        self.id, self.now = new_id(), utc_now()
        self.items = [new_id() for _ in range(programme)]
        self.people: list[Person] = []
        day = self.now.date().isoformat()
        with Session(self.engine) as session, session.begin():
            session.add(
                Meeting(
                    id=self.id,
                    slug=slug,
                    title=f"The meeting {slug}",
                    language="en",
                    starts=self.now - timedelta(hours=1),
                    ends=self.now + timedelta(days=1),
                    join_code=self.id[1:9],
                    now_on={"": self.items[0]},
                )
            )
            session.flush()
            for number, item in enumerate(self.items):
                start = self.now + timedelta(hours=8 * number, minutes=-5)
                session.add(
                    Item(
                        id=item,
                        meeting_id=self.id,
                        day=day,
                        position=number,
                        kind="talk",
                        title=f"Talk {number + 1}",
                        planned_start=start,
                        planned_end=start + timedelta(hours=8),
                        expected_start=start,
                        expected_end=start + timedelta(hours=8),
                        actual_start=None if number else start,
                    )
                )

    def admit(
        self, count: int = 1, roles: str = "participant", attendance: str | None = "web", name: str = "Person"
    ) -> list[Person]:
        """New people with a token each."""
        from hybridmote.participants.store import Participant, mint, new_id

        new: list[Person] = []
        with Session(self.engine) as session, session.begin():
            rows = []
            for _ in range(count):
                called = f"{name} {len(self.people) + len(rows) + 1}"
                rows.append(
                    Participant(id=new_id(), meeting_id=self.id, name=called, roles=roles, attendance=attendance)
                )
            session.add_all(rows)
            session.flush()
            for row in rows:
                new.append(Person(row.id, row.name, mint(session, row, self.now), roles, attendance))
        self.people += new
        return new

    def approved_questions(self, author: Person, count: int) -> list[str]:
        """Questions that everyone sees, without a word in the log: as if they had been there before."""
        from hybridmote.participants.store import new_id
        from hybridmote.questions.store import Question

        ids = [new_id() for _ in range(count)]
        with Session(self.engine) as session, session.begin():
            for number, question in enumerate(ids):
                session.add(
                    Question(
                        id=question,
                        meeting_id=self.id,
                        item_id=self.items[0],
                        author_id=author.id,
                        text=f"Question number {number + 1}?",
                        state="approved",
                        asked_at=self.now,
                    )
                )
        return ids

    # ---- what the tables say ----

    def rows(self, statement: str, **values: Any) -> Sequence[Any]:
        with self.engine.connect() as connection:
            return connection.execute(text(statement), {"meeting": self.id, **values}).all()

    def run(self, statement: str, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), {"meeting": self.id, **values})

    def seq(self) -> int:
        return int(self.rows("SELECT seq FROM meeting WHERE id = :meeting")[0][0])

    def truth(self) -> "Truth":
        return Truth(self)

    def close(self) -> None:
        self.engine.dispose()


class Truth:
    """Questions, upvotes and receipts as every audience ought to see them, read in one go."""

    def __init__(self, hall: Hall) -> None:
        with hall.engine.connect() as connection:

            def ask(statement: str) -> Sequence[Any]:
                return connection.execute(text(statement), {"meeting": hall.id}).all()

            self.questions = {
                row.id: row
                for row in ask(
                    "SELECT q.id, q.text, q.state, q.support, q.version, q.reason, q.name_hidden, q.author_id, q.item_id,"
                    " q.queue, q.aloud, q.reply, q.original, q.merged_into, q.resembles, p.muted,"
                    " p.name, p.organisation, p.attendance"
                    " FROM question q JOIN participant p ON p.id = q.author_id WHERE q.meeting_id = :meeting"
                )
            }
            self.upvotes: dict[str, set[str]] = {}  # person -> questions
            votes = ask(
                "SELECT u.question_id, u.participant_id FROM upvote u JOIN question q ON q.id = u.question_id"
                " WHERE q.meeting_id = :meeting"
            )
            for question, person in votes:
                self.upvotes.setdefault(person, set()).add(question)
            self.receipts = {row.id: row for row in ask("SELECT * FROM receipt WHERE meeting_id = :meeting")}

    def of(self, audience: str) -> dict[str, dict[str, Any]]:
        """What that audience's layer must hold of three topics; times are left to /state to compare."""
        kind, _, person = audience.partition(":")
        if kind == "person":
            return {
                "questions": {i: self._own(q) for i, q in self.questions.items() if q.author_id == person},
                "upvotes": {i: {"on": True} for i in self.upvotes.get(person, ())},
                "receipts": {
                    i: {"id": i, "question": r.question_id, "end": r.end, "text": r.text, "reason": r.reason}
                    | {"into": r.into_id}
                    for i, r in self.receipts.items()
                    if r.participant_id == person
                },
            }
        if kind not in ("public", "staff"):
            return {"questions": {}, "upvotes": {}, "receipts": {}}  # by place: only notices
        seen = {i: q for i, q in self.questions.items() if kind == "staff" or q.state in PUBLIC_STATES}
        view = self._for_staff if kind == "staff" else self._for_all
        return {"questions": {i: view(q) for i, q in seen.items()}, "upvotes": {}, "receipts": {}}

    @staticmethod
    def _shared(q: Any) -> dict[str, Any]:
        shared = {"id": q.id, "version": q.version, "item": q.item_id, "text": q.text, "state": q.state}
        place = q.queue if q.state == "approved" else None
        return {**shared, "support": q.support, "queue": place, "aloud": bool(q.aloud), "reply": q.reply}

    def _own(self, q: Any) -> dict[str, Any]:
        own = {"name_hidden": bool(q.name_hidden), "reason": q.reason, "merged_into": q.merged_into}
        return {**self._shared(q), **own, "mine": True, "edited": q.original != ""}

    def _author(self, q: Any) -> dict[str, Any]:
        return {"name": q.name, "organisation": q.organisation, "attendance": q.attendance}

    def _for_all(self, q: Any) -> dict[str, Any]:
        return {**self._shared(q), "author": None if q.name_hidden else self._author(q)}

    def _for_staff(self, q: Any) -> dict[str, Any]:
        """Nobody claims anything in these tests, and no word is pointed out."""
        known = {"name_hidden": bool(q.name_hidden), "reason": q.reason, "merged_into": q.merged_into}
        like = self.questions.get(q.resembles)
        alike = like is not None and {q.state, like.state} <= OPEN_STATES and like.item_id == q.item_id
        more = {
            "author_id": q.author_id,
            "author_muted": q.muted != "",
            "author_walk_in": False,
            "original": q.original,
        }
        more |= {"claim": None, "like": q.resembles if alike else None, "flags": []}
        return {**self._shared(q), "author": self._author(q), **known, **more}


def open_engine(database_url: str) -> Engine:
    """For the tests' own eyes: waits for locks, holds none for long."""
    if database_url.startswith("sqlite"):
        return create_engine(database_url, connect_args={"timeout": 30})
    return create_engine(database_url.replace("postgresql://", "postgresql+psycopg2://", 1))

"""The topics `questions`, `upvotes` and `receipts`."""

import json
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import and_, inspect, select
from sqlalchemy.orm import Session

from ..db import iso, rows_given
from ..participants.store import Participant
from ..sync import Topic, View, also_shown_in
from . import model
from .store import Question, Receipt, Upvote

SHARED = {
    "id": "opaque string",
    "version": "integer; changes with state and text, not with support",
    "item": "id of the item it was asked of",
    "text": "string",
    "state": "pending, approved, on_stage, answered, rejected, withdrawn or merged",
    "asked_at": "ISO 8601, UTC",
    "support": "how many support it",
}
AUTHOR = {"author": "{name, organisation, attendance}, or null where the name is hidden from that audience"}


class Questions(Topic):
    name = "questions"
    model = Question
    fields = {
        "public": SHARED | AUTHOR,
        "staff": SHARED
        | AUTHOR
        | {
            "author_id": "id of the asker",
            "name_hidden": "true when participants do not see who asks",
            "reason": "why it was rejected",
        },
        "person": SHARED
        | {
            "mine": "true",
            "name_hidden": "true when participants do not see who asks",
            "reason": "why it was rejected",
        },
    }

    def audiences(self, obj: Any) -> set[str]:
        return set(model.audiences(obj.state, obj.author_id))

    def mine(self, session: Session, meeting_id: str, audience: str) -> Iterable[str]:
        here = select(Question.id).where(Question.meeting_id == meeting_id)
        if audience == "staff":
            return session.scalars(here)
        if audience == "public":
            return session.scalars(here.where(Question.state.in_(model.PUBLIC)))
        kind, _, person = audience.partition(":")
        return session.scalars(here.where(Question.author_id == person)) if kind == "person" else []

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        if audience.startswith("person:"):
            return {
                q.id: {**_shared(q), "mine": True, "name_hidden": q.name_hidden, "reason": q.reason} for q in objects
            }
        asked_by = {q.author_id for q in objects}
        authors = {p.id: p for p in session.scalars(select(Participant).where(Participant.id.in_(asked_by)))}
        if audience == "staff":
            return {
                q.id: {
                    **_shared(q),
                    "author": _author(authors[q.author_id]),
                    "author_id": q.author_id,
                    "name_hidden": q.name_hidden,
                    "reason": q.reason,
                }
                for q in objects
            }
        return {
            q.id: {**_shared(q), "author": None if q.name_hidden else _author(authors[q.author_id])} for q in objects
        }


def _shared(q: Question) -> View:
    return {
        "id": q.id,
        "version": q.version,
        "item": q.item_id,
        "text": q.text,
        "state": q.state,
        "asked_at": iso(q.asked_at),
        "support": q.support,
    }


def _author(person: Participant) -> View:
    return {"name": person.name, "organisation": person.organisation, "attendance": person.attendance}


@also_shown_in(Participant)
def by_author(session: Session, person: Participant) -> list[tuple[str, str]]:
    """Who asked is shown beside the question."""
    attributes = inspect(person).attrs
    if not any(attributes[name].history.has_changes() for name in ("name", "organisation", "attendance")):
        return []
    return [("questions", q) for q in session.scalars(select(Question.id).where(Question.author_id == person.id))]


class Upvotes(Topic):
    """What I support: by the question's id on the wire, by question and person in the log."""

    name = "upvotes"
    model = Upvote
    fields = {"person": {"on": "true"}}

    def get(self, session: Session, object_id: str) -> Any:
        return session.get(Upvote, tuple(object_id.split(".")))

    def id_of(self, row: Any) -> str:
        return f"{row.question_id}.{row.participant_id}"

    def shown_as(self, object_id: str) -> str:
        return object_id.partition(".")[0]

    def load(self, session: Session, ids: Collection[str]) -> dict[str, Any]:
        # columns, not objects: there are as many as there are votes, and all that is asked is whether they are there
        given = rows_given("question", "person")
        rows = session.execute(
            select(Upvote.question_id, Upvote.participant_id).join(
                given, and_(Upvote.question_id == given.c.question, Upvote.participant_id == given.c.person)
            ),
            {"rows": json.dumps([i.split(".") for i in ids])},
        )
        return {self.id_of(row): row for row in rows}

    def audiences(self, obj: Any) -> set[str]:
        return {f"person:{obj.participant_id}"}

    def mine(self, session: Session, meeting_id: str, audience: str) -> list[str]:
        kind, _, person = audience.partition(":")
        if kind != "person":
            return []
        supported = session.scalars(select(Upvote.question_id).where(Upvote.participant_id == person))
        return [f"{question}.{person}" for question in supported]

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        return {u.question_id: {"on": True} for u in objects}


class Receipts(Topic):
    name = "receipts"
    model = Receipt
    fields = {
        "person": {
            "id": "opaque string",
            "question": "id of the question",
            "end": "answered or rejected",
            "text": "the question as it was",
            "reason": "string, may be empty",
            "at": "ISO 8601, UTC",
        }
    }

    def audiences(self, obj: Any) -> set[str]:
        return {f"person:{obj.participant_id}"}

    def mine(self, session: Session, meeting_id: str, audience: str) -> Iterable[str]:
        kind, _, person = audience.partition(":")
        if kind != "person":
            return []
        return session.scalars(select(Receipt.id).where(Receipt.participant_id == person))

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        return {
            r.id: {
                "id": r.id,
                "question": r.question_id,
                "end": r.end,
                "text": r.text,
                "reason": r.reason,
                "at": iso(r.at),
            }
            for r in objects
        }

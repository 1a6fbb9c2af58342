"""The topics `questions`, `upvotes` and `receipts`."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import and_, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state

from ..db import iso, rows_given
from ..meetings.store import Meeting
from ..participants.store import Participant
from ..sync import Topic, View, also_shown_in
from . import model
from .model.likeness import flagged
from .store import Question, Receipt, Upvote

SHARED = {
    "id": "opaque string",
    "version": "integer; changes with state and text, not with support",
    "item": "id of the item it was asked of",
    "text": "string",
    "queue": "its place among those that are up next, from 1; null when it is not",
    "aloud": "true when it was asked in the hall and written down by staff",
    "reply": "the answer in writing, may be empty",
    "replied_at": "ISO 8601, UTC, or null",
    "state": "pending, approved, on_stage, answered, rejected, withdrawn or merged",
    "asked_at": "ISO 8601, UTC",
    "support": "how many support it",
}
AUTHOR = {"author": "{name, organisation, attendance}, or null where the name is hidden from that audience"}
OWN = {
    "name_hidden": "true when participants do not see who asks",
    "reason": "why it was rejected",
    "merged_into": "id of the question it was merged into, or null",
}


class Questions(Topic):
    name = "questions"
    model = Question
    fields = {
        "public": SHARED | AUTHOR,
        "staff": SHARED
        | AUTHOR
        | OWN
        | {
            "author_id": "id of the asker; null when it was asked aloud by somebody unknown",
            "author_muted": "true when the asker may not ask for now",
            "author_walk_in": "true when the asker came in without a place",
            "original": "what was asked, where staff have changed the wording; else empty",
            "claim": "{person, name, until}: who is at work on it, or null",
            "like": "id of the open question of the same item that it is most like, or null",
            "flags": "list of the meeting's words that stand in it",
        },
        "person": SHARED | OWN | {"mine": "true", "edited": "true when staff have changed the wording"},
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
            return {q.id: {**_shared(q), **_own(q), "mine": True, "edited": q.original != ""} for q in objects}
        people = {q.author_id for q in objects} | {q.claimed_by for q in objects if audience == "staff"}
        known = {p.id: p for p in session.scalars(select(Participant).where(Participant.id.in_(people - {None})))}
        if audience == "staff":
            meeting = session.get(Meeting, objects[0].meeting_id) if objects else None
            words = meeting.words if meeting else []
            there = _still_open(session, {q.resembles for q in objects if q.state in model.OPEN} - {None})
            return {q.id: {**_shared(q), **_own(q), **_for_staff(q, known, words, there)} for q in objects}
        return {q.id: {**_shared(q), "author": None if q.name_hidden else _author(q, known)} for q in objects}


def _shared(q: Question) -> View:
    return {
        "id": q.id,
        "version": q.version,
        "item": q.item_id,
        "text": q.text,
        "state": q.state,
        "asked_at": iso(q.asked_at),
        "support": q.support,
        "queue": q.queue if q.state == "approved" else None,
        "aloud": q.aloud,
        "reply": q.reply,
        "replied_at": iso(q.replied_at),
    }


def _own(q: Question) -> View:
    return {"name_hidden": q.name_hidden, "reason": q.reason, "merged_into": q.merged_into}


def _for_staff(q: Question, known: Mapping[str, Participant], words: list[str], there: Mapping[str, str]) -> View:
    author = known.get(q.author_id or "")
    at_it = known.get(q.claimed_by or "") if q.state in model.OPEN else None
    return {
        "author": _author(q, known),
        "author_id": q.author_id,
        "author_muted": author is not None and author.muted != "",
        "author_walk_in": author is not None and author.walk_in,
        "original": q.original,
        "claim": {"person": at_it.id, "name": at_it.name, "until": iso(q.claimed_until)} if at_it else None,
        "like": q.resembles if q.state in model.OPEN and there.get(q.resembles or "") == q.item_id else None,
        "flags": flagged(q.text, words) if words else [],
    }


def _still_open(session: Session, ids: set[Any]) -> dict[str, str]:
    """id -> item of those of which something may still become."""
    if not ids:
        return {}
    found = session.execute(
        select(Question.id, Question.item_id).where(Question.id.in_(ids), Question.state.in_(model.OPEN))
    )
    return {row.id: row.item_id for row in found}


def _author(q: Question, known: Mapping[str, Participant]) -> View:
    person = known.get(q.author_id or "")
    if person is None:
        return {"name": q.by_name, "organisation": "", "attendance": "hall"}
    return {"name": person.name, "organisation": person.organisation, "attendance": person.attendance}


@also_shown_in(Participant)
def by_author(session: Session, person: Participant) -> list[tuple[str, str]]:
    """Who asked is shown beside the question, and who is at work on it."""
    state = inspect(person)
    names = ("name", "organisation", "attendance", "muted")
    if state.key is None or not any(state.attrs[name].history.has_changes() for name in names):
        return []  # a newcomer has asked nothing
    open_here = and_(Question.meeting_id == person.meeting_id, Question.state.in_(model.OPEN))
    shown = [Question.author_id == person.id, and_(open_here, Question.claimed_by == person.id)]
    return [("questions", id) for here in shown for id in session.scalars(select(Question.id).where(here))]


@also_shown_in(Question)
def by_likeness(session: Session, question: Question) -> list[tuple[str, str]]:
    """That one asks the same as another is said as long as the other is open and of the same item."""
    state = instance_state(question)
    stays = question not in session.deleted and not {"state", "item_id"}.intersection(state.committed_state)
    if state.key is None or stays:
        return []
    here = Question.meeting_id == question.meeting_id, Question.state.in_(model.OPEN)
    return [
        ("questions", id) for id in session.scalars(select(Question.id).where(*here, Question.resembles == question.id))
    ]


@also_shown_in(Meeting)
def by_words(session: Session, meeting: Meeting) -> list[tuple[str, str, str]]:
    """The words that are pointed out to staff are looked for in every question: which differ in those?"""
    history = inspect(meeting).attrs.words.history
    if not history.has_changes() or inspect(meeting).key is None:
        return []
    before: list[str] = next(iter(history.deleted), [])
    after: list[str] = next(iter(history.added), [])
    stay = [word for word in before if word in after]
    in_order = stay == [word for word in after if word in before]
    words = list(set(before) ^ set(after) if in_order else {*before, *after})
    asked = session.execute(select(Question.id, Question.text).where(Question.meeting_id == meeting.id))
    return [("questions", id, "staff") for id, text in asked if flagged(text, words)]


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
            "end": "answered, rejected, merged, revealed or replied",
            "text": "the question as it was",
            "reason": "string, may be empty; the answer, when it was given in writing",
            "into": "id of the question it was merged into, or null",
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
                "into": r.into_id,
                "at": iso(r.at),
            }
            for r in objects
        }

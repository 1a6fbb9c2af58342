"""Questions, who supports them, and the receipts their askers get."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..db import Base, Utc
from ..meetings.store import Meeting
from ..programme.model import subject
from ..programme.store import items_of
from .model import OPEN, SUPPORTABLE, State, item_for


class Question(Base):
    """`support` is the number of its upvotes, kept here so that a snapshot need not count."""

    __tablename__ = "question"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    item_id: Mapped[str] = mapped_column(ForeignKey("item.id"))
    # nobody, when it was asked aloud in the hall by somebody whom the meeting does not know
    author_id: Mapped[str | None] = mapped_column(ForeignKey("participant.id"), index=True, active_history=True)
    version: Mapped[int] = mapped_column(default=1)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[State] = mapped_column(Text, default="pending", active_history=True)
    name_hidden: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    support: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(Utc)
    aloud: Mapped[bool] = mapped_column(default=False)  # asked in the hall, written down by staff
    by_name: Mapped[str] = mapped_column(Text, default="")  # who asked aloud, as far as they said
    original: Mapped[str] = mapped_column(Text, default="")  # what was asked, if staff have changed the wording
    claimed_by: Mapped[str | None] = mapped_column(Text)  # who is at work on it, until …
    claimed_until: Mapped[datetime | None] = mapped_column(Utc)
    queue: Mapped[int | None]  # its place among those that are up next, from 1; or the one it had when it was merged
    merged_into: Mapped[str | None] = mapped_column(Text)
    was: Mapped[State | None] = mapped_column(Text)  # before it was merged
    resembles: Mapped[str | None] = mapped_column(Text)  # the open question of the same item that it is most like
    reply: Mapped[str] = mapped_column(Text, default="")  # the answer in writing
    replied_at: Mapped[datetime | None] = mapped_column(Utc)
    staged_at: Mapped[datetime | None] = mapped_column(Utc)  # when it last went on stage
    ended_at: Mapped[datetime | None] = mapped_column(Utc)  # when it came to the end it is at
    left_by: Mapped[str | None] = mapped_column(Text)  # id of the step of the programme that took it off stage
    __table_args__ = (Index("question_by_state", "meeting_id", "state"),)

    def shown_in(self) -> list[tuple[str, str]]:
        return [("questions", self.id)]


class Upvote(Base):
    """One person's support for one question. `via`: not given to this one but to that, which is merged into it."""

    __tablename__ = "upvote"
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"), primary_key=True)
    participant_id: Mapped[str] = mapped_column(ForeignKey("participant.id"), primary_key=True, index=True)
    via: Mapped[str | None] = mapped_column(Text)

    def shown_in(self) -> list[tuple[str, str]]:
        return [("upvotes", f"{self.question_id}.{self.participant_id}")]


class Receipt(Base):
    """Told once to the asker for each end their question came to."""

    __tablename__ = "receipt"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    participant_id: Mapped[str] = mapped_column(ForeignKey("participant.id"), index=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"))
    end: Mapped[str] = mapped_column(Text)  # of model.End
    text: Mapped[str] = mapped_column(Text)  # the question as it was
    reason: Mapped[str] = mapped_column(Text, default="")  # or the answer, when it was given in writing
    into_id: Mapped[str | None] = mapped_column(Text)  # what it was merged into
    at: Mapped[datetime] = mapped_column(Utc)
    __table_args__ = (Index("one_receipt_per_end", "question_id", "end", unique=True),)

    def shown_in(self) -> list[tuple[str, str]]:
        return [("receipts", self.id)]


def on_stage(session: Session, meeting_id: str) -> list[Question]:
    return list(
        session.scalars(select(Question).where(Question.meeting_id == meeting_id, Question.state == "on_stage"))
    )


def asked_of(session: Session, meeting: Meeting, given: str | None, at: datetime) -> str | None:
    """The item that a question asked at that instant belongs to; `given`: the one its form named."""
    rows = items_of(session, meeting.id)
    shut = frozenset(row.id for row in rows if row.asking == "closed")
    return item_for([row.rule() for row in rows], given, at, timedelta(minutes=meeting.window_minutes), shut)


def whose(session: Session, meeting_id: str, item_id: str) -> str:
    """The item that questions put to this one belong to: to a phase of a talk, they are put to the talk."""
    return subject([row.rule() for row in items_of(session, meeting_id)], item_id)


def supportable_of(session: Session, item_id: str) -> list[Question]:
    """The questions of an item that somebody may support, the newest 500."""
    here = select(Question).where(Question.item_id == item_id, Question.state.in_(SUPPORTABLE))
    return list(session.scalars(here.order_by(Question.asked_at.desc()).limit(500)))


def supported_by(session: Session, person: str, questions: Collection[str]) -> set[str]:
    """Those of the questions that somebody supports."""
    theirs = select(Upvote.question_id).where(Upvote.participant_id == person, Upvote.question_id.in_(questions))
    return set(session.scalars(theirs))


def open_of(session: Session, item_id: str, but: str = "") -> dict[str, str]:
    """id -> text of the questions of an item of which something may still become, the newest 500."""
    here = select(Question.id, Question.text).where(
        Question.item_id == item_id, Question.state.in_(OPEN), Question.id != but
    )
    rows = session.execute(here.order_by(Question.asked_at.desc()).limit(500))
    return {row.id: row.text for row in rows}


def merged_in(session: Session, question_id: str) -> list[Question]:
    """What is merged into it, without what is merged into that."""
    return list(session.scalars(select(Question).where(Question.merged_into == question_id).order_by(Question.id)))


def inside(session: Session, question_id: str) -> list[Question]:
    """All that is merged into it, however deep."""
    found: list[Question] = []
    look = [question_id]
    while look:
        parts = merged_in(session, look.pop())
        found += parts
        look += [part.id for part in parts]
    return found


def above(session: Session, question: Question) -> list[Question]:
    """What it is merged into, and what that is merged into: the nearest first."""
    found: list[Question] = []
    while question.merged_into is not None:
        question = session.get_one(Question, question.merged_into)
        found.append(question)
    return found

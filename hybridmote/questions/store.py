"""Questions, who supports them, and the receipts their askers get."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..db import Base, Utc
from .model import State


class Question(Base):
    """`support` is the number of its upvotes, kept here so that a snapshot need not count."""

    __tablename__ = "question"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    item_id: Mapped[str] = mapped_column(ForeignKey("item.id"))
    author_id: Mapped[str] = mapped_column(ForeignKey("participant.id"), index=True, active_history=True)
    version: Mapped[int] = mapped_column(default=1)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[State] = mapped_column(Text, default="pending", active_history=True)
    name_hidden: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    support: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(Utc)
    left_by: Mapped[str | None] = mapped_column(Text)  # id of the step of the programme that took it off stage
    __table_args__ = (Index("question_by_state", "meeting_id", "state"),)

    def shown_in(self) -> list[tuple[str, str]]:
        return [("questions", self.id)]


class Upvote(Base):
    """One person's support for one question."""

    __tablename__ = "upvote"
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"), primary_key=True)
    participant_id: Mapped[str] = mapped_column(ForeignKey("participant.id"), primary_key=True, index=True)

    def shown_in(self) -> list[tuple[str, str]]:
        return [("upvotes", f"{self.question_id}.{self.participant_id}")]


class Receipt(Base):
    """Told once to the asker for each end their question came to."""

    __tablename__ = "receipt"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    participant_id: Mapped[str] = mapped_column(ForeignKey("participant.id"), index=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"))
    end: Mapped[str] = mapped_column(Text)  # answered or rejected
    text: Mapped[str] = mapped_column(Text)  # the question as it was
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Utc)
    __table_args__ = (Index("one_receipt_per_end", "question_id", "end", unique=True),)

    def shown_in(self) -> list[tuple[str, str]]:
        return [("receipts", self.id)]


def on_stage(session: Session, meeting_id: str) -> list[Question]:
    return list(
        session.scalars(select(Question).where(Question.meeting_id == meeting_id, Question.state == "on_stage"))
    )

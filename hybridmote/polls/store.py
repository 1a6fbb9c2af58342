"""Polls within items, and what each person answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Utc
from .model import Kind, State, left_out


class Poll(Base):
    """`counts` holds how many gave each answer, kept here so that a view need not count: {answer: number}; `walk_ins` the
    same of those among them who came in without a place."""

    __tablename__ = "poll"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("item.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[Kind] = mapped_column(Text)
    prompt: Mapped[str] = mapped_column(Text)
    options: Mapped[list[str]] = mapped_column(JSON, default=list)  # of a choice; of a scale, the words at its two ends
    most: Mapped[int] = mapped_column(
        default=1
    )  # how many one may choose; of a scale, its highest number; how many words one may give
    state: Mapped[State] = mapped_column(Text, default="draft", active_history=True)
    on_screen: Mapped[bool] = mapped_column(default=False)
    answered: Mapped[int] = mapped_column(default=0)  # people
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    walk_ins_answered: Mapped[int] = mapped_column(default=0)
    walk_ins: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    places_only: Mapped[bool] = mapped_column(default=False)  # what walk-ins answered is left out of what is shown

    def shown_counts(self) -> tuple[int, dict[str, int]]:
        """How many people have answered, and what: all of them, or those with a place."""
        if not self.places_only:
            return self.answered, self.counts
        return self.answered - self.walk_ins_answered, left_out(self.counts, self.walk_ins)

    made_at: Mapped[datetime] = mapped_column(Utc)
    opened_at: Mapped[datetime | None] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    closed_by: Mapped[str | None] = mapped_column(Text, index=True)  # the step of the programme that closed it
    hidden_by: Mapped[str | None] = mapped_column(Text, index=True)  # the step that took it off the screen

    def shown_in(self) -> list[tuple[str, str]]:
        return [("polls", self.id)]


class Answer(Base):
    """What one person answered; changed until the poll closes, never a second one."""

    __tablename__ = "poll_answer"
    poll_id: Mapped[str] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    participant_id: Mapped[str] = mapped_column(ForeignKey("participant.id"), primary_key=True, index=True)
    answers: Mapped[list[Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Utc)

    def shown_in(self) -> list[tuple[str, str]]:
        return [("answers", f"{self.poll_id}.{self.participant_id}")]

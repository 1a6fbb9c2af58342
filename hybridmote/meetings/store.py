"""The meeting's row. `seq` counts its committed batches: the row's lock makes one meeting's commands serial."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..db import Base, Utc


class Meeting(Base):
    __tablename__ = "meeting"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    seq: Mapped[int] = mapped_column(default=0)
    pruned: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(Text)
    tagline: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(Text, default="sv")
    timezone: Mapped[str] = mapped_column(Text, default="Europe/Stockholm")
    starts: Mapped[datetime] = mapped_column(Utc)
    ends: Mapped[datetime] = mapped_column(Utc)
    place: Mapped[str] = mapped_column(Text, default="")
    join_code: Mapped[str] = mapped_column(Text, unique=True)
    stream: Mapped[str] = mapped_column(
        Text, default=""
    )  # address of a picture made elsewhere; an item may have its own
    window_minutes: Mapped[int] = mapped_column(
        default=5
    )  # minutes after its end in which an item still takes questions
    slow_seconds: Mapped[int] = mapped_column(
        default=0
    )  # seconds between two questions of one person; 0: no limit of its own
    words: Mapped[list[str]] = mapped_column(
        JSON, default=list, active_history=True
    )  # questions in which they stand are pointed out to staff
    now_on: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    demo: Mapped[bool] = mapped_column(default=False)
    published: Mapped[bool] = mapped_column(default=True)  # until then it is not there for those we do not know

    def shown_in(self) -> list[tuple[str, str]]:
        return [("meeting", self.id)]


class MeetingText(Base):
    """One text of the invitation in one language. `step` is which of its steps it shows, `by` and `at` whose that is and
    when it was begun."""

    __tablename__ = "meeting_text"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    field: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    text: Mapped[str] = mapped_column(Text, default="")
    step: Mapped[int] = mapped_column(default=0)
    by: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)
    __table_args__ = (Index("meeting_text_field", "meeting_id", "field", "language", unique=True),)

    def shown_in(self) -> list[tuple[str, str]]:
        return [("texts", self.id)]


class TextStep(Base):
    """What a text was after one person's writing in one go; 0 is what it was before anybody's. `back` is the step that
    it followed, so that nothing is forgotten when somebody goes back and writes on from there."""

    __tablename__ = "meeting_text_step"
    text_id: Mapped[str] = mapped_column(ForeignKey("meeting_text.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    back: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)


def text_id(meeting_id: str, field: str, language: str) -> str:
    """There is one of each, so its id need not be made up."""
    return f"{meeting_id}-{field}-{language}"


def text_of(session: Session, meeting_id: str, field: str, language: str) -> MeetingText | None:
    here = select(MeetingText).where(
        MeetingText.meeting_id == meeting_id, MeetingText.field == field, MeetingText.language == language
    )
    return session.scalars(here).one_or_none()


def texts_of(session: Session, meeting_id: str) -> list[MeetingText]:
    return list(session.scalars(select(MeetingText).where(MeetingText.meeting_id == meeting_id)))


def last_step(session: Session, text_id: str) -> int:
    return session.scalar(select(func.max(TextStep.number)).where(TextStep.text_id == text_id)) or 0


def by_slug(session: Session, slug: str) -> Meeting | None:
    return session.scalars(_BY_SLUG, {"slug": slug}).one_or_none()


_BY_SLUG = select(Meeting).where(Meeting.slug == bindparam("slug"))


def all_meetings(session: Session) -> list[Meeting]:
    return list(session.scalars(select(Meeting).order_by(Meeting.starts, Meeting.slug)))

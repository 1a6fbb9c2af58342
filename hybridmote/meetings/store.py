"""The meeting's row. `seq` counts its committed batches: the row's lock makes one meeting's commands serial."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Text, bindparam, select
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

    def shown_in(self) -> list[tuple[str, str]]:
        return [("meeting", self.id)]


def by_slug(session: Session, slug: str) -> Meeting | None:
    return session.scalars(_BY_SLUG, {"slug": slug}).one_or_none()


_BY_SLUG = select(Meeting).where(Meeting.slug == bindparam("slug"))


def all_meetings(session: Session) -> list[Meeting]:
    return list(session.scalars(select(Meeting).order_by(Meeting.starts, Meeting.slug)))

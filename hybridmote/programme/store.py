"""Items, who speaks at them, and cues: the dated record of what went on and off."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..db import Base, Utc
from . import model


class Item(Base):
    """One point of the programme. `expected_*` are computed at every cue and stored: no view reads the clock."""

    __tablename__ = "item"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("item.id"))
    version: Mapped[int] = mapped_column(default=1)
    day: Mapped[str] = mapped_column(Text)  # ISO date in the meeting's zone
    track: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int]
    kind: Mapped[model.Kind] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    attendance: Mapped[str] = mapped_column(Text, default="both")  # hall, web or both
    promised: Mapped[bool] = mapped_column(default=False)
    minimum: Mapped[int | None]  # minutes it may be shortened to; None: not at all
    planned_start: Mapped[datetime | None] = mapped_column(Utc)
    planned_end: Mapped[datetime | None] = mapped_column(Utc)
    expected_start: Mapped[datetime | None] = mapped_column(Utc)
    expected_end: Mapped[datetime | None] = mapped_column(Utc)
    actual_start: Mapped[datetime | None] = mapped_column(Utc)
    actual_end: Mapped[datetime | None] = mapped_column(Utc)
    cancelled: Mapped[bool] = mapped_column(default=False)

    def shown_in(self) -> list[tuple[str, str]]:
        return [("programme", self.id)]

    def rule(self) -> model.Item:
        """The item as the rules know it."""
        return model.Item(
            id=self.id,
            parent=self.parent_id,
            track=self.track,
            day=self.day,
            order=self.position,
            kind=self.kind,
            planned_start=self.planned_start,
            planned_end=self.planned_end,
            minimum=None if self.minimum is None else timedelta(minutes=self.minimum),
            promised=self.promised,
            actual_start=self.actual_start,
            actual_end=self.actual_end,
            cancelled=self.cancelled,
        )


class Speaker(Base):
    """Somebody who speaks at an item; `participant_id` when they also take part in the meeting."""

    __tablename__ = "speaker"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    item_id: Mapped[str] = mapped_column(ForeignKey("item.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(Text, default="")
    role: Mapped[str] = mapped_column(Text, default="")
    organisation: Mapped[str] = mapped_column(Text, default="")
    participant_id: Mapped[str | None] = mapped_column(ForeignKey("participant.id"), index=True)

    def shown_in(self) -> list[tuple[str, str]]:
        return [("programme", self.item_id)]


class Cue(Base):
    """What went on or off, and when: recordings and chapters hang on these."""

    __tablename__ = "cue"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    item_id: Mapped[str] = mapped_column(ForeignKey("item.id"))
    kind: Mapped[str] = mapped_column(Text)  # on or off
    at: Mapped[datetime] = mapped_column(Utc)
    __table_args__ = (Index("cue_by_time", "meeting_id", "at"),)


def items_of(session: Session, meeting_id: str) -> list[Item]:
    return list(session.scalars(select(Item).where(Item.meeting_id == meeting_id).order_by(Item.day, Item.position)))


def speakers_of(session: Session, item_ids: list[str]) -> dict[str, list[Speaker]]:
    by_item: dict[str, list[Speaker]] = {}
    for speaker in session.scalars(select(Speaker).where(Speaker.item_id.in_(item_ids)).order_by(Speaker.position)):
        by_item.setdefault(speaker.item_id, []).append(speaker)
    return by_item

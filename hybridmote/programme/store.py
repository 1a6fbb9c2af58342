"""Items, who speaks at them, cues (the dated record of what went on and off), and the steps that can be taken back."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session

from ..db import Base, Utc, utc_now
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
    extended: Mapped[int] = mapped_column(default=0)  # minutes that it was given on the day
    by_clock: Mapped[bool] = mapped_column(default=False)  # it begins when its time comes, without a hand
    removed: Mapped[bool] = mapped_column(default=False, active_history=True)  # not in the programme any more
    changed_at: Mapped[datetime | None] = mapped_column(Utc, default=utc_now, onupdate=utc_now)  # for calendars
    stream: Mapped[str] = mapped_column(Text, default="")  # address of its own picture; empty: the meeting's
    asking: Mapped[str] = mapped_column(Text, default="screened")  # whether questions are screened, open or closed
    removed_with: Mapped[str | None] = mapped_column(Text)  # what was taken out with it inside, and puts it back
    key: Mapped[str] = mapped_column(Text, default="")  # its name in a file it was read from

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
            extended=timedelta(minutes=self.extended),
            by_clock=self.by_clock,
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
        """Who no longer speaks there hears less."""
        session = object_session(self)
        leaves = self.participant_id is not None and session is not None and self in session.deleted
        return [
            ("programme", self.item_id),
            *([("access", self.participant_id)] if leaves and self.participant_id else []),
        ]


class Step(Base):
    """One thing done to the programme, as a list of (item, field, before, after), so that it can be taken back."""

    __tablename__ = "step"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    track: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)  # start, next, finish, extend, correct or clock
    item_id: Mapped[str | None] = mapped_column(ForeignKey("item.id"))  # what it began, ended or concerned
    at: Mapped[datetime] = mapped_column(Utc)  # when it was done, which may be later than the time it states
    number: Mapped[int]  # in the order in which they were done
    changes: Mapped[list[list[Any]]] = mapped_column(JSON)
    undone: Mapped[bool] = mapped_column(default=False, active_history=True)
    __table_args__ = (Index("step_by_number", "meeting_id", "number", unique=True),)

    def shown_in(self) -> list[tuple[str, str]]:
        return [("steps", self.id)]


class Cue(Base):
    """What went on or off, and when: recordings and chapters hang on these."""

    __tablename__ = "cue"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    item_id: Mapped[str] = mapped_column(ForeignKey("item.id"))
    step_id: Mapped[str | None] = mapped_column(Text, index=True)
    kind: Mapped[str] = mapped_column(Text)  # on, off, or page
    page: Mapped[int | None]  # of the slides, when one was turned
    at: Mapped[datetime] = mapped_column(Utc)
    __table_args__ = (Index("cue_by_time", "meeting_id", "at"),)

    def shown_in(self) -> list[tuple[str, str]]:
        return [("cues", self.id)]


#: what a cue of each kind dates; a turned page dates nothing
EDGES: dict[str, model.Edge] = {"on": "actual_start", "off": "actual_end"}


def items_of(session: Session, meeting_id: str) -> list[Item]:
    """Without those that were taken out of the programme."""
    here = select(Item).where(Item.meeting_id == meeting_id, Item.removed.is_(False))
    return list(session.scalars(here.order_by(Item.day, Item.position)))


def removed_of(session: Session, meeting_id: str) -> list[Item]:
    """What was taken out by itself and can be put back."""
    gone = select(Item).where(Item.meeting_id == meeting_id, Item.removed, Item.removed_with == Item.id)
    return list(session.scalars(gone.order_by(Item.day, Item.position)))


def speakers_of(session: Session, item_ids: list[str]) -> dict[str, list[Speaker]]:
    by_item: dict[str, list[Speaker]] = {}
    for speaker in session.scalars(select(Speaker).where(Speaker.item_id.in_(item_ids)).order_by(Speaker.position)):
        by_item.setdefault(speaker.item_id, []).append(speaker)
    return by_item


def track_of(session: Session, item_id: str) -> str:
    """A child is in the track of its outermost parent."""
    item, passed = session.get_one(Item, item_id), {item_id}
    while item.parent_id and item.parent_id not in passed:
        passed.add(item.parent_id)
        item = session.get_one(Item, item.parent_id)
    return item.track

"""One-time codes, the keys of one's own phone, where walk-ins came from, and what somebody's try-out told."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..db import Base, Utc
from ..participants.store import SCREENS, Grant, Participant


class Code(Base):
    """A code that somebody asked for by an address. Without a participant the address is nobody's, and no code fits.

    It is good in the browser alone that asked: `key_hash` is of a secret which only that browser has, so that whoever
    reads the row, or the mail, cannot come in elsewhere. The code itself is made when its letter is sent."""

    __tablename__ = "one_time_code"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    email: Mapped[str] = mapped_column(Text)  # who it is is looked up apart, so that the answer takes the same time
    participant_id: Mapped[str | None] = mapped_column(ForeignKey("participant.id"), index=True)
    key_hash: Mapped[str] = mapped_column(Text, unique=True)
    code_hash: Mapped[str] = mapped_column(Text, default="")
    tries: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(Utc)
    expires_at: Mapped[datetime] = mapped_column(Utc)
    used_at: Mapped[datetime | None] = mapped_column(Utc)


class PhoneKey(Base):
    """What the QR for one's own phone opens, once. It dies with the way in of the device that showed it."""

    __tablename__ = "phone_key"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    participant_id: Mapped[str] = mapped_column(ForeignKey("participant.id"))
    by: Mapped[str] = mapped_column(Text)  # the grant or the account's stamp that showed it
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    expires_at: Mapped[datetime] = mapped_column(Utc)
    used_at: Mapped[datetime | None] = mapped_column(Utc)


class WalkIn(Base):
    """By which line a walk-in came, to count by; empty when that has been forgotten."""

    __tablename__ = "walk_in"
    participant_id: Mapped[str] = mapped_column(ForeignKey("participant.id"), primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    address: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Utc)


class Check(Base):
    """How it went when somebody tried whether the meeting works where they are; the latest time."""

    __tablename__ = "connection_check"
    participant_id: Mapped[str] = mapped_column(ForeignKey("participant.id"), primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    at: Mapped[datetime] = mapped_column(Utc)
    transport: Mapped[str] = mapped_column(Text)  # websocket, polling, none
    rtt: Mapped[int | None]  # milliseconds, the median of several
    down: Mapped[int | None]  # kilobits in a second
    up: Mapped[int | None]
    sound: Mapped[str] = mapped_column(Text, default="untried")  # yes, no, untried
    camera: Mapped[str] = mapped_column(Text, default="untried")  # works, refused, missing, untried
    microphone: Mapped[str] = mapped_column(Text, default="untried")
    browser: Mapped[str] = mapped_column(Text, default="")

    def told(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in TOLD}


TOLD = ("transport", "rtt", "down", "up", "sound", "camera", "microphone", "browser")


def key_by(session: Session, token_hash: str) -> PhoneKey | None:
    return session.scalars(select(PhoneKey).where(PhoneKey.token_hash == token_hash)).one_or_none()


def devices_of(session: Session, participant_id: str) -> list[Grant]:
    """The ways in that somebody has used and that still stand, the newest last."""
    mine = select(Grant).where(
        Grant.participant_id == participant_id, Grant.revoked_at.is_(None), Grant.used_at.is_not(None)
    )
    return list(session.scalars(mine.order_by(Grant.created_at, Grant.id)))


def person_with(session: Session, meeting_id: str, email: str) -> Participant | None:
    """Who has that address in the meeting, and may come in."""
    here = select(Participant).where(
        Participant.meeting_id == meeting_id,
        Participant.email == email,
        Participant.email != "",
        Participant.roles.not_in(["", *SCREENS]),
    )
    # somebody may wait for a place and also have one: who takes part comes first
    return next(iter(sorted(session.scalars(here), key=lambda p: (p.roles == "applicant", p.id))), None)

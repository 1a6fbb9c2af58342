"""The outbox: a letter names its template and its person, never its text, and commits with what caused it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Utc
from ..participants.store import Participant, new_id

if TYPE_CHECKING:
    from ..context import Context


class Letter(Base):
    """One mail to one address. Links and codes are made when it is sent, and never stored."""

    __tablename__ = "letter"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    template: Mapped[str] = mapped_column(Text)
    participant_id: Mapped[str | None] = mapped_column(ForeignKey("participant.id"), index=True)
    address: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(Text, default="sv")
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # what its template needs, never a secret
    state: Mapped[str] = mapped_column(Text, default="waiting")  # waiting, sending, sent, refused, failed
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was refused, or waits to be tried again
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Utc)
    lease_until: Mapped[datetime | None] = mapped_column(Utc)
    message_id: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Utc)
    sent_at: Mapped[datetime | None] = mapped_column(Utc)
    __table_args__ = (Index("letter_ready", "state", "next_at"),)


def post(
    ctx: "Context",
    template: str,
    *,
    person: Participant | None = None,
    to: str = "",
    name: str = "",
    language: str = "",
    data: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> Letter:
    """Leave a letter to a person of the meeting, or to an address that is nobody's yet. Sent when this has committed."""
    id = new_id()
    return ctx.add(
        Letter(
            id=id,
            meeting_id=ctx.meeting_id,
            template=template,
            participant_id=person.id if person else None,
            address=person.email if person else to,
            name=person.name if person else name,
            language=(person.language if person else language) or ctx.meeting.language,
            data=data or {},
            next_at=at or ctx.now,
            message_id=f"{id}@{ctx.meeting.slug}",
            created_at=ctx.now,
        )
    )

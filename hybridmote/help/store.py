"""Calls for help, each with the answer it got."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Utc


class Call(Base):
    """With the line as the asker's page saw it when they asked; `line` is None where no script ran."""

    __tablename__ = "help_call"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    author_id: Mapped[str] = mapped_column(ForeignKey("participant.id"), index=True, active_history=True)
    text: Mapped[str] = mapped_column(Text)
    line: Mapped[str | None] = mapped_column(Text)
    transport: Mapped[str | None] = mapped_column(Text)
    rtt_ms: Mapped[int | None]
    browser: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(Utc)
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_at: Mapped[datetime | None] = mapped_column(Utc)

    def shown_in(self) -> list[tuple[str, str]]:
        return [("help", self.id)]

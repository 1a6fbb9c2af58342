"""Notices: what staff tell everyone, or some, for some minutes."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Utc
from .model import To


class Notice(Base):
    __tablename__ = "notice"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    to: Mapped[To] = mapped_column(Text, active_history=True)
    track: Mapped[str] = mapped_column(Text, default="")  # to the hall and the speaker: of which track
    item_id: Mapped[str | None] = mapped_column(
        ForeignKey("item.id"), active_history=True
    )  # whose speakers, if to them
    at: Mapped[datetime] = mapped_column(Utc)
    until: Mapped[datetime] = mapped_column(Utc)  # nobody need show it any more
    cleared: Mapped[bool] = mapped_column(default=False, active_history=True)

    def shown_in(self) -> list[tuple[str, str]]:
        return [("notices", self.id)]

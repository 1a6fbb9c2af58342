"""Decks and their pages. The images lie in the data folder, named by their content; only their names are here."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..db import Base, Utc
from .model import State


class Deck(Base):
    """One PDF of one item. `page` is the one everyone sees, counted from 1; 0 before the first is shown."""

    __tablename__ = "deck"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("item.id"), index=True, active_history=True)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(Text)  # of the file, as it was called where it came from
    file: Mapped[str] = mapped_column(Text)  # SHA-256 of the PDF, hexadecimal
    state: Mapped[State] = mapped_column(Text, default="waiting", active_history=True)
    error: Mapped[str] = mapped_column(Text, default="")  # one snake_case word
    done: Mapped[int] = mapped_column(default=0)  # pages rendered so far
    pages: Mapped[int] = mapped_column(default=0)
    page: Mapped[int] = mapped_column(default=0, active_history=True)
    uploaded_at: Mapped[datetime] = mapped_column(Utc)
    uploaded_by: Mapped[str] = mapped_column(ForeignKey("participant.id"))

    def shown_in(self) -> list[tuple[str, str]]:
        return [("slides", self.id)]


class Page(Base):
    """One page as an image and as text."""

    __tablename__ = "page"
    deck_id: Mapped[str] = mapped_column(ForeignKey("deck.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    file: Mapped[str] = mapped_column(Text)  # SHA-256 of the image, hexadecimal
    width: Mapped[int]
    height: Mapped[int]
    text: Mapped[str] = mapped_column(Text)


def decks_of(session: Session, item_id: str) -> list[Deck]:
    """Of an item, the oldest first."""
    return list(session.scalars(select(Deck).where(Deck.item_id == item_id).order_by(Deck.uploaded_at, Deck.id)))


def pages_of(session: Session, deck_id: str) -> list[Page]:
    return list(session.scalars(select(Page).where(Page.deck_id == deck_id).order_by(Page.number)))


def files_named(session: Session) -> set[str]:
    """Every file that a deck or a page is made of."""
    return {*session.scalars(select(Deck.file)), *session.scalars(select(Page.file))}

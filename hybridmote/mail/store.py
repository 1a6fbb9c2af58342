"""The outbox: a letter names its template and its person, never its text, and commits with what caused it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..db import Base, Utc
from ..participants.store import SCREENS, Grant, Participant, new_id
from .model import Attachment, defaults, digest, translator

if TYPE_CHECKING:
    from ..context import Context

STATES = ("waiting", "sending", "sent", "refused", "failed", "cancelled")


class Letter(Base):
    """One mail to one address. Links and codes are made when it is sent, and never stored."""

    __tablename__ = "letter"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    template: Mapped[str] = mapped_column(Text)
    participant_id: Mapped[str | None] = mapped_column(ForeignKey("participant.id"), index=True)
    invitee_id: Mapped[str | None] = mapped_column(Text)  # of the address list, where it is an invitation
    address: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(Text, default="sv")
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # what its template needs, never a secret
    state: Mapped[str] = mapped_column(Text, default="waiting")  # of STATES
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was refused, or waits to be tried again
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Utc)  # not before
    begun_at: Mapped[datetime | None] = mapped_column(Utc)  # tried first: patience is counted from it
    tried_at: Mapped[datetime | None] = mapped_column(Utc, index=True)  # last: the pace of all workers is kept by it
    lease_until: Mapped[datetime | None] = mapped_column(Utc)
    message_id: Mapped[str] = mapped_column(Text, default="")  # the same at every attempt; fixed at the first
    grant_id: Mapped[str | None] = mapped_column(Text)  # the way in that the last attempt made
    created_at: Mapped[datetime] = mapped_column(Utc)
    sent_at: Mapped[datetime | None] = mapped_column(Utc)
    __table_args__ = (Index("letter_ready", "state", "next_at"),)


class Outbox(Base):
    """What a meeting's letters add up to. The desk hears of this row, and asks for the letters themselves."""

    __tablename__ = "outbox"
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    stamp: Mapped[int] = mapped_column(default=0)  # another number when any letter changed
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # by state
    bounced: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # person -> what their mail server said last
    trouble: Mapped[str] = mapped_column(Text, default="")  # why no letter leaves at all; empty: they do

    def shown_in(self) -> list[tuple[str, str]]:
        return [("letters", self.meeting_id)]


class LetterText(Base):
    """The words of a template that a meeting has changed. Without a row it has the product's own."""

    __tablename__ = "letter_text"
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    template: Mapped[str] = mapped_column(Text, primary_key=True)
    language: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(default=2)  # 1 is the product's own
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)  # Markdown


class Invitee(Base):
    """An address on a meeting's list of those who are to be invited."""

    __tablename__ = "invitee"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    address: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, default="")
    organisation: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(Text, default="")  # empty: the meeting's
    added_at: Mapped[datetime] = mapped_column(Utc)
    invited_at: Mapped[datetime | None] = mapped_column(Utc)
    __table_args__ = (Index("invitee_by_address", "meeting_id", "address", unique=True),)


class Unsubscribed(Base):
    """Somebody who wants no more invitations, from any meeting here. Only the address's digest is kept: it is enough to
    know it again, and the list it stood on can be erased while the No still stands."""

    __tablename__ = "unsubscribed"
    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))  # whose invitation it was
    at: Mapped[datetime] = mapped_column(Utc)


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
    invitee: Invitee | None = None,
) -> Letter | None:
    """Leave a letter to a person of the meeting, or to an address that is nobody's yet. Sent when this has committed, not
    before `at`. `to` is as `model.address` writes it. None when the person has no address."""
    address = person.email if person else invitee.address if invitee else to
    if not address:
        return None
    if person is not None:
        name, language = person.name, person.language
    elif invitee is not None:
        name, language = invitee.name, invitee.language
    letter = Letter(
        id=new_id(),
        meeting_id=ctx.meeting_id,
        template=template,
        participant_id=person.id if person else None,
        invitee_id=invitee.id if invitee else None,
        address=address,
        name=name,
        language=language or ctx.meeting.language,
        data=data or {},
        state="waiting",
        next_at=at or ctx.now,
        created_at=ctx.now,
    )
    counted(ctx, waiting=1)
    return ctx.add(letter)


def withdraw(ctx: "Context", person: Participant, *templates: str) -> int:
    """Take back the person's letters that still wait: all, or those of the templates. Before a place is handed over, so
    that no link is made for somebody who has none any more."""
    waiting = select(Letter).where(Letter.participant_id == person.id, Letter.state == "waiting")
    if templates:
        waiting = waiting.where(Letter.template.in_(templates))
    letters = list(ctx.session.scalars(waiting))
    for letter in letters:
        letter.state = "cancelled"
    if letters:
        counted(ctx, waiting=-len(letters), cancelled=len(letters))
    return len(letters)


def counted(ctx: "Context", **more: int) -> Outbox:
    """So many letters more in each state, until the next time they are all counted."""
    outbox = ctx.find(Outbox, ctx.meeting_id)
    if outbox is None:
        outbox = ctx.add(Outbox(meeting_id=ctx.meeting_id, stamp=0, counts={}, bounced={}, trouble=""))
        ctx.session.flush()  # found again by the next letter of the same command
    counts = outbox.counts
    outbox.counts = {s: n for s in STATES if (n := max(0, counts.get(s, 0) + more.get(s, 0)))}
    outbox.stamp += 1
    return outbox


def words_of(session: Session, meeting_id: str, template: str, language: str) -> tuple[str, str, int]:
    """(subject, body, version) of a template in a meeting: its own words, or the product's (version 1)."""
    own = session.get(LetterText, (meeting_id, template, language))
    return (own.subject, own.body, own.version) if own else (*defaults(template, translator(language)), 1)


def people_to(session: Session, meeting_id: str, group: str, chosen: Sequence[str] = ()) -> list[Participant]:
    """Those of a group who can be written to. `unused`: nobody has come in by any link of theirs."""
    here = select(Participant).where(
        Participant.meeting_id == meeting_id, Participant.email != "", Participant.roles.not_in(["", *SCREENS])
    )
    if group in ("hall", "web"):
        here = here.where(Participant.attendance == group)
    elif group == "chosen":
        here = here.where(Participant.id.in_(chosen))
    elif group == "unused":
        used = select(Grant.participant_id).where(Grant.meeting_id == meeting_id, Grant.used_at.is_not(None))
        here = here.where(Participant.id.not_in(used), Participant.account_id.is_(None))
    found = session.scalars(here.order_by(Participant.name, Participant.id))
    return [p for p in found if group != "speakers" or "speaker" in p.role_set]


def is_unsubscribed(session: Session, address: str) -> bool:
    return session.get(Unsubscribed, digest(address)) is not None


def to_invite(session: Session, meeting_id: str, again: bool = False) -> list[Invitee]:
    """Those of the address list who are to be invited: who has not been yet (or has been, `again`), has not said no, and
    does not take part already."""
    here = select(Participant.email).where(Participant.meeting_id == meeting_id, Participant.email != "")
    listed = select(Invitee).where(Invitee.meeting_id == meeting_id, Invitee.address.not_in(here))
    if not again:
        listed = listed.where(Invitee.invited_at.is_(None))
    no = set(session.scalars(select(Unsubscribed.digest)))
    return [i for i in session.scalars(listed.order_by(Invitee.address)) if digest(i.address) not in no]


def file_of(data: Path, meeting: str, letter: str) -> Path:
    """Where a letter lies when letters are files. `meeting`: its name in addresses."""
    return data / "mail" / meeting / f"{letter}.eml"


# ---- what later rooms add to a letter when it is sent -----------------------------------------------------------------

Supply = Callable[[Session, Letter, datetime], dict[str, str]]
Attach = Callable[[Session, Letter], list[Attachment]]
SUPPLIES: dict[str, list[Supply]] = {}
ATTACHES: dict[str, list[Attach]] = {}


def supplies(*templates: str) -> Callable[[Supply], Supply]:
    """Fill in placeholders when a letter is written: `f(session, letter, now) -> {placeholder: text}`. It runs in the
    transaction that takes the letter and may add rows, such as a token's digest; it commits before the mail goes out,
    so what it gives opens a door that is there. Raise NotNow to let the letter go unsent for good."""

    def register(supply: Supply) -> Supply:
        for template in templates:
            SUPPLIES.setdefault(template, []).append(supply)
        return supply

    return register


def attaches(*templates: str) -> Callable[[Attach], Attach]:
    """Add files to a letter: `f(session, letter) -> [Attachment]`."""

    def register(attach: Attach) -> Attach:
        for template in templates:
            ATTACHES.setdefault(template, []).append(attach)
        return attach

    return register


class NotNow(Exception):
    """A letter whose cause is gone, say a code that was used or a place that was given up: it is not sent."""

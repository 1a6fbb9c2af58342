"""People in a meeting, their grants (links and tokens, stored hashed), accounts for staff, and the audit log."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..db import Base, Utc

ROLES = (
    "organiser",
    "moderator",
    "speaker",
    "leader",
    "participant",
    "asker",
    "listener",
    "applicant",
    "screen",
    "lectern",
)
SCREENS = frozenset({"screen", "lectern"})  # what a thing can be, and no person
MOST_PEOPLE = 8  # shown of a name: who is meant can be told apart by more of it
DECIDES = ("roles", "account_id", "attendance", "track")  # who they are to others, and what they hear


class Account(Base):
    """Staff who sign in with e-mail and password. `stamp` changes when every sign-in is to end."""

    __tablename__ = "account"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    email: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    stamp: Mapped[str] = mapped_column(Text)


class Participant(Base):
    """One person (or one screen) in one meeting."""

    __tablename__ = "participant"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(Text)
    organisation: Mapped[str] = mapped_column(Text, default="")
    # space-separated, of ROLES
    roles: Mapped[str] = mapped_column(Text, default="participant", active_history=True)
    attendance: Mapped[str | None] = mapped_column(Text)  # hall, web, or neither
    email: Mapped[str] = mapped_column(Text, default="")  # as `mail.model.address` writes it; empty: not known
    language: Mapped[str] = mapped_column(Text, default="")  # sv or en, for letters; empty: the meeting's
    track: Mapped[str] = mapped_column(
        Text, default=""
    )  # which one a screen or lectern follows, where there are several
    walk_in: Mapped[bool] = mapped_column(default=False)  # came without a place: what they answer may be left out
    muted: Mapped[str] = mapped_column(Text, default="", active_history=True)  # why they may not ask; empty: they may
    muted_until: Mapped[datetime | None] = mapped_column(Utc)  # without an end when there is none
    __table_args__ = (
        Index("participant_of_account", "meeting_id", "account_id", unique=True),
        Index("participant_by_email", "meeting_id", "email"),
    )

    @property
    def role_set(self) -> frozenset[str]:
        return frozenset(self.roles.split())

    def shown_in(self) -> list[tuple[str, str]]:
        state = inspect(self)
        shown = []
        if state.deleted or (state.persistent and any(state.attrs[name].history.has_changes() for name in DECIDES)):
            shown.append(("access", self.id))
        roles = state.attrs.roles.history
        if SCREENS.intersection((*(roles.added or ()), *(roles.unchanged or ()), *(roles.deleted or ()))):
            shown.append(("screens", self.id))
        if any(state.attrs[name].history.has_changes() for name in ("muted", "muted_until")):
            shown.append(("muted", self.id))
        return shown


class Grant(Base):
    """A way in for one participant: a personal link, or a token for a program. Several may live at once."""

    __tablename__ = "grant_"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    participant_id: Mapped[str] = mapped_column(ForeignKey("participant.id"), index=True)
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    created_at: Mapped[datetime] = mapped_column(Utc)
    revoked_at: Mapped[datetime | None] = mapped_column(Utc)
    used_at: Mapped[datetime | None] = mapped_column(Utc)  # when a browser was first let in by it
    how: Mapped[str] = mapped_column(Text, default="")  # it was made: code, phone, walk_in; empty: by a link or a form
    device: Mapped[str] = mapped_column(Text, default="")  # that came in by it, as its owner would call it
    why: Mapped[str] = mapped_column(Text, default="")  # it was revoked, where its page says so: handed_over, cancelled

    def shown_in(self) -> list[tuple[str, str]]:
        return [("access", self.participant_id)] if self.revoked_at else []


class Pairing(Base):
    """A screen or lectern that shows a code and waits to be let in. Only the device knows the secret."""

    __tablename__ = "pairing"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    secret_hash: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(Utc, index=True)
    meeting_id: Mapped[str | None] = mapped_column(ForeignKey("meeting.id"))
    grant_id: Mapped[str | None] = mapped_column(ForeignKey("grant_.id"))


class AuditEntry(Base):
    """What a member of staff did. Only ever added to."""

    __tablename__ = "audit"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    at: Mapped[datetime] = mapped_column(Utc)
    who: Mapped[str | None] = mapped_column(Text)
    who_name: Mapped[str] = mapped_column(Text, default="")
    what: Mapped[str] = mapped_column(Text)
    object_id: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[Any] = mapped_column(JSON)
    after: Mapped[Any] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text, default="")

    def shown_in(self) -> list[tuple[str, str]]:
        return [("audit", self.id)]


def new_id() -> str:
    """An opaque id of 96 random bits; safe in a URL and as an HTML id."""
    return "i" + secrets.token_urlsafe(12)


def new_token() -> str:
    """A secret of 192 random bits."""
    return secrets.token_urlsafe(24)


def hashed(token: str) -> str:
    """SHA-256 of a token: enough, since the token itself is random and long."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def grant_of(session: Session, token: str) -> Grant | None:
    """The grant a token opens, if it was not revoked."""
    return session.scalars(
        select(Grant).where(Grant.token_hash == hashed(token), Grant.revoked_at.is_(None))
    ).one_or_none()


def closed_way(session: Session, token: str) -> str:
    """Why a link was closed, of those that say so; empty: it was not, or it never opened anything."""
    return (
        session.scalar(select(Grant.why).where(Grant.token_hash == hashed(token), Grant.revoked_at.is_not(None))) or ""
    )


def participant_of_account(session: Session, meeting_id: str, account_id: str) -> Participant | None:
    return session.scalars(
        select(Participant).where(Participant.meeting_id == meeting_id, Participant.account_id == account_id)
    ).one_or_none()


def people_called(session: Session, meeting_id: str, name: str) -> list[Participant]:
    """Those who take part and are called that; of a name or an organisation, two letters at least."""
    wanted = name[:100].casefold().split()
    if len("".join(wanted)) < 2:
        return []
    here = select(Participant).where(Participant.meeting_id == meeting_id, Participant.roles.not_in(["", *SCREENS]))
    return [
        person
        for person in session.scalars(here.order_by(Participant.name, Participant.id))
        if all(word in f"{person.name} {person.organisation}".casefold() for word in wanted)
    ]


def muted_in(session: Session, meeting_id: str, now: datetime) -> list[Participant]:
    """Those who may not ask for now."""
    here = select(Participant).where(Participant.meeting_id == meeting_id, Participant.muted != "")
    found = session.scalars(here.order_by(Participant.name, Participant.id))
    return [person for person in found if person.muted_until is None or person.muted_until > now]


def unopened(participant: Participant, now: datetime) -> Grant:
    """A way in that no token opens: only the browser whose cookie names it."""
    return Grant(
        id=new_id(),
        meeting_id=participant.meeting_id,
        participant_id=participant.id,
        token_hash=hashed(new_token()),
        created_at=now,
        used_at=now,
    )


def mint(session: Session, participant: Participant, now: datetime) -> str:
    """A new way in; the token is returned once and never stored."""
    token = new_token()
    session.add(
        Grant(
            id=new_id(),
            meeting_id=participant.meeting_id,
            participant_id=participant.id,
            token_hash=hashed(token),
            created_at=now,
        )
    )
    return token

"""Who asks, in which meeting, in which roles.

A caller comes by a token (a program, a socket) or by the browser's signed cookie, which names a grant or an account and
holds no secret. Either is looked up in *this* meeting, and again inside every command's transaction, so what was revoked
a moment ago opens nothing.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from . import offload
from .meetings.model import is_slug
from .meetings.store import Meeting, by_slug
from .participants.store import Account, Grant, Participant, hashed, participant_of_account
from .problems import Refused

STAFF = frozenset({"organiser", "moderator"})
GUEST = "guest"  # anybody at all: whoever reads the invitation; everybody else may what a guest may
GUESTS = frozenset({GUEST})
# With what nobody is given by itself: a `presenter` brings slides, a `turner` turns their pages. An `applicant` waits for
# a place and may do what concerns it, but does not take part yet. Walk-ins may be let in as `listener`, who follows, or
# `asker`, who also asks and supports. A `person` is whoever is not a screen.
_TAKES_PART = {"participant", "asker", "listener", "applicant", "person"}
IMPLIES = {
    "organiser": {"moderator", "presenter", "turner", *_TAKES_PART},
    "moderator": {"presenter", "turner", *_TAKES_PART},
    "speaker": {"presenter", "turner", *_TAKES_PART},
    "leader": _TAKES_PART,
    "participant": _TAKES_PART,
    "asker": {"listener", "person"},
    "listener": {"person"},
    "applicant": {"person"},
    "lectern": {"turner"},
}

_hasher = PasswordHasher(parallelism=1)
_hashing = threading.Semaphore(1)  # one at a time: a dozen at once would leave the server's loop no processor
_layer_sources: list[Callable[[Session, Participant], Iterable[str]]] = []


Way = tuple[str, str]  # a participant, and their grant or their account's stamp


@dataclass(frozen=True)
class Caller:
    """Somebody admitted to a meeting; `grant_id` or `stamp` is what lets them in."""

    meeting_id: str
    slug: str
    participant_id: str
    name: str
    roles: frozenset[str]  # with what they imply
    given: tuple[str, ...]  # as given, in order
    attendance: str | None
    layers: tuple[str, ...]
    track: str = ""  # which one a screen or lectern follows
    grant_id: str | None = None
    stamp: str | None = None
    address: str = ""  # of a guest: what their tries are counted against

    @property
    def guest(self) -> bool:
        return not self.participant_id

    @property
    def way(self) -> Way:
        """By which they were let in; cheaper to compare than all of this."""
        return self.participant_id, self.grant_id or self.stamp or ""

    @property
    def staff(self) -> bool:
        return bool(self.roles & STAFF)

    def me(self) -> dict[str, Any]:
        return {
            "id": self.participant_id,
            "name": self.name,
            "roles": list(self.given),
            "attendance": self.attendance,
            "track": self.track,
            "layers": list(self.layers),
            "meeting": self.slug,
        }


def layer_source(source: Callable[[Session, Participant], Iterable[str]]) -> Any:
    """A room adds layers a participant hears: `speaker:<item>`, `group:<id>`."""
    _layer_sources.append(source)
    return source


@lru_cache(maxsize=256)
def implied(roles: str) -> frozenset[str]:
    """Roles as a participant's row holds them, with what they imply."""
    given = roles.split()
    return GUESTS.union(given, *(IMPLIES.get(role, ()) for role in given))


def layers_of(session: Session, participant: Participant) -> tuple[str, ...]:
    """One shared layer, then groups, then the personal one: the order in which they are laid over each other."""
    if participant.roles == "applicant":
        return (f"person:{participant.id}",)
    shared = "staff" if participant.role_set & STAFF else "public"
    more = [layer for source in _layer_sources for layer in source(session, participant)]
    return (shared, *sorted(more, reverse=True), f"person:{participant.id}")


# One question to the database each: everybody who joins is asked for twice. Read anew even if the session knows them.
_PERSON = (
    select(Participant, Meeting.slug)
    .join(Meeting, Meeting.id == Participant.meeting_id)
    .where(Meeting.id == bindparam("meeting"))
    .execution_options(populate_existing=True)
)
_WITH_GRANT = (
    _PERSON.add_columns(Grant.id)
    .join(Grant, Grant.participant_id == Participant.id)
    .where(Grant.meeting_id == Meeting.id, Grant.revoked_at.is_(None))
)
_BY_TOKEN = _WITH_GRANT.where(Grant.token_hash == bindparam("token"))
_BY_GRANT_ID = _WITH_GRANT.where(Grant.id == bindparam("grant"))
_BY_STAMP = (
    _PERSON.add_columns(Account.stamp)
    .join(Account, Account.id == Participant.account_id)
    .where(Participant.id == bindparam("person"), Account.stamp == bindparam("stamp"))
)


def by_token(session: Session, meeting: Meeting, token: str) -> Caller | None:
    return _by_grant(session, _BY_TOKEN, {"meeting": meeting.id, "token": hashed(token)})


def by_cookie(session: Session, meeting: Meeting, cookie: Mapping[str, Any]) -> Caller | None:
    """`cookie`: the verified content of the session cookie: `grants` {meeting id: grant id}, `account` [id, stamp]."""
    grant_id = (cookie.get("grants") or {}).get(meeting.id)
    caller = _by_grant(session, _BY_GRANT_ID, {"meeting": meeting.id, "grant": grant_id}) if grant_id else None
    if caller is not None:
        return caller
    account = account_of(session, cookie)
    person = participant_of_account(session, meeting.id, account.id) if account else None
    return _caller(session, person, meeting.slug, stamp=account.stamp) if account and person else None


def by_way(session: Session, meeting: Meeting, way: Way) -> Caller | None:
    """Somebody of whom the way in was kept, as long as it stands."""
    person, by = way
    found = _by_grant(session, _BY_GRANT_ID, {"meeting": meeting.id, "grant": by})
    return found if found and found.participant_id == person else _by_stamp(session, meeting.id, person, by)


def account_of(session: Session, cookie: Mapping[str, Any]) -> Account | None:
    account_id, stamp = cookie.get("account") or (None, None)
    account = session.get(Account, account_id) if account_id else None
    return account if account is not None and account.stamp == stamp else None


def _by_grant(session: Session, query: Any, given: Mapping[str, str]) -> Caller | None:
    row = session.execute(query, given).one_or_none()
    return _caller(session, row[0], row[1], grant_id=row[2]) if row else None


def _by_stamp(session: Session, meeting_id: str, person: str, stamp: str) -> Caller | None:
    row = session.execute(_BY_STAMP, {"meeting": meeting_id, "person": person, "stamp": stamp}).one_or_none()
    return _caller(session, row[0], row[1], stamp=row[2]) if row else None


def _caller(session: Session, person: Participant, slug: str, **by: str) -> Caller:
    return Caller(
        meeting_id=person.meeting_id,
        slug=slug,
        participant_id=person.id,
        name=person.name,
        roles=implied(person.roles),
        given=tuple(person.roles.split()),
        attendance=person.attendance,
        layers=layers_of(session, person),
        track=person.track,
        **by,
    )


def guest(meeting: Meeting, address: str) -> Caller:
    """Somebody we do not know, who may do what guests may. Their commands are counted against the address."""
    return Caller(meeting.id, meeting.slug, "", "", GUESTS, (), None, (), address=address)


def again(session: Session, caller: Caller) -> Caller | None:
    """The same caller as the database knows them now; None when what let them in was revoked."""
    if caller.guest:
        return caller
    if caller.grant_id:
        now = _by_grant(session, _BY_GRANT_ID, {"meeting": caller.meeting_id, "grant": caller.grant_id})
        return now if now and now.participant_id == caller.participant_id else None
    return _by_stamp(session, caller.meeting_id, caller.participant_id, caller.stamp) if caller.stamp else None


_BY_GRANT = (
    select(Grant.participant_id, Grant.id, Participant.roles)
    .join(Participant, Participant.id == Grant.participant_id)
    .where(
        Grant.id.in_(bindparam("grants", expanding=True)),
        Grant.revoked_at.is_(None),
        Participant.meeting_id == bindparam("meeting"),
    )
)
_BY_ACCOUNT = (
    select(Participant.id, Account.stamp, Participant.roles)
    .join(Account, Account.id == Participant.account_id)
    .where(Participant.id.in_(bindparam("people", expanding=True)), Participant.meeting_id == bindparam("meeting"))
)


def still_open(session: Session, meeting_id: str, callers: Iterable[Caller]) -> dict[Way, frozenset[str]]:
    """The ways in that still stand, with the roles their people have now; in at most two queries."""
    callers = list(callers)
    grants = {c.grant_id for c in callers if c.grant_id}
    stamped = {c.participant_id for c in callers if not c.grant_id}
    rows: list[Any] = []
    if grants:
        rows += session.execute(_BY_GRANT, {"grants": list(grants), "meeting": meeting_id})
    if stamped:
        rows += session.execute(_BY_ACCOUNT, {"people": list(stamped), "meeting": meeting_id})
    return {(person, by): implied(roles) for person, by, roles in rows if by}


def find_meeting(session: Session, slug: str) -> Meeting:
    meeting = by_slug(session, slug) if is_slug(slug) else None
    if meeting is None:
        raise Refused("not_found")
    return meeting


# ---- passwords: hashing is slow on purpose, so it runs beside the server's loop ----


def hash_password(password: str) -> str:
    with _hashing:
        return offload.run(_hasher.hash, password)


def password_fits(password_hash: str, password: str) -> bool:
    try:
        with _hashing:
            return offload.run(_hasher.verify, password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


#: verified when the account is unknown, so that the time taken does not tell which e-mails exist
NOBODY = _hasher.hash("nobody")

"""Empties the outbox: takes a letter, writes it, sends it, notes what became of it. One at a time.

`sending` is committed before the first byte leaves, with a lease that is renewed, and `sent` right after the server has
taken it. So a worker that is killed loses no letter and repeats only the one in its hands, under the same Message-ID,
and of two workers only one has a letter in its hands.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import structlog
from sqlalchemy import case, func, or_, select, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from ... import metrics
from ...config import Settings
from ...db import database, reading, transaction, utc_now
from ...dispatch import dispatch
from ...meetings.store import Meeting
from ...participants.store import Grant, Participant, hashed, new_id, new_token
from ...worker import beside
from ..model import TEMPLATES, NoAddress, mailbox, message, token_of, wire, write
from ..store import ATTACHES, SUPPLIES, Invitee, Letter, NotNow, is_unsubscribed, words_of
from ..views import common, reply_to, samples, whole
from .line import Later, Line, Never, Trouble, line

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
PATIENCE = timedelta(days=2)  # how long a letter is tried
FIRST, MOST = timedelta(seconds=30), timedelta(hours=1)  # between two tries of the same
REST, LONGEST = 5.0, 300.0  # seconds the server is left alone after trouble, doubled each time
LOOK = 0.5
NOTED = 1.0  # seconds between two tellings of how far it is
PACE = 0x6D61696C  # of the lock by which workers on PostgreSQL take turns
BROKEN = 8  # times that a letter may fail to be written


@beside("mail")
def empty(stop: threading.Event, settings: Settings) -> None:
    office = Office(settings)
    try:
        while not stop.is_set():
            if not office.send_next(stop):
                office.quiet()
                stop.wait(LOOK)
    finally:
        office.close()


class Taken(NamedTuple):
    """A letter in our hands, written."""

    id: str
    meeting: str
    slug: str
    to: str
    mail: EmailMessage
    attempts: int
    begun_at: datetime


class Office:
    """One worker's way of sending: a line, a pace, and which meetings are to be told."""

    def __init__(self, settings: Settings, way: Line | None = None) -> None:
        self.settings = settings
        self.line = way or line(settings)
        self.rest_until, self.rests = 0.0, 0
        self.slot = 0.0
        self.changed: set[str] = set()
        self.told = 0.0
        self.trouble = ""

    def send_next(self, stop: threading.Event | None = None) -> bool:
        """Send one letter, if one waits and one may. Returns whether to go on at once."""
        if self.settings.mail_backend == "off" or time.monotonic() < self.rest_until:
            return False
        found = self._next()
        if found is None:
            return False
        if (wait := self.slot - time.monotonic()) > 0:
            (stop or threading.Event()).wait(min(wait, LOOK))
            return True
        id, meeting = found
        try:
            self._sender("")
            self.line.ready()
        except Trouble as trouble:
            self._rest(str(trouble))
            return False
        self.changed.add(meeting)
        taken = self._take(id)
        if taken is not None:
            self.slot = time.monotonic() + 60 / self.settings.mail_per_minute
            self._send(taken)
        self.tell()
        return True

    def quiet(self) -> None:
        self.line.rest()
        self.tell(now=True)

    def close(self) -> None:
        self.tell(now=True)
        self.line.close()

    # ---- which, and whether it is ours ----

    def _next(self) -> tuple[str, str] | None:
        """What has waited longest; first those that somebody sits and waits for."""
        waited_for = case((Letter.template == "code", 0), else_=1)
        query = select(Letter.id, Letter.meeting_id).where(_ready(utc_now())).order_by(waited_for, Letter.next_at)
        with reading() as session:
            row = session.execute(query.limit(1)).first()
            return (row.id, row.meeting_id) if row else None

    def _take(self, id: str) -> Taken | None:
        """Lease it and write it. What it says and the ways in that it opens are committed before it goes out."""
        try:
            with transaction() as session:
                if (wait := self._turn(session)) > 0:
                    self.slot = time.monotonic() + wait
                    return None
                now = utc_now()
                letter = _locked(session, id, now)
                if letter is None:
                    return None
                crashed = letter.state == "sending"
                letter.state, letter.lease_until, letter.reason = "sending", now + LEASE, ""
                letter.attempts += 1
                letter.tried_at = now
                letter.begun_at = letter.begun_at or now
                letter.message_id = letter.message_id or f"{letter.id}@{self._domain()}"
                meeting = session.get_one(Meeting, letter.meeting_id)
                mail = self._write(session, letter, meeting, now, crashed)
                return Taken(id, meeting.id, meeting.slug, letter.address, mail, letter.attempts, letter.begun_at)
        except NotNow:
            _note(id, None, state="cancelled")
        except OperationalError:
            raise  # the database is away or busy: that is no letter's fault
        except Exception as error:  # whatever is wrong with one letter, the others go on
            log.error("a letter cannot be written", letter=id, exc_info=True)
            self._again(id, f"it could not be written: {type(error).__name__}")
        return None

    def _turn(self, session: Session) -> float:
        """Seconds until a letter may be taken: the pace is that of all workers together, so it is kept by the letters
        themselves, and one worker at a time asks."""
        if not database().sqlite:  # there whoever writes is alone
            session.execute(select(func.pg_advisory_xact_lock(PACE)))
        now = utc_now()
        # a clock that was wrong by more than that holds nobody up
        last = session.scalar(select(func.max(Letter.tried_at)).where(Letter.tried_at < now + timedelta(minutes=1)))
        pace = timedelta(minutes=1) / self.settings.mail_per_minute
        return 0.0 if last is None else (last + pace - now).total_seconds()

    def _again(self, id: str, reason: str) -> None:
        with transaction() as session:
            letter = session.get(Letter, id)
            if letter is not None and letter.state in ("waiting", "sending"):
                letter.attempts += 1
                letter.state = "failed" if letter.attempts >= BROKEN else "waiting"
                letter.reason, letter.lease_until = reason, None
                letter.next_at = utc_now() + _backoff(letter.attempts)

    # ---- what it says ----

    def _write(self, session: Session, letter: Letter, meeting: Meeting, now: datetime, crashed: bool) -> EmailMessage:
        s, template = self.settings, TEMPLATES[letter.template]
        person = session.get(Participant, letter.participant_id) if letter.participant_id else None
        values: dict[str, str] = common(s, meeting, letter.language)
        values |= {"name": letter.name, "organisation": person.organisation if person else ""}
        values |= {key: str(value) for key, value in letter.data.items() if value is not None}
        unsubscribe = ""
        if letter.data.get("test"):
            values = samples(s, meeting, letter.language, letter.template, letter.name)
        else:
            if person is not None and not person.role_set:
                raise NotNow  # the place was given up
            if template.link and person is not None:
                values["link"] = f"/j/{self._way_in(session, letter, person, now, crashed)}"
            if letter.invitee_id:
                if session.get(Invitee, letter.invitee_id) is None or is_unsubscribed(session, letter.address):
                    raise NotNow
                unsubscribe = f"{s.public_url()}/u/{token_of(s.signing_key(), letter.invitee_id)}"
                values["unsubscribe"] = unsubscribe
            for supply in SUPPLIES.get(letter.template, ()):
                values |= supply(session, letter, now)
        subject, body, _version = words_of(session, meeting.id, letter.template, letter.language)
        written = write(subject, body, whole(s, values), letter.language)
        attached = [one for attach in ATTACHES.get(letter.template, ()) for one in attach(session, letter)]
        return message(
            written,
            sender=self._sender(meeting.title),
            to=(letter.name, letter.address),
            reply_to=reply_to(s),
            message_id=letter.message_id,
            at=letter.begun_at or now,  # the same letter, so the same date
            unsubscribe=unsubscribe,
            attachments=attached,
        )

    def _way_in(self, session: Session, letter: Letter, person: Participant, now: datetime, crashed: bool) -> str:
        """A new token. Where the server said that it did not take the last one, that one is replaced; else nobody knows
        whether it is in somebody's hands, and it stands."""
        token = new_token()
        old = session.get(Grant, letter.grant_id) if letter.grant_id and not crashed else None
        if old is not None and old.revoked_at is None:
            old.token_hash = hashed(token)
            return token
        grant = Grant(
            id=new_id(),
            meeting_id=person.meeting_id,
            participant_id=person.id,
            token_hash=hashed(token),
            created_at=now,
        )
        session.add(grant)
        letter.grant_id = grant.id
        return token

    def _sender(self, title: str) -> tuple[str, str]:
        """Who the letters are from: by the meeting's name, at the site's address. Raises Trouble when it has none."""
        try:
            if self.settings.mail_from or self.settings.mail_backend == "smtp":
                return title, mailbox(self.settings.mail_from)[1]
        except NoAddress:
            raise Trouble("HYBRIDMOTE_MAIL_FROM is no address to send from") from None
        return title, f"hybridmote@{self._domain()}"

    def _domain(self) -> str:
        """Of the sender, else of the site: what stands after the @ of a Message-ID is to be ours."""
        of_sender = self.settings.mail_from.rpartition("@")[2].strip("> ")
        host = of_sender or urlsplit(self.settings.public_url()).hostname or "localhost"
        return wire(f"@{host}")[1:] if "." in host else f"{host}.invalid"

    # ---- sending it ----

    def _send(self, taken: Taken) -> None:
        try:
            with _leased(taken.id):
                self.line.send(taken.mail, taken.to, taken.id, taken.slug)
        except Never as never:
            _note(taken.id, taken.attempts, state="refused", reason=str(never))
            log.info("letter refused", letter=taken.id)
            metrics.letters.labels("refused").inc()
        except Later as later:
            self._later(taken, str(later), known=later.known)
        except Trouble as trouble:
            self._later(taken, str(trouble), wait=timedelta(0))
            self._rest(str(trouble))
        else:
            _note(taken.id, taken.attempts, state="sent", sent_at=utc_now(), reason="")
            log.info("letter sent", letter=taken.id, attempts=taken.attempts)
            metrics.letters.labels("sent").inc()
            self.rests, self.trouble = 0, ""

    def _later(self, taken: Taken, words: str, *, known: bool = True, wait: timedelta | None = None) -> None:
        """Back to the others that wait, with patience; not for ever. `known`: it was not taken, for certain."""
        now = utc_now()
        wait = _backoff(taken.attempts) if wait is None else wait
        values: dict[str, Any] = {"state": "failed" if now - taken.begun_at > PATIENCE else "waiting"}
        if not known:
            values["grant_id"] = None  # somebody may hold it
        _note(taken.id, taken.attempts, reason=words, next_at=now + wait, **values)
        log.info(
            "letter given up" if values["state"] == "failed" else "letter waits to be tried again", letter=taken.id
        )
        metrics.letters.labels("failed" if values["state"] == "failed" else "again").inc()

    def _rest(self, words: str) -> None:
        """Leave the server alone for a while, and let staff know why nothing leaves."""
        seconds = min(REST * 2**self.rests, LONGEST)
        self.rest_until, self.rests = time.monotonic() + seconds, self.rests + 1
        log.warning("no letter can leave", why=words, seconds=seconds)
        self.trouble = words
        with reading() as session:
            self.changed |= set(session.scalars(select(Letter.meeting_id).where(_ready(utc_now())).distinct()))
        self.tell(now=True)

    def tell(self, now: bool = False) -> None:
        """Let the meetings' staff hear how far it is; not of every single letter."""
        if not self.changed or not (now or time.monotonic() - self.told > NOTED):
            return
        for meeting in sorted(self.changed):
            answer = dispatch(None, meeting, "mail.noted", {"op": new_id(), "trouble": self.trouble})
            if not answer["ok"]:
                log.warning("could not tell how far the letters are", meeting=meeting, code=answer["code"])
        self.changed.clear()
        self.told = time.monotonic()


def _ready(now: datetime) -> Any:
    return or_(
        (Letter.state == "waiting") & (Letter.next_at <= now),
        (Letter.state == "sending") & (Letter.lease_until < now),
    )


def _locked(session: Session, id: str, now: datetime) -> Letter | None:
    """The letter if it is still to be sent. The meeting's row is locked first, as by every command: else somebody who
    gives up their place at this instant would be given a way in after all others were closed."""
    meeting = select(Letter.meeting_id).where(Letter.id == id).scalar_subquery()
    if not database().sqlite:
        session.execute(select(Meeting.id).where(Meeting.id == meeting).with_for_update())
    return session.scalars(select(Letter).where(Letter.id == id, _ready(now))).one_or_none()


def _note(id: str, attempts: int | None, **values: Any) -> None:
    """What became of it, unless somebody else has it in their hands by now."""
    with transaction() as session:
        ours = update(Letter).where(Letter.id == id)
        if attempts is not None:
            ours = ours.where(Letter.state == "sending", Letter.attempts == attempts)
        session.execute(ours.values(lease_until=None, **values))


@contextmanager
def _leased(id: str) -> Iterator[None]:
    """Renew the lease while a slow server thinks."""
    over = threading.Event()

    def renew() -> None:
        while not over.wait(LEASE.total_seconds() / 3):
            with suppress(SQLAlchemyError), transaction() as session:
                session.execute(update(Letter).where(Letter.id == id).values(lease_until=utc_now() + LEASE))

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()


def _backoff(attempts: int) -> timedelta:
    """30 s, 1 min, 2 min … at most an hour."""
    return min(FIRST * 2 ** min(attempts - 1, 10), MOST)

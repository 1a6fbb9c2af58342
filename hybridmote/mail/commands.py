"""What organisers do with letters: their words, to whom they go, and whether they go again. And what guests do who want no
more of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints
from sqlalchemy import func, select

from ..context import Context, after
from ..dispatch import Id, Payload, command, words
from ..meetings.store import Meeting
from ..participants.store import Account, Participant, new_id
from ..problems import Refused
from . import model
from .store import (
    Invitee,
    Letter,
    LetterText,
    Unsubscribed,
    counted,
    people_to,
    post,
    to_invite,
    withdraw,
    words_of,
)

Name = Literal[
    "invitation", "confirmed", "link", "reminder", "changed", "transfer", "transferred", "waiting", "offered", "cancelled",
    "speaker", "thanks", "answered", "code", "free",
]  # fmt: skip
Group = Literal["all", "hall", "web", "speakers", "unused", "chosen"]
REMIND_AT = 10  # o'clock, the day before


class Which(Payload):
    template: Name = Field(description="which letter")
    language: Literal["sv", "en"] = Field(description="in which language")


class Words(Which):
    subject: words(model.SUBJECT_LIMIT) = Field(description="its subject, with {placeholders}")  # type: ignore[valid-type]
    body: words(model.BODY_LIMIT, multiline=True) = Field(  # type: ignore[valid-type]
        description="what it says, as Markdown with {placeholders}"
    )
    expected_version: int | None = Field(None, description="version of the words one has seen; 1 is the product's own")


@command("mail.template", role="organiser", payload=Words)
def change_words(ctx: Context, p: Words) -> dict[str, int]:
    """Change what a letter says in this meeting. Unknown placeholders are refused, with those there are."""
    subject, body, version = words_of(ctx.session, ctx.meeting_id, p.template, p.language)
    if p.expected_version is not None and p.expected_version != version:
        now = {"template": p.template, "language": p.language, "subject": subject, "body": body, "version": version}
        raise Refused("stale", current=now)
    for field in ("subject", "body"):
        if unknown := model.unknown(p.template, getattr(p, field)):
            known = ", ".join(f"{{{name}}}" for name in model.allowed(p.template))
            raise Refused("invalid", field=field, why="unknown_placeholder", unknown=unknown[0], known=known)
    if missing := model.missing(p.template, p.subject, p.body):
        raise Refused("invalid", field="body", why="missing_placeholder", missing=missing[0])
    own = ctx.find(LetterText, (ctx.meeting_id, p.template, p.language))
    if own is None:
        own = ctx.add(
            LetterText(
                meeting_id=ctx.meeting_id,
                template=p.template,
                language=p.language,
                version=version,
                subject="",
                body="",
            )
        )
    own.subject, own.body, own.version = p.subject, p.body, version + 1
    ctx.audit("mail.template", p.template, subject, p.subject)
    return {"version": own.version}


@command("mail.reset_template", role="organiser", payload=Which)
def reset_words(ctx: Context, p: Which) -> None:
    """Let a letter say the product's own words again."""
    own = ctx.find(LetterText, (ctx.meeting_id, p.template, p.language))
    if own is not None:
        ctx.audit("mail.reset_template", p.template, own.subject, "")
        ctx.session.delete(own)


@command("mail.test", role="organiser", payload=Which, limit="20/minute")
def test(ctx: Context, p: Which) -> dict[str, str]:
    """Send a letter to oneself, with made-up values. Its links open nothing."""
    who = ctx.who
    account = ctx.find(Account, who.account_id) if who and who.account_id else None
    to = who.email if who and who.email else account.email if account else ""
    try:
        to = model.address(to)
    except model.NoAddress:
        raise Refused("state", why="no_own_address") from None
    letter = post(ctx, p.template, to=to, name=who.name if who else "", language=p.language, data={"test": True})
    assert letter is not None
    return {"letter": letter.id}


class Sending(Payload):
    template: Name = Field(description="which letter")
    to: Group = Field(
        description="to whom: all, those in the hall or on the web, speakers, who never used their link, or chosen"
    )
    people: list[Id] = Field([], max_length=2000, description="ids of those chosen")
    changes: words(2000, multiline=True, optional=True) = Field(  # type: ignore[valid-type]
        "", description="for `changed`: what has changed, a line each"
    )

    @classmethod
    def of_form(cls, typed: dict[str, str]) -> dict[str, Any]:
        body: dict[str, Any] = super().of_form(typed)
        if "people" in body:
            body["people"] = str(body["people"]).split()
        return body


@command("mail.send", role="organiser", payload=Sending, limit="10/minute")
def send(ctx: Context, p: Sending) -> dict[str, int]:
    """Send a letter to many: each person gets one of their own, in their language."""
    if not model.TEMPLATES[p.template].to_many:
        raise Refused("invalid", field="template", why="not_to_many")
    if p.template == "changed" and not p.changes:
        raise Refused("invalid", field="changes", why="what_changed")
    people = people_to(ctx.session, ctx.meeting_id, p.to, p.people)
    if not people:
        raise Refused("invalid", field="to", why="nobody_to_write_to")
    for person in people:
        post(ctx, p.template, person=person, data={"changes": p.changes} if p.changes else None)
    ctx.audit("mail.send", p.template, None, {"to": p.to, "letters": len(people)}, p.changes)
    return {"letters": len(people)}


class One(Payload):
    letter: Id = Field(description="id of the letter")


@command("mail.again", role="organiser", payload=One)
def again(ctx: Context, p: One) -> None:
    """Try a letter again that was refused, given up or taken back; to the address the person has now."""
    letter = ctx.get(Letter, p.letter, "letter")
    if letter.state in ("waiting", "sending"):
        raise Refused("state", why="is_waiting")
    if letter.state == "sent":
        raise Refused("state", why="is_sent")
    person = ctx.find(Participant, letter.participant_id) if letter.participant_id else None
    before = letter.state
    letter.address = person.email if person and person.email else letter.address
    letter.state, letter.reason, letter.attempts, letter.begun_at = "waiting", "", 0, None
    letter.next_at = ctx.now
    counted(ctx, waiting=1, **{before: -1})
    ctx.audit("mail.again", letter.id, before, "waiting")


@command("mail.cancel", role="organiser", payload=One)
def cancel(ctx: Context, p: One) -> None:
    """Take a letter back that still waits."""
    letter = ctx.get(Letter, p.letter, "letter")
    if letter.state != "waiting":
        raise Refused("state", why="not_waiting")
    letter.state = "cancelled"
    counted(ctx, waiting=-1, cancelled=1)
    ctx.audit("mail.cancel", letter.id, "waiting", "cancelled")


class Person(Payload):
    person: Id = Field(description="id of the person")


@command("mail.resend_link", role="organiser", payload=Person)
def resend_link(ctx: Context, p: Person) -> dict[str, str]:
    """Send somebody their personal link once more. Links they have stand."""
    person = ctx.get(Participant, p.person, "person")
    letter = post(ctx, "link", person=person) if person.role_set else None
    if letter is None:
        raise Refused("state", why="nobody_to_write_to")
    ctx.audit("mail.resend_link", person.id, None, None)
    return {"letter": letter.id}


# ---- the address list -------------------------------------------------------------------------------------------------


class Row(Payload):
    line: int = Field(ge=1, le=1_000_000, description="its number in the file")
    cells: list[Annotated[str, StringConstraints(max_length=2000)]] = Field(
        max_length=60, description="what its columns hold"
    )


class Lines(Payload):
    lines: list[Annotated[str, StringConstraints(max_length=1000)]] = Field(
        [],
        max_length=5000,
        description="an address each: `name@example.se`, `Name <name@example.se>` or `name; organisation; address`",
    )
    rows: list[Row] = Field([], max_length=1000, description="the same from a file, with cells; beside `lines`")
    columns: list[Literal["name", "first_name", "last_name", "organisation", "address"] | None] = Field(
        [],
        max_length=60,
        description="what the columns of `rows` are, null for others; empty: the address is found by its @",
    )

    @classmethod
    def of_form(cls, typed: dict[str, str]) -> dict[str, Any]:
        body: dict[str, Any] = {key: value for key, value in typed.items() if key != "lines"}
        return {**body, "lines": typed.get("lines", "").splitlines()}


@command("mail.add_addresses", role="organiser", payload=Lines, limit="60/minute")
def add_addresses(ctx: Context, p: Lines) -> dict[str, Any]:
    """Add to the list of those to invite. Lines that hold no address are told with why, the others are kept; who is on the
    list already, or wants no invitations, is counted and left."""
    given = [(number, model.cells_of(line)) for number, line in enumerate(p.lines, start=1) if line.strip()]
    columns = model.headings(given[0][1]) if given else None  # the first line may say what the columns are
    read = [_listed(number, cells, columns) for number, cells in (given[1:] if columns else given)]
    if read and not columns and isinstance(read[0], dict) and "@" not in read[0]["text"] and len(read) > 1:
        read = read[1:]  # in words that we do not know
    of_rows = p.columns if "address" in p.columns else None
    read += [_listed(row.line, row.cells, of_rows) for row in p.rows]
    bad = [one for one in read if isinstance(one, dict)]
    told = [one for one in read if isinstance(one, model.Listed)]
    if not told and not p.rows:
        raise Refused("invalid", field="lines", why="no_email")
    known = set(ctx.session.scalars(select(Invitee.address).where(Invitee.meeting_id == ctx.meeting_id)))
    digests = {model.digest(one.address) for one in told}
    unwilling = set(ctx.session.scalars(select(Unsubscribed.digest).where(Unsubscribed.digest.in_(digests))))
    counted_as = {"added": 0, "known": 0, "unwilling": 0}
    for one in told:
        what = "known" if one.address in known else "unwilling" if model.digest(one.address) in unwilling else "added"
        counted_as[what] += 1
        if what == "added":
            known.add(one.address)
            ctx.add(Invitee(id=new_id(), meeting_id=ctx.meeting_id, language="", added_at=ctx.now, **one._asdict()))
    ctx.audit("mail.add_addresses", "", None, {"added": counted_as["added"]})
    return {**counted_as, "bad": bad[:1000]}


def _listed(number: int, cells: list[str], columns: Sequence[str | None] | None) -> model.Listed | dict[str, Any]:
    try:
        return model.listed(cells, columns)
    except model.NotListed as no:
        return {"line": number, "text": "; ".join(filter(None, cells))[:100], "why": no.why}


class Address(Payload):
    invitee: Id = Field(description="id of the row of the address list")


@command("mail.remove_address", role="organiser", payload=Address)
def remove_address(ctx: Context, p: Address) -> None:
    """Take an address off the list. A No to invitations stands."""
    invitee = ctx.get(Invitee, p.invitee, "invitee")
    waiting = select(Letter).where(Letter.invitee_id == invitee.id, Letter.state == "waiting")
    for letter in ctx.session.scalars(waiting).all():
        letter.state = "cancelled"
        counted(ctx, waiting=-1, cancelled=1)
    ctx.audit("mail.remove_address", invitee.id, None, None)
    ctx.session.delete(invitee)


class Invite(Payload):
    again: bool = Field(False, description="also those who were invited before")


@command("mail.invite", role="organiser", payload=Invite, limit="10/minute")
def invite(ctx: Context, p: Invite) -> dict[str, int]:
    """Send the invitation to the address list: not to those who take part already, nor to who wants no more of them."""
    invitees = to_invite(ctx.session, ctx.meeting_id, p.again)
    if not invitees:
        raise Refused("state", why="nobody_to_write_to")
    for invitee in invitees:
        invitee.invited_at = ctx.now
        post(ctx, "invitation", invitee=invitee)
    ctx.audit("mail.invite", "", None, {"letters": len(invitees)})
    return {"letters": len(invitees)}


class No(Payload):
    invitee: Id = Field(description="id of the row of the address list, as the signed token of the letter says it")
    on: bool = Field(True, description="false: invitations are welcome again")


@command("mail.unsubscribe", role="system", payload=No)
def unsubscribe(ctx: Context, p: No) -> None:
    """Somebody wants no more invitations, or does again. Asked by whoever holds the token of a letter."""
    invitee = ctx.get(Invitee, p.invitee, "invitee")
    digest = model.digest(invitee.address)
    there = ctx.find(Unsubscribed, digest)
    if p.on and there is None:
        ctx.add(Unsubscribed(digest=digest, meeting_id=ctx.meeting_id, at=ctx.now))
    elif not p.on and there is not None:
        ctx.session.delete(there)


# ---- what the worker and time tell ------------------------------------------------------------------------------------


class Noted(Payload):
    trouble: words(300, optional=True) = Field("", description="why no letter leaves; empty: they do")  # type: ignore[valid-type]


@command("mail.noted", role="system", payload=Noted)
def noted(ctx: Context, p: Noted) -> None:
    """The worker has sent some: they are counted anew."""
    states = select(Letter.state, func.count()).where(Letter.meeting_id == ctx.meeting_id).group_by(Letter.state)
    counts = {row[0]: row[1] for row in ctx.session.execute(states)}
    outbox = counted(ctx)
    outbox.counts, outbox.trouble = dict(sorted(counts.items())), p.trouble
    outbox.bounced = _bounced(ctx)


def _bounced(ctx: Context) -> dict[str, str]:
    """Whose last letter was refused, and how. Of those that are sealed nothing is said by the person."""
    of_person = (
        Letter.meeting_id == ctx.meeting_id,
        Letter.participant_id.is_not(None),
        Letter.template.not_in(model.SEALED),
    )
    refused = select(Letter.participant_id, Letter.reason, Letter.begun_at).where(*of_person, Letter.state == "refused")
    last: dict[str, tuple[Any, str]] = {
        str(person): (at, reason) for person, reason, at in ctx.session.execute(refused.order_by(Letter.begun_at))
    }
    if not last:
        return {}
    sent = select(Letter.participant_id, func.max(Letter.begun_at)).where(
        *of_person, Letter.state == "sent", Letter.participant_id.in_(list(last))
    )
    well = {str(row[0]): row[1] for row in ctx.session.execute(sent.group_by(Letter.participant_id))}
    return {person: reason for person, (at, reason) in sorted(last.items()) if person not in well or well[person] < at}


@command("mail.remind", role="system")
def remind(ctx: Context, _p: Any) -> dict[str, int]:
    """The day before: everybody who takes part gets a reminder. When the meeting was put off, later; when it was moved
    to an earlier day, no more."""
    if (at := _day_before(ctx.meeting)) > ctx.now:
        ctx.due(at, "mail.remind", {}, "mail.remind")
        return {"letters": 0}
    if ctx.meeting.starts <= ctx.now:
        return {"letters": 0}
    people = people_to(ctx.session, ctx.meeting_id, "all")
    for person in people:
        post(ctx, "reminder", person=person)
    return {"letters": len(people)}


@after("meeting.published")
def _remind_the_day_before(ctx: Context, told: dict[str, Any]) -> None:
    """When the meeting may be seen. Whether it is still tomorrow is looked at again when the time has come."""
    at = _day_before(ctx.meeting)
    if told["on"] and at > ctx.now:
        ctx.due(at, "mail.remind", {}, "mail.remind")
    else:
        ctx.undue("mail.remind")


def _day_before(meeting: Meeting) -> datetime:
    zone = ZoneInfo(meeting.timezone)
    day = meeting.starts.astimezone(zone).date() - timedelta(days=1)
    return datetime(day.year, day.month, day.day, REMIND_AT, tzinfo=zone)


@after("person.revoked")
def _no_new_way_in(ctx: Context, told: dict[str, Any]) -> None:
    """A letter that still waits would make them one."""
    withdraw(ctx, ctx.get(Participant, told["person"]))

"""Coming in by a code, by one's own other device or from the street; and telling how it works at one's own place."""

from typing import Any, Literal

from pydantic import Field
from sqlalchemy import func, select

from ..access import by_way
from ..context import Context, after
from ..dispatch import Id, Payload, command, words
from ..mail.model.address import Email
from ..mail.store import Letter, post
from ..meetings.model import read_code
from ..participants.store import Grant, Participant, hashed, new_id, unopened
from ..problems import Refused
from ..registration.store import rules_of
from . import model
from .store import Check, Code, PhoneKey, WalkIn, key_by, person_with

SECRET = r"^[A-Za-z0-9_-]{32}$"  # 192 bits, as `participants.store.new_token` makes them
LINE = r"^[^\x00-\x1f]{0,64}$"

Device = words(60, optional=True)


class Ask(Payload):
    email: Email = Field(description="the address one registered with")
    key: str = Field(pattern=SECRET, description="a secret of who asks; the code is good together with it alone")


class Enter(Payload):
    key: str = Field(pattern=SECRET, description="the secret that the code was asked for with")
    code: str = Field(pattern=LINE, description="what the letter says, however it was typed")
    device: Device = Field("", description="what to call the device, say Firefox, Windows")  # type: ignore[valid-type]


class Come(Payload):
    code: str = Field(pattern=LINE, description="the meeting's code, as the screen in the hall shows it")
    name: words(100) = Field(description="1 to 100 graphemes after cleaning")  # type: ignore[valid-type]
    organisation: words(120, optional=True) = Field("", description="where they work")  # type: ignore[valid-type]
    device: Device = Field("", description="what to call the device")  # type: ignore[valid-type]


class Show(Payload):
    key: str = Field(pattern=SECRET, description="the secret that is to open the way, once, for two minutes")


class Take(Show):
    device: Device = Field("", description="what to call the device")  # type: ignore[valid-type]


class Which(Payload):
    id: Id = Field(description="the way in, as the list of one's devices names it")


# ---- a code by mail ---------------------------------------------------------------------------------------------------


@command("way.code", role="guest", payload=Ask, limit="400/hour")
def ask(ctx: Context, p: Ask) -> dict[str, bool]:
    """Ask for a code by mail. What is done here is the same whether the address is known or not: who it is is looked up
    a moment later, so neither the answer nor the time it takes tells."""
    if ctx.now >= ctx.meeting.ends:
        raise Refused("closed", why="meeting_over")
    if ctx.session.scalar(select(Code.id).where(Code.key_hash == hashed(p.key))):
        raise Refused("invalid", field="key")
    code = ctx.add(
        Code(
            id=new_id(),
            meeting_id=ctx.meeting_id,
            email=p.email,
            participant_id=None,
            key_hash=hashed(p.key),
            code_hash="",
            tries=0,
            made_at=ctx.now,
            expires_at=ctx.now + model.CODE_STANDS,
        )
    )
    ctx.due(ctx.now, "way.send_code", {"id": code.id}, f"code {code.id}")
    return {"sent": True}


@command("way.send_code", role="system", payload=Which)
def send_code(ctx: Context, p: Which) -> None:
    """Leave the letter, if the address is somebody's and they have not been sent several in this hour."""
    code = ctx.get(Code, p.id)
    if code.participant_id:
        return
    person = person_with(ctx.session, ctx.meeting_id, code.email)
    if person is None:
        return
    lately = select(func.count()).where(
        Letter.participant_id == person.id,
        Letter.template == "code",
        Letter.created_at > ctx.now - model.CODE_STANDS * 6,
    )
    if (ctx.session.scalar(lately) or 0) >= model.CODES_AN_HOUR:
        return
    code.participant_id = person.id
    post(ctx, "code", person=person, data={"code": code.id})


@command("way.enter", role="guest", payload=Enter, limit="400/hour")
def enter(ctx: Context, p: Enter) -> dict[str, Any]:
    """Come in by a code. One that is wrong is an answer, not a refusal: the try counts."""
    code = ctx.session.scalars(select(Code).where(Code.key_hash == hashed(p.key))).one_or_none()
    no = {"entered": False, "left": 0, "person": None, "grant": None}
    if code is None or code.meeting_id != ctx.meeting_id or code.used_at or ctx.now >= code.expires_at:
        return no
    if code.tries >= model.CODE_TRIES:
        return no
    code.tries += 1
    person = ctx.find(Participant, code.participant_id) if code.participant_id else None
    fits = bool(code.code_hash) and code.code_hash == hashed(f"{code.id} {model.digits(p.code)}")
    if not fits or person is None or not person.role_set:
        return no | {"left": model.CODE_TRIES - code.tries}
    code.used_at = ctx.now
    return {"entered": True, "left": 0, "person": person.id, "grant": _way(ctx, person, "code", p.device)}


def _way(ctx: Context, person: Participant, how: str, device: str) -> str:
    grant = unopened(person, ctx.now)
    grant.how, grant.device = how, device
    ctx.add(grant)
    ctx.session.flush()
    return grant.id


# ---- one's own other devices ------------------------------------------------------------------------------------------


@command("way.phone", role="person", payload=Show, limit="20/minute")
def show(ctx: Context, p: Show) -> dict[str, str]:
    """Open a way for another device of one's own: for two minutes, once. What was shown before no longer opens."""
    assert ctx.caller is not None
    for old in ctx.session.scalars(select(PhoneKey).where(PhoneKey.participant_id == ctx.me)).all():
        ctx.session.delete(old)
    ctx.session.flush()
    if key_by(ctx.session, hashed(p.key)):
        raise Refused("invalid", field="key")
    until = ctx.now + model.KEY_STANDS
    row = ctx.add(
        PhoneKey(
            id=new_id(),
            meeting_id=ctx.meeting_id,
            participant_id=ctx.me,
            by=ctx.caller.way[1],
            token_hash=hashed(p.key),
            expires_at=until,
        )
    )
    return {"id": row.id, "until": until.isoformat()}


@command("way.take", role="guest", payload=Take, limit="300/hour")
def take(ctx: Context, p: Take) -> dict[str, str]:
    """Come in on a second device, by what the first one shows."""
    key = key_by(ctx.session, hashed(p.key))
    if key is None or key.meeting_id != ctx.meeting_id or key.used_at or ctx.now >= key.expires_at:
        raise Refused("bad_link")
    if by_way(ctx.session, ctx.meeting, (key.participant_id, key.by)) is None:
        raise Refused("bad_link")
    key.used_at = ctx.now
    person = ctx.session.get_one(Participant, key.participant_id)
    return {"person": person.id, "grant": _way(ctx, person, "phone", p.device)}


@command("way.end", role="person", payload=Which)
def end(ctx: Context, p: Which) -> dict[str, str]:
    """End one of one's own ways in. Whoever is in by it is out within two seconds."""
    grant = ctx.get(Grant, p.id)
    if grant.participant_id != ctx.me or grant.revoked_at is not None:
        raise Refused("not_found", field="id")
    grant.revoked_at = ctx.now
    return {"id": grant.id}


# ---- without a place --------------------------------------------------------------------------------------------------


@command("way.walk_in", role="guest", payload=Come, limit="300/hour")
def walk_in(ctx: Context, p: Come) -> dict[str, str]:
    """Come in without a place, with the code on the screen: as the organiser lets walk-ins, and so many of an address."""
    rules = rules_of(ctx.session, ctx.meeting_id)
    if rules is None or rules.walk_ins == "none":
        raise Refused("closed", why="no_walk_ins")
    if ctx.now >= ctx.meeting.ends:
        raise Refused("closed", why="meeting_over")
    if ctx.caller is not None and "person" in ctx.caller.roles:
        raise Refused("state", why="is_in_already")
    if read_code(p.code) != ctx.meeting.join_code:
        raise Refused("invalid", field="code", why="not_the_code")
    address = model.digest_of(ctx.meeting_id, ctx.caller.address if ctx.caller else "")
    here = select(func.count()).where(WalkIn.meeting_id == ctx.meeting_id, WalkIn.address == address)
    if (ctx.session.scalar(here) or 0) >= rules.walk_in_cap:
        raise Refused("closed", why="many_walk_ins")
    person = ctx.add(
        Participant(
            id=new_id(),
            meeting_id=ctx.meeting_id,
            name=p.name,
            organisation=p.organisation,
            roles=model.MAY[rules.walk_ins],
            attendance="hall",
            track="",
            muted="",
            walk_in=True,
        )
    )
    ctx.session.flush()
    ctx.add(WalkIn(participant_id=person.id, meeting_id=ctx.meeting_id, address=address, at=ctx.now))
    return {"person": person.id, "grant": _way(ctx, person, "walk_in", p.device), "may": rules.walk_ins}


@after("registration.ruled")
def they_may(ctx: Context, _fact: dict[str, Any]) -> None:
    """What walk-ins may do follows what the organiser says. Nobody is sent out: `none` is for those who come later."""
    rules = rules_of(ctx.session, ctx.meeting_id)
    role = model.MAY.get(rules.walk_ins) if rules else None
    here = select(Participant).where(
        Participant.meeting_id == ctx.meeting_id,
        Participant.walk_in.is_(True),
        Participant.roles.in_(model.MAY.values()),
    )
    for person in ctx.session.scalars(here).all():
        if role and person.roles != role:
            person.roles = role


# ---- does it work at my place? ----------------------------------------------------------------------------------------


class Tried(Payload):
    transport: Literal["websocket", "polling", "http", "none"] = Field(
        description="by which the meeting can be followed"
    )
    rtt: int | None = Field(None, ge=0, le=600_000, description="milliseconds there and back, the median of several")
    down: int | None = Field(None, ge=0, le=100_000_000, description="kilobits in a second, to here")
    up: int | None = Field(None, ge=0, le=100_000_000, description="kilobits in a second, from here")
    sound: Literal["yes", "no", "untried"] = Field("untried", description="whether a tone was heard")
    camera: Literal["works", "refused", "missing", "untried"] = Field("untried", description="what became of it")
    microphone: Literal["works", "refused", "missing", "untried"] = Field("untried", description="what became of it")
    browser: Device = Field("", description="what it was tried with")  # type: ignore[valid-type]


@command("check.report", role="person", payload=Tried, limit="20/minute")
def report(ctx: Context, p: Tried) -> dict[str, str]:
    """Keep how it went, so that the organiser can help before the day. The latest counts."""
    tried = p.model_dump()
    row = ctx.find(Check, ctx.me)
    if row is None:
        ctx.add(Check(participant_id=ctx.me, meeting_id=ctx.meeting_id, at=ctx.now, **tried))
    else:
        row.at = ctx.now
        for name, value in tried.items():
            setattr(row, name, value)
    return {"overall": model.overall(tried)}

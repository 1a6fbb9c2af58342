"""What staff do with the ways in of people and of screens."""

from typing import Literal

from pydantic import Field
from sqlalchemy import select

from ..context import Context
from ..dispatch import Id, Payload, command, words
from ..meetings.model import read_code
from ..problems import Refused
from .store import SCREENS, Grant, Pairing, Participant, new_id, unopened


class Person(Payload):
    person: Id


@command("person.revoke", role="organiser", payload=Person)
def revoke(ctx: Context, p: Person) -> dict[str, int]:
    """Close every way in of a person: links, tokens and sign-in. Their open pages end within two seconds."""
    person = ctx.get(Participant, p.person, "person")
    ctx.tell("person.revoked", person=person.id)
    return {"closed": _close(ctx, person, "person.revoke")}


def _close(ctx: Context, person: Participant, what: str) -> int:
    grants = ctx.session.scalars(select(Grant).where(Grant.participant_id == person.id, Grant.revoked_at.is_(None)))
    closed = 0
    for grant in grants:
        grant.revoked_at = ctx.now
        closed += 1
    if person.account_id is not None:
        person.account_id = None  # the account goes on in other meetings
        closed += 1
    ctx.audit(what, person.id, {"links": closed}, {"links": 0})
    return closed


class Pair(Payload):
    code: str = Field(pattern=r"^[^\x00-\x1f]{0,64}$", description="what the screen shows, however it was typed")
    use: Literal["screen", "lectern"] = Field("screen", description="what it is to show")
    name: words(60, optional=True) = Field("", description="what to call it, say a hall")  # type: ignore[valid-type]
    track: str = Field("", pattern=r"^[^\x00-\x1f]{0,64}$", description="which one it follows, if there are several")


class Screen(Payload):
    screen: Id = Field(description="id of the screen or lectern")


class Retrack(Screen):
    track: str = Field(pattern=r"^[^\x00-\x1f]{0,64}$", description="the one it is to follow")


@command("screen.pair", role="moderator", payload=Pair, limit="20/minute")
def pair(ctx: Context, p: Pair) -> dict[str, str]:
    """Let in the screen that shows this code. It goes on by itself from then on."""
    code = read_code(p.code)
    waiting = select(Pairing).where(Pairing.code == code, Pairing.expires_at > ctx.now, Pairing.grant_id.is_(None))
    pairing = ctx.session.scalars(waiting).one_or_none() if code else None
    if pairing is None:
        raise Refused("invalid", field="code", why="no_such_code")
    screen = ctx.add(
        Participant(id=new_id(), meeting_id=ctx.meeting_id, name=p.name, roles=p.use, track=p.track, organisation="")
    )
    ctx.session.flush()
    grant = ctx.add(unopened(screen, ctx.now))
    ctx.session.flush()
    pairing.meeting_id, pairing.grant_id = ctx.meeting_id, grant.id
    ctx.audit("screen.pair", screen.id, None, {"use": p.use, "name": p.name, "track": p.track})
    return {"screen": screen.id}


@command("screen.track", role="moderator", payload=Retrack)
def retrack(ctx: Context, p: Retrack) -> None:
    """Let a screen follow another track."""
    screen = _screen(ctx, p.screen)
    before, screen.track = screen.track, p.track
    ctx.audit("screen.track", screen.id, before, p.track)


@command("screen.unpair", role="moderator", payload=Screen)
def unpair(ctx: Context, p: Screen) -> dict[str, int]:
    """End a screen: it shows a code again."""
    screen = _screen(ctx, p.screen)
    closed = _close(ctx, screen, "screen.unpair")
    screen.roles = ""
    return {"closed": closed}


def _screen(ctx: Context, id: str) -> Participant:
    screen = ctx.get(Participant, id, "screen")
    if screen.roles not in SCREENS:
        raise Refused("not_found", field="screen")
    return screen

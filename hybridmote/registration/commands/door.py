"""At the door: who comes, who came by mistake, who came unregistered."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, Field

from ...context import Context
from ...dispatch import EARLIEST, LATEST, Id, Payload, command, words
from ...mail.model.address import Email
from ...problems import Refused
from ..store import Registration
from .common import NAME, ORGANISATION, fee_here, holder, new_person, new_registration, tell_of, touched, with_place

AHEAD = timedelta(minutes=1)  # that a phone's clock may be


class Arrive(Payload):
    id: Id = Field(description="the registration")
    at: AwareDatetime | None = Field(
        None, ge=EARLIEST, le=LATEST, description="when they came, from a phone that had no line; not given: now"
    )


class Which(Payload):
    id: Id = Field(description="the registration")


class WalkIn(Payload):
    name: words(NAME) = Field(description="1 to 100 graphemes after cleaning")  # type: ignore[valid-type]
    organisation: words(ORGANISATION, optional=True) = Field("", description="where they work")  # type: ignore[valid-type]
    email: Email | None = Field(None, description="for a link of their own")
    fee: Id | None = Field(None, description="what they are to pay for; not given: nothing")
    at: AwareDatetime | None = Field(
        None, ge=EARLIEST, le=LATEST, description="when they came, from a phone that had no line; not given: now"
    )


def came(ctx: Context, at: datetime | None) -> datetime:
    """What a phone says, unless its clock is ahead of ours."""
    return min(at, ctx.now) if at and at <= ctx.now + AHEAD else ctx.now


@command("registration.arrive", role="moderator", payload=Arrive, limit="240/minute")
def arrive(ctx: Context, p: Arrive) -> dict[str, Any]:
    """Somebody is here. Twice is no harm: the earlier time stands."""
    r = ctx.get(Registration, p.id)
    if r.state != "confirmed":
        raise Refused("state", why="not_confirmed")
    at = came(ctx, p.at)
    if r.arrived_at is None or at < r.arrived_at:
        before, r.arrived_at, r.arrived_by = r.arrived_at, at, ctx.me
        touched(ctx, r)
        if before is None:
            ctx.audit("registration.arrive", r.id, None, holder(ctx, r).name)
            ctx.tell("registration.arrived", registration=r.id, person=r.participant_id)
    return {"id": r.id, "arrived_at": r.arrived_at.isoformat()}


@command("registration.undo_arrive", role="moderator", payload=Which, limit="240/minute")
def undo_arrive(ctx: Context, p: Which) -> dict[str, Any]:
    """It was somebody else, or a slip of the finger."""
    r = ctx.get(Registration, p.id)
    if r.arrived_at is not None:
        r.arrived_at = r.arrived_by = None
        touched(ctx, r)
        ctx.audit("registration.undo_arrive", r.id, holder(ctx, r).name, None)
    return {"id": r.id, "arrived_at": None}


@command("registration.walk_in", role="moderator", payload=WalkIn, limit="120/minute")
def walk_in(ctx: Context, p: WalkIn) -> dict[str, Any]:
    """Somebody came who is not on the list: they are now, and they are here. However full it is: they stand at the door."""
    fee = fee_here(ctx, p.fee) if p.fee else None
    if p.email and with_place(ctx, p.email) is not None:
        raise Refused("invalid", field="email", why="has_place")
    person = new_person(ctx, p.name, p.organisation, p.email or "", None, "confirmed", "hall")
    payer = {"payer_name": p.organisation}
    at = came(ctx, p.at)
    r = new_registration(ctx, person, fee, "confirmed", "walk_in", payer, arrived_at=at, arrived_by=ctx.me)
    ctx.audit("registration.walk_in", r.id, None, {"name": p.name, "organisation": p.organisation})
    tell_of(ctx, r, letter=p.email is not None)
    ctx.tell("registration.arrived", registration=r.id, person=person.id)
    return {"registration": r.id, "number": r.number, "person": person.id}

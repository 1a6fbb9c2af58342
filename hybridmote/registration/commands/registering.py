"""Anybody registers, and has their link sent again."""

from typing import Any

from pydantic import Field

from ...context import Context
from ...dispatch import Id, Payload, command
from ...mail.model.address import Email
from ...participants.store import unopened
from ...problems import Refused
from .. import model
from .common import (
    Himself,
    fee_here,
    left,
    new_person,
    new_registration,
    payer_columns,
    refused,
    rules_here,
    send_link,
    set_needs,
    somebody_waits,
    tell_of,
    with_place,
)


class Register(Himself):
    fee: Id = Field(description="which place")
    email: Email = Field(description="where the link is sent")
    agreed: bool = Field(description="true: what is binding was read")


class Resend(Payload):
    email: Email = Field(description="the one that was registered")


# A town hall shares one address, and so may the towns of a county: what a busy morning there may reach, and no more.
@command("registration.register", role="guest", payload=Register, limit="100/hour")
def register(ctx: Context, p: Register) -> dict[str, Any]:
    """Take a place, or one in the line when there is none. Who has one already is sent their link again, at most twice an
    hour, and `state` is has_place. `grant` is the way in of the browser that registered; a letter brings another."""
    rules = rules_here(ctx)
    fee = fee_here(ctx, p.fee)
    if not p.agreed:
        raise Refused("invalid", field="agreed", why="must_agree")
    if ctx.now >= ctx.meeting.ends:
        raise Refused("closed", why="meeting_over")
    payer = payer_columns(p, p.organisation)
    if (there := with_place(ctx, p.email)) is not None:
        send_link(ctx, there)
        return {"state": "has_place", "registration": None, "number": None, "person": None, "grant": None}
    try:
        state = model.on_arrival(rules.rule(), fee.rule(), left(ctx, fee), somebody_waits(ctx, fee), ctx.now)
    except model.Refusal as no:
        raise refused(no) from None
    person = new_person(ctx, p.name, p.organisation, p.email, p.language, state, fee.place)
    grant = ctx.add(unopened(person, ctx.now))
    r = new_registration(
        ctx, person, fee, state, "self", payer, title=p.title, challenge=p.challenge if rules.challenge else ""
    )
    set_needs(ctx, r, p.diet, p.access)
    tell_of(ctx, r)
    return {"state": state, "registration": r.id, "number": r.number, "person": person.id, "grant": grant.id}


@command("registration.resend", role="guest", payload=Resend, limit="20/hour")
def resend(ctx: Context, p: Resend) -> dict[str, bool]:
    """Send the link again. The answer is the same whether the address is known or not, and however often it is asked;
    two an hour are sent."""
    there = with_place(ctx, p.email)
    if there is not None:
        send_link(ctx, there)
    return {"sent": True}

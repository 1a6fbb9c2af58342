"""Somebody takes over a place by the link that they were sent, or says no."""

from typing import Any

from pydantic import Field

from ...context import Context
from ...dispatch import Payload, command
from ...mail.store import post, withdraw
from ...participants.store import hashed, unopened
from ...problems import Refused
from .. import model
from ..store import Registration, Rules, Transfer, transfer_by
from .common import (
    Himself,
    close_ways,
    holder,
    new_person,
    payer_columns,
    set_needs,
    tell_of,
    touched,
    with_place,
)

Token = Field(pattern=r"^[A-Za-z0-9_-]{16,64}$", description="of the link that was sent")


class Named(Payload):
    token: str = Token


class TakeOver(Himself):
    token: str = Token
    agreed: bool = Field(description="true: what is binding was read")
    new_payer: bool = Field(False, description="somebody else pays from now on: the payer that is given here")


@command("registration.take_over", role="guest", payload=TakeOver, limit="60/hour")
def take_over(ctx: Context, p: TakeOver) -> dict[str, Any]:
    """Take over a place. Whoever had it loses every way in; their open pages end within two seconds. The payer stays
    unless another is given and agreed to."""
    transfer, r = _offered(ctx, p.token)
    if not p.agreed:
        raise Refused("invalid", field="agreed", why="must_agree")
    if with_place(ctx, transfer.to_email) is not None:
        raise Refused("state", why="has_place")
    changes_payer = p.new_payer or not transfer.keep_payer
    if changes_payer and not (p.payer_name or p.orgnr or p.municipality or p.organisation):
        raise Refused("invalid", field="payer_name", why="payer_needed")
    payer = payer_columns(p, p.organisation) if changes_payer else {}
    before = holder(ctx, r)
    withdraw(ctx, before)
    person = new_person(
        ctx,
        p.name,
        p.organisation,
        transfer.to_email,
        p.language or before.language,
        r.state,
        before.attendance,
    )
    grant = ctx.add(unopened(person, ctx.now))
    close_ways(ctx, before, "handed_over")
    rules = ctx.find(Rules, ctx.meeting_id)
    r.participant_id = person.id
    r.title, r.phone, r.challenge = p.title, "", p.challenge if rules and rules.challenge else ""
    for column, value in payer.items():
        setattr(r, column, value)
    transfer.state, transfer.to_id = "done", person.id
    ctx.undue(f"transfer {transfer.id}")
    set_needs(ctx, r, p.diet, p.access)
    touched(ctx, r)
    ctx.audit(
        "registration.take_over",
        r.id,
        {"person": before.id, "name": before.name, "organisation": before.organisation, "email": before.email},
        {"person": person.id, "name": person.name, "organisation": person.organisation, "email": person.email},
    )
    post(  # to the address, not to the person: who has no role any more is sent nothing
        ctx,
        "transferred",
        to=before.email,
        name=before.name,
        language=before.language,
        data={"registration": r.id, "transfer": transfer.id},
    )
    ctx.tell("registration.transferred", registration=r.id, person=person.id, before=before.id)
    tell_of(ctx, r)
    return {"state": r.state, "registration": r.id, "number": r.number, "person": person.id, "grant": grant.id}


@command("registration.refuse_transfer", role="guest", payload=Named, limit="60/hour")
def refuse_transfer(ctx: Context, p: Named) -> dict[str, str]:
    """Say no to a place that somebody wants to hand over. It stays theirs."""
    transfer, r = _offered(ctx, p.token)
    transfer.state = "refused"
    ctx.undue(f"transfer {transfer.id}")
    touched(ctx, r)
    return {"state": transfer.state}


def _offered(ctx: Context, token: str) -> tuple[Transfer, Registration]:
    """The transfer that the link opens. What is over is refused; a link that opens nothing is no link."""
    transfer = transfer_by(ctx.session, hashed(token))
    if transfer is None or transfer.meeting_id != ctx.meeting_id:
        raise Refused("bad_link")
    r = ctx.session.get_one(Registration, transfer.registration_id)
    if transfer.state != "offered" or model.is_past(transfer.until, ctx.now) or r.state != "confirmed":
        raise Refused("closed", why="transfer_over")
    if r.arrived_at is not None:
        raise Refused("state", why="has_arrived")
    return transfer, r

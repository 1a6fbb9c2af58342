"""Who has a place, or waits for one: another fee, handing it over, giving it up, presenting oneself. Organisers may hand
over and give up a place for somebody else."""

from typing import Any

from pydantic import Field

from ...context import Context
from ...dispatch import Id, Payload, command, words
from ...mail.model.address import Email
from ...mail.store import post
from ...participants.store import new_id
from ...problems import Refused
from .. import model
from ..store import Rules, Transfer, open_transfer
from .common import (
    CHALLENGE,
    NAME,
    NEEDS,
    ORGANISATION,
    TITLE,
    close_transfer,
    confirm,
    end,
    fee_here,
    holder,
    left,
    own,
    own_or,
    pass_on,
    priced,
    refused,
    rules_here,
    set_needs,
    somebody_waits,
    tell_of,
    touched,
    with_place,
)

ANOTHER = Field(None, description="another's registration, for organisers; not given: one's own")


class Switch(Payload):
    fee: Id = Field(description="the one to have instead")


class Cancel(Payload):
    id: Id | None = ANOTHER
    charged: bool = Field(False, description="for organisers: it is to be paid all the same")
    reason: words(300, optional=True) = Field("", description="for organisers: written in the letter")  # type: ignore[valid-type]
    letter: bool = Field(True, description="for organisers: whether they are told by letter")


class HandOver(Payload):
    id: Id | None = ANOTHER
    email: Email = Field(description="of who is to have it")
    name: words(NAME) = Field(description="of who is to have it")  # type: ignore[valid-type]
    keep_payer: bool = Field(True, description="the payer stays; else the new holder must name one")


class Withdraw(Payload):
    id: Id | None = ANOTHER


class Present(Payload):
    name: words(NAME) = Field(description="1 to 100 graphemes after cleaning")  # type: ignore[valid-type]
    title: words(TITLE, optional=True) = Field("", description="one's role at work")  # type: ignore[valid-type]
    organisation: words(ORGANISATION, optional=True) = Field("", description="where one works")  # type: ignore[valid-type]
    challenge: words(CHALLENGE, multiline=True, optional=True) = Field(  # type: ignore[valid-type]
        "", description="one thing that is hard just now"
    )


class TheirNeeds(Payload):
    diet: words(NEEDS, multiline=True, optional=True) = Field("", description="what one does not eat")  # type: ignore[valid-type]
    access: words(NEEDS, multiline=True, optional=True) = Field(  # type: ignore[valid-type]
        "", description="what one needs to take part"
    )


@command("registration.switch", role="applicant", payload=Switch, limit="20/minute")
def switch(ctx: Context, p: Switch) -> dict[str, Any]:
    """Have another fee, as long as the rules allow it and there is a place: between the hall and the web, or another day.
    It costs what it costs now."""
    fee, r, rules = fee_here(ctx, p.fee), own(ctx), rules_here(ctx)
    try:
        model.may_switch(rules.rule(), r.state, ctx.now)
    except model.Refusal as no:
        raise refused(no) from None
    if r.fee_id == fee.id:
        raise Refused("state", why="same_fee")
    if r.arrived_at is not None:
        raise Refused("state", why="has_arrived")
    if not fee.open:
        raise Refused("closed", why="fee_closed")
    if left(ctx, fee) == 0 or somebody_waits(ctx, fee):
        raise Refused("closed", why="full")
    before = r.fee_id
    r.fee_id = fee.id
    for column, value in priced(fee).items():
        setattr(r, column, value)
    holder(ctx, r).attendance = fee.place
    touched(ctx, r)
    tell_of(ctx, r)
    ctx.session.flush()
    pass_on(ctx, before)
    return {"id": r.id, "fee": fee.id}


@command("registration.cancel", role="applicant", payload=Cancel, limit="20/minute")
def cancel(ctx: Context, p: Cancel) -> dict[str, Any]:
    """Give a place up, or leave the line. One's own as long as the rules allow it. The ways in close."""
    r, others = own_or(ctx, p.id)
    if others:
        if r.state == "cancelled":
            raise Refused("state", why="cancelled_place")
        ctx.audit("registration.cancel", r.id, {"state": r.state}, {"state": "cancelled"}, p.reason)
        end(ctx, r, p.reason, charged=p.charged and r.state == "confirmed", letter=p.letter)
        return {"id": r.id, "state": r.state}
    rules = ctx.find(Rules, ctx.meeting_id)
    try:
        model.may_cancel(rules.rule() if rules else model.Rules(), r.state, ctx.now)
    except model.Refusal as no:
        raise refused(no) from None
    end(ctx, r)
    return {"id": r.id, "state": r.state}


@command("registration.accept", role="applicant", limit="20/minute")
def accept(ctx: Context, _p: Payload) -> dict[str, Any]:
    """Take the place that is offered."""
    r = own(ctx)
    if r.state != "offered":
        raise Refused("state", why="not_offered")
    if model.is_past(r.offered_until, ctx.now):
        raise Refused("closed", why="offer_over")
    confirm(ctx, r)
    return {"id": r.id, "state": r.state}


@command("registration.decline", role="applicant", limit="20/minute")
def decline(ctx: Context, _p: Payload) -> dict[str, Any]:
    """Let the place that is offered go to the next in line."""
    r = own(ctx)
    if r.state != "offered":
        raise Refused("state", why="not_offered")
    end(ctx, r)
    return {"id": r.id, "state": r.state}


@command("registration.hand_over", role="applicant", payload=HandOver, limit="10/hour")
def hand_over(ctx: Context, p: HandOver) -> dict[str, Any]:
    """Offer one's place to somebody else. It stays one's own until they take it."""
    r, others = own_or(ctx, p.id)
    try:
        model.may_hand_over(r.state, r.arrived_at is not None, ctx.meeting.ends, ctx.now)
    except model.Refusal as no:
        raise refused(no) from None
    person = holder(ctx, r)
    if p.email == person.email:
        raise Refused("invalid", field="email", why="own_address")
    if open_transfer(ctx.session, r.id) is not None:
        raise Refused("state", why="transfer_open")
    if others and with_place(ctx, p.email) is not None:  # nobody but staff is told who has a place
        raise Refused("invalid", field="email", why="has_place")
    rules = ctx.find(Rules, ctx.meeting_id)
    until = model.offered_until(ctx.now, max(72, rules.offer_hours if rules else 0), ctx.meeting.ends)
    transfer = ctx.add(
        Transfer(
            id=new_id(),
            meeting_id=ctx.meeting_id,
            registration_id=r.id,
            to_email=p.email,
            to_name=p.name,
            keep_payer=p.keep_payer,
            state="offered",
            from_id=person.id,
            to_id=None,
            made_at=ctx.now,
            until=until,
        )
    )
    ctx.due(until, "registration.expire_transfer", {"id": transfer.id}, f"transfer {transfer.id}")
    touched(ctx, r)
    post(ctx, "transfer", to=p.email, name=p.name, language=person.language, data={"transfer": transfer.id})
    after = {"name": p.name, "email": p.email}
    ctx.audit("registration.hand_over", r.id, {"name": person.name, "email": person.email}, after)
    return {"id": r.id, "transfer": transfer.id}


@command("registration.withdraw_transfer", role="applicant", payload=Withdraw, limit="20/minute")
def withdraw_transfer(ctx: Context, p: Withdraw) -> dict[str, str]:
    """Keep the place after all, as long as nobody has taken it."""
    r, others = own_or(ctx, p.id)
    if not close_transfer(ctx, r, "withdrawn"):
        raise Refused("state", why="no_transfer")
    touched(ctx, r)
    if others:
        ctx.audit("registration.withdraw_transfer", r.id, "offered", "withdrawn")
    return {"id": r.id}


@command("registration.present", role="applicant", payload=Present, limit="20/minute")
def present(ctx: Context, p: Present) -> dict[str, str]:
    """Say who one is, and what is hard."""
    r = own(ctx)
    person = holder(ctx, r)
    person.name, person.organisation = p.name, p.organisation
    r.title, r.challenge = p.title, p.challenge
    touched(ctx, r)
    return {"id": r.id}


@command("registration.needs", role="applicant", payload=TheirNeeds, limit="20/minute")
def needs(ctx: Context, p: TheirNeeds) -> dict[str, str]:
    """Say what one does not eat, and what one needs to take part. Organisers alone read it."""
    r = own(ctx)
    set_needs(ctx, r, p.diet, p.access)
    touched(ctx, r)
    return {"id": r.id}

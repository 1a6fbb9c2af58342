"""What organisers do about other people's places: by hand, one at a time; and what is sent to be invoiced."""

from typing import Any

from pydantic import Field
from sqlalchemy import select

from ...context import Context
from ...dispatch import Id, Payload, command, words
from ...mail.model.address import Email
from ...participants.store import Participant, new_id
from ...problems import Refused
from .. import model
from ..model.money import MOST
from ..store import Batch, Fee, Line, Needs, Registration, fees_of
from ..views.lists import owed
from .common import (
    CHALLENGE,
    NAME,
    NEEDS,
    ORGANISATION,
    PLAIN,
    TITLE,
    Himself,
    Language,
    PayerFields,
    confirm,
    expect,
    fee_here,
    holder,
    left,
    new_person,
    new_registration,
    offer,
    pass_on,
    payer_columns,
    priced,
    set_needs,
    tally_of,
    tell_of,
    touched,
    with_place,
)

DECIDED_ON = Field(None, description="the registration's `version` that was decided on")


class Enrol(Himself):
    fee: Id = Field(description="which place")
    email: Email | None = Field(None, description="where the link is sent; without it there is none")
    phone: str = Field("", pattern=r"^[0-9+() \-]{0,30}$", description="for the organisers alone")
    over: bool = Field(False, description="also when it is full")
    letter: bool = Field(True, description="whether they are told by letter")


class Edit(Payload):
    """What is left out stays as it is. The payer is given whole, or not at all."""

    id: Id
    expected_version: int | None = DECIDED_ON
    name: words(NAME) | None = Field(None, description="of the holder")  # type: ignore[valid-type]
    organisation: words(ORGANISATION, optional=True) | None = Field(None, description="where they work")  # type: ignore[valid-type]
    email: Email | None = Field(None, description="where letters are sent")
    language: Language | None = Field(None, description="of letters")
    title: words(TITLE, optional=True) | None = Field(None, description="their role at work")  # type: ignore[valid-type]
    challenge: words(CHALLENGE, multiline=True, optional=True) | None = Field(  # type: ignore[valid-type]
        None, description="one thing that is hard just now"
    )
    phone: str | None = Field(None, pattern=r"^[0-9+() \-]{0,30}$", description="for the organisers alone")
    price: int | None = Field(None, ge=0, le=MOST, description="öre without VAT, for this one alone")
    diet: words(NEEDS, multiline=True, optional=True) | None = Field(None, description="what they do not eat")  # type: ignore[valid-type]
    access: words(NEEDS, multiline=True, optional=True) | None = Field(  # type: ignore[valid-type]
        None, description="what they need to take part"
    )


class Payer(PayerFields):
    id: Id
    expected_version: int | None = DECIDED_ON
    payer_name: words(ORGANISATION) = Field(description="the organisation that pays")  # type: ignore[valid-type]


class Move(Payload):
    id: Id
    fee: Id = Field(description="the one to have instead")
    over: bool = Field(False, description="also when it is full")
    keep_price: bool = Field(False, description="it goes on costing what it did")


class Which(Payload):
    id: Id


class Offer(Payload):
    id: Id
    at_once: bool = Field(False, description="they have the place, and are not asked")
    over: bool = Field(False, description="also when it is full")


@command("registration.enrol", role="organiser", payload=Enrol)
def enrol(ctx: Context, p: Enrol) -> dict[str, Any]:
    """Register somebody by hand, also after the deadline. Who is here already for another reason, a speaker say, is given
    the place as who they are."""
    fee = fee_here(ctx, p.fee)
    payer = payer_columns(p, p.organisation)
    r = enrolled(ctx, p, fee, payer, "staff", p.email or "", p.over)
    ctx.audit("registration.enrol", r.id, None, {"name": p.name, "fee": fee.id})
    tell_of(ctx, r, letter=p.letter)
    return {"registration": r.id, "number": r.number, "person": r.participant_id}


def enrolled(
    ctx: Context,
    p: Himself,
    fee: Fee,
    payer: dict[str, str],
    by: str,
    email: str,
    over: bool = False,
    **more: Any,
) -> Registration:
    if email and with_place(ctx, email) is not None:
        raise Refused("invalid", field="email", why="has_place")
    if not over and left(ctx, fee) == 0:
        raise Refused("closed", why="full")
    known = select(Participant).where(Participant.meeting_id == ctx.meeting_id, Participant.email == email)
    person = ctx.session.scalars(known.where(Participant.roles.not_in(PLAIN))).first() if email else None
    if person is None:
        person = new_person(ctx, p.name, p.organisation, email, p.language, "confirmed", fee.place)
    else:
        person.attendance = fee.place
    given = {"title": p.title, "challenge": p.challenge, "phone": getattr(p, "phone", "")}
    r = new_registration(ctx, person, fee, "confirmed", by, payer, **given, **more)
    set_needs(ctx, r, p.diet, p.access)
    return r


@command("registration.edit", role="organiser", payload=Edit)
def edit(ctx: Context, p: Edit) -> dict[str, Any]:
    """Correct what is known of somebody with a place."""
    r = ctx.get(Registration, p.id)
    expect(ctx, r, p.expected_version)
    person = holder(ctx, r)
    if p.email is not None and p.email != person.email:
        there = with_place(ctx, p.email)
        if there is not None and there.id != r.id:
            raise Refused("invalid", field="email", why="has_place")
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for row, names in (
        (person, ("name", "organisation", "email", "language")),
        (r, ("title", "challenge", "phone", "price")),
    ):
        for name in names:
            value = getattr(p, name)
            if value is not None and value != getattr(row, name):
                before[name], after[name] = getattr(row, name), value
                setattr(row, name, value)
    if p.diet is not None or p.access is not None:  # what they are is nobody's to read in a list of what was done
        needs = ctx.session.get(Needs, r.id)
        old = (needs.diet, needs.access) if needs else ("", "")
        set_needs(ctx, r, old[0] if p.diet is None else p.diet, old[1] if p.access is None else p.access)
        after["needs"] = True
    touched(ctx, r)
    ctx.audit("registration.edit", r.id, before, after)
    return {"id": r.id, "version": r.version}


@command("registration.payer", role="organiser", payload=Payer)
def payer(ctx: Context, p: Payer) -> dict[str, Any]:
    """Say who pays for somebody's place."""
    r = ctx.get(Registration, p.id)
    expect(ctx, r, p.expected_version)
    columns = payer_columns(p, "")
    before = {name: getattr(r, name) for name in columns}
    for name, value in columns.items():
        setattr(r, name, value)
    touched(ctx, r)
    ctx.audit("registration.payer", r.id, before, columns)
    return {"id": r.id, "version": r.version}


@command("registration.move", role="organiser", payload=Move)
def move(ctx: Context, p: Move) -> dict[str, Any]:
    """Give somebody another fee, whatever the rules allow them."""
    r, fee = ctx.get(Registration, p.id), fee_here(ctx, p.fee)
    if r.state == "cancelled":
        raise Refused("state", why="cancelled_place")
    if r.fee_id == fee.id:
        raise Refused("state", why="same_fee")
    takes = r.state in model.TAKES
    if takes and not p.over and left(ctx, fee) == 0:
        raise Refused("closed", why="full")
    before = r.fee_id
    r.fee_id = fee.id
    if not p.keep_price:
        for column, value in priced(fee).items():
            setattr(r, column, value)
    if r.state == "confirmed":
        holder(ctx, r).attendance = fee.place
    touched(ctx, r)
    ctx.audit("registration.move", r.id, before, fee.id)
    if r.state == "confirmed":
        tell_of(ctx, r)
    ctx.session.flush()
    if takes:
        pass_on(ctx, before)
    return {"id": r.id, "fee": fee.id}


@command("registration.offer", role="organiser", payload=Offer)
def offer_now(ctx: Context, p: Offer) -> dict[str, Any]:
    """Offer a place to somebody who waits, or give it to them, before others in the line."""
    r = ctx.get(Registration, p.id)
    if r.state not in ("waiting", "offered") or (r.state == "offered" and not p.at_once):
        raise Refused("state", why="not_in_line")
    fee = ctx.session.get_one(Fee, r.fee_id) if r.fee_id else None
    if fee is not None and r.state == "waiting" and not p.over and left(ctx, fee) == 0:
        raise Refused("closed", why="full")
    ctx.audit("registration.offer", r.id, r.state, "confirmed" if p.at_once else "offered")
    if p.at_once:
        confirm(ctx, r)
    else:
        offer(ctx, r)
    return {"id": r.id, "state": r.state}


@command("registration.invoice", role="organiser", limit="20/minute")
def invoice(ctx: Context, _p: Payload) -> dict[str, Any]:
    """Put together what is to be invoiced that was not before: what is new, what was changed, what was taken back."""
    here = select(Registration).where(Registration.meeting_id == ctx.meeting_id)
    registrations = {r.id: r for r in ctx.session.scalars(here)}
    names = {fee.id: fee.name for fee in fees_of(ctx.session, ctx.meeting_id, removed=True)}
    now = {r.id: found for r in registrations.values() if (found := owed(r, names, ctx.meeting.language))}
    lines = list(ctx.session.scalars(select(Line).where(Line.meeting_id == ctx.meeting_id)))
    earlier = {line.registration_id: line for line in lines}
    differences = model.differences(now, [(line.registration_id, line.owed(), line.sign) for line in lines])
    if not differences:
        raise Refused("state", why="nothing_to_invoice")
    tally = tally_of(ctx)
    tally.batch += 1
    batch = ctx.add(Batch(id=new_id(), meeting_id=ctx.meeting_id, number=tally.batch, at=ctx.now, by=ctx.me))
    ctx.session.flush()
    people = _holders(ctx, [registrations[id] for id, _, _ in differences if id in registrations])
    for id, what, sign in differences:
        r = registrations.get(id)
        ctx.add(
            Line(
                id=new_id(),
                meeting_id=ctx.meeting_id,
                batch_id=batch.id,
                registration_id=id,
                number=r.number if r else earlier[id].number,
                holder=people.get(r.participant_id, "") if r else earlier[id].holder,
                text=what.text,
                payer=_written(what.payer),
                net=what.amount.net,
                vat=what.amount.vat,
                currency=what.amount.currency,
                sign=sign,
            )
        )
    ctx.audit("registration.invoice", batch.id, None, {"number": batch.number, "lines": len(differences)})
    return {"id": batch.id, "number": batch.number, "lines": len(differences)}


def _holders(ctx: Context, registrations: list[Registration]) -> dict[str, str]:
    ids = {r.participant_id for r in registrations}
    found: dict[str, str] = {}
    for part in range(0, len(ids), 500):
        some = sorted(ids)[part : part + 500]
        rows = ctx.session.execute(select(Participant.id, Participant.name).where(Participant.id.in_(some)))
        found |= {row.id: row.name for row in rows}
    return found


def _written(payer: model.Payer) -> list[str]:
    return [
        payer.name,
        payer.orgnr,
        payer.municipality,
        payer.reference,
        payer.gln,
        payer.peppol,
        payer.email,
        payer.address,
    ]

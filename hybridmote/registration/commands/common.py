"""What several commands share: the fields of a payer, giving a place, and letting it go."""

from datetime import timedelta
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import func, select

from ...context import Context
from ...dispatch import Payload, words
from ...mail.model.address import Email
from ...mail.store import Letter, counted, post, withdraw
from ...participants.store import Grant, Participant, new_id
from ...problems import Refused
from .. import model
from ..store import Fee, Needs, Registration, Rules, Tally, open_transfer, place_of

NAME, ORGANISATION, TITLE, CHALLENGE, NEEDS = 100, 120, 100, 280, 300  # graphemes
PLAIN = frozenset({"participant", "applicant", ""})  # roles of who is here for the place alone
LINKS_AN_HOUR = 2  # letters with a link that one address may cause to be sent to it

Language = Literal["sv", "en"]
NUMBER = r"^[0-9A-Za-z :\-\u00a0\u2010-\u2015]{0,40}$"  # of what is read without its spaces and hyphens


class PayerFields(Payload):
    """Who pays. All of it may be left out: then the organisation pays."""

    payer_name: words(ORGANISATION, optional=True) = Field(  # type: ignore[valid-type]
        "", description="the organisation that pays; empty: the one that is taken part for"
    )
    orgnr: str = Field("", pattern=NUMBER, description="Swedish organisation number, with or without its hyphen")
    municipality: str = Field("", pattern=r"^([0-9]{2}|[0-9]{4})?$", description="code of a municipality or region")
    reference: words(60, optional=True) = Field("", description="what the payer wants on it")  # type: ignore[valid-type]
    gln: str = Field("", pattern=NUMBER, description="thirteen digits")
    peppol: str = Field("", pattern=NUMBER, description="0007: and an organisation number, or 0088: and a GLN")
    invoice_email: Email | None = Field(None, description="where invoices are sent")
    invoice_address: words(300, multiline=True, optional=True) = Field(  # type: ignore[valid-type]
        "", description="where invoices are posted"
    )


class Himself(PayerFields):
    """Who takes part, and who pays."""

    name: words(NAME) = Field(description="1 to 100 graphemes after cleaning")  # type: ignore[valid-type]
    organisation: words(ORGANISATION, optional=True) = Field("", description="where they work")  # type: ignore[valid-type]
    title: words(TITLE, optional=True) = Field("", description="their role at work")  # type: ignore[valid-type]
    challenge: words(CHALLENGE, multiline=True, optional=True) = Field(  # type: ignore[valid-type]
        "", description="one thing that is hard just now; shown to the others if they agree"
    )
    diet: words(NEEDS, multiline=True, optional=True) = Field(  # type: ignore[valid-type]
        "", description="what they do not eat; kept apart, and erased after the meeting"
    )
    access: words(NEEDS, multiline=True, optional=True) = Field(  # type: ignore[valid-type]
        "", description="what they need to take part; kept apart, and erased after the meeting"
    )
    language: Language | None = Field(None, description="of letters; not given: the meeting's")


def payer_columns(p: PayerFields, organisation: str) -> dict[str, str]:
    """The columns of a payer, checked and completed from what is known of municipalities and regions."""
    given: dict[str, str] = {}
    for field, read in (("orgnr", model.orgnr), ("gln", model.gln), ("peppol", model.peppol)):
        try:
            given[field] = read(getattr(p, field))
        except model.Wrong as wrong:
            raise Refused("invalid", field=field, why=wrong.why) from None
    body = model.body(p.municipality) if p.municipality else model.body_of(given["orgnr"])
    if not p.municipality and not given["orgnr"]:
        body = model.named(p.payer_name or organisation)
    if p.municipality and body is None:
        raise Refused("invalid", field="municipality", why="no_such_body")
    if body and not given["orgnr"]:
        given["orgnr"] = body.orgnr
    return given | {
        "payer_name": p.payer_name or (body.name if body else organisation),
        "municipality": body.code if body else "",
        "reference": p.reference,
        "invoice_email": p.invoice_email or "",
        "invoice_address": p.invoice_address,
    }


# ---- what there is ----------------------------------------------------------------------------------------------------


def tally_of(ctx: Context) -> Tally:
    tally = ctx.find(Tally, ctx.meeting_id)
    if tally is None:
        tally = ctx.add(
            Tally(id=ctx.meeting_id, meeting_id=ctx.meeting_id, stamp=0, number=0, place_in_line=0, batch=0)
        )
        ctx.session.flush()
    return tally


def touched(ctx: Context, r: Registration) -> None:
    """Whoever looks at the list hears that it has changed."""
    r.version += 1
    tally_of(ctx).stamp += 1


def expect(ctx: Context, r: Registration, version: int | None) -> None:
    """Refuse as stale, with what it is now, when who decided had another version before them. Nothing of needs."""
    if version is not None and r.version != version:
        person = holder(ctx, r)
        known = {name: getattr(person, name) for name in ("name", "organisation", "email", "language")}
        now = {name: getattr(r, name) for name in ("version", "state", "title", "challenge", "phone", "price")}
        raise Refused("stale", current={**known, **now, "payer": r.payer_name})


def rules_here(ctx: Context) -> Rules:
    rules = ctx.find(Rules, ctx.meeting_id)
    if rules is None:
        raise Refused("closed", why="no_registration")
    return rules


def fee_here(ctx: Context, id: str, field: str = "fee") -> Fee:
    fee = ctx.get(Fee, id, field)
    if fee.removed:
        raise Refused("not_found", field=field)
    return fee


def left(ctx: Context, fee: Fee) -> int | None:
    """How many more may be confirmed; None without a limit."""
    if fee.capacity is None:
        return None
    here = select(func.count()).where(Registration.fee_id == fee.id, Registration.state.in_(model.TAKES))
    return max(0, fee.capacity - int(ctx.session.scalar(here) or 0))


def somebody_waits(ctx: Context, fee: Fee) -> bool:
    here = select(Registration.id).where(Registration.fee_id == fee.id, Registration.state == "waiting").limit(1)
    return ctx.session.scalar(here) is not None


def with_place(ctx: Context, email: str) -> Registration | None:
    """Whose place that address has, or waits for."""
    return ctx.session.scalars(
        select(Registration)
        .join(Participant, Participant.id == Registration.participant_id)
        .where(Participant.meeting_id == ctx.meeting_id, Participant.email == email)
        .where(Registration.state.in_(model.LIVES))
        .order_by(Registration.order)
    ).first()


def holder(ctx: Context, r: Registration) -> Participant:
    return ctx.session.get_one(Participant, r.participant_id)


def own(ctx: Context) -> Registration:
    """The place of who asks, or a refusal: they may be here without one."""
    found = place_of(ctx.session, ctx.me)
    if found is None or found.state not in model.LIVES:
        raise Refused("state", why="no_place_here")
    return found


def own_or(ctx: Context, id: str | None) -> tuple[Registration, bool]:
    """The place of who asks, or another's by its id for organisers; and whether it is another's."""
    mine = place_of(ctx.session, ctx.me)
    if id is None:
        return own(ctx), False
    found = ctx.find(Registration, id)
    others = found is not None and (mine is None or found.id != mine.id)
    allowed = ctx.caller is not None and "organiser" in ctx.caller.roles
    if found is None or found.meeting_id != ctx.meeting_id or (others and not allowed):
        raise Refused("not_found", field="id")
    return found, others


def refused(no: model.Refusal) -> Refused:
    return Refused(no.code, why=no.detail)


# ---- giving a place ---------------------------------------------------------------------------------------------------


def new_person(
    ctx: Context, name: str, organisation: str, email: str, language: str | None, state: str, attendance: str | None
) -> Participant:
    person = ctx.add(
        Participant(
            id=new_id(),
            meeting_id=ctx.meeting_id,
            name=name,
            organisation=organisation,
            roles="participant" if state == "confirmed" else "applicant",
            attendance=attendance,
            email=email,
            language=language or "",
            track="",
            muted="",
        )
    )
    ctx.session.flush()
    return person


def new_registration(
    ctx: Context,
    person: Participant,
    fee: Fee | None,
    state: str,
    by: str,
    payer: dict[str, str],
    **more: Any,
) -> Registration:
    tally = tally_of(ctx)
    tally.number += 1
    tally.place_in_line += 1
    tally.stamp += 1
    r = ctx.add(
        Registration(
            id=new_id(),
            meeting_id=ctx.meeting_id,
            number=tally.number,
            version=1,
            fee_id=fee.id if fee else None,
            state=state,
            participant_id=person.id,
            order=tally.place_in_line,
            by=by,
            made_at=ctx.now,
            charged=False,
            **priced(fee),
            **payer,
            **{"title": "", "challenge": "", "phone": "", **more},
        )
    )
    ctx.session.flush()
    return r


def priced(fee: Fee | None) -> dict[str, Any]:
    """What a place costs who takes it now."""
    if fee is None:
        return {"price": 0, "vat": 25, "currency": "SEK"}
    return {"price": fee.price, "vat": fee.vat, "currency": fee.currency}


def set_needs(ctx: Context, r: Registration, diet: str, access: str) -> None:
    needs = ctx.session.get(Needs, r.id)
    if needs is None and (diet or access):
        ctx.add(Needs(registration_id=r.id, meeting_id=ctx.meeting_id, diet=diet, access=access))
    elif needs is not None and not (diet or access):
        ctx.session.delete(needs)
    elif needs is not None:
        needs.diet, needs.access = diet, access


def tell_of(ctx: Context, r: Registration, letter: bool = True) -> None:
    """What became of it, to whoever reacts, and in a letter to its holder."""
    if letter:
        post(ctx, r.state, person=holder(ctx, r), data={"registration": r.id})
    ctx.tell(f"registration.{r.state}", registration=r.id, person=r.participant_id)


def confirm(ctx: Context, r: Registration) -> None:
    """They have the place: from now on they take part."""
    person = holder(ctx, r)
    r.state, r.offered_until = "confirmed", None
    if person.roles in PLAIN:
        person.roles = "participant"
    if r.fee_id is not None:
        person.attendance = ctx.session.get_one(Fee, r.fee_id).place
    ctx.undue(f"offer {r.id}")
    touched(ctx, r)
    tell_of(ctx, r)


def offer(ctx: Context, r: Registration) -> None:
    """A place is kept for them, for a while."""
    rules = ctx.find(Rules, ctx.meeting_id)
    hours = rules.offer_hours if rules else 24
    r.state = "offered"
    r.offered_until = model.offered_until(ctx.now, hours, ctx.meeting.starts)
    ctx.due(r.offered_until, "registration.pass_on", {"id": r.id}, f"offer {r.id}")
    touched(ctx, r)
    tell_of(ctx, r)


def pass_on(ctx: Context, fee_id: str | None, freed: int = 1) -> None:
    """Places came free: those who wait are asked, in the order in which they came."""
    fee = ctx.find(Fee, fee_id) if fee_id else None
    if fee is None or ctx.now >= ctx.meeting.ends:
        return
    waiting = list(
        ctx.session.scalars(
            select(Registration)
            .where(Registration.fee_id == fee.id, Registration.state == "waiting")
            .order_by(Registration.order)
            .limit(freed)
        )
    )
    chosen = model.next_in_line(fee.id, [r.place() for r in waiting], freed, left(ctx, fee))
    for r in waiting:
        if r.id in chosen:
            offer(ctx, r)


def end(ctx: Context, r: Registration, reason: str = "", *, charged: bool = False, letter: bool = True) -> None:
    """The place is given up. `reason`: a word of the letter's, or what staff wrote."""
    person, took = holder(ctx, r), r.state in model.TAKES
    r.state, r.offered_until, r.ended_at, r.charged = "cancelled", None, ctx.now, charged
    ctx.undue(f"offer {r.id}")
    close_transfer(ctx, r, "withdrawn")
    set_needs(ctx, r, "", "")
    withdraw(ctx, person)
    close_ways(ctx, person, "cancelled")
    touched(ctx, r)
    if letter:
        # to the address, not to the person: who has no role any more is sent nothing
        post(
            ctx,
            "cancelled",
            to=person.email,
            name=person.name,
            language=person.language,
            data={"registration": r.id, "why": reason},
        )
    ctx.tell("registration.cancelled", registration=r.id, person=person.id)
    ctx.session.flush()
    if took:
        pass_on(ctx, r.fee_id)


def close_transfer(ctx: Context, r: Registration, state: str) -> bool:
    transfer = open_transfer(ctx.session, r.id)
    if transfer is None:
        return False
    transfer.state = state
    ctx.undue(f"transfer {transfer.id}")
    waiting = select(Letter).where(Letter.template == "transfer", Letter.state == "waiting")
    for letter in ctx.session.scalars(waiting.where(Letter.meeting_id == ctx.meeting_id)):
        if letter.data.get("transfer") == transfer.id:
            letter.state = "cancelled"
            counted(ctx, waiting=-1, cancelled=1)
    return True


def close_ways(ctx: Context, person: Participant, why: str) -> int:
    """Every way in of somebody who was here for the place alone; their open pages end within two seconds. Who also
    speaks, or works here, stays."""
    if person.roles not in PLAIN:
        return 0
    open_ = select(Grant).where(Grant.participant_id == person.id, Grant.revoked_at.is_(None))
    grants = list(ctx.session.scalars(open_))
    for grant in grants:
        grant.revoked_at, grant.why = ctx.now, why
    person.roles = ""
    return len(grants)


def links_left(ctx: Context, email: str) -> bool:
    """Whether that address may be sent its link once more within the hour."""
    lately = select(func.count()).where(
        Letter.meeting_id == ctx.meeting_id,
        Letter.template == "link",
        Letter.address == email,
        Letter.created_at > ctx.now - timedelta(hours=1),
    )
    return int(ctx.session.scalar(lately) or 0) < LINKS_AN_HOUR


def send_link(ctx: Context, r: Registration) -> None:
    person = holder(ctx, r)
    if links_left(ctx, person.email):
        post(ctx, "link", person=person, data={"registration": r.id})

"""What organisers read of registrations: the list, sums, who comes from where, and what was sent to be invoiced.

Plain queries for pages and files, never topics: a list of everybody would weigh on every page of staff.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...participants.store import Grant, Participant
from .. import model
from ..store import Batch, Fee, Import, Line, Needs, Registration, Transfer, fees_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One registration with its holder, as organisers see it. Money in öre; instants in UTC."""

    id: str
    number: int
    version: int
    state: str
    person: str
    name: str
    organisation: str
    email: str
    language: str
    attendance: str | None
    fee: str | None
    fee_name: dict[str, str]
    title: str
    challenge: str
    phone: str
    payer: model.Payer
    net: int
    vat: int
    currency: str
    charged: bool
    order: int
    by: str
    made_at: datetime
    offered_until: datetime | None
    arrived_at: datetime | None
    transfer: bool  # on its way to somebody else
    opened: bool  # whether they have come in by any of their links, or registered themselves
    diet: str
    access: str


def entries(
    session: Session,
    meeting_id: str,
    *,
    search: str = "",
    fee: str = "",
    state: str = "",
    payer: str = "",
    arrived: bool | None = None,
    with_needs: bool = False,
) -> list[Entry]:
    """Everybody, in the order in which they came; what was taken back with its import is not there.

    `search`: words that are all found in the name, organisation, e-mail, title, payer or number. `fee`: an id. `state`: of
    model.STATES, or "" for all but cancelled, or "all". `payer`: the key of a model.Payer. Needs only when asked for:
    pages of moderators never ask.
    """
    here = (
        select(Registration, Participant)
        .join(Participant, Participant.id == Registration.participant_id)
        .where(Registration.meeting_id == meeting_id)
        .order_by(Registration.order)
    )
    if fee:
        here = here.where(Registration.fee_id == fee)
    if state != "all":
        here = here.where(Registration.state.in_([state] if state else sorted(model.LIVES)))
    if arrived is not None:
        here = here.where(Registration.arrived_at.is_not(None) if arrived else Registration.arrived_at.is_(None))
    names = {f.id: f.name for f in fees_of(session, meeting_id, removed=True)}
    moving = set(
        session.scalars(
            select(Transfer.registration_id).where(Transfer.meeting_id == meeting_id, Transfer.state == "offered")
        )
    )
    let_in = set(
        session.scalars(
            select(Grant.participant_id)
            .where(Grant.meeting_id == meeting_id, Grant.revoked_at.is_(None), Grant.used_at.is_not(None))
            .distinct()
        )
    )
    needs = {}
    if with_needs:
        needs = {n.registration_id: n for n in session.scalars(select(Needs).where(Needs.meeting_id == meeting_id))}
    wanted = search.casefold().split()
    found = []
    for r, person in session.execute(here):
        if payer and r.payer.key != payer:
            continue
        said = f"{person.name} {person.organisation} {person.email} {r.title} {r.payer_name} {r.orgnr} #{r.number}"
        if wanted and not all(word in said.casefold() for word in wanted):
            continue
        need = needs.get(r.id)
        found.append(
            Entry(
                id=r.id,
                number=r.number,
                version=r.version,
                state=r.state,
                person=person.id,
                name=person.name,
                organisation=person.organisation,
                email=person.email,
                language=person.language,
                attendance=person.attendance,
                fee=r.fee_id,
                fee_name=names.get(r.fee_id or "", {}),
                title=r.title,
                challenge=r.challenge,
                phone=r.phone,
                payer=r.payer,
                net=r.price,
                vat=r.vat,
                currency=r.currency,
                charged=r.charged,
                order=r.order,
                by=r.by,
                made_at=r.made_at,
                offered_until=r.offered_until,
                arrived_at=r.arrived_at,
                transfer=r.id in moving,
                opened=person.id in let_in,
                diet=need.diet if need else "",
                access=need.access if need else "",
            )
        )
    return found


# ---- money ------------------------------------------------------------------------------------------------------------


def owed(r: Registration, names: Mapping[str, dict[str, str]], language: str) -> model.Owed | None:
    """What a registration costs now, and whom; None when nothing."""
    if r.price == 0 or not (r.state == "confirmed" or (r.state == "cancelled" and r.charged)):
        return None
    name = names.get(r.fee_id or "", {})
    text = name.get(language) or next(iter(name.values()), "")
    return model.Owed(r.payer, text, model.Amount(r.price, r.vat, r.currency))


@dataclass(frozen=True, slots=True)
class PayerSum:
    """What one payer owes for how many places."""

    payer: model.Payer  # as written on their first registration
    places: int
    totals: tuple[model.Total, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """What is owed now, by payer and all together; the totals agree, since each payer's is rounded once."""

    payers: tuple[PayerSum, ...]
    totals: tuple[model.Total, ...]
    fees: tuple[tuple[str, dict[str, int], int], ...]  # (id of a fee, {state: how many}, öre without VAT)


def sums(session: Session, meeting_id: str, language: str = "sv") -> Sums:
    here = select(Registration).where(Registration.meeting_id == meeting_id).order_by(Registration.order)
    registrations = list(session.scalars(here))
    fees = fees_of(session, meeting_id, removed=True)
    names = {f.id: f.name for f in fees}
    lines = [(r, o) for r in registrations if (o := owed(r, names, language)) is not None]
    by_payer: dict[str, list[model.Owed]] = {}
    for _, line in lines:
        by_payer.setdefault(line.payer.key, []).append(line)
    payers = tuple(
        PayerSum(of[0].payer, len(of), model.invoice_total(line.amount for line in of))
        for of in sorted(by_payer.values(), key=lambda of: of[0].payer.name.casefold())
    )
    of_fee = []
    for f in fees:
        states = Counter(r.state for r in registrations if r.fee_id == f.id)
        if states or not f.removed:
            of_fee.append((f.id, dict(states), sum(line.amount.net for r, line in lines if r.fee_id == f.id)))
    return Sums(payers, model.together(t for p in payers for t in p.totals), tuple(of_fee))


@dataclass(frozen=True, slots=True)
class Invoice:
    """What one payer is sent of one export."""

    payer: model.Payer
    lines: tuple[Line, ...]
    totals: tuple[model.Total, ...]  # of the export's lines with their signs


@dataclass(frozen=True, slots=True)
class Export:
    id: str
    number: int
    at: datetime
    invoices: tuple[Invoice, ...]
    totals: tuple[model.Total, ...]


def exports(session: Session, meeting_id: str) -> list[Export]:
    """Every export for invoicing, the newest first, grouped by payer (organisation number, else name)."""
    batches = session.scalars(select(Batch).where(Batch.meeting_id == meeting_id).order_by(Batch.number.desc()))
    lines: dict[str, list[Line]] = {}
    for line in session.scalars(select(Line).where(Line.meeting_id == meeting_id).order_by(Line.number, Line.sign)):
        lines.setdefault(line.batch_id, []).append(line)
    return [_export(batch, lines.get(batch.id, [])) for batch in batches]


def export(session: Session, meeting_id: str, batch_id: str) -> Export | None:
    return next((e for e in exports(session, meeting_id) if e.id == batch_id), None)


def _export(batch: Batch, lines: Iterable[Line]) -> Export:
    grouped: dict[str, list[Line]] = {}
    for line in lines:
        grouped.setdefault(line.owed().payer.key, []).append(line)
    invoices = tuple(
        Invoice(
            of[-1].owed().payer,
            tuple(of),
            model.invoice_total(model.Amount(line.sign * line.net, line.vat, line.currency) for line in of),
        )
        for _, of in sorted(grouped.items(), key=lambda one: one[1][-1].payer[0].casefold())
    )
    totals = model.together(total for invoice in invoices for total in invoice.totals)
    return Export(batch.id, batch.number, batch.at, invoices, totals)


# ---- who comes from where ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class From:
    """How many come from one municipality or region, or from an organisation that is none. `code`: empty for those."""

    code: str
    name: str
    hall: int
    web: int
    arrived: int


def attendance(session: Session, meeting_id: str) -> list[From]:
    """Of those confirmed, by name."""
    here = (
        select(Registration, Participant.organisation, Participant.attendance)
        .join(Participant, Participant.id == Registration.participant_id)
        .where(Registration.meeting_id == meeting_id, Registration.state == "confirmed")
    )
    found: dict[tuple[str, str], Counter[str]] = {}
    names: dict[tuple[str, str], str] = {}
    for r, organisation, place in session.execute(here):
        body = model.body(r.municipality)
        name = body.name if body else organisation or r.payer_name
        key = (r.municipality if body else "", "" if body else " ".join(name.split()).casefold())
        names.setdefault(key, name)
        count = found.setdefault(key, Counter())
        count[place or "hall"] += 1
        count["arrived"] += r.arrived_at is not None
    rows = [From(key[0], names[key], c["hall"], c["web"], c["arrived"]) for key, c in found.items()]
    return sorted(rows, key=lambda row: (row.name.casefold(), row.code))


def no_shows(session: Session, meeting_id: str) -> list[Entry]:
    """Confirmed places in the hall that nobody came to."""
    return [e for e in entries(session, meeting_id, state="confirmed", arrived=False) if e.attendance == "hall"]


def not_come(session: Session, meeting_id: str) -> int:
    """How many of those there are just now."""
    absent = (
        select(func.count())
        .select_from(Registration)
        .join(Participant, Participant.id == Registration.participant_id)
        .where(Registration.meeting_id == meeting_id, Registration.state == "confirmed")
        .where(Registration.arrived_at.is_(None), Participant.attendance == "hall")
    )
    return session.scalar(absent) or 0


def imports(session: Session, meeting_id: str) -> list[Import]:
    """Lists that were brought, the newest first."""
    return list(session.scalars(select(Import).where(Import.meeting_id == meeting_id).order_by(Import.at.desc())))


def line(session: Session, fee: Fee) -> list[str]:
    """The ids of those who wait for a place of a fee, in order."""
    waiting = select(Registration.id).where(Registration.fee_id == fee.id, Registration.state == "waiting")
    return list(session.scalars(waiting.order_by(Registration.order)))


def as_dict(entry: Entry) -> dict[str, Any]:
    """For JSON: instants as ISO 8601, the payer as an object."""
    found = {name: getattr(entry, name) for name in Entry.__slots__}
    found["payer"] = {name: getattr(entry.payer, name) for name in model.Payer.__slots__}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in found.items()}

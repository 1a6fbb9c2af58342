"""What is to be invoiced now, and what was: numbered exports, each with what had changed since the one before."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import Caller
from ..meetings.store import Meeting
from ..participants.store import Participant
from ..registration import model
from ..registration.store import Line, Registration, fees_of
from ..registration.views import lists
from ..web import form_page
from . import door
from .door import Said, Typed, pages
from .people import exactly

PAGE = "desk/invoices"


@pages.get("/m/<slug>/desk/invoices")
def invoices(slug: str) -> Any:
    return show(slug)


@form_page(PAGE)
def _again(slug: str, said: Said, typed: Typed) -> Any:
    return show(slug, said, typed)


def show(slug: str, said: Said = None, typed: Typed | None = None) -> Any:
    return door.page(slug, "registration/desk_invoices.html", _drawn, said, typed)


def _drawn(db: Session, row: Meeting, _caller: Caller) -> dict[str, Any]:
    exports = lists.exports(db, row.id)
    owed = lists.sums(db, row.id, row.language)
    return {
        "exports": [
            {
                "id": one.id,
                "number": one.number,
                "at": one.at,
                "lines": sum(len(invoice.lines) for invoice in one.invoices),
                "invoices": [
                    {"payer": i.payer, "lines": i.lines, "totals": [_total(t) for t in i.totals]} for i in one.invoices
                ],
                "totals": [_total(t) for t in one.totals],
            }
            for one in exports
        ],
        "owed": _nets(owed.totals),
        "exported": _nets(total for one in exports for total in one.totals),
        "pending": pending(db, row),
        "exactly": exactly,
        "written": model.written,
    }


def pending(db: Session, row: Meeting) -> list[dict[str, Any]]:
    """What the next export would hold, by payer: {payer, lines: [(number, holder, text, öre with its sign, currency)],
    totals}. As registration.invoice reckons it."""
    here = select(Registration).where(Registration.meeting_id == row.id)
    registrations = {r.id: r for r in db.scalars(here)}
    people = select(Participant.id, Participant.name).where(Participant.meeting_id == row.id)
    names = {one.id: one.name for one in db.execute(people)}
    fees = {fee.id: fee.name for fee in fees_of(db, row.id, removed=True)}
    now = {r.id: found for r in registrations.values() if (found := lists.owed(r, fees, row.language))}
    lines = list(db.scalars(select(Line).where(Line.meeting_id == row.id)))
    earlier = {line.registration_id: line for line in lines}
    grouped: dict[str, list[tuple[model.Owed, tuple[Any, ...], model.Amount]]] = {}
    for id, what, sign in model.differences(now, [(line.registration_id, line.owed(), line.sign) for line in lines]):
        r = registrations.get(id)
        number, holder = (r.number, names.get(r.participant_id, "")) if r else (earlier[id].number, earlier[id].holder)
        amount = model.Amount(sign * what.amount.net, what.amount.vat, what.amount.currency)
        told = (number, holder, what.text, amount.net, amount.currency)
        grouped.setdefault(what.payer.key, []).append((what, told, amount))
    by_payer: list[dict[str, Any]] = [
        {
            "payer": of[-1][0].payer,
            "lines": sorted(told for _what, told, _amount in of),
            "totals": [_total(t) for t in model.invoice_total(amount for _what, _told, amount in of)],
        }
        for of in grouped.values()
    ]
    return sorted(by_payer, key=lambda one: str(one["payer"].name).casefold())


def _total(of: model.Total) -> dict[str, str]:
    return {"net": exactly(of.net), "vat": exactly(of.vat), "gross": exactly(of.gross), "currency": of.currency}


def _nets(totals: Any) -> list[tuple[str, str]]:
    """Sums without VAT, by currency: they agree to the öre whatever the exports were rounded to."""
    nets: dict[str, int] = {}
    for total in totals:
        nets[total.currency] = nets.get(total.currency, 0) + total.net
    return [(exactly(net), currency) for currency, net in sorted(nets.items())]

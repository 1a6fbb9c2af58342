"""The list, the kitchen's list and the invoices as files for other programs."""

from collections import Counter
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from flask import Response
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from .. import offload
from ..access import Caller
from ..db import reading
from ..invitation import either
from ..meetings.store import Meeting
from ..problems import Refused
from ..registration import model
from ..registration.views import lists
from ..takeaway.sheets import Cell, Column, as_csv, as_xlsx
from ..web import meeting_and_caller
from . import door
from .door import pages
from .people import asked, state_words

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def sent(slug: str, kind: str, content: bytes, what: str) -> Response:
    answer = Response(content, content_type=TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}-{what}.{kind}"'
    return answer


def made(slug: str, kind: str, what: str, columns: list[Column], rows: list[tuple[Cell, ...]], zone: str) -> Response:
    """CSV as Excel in Sweden reads it (semicolons, decimal commas), or XLSX with what the columns mean."""
    if kind == "csv":
        return sent(slug, kind, offload.run(as_csv, columns, rows, True), what)
    named = _("List"), _("What the columns mean")
    heads = _("Column"), _("Name"), _("Meaning"), _("Unit"), _("May hold")
    truths = _("no"), _("yes")
    return sent(slug, kind, offload.run(as_xlsx, columns, rows, ZoneInfo(zone), named, heads, truths), what)


def op_of(op: str, part: int) -> str:
    """The op of a further part of what one form sent: the same if it is sent twice."""
    return str(uuid5(NAMESPACE_URL, f"{op} {part}"))


# ---- the list --------------------------------------------------------------------------------------------------------


@pages.get("/m/<slug>/desk/people.<any(csv, xlsx):kind>")
def people_as(slug: str, kind: str) -> Response:
    """Whom the address asks for, as the page does. Needs are not in it: they have a list of their own."""
    with reading() as db:
        row, caller = meeting_and_caller(db, slug)
        door.organiser(caller)
        rows = [_row(entry) for entry in asked(db, row)]
    return made(slug, kind, "people", _columns(), rows, row.timezone)


def _columns() -> list[Column]:
    """Named as an import reads them, so that a list can be taken out, changed and brought to another meeting."""
    times = _("ISO 8601, UTC; in a spreadsheet the meeting's own time")
    states = {str(k): v for k, v in state_words().items() if k in model.STATES}
    places = {"hall": _("in the hall"), "web": _("on the web")}
    return [
        Column("number", _("Number"), _("Of the registration, from 1"), "number"),
        Column("name", _("Name"), _("Who has the place")),
        Column("organisation", _("Organisation"), _("Where they work")),
        Column("title", _("Role at work"), _("As they wrote it")),
        Column("email", _("E-mail"), _("Where their letters go"), "word"),
        Column("phone", _("Phone"), _("If they gave one"), "word"),
        Column("language", _("Language"), _("Of their letters"), "word"),
        Column("fee", _("Fee"), _("What it is called"), "word"),
        Column("state", _("State"), _("Whether they have a place"), "word", values=states),
        Column("place", _("Place"), _("Where they take part"), "word", values=places),
        Column("price", _("Price"), _("Without VAT, as it was when they registered"), "money"),
        Column("vat", _("VAT"), _("Rate"), "number", _("per cent")),
        Column("currency", _("Currency"), _("Of the price"), "word"),
        Column("payer", _("Payer"), _("Who is sent the invoice")),
        Column("orgnr", _("Organisation number"), _("Of the payer"), "word"),
        Column("municipality", _("Municipality or region"), _("Its code"), "word"),
        Column("reference", _("Reference"), _("As the payer wants it on the invoice"), "word"),
        Column("gln", _("GLN"), _("Thirteen digits"), "word"),
        Column("peppol", _("Peppol id"), _("With its scheme"), "word"),
        Column("invoice_email", _("E-mail for invoices"), _("Of the payer"), "word"),
        Column("invoice_address", _("Postal address of the invoice"), _("Of the payer")),
        Column("challenge", _("Challenge"), _("What they say is hard just now")),
        Column("made_at", _("Registered"), _("When"), "time", times),
        Column("arrived_at", _("Came"), _("When they were ticked off at the door; else empty"), "time", times),
        Column("link_used", _("Link used"), _("Whether they have come in by it"), "truth"),
    ]


def _row(e: lists.Entry) -> tuple[Cell, ...]:
    p = e.payer
    return (
        *(e.number, e.name, e.organisation, e.title, e.email, e.phone, e.language),
        *(either(e.fee_name, door.language())[0] if e.fee_name else "", e.state, e.attendance or "", e.net, e.vat),
        *(e.currency, p.name, model.written(p.orgnr), p.municipality, p.reference, p.gln, p.peppol, p.email, p.address),
        *(e.challenge, e.made_at, e.arrived_at, e.opened),
    )


# ---- the kitchen -----------------------------------------------------------------------------------------------------


@pages.get("/m/<slug>/desk/needs")
def needs(slug: str) -> Any:
    """What the hall eats, counted, and who needs what; for the kitchen and for who receives people."""
    return door.page(slug, "registration/desk_needs.html", _needs)


@pages.get("/m/<slug>/desk/needs.<any(csv, xlsx):kind>")
def needs_as(slug: str, kind: str) -> Response:
    with reading() as db:
        row, caller = meeting_and_caller(db, slug)
        door.organiser(caller)
        found = eaters(db, row)
    columns = [
        Column("number", _("Number"), _("Of the registration, from 1"), "number"),
        Column("name", _("Name"), _("Who has the place")),
        Column("organisation", _("Organisation"), _("Where they work")),
        Column("fee", _("Fee"), _("What it is called"), "word"),
        Column("diet", _("Diet"), _("What they do not eat, as they wrote it")),
        Column("access", _("Access needs"), _("What they need to take part")),
    ]
    rows: list[tuple[Cell, ...]] = [
        (
            e.number,
            e.name,
            e.organisation,
            either(e.fee_name, door.language())[0] if e.fee_name else "",
            e.diet,
            e.access,
        )
        for e in found
    ]
    return made(slug, kind, "needs", columns, rows, row.timezone)


def eaters(db: Session, row: Meeting) -> list[lists.Entry]:
    """Those with a place who said that they need something."""
    return [e for e in lists.entries(db, row.id, state="confirmed", with_needs=True) if e.diet or e.access]


def _needs(db: Session, row: Meeting, _caller: Caller) -> dict[str, Any]:
    found = eaters(db, row)
    hall = [e for e in lists.entries(db, row.id, state="confirmed") if e.attendance == "hall"]
    fees = Counter(either(e.fee_name, door.language())[0] if e.fee_name else "" for e in hall)
    words: dict[str, list[lists.Entry]] = {}
    for e in found:
        if e.diet and e.attendance == "hall":
            words.setdefault(" ".join(e.diet.split()).casefold().rstrip("."), []).append(e)
    diets = sorted(words.values(), key=lambda of: (-len(of), of[0].diet.casefold()))
    return {
        "hall": len(hall),
        "fees": sorted(fees.items()),
        "diets": [(of[0].diet, of) for of in diets],
        "eat_all": len(hall) - sum(len(of) for of in diets),
        "access": [e for e in found if e.access],
    }


# ---- invoices --------------------------------------------------------------------------------------------------------


@pages.get("/m/<slug>/desk/invoices/<batch>.<any(csv, xlsx):kind>")
def invoices_as(slug: str, batch: str, kind: str) -> Response:
    """An export as it was made: the lines of each payer, and after them what that payer is sent in all."""
    with reading() as db:
        row, caller = meeting_and_caller(db, slug)
        door.organiser(caller)
        found = lists.export(db, row.id, batch)
        if found is None:
            raise Refused("not_found")
        rows = [line for invoice in found.invoices for line in _lines(found, invoice)]
    return made(slug, kind, f"invoices-{found.number}", _invoice_columns(), rows, row.timezone)


def _invoice_columns() -> list[Column]:
    kinds = {"line": _("a line"), "total": _("what the payer is sent of one rate")}
    return [
        Column("export", _("Export"), _("Its number"), "number"),
        Column(
            "exported_at", _("Made"), _("When"), "time", _("ISO 8601, UTC; in a spreadsheet the meeting's own time")
        ),
        Column("kind", _("Kind"), _("A line, or a payer's total"), "word", values=kinds),
        Column("payer", _("Payer"), _("Who is sent the invoice")),
        Column("orgnr", _("Organisation number"), _("Of the payer"), "word"),
        Column("municipality", _("Municipality or region"), _("Its code"), "word"),
        Column("reference", _("Reference"), _("As the payer wants it on the invoice"), "word"),
        Column("gln", _("GLN"), _("Thirteen digits"), "word"),
        Column("peppol", _("Peppol id"), _("With its scheme"), "word"),
        Column("invoice_email", _("E-mail for invoices"), _("Of the payer"), "word"),
        Column("invoice_address", _("Postal address of the invoice"), _("Of the payer")),
        Column("number", _("Number"), _("Of the registration, from 1"), "number"),
        Column("participant", _("Participant"), _("Who had the place when the line was made")),
        Column("text", _("Text"), _("Of the line")),
        Column("quantity", _("Quantity"), _("1, or -1 where it takes an earlier line back"), "number"),
        Column("net", _("Amount"), _("Without VAT"), "money"),
        Column("rate", _("VAT rate"), _("Of the line"), "number", _("per cent")),
        Column("vat", _("VAT"), _("Reckoned on the total, and rounded once"), "money"),
        Column("gross", _("To pay"), _("With VAT"), "money"),
        Column("currency", _("Currency"), _("Of the amounts"), "word"),
    ]


def _lines(export: lists.Export, invoice: lists.Invoice) -> list[tuple[Cell, ...]]:
    def payer(p: model.Payer) -> tuple[Cell, ...]:
        return (p.name, model.written(p.orgnr), p.municipality, p.reference, p.gln, p.peppol, p.email, p.address)

    head = (export.number, export.at)
    rows: list[tuple[Cell, ...]] = [
        (
            *(*head, "line", *payer(line.owed().payer), line.number, line.holder, line.text, line.sign),
            *(line.sign * line.net, line.vat, None, None, line.currency),
        )
        for line in invoice.lines
    ]
    for total in invoice.totals:
        for rate, net, vat in total.rates:
            sums = (net, rate, vat, net + vat, total.currency)
            rows.append((*head, "total", *payer(invoice.payer), None, "", "", None, *sums))
    return rows

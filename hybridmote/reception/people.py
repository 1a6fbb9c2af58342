"""Who has a place, who waits, who has come; and one of them: what they pay, what they need, what they were written."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, redirect, request
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import Caller
from ..db import reading
from ..invitation import either, money
from ..mail.model import SEALED, TEMPLATES
from ..mail.store import Letter, Outbox
from ..meetings.store import Meeting
from ..participants.store import Participant
from ..problems import Refused
from ..registration import model
from ..registration.store import Fee, Needs, Registration, Tally, fees_of, open_transfer
from ..registration.views import counts, lists
from ..sockets import welcome
from ..strings import strings
from ..web import meeting_and_caller
from . import door
from .door import Said, Typed, pages

A_PAGE = 50
SEES = ("owed", "from")  # beside the list
ONLY = ("here", "absent", "unused", "refused", "moving", "by_hand")
FORMS = frozenset(
    {
        *("registration.enrol", "registration.edit", "registration.payer", "registration.move", "registration.offer"),
        *("registration.cancel", "registration.hand_over", "registration.withdraw_transfer"),
        *("registration.arrive", "registration.undo_arrive", "mail.resend_link"),
    }
)


# ---- the list --------------------------------------------------------------------------------------------------------


@pages.get("/m/<slug>/desk/people")
def people(slug: str) -> Any:
    return door.page(slug, "registration/desk_people.html", _list)


@pages.get("/m/<slug>/desk/people.json")
def people_as_json(slug: str) -> Response:
    """What the list shows, for the same query; `stamp` is that of the topic `tally`. Needs are not in it."""
    with reading() as db:
        row, caller = meeting_and_caller(db, slug)
        door.organiser(caller)
        tally = db.get(Tally, row.id)
        found = [lists.as_dict(entry) for entry in asked(db, row)]
    for entry in found:
        del entry["diet"], entry["access"]
    return jsonify({"stamp": tally.stamp if tally else 0, "people": found})


def asked(db: Session, row: Meeting, with_needs: bool = False) -> list[lists.Entry]:
    """Whom the address asks for: `q`, `fee`, `state`, `payer`, `only` (of ONLY)."""
    query = request.args
    only = query.get("only", "")
    arrived = {"here": True, "absent": False}.get(only)
    found = lists.entries(
        db,
        row.id,
        search=query.get("q", "")[:200],
        fee=query.get("fee", "")[:64],
        state="confirmed"
        if only == "absent"
        else (query.get("state", "") if query.get("state") in state_words() else ""),
        payer=query.get("payer", "")[:200],
        arrived=arrived,
        with_needs=with_needs,
    )
    if only == "absent":  # who listens over the web is nobody's no-show
        return [e for e in found if e.attendance == "hall"]
    if only == "unused":
        return [e for e in found if not e.opened and e.state == "confirmed"]
    if only == "refused":
        bounced = bounces(db, row)
        return [e for e in found if e.person in bounced]
    if only == "moving":
        return [e for e in found if e.transfer]
    return [e for e in found if e.by in ("staff", "import", "walk_in")] if only == "by_hand" else found


def bounces(db: Session, row: Meeting) -> dict[str, str]:
    outbox = db.get(Outbox, row.id)
    return outbox.bounced if outbox else {}


def _list(db: Session, row: Meeting, caller: Caller) -> dict[str, Any]:
    language = door.language()
    see = request.args.get("see", "") if request.args.get("see") in SEES else ""
    found = [] if see else asked(db, row)
    pages_there = max(1, -(-len(found) // A_PAGE))
    at = min(max(1, request.args.get("page", default=1, type=int)), pages_there)
    fees = fees_of(db, row.id, removed=True)
    names = {fee.id: either(fee.name, language)[0] for fee in fees}
    sums = _sums(lists.sums(db, row.id, language), names) if see == "owed" else None
    query = {k: request.args[k] for k in ("q", "fee", "state", "payer", "only") if request.args.get(k)}
    return {
        "people": found[(at - 1) * A_PAGE : at * A_PAGE],
        "found": len(found),
        "at": at,
        "pages_there": pages_there,
        "see": see,
        "query": query,
        "asked": lambda **more: "?" + urlencode({k: v for k, v in {**query, **more}.items() if v}),
        "fees": [fee for fee in fees if not fee.removed],
        "names": names,
        "states": state_words(),
        "onlys": onlys(),
        "bounced": bounces(db, row),
        "counts": counts(db, row.id),
        "sums": sums,
        "attendance": lists.attendance(db, row.id) if see == "from" else [],
        "no_shows": lists.not_come(db, row.id),
        "payer": found[0].payer.name if found and query.get("payer") else query.get("payer"),
        "boot": {
            "meeting": row.slug,
            "base": f"/m/{row.slug}",
            "csrf": generate_csrf(),
            "locale": language,
            "page": "desk/people",
            "strings": strings(language, "desk_people"),
            "welcome": welcome(db, caller),
        },
    }


def _sums(sums: lists.Sums, names: dict[str, str]) -> dict[str, Any]:
    def total(of: model.Total) -> dict[str, str]:
        return {"net": exactly(of.net), "vat": exactly(of.vat), "gross": exactly(of.gross), "currency": of.currency}

    return {
        "fees": [(id, names.get(id, ""), states, exactly(net)) for id, states, net in sums.fees],
        "payers": [(one.payer, one.places, [total(t) for t in one.totals]) for one in sums.payers],
        "totals": [total(one) for one in sums.totals],
        "places": sum(one.places for one in sums.payers),
    }


def exactly(hundredths: int) -> str:
    """1 234,50: with its hundredths always, so that a column can be read downwards."""
    whole, _dot, part = model.kronor(abs(hundredths)).partition(".")
    sv = door.language() == "sv"
    grouped = f"{int(whole):,}".replace(",", "\u00a0" if sv else ",")
    sign = "\u2212" if hundredths < 0 else ""
    return f"{sign}{grouped}{',' if sv else '.'}{part}"


def state_words() -> dict[str, str]:
    return {
        "confirmed": _("Has a place"),
        "waiting": _("Waits"),
        "offered": _("Is offered a place"),
        "cancelled": _("Place cancelled"),
        "all": _("All, cancelled too"),
    }


def onlys() -> dict[str, str]:
    return {
        "here": _("Are here"),
        "absent": _("Have not come to the hall"),
        "unused": _("Have not used their link"),
        "refused": _("Their mail was refused"),
        "moving": _("On the way to somebody else"),
        "by_hand": _("Registered by staff"),
    }


# ---- one of them -----------------------------------------------------------------------------------------------------


@pages.route("/m/<slug>/desk/people/<id>", methods=["GET", "POST"])
def one(slug: str, id: str) -> Any:
    said, typed = None, None
    if request.method == "POST":
        _result, said, typed = door.carry_out(slug, FORMS - {"registration.enrol"})
        if not said:
            return redirect(f"/m/{slug}/desk/people/{id}?did={request.form['command']}", 303)
    return door.page(
        slug,
        "registration/desk_person.html",
        lambda db, row, who: _one(db, row, who, id, said, typed or {}),
        said,
        typed,
    )


def _one(db: Session, row: Meeting, _caller: Caller, id: str, said: Said, typed: Typed) -> dict[str, Any]:
    r = db.get(Registration, id)
    if r is None or r.meeting_id != row.id:
        raise Refused("not_found")
    person = db.get_one(Participant, r.participant_id)
    (entry,) = [e for e in lists.entries(db, row.id, state="all", with_needs=True) if e.id == r.id]
    fee = db.get(Fee, r.fee_id) if r.fee_id else None
    (total,) = model.invoice_total([model.Amount(r.price, r.vat, r.currency)])
    letters = select(Letter).where(Letter.participant_id == person.id, Letter.meeting_id == row.id)
    letters = letters.where(Letter.template.not_in(SEALED))  # they would tell who asked with a hidden name
    did = said["command"] if said else ""
    needs = db.get(Needs, r.id)
    details = {
        "name": person.name,
        "organisation": person.organisation,
        "email": person.email,
        "language": person.language or row.language,  # as letters are written to them
        "title": r.title,
        "phone": r.phone,
        "challenge": r.challenge,
        "kronor": door.kronor(r.price),
        "diet": needs.diet if needs else "",
        "access": needs.access if needs else "",
    }
    payer = {
        "payer_name": entry.payer.name,
        "orgnr": model.written(r.orgnr),
        "reference": entry.payer.reference,
        "invoice_email": entry.payer.email,
        "peppol": entry.payer.peppol,
        "gln": entry.payer.gln,
        "invoice_address": entry.payer.address,
    }
    return {
        "one": entry,
        "fee": either(fee.name, door.language()) if fee else None,
        "fees": [(f.id, either(f.name, door.language())[0]) for f in fees_of(db, row.id) if f.id != r.fee_id],
        "price": money(r.price, r.currency),
        "gross": money(total.gross, r.currency) if total.vat else "",
        "orgnr": model.written(r.orgnr),
        "body": model.body(r.municipality),
        "transfer": open_transfer(db, r.id),
        "in_line": lists.line(db, fee).index(r.id) + 1 if fee and r.state == "waiting" else None,
        "letters": list(db.scalars(letters.order_by(Letter.created_at.desc()).limit(20))),
        "letter_names": {name: _(template.title) for name, template in TEMPLATES.items()},
        "letter_states": {
            "waiting": _("Waiting"),
            "sending": _("On its way"),
            "sent": _("Sent"),
            "refused": _("Refused"),
            "failed": _("Given up"),
            "cancelled": _("Taken back"),
        },
        "bounced": bounces(db, row).get(person.id, ""),
        "details": door.shown(said if did == "registration.edit" else None, typed, details, r.version),
        "pays": door.shown(said if did == "registration.payer" else None, typed, payer, r.version),
        "states": state_words(),
        "done": request.args.get("did", "") if not said else "",
        "in_person": bool(person.roles),
    }


# ---- by hand ---------------------------------------------------------------------------------------------------------


@pages.route("/m/<slug>/desk/enrol", methods=["GET", "POST"])
def enrol(slug: str) -> Any:
    said, typed = None, None
    if request.method == "POST":
        result, said, typed = door.carry_out(slug, frozenset({"registration.enrol"}))
        if not said:
            return redirect(f"/m/{slug}/desk/people/{result['registration']}?did=registration.enrol", 303)
    return door.page(slug, "registration/desk_enrol.html", _enrol, said, typed)


def _enrol(db: Session, row: Meeting, _caller: Caller) -> dict[str, Any]:
    taken: dict[str, dict[str, int]] = counts(db, row.id)["fees"]
    return {
        "fees": [
            {
                "id": fee.id,
                "name": either(fee.name, door.language())[0],
                "price": money(fee.price, fee.currency),
                "full": fee.capacity is not None and _of(taken.get(fee.id)) >= fee.capacity,
            }
            for fee in fees_of(db, row.id)
        ]
    }


def _of(states: Any) -> int:
    return sum(count for state, count in (states or {}).items() if state in model.TAKES)

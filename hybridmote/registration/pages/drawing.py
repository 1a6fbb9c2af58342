"""What the pages of registration have in common: a meeting's fees and rules in words, and what is wrong with a form."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from pydantic import ValidationError
from sqlalchemy.orm import Session

from ... import invitation
from ...access import Caller
from ...db import iso
from ...dispatch import COMMANDS
from ...meetings.store import Meeting
from ...meetings.views import meeting_view
from ...problems import WHY, problem
from ...programme.store import items_of
from ...programme.views import item_view
from .. import model
from ..store import Fee, Registration, fees_of, rules_of
from ..views.lists import line

Typed = Mapping[str, str]
PAYER = {"orgnr": model.orgnr, "gln": model.gln, "peppol": model.peppol}


def language() -> str:
    return str(get_locale() or "sv")


# ---- what there is to choose -----------------------------------------------------------------------------------------


def offered(db: Session, meeting: Meeting) -> list[dict[str, Any]]:
    """The fees in their order, each with what it comes to in words. `waits`: who chooses it now joins a line: there is no
    place, or somebody waits for one already."""
    rows = {fee.id: fee for fee in fees_of(db, meeting.id)}
    items = _programme(db, meeting.id)
    found = []
    for fee in invitation.fees_of(db, meeting.id, language()):
        waits = fee["full"] or bool(line(db, rows[fee["id"]]))
        opens = invitation.opens(fee["place"], fee["items"], items)
        found.append({**fee, **sums(fee["price"], fee["vat"], fee["currency"]), "waits": waits, "opens": opens})
    return found


def _programme(db: Session, meeting_id: str) -> list[dict[str, Any]]:
    return [item_view(item, []) for item in items_of(db, meeting_id)]


def sums(net: int, vat: int, currency: str) -> dict[str, str]:
    """A price without its VAT, the VAT, and both, in words. The same sum as the invoice's: the scripts reckon nothing."""
    (total,) = model.invoice_total([model.Amount(net, vat, currency)])
    return {
        "net_words": invitation.money(total.net, currency) if net else _("Free of charge"),
        "vat_words": invitation.money(total.vat, currency) if total.vat else "",
        "gross_words": invitation.money(total.gross, currency),
    }


def difference(now: Registration, fee: Mapping[str, Any]) -> str:
    """What a place costs compared with the one somebody has: "300 kr more"."""
    if now.currency != fee["currency"] and now.price and fee["price"]:
        return invitation.money(fee["price"], fee["currency"])
    more = fee["price"] - now.price
    if more == 0:
        return _("the same price")
    amount = invitation.money(abs(more), fee["currency"])
    return _("%(amount)s more", amount=amount) if more > 0 else _("%(amount)s less", amount=amount)


def fee_words(db: Session, r: Registration) -> dict[str, Any] | None:
    """The fee of a place, in the reader's language: {name, name_lang, includes, includes_lang, place, opens}."""
    fee = db.get(Fee, r.fee_id) if r.fee_id else None
    if fee is None:
        return None
    name, name_lang = invitation.either(fee.name, language())
    includes, includes_lang = invitation.either(fee.includes, language())
    told = {"name": name, "name_lang": name_lang, "includes": includes, "includes_lang": includes_lang}
    return {**told, "place": fee.place, "opens": invitation.opens(fee.place, fee.items, _programme(db, r.meeting_id))}


# ---- what is binding -------------------------------------------------------------------------------------------------


def ruled(db: Session, meeting: Meeting, now: datetime) -> dict[str, Any]:
    """The rules in words, and how far away the deadline is."""
    rules = rules_of(db, meeting.id)
    if rules is None:
        return {"rules": None}
    binding, lang = invitation.either(rules.binding, language())
    last = invitation.last_moment(rules.deadline) if rules.deadline else None
    return {
        "rules": rules,
        "binding": binding,
        "binding_lang": lang,
        "deadline": iso(rules.deadline),
        "deadline_day": iso(last),
        "left": invitation.countdown(rules.deadline, now, meeting.timezone) if rules.deadline else "",
        "left_words": invitation.countdown_words(),
        "needs_kept": ngettext(
            "%(num)s day after the meeting", "%(num)s days after the meeting", rules.needs_kept_days
        ),
    }


def page(meeting: Meeting, caller: Caller | None, now: datetime) -> dict[str, Any]:
    """What every one of these pages needs."""
    return {"meeting": meeting_view(meeting), "me": caller.me() if caller else None, "now": now}


# ---- what is wrong ---------------------------------------------------------------------------------------------------

ORDER = (  # in which the fields stand on the pages
    *("fee", "name", "email", "organisation", "title", "challenge", "language", "payer_name", "orgnr", "reference"),
    *("invoice_address", "invoice_email", "gln", "peppol", "diet", "access", "agreed"),
)
EMPTY = {
    "name": lambda: _("Write your name."),
    "email": lambda: _("Write your e-mail address."),
    "fee": lambda: _("Choose a place."),
    "agreed": lambda: str(WHY["must_agree"]),
}
# What a field is called, where a fault is told apart from it: "the last digit is wrong" does not say of which number.
LABELS = {
    "name": lambda: _("Name"),
    "email": lambda: _("E-mail"),
    "organisation": lambda: _("Organisation"),
    "title": lambda: _("Role at work"),
    "challenge": lambda: _("One thing that is hard just now"),
    "payer_name": lambda: _("Who pays"),
    "orgnr": lambda: _("Organisation number"),
    "reference": lambda: _("Your reference"),
    "invoice_address": lambda: _("Postal address of the invoice"),
    "invoice_email": lambda: _("E-mail for invoices"),
    "gln": lambda: _("GLN"),
    "peppol": lambda: _("Peppol id"),
    "diet": lambda: _("What you do not eat"),
    "access": lambda: _("What you need to take part"),
}


def faults(command: str, typed: Typed, said: Mapping[str, Any] | None = None) -> list[dict[str, str]]:
    """All that is wrong with a form, in the order of its fields: [{field, label, words}]; no label where the words name
    the field. A command says no to the first of it; who corrects a form wants to see all at once. `said`: what the
    command did say, as a problem."""
    payload = COMMANDS[command].payload
    found: dict[str, str] = {}
    try:
        payload.model_validate(payload.of_form(dict(typed)))
    except ValidationError as error:
        for one in error.errors(include_url=False):
            found.setdefault(str(one["loc"][0] if one["loc"] else ""), _words(one, typed))
    for field, read in PAYER.items():
        try:
            read(typed.get(field, ""))
        except model.Wrong as wrong:
            found[field] = str(WHY[wrong.why])
    if "agreed" in payload.model_fields and typed.get("agreed") != "true":
        found["agreed"] = EMPTY["agreed"]()
    if said and said.get("field") and said["field"] not in found:
        found[said["field"]] = said["detail"]
    return [
        {"field": field, "label": _label(field, typed), "words": found[field]} for field in sorted(found, key=_place_of)
    ]


def _label(field: str, typed: Typed) -> str:
    named = field in EMPTY and not typed.get(field, "").strip()
    return "" if named or field not in LABELS else LABELS[field]()


def _place_of(field: str) -> int:
    return ORDER.index(field) if field in ORDER else len(ORDER)


def _words(error: Mapping[str, Any], typed: Typed) -> str:
    field = str(error["loc"][0]) if error["loc"] else ""
    if not typed.get(field, "").strip() and field in EMPTY:
        return EMPTY[field]()
    kind = error["type"]
    if kind in ("empty", "too_long", "bad_text"):
        return str(problem({"code": kind, "params": error.get("ctx", {})})["detail"])
    if field in PAYER:  # longer than any number
        return str(WHY[{"orgnr": "orgnr_digits", "gln": "gln_digits", "peppol": "peppol_scheme"}[field]])
    return str(WHY[kind]) if kind in WHY else str(problem({"code": "invalid"})["detail"])


def is_open(db: Session, meeting: Meeting, fees: list[dict[str, Any]], now: datetime) -> str:
    """How one gets in just now, as invitation.registering says it; and `over` when the meeting is."""
    if now >= meeting.ends:
        return "over"
    rules = invitation.everybodys(db, meeting.id, "registering")
    return invitation.registering(fees, rules[0] if rules else None, now)


__all__ = [
    "Typed",
    "difference",
    "faults",
    "fee_words",
    "is_open",
    "language",
    "offered",
    "page",
    "ruled",
    "sums",
]

"""What places there are and what they cost, and when and how one may register. `?fee=` opens one, `?fee=new` a new one."""

from typing import Any

from flask import redirect, request
from sqlalchemy.orm import Session

from ..access import Caller
from ..invitation import money
from ..meetings.store import Meeting
from ..programme.store import items_of
from ..registration import model
from ..registration.store import Fee, Rules, fees_of, rules_of
from ..registration.views import taken_of
from ..registration.views.lists import line
from ..web import form_page
from . import door
from .door import Said, Typed, pages

PAGE = "desk/fees"
FORMS = frozenset({"fee.add", "fee.edit", "registration.rules"})
NEW = "new"


@pages.route("/m/<slug>/desk/fees", methods=["GET", "POST"])
def fees(slug: str) -> Any:
    if request.method == "GET":
        return show(slug)
    result, said, typed = door.carry_out(slug, FORMS)
    if said:
        return show(slug, said, typed)
    return redirect(f"/m/{slug}/{PAGE}#{result.get('id', 'rules')}", 303)


@form_page(PAGE)
def _again(slug: str, said: Said, typed: Typed) -> Any:
    return show(slug, said, typed)


def show(slug: str, said: Said = None, typed: Typed | None = None) -> Any:
    return door.page(
        slug, "registration/desk_fees.html", lambda db, row, who: _drawn(db, row, who, said, typed or {}), said, typed
    )


def _drawn(db: Session, row: Meeting, _caller: Caller, said: Said, typed: Typed) -> dict[str, Any]:
    there = fees_of(db, row.id, removed=True)
    taken = taken_of(db, [fee.id for fee in there])
    kept = [fee for fee in there if not fee.removed]
    did = said["command"] if said else ""
    wanted = {"fee.add": NEW, "fee.edit": typed.get("id", "")}.get(did, request.args.get("fee", ""))
    opened = next((fee for fee in kept if fee.id == wanted), None)
    rules = rules_of(db, row.id)
    of_fee, of_rules = did in ("fee.add", "fee.edit"), did == "registration.rules"
    return {
        "fees": [
            {
                "row": fee,
                "price": money(fee.price, fee.currency),
                "taken": taken[fee.id],
                "waiting": len(line(db, fee)),
                "up": kept[at - 1].id if at else None,
                "down": at + 1 < len(kept),
                "after": kept[at + 2].id if at + 2 < len(kept) else "",
            }
            for at, fee in enumerate(kept)
        ],
        "removed": [fee for fee in there if fee.removed],
        "open": NEW if wanted == NEW else opened.id if opened else None,
        "filled": door.shown(said if of_fee else None, typed, values(opened), opened.version if opened else None),
        "items": [item for item in items_of(db, row.id) if item.parent_id is None],
        "vats": [(str(rate), f"{rate} %") for rate in sorted(model.VAT, reverse=True)],
        "coins": [(currency, currency) for currency in model.CURRENCIES],
        "rules": rules,
        "ruled": door.shown(
            said if of_rules else None, typed, _rules(rules, row.timezone), rules.version if rules else None
        ),
    }


def values(fee: Fee | None) -> dict[str, Any]:
    """A fee as its form shows it; an empty form for none."""
    if fee is None:
        names = ("name_sv", "name_en", "includes_sv", "includes_en", "kronor", "capacity")
        return dict.fromkeys(names, "") | {"vat": "25", "currency": "SEK", "place": "hall", "open": True, "items": []}
    return {
        "name_sv": fee.name.get("sv", ""),
        "name_en": fee.name.get("en", ""),
        "includes_sv": fee.includes.get("sv", ""),
        "includes_en": fee.includes.get("en", ""),
        "kronor": door.kronor(fee.price),
        "vat": str(fee.vat),
        "currency": fee.currency,
        "place": fee.place,
        "capacity": "" if fee.capacity is None else str(fee.capacity),
        "open": fee.open,
        "items": list(fee.items),
    }


def _rules(rules: Rules | None, timezone: str) -> dict[str, Any]:
    """The rules as their form shows them; before there are any, what they would be."""
    if rules is None:
        return dict.fromkeys((*door.INSTANTS, "binding_sv", "binding_en"), "") | {
            "waiting_list": True,
            "offer_hours": 24,
            "walk_ins": "none",
            "walk_in_cap": 40,
            "challenge": False,
            "needs_kept_days": 14,
        }
    return {
        **{name: door.on_clock(getattr(rules, name), timezone) for name in door.INSTANTS},
        **{name: getattr(rules, name) for name in ("waiting_list", "offer_hours", "walk_ins", "walk_in_cap")},
        **{name: getattr(rules, name) for name in ("challenge", "needs_kept_days")},
        "binding_sv": rules.binding.get("sv", ""),
        "binding_en": rules.binding.get("en", ""),
    }

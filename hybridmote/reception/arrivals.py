"""At the door: who has come. Organisers and moderators tick them off, on phones, also when the line is gone for a while."""

import unicodedata
from typing import Any

from flask import Response, jsonify, render_template, request
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session

from ..access import Caller
from ..db import iso, reading
from ..invitation import either
from ..meetings.store import Meeting
from ..meetings.views import meeting_view
from ..problems import Refused
from ..registration.store import Registration, Tally
from ..registration.views import lists
from ..sockets import welcome
from ..surfaces import strings
from ..web import HEADERS, allow, form_page, meeting_and_caller
from . import door
from .door import Said, Typed, pages

PAGE = "desk/arrivals"
FEW = 60  # people that are shown at once: who is not among them is searched for
CAMERA = HEADERS["Permissions-Policy"].replace("camera=()", "camera=(self)")


@pages.get("/m/<slug>/desk/arrivals")
def arrivals(slug: str) -> Any:
    return show(slug)


@form_page(PAGE)
def _again(slug: str, said: Said, typed: Typed) -> Any:
    return show(slug, said, typed)


@pages.get("/m/<slug>/desk/arrivals.json")
def arrivals_as_json(slug: str) -> Response:
    """Everybody who may come, and `stamp` of the topic `tally`. Neither needs nor addresses: moderators read it."""
    with reading() as db:
        row, caller = meeting_and_caller(db, slug)
        door.staff(caller)
        return jsonify(_guests(db, row))


def show(slug: str, said: Said = None, typed: Typed | None = None) -> Any:
    allow({}, **{"Permissions-Policy": CAMERA})
    return door.page(slug, "registration/desk_arrivals.html", _drawn, said, typed, who=door.staff)


def _guests(db: Session, row: Meeting) -> dict[str, Any]:
    tally = db.get(Tally, row.id)
    language = door.language()
    return {
        "stamp": tally.stamp if tally else 0,
        "people": [
            {
                "id": e.id,
                "number": e.number,
                "name": e.name,
                "organisation": e.organisation,
                "fee": either(e.fee_name, language)[0] if e.fee_name else "",
                "place": e.attendance or "hall",
                "state": e.state,
                "arrived_at": iso(e.arrived_at),
            }
            for e in sorted(lists.entries(db, row.id), key=lambda e: (folded(e.name), e.number))
        ],
    }


def _drawn(db: Session, row: Meeting, caller: Caller) -> dict[str, Any]:
    guests = _guests(db, row)
    search, only = request.args.get("q", "")[:100], request.args.get("only", "")
    words = folded(search).split()
    hall = [one for one in guests["people"] if one["state"] == "confirmed" and one["place"] == "hall"]
    found = [
        one
        for one in guests["people"]
        if all(word in folded(f"{one['name']} {one['organisation']} #{one['number']}") for word in words)
        and (only != "absent" or (one in hall and not one["arrived_at"]))
        and (only != "here" or one["arrived_at"])
    ]
    locale = door.language()
    return {
        "search": search,
        "only": only,
        "found": found[:FEW],
        "more": max(0, len(found) - FEW),
        "here_now": sum(1 for one in guests["people"] if one["state"] == "confirmed" and one["arrived_at"]),
        "expected": len(hall) + sum(1 for one in guests["people"] if one["place"] == "web" and one["arrived_at"]),
        "absent": sum(1 for one in hall if not one["arrived_at"]),
        "boot": {
            "meeting": row.slug,
            "base": f"/m/{row.slug}",
            "csrf": generate_csrf(),
            "locale": locale,
            "page": PAGE,
            "strings": strings(locale, "desk_arrivals"),
            "welcome": welcome(db, caller),
            "guests": guests,
        },
    }


def folded(text: str) -> str:
    """Without case and accents: who stands at the door in the cold is found by Ake and by Åke.
    static/js/registration/door.js does the same."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


@pages.get("/b/<id>")
def badge(id: str) -> Any:
    """What the QR of a badge leads anybody to: that it is one, and of which meeting. It opens nothing."""
    with reading() as db:
        found = db.get(Registration, id)
        row = db.get(Meeting, found.meeting_id) if found else None
        if row is None or not row.published:
            raise Refused("not_found")
        return render_template("registration/badge.html", meeting=meeting_view(row))

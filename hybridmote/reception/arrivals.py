"""At the door: who has come. Organisers and moderators tick them off, on phones, also when the line is gone for a while."""

import re
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
from ..strings import strings
from ..web import HEADERS, allow, form_page, meeting_and_caller
from . import door
from .door import Said, Typed, pages

PAGE = "desk/arrivals"
FEW = 30  # people that are shown at once: who is not among them is searched for
LATEST = 3  # of those who came, while nobody is sought
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
    """Those who cancelled too: they may stand there all the same, and are then not somebody unknown."""
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
            for e in sorted(lists.entries(db, row.id, state="all"), key=lambda e: (folded(e.name), e.number))
        ],
    }


def _drawn(db: Session, row: Meeting, caller: Caller) -> dict[str, Any]:
    guests = _guests(db, row)
    search, only = request.args.get("q", "").strip()[:100], request.args.get("only", "")
    placed = [one for one in guests["people"] if one["state"] == "confirmed"]
    here = [one for one in placed if one["arrived_at"]]
    absent = [one for one in placed if one["place"] == "hall" and not one["arrived_at"]]
    lists_of = {"absent": absent, "here": here}
    found = sought(guests["people"], search) if search else lists_of.get(only, [])
    locale = door.language()
    return {
        "search": search,
        "only": only,
        "found": found[:FEW],
        "more": max(0, len(found) - FEW),
        "total": len(found),
        "latest": sorted(here, key=lambda one: str(one["arrived_at"]), reverse=True)[:LATEST],
        "letters": letters(absent),
        "here_now": len(here),
        "expected": len(here) + len(absent),
        "absent": len(absent),
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


# ---- what is sought: static/js/registration/door.js does the same, also without a line ----------------------------------


def folded(text: str) -> str:
    """Without case and accents: who stands at the door in the cold is found by Ake and by Åke."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def sought(guests: list[dict[str, Any]], typed: str) -> list[dict[str, Any]]:
    """By the beginnings of words, each of which is there; a single letter begins a name. Where nothing begins so, it may
    stand anywhere."""
    words = _parts(typed)
    letter = len(words) == 1 and len(words[0]) == 1

    def parts(one: dict[str, Any]) -> list[str]:
        if letter:
            return _parts(one["name"])
        return [*_parts(f"{one['name']} {one['organisation']}"), f"#{one['number']}", str(one["number"])]

    begin = [one for one in guests if all(any(part.startswith(word) for part in parts(one)) for word in words)]
    return begin or [one for one in guests if all(word in " ".join(parts(one)) for word in words)]


def letters(guests: list[dict[str, Any]]) -> list[str]:
    """With which their names begin, given names and family names."""
    return sorted({part[0].upper() for one in guests for part in _parts(one["name"]) if part[0].isalpha()})


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"[\s\-\u2010-\u2015/,.()]+", folded(text)) if part]


@pages.get("/b/<id>")
def badge(id: str) -> Any:
    """What the QR of a badge leads anybody to: that it is one, and of which meeting. It opens nothing."""
    with reading() as db:
        found = db.get(Registration, id)
        row = db.get(Meeting, found.meeting_id) if found else None
        if row is None or not row.published:
            raise Refused("not_found")
        return render_template("registration/badge.html", meeting=meeting_view(row))

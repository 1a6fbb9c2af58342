"""Badges on paper, several on a sheet: a name that can be read at arm's length, and a QR that says which place it is."""

from pathlib import Path
from typing import Any

import segno
from flask import Response, current_app, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..db import reading
from ..meetings.store import Meeting
from ..participants.store import Participant
from ..registration.views import lists
from ..takeaway.paper import as_pdf
from ..web import meeting_and_caller
from . import door, files
from .arrivals import folded
from .door import pages

TEMPLATE = Path(__file__).with_name("badges.typ")


@pages.get("/m/<slug>/desk/badges.pdf")
def badges(slug: str) -> Response:
    """Of everybody in the hall, by name; or of one: `?id=`."""
    with reading() as db:
        row, caller = meeting_and_caller(db, slug)
        door.organiser(caller)
        told = _told(db, row, request.args.get("id", ""))
    return files.sent(slug, "pdf", as_pdf(told, TEMPLATE), "badges")


def _told(db: Session, row: Meeting, only: str) -> dict[str, Any]:
    site = current_app.config["SETTINGS"].public_url()
    roles = {
        p.id: p.role_set
        for p in db.scalars(
            select(Participant).where(Participant.meeting_id == row.id, Participant.roles != "participant")
        )
    }
    people = [
        e for e in lists.entries(db, row.id, state="confirmed") if (e.id == only if only else e.attendance == "hall")
    ]
    title = _("Badges of %(meeting)s", meeting=row.title)
    return {
        "lang": door.language(),
        "theirs": row.language,
        "title": title,
        "meeting": row.title,
        "about": _("A name, an organisation and a code for each who takes part in the hall"),
        "none": _("Nobody has a place in the hall yet."),
        "people": [
            {
                "name": e.name,
                "organisation": e.organisation,
                "title": e.title,
                "role": _role(roles.get(e.person, frozenset())),
                "number": f"#{e.number}",
                "qr": [[int(dot) for dot in line] for line in segno.make(f"{site}/b/{e.id}", error="m").matrix],
                "alt": _("QR code of the badge of %(name)s", name=e.name),
            }
            for e in sorted(people, key=lambda e: (folded(e.name), e.number))
        ],
    }


def _role(roles: Any) -> str:
    for role, words in (("organiser", _("Organiser")), ("moderator", _("Moderator")), ("speaker", _("Speaker"))):
        if role in roles:
            return str(words)
    return ""

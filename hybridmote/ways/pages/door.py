"""The pages of ways in, as the application knows them, and what they have in common."""

from typing import Any

from flask import Blueprint, current_app, request, session
from sqlalchemy.orm import Session

from ...access import STAFF, Caller, find_meeting
from ...db import reading
from ...meetings.store import Meeting
from ...meetings.views import meeting_view
from ...participants.model import device_of
from ...participants.store import Participant
from ...web import remember

pages = Blueprint("ways", __name__)


def address() -> str:
    return request.remote_addr or ""


def site() -> str:
    return str(current_app.config["SETTINGS"].public_url())


def device() -> str:
    """What to call the device that asks."""
    return device_of(request.headers.get("User-Agent", "")[:400])


def drawn(meeting: Meeting, caller: Caller | None) -> dict[str, Any]:
    return {"meeting": meeting_view(meeting), "me": caller.me() if caller else None}


def let_in(slug: str, result: dict[str, Any]) -> str:
    """This browser is that person from now on; the path to where they go on."""
    with reading() as db:
        meeting = find_meeting(db, slug)
        remember(meeting.id, result["grant"])
        session.pop("asked", None)
        return f"/m/{slug}/{first_page(db, result['person'])}"


def first_page(db: Session, person: str) -> str:
    row = db.get(Participant, person)
    roles = row.role_set if row else frozenset[str]()
    return "moderate" if roles & STAFF else "place" if roles == {"applicant"} else "live"

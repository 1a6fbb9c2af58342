"""For who has lost their link: it is sent again to the address that was registered, and the page says the same whether
there is one or not."""

from typing import Any

from flask import render_template, request, session
from sqlalchemy.orm import Session

from ...access import find_meeting
from ...db import reading, utc_now
from ...meetings.model import phase
from ...participants.store import Grant
from ...problems import problem
from ...web import caller_in, done, form_page
from . import drawing
from .door import pages

COMMAND = "registration.resend"
CLOSED = {"handed_over": "handed_over", "cancelled": "place_cancelled"}  # why this browser's way in was closed


@pages.get("/m/<slug>/link")
def lost(slug: str) -> Any:
    return show(slug)


@form_page("link")
def _again(slug: str, said: dict[str, Any] | None, typed: dict[str, str]) -> Any:
    return show(slug, said, typed)


def show(
    slug: str, said: dict[str, Any] | None = None, typed: dict[str, str] | None = None, *, known: bool = True
) -> Any:
    """`known`: false where somebody came whom we do not know, to a page that is for who has a place: 401, or 410 and what
    became of the place by which this browser was let in before."""
    now = utc_now()
    with reading() as db:
        row = find_meeting(db, slug)
        caller = caller_in(db, row)
        fees = drawing.offered(db, row)
        drawn = drawing.page(row, caller, now) | {"state": drawing.is_open(db, row, fees, now)}
        drawn["phase"] = phase(row.starts, row.ends, now)
        closed = None if known else _closed(db, row.id)
    errors = drawing.faults(COMMAND, typed or {}, said) if said else []
    page = render_template(
        "registration/link.html",
        **drawn,
        known=known,
        closed=closed,
        done=request.args.get("did", "") if known and not said else "",
        typed=typed or {},
        problem=said if not errors else None,
        errors=errors,
        wrong={one["field"]: one["words"] for one in errors},
    )
    return page if known else (page, closed["status"] if closed else 401)


def _closed(db: Session, meeting_id: str) -> dict[str, Any] | None:
    """What became of the place, as a problem; to whom it went is not said."""
    grant = db.get(Grant, (session.get("grants") or {}).get(meeting_id) or "")
    code = CLOSED.get(grant.why) if grant and grant.revoked_at else None
    return problem({"code": code}) if code else None


@done(COMMAND)
def _on(slug: str, _result: dict[str, Any]) -> str:
    """Also from one's own page, to have it on another device."""
    return f"/m/{slug}/place?did=resend" if "place" in request.form.getlist("page") else f"/m/{slug}/link?did=resend"

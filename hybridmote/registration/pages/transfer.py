"""Taking over somebody's place by the link that was sent. Looking at it changes nothing: mail scanners open every link."""

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, session
from sqlalchemy.orm import Session

from ...access import by_cookie, guest
from ...db import reading, utc_now
from ...dispatch import COMMANDS, dispatch
from ...limits import guess_allowed, guessed_wrong
from ...meetings.store import Meeting
from ...participants.store import Participant, hashed
from ...problems import Refused, problem
from ...web import check_csrf, remember
from .. import model
from ..store import Registration, Transfer, transfer_by
from . import drawing
from .door import pages

TAKE, REFUSE = "registration.take_over", "registration.refuse_transfer"
NOT_OURS = ("csrf_token", "op", "answer")  # fields of the form that are no part of the command


@pages.get("/t/<token>")
def transfer(token: str) -> Any:
    """Whose place it is and what it comes with; or what has become of it."""
    return _show(token)


@pages.post("/t/<token>")
def answer(token: str) -> Any:
    """Take it, or say no. The browser that takes it is let in by it."""
    guess_allowed(_address())
    typed = {k: v for k, v in request.form.items() if k not in NOT_OURS}
    with reading() as db:
        found = transfer_by(db, hashed(token))
        row = db.get(Meeting, found.meeting_id) if found else None
    if row is None:
        return _show(token)
    no = request.form.get("answer") == "no"
    name, body = (REFUSE, {}) if no else (TAKE, COMMANDS[TAKE].payload.of_form(typed))
    try:
        check_csrf()
        given = {**body, "token": token, "op": request.form.get("op")}
        result = dispatch(guest(row, _address()), row.id, name, given)
    except Refused as refusal:
        result = {"ok": False, **refusal.facts()}
    if not result["ok"]:
        return _show(token, problem(result), typed)
    if no:
        return redirect(f"/t/{token}", 303)
    remember(row.id, result["result"]["grant"])
    return redirect(f"/m/{row.slug}/place?did=take_over", 303)


def _show(token: str, said: dict[str, Any] | None = None, typed: dict[str, str] | None = None) -> Any:
    """404 for a link that opens nothing, 410 when it is too late, else the form."""
    guess_allowed(_address())
    now = utc_now()
    with reading() as db:
        found = transfer_by(db, hashed(token))
        row = db.get(Meeting, found.meeting_id) if found else None
        if found is None or row is None:
            guessed_wrong(_address())
            told = problem({"code": "bad_link"})
            return render_template("error.html", problem=told), told["status"]
        drawn = _drawn(db, row, found, now)
    if drawn["over"]:
        return render_template("registration/transfer_over.html", **drawn), 410
    errors = drawing.faults(TAKE, {**typed, "token": token}, said) if said and typed is not None else []
    page = render_template(
        "registration/transfer.html",
        **drawn,
        token=token,
        typed=typed if typed is not None else {"name": found.to_name},
        problem=said if not errors else None,
        errors=errors,
        wrong={one["field"]: one["words"] for one in errors},
    )
    return page, said["status"] if said else 200


def _drawn(db: Session, row: Meeting, found: Transfer, now: datetime) -> dict[str, Any]:
    r = db.get_one(Registration, found.registration_id)
    holder = db.get_one(Participant, found.from_id)
    over = found.state if found.state != "offered" else ""
    if not over and model.is_past(found.until, now):
        over = "expired"
    if not over and (r.state != "confirmed" or r.arrived_at is not None):
        over = "withdrawn"
    drawn = drawing.page(row, by_cookie(db, row, session), now) | drawing.ruled(db, row, now)
    return drawn | {
        "over": over,
        "transfer": found,
        "holder": holder,
        "place": r,
        "fee": drawing.fee_words(db, r),
        "sums": drawing.sums(r.price, r.vat, r.currency),
    }


def _address() -> str:
    return request.remote_addr or ""

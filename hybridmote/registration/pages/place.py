"""One's own place: what has become of it, and what one may do with it."""

from datetime import timedelta
from typing import Any

from flask import current_app, render_template, request
from sqlalchemy.orm import Session

from ...access import Caller, find_meeting
from ...db import reading, utc_now
from ...meetings.model import phase
from ...meetings.store import Meeting
from ...participants.store import Participant
from ...problems import WHY
from ...web import calendar_token, caller_in, done, form_page
from .. import model
from ..store import Fee, Needs, Registration, open_transfer, place_of, rules_of
from ..views.lists import line
from . import drawing, link
from .door import pages

COMMANDS = ("switch", "cancel", "accept", "decline", "hand_over", "withdraw_transfer", "present", "needs")
ENDS = {"cancel": "cancelled", "decline": "declined"}  # after which there is no place, and no way in
EARLY = timedelta(hours=2)  # before the meeting begins, from when on its page is worth a visit


@pages.get("/m/<slug>/place")
def place(slug: str) -> Any:
    return show(slug)


@form_page("place")
def _again(slug: str, said: dict[str, Any] | None, typed: dict[str, str]) -> Any:
    return show(slug, said, typed)


def show(slug: str, said: dict[str, Any] | None = None, typed: dict[str, str] | None = None) -> Any:
    """The page of whoever asks. We may not know them: their link was closed with the place, or they have lost it."""
    now = utc_now()
    with reading() as db:
        row = find_meeting(db, slug)
        caller = caller_in(db, row)
        gone = request.args.get("gone", "")
        if caller is None and gone not in ENDS.values():
            return link.show(slug, known=False)
        drawn = drawing.page(row, caller, now) | drawing.ruled(db, row, now)
        found = place_of(db, caller.participant_id) if caller else None
        if caller is not None:
            drawn |= {"calendar": f"{_site()}/m/{slug}/calendar/{calendar_token(caller)}.ics"}
        if caller is not None and found is not None and found.state in model.LIVES:
            drawn |= _drawn(db, row, caller, found, drawn["now"])
        fees = drawing.offered(db, row)
        drawn |= {"state": drawing.is_open(db, row, fees, now), "is_on": row.starts - EARLY <= now < row.ends}
        drawn |= {"phase": phase(row.starts, row.ends, now)}
    did = said.get("command", "").partition(".")[2] if said else ""
    errors = drawing.faults(f"registration.{did}", typed or {}, said) if said and said.get("field") else []
    return render_template(
        "registration/place.html",
        **{"place": None, **drawn},
        gone=gone if caller is None else "",
        done=request.args.get("did", "") if not said else "",
        did=did,
        typed=typed or {},
        problem=said if not errors else None,
        errors=errors,
        wrong={one["field"]: one["words"] for one in errors},
    )


def _drawn(db: Session, row: Meeting, caller: Caller, r: Registration, now: Any) -> dict[str, Any]:
    """What is true of a place that one has, or waits for."""
    person = db.get_one(Participant, caller.participant_id)
    needs = db.get(Needs, r.id)
    rules = rules_of(db, row.id)
    stored = rules.rule() if rules else model.Rules()
    fee = db.get(Fee, r.fee_id) if r.fee_id else None
    return {
        "place": r,
        "person": person,
        "fee": drawing.fee_words(db, r),
        "sums": drawing.sums(r.price, r.vat, r.currency),
        "orgnr": model.written(r.orgnr),
        "needs": {"diet": needs.diet if needs else "", "access": needs.access if needs else ""},
        "transfer": open_transfer(db, r.id),
        "in_line": line(db, fee).index(r.id) + 1 if fee and r.state == "waiting" else None,
        "others": _others(db, row, r),
        "no_switch": _no(lambda: model.may_switch(stored, r.state, now)) or _here(r),
        "no_cancel": _no(lambda: model.may_cancel(stored, r.state, now)),
        "no_handing": _no(lambda: model.may_hand_over(r.state, r.arrived_at is not None, row.ends, now)),
    }


def _others(db: Session, row: Meeting, r: Registration) -> list[dict[str, Any]]:
    """What one may have instead, with what that costs beside what one has."""
    choices = [fee for fee in drawing.offered(db, row) if fee["open"] and fee["id"] != r.fee_id]
    return [{**fee, "difference": drawing.difference(r, fee)} for fee in choices]


def _no(rule: Any) -> str:
    """Why something may not be done, in words; empty when it may."""
    try:
        rule()
    except model.Refusal as no:
        return str(WHY.get(no.detail, no.detail))
    return ""


def _here(r: Registration) -> str:
    return str(WHY["has_arrived"]) if r.arrived_at else ""


def _site() -> str:
    return str(current_app.config["SETTINGS"].public_url())


def _onward(command: str) -> None:
    @done(f"registration.{command}")
    def on(slug: str, _result: dict[str, Any]) -> str | None:
        if request.form.get("id"):  # somebody else's place: that is the desk's form
            return None
        return f"/m/{slug}/place?" + (f"gone={ENDS[command]}" if command in ENDS else f"did={command}")


for _command in COMMANDS:
    _onward(_command)

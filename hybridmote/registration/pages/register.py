"""From the invitation to a place: one form, which needs no script; and the list that fills in who pays."""

from typing import Any

from flask import Response, jsonify, redirect, render_template, request

from ...access import find_meeting
from ...db import reading, utc_now
from ...participants.store import Participant
from ...web import caller_in, done, form_page, remember
from .. import model
from ..store import place_of
from . import drawing
from .door import pages

COMMAND = "registration.register"
FRESH = 24 * 60 * 60  # seconds that a browser may keep the list of municipalities and regions


@pages.get("/m/<slug>/register")
def register(slug: str) -> Any:
    return show(slug)


@form_page("register")
def _again(slug: str, said: dict[str, Any] | None, typed: dict[str, str]) -> Any:
    return show(slug, said, typed)


def show(slug: str, said: dict[str, Any] | None = None, typed: dict[str, str] | None = None) -> Any:
    """The form, with what was typed in it and all that is wrong with that. Who has a place goes on to it, unless they
    register somebody else: `?another=1`."""
    now = utc_now()
    with reading() as db:
        row = find_meeting(db, slug)
        caller = caller_in(db, row)
        another = bool(request.args.get("another"))
        has_place = place_of(db, caller.participant_id) if caller else None
        if typed is None and not another and has_place is not None and has_place.state in model.LIVES:
            return redirect(f"/m/{slug}/place")
        fees = drawing.offered(db, row)
        drawn = {
            **drawing.page(row, caller, now),
            **drawing.ruled(db, row, now),
            "fees": fees,
            "state": drawing.is_open(db, row, fees, now),
        }
    typed = typed if typed is not None else _begun(fees)
    errors = drawing.faults(COMMAND, typed, said) if said else []
    return render_template(
        "registration/register.html",
        **drawn,
        typed=typed,
        problem=said if said and not errors else None,
        errors=errors,
        wrong={one["field"]: one["words"] for one in errors},
        refused=said is not None,
    )


def _begun(fees: list[dict[str, Any]]) -> dict[str, str]:
    """What an empty form begins with: the place that a link names, or the only one there is."""
    choices = [fee["id"] for fee in fees if fee["open"]]
    wanted = request.args.get("fee", "")
    if wanted in choices:
        return {"fee": wanted}
    return {"fee": choices[0]} if len(choices) == 1 else {}


@done(COMMAND)
def _on(slug: str, result: dict[str, Any]) -> str:
    """On to the place, which this browser holds from now on; unless it has another way in: then it was for a colleague."""
    with reading() as db:
        row = find_meeting(db, slug)
        caller = caller_in(db, row)
        mine = db.get(Participant, caller.participant_id) if caller else None
    if result["state"] == "has_place":
        again = mine is not None and mine.email == request.form.get("email", "").strip().lower()
        return f"/m/{slug}/place" if again else f"/m/{slug}/link?did=has_place"
    if mine is not None and mine.id != result["person"]:
        return f"/m/{slug}/place?did=another"
    remember(row.id, result["grant"])
    return f"/m/{slug}/place?did=register"


@pages.get("/registration/bodies.json")
def bodies() -> Response:
    """Sweden's municipalities and regions: [[code, name, organisation number, county]], by name. The number is empty where
    we do not know it. The same for everybody, so that what is typed in the form stays there until it is sent."""
    response = jsonify([[b.code, b.name, model.written(b.orgnr), b.county_name] for b in model.bodies()])
    response.headers["Cache-Control"] = f"public, max-age={FRESH}"
    return response

"""What is read of questions beside the page: those like the one that somebody is about to ask."""

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from .. import limits
from ..access import Caller
from ..db import reading, utc_now
from ..meetings.store import Meeting
from ..problems import Refused
from ..web import first, meeting_and_caller
from . import model
from .model.likeness import alike
from .store import asked_of, supportable_of, supported_by

pages = Blueprint("questions", __name__)

SIMILAR = "60/minute"  # for each person: it is asked for while they write


@pages.get("/m/<slug>/questions/similar")
def similar(slug: str) -> ResponseReturnValue:
    """For those who may ask: what others ask already of the same item, so that they can support that instead. `text`:
    what they have written; `item`: the one their form names."""
    with reading() as db:
        meeting, caller = meeting_and_caller(db, slug)
        if "asker" not in caller.roles:
            raise Refused("role")
        limits.check(SIMILAR, "questions.similar", caller)
        found = _similar(db, meeting, caller, request.args.get("text", ""), request.args.get("item"))
    return jsonify({"similar": found})


@first("question.ask")
def before_asking(db: Session, meeting: Meeting, caller: Caller, typed: dict[str, str]) -> dict[str, Any] | None:
    """Without a script what others ask already is shown when the question is sent; it is asked when it is sent again."""
    if "asker" not in caller.roles:
        return None
    found = _similar(db, meeting, caller, typed.get("text", ""), typed.get("item"))
    return {"code": "similar", "similar": found} if found else None


def _similar(db: Session, meeting: Meeting, caller: Caller, text: str, given: str | None) -> list[dict[str, Any]]:
    item = asked_of(db, meeting, given, utc_now())
    there = {q.id: q for q in supportable_of(db, item)} if item else {}
    found = [there[id] for id, _ in alike(text[: model.LIMIT * 2], {q.id: q.text for q in there.values()})]
    on = supported_by(db, caller.participant_id, [q.id for q in found])
    return [
        {
            "id": q.id,
            "text": q.text,
            "support": q.support,
            "mine": q.author_id == caller.participant_id,
            "on": q.id in on,
        }
        for q in found
    ]

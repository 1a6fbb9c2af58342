"""What a step would lead to, for the script of the desk."""

from typing import Any

from flask import g, jsonify, request

from ...ahead import Day, read
from ...db import reading, utc_now
from ...problems import Refused
from ...web import meeting_and_caller
from .door import pages


@pages.get("/m/<slug>/programme/preview")
def preview(slug: str) -> Any:
    """The expected times that a step would change, for staff: {shifts, lines in words, command}."""
    g.wants_json = True
    with reading() as db:
        meeting, caller = meeting_and_caller(db, slug)
        if not caller.staff:
            raise Refused("role")
        return jsonify(Day(db, meeting, utc_now()).foreseen(read(request.args)))

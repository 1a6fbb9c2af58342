"""The programme for calendars: of the whole meeting, and of one person.

A calendar program asks again and again, and says neither language nor who it is. So the words are in the meeting's
language, and a person's calendar has an address of its own, which opens nothing else.
"""

import hashlib

from flask import Response, current_app, request
from flask_babel import force_locale
from sqlalchemy.orm import Session

from ...access import find_meeting
from ...db import reading
from ...meetings.store import Meeting
from ...problems import Refused
from ...web import caller_of_calendar, public_meeting
from ..store import items_of, speakers_of
from .door import pages
from .feed import Reader, feed

FRESH = 60  # seconds; a delay should reach a calendar that asks


@pages.get("/m/<slug>/programme.ics")
def whole(slug: str) -> Response:
    """Everything, open to everyone as the meeting's page is."""
    with reading() as db:
        meeting = public_meeting(db, slug)
        return _answer(f"{slug}.ics", f"public, max-age={FRESH}", _feed(db, meeting, None))


@pages.get("/m/<slug>/calendar/<token>.ics")
def personal(slug: str, token: str) -> Response:
    """What concerns one person, as long as the way in that it was made for stands."""
    with reading() as db:
        meeting = find_meeting(db, slug)
        caller = caller_of_calendar(db, meeting, token)
        if caller is None:
            raise Refused("bad_link")
        own = {layer.partition(":")[2] for layer in caller.layers if layer.startswith("speaker:")}
        reader = Reader(caller.name, caller.attendance, own)
        return _answer(f"{slug}-{caller.participant_id}.ics", f"private, max-age={FRESH}", _feed(db, meeting, reader))


def _feed(db: Session, meeting: Meeting, reader: Reader | None) -> bytes:
    items = items_of(db, meeting.id)
    address = f"{current_app.config['SETTINGS'].public_url()}/m/{meeting.slug}{'/live' if reader else ''}"
    with force_locale(meeting.language):
        return feed(meeting, items, speakers_of(db, [item.id for item in items]), address, reader)


def _answer(name: str, keep: str, body: bytes) -> Response:
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.headers["Cache-Control"] = keep
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.make_conditional(request)
    return response

"""What is on now, for other web pages: a small page to embed, and the same as JSON. Open to everyone, as the meeting's
page is, so neither says what only those who take part may know. Neither sets a cookie or reads one."""

from datetime import datetime
from typing import Any

from flask import Response, current_app, jsonify, render_template, request
from flask_babel import force_locale
from sqlalchemy.orm import Session

from ...db import iso, reading, utc_now
from ...meetings.store import Meeting
from ...standing import for_whom, standing
from ...web import LANGUAGES, allow, language_of_browser, public_meeting
from .. import model
from ..store import items_of, speakers_of
from ..views import item_view
from .door import pages

FRESH = 10  # seconds that anybody between may keep it
SAID = (
    "id",
    "title",
    "kind",
    "day",
    "planned_start",
    "planned_end",
    "expected_start",
    "expected_end",
    "actual_start",
    "speakers",
)


@pages.get("/api/v1/m/<slug>/now")
def now_as_json(slug: str) -> Response:
    """What is on, what comes next and how late it is, by track."""
    with reading() as db:
        response = jsonify(_now(db, public_meeting(db, slug), utc_now()))
    allow({}, **{"Cross-Origin-Resource-Policy": "cross-origin"})
    response.headers["Access-Control-Allow-Origin"] = "*"
    return _kept(response)


@pages.get("/m/<slug>/now")
def now_page(slug: str) -> Response:
    """Small enough for a corner of another page. `lang` chooses the language, else the browser does; `track` one track."""
    with reading() as db:
        told = _now(db, public_meeting(db, slug), utc_now())
    wanted = request.args.get("track")
    if any(one["track"] == wanted for one in told["tracks"]):
        told["tracks"] = [one for one in told["tracks"] if one["track"] == wanted]
    with force_locale(_language()):
        page = render_template("programme/widget.html", **told)
    allow({"frame-ancestors": ["*"]}, **{"X-Frame-Options": "", "Cross-Origin-Resource-Policy": "cross-origin"})
    response = _kept(Response(page, mimetype="text/html"))
    response.vary.add("Accept-Language")
    return response


def _now(db: Session, meeting: Meeting, now: datetime) -> dict[str, Any]:
    rows = items_of(db, meeting.id)
    speakers = speakers_of(db, [row.id for row in rows])
    views = [item_view(row, speakers.get(row.id, [])) for row in rows]
    rules = [row.rule() for row in rows]
    tracks = standing(views, rules, now)["tracks"] or [""]
    return {
        "now": iso(now),
        "meeting": {
            "slug": meeting.slug,
            "title": meeting.title,
            "language": meeting.language,
            "timezone": meeting.timezone,
            "url": f"{current_app.config['SETTINGS'].public_url()}/m/{meeting.slug}",
        },
        "tracks": [_track(views, rules, now, track) for track in tracks],
    }


def _track(views: list[dict[str, Any]], rules: list[model.Item], now: datetime, track: str) -> dict[str, Any]:
    stands = standing(views, rules, now, [track])
    late = model.lateness(rules, stands["track"], now)
    return {
        "track": track,
        "on": _said(views, stands["on_now"]),
        "next": _said(views, stands["up_next"]),
        "late_minutes": int(late.total_seconds() // 60),
    }


def _said(views: list[dict[str, Any]], item: dict[str, Any] | None) -> dict[str, Any] | None:
    """Of an item what the programme on the meeting's page says. A part without a time has that of the whole."""
    if item is None:
        return None
    whole = next((one for one in views if one["id"] == item["parent"]), None)
    return {
        **{name: item[name] for name in SAID},
        "speakers": item["speakers"] or (whole["speakers"] if whole else []),
        "attendance": for_whom(views, item),
        "part_of": whole["title"] if whole else None,
    }


def _language() -> str:
    chosen = request.args.get("lang")
    return chosen if chosen in LANGUAGES else language_of_browser()


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={FRESH}"
    return response

"""The pages that show every room together: a meeting's first page, live, moderate and screen.

Each is drawn on the server from the same welcome that its script goes on from, so it reads the same without one.
"""

from functools import cache
from pathlib import Path
from typing import Any

import segno
from babel.messages.pofile import read_po
from flask import Blueprint, current_app, render_template, request
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy.orm import Session

from .access import Caller, find_meeting
from .db import reading, utc_now
from .meetings.model import phase
from .meetings.views import meeting_view
from .problems import Refused, problem
from .programme import model as programme_model
from .programme.store import items_of, speakers_of
from .programme.views import item_view
from .sockets import welcome
from .sync import merged
from .web import caller_in, form_page

pages = Blueprint("surfaces", __name__)
TRANSLATIONS = Path(__file__).parent / "translations"


@pages.get("/m/<slug>")
def meeting(slug: str) -> str:
    """Invitation before, entrance during, archive after: open to everyone."""
    with reading() as db:
        row = find_meeting(db, slug)
        caller = caller_in(db, row)
        items = items_of(db, row.id)
        speakers = speakers_of(db, [i.id for i in items])
        now = utc_now()
        return render_template(
            "meetings/meeting.html",
            meeting=meeting_view(row),
            me=caller.me() if caller else None,
            programme=[item_view(i, speakers.get(i.id, [])) for i in items],
            phase=phase(row.starts, row.ends, now),
            now=now,
            **_running(items, now),
        )


@pages.get("/m/<slug>/live")
def live(slug: str) -> Any:
    return show("live", slug)


@pages.get("/m/<slug>/moderate")
def moderate(slug: str) -> Any:
    return show("moderate", slug)


@pages.get("/m/<slug>/screen")
def screen(slug: str) -> Any:
    return show("screen", slug)


@form_page("live")
def _live_again(slug: str, said: dict[str, Any] | None, typed: dict[str, str]) -> Any:
    return show("live", slug, said, typed)


@form_page("moderate")
def _moderate_again(slug: str, said: dict[str, Any] | None, typed: dict[str, str]) -> Any:
    return show("moderate", slug, said, typed)


def show(page: str, slug: str, said: dict[str, Any] | None = None, typed: dict[str, str] | None = None) -> Any:
    """Draw a live page for whoever asks, with the problem of a form if there was one."""
    with reading() as db:
        row = find_meeting(db, slug)
        caller = caller_in(db, row)
        if caller is None:
            return _stranger(slug)
        if page == "moderate" and not caller.staff:
            raise Refused("role")
        return render_template(f"{page}.html", **_drawn(db, caller, page, said, typed or {}))


def _stranger(slug: str) -> Any:
    """Somebody we do not know: the page that says how to get in, with the way back here."""
    said = problem({"code": "unknown_caller"})
    return render_template("error.html", problem=said, next=request.path, slug=slug), 401


def _drawn(
    db: Session, caller: Caller, page: str, said: dict[str, Any] | None, typed: dict[str, str]
) -> dict[str, Any]:
    picture = welcome(db, caller)
    topics = merged(picture["layers"])
    locale = str(get_locale() or "sv")
    (row,) = topics["meeting"].values()
    items = items_of(db, caller.meeting_id)
    now = utc_now()
    address = current_app.config["SETTINGS"].public_url() + f"/m/{caller.slug}"
    return {
        "meeting": row,
        "me": picture["me"],
        "programme": sorted(topics["programme"].values(), key=lambda i: (i["day"], i["position"])),
        "questions": list(topics["questions"].values()),
        "upvotes": topics["upvotes"],
        "can_ask": "participant" in caller.roles,
        "now": now,
        "problem": said,
        "did": said.get("command") if said else None,
        "typed": typed,
        "qr_svg": qr(address),
        "join_address": address.partition("://")[2],
        "boot": {
            "meeting": caller.slug,
            "base": f"/m/{caller.slug}",
            "csrf": generate_csrf(),
            "locale": locale,
            "page": page,
            "strings": strings(locale),
            "welcome": picture,
            "join": {"address": address.partition("://")[2]},
        },
        **_running(items, now, topics["programme"]),
    }


def _running(items: list[Any], now: Any, views: dict[str, Any] | None = None) -> dict[str, Any]:
    """What is on and what comes next, of the first track."""
    rules = [i.rule() for i in items]
    on = programme_model.now_on(rules)
    track = min(on, default="")
    if views is None:
        views = {i.id: item_view(i, []) for i in items}
    following = programme_model.up_next(rules, track, now)
    return {"on_now": views.get(on.get(track) or ""), "up_next": views.get(following or "")}


def qr(address: str) -> Markup:
    """The address as an inline SVG with a title; dark on light whatever the colours around it."""
    code = segno.make(address, error="m")
    return Markup(code.svg_inline(border=4, svgclass="qr", lineclass="qr__dots", title=address, omitsize=True))


@cache
def strings(locale: str) -> dict[str, Any]:
    """The words of the scripts: {English: translation, or {one, other}}; empty for English itself."""
    file = TRANSLATIONS / locale / "LC_MESSAGES" / "js.po"
    if not file.exists():
        return {}
    with file.open("rb") as f:
        catalogue = read_po(f, locale=locale)
    words: dict[str, Any] = {}
    for message in catalogue:
        if not message.id or not message.string:
            continue
        if isinstance(message.id, tuple):
            words[message.id[1]] = dict(zip(("one", "other"), message.string, strict=False))
        else:
            words[str(message.id)] = message.string
    return words

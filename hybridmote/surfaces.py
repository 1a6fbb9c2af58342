"""The pages that show every room together: a meeting's first page, live, moderate, speaker and screen.

Each is drawn on the server from the same welcome that its script goes on from, so it reads the same without one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import segno
from flask import Blueprint, current_app, redirect, render_template, request, session
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy.orm import Session

from . import invitation
from .access import Caller, find_meeting
from .asking import asking, muted, told
from .db import reading, utc_now
from .meetings.model import phase
from .meetings.views import meeting_view
from .participants.store import MOST_PEOPLE, muted_in, people_called
from .participants.views import person_view
from .pictures import permissions, picture_of, pictures, policy
from .problems import Refused, problem
from .programme.store import Item, items_of, speakers_of
from .programme.views import item_view
from .questions.model import UNASKED
from .running import asked_by_form, running
from .sockets import welcome
from .standing import back_on, for_whom, notices_for, of_line, own_talks, standing, talk_of, track_of
from .strings import strings
from .sync import View, merged
from .web import allow, calendar_token, caller_in, form_page, render

pages = Blueprint("surfaces", __name__)
TAKES: dict[str, set[str]] = {"moderate": set(), "speaker": {"speaker", "lectern"}}  # besides staff, who may all


@pages.get("/m/<slug>")
def meeting(slug: str) -> str:
    """Invitation before, entrance during, archive after: open to everyone."""
    with reading() as db:
        row = find_meeting(db, slug)
        caller = caller_in(db, row)
        items = items_of(db, row.id)
        speakers = speakers_of(db, [i.id for i in items])
        now = utc_now()
        programme = [item_view(i, speakers.get(i.id, [])) for i in items]
        view, address = meeting_view(row), current_app.config["SETTINGS"].public_url() + f"/m/{slug}"
        return render_template(
            "meetings/meeting.html",
            meeting=view,
            me=caller.me() if caller else None,
            programme=programme,
            phase=phase(row.starts, row.ends, now),
            now=now,
            address=address,
            **invitation.drawn(db, row, view, programme, caller, address, now),
            **standing(programme, [i.rule() for i in items], now),
        )


@pages.get("/m/<slug>/live")
def live(slug: str) -> Any:
    return show("live", slug)


@pages.get("/m/<slug>/moderate")
def moderate(slug: str) -> Any:
    if track := request.args.get("track", "")[:64]:  # its forms come back without the query
        session["desk"] = dict([*session.get("desk", {}).items(), (slug, track)][-5:])
    return show("moderate", slug)


@pages.get("/m/<slug>/screen")
def screen(slug: str) -> Any:
    return show("screen", slug)


@pages.get("/m/<slug>/speaker")
def speaker(slug: str) -> Any:
    return show("speaker", slug)


@form_page("live")
def _live_again(slug: str, said: dict[str, Any] | None, typed: dict[str, str]) -> Any:
    return show("live", slug, said, typed)


@form_page("moderate")
def _moderate_again(slug: str, said: dict[str, Any] | None, typed: dict[str, str]) -> Any:
    return show("moderate", slug, said, typed)


@form_page("speaker")
def _speaker_again(slug: str, said: dict[str, Any] | None, typed: dict[str, str]) -> Any:
    return show("speaker", slug, said, typed)


def show(page: str, slug: str, said: dict[str, Any] | None = None, typed: dict[str, str] | None = None) -> Any:
    """Draw a live page for whoever asks, with the problem of a form if there was one."""
    with reading() as db:
        row = find_meeting(db, slug)
        caller = caller_in(db, row)
        if caller is None:
            return _stranger(slug, page)
        if caller.given == ("applicant",):  # who waits for a place does not take part yet
            return redirect(f"/m/{slug}/place")
        if page in TAKES and not (caller.staff or caller.roles & TAKES[page]):
            raise Refused("role")
        drawn = _drawn(db, caller, page, said, typed or {})
    return render(f"{page}.html", **drawn)


def _stranger(slug: str, page: str) -> Any:
    """Somebody we do not know: the page that says how to get in, with the way back here. A screen that was let in
    once, and no longer is, shows its code again: nobody stands beside it."""
    for_screens = page in ("screen", "speaker")
    if for_screens and "screen" in session:
        return redirect("/screen")
    said = problem({"code": "unknown_caller"})
    return render_template("error.html", problem=said, next=request.path, slug=slug, pair=for_screens), 401


def _drawn(
    db: Session, caller: Caller, page: str, said: dict[str, Any] | None, typed: dict[str, str]
) -> dict[str, Any]:
    picture = welcome(db, caller)
    topics = merged(picture["layers"])
    locale = str(get_locale() or "sv")
    (row,) = topics["meeting"].values()
    programme = sorted(topics["programme"].values(), key=lambda i: (i["day"], i["position"]))
    now = utc_now()
    mine, talk = own_talks(programme, caller.layers, request.args.get("item", "")) if page == "speaker" else ([], None)
    stands = _stands(items_of(db, caller.meeting_id), programme, caller, now, talk, page)
    site = current_app.config["SETTINGS"].public_url()
    address = f"{site}/m/{caller.slug}"
    shown: dict[str, Any] = {}
    if page == "live":
        found = pictures((row["stream"], *(i["stream"] for i in programme)), current_app.config["SETTINGS"].jitsi_hosts)
        allow(policy(found), **permissions(found))
        shown = {"pictures": found}
        if "participant" in caller.roles:  # a screen has no calendar
            shown["calendar"] = f"{address}/calendar/{calendar_token(caller)}.ics"
        on, coming = stands["on_now"], stands["up_next"]
        rules = [i.rule() for i in items_of(db, caller.meeting_id)]
        takes = asking(row, stands["line"], rules, on, coming, now)
        shown["asking"] = {**takes, "muted": muted(topics["muted"], now)}
        shown["told"] = told(topics["receipts"].values(), topics["questions"].values())
    desk = _desk(db, caller, stands, topics, said, typed, now) if page == "moderate" else {}
    return {
        "meeting": row,
        "me": picture["me"],
        "programme": programme,
        "notices": notices_for(topics["notices"].values(), caller, page, stands["track"], now),
        "questions": of_line(topics["questions"].values(), programme if page == "moderate" else stands["line"]),
        "upvotes": topics["upvotes"],
        "slides": list(topics["slides"].values()),
        "polls": sorted(topics["polls"].values(), key=lambda p: str(p["made_at"])),
        "answers": topics["answers"],
        "can_ask": "asker" in caller.roles,
        "can_vote": "participant" in caller.roles,
        "place": any(one["state"] != "cancelled" for one in topics["place"].values()),
        "now": now,
        "problem": said,
        "did": said.get("command") if said else None,
        "typed": typed,
        "qr_svg": qr(f"{address}/join?code={row['join_code']}"),
        "join_address": f"{address}/join".partition("://")[2],
        "site": site.partition("://")[2],
        "boot": {
            "meeting": caller.slug,
            "base": f"/m/{caller.slug}",
            "csrf": generate_csrf(),
            "locale": locale,
            "page": page,
            "strings": strings(locale, page),
            "welcome": picture,
            "site": site.partition("://")[2],
            "join": {"address": address.partition("://")[2]},
            "max_slides_mb": current_app.config["SETTINGS"].max_slides_mb,
            **{name: shown[name] for name in shown if name == "pictures"},
            **({"ready": desk["ready"]} if desk else {}),
        },
        "calendar": shown.get("calendar"),
        "asking": shown.get("asking"),
        "told": shown.get("told"),
        "calls": sorted(topics["help"].values(), key=lambda c: str(c["asked_at"])),
        "picture": shown and shown["pictures"].get(picture_of(row, programme, stands["on_now"])),
        **stands,
        **desk,
        **({"mine": mine, **talk_of(programme, talk, stands)} if page == "speaker" else {}),
    }


def _desk(
    db: Session,
    caller: Caller,
    stands: dict[str, Any],
    topics: dict[str, dict[str, View]],
    said: dict[str, Any] | None,
    typed: dict[str, str],
    now: datetime,
) -> dict[str, Any]:
    late = said and said["code"] == "stale"
    programme = sorted(topics["programme"].values(), key=lambda i: (i["day"], i["position"]))
    asked = asked_by_form(said["command"], typed) if said and late else request.args
    screens = sorted(topics["screens"].values(), key=lambda one: (one["use"], one["name"], one["id"]))
    row = find_meeting(db, caller.slug)
    asked_items = [
        i
        for i in programme
        if i["day"] == stands["today"]
        and i["kind"] not in UNASKED
        and i["state"] != "cancelled"
        and asked_of(i, topics["programme"]) is i
    ]
    at = stands["on_now"] or stands["up_next"]
    who = request.args.get("who", "")
    return {
        **running(db, row, stands, topics, asked, now),
        "screens": screens,
        "asked_items": asked_items,
        "subject": at and asked_of(at, topics["programme"]),
        "known": topics["questions"],
        "muted": [person_view(p) for p in muted_in(db, caller.meeting_id, now)],
        "called": [person_view(p) for p in people_called(db, caller.meeting_id, who)[:MOST_PEOPLE]],
    }


def asked_of(item: View, programme: Mapping[str, View]) -> View:
    """Whom a question is put to: a part of a talk that has no time of its own is a phase of it."""
    parent = None if item["planned_start"] else programme.get(item["parent"] or "")
    return asked_of(parent, programme) if parent and parent["kind"] == "talk" else item


def _stands(
    items: list[Item], programme: list[View], caller: Caller, now: datetime, talk: View | None, page: str
) -> dict[str, Any]:
    """The day of the track that was asked for, of one's own talk, or that a screen is told to follow; and what of it is
    not for those who are where the reader is: {item: what is for them again after it, or None}."""
    there = {i["id"] for i in programme}  # an item added since the picture was made is not in it yet
    rules = [i.rule() for i in items if i.id in there]
    asked = request.args
    own = track_of(programme, talk) if talk else ""
    kept = str(session.get("desk", {}).get(caller.slug, "")) if page == "moderate" else ""
    stands = standing(programme, rules, now, (asked.get("track", ""), own, caller.track, kept), asked.get("day", ""))
    line, place = stands["line"], caller.attendance
    away = [i for i in line if place and for_whom(line, i) not in ("both", place)]
    return {**stands, "away": {i["id"]: back_on(line, i, place or "") for i in away}}


def qr(address: str) -> Markup:
    """The address as an inline SVG with a title; dark on light whatever the colours around it."""
    code = segno.make(address, error="m")
    return Markup(code.svg_inline(border=4, svgclass="qr", lineclass="qr__dots", title=address, omitsize=True))

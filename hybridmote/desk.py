"""The organiser's page where the programme is set up: drawn on the server, whole without a script, with forms that are
commands. What is open is said by the address: `?item=` an item, `?add=` a day (and `&track=`), `?in=` a new part of it."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, jsonify, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session

from .access import Caller, find_meeting
from .db import reading, utc_now
from .formats import instant
from .meetings.store import Meeting
from .pictures import pictures
from .problems import Refused, problem
from .programme.model.checklist import Doubt, Entry, checklist
from .programme.model.plan import outline
from .programme.model.plan import said as on_clock
from .programme.store import Item, items_of, removed_of, speakers_of
from .sockets import welcome
from .strings import strings
from .sync import View, merged
from .web import caller_in, form_page, meeting_and_caller

pages = Blueprint("desk", __name__)
PAGE = "desk/programme"
MOST_DAYS = 60

KINDS = ("talk", "break", "group_work", "plenary", "registration", "social")


@pages.get("/m/<slug>/desk/programme")
def programme(slug: str) -> Any:
    return show(slug)


@form_page(PAGE)
def _again(slug: str, said: dict[str, Any] | None, typed: dict[str, str]) -> Any:
    return show(slug, said, typed)


@pages.get("/m/<slug>/desk/programme/checklist")
def checks(slug: str) -> Any:
    """What looks wrong now, in the reader's words."""
    with reading() as db:
        row, caller = meeting_and_caller(db, slug)
        if "organiser" not in caller.roles:
            raise Refused("role")
        return jsonify(doubts(db, row, items_of(db, row.id)))


def show(slug: str, said: dict[str, Any] | None = None, typed: dict[str, str] | None = None) -> Any:
    """The page, with the problem of a form if there was one, and what was typed in it."""
    with reading() as db:
        row = find_meeting(db, slug)
        caller = caller_in(db, row)
        if caller is None:
            told = problem({"code": "unknown_caller"})
            return render_template("error.html", problem=told, next=request.path, slug=slug), 401
        if "organiser" not in caller.roles:
            raise Refused("role")
        return render_template("programme/desk.html", **_drawn(db, row, caller, said, typed or {}))


def _drawn(
    db: Session, row: Meeting, caller: Caller, said: dict[str, Any] | None, typed: dict[str, str]
) -> dict[str, Any]:
    picture = welcome(db, caller)
    topics = merged(picture["layers"])
    (meeting,) = topics["meeting"].values()
    items = items_of(db, row.id)
    views: dict[str, View] = {i["id"]: i for i in topics["programme"].values()}
    rules = [rule for rule in outline(item.rule() for item in items) if rule.id in views]
    removed = [{"id": gone.id, "title": gone.title} for gone in removed_of(db, row.id)]
    found = doubts(db, row, items)
    locale = str(get_locale() or "sv")
    command = said.get("command") if said else None
    opened = typed.get("item") if said else request.args.get("item")
    adding = _adding(typed if command == "programme.add" else request.args, views)
    if command == "programme.add" and adding is None:
        adding = {"day": days_of(row, items)[0], "track": "", "parent": ""}  # what was typed must stand somewhere
    return {
        "meeting": meeting,
        "me": picture["me"],
        "now": utc_now(),
        "here": f"/m/{caller.slug}/{PAGE}",
        "days": sorted({*days_of(row, items), *([adding["day"]] if adding else ())}),
        "tracks": sorted({rule.track for rule in rules}) or [""],
        "rows": rows_of(rules, views),
        "kinds": KINDS,
        "kind_words": kind_words(),
        "checks": found,
        "removed": removed,
        "open": opened if opened in views else None,
        "adding": adding,
        "values": {id: values(view, row.timezone) for id, view in views.items() if id == opened},
        "problem": said,
        "did": command,
        "typed": typed,
        "picture": pictures([meeting["stream"]], current_app.config["SETTINGS"].jitsi_hosts).get(meeting["stream"]),
        "boot": {
            "meeting": caller.slug,
            "base": f"/m/{caller.slug}",
            "csrf": generate_csrf(),
            "locale": locale,
            "page": PAGE,
            "strings": strings(locale),
            "welcome": picture,
            "checks": found,
            "removed": removed,
        },
    }


def _adding(asked: Any, views: dict[str, View]) -> dict[str, str] | None:
    """Where a new item is to be, when one is being added."""
    parent = asked.get("in") or asked.get("parent") or ""
    if parent in views:
        above = views[parent]
        return {"day": above["day"], "track": above["track"], "parent": parent}
    day = asked.get("add") or asked.get("day") or ""
    try:
        date.fromisoformat(day)
    except ValueError:
        return None
    return {"day": day, "track": asked.get("track", ""), "parent": ""}


def rows_of(rules: list[Any], views: dict[str, View]) -> list[dict[str, Any]]:
    """The programme in order, each with how deep it stands and where it could go."""
    depth: dict[str, int] = {}
    siblings: dict[Any, list[str]] = {}
    parents = {rule.id: rule.parent if rule.parent in views else None for rule in rules}
    for rule in rules:
        parent = parents[rule.id]
        depth[rule.id] = depth[parent] + 1 if parent else 0
        siblings.setdefault(parent or (rule.day, rule.track), []).append(rule.id)
    rows = []
    for rule in rules:
        parent = parents[rule.id]
        line = siblings[parent or (rule.day, rule.track)]
        at = line.index(rule.id)
        rows.append(
            {
                "item": views[rule.id],
                "depth": depth[rule.id],
                "up": line[at - 1] if at else None,
                "down": at + 1 < len(line),
                "after": line[at + 2] if at + 2 < len(line) else "",
                "into": line[at - 1] if at else None,
                "out": parent is not None,
                "above": parents[parent] if parent else None,
            }
        )
    return rows


def days_of(meeting: Meeting, items: list[Item]) -> list[str]:
    """The meeting's days, and those that something stands on besides."""
    zone = ZoneInfo(meeting.timezone)
    first, last = (at.astimezone(zone).date() for at in (meeting.starts, meeting.ends))
    own = {str(first + timedelta(days=n)) for n in range(min((last - first).days + 1, MOST_DAYS))}
    return sorted(own | {item.day for item in items})


def values(view: View, timezone: str) -> dict[str, str]:
    """An item as its form shows it; static/js/programme/edit/fields.js says the same."""
    zone = ZoneInfo(timezone)
    lines = [" | ".join((s["name"], s["role"], s["organisation"])).rstrip(" |") for s in view["speakers"]]
    told = {name: str(view[name]) for name in ("title", "kind", "day", "track", "attendance", "stream", "description")}
    return told | {
        "begins": on_clock(instant(view["planned_start"]), zone) if view["planned_start"] else "",
        "ends": on_clock(instant(view["planned_end"]), zone) if view["planned_end"] else "",
        "minimum": "" if view["minimum"] is None else str(view["minimum"]),
        "speakers": "\n".join(lines),
        "promised": "true" if view["promised"] else "false",
        "by_clock": "true" if view["by_clock"] else "false",
        "cancelled": "true" if view["state"] == "cancelled" else "false",
    }


def kind_words() -> dict[str, str]:
    return {
        "talk": _("Talk"),
        "break": _("Break"),
        "group_work": _("Group work"),
        "plenary": _("Plenary"),
        "registration": _("Registration"),
        "social": _("Social"),
    }


def doubts(db: Session, meeting: Meeting, items: list[Item]) -> list[dict[str, str]]:
    """The checklist, in words."""
    speakers = speakers_of(db, [item.id for item in items])
    entries = [Entry(i.rule(), i.title, len(speakers.get(i.id, ())), i.attendance, i.stream) for i in items]
    titles = {item.id: item.title or _("Without a title") for item in items}
    found = checklist(entries, ZoneInfo(meeting.timezone), meeting.stream)
    return [{"what": d.what, "item": d.item, "title": titles[d.item], "words": _words(d, titles)} for d in found]


def _words(doubt: Doubt, titles: dict[str, str]) -> str:
    other = titles.get(doubt.other or "", "")
    return {
        "untitled": lambda: _("has no title"),
        "overlap": lambda: _("is at the same time as %(other)s", other=other),
        "order": lambda: _("stands after %(other)s but begins before it", other=other),
        "outside_parent": lambda: _("goes outside the time of %(other)s", other=other),
        "no_speaker": lambda: _("has no speaker"),
        "no_lunch": lambda: _("begins a day without lunch"),
        "gap": lambda: _("comes more than two hours after %(other)s", other=other),
        "no_picture": lambda: _("is for the web too, but has no picture"),
        "no_pictures": lambda: _("and the rest have no picture for the web"),
        "break_not_promised": lambda: _("is a break that is not promised"),
    }[doubt.what]()

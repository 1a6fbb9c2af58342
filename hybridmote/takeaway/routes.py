"""Where staff fetch the files, and read the record of what staff did."""

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request
from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from .. import offload
from ..access import Caller
from ..db import iso, reading, utc_now
from ..meetings.store import Meeting
from ..meetings.views import meeting_view
from ..problems import Refused
from ..web import meeting_and_caller, render
from . import audit, questions, sheets
from .paper import as_pdf
from .questions import in_turns

pages = Blueprint("takeaway", __name__)
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "pdf": "application/pdf",
}


@pages.get("/m/<slug>/desk/questions.csv")
def as_csv(slug: str) -> Response:
    with reading() as db:
        meeting, _caller = _staff(db, slug)
        found, _items = questions.rows(db, meeting.id)
    return _file(slug, "csv", offload.run(sheets.as_csv, questions.columns(), found))


@pages.get("/m/<slug>/desk/questions.xlsx")
def as_xlsx(slug: str) -> Response:
    with reading() as db:
        meeting, _caller = _staff(db, slug)
        found, _items = questions.rows(db, meeting.id)
    named = _("Questions"), _("What the columns mean")
    heads = _("Column"), _("Name"), _("Meaning"), _("Unit"), _("May hold")
    zone, truths = ZoneInfo(meeting.timezone), (_("no"), _("yes"))
    return _file(slug, "xlsx", offload.run(sheets.as_xlsx, questions.columns(), found, zone, named, heads, truths))


@pages.get("/m/<slug>/desk/questions.json")
def as_json(slug: str) -> Response:
    with reading() as db:
        meeting, _caller = _staff(db, slug)
        found, _items = questions.rows(db, meeting.id)
    about = {
        "meeting": meeting.slug,
        "title": meeting.title,
        "timezone": meeting.timezone,
        "language": meeting.language,
        "made_at": iso(utc_now()),
    }
    return _file(slug, "json", offload.run(sheets.as_json, questions.columns(), found, about))


@pages.get("/m/<slug>/desk/questions.pdf")
def on_paper(slug: str) -> Response:
    with reading() as db:
        meeting, _caller = _staff(db, slug)
        found, items = questions.rows(db, meeting.id)
    return _file(slug, "pdf", as_pdf(_told(meeting, found, items)))


@pages.get("/m/<slug>/desk/audit.csv")
def audit_as_csv(slug: str) -> Response:
    with reading() as db:
        meeting, _caller = _staff(db, slug)
        found = audit.rows(db, meeting.id)
    return _file(slug, "csv", offload.run(sheets.as_csv, audit.columns(), found), "audit")


@pages.get("/m/<slug>/desk/audit")
def read_audit(slug: str) -> str:
    sought = request.args.get("q", "")[:200]
    with reading() as db:
        meeting, caller = _staff(db, slug)
        asked = request.args.get("page", default=1, type=int)
        shown = audit.page(db, meeting.id, asked, sought, ZoneInfo(meeting.timezone))
        view = meeting_view(meeting)
        shown |= {"meeting": view, "me": caller.me()}
    return render("takeaway/audit.html", sought=sought, now=utc_now(), **shown)


def _staff(db: Session, slug: str) -> tuple[Meeting, Caller]:
    meeting, caller = meeting_and_caller(db, slug)
    if not caller.staff:
        raise Refused("role")
    return meeting, caller


def _file(slug: str, kind: str, content: bytes, what: str = "questions") -> Response:
    answer = Response(content, content_type=TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}-{what}.{kind}"'
    return answer


def _told(meeting: Meeting, found: list[tuple[sheets.Cell, ...]], items: list[str]) -> dict[str, Any]:
    """What the paper says, in words."""
    zone, locale = ZoneInfo(meeting.timezone), str(get_locale() or "sv")
    names = [column.name for column in questions.columns()]
    rows = [dict(zip(names, row, strict=True)) for row in found]
    numbers = {row["id"]: n for n, row in enumerate(rows, 1)}
    states = questions.states()

    def clock(at: Any) -> str:
        return f"{at.astimezone(zone):%H.%M}" if at else ""

    by_item: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for item, row in zip(items, rows, strict=True):
        by_item[item].append(row)
    count = Counter(row["state"] for row in rows)
    now = utc_now().astimezone(zone)
    title = _("Questions at %(meeting)s", meeting=meeting.title)
    return {
        "lang": locale,
        "theirs": meeting.language,
        "title": title,
        "meeting": meeting.title,
        "words": {
            "heading": _("Questions"),
            "about": _("All questions of the meeting, what became of them, and the answers in writing"),
            "when": _(
                "%(date)s. Taken out %(day)s at %(time)s.",
                date=_dates(meeting, zone),
                day=format_date(now.date(), "d MMMM y"),
                time=clock(now),
            ),
            "foot": title,
            "page": _("Page"),
            "none": _("No questions have been asked."),
            "state": _("State"),
            "number": _("Number"),
            "original": _("As it was asked:"),
            "reason": _("Reason:"),
            "reply": _("Answer in writing"),
        },
        "counts": [[words, count[state]] for state, words in states.items() if count[state]],
        "items": [
            {
                "title": there[0]["item"],
                "speakers": there[0]["speakers"],
                "questions": [_on_paper(row, numbers, states, clock) for row in in_turns(there)],
            }
            for there in by_item.values()
        ],
    }


def _on_paper(
    row: dict[str, Any], numbers: dict[Any, int], states: dict[str, str], clock: Callable[[Any], str]
) -> dict[str, str]:
    asker = _("Name hidden") if row["name_hidden"] else row["asker"] or _("Nobody said who")
    told = [
        f"{states[row['state']]} {clock(row['ended_at'])}".strip(),
        _("asked aloud %(time)s", time=clock(row["asked_at"]))
        if row["aloud"]
        else _("asked %(time)s", time=clock(row["asked_at"])),
        *([_("on stage %(time)s", time=clock(row["on_stage_at"]))] if row["on_stage_at"] else []),
        _("support %(n)s", n=row["support"]),
    ]
    return {
        "number": _("Question %(n)s", n=numbers[row["id"]]),
        "line": f"{asker}. {', '.join(told)}.",
        "text": row["text"],
        "original": row["original"],
        "reason": row["reason"],
        "merged": _("Merged into question %(n)s.", n=numbers[row["merged_into"]])
        if row["merged_into"] in numbers
        else "",
        "reply": row["reply"],
        "replied": clock(row["replied_at"]),
    }


def _dates(meeting: Meeting, zone: ZoneInfo) -> str:
    first, last = (format_date(at.astimezone(zone).date(), "d MMMM y") for at in (meeting.starts, meeting.ends))
    return first if first == last else f"{first} – {last}"

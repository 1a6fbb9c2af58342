"""The record of what staff did: only ever added to, read here from its newest line."""

import json
import unicodedata
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ..participants.store import AuditEntry, Participant
from ..programme.store import Item
from ..questions.store import Question
from .questions import in_parts, states
from .sheets import Cell, Column

A_PAGE = 50
MEANT = 160  # characters of what it was done to


def columns() -> list[Column]:
    times = _("ISO 8601, UTC; in a spreadsheet the meeting's own time")
    return [
        Column("at", _("When"), _("When it was done"), "time", times),
        Column("who", _("Who"), _("Their name at the time; empty: time itself did it"), "word"),
        Column("who_id", _("Id of who"), _("Opaque; empty: time itself did it"), "word"),
        Column("what", _("What"), _("Name of the command"), "word"),
        Column("object", _("Object"), _("Id of what it was done to"), "word"),
        Column("before", _("Before"), _("What it was; JSON where it is not a word")),
        Column("after", _("After"), _("What it became; JSON where it is not a word")),
        Column("reason", _("Reason"), _("Why, as they wrote it")),
    ]


def rows(db: Session, meeting: str) -> list[tuple[Cell, ...]]:
    """From its first line to its last."""
    found = in_parts(db, _lines(meeting).order_by(AuditEntry.at, AuditEntry.id))
    return [
        (e.at, e.who_name, e.who, e.what, e.object_id, in_words(e.before), in_words(e.after), e.reason) for e in found
    ]


def in_words(value: Any) -> str:
    """What something was or became: a word as it is, anything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def page(db: Session, meeting: str, number: int, sought: str, zone: ZoneInfo) -> dict[str, Any]:
    """A page of it, newest first. `sought`: words that all stand in a line, however they are written;
    `zone`: the meeting's."""
    newest = _lines(meeting).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    if sought := sought.strip():
        words = _folded(sought).split()
        fitting = [e for e in in_parts(db, newest) if (line := _text(e)) and all(word in line for word in words)]
        count = len(fitting)
    else:
        count = db.scalar(select(func.count()).where(AuditEntry.meeting_id == meeting)) or 0
    last = max(1, -(-count // A_PAGE))
    number = min(max(number, 1), last)
    at = (number - 1) * A_PAGE
    shown = fitting[at : at + A_PAGE] if sought else db.execute(newest.offset(at).limit(A_PAGE)).all()
    meant = _meant(db, meeting, {id for e in shown for id in (e.object_id, *_ids(e.before), *_ids(e.after))})
    known = {**states(), **meant}
    return {
        "count": count,
        "page": number,
        "pages": last,
        "lines": [
            {
                "id": e.id,
                "at": e.at,
                "who": e.who_name,
                "what": e.what,
                "object": e.object_id,
                "before": _told(e.before, e.after, known, zone),
                "after": _told(_beside(e.after, e.reason), e.before, known, zone),
                "reason": e.reason,
            }
            for e in shown
        ],
        "meant": meant,
    }


def _lines(meeting: str) -> Select[Any]:
    return select(
        *(AuditEntry.id, AuditEntry.at, AuditEntry.who, AuditEntry.who_name, AuditEntry.what, AuditEntry.object_id),
        *(AuditEntry.before, AuditEntry.after, AuditEntry.reason),
    ).where(AuditEntry.meeting_id == meeting)


def _text(e: Any) -> str:
    parts = (e.who_name, e.what, e.object_id, in_words(e.before), in_words(e.after), e.reason)
    return _folded("\n".join(parts))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _ids(value: Any) -> list[str]:
    """What may be ids in it."""
    return [one for one in (value.values() if isinstance(value, dict) else [value]) if isinstance(one, str)]


def _beside(value: Any, reason: str) -> Any:
    """Without what stands there as the reason already."""
    return {k: v for k, v in value.items() if k != "reason" or v != reason} if isinstance(value, dict) else value


def _told(value: Any, other: Any, known: dict[str, str], zone: ZoneInfo) -> str:
    """As people read it: of several things those that are another than in `other`, by their names."""
    if isinstance(value, dict):
        was = other if isinstance(other, dict) else {}
        changed = {k: v for k, v in value.items() if was.get(k) != v and (v not in (None, "", []) or k in was)}
        names = _names()
        return "; ".join(f"{names.get(k, k)}: {_told(v, None, known, zone) or '–'}" for k, v in changed.items())
    if isinstance(value, list):
        return ", ".join(_told(one, None, known, zone) for one in value)
    if not isinstance(value, str):
        return in_words(value)
    return known.get(value) or _instant(value, zone)


def _instant(text: str, zone: ZoneInfo) -> str:
    """An instant in the meeting's own time, a word as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{at.astimezone(zone):%Y-%m-%d %H.%M}" if at.tzinfo else text


def _names() -> dict[str, str]:
    return {
        "words": _("words to point out"),
        "slow": _("seconds between questions"),
        "window": _("minutes after the end"),
        "reason": _("reason"),
        "until": _("until"),
        "text": _("text"),
        "name": _("name"),
        "person": _("person"),
        "item": _("item"),
        "title": _("title"),
        "to": _("to"),
        "use": _("use"),
        "track": _("track"),
    }


def _meant(db: Session, meeting: str, ids: set[str]) -> dict[str, str]:
    """What the ids stand for, in the meeting's own words: a question, an item, a person."""
    named = [
        select(Question.id, Question.text).where(Question.meeting_id == meeting, Question.id.in_(ids)),
        select(Item.id, Item.title).where(Item.meeting_id == meeting, Item.id.in_(ids)),
        select(Participant.id, Participant.name).where(Participant.meeting_id == meeting, Participant.id.in_(ids)),
    ]
    found = {id: text for query in named for id, text in db.execute(query)}
    return {id: f"{text[:MEANT]}…" if len(text) > MEANT else text for id, text in found.items()}

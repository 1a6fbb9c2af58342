"""All questions of a meeting, as rows."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..participants.store import Participant
from ..programme.store import Item, Speaker
from ..questions.store import Question
from .sheets import Cell, Column

T = TypeVar("T")
PART = 250  # rows that are read before others are let in

State = str


def states() -> dict[State, str]:
    return {
        "pending": _("Waits for a moderator"),
        "approved": _("In line"),
        "on_stage": _("On stage"),
        "answered": _("Answered"),
        "rejected": _("Not taken up"),
        "withdrawn": _("Withdrawn by its asker"),
        "merged": _("Merged with another"),
    }


def columns() -> list[Column]:
    times = _("ISO 8601, UTC; in a spreadsheet the meeting's own time")
    truths = {"false": _("no"), "true": _("yes")}
    return [
        Column("id", _("Id"), _("Opaque; the same as long as the question is there"), "word"),
        Column("item", _("Item"), _("Title of what it was asked of")),
        Column("speakers", _("Speakers"), _("Whom it was put to, parted by semicolons")),
        Column("text", _("Question"), _("As it stands now"), unit=_("at most 500 characters")),
        Column("original", _("As it was asked"), _("When staff have changed the wording; else empty")),
        Column("state", _("State"), _("What has become of it"), "word", values=states()),
        Column("asker", _("Who asked"), _("Or that the name is hidden from others; empty: nobody said"), "word"),
        Column("name_hidden", _("Name hidden"), _("Whether the asker hides their name"), "truth", values=truths),
        Column("aloud", _("Asked aloud"), _("Asked in the hall, written down by staff"), "truth", values=truths),
        Column("asked_at", _("Asked"), _("When it was sent or written down"), "time", times),
        Column("on_stage_at", _("On stage"), _("When it last went on stage; else empty"), "time", times),
        Column("ended_at", _("Ended"), _("When it came to the end it is at; else empty"), "time", times),
        Column("support", _("Support"), _("How many others support it"), "number", _("people")),
        Column("reason", _("Reason"), _("Why it was not taken up")),
        Column("reply", _("Answer in writing"), _("By those who spoke, or staff"), unit=_("at most 4,000 characters")),
        Column("replied_at", _("Answered in writing"), _("When; else empty"), "time", times),
        Column("merged_into", _("Merged into"), _("Id of the question it was merged into; else empty"), "word"),
    ]


def rows(db: Session, meeting: str) -> tuple[list[tuple[Cell, ...]], list[str]]:
    """In the order of the programme, then of asking; and of each the item that it was asked of."""
    hidden = _("name hidden")
    items = {row.id: row for row in db.execute(select(Item.id, Item.title).where(Item.meeting_id == meeting))}
    speakers = names_of_speakers(db, meeting)
    found: list[tuple[Cell, ...]] = []
    asked_of: list[str] = []
    for q in in_parts(db, _ASKED.where(Question.meeting_id == meeting)):
        name = q.by_name if q.author_id is None else hidden if q.name_hidden else q.name or ""
        found.append(
            (
                q.id,
                items[q.item_id].title,
                "; ".join(speakers[q.item_id]),
                q.text,
                q.original,
                q.state,
                name,
                q.name_hidden,
                q.aloud,
                q.asked_at,
                q.staged_at,
                q.ended_at,
                q.support,
                q.reason,
                q.reply,
                q.replied_at,
                q.merged_into,
            )
        )
        asked_of.append(q.item_id)
    return found, asked_of


_ASKED = (
    select(
        *(Question.id, Question.item_id, Question.text, Question.original, Question.state, Question.author_id),
        *(Question.by_name, Question.name_hidden, Question.aloud, Question.asked_at, Question.staged_at),
        *(Question.ended_at, Question.support, Question.reason, Question.reply, Question.replied_at),
        *(Question.merged_into, Participant.name),
    )
    .join(Item, Item.id == Question.item_id)
    .join(Participant, Participant.id == Question.author_id, isouter=True)
    .order_by(Item.day, Item.position, Item.id, Question.asked_at, Question.id)
)


def names_of_speakers(db: Session, meeting: str) -> Mapping[str, list[str]]:
    """Of each item: its own, else those of what it is part of."""
    own: dict[str, list[str]] = defaultdict(list)
    spoken = select(Speaker).join(Item, Item.id == Speaker.item_id).where(Item.meeting_id == meeting)
    for one in db.scalars(spoken.order_by(Speaker.position, Speaker.id)):
        own[one.item_id].append(", ".join(filter(None, (one.name, one.role, one.organisation))))
    items = select(Item.id, Item.parent_id).where(Item.meeting_id == meeting)
    parents = {row.id: row.parent_id for row in db.execute(items)}

    def of(item: str) -> list[str]:
        parent = parents[item]
        return own.get(item) or (of(parent) if parent else [])

    return {item: of(item) for item in parents}


def in_parts(db: Session, query: Any) -> Iterator[Any]:
    """The rows of a query, read a part at a time."""
    return in_turns(db.execute(query.execution_options(yield_per=PART)))


def in_turns(rows: Iterable[T]) -> Iterator[T]:
    """Thousands of them are gone through in turns with what others want."""
    for number, row in enumerate(rows, 1):
        if number % PART == 0:
            time.sleep(0)
        yield row

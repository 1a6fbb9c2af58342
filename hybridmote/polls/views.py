"""The topics `polls` (with the counts, kept as they come) and `answers` (one's own)."""

import json
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from ..db import iso, rows_given
from ..sync import Topic, View
from . import model
from .store import Answer, Poll

FIELDS = {
    "id": "opaque string",
    "version": "integer; changes with state and text, not with the answers",
    "item": "id of the item it belongs to",
    "kind": "choice, scale or words",
    "prompt": "string",
    "options": "of a choice; of a scale, the words at its two ends; else empty",
    "most": "how many one may choose; the highest number of a scale, 5 or 10; how many words one may give",
    "state": "draft, open or closed",
    "on_screen": "true when the hall's screen shows it",
    "made_at": "ISO 8601, UTC",
    "answered": "how many people have answered, of those whose answers are shown",
    "walk_ins": "how many of those who have answered came in without a place",
    "places_only": "true when the answers of those without a place are left out of `answered`, `bars`, `words` and `mean`",
    "bars": "how many gave each option, or each number of the scale from 1; empty of words",
    "words": f"list of [word, number], at most {model.SHOWN}, the most given first; empty of the others",
    "mean": "of a scale, to one decimal; null while nobody has answered, and of the others",
}


class Polls(Topic):
    name = "polls"
    model = Poll
    fields = {"public": FIELDS, "staff": FIELDS}

    def audiences(self, obj: Any) -> set[str]:
        return set(model.audiences(obj.state))

    def mine(self, session: Session, meeting_id: str, audience: str) -> Iterable[str]:
        here = select(Poll.id).where(Poll.meeting_id == meeting_id)
        if audience == "staff":
            return session.scalars(here)
        return session.scalars(here.where(Poll.state != "draft")) if audience == "public" else []

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        return {p.id: _view(p) for p in objects}


def _view(p: Poll) -> View:
    answered, counts = p.shown_counts()
    return {
        "id": p.id,
        "version": p.version,
        "item": p.item_id,
        "kind": p.kind,
        "prompt": p.prompt,
        "options": p.options,
        "most": p.most,
        "state": p.state,
        "on_screen": p.on_screen,
        "made_at": iso(p.made_at),
        "answered": answered,
        "walk_ins": p.walk_ins_answered,
        "places_only": p.places_only,
        "bars": model.bars(p.kind, p.options, p.most, counts),
        "words": [list(one) for one in model.given_words(counts)[: model.SHOWN]] if p.kind == "words" else [],
        "mean": model.mean(counts) if p.kind == "scale" else None,
    }


class Answers(Topic):
    """What I answered: by the poll's id on the wire, by poll and person in the log."""

    name = "answers"
    model = Answer
    fields = {"person": {"answers": "numbers of options from 0, the number of the scale, or words"}}

    def get(self, session: Session, object_id: str) -> Any:
        return session.get(Answer, tuple(object_id.split(".")))

    def id_of(self, row: Any) -> str:
        return f"{row.poll_id}.{row.participant_id}"

    def shown_as(self, object_id: str) -> str:
        return object_id.partition(".")[0]

    def load(self, session: Session, ids: Collection[str]) -> dict[str, Any]:
        given = rows_given("poll", "person")
        rows = session.scalars(
            select(Answer).join(given, and_(Answer.poll_id == given.c.poll, Answer.participant_id == given.c.person)),
            {"rows": json.dumps([i.split(".") for i in ids])},
        )
        return {self.id_of(row): row for row in rows}

    def audiences(self, obj: Any) -> set[str]:
        return {f"person:{obj.participant_id}"}

    def mine(self, session: Session, meeting_id: str, audience: str) -> list[str]:
        kind, _, person = audience.partition(":")
        if kind != "person":
            return []
        answered = session.scalars(select(Answer.poll_id).where(Answer.participant_id == person))
        return [f"{poll}.{person}" for poll in answered]

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        return {a.poll_id: {"answers": a.answers} for a in objects}

"""The topic `programme`: every item, the same for everyone. Staff also see `steps` and `cues`: what was done, and when
things happened. Speakers hear a layer of each of their items."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import layer_source
from ..db import iso
from ..participants.store import Participant
from ..sync import Topic, View
from . import model
from .store import Cue, Item, Speaker, Step, speakers_of

FIELDS = {
    "id": "opaque string",
    "version": "integer",
    "title": "string",
    "description": "string",
    "kind": "talk, break, group_work, plenary, registration or social",
    "track": "string; empty when there is one track",
    "day": "ISO date in the meeting's zone",
    "position": "integer: the order within the meeting",
    "planned_start": "ISO 8601, UTC; null when untimed inside its parent",
    "planned_end": "as planned_start",
    "expected_start": "ISO 8601, UTC: when we now think it begins",
    "expected_end": "as expected_start",
    "actual_start": "ISO 8601, UTC; null until it began",
    "actual_end": "as actual_start",
    "promised": "true when its time is held while there is slack",
    "minimum": "minutes it may be shortened to, or null",
    "asking": "screened, open or closed: whether and how it takes questions",
    "extended": "minutes it was given on the day",
    "by_clock": "true when it begins by itself when its time comes",
    "attendance": "hall, web or both: whom it is for",
    "stream": "address of its own picture; empty: the meeting's",
    "speakers": "list of {name, role, organisation}",
    "parent": "id of the item it is part of, or null",
    "state": "waiting, on, done or cancelled",
}


class Programme(Topic):
    name = "programme"
    model = Item
    fields = {"public": FIELDS, "staff": FIELDS}

    def audiences(self, obj: Any) -> set[str]:
        return set() if obj.removed else {"public", "staff"}

    def mine(self, session: Session, meeting_id: str, audience: str) -> Iterable[str]:
        if audience not in ("public", "staff"):
            return []
        return session.scalars(select(Item.id).where(Item.meeting_id == meeting_id, Item.removed.is_(False)))

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        speakers = speakers_of(session, [i.id for i in objects])
        return {i.id: item_view(i, speakers.get(i.id, [])) for i in objects}


def item_view(i: Item, speakers: list[Speaker]) -> View:
    return {
        "id": i.id,
        "version": i.version,
        "title": i.title,
        "description": i.description,
        "kind": i.kind,
        "track": i.track,
        "day": i.day,
        "position": i.position,
        "planned_start": iso(i.planned_start),
        "planned_end": iso(i.planned_end),
        "expected_start": iso(i.expected_start),
        "expected_end": iso(i.expected_end),
        "actual_start": iso(i.actual_start),
        "actual_end": iso(i.actual_end),
        "promised": i.promised,
        "minimum": i.minimum,
        "asking": i.asking,
        "extended": i.extended,
        "by_clock": i.by_clock,
        "attendance": i.attendance,
        "stream": i.stream,
        "speakers": [{"name": s.name, "role": s.role, "organisation": s.organisation} for s in speakers],
        "parent": i.parent_id,
        "state": model.state(i.rule()),
    }


class Steps(Topic):
    """What was done to the programme, and can be taken back, the newest first."""

    name = "steps"
    model = Step
    fields = {
        "staff": {
            "id": "opaque string",
            "number": "integer: the order in which they were done",
            "track": "string",
            "what": "start, next, finish, extend, correct or clock",
            "item": "id of the item it concerned, or null",
            "at": "ISO 8601, UTC: when it was done",
        }
    }

    def audiences(self, obj: Any) -> set[str]:
        return set() if obj.undone else {"staff"}

    def mine(self, session: Session, meeting_id: str, audience: str) -> Iterable[str]:
        if audience != "staff":
            return []
        return session.scalars(select(Step.id).where(Step.meeting_id == meeting_id, Step.undone.is_(False)))

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        return {
            s.id: {"id": s.id, "number": s.number, "track": s.track, "what": s.what, "item": s.item_id, "at": iso(s.at)}
            for s in objects
        }


class Cues(Topic):
    """When things went on and off: what a moderator corrects afterwards."""

    name = "cues"
    model = Cue
    fields = {
        "staff": {
            "id": "opaque string",
            "item": "id of the item",
            "kind": "on, off, or page when slides were turned",
            "page": "number of the page, or null",
            "at": "ISO 8601, UTC",
        }
    }

    def audiences(self, obj: Any) -> set[str]:
        return {"staff"}

    def mine(self, session: Session, meeting_id: str, audience: str) -> Iterable[str]:
        return session.scalars(select(Cue.id).where(Cue.meeting_id == meeting_id)) if audience == "staff" else []

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        return {c.id: {"id": c.id, "item": c.item_id, "kind": c.kind, "page": c.page, "at": iso(c.at)} for c in objects}


@layer_source
def speaker_layers(session: Session, participant: Participant) -> list[str]:
    if "speaker" not in participant.role_set:
        return []
    items = session.scalars(select(Speaker.item_id).where(Speaker.participant_id == participant.id).distinct())
    return [f"speaker:{item}" for item in items]

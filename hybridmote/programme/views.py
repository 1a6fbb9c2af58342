"""The topic `programme`: every item, the same for everyone. Speakers hear a layer of each of their items."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import layer_source
from ..db import iso
from ..participants.store import Participant
from ..sync import Topic, View
from . import model
from .store import Item, Speaker, speakers_of

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
    "attendance": "hall, web or both: whom it is for",
    "speakers": "list of {name, role, organisation}",
    "parent": "id of the item it is part of, or null",
    "state": "waiting, on, done or cancelled",
}


class Programme(Topic):
    name = "programme"
    model = Item
    fields = {"public": FIELDS, "staff": FIELDS}

    def audiences(self, obj: Any) -> set[str]:
        return {"public", "staff"}

    def mine(self, session: Session, meeting_id: str, audience: str) -> list[str]:
        if audience not in ("public", "staff"):
            return []
        return list(session.scalars(select(Item.id).where(Item.meeting_id == meeting_id)))

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
        "attendance": i.attendance,
        "speakers": [{"name": s.name, "role": s.role, "organisation": s.organisation} for s in speakers],
        "parent": i.parent_id,
        "state": model.state(i.rule()),
    }


@layer_source
def speaker_layers(session: Session, participant: Participant) -> list[str]:
    if "speaker" not in participant.role_set:
        return []
    items = session.scalars(select(Speaker.item_id).where(Speaker.participant_id == participant.id).distinct())
    return [f"speaker:{item}" for item in items]

"""The topic `notices`: each reaches its own, and staff see all that stand."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..db import iso
from ..sync import Topic, View
from . import model
from .store import Notice

FIELDS = {
    "id": "opaque string",
    "text": "string",
    "to": "all, web, hall or speaker",
    "track": "to the hall and the speaker: of which track; empty where there is one",
    "at": "ISO 8601, UTC",
    "until": "ISO 8601, UTC: nobody need show it after that",
}


class Notices(Topic):
    name = "notices"
    model = Notice
    fields = dict.fromkeys(("public", "staff", "web", "hall", "lectern", "speaker"), FIELDS)

    def audiences(self, obj: Any) -> set[str]:
        return set() if obj.cleared else set(model.audiences(obj.to, obj.item_id))

    def mine(self, session: Session, meeting_id: str, audience: str) -> Iterable[str]:
        kind, _, item = audience.partition(":")
        to = model.HEARS.get(kind)
        if to is None:
            return []
        standing = select(Notice.id).where(
            Notice.meeting_id == meeting_id, Notice.cleared.is_(False), Notice.to.in_(to)
        )
        if kind == "speaker":
            standing = standing.where(Notice.item_id == item)
        return session.scalars(standing)

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        return {
            n.id: {"id": n.id, "text": n.text, "to": n.to, "track": n.track, "at": iso(n.at), "until": iso(n.until)}
            for n in objects
        }

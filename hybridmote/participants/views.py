"""The topics `access` (internal: whose sockets to look at again), `screens` and `audit` (staff) and `muted` (the person);
and the layers by place: `web`, `hall` (its people and screens) and `lectern`."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import STAFF, layer_source
from ..db import iso
from ..sync import Topic, View
from .store import SCREENS, AuditEntry, Participant


class Access(Topic):
    name = "access"
    model = Participant
    fields = {}
    internal = True

    def audiences(self, obj: Any) -> set[str]:
        return {f"person:{obj.id}"}

    def mine(self, session: Session, meeting_id: str, audience: str) -> list[str]:
        return []

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        return {}


class Muted(Topic):
    """Told to the person alone, and why."""

    name = "muted"
    model = Participant
    fields = {
        "person": {
            "reason": "why this person may not ask for now",
            "until": "ISO 8601, UTC; null: until staff say otherwise",
        }
    }

    def audiences(self, obj: Any) -> set[str]:
        return {f"person:{obj.id}"} if obj.muted else set()

    def mine(self, session: Session, meeting_id: str, audience: str) -> Iterable[str]:
        kind, _, person = audience.partition(":")
        if kind != "person":
            return []
        return session.scalars(select(Participant.id).where(Participant.id == person, Participant.muted != ""))

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        return {p.id: {"reason": p.muted, "until": iso(p.muted_until)} for p in objects}


def person_view(person: Participant) -> View:
    """Somebody who takes part, as the desk finds them; `staff`, who cannot be muted."""
    return {
        "id": person.id,
        "name": person.name,
        "organisation": person.organisation,
        "staff": bool(person.role_set & STAFF),
        "walk_in": person.walk_in,
        "muted": {"reason": person.muted, "until": iso(person.muted_until)} if person.muted else None,
    }


class Audit(Topic):
    name = "audit"
    model = AuditEntry
    fields = {
        "staff": {
            "id": "opaque string",
            "at": "ISO 8601, UTC",
            "who": "id of the person, or null when time itself did it",
            "who_name": "their name at the time",
            "what": "name of the command",
            "object": "id of what it was done to",
            "before": "what it was",
            "after": "what it became",
            "reason": "string, may be empty",
        }
    }

    def audiences(self, obj: Any) -> set[str]:
        return {"staff"}

    def mine(self, session: Session, meeting_id: str, audience: str) -> list[str]:
        if audience != "staff":
            return []
        return list(session.scalars(select(AuditEntry.id).where(AuditEntry.meeting_id == meeting_id)))

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        return {
            a.id: {
                "id": a.id,
                "at": iso(a.at),
                "who": a.who,
                "who_name": a.who_name,
                "what": a.what,
                "object": a.object_id,
                "before": a.before,
                "after": a.after,
                "reason": a.reason,
            }
            for a in objects
        }


class Screens(Topic):
    """The screens and lecterns that are let in; those that are ended are gone."""

    name = "screens"
    model = Participant
    fields = {
        "staff": {
            "id": "opaque string",
            "name": "what it is called; may be empty",
            "use": "screen or lectern",
            "track": "which one it follows; empty where there is one",
        }
    }

    def audiences(self, obj: Any) -> set[str]:
        return {"staff"} if obj.roles in SCREENS else set()

    def mine(self, session: Session, meeting_id: str, audience: str) -> Iterable[str]:
        if audience != "staff":
            return []
        here = select(Participant.id).where(Participant.meeting_id == meeting_id, Participant.roles.in_(SCREENS))
        return session.scalars(here)

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        return {p.id: {"id": p.id, "name": p.name, "use": p.roles, "track": p.track} for p in objects}


@layer_source
def place_layers(session: Session, participant: Participant) -> list[str]:
    """Staff hear everything already."""
    roles = participant.role_set
    if roles & STAFF:
        return []
    if roles & SCREENS:
        return ["hall"] if "screen" in roles else ["hall", "lectern"]
    return [participant.attendance] if participant.attendance else []

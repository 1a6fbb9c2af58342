"""The topic `help`: staff and the one who asked, and nobody else."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from ..db import iso
from ..participants.store import Participant
from ..sync import Topic, View, also_shown_in
from .store import Call

OWN = {
    "id": "opaque string",
    "text": "what is wrong, in their words",
    "asked_at": "ISO 8601, UTC",
    "connection": "{transport, state, rtt_ms, browser} as their page saw it, or null",
    "reply": "the answer, empty until there is one",
    "replied_at": "ISO 8601, UTC, or null",
}


class Help(Topic):
    name = "help"
    model = Call
    fields = {"person": OWN | {"mine": "true"}, "staff": OWN | {"author": "{name, organisation, attendance}"}}

    def audiences(self, obj: Any) -> set[str]:
        return {"staff", f"person:{obj.author_id}"}

    def mine(self, session: Session, meeting_id: str, audience: str) -> Iterable[str]:
        here = select(Call.id).where(Call.meeting_id == meeting_id)
        if audience == "staff":
            return session.scalars(here)
        kind, _, person = audience.partition(":")
        return session.scalars(here.where(Call.author_id == person)) if kind == "person" else []

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        views = {c.id: _own(c) for c in objects}
        if audience != "staff":
            return {id: {**view, "mine": True} for id, view in views.items()}
        people = session.scalars(select(Participant).where(Participant.id.in_({c.author_id for c in objects})))
        known = {p.id: {"name": p.name, "organisation": p.organisation, "attendance": p.attendance} for p in people}
        return {c.id: {**views[c.id], "author": known.get(c.author_id)} for c in objects}


def _own(c: Call) -> View:
    return {
        "id": c.id,
        "text": c.text,
        "asked_at": iso(c.asked_at),
        "connection": _connection(c),
        "reply": c.reply,
        "replied_at": iso(c.replied_at),
    }


def _connection(c: Call) -> View | None:
    if c.line is None and not c.browser:
        return None
    return {"transport": c.transport, "state": c.line, "rtt_ms": c.rtt_ms, "browser": c.browser}


@also_shown_in(Participant)
def by_author(session: Session, person: Participant) -> list[tuple[str, str]]:
    """Who asked stands beside the call."""
    attributes = inspect(person).attrs
    if not any(attributes[name].history.has_changes() for name in ("name", "organisation", "attendance")):
        return []
    return [("help", c) for c in session.scalars(select(Call.id).where(Call.author_id == person.id))]

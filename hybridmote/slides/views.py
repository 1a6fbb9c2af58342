"""The topic `slides`: the decks. Their pages are fetched by HTTP, since a page never changes."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..sync import Topic, View
from . import model
from .store import Deck

FIELDS = {
    "id": "opaque string",
    "version": "integer; changes with state and page",
    "item": "id of the item it belongs to",
    "state": "waiting, rendering, ready or failed",
    "done": "how many of its pages are ready",
    "pages": "how many it has, as far as is known",
    "page": "the page everyone is shown, counted from 1; 0 when none is",
}
WORKERS = FIELDS | {
    "name": "what the file was called",
    "error": "why it failed: one word of those in the table of refusals; else empty",
}


class Slides(Topic):
    name = "slides"
    model = Deck
    fields = {"public": FIELDS, "lectern": FIELDS, "staff": WORKERS, "speaker": WORKERS}

    def audiences(self, obj: Any) -> set[str]:
        return set(model.audiences(obj.state, obj.page, obj.item_id))

    def mine(self, session: Session, meeting_id: str, audience: str) -> Iterable[str]:
        here = select(Deck.id).where(Deck.meeting_id == meeting_id)
        kind, _, item = audience.partition(":")
        if kind == "staff":
            return session.scalars(here)
        if kind == "speaker":
            return session.scalars(here.where(Deck.item_id == item))
        if kind == "lectern":
            return session.scalars(here.where(Deck.state == "ready"))
        return session.scalars(here.where(Deck.state == "ready", Deck.page > 0)) if kind == "public" else []

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        works = audience == "staff" or audience.startswith("speaker:")
        return {d.id: _shared(d) | ({"name": d.name, "error": d.error} if works else {}) for d in objects}


def _shared(d: Deck) -> View:
    return {
        "id": d.id,
        "version": d.version,
        "item": d.item_id,
        "state": d.state,
        "done": d.done,
        "pages": d.pages,
        "page": d.page,
    }

"""The topic `meeting`: one object, the same for everyone who is admitted."""

from typing import Any

from sqlalchemy.orm import Session

from ..db import iso
from ..sync import Topic, View
from .store import Meeting

FIELDS = {
    "id": "opaque string",
    "version": "integer; what programme commands expect as `expected_version`",
    "slug": "the name in addresses",
    "title": "string",
    "tagline": "string",
    "language": "sv or en: the language of the content",
    "timezone": "IANA zone name of the place",
    "starts": "ISO 8601, UTC",
    "ends": "ISO 8601, UTC",
    "place": "string",
    "stream": "address of a picture made elsewhere; an item may have its own",
    "join_code": "the short code shown on the screen",
    "window": "minutes after its end in which an item still takes questions",
    "slow": "seconds between two questions of one person; 0: no such limit",
    "demo": "true when the people in it are simulated",
    "now_on": "track -> id of the item that is on, or null",
}


class MeetingTopic(Topic):
    name = "meeting"
    model = Meeting
    fields = {"public": FIELDS, "staff": FIELDS | {"words": "list of words that are pointed out in questions"}}

    def audiences(self, obj: Any) -> set[str]:
        return {"public", "staff"}

    def mine(self, session: Session, meeting_id: str, audience: str) -> list[str]:
        return [meeting_id] if audience in ("public", "staff") else []

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        if audience == "staff":
            return {m.id: {**meeting_view(m), "words": m.words} for m in objects}
        return {m.id: meeting_view(m) for m in objects}


def meeting_view(m: Meeting) -> View:
    return {
        "id": m.id,
        "version": m.version,
        "slug": m.slug,
        "title": m.title,
        "tagline": m.tagline,
        "language": m.language,
        "timezone": m.timezone,
        "starts": iso(m.starts),
        "ends": iso(m.ends),
        "place": m.place,
        "stream": m.stream,
        "join_code": m.join_code,
        "window": m.window_minutes,
        "slow": m.slow_seconds,
        "demo": m.demo,
        "now_on": m.now_on,
    }

"""The topic `meeting`: one object, the same for everyone who is admitted; and `texts`, the words of its invitation as those
who write them see them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..db import iso
from ..sync import Topic, View
from .store import Meeting, MeetingText

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
    "published": "false until its invitation is there for everybody",
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
        "published": m.published,
    }


class Texts(Topic):
    """What is written of the meeting, for those who write it. Everybody else reads it drawn, on the meeting's page."""

    name = "texts"
    model = MeetingText
    fields = {
        "staff": {
            "id": "opaque string",
            "version": "integer; what `meeting.text` expects as `expected_version`; 0 where there is no such object yet",
            "field": "lead, about, audience, place, web, practical, contact_name, contact_email or contact_phone",
            "language": "sv, en or both",
            "text": "string; Markdown but in the lead and the contact",
            "by": "id of who wrote it as it is, or null",
            "step": "integer: which of its steps it shows; 0 is what it was before anybody wrote",
        }
    }

    def audiences(self, obj: Any) -> set[str]:
        return {"staff"}

    def mine(self, session: Session, meeting_id: str, audience: str) -> Iterable[str]:
        if audience != "staff":
            return []
        return session.scalars(select(MeetingText.id).where(MeetingText.meeting_id == meeting_id))

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        return {t.id: text_view(t) for t in objects}


def text_view(t: MeetingText) -> View:
    return {
        "id": t.id,
        "version": t.version,
        "field": t.field,
        "language": t.language,
        "text": t.text,
        "by": t.by,
        "step": t.step,
    }

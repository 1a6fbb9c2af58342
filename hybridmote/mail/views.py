"""The topic `letters` (staff): what the outbox adds up to; and what a letter says that is only tried."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..config import Settings
from ..meetings.store import Meeting
from ..sync import Topic, View
from .model import TEMPLATES, NoAddress, mailbox, of_meeting, translator
from .store import Outbox


class Letters(Topic):
    """One object for a meeting: the letters themselves are fetched when they are looked at."""

    name = "letters"
    model = Outbox
    fields = {
        "staff": {
            "id": "id of the meeting",
            "stamp": "another number when any letter has changed",
            "counts": "state (waiting, sending, sent, refused, failed, cancelled) -> how many; those of none are left out",
            "bounced": "id of a person -> what their mail server said of the last letter, which it did not take",
            "trouble": "why no letter leaves at all; empty when they do",
        }
    }

    def id_of(self, row: Any) -> str:
        return str(row.meeting_id)

    def audiences(self, obj: Any) -> set[str]:
        return {"staff"}

    def mine(self, session: Session, meeting_id: str, audience: str) -> Iterable[str]:
        if audience != "staff":
            return []
        return session.scalars(select(Outbox.meeting_id).where(Outbox.meeting_id == meeting_id))

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        return {
            o.meeting_id: {
                "id": o.meeting_id,
                "stamp": o.stamp,
                "counts": o.counts,
                "bounced": o.bounced,
                "trouble": o.trouble,
            }
            for o in objects
        }


def reply_to(settings: Settings) -> str:
    """The address that answers go to, as it is kept; empty when none is set."""
    try:
        return mailbox(settings.mail_reply_to)[1] if settings.mail_reply_to else ""
    except NoAddress:
        return ""


def common(settings: Settings, meeting: Meeting, language: str) -> dict[str, str]:
    """What every letter of a meeting may say. What begins with / is an address here."""
    return {
        **of_meeting(meeting.title, meeting.starts, meeting.ends, meeting.timezone, meeting.place, language),
        "address": f"/m/{meeting.slug}",
        "check": f"/m/{meeting.slug}/check",
        "own_page": f"/m/{meeting.slug}/place",
        "contact": reply_to(settings),
    }


def whole(settings: Settings, values: dict[str, str]) -> dict[str, str]:
    """Values that begin with / as whole addresses."""
    return {k: settings.public_url() + v if v.startswith("/") else v for k, v in values.items()}


def samples(settings: Settings, meeting: Meeting, language: str, template: str, name: str) -> dict[str, str]:
    """Values to try a template with: true of the meeting, plainly made up of the reader. No link in it opens anything."""
    say: Callable[[str], str] = translator(language)
    before = meeting.starts - timedelta(days=7)
    day = of_meeting("", before, before, meeting.timezone, "", language)
    made_up = {
        "link": f"/m/{meeting.slug}",
        "unsubscribe": f"/m/{meeting.slug}",
        "deadline": day["date"],
        "number": "17",
        "fee": say(_("Whole day in the hall")),
        "price": say(_("900 kr, and 25 % VAT")),
        "payer": say(_("Your organisation")),
        "presents": say(_("your name, your role, your organisation")),
        "changes": say(_("Lunch at 12.00 instead of 11.45")),
        "from_name": say(_("A colleague")),
        "to_name": say(_("A colleague")),
        "until": f"{day['date']}, 12.00",
        "number_in_line": "3",
        "reason": say(_("You asked for it.")),
        "item": say(_("What you are to speak about")),
        "when": of_meeting("", meeting.starts, meeting.starts, meeting.timezone, "", language)["date"],
        "question": say(_("What you asked")),
        "answer": say(_("What was answered")),
        "code": "428 316",
        "minutes": "10",
    }
    known = {key: made_up[key] for key in TEMPLATES[template].own if key in made_up}
    mine = {"name": name, "organisation": say(_("Your organisation"))}
    return whole(settings, {**common(settings, meeting, language), **known, **mine})


def _(english: str) -> str:
    """Marks a sentence for the translators; it is said in the language of the letter."""
    return english

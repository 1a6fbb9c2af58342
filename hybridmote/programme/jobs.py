"""What the programme adds to letters: the days for the reader's calendar, and to a speaker when and about what."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from icalendar import Calendar, Event, vUri
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..config import Settings
from ..mail.model import Attachment
from ..mail.store import Letter, attaches, supplies
from ..meetings.store import Meeting
from ..participants.store import Participant
from .store import Item, Speaker, items_of


@attaches("confirmed")
def days_for_the_calendar(session: Session, letter: Letter) -> list[Attachment]:
    """An event for each day of the programme, or for the meeting when it has none yet. The uid is the day's, so that a
    later letter replaces what an earlier one brought. It holds no personal link: calendars are shared."""
    meeting = session.get_one(Meeting, letter.meeting_id)
    person = session.get(Participant, letter.participant_id) if letter.participant_id else None
    address = f"{Settings().public_url()}/m/{meeting.slug}"
    calendar = Calendar()
    calendar.add("prodid", f"-//hybridmote//letters//{letter.language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for day, (begins, ends) in _days(session, meeting).items():
        event = Event()
        event.add("uid", f"{meeting.id}-{day}@{meeting.slug}")
        event.add("dtstamp", letter.created_at)
        event.add("dtstart", begins)
        event.add("dtend", ends)
        event.add("summary", meeting.title)
        event.add("location", meeting.place if person is None or person.attendance != "web" else address)
        event.add("url", vUri(address))
        calendar.add_component(event)
    return [Attachment(f"{meeting.slug}.ics", "text/calendar", calendar.to_ical(), {"method": "PUBLISH"})]


def _days(session: Session, meeting: Meeting) -> dict[str, tuple[datetime, datetime]]:
    """When each day begins and ends, by the programme."""
    found: dict[str, tuple[datetime, datetime]] = {}
    for item in items_of(session, meeting.id):
        begins, ends = item.planned_start, item.planned_end
        if begins is None or ends is None or item.cancelled:
            continue
        first, last = found.get(item.day, (begins, ends))
        found[item.day] = (min(first, begins), max(last, ends))
    return found or {"all": (meeting.starts, meeting.ends)}


@supplies("speaker")
def what_and_when(session: Session, letter: Letter, _now: datetime) -> dict[str, str]:
    """The first talk of the speaker, as it is planned."""
    meeting = session.get_one(Meeting, letter.meeting_id)
    talks = (
        select(Item)
        .join(Speaker, Speaker.item_id == Item.id)
        .where(Speaker.participant_id == letter.participant_id, Item.meeting_id == meeting.id)
        .where(Item.removed.is_(False), Item.cancelled.is_(False), Item.planned_start.is_not(None))
        .order_by(Item.planned_start)
    )
    talk = session.scalars(talks).first()
    if talk is None or talk.planned_start is None:
        return {}
    zone = ZoneInfo(meeting.timezone)
    begins = talk.planned_start.astimezone(zone)
    when = f"{format_date(begins.date(), 'EEEE d MMMM', locale=letter.language)} {begins:%H.%M}"
    if talk.planned_end is not None:
        when += f"–{talk.planned_end.astimezone(zone):%H.%M}"
    return {"item": talk.title, "when": when}

"""The programme as iCalendar (RFC 5545, with the names of RFC 7986).

What has a time of its own is an event, unless something within it has one too: then those stand for it, each saying
what it is part of, since a calendar would draw the same hours twice. What is within and has no time is a line in its
parent's description.

Times are those expected, in UTC: exact in every program, over every change of the clocks. What was planned stands in
the description. Nothing here reads the clock, so the same programme is the same bytes.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from icalendar import Calendar, Event, vDuration, vText, vUri

from ...meetings.store import Meeting
from .. import model
from ..store import Item, Speaker

REFRESH = timedelta(minutes=5)
UNSAID = timedelta(minutes=1)  # a time that moved less has not moved


WORDS: list[dict[str, Any]] = [  # for the kinds, for where it is, and for whom that is
    {
        "talk": _l("Talk"),
        "break": _l("Break"),
        "group_work": _l("Group work"),
        "plenary": _l("Plenary"),
        "registration": _l("Registration"),
        "social": _l("Social"),
    },
    {"hall": _l("In the hall"), "web": _l("Over the web")},
    {"hall": _l("For those in the hall only."), "web": _l("For those who follow over the web only.")},
]


@dataclass(frozen=True)
class Reader:
    """Whose calendar it is: what they come for, and the items that they speak at."""

    name: str
    attendance: str | None
    speaks: Collection[str]


def feed(
    meeting: Meeting,
    items: Sequence[Item],
    speakers: dict[str, list[Speaker]],
    address: str,
    reader: Reader | None = None,
) -> bytes:
    """`items` in order, `address` of the meeting's page. In the language of the request."""
    day = _Day(meeting, items, speakers, address, reader)
    calendar = Calendar()
    calendar.add("prodid", f"-//hybridmote//programme//{meeting.language.upper()}")
    calendar.add("version", "2.0")
    name = _("%(meeting)s, for %(name)s", meeting=meeting.title, name=reader.name) if reader else meeting.title
    for property in ("name", "x-wr-calname"):
        calendar.add(property, vText(name))  # these two are unknown to the library, which would not escape them
    if meeting.tagline:
        calendar.add("description", meeting.tagline)
    calendar.add("url", vUri(address))
    calendar.add("x-wr-timezone", meeting.timezone)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    changed = [item.changed_at for item in items if item.changed_at]
    if changed:
        calendar.add("last-modified", max(changed))
    head, end, foot = calendar.to_ical().rpartition(b"END:VCALENDAR")
    return b"".join((head, *(_written(day.event(item)) for item in day.events()), end, foot))


@dataclass(frozen=True)
class Entry:
    """All that is said of one event."""

    uid: str
    sequence: int
    changed: datetime
    begins: datetime
    ends: datetime | None
    summary: str
    description: str
    place: str
    address: str
    categories: tuple[str, ...]
    cancelled: bool
    busy: bool


@lru_cache(maxsize=4096)
def _written(entry: Entry) -> bytes:
    """Remembered: a hundred calendars ask again every few minutes, and writing one event anew takes most of a
    millisecond of everybody's time."""
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed)
    event.add("last-modified", entry.changed)
    event.add("dtstart", entry.begins)
    if entry.ends:
        event.add("dtend", entry.ends)
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    if entry.place:
        event.add("location", entry.place)
    event.add("url", vUri(entry.address))
    event.add("categories", list(entry.categories))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE" if entry.busy else "TRANSPARENT")
    return event.to_ical()


class _Day:
    def __init__(
        self,
        meeting: Meeting,
        items: Sequence[Item],
        speakers: dict[str, list[Speaker]],
        address: str,
        reader: Reader | None,
    ) -> None:
        self.meeting, self.items, self.speakers, self.address, self.reader = meeting, items, speakers, address, reader
        self.zone = ZoneInfo(meeting.timezone)
        self.kinds, self.places, self.only = ({key: str(word) for key, word in w.items()} for w in WORDS)
        self.by_id = {item.id: item for item in items}
        self.within: dict[str, list[Item]] = {}
        for item in items:
            if item.parent_id:
                self.within.setdefault(item.parent_id, []).append(item)

    # ---- which ----

    def events(self) -> Iterable[Item]:
        for item in self.items:
            whole = any(part.planned_start and not self.cancelled(part) for part in self.within.get(item.id, ()))
            if item.planned_start and not whole and self._concerns(item):
                yield item

    def _concerns(self, item: Item) -> bool:
        here = self.reader.attendance if self.reader else None
        return not here or self.attendance(item) in ("both", here) or self._own(item)

    def _own(self, item: Item) -> bool:
        """Whether the reader speaks at it, or at something in it."""
        own = self.reader.speaks if self.reader else ()
        return item.id in own or any(part.id in own for part in self.within.get(item.id, ()))

    def cancelled(self, item: Item) -> bool:
        return any(one.cancelled for one in (item, *self.above(item)))

    def attendance(self, item: Item) -> str:
        """What is within something for one place is for that place."""
        return next((one.attendance for one in (item, *self.above(item)) if one.attendance != "both"), "both")

    def above(self, item: Item) -> list[Item]:
        found: list[Item] = []
        while item.parent_id in self.by_id and len(found) < len(self.items):
            item = self.by_id[item.parent_id]
            found.append(item)
        return found

    # ---- one event ----

    def event(self, item: Item) -> Entry:
        begins, ends = _times(item)
        cancelled = self.cancelled(item)
        return Entry(
            uid=f"{item.id}@hybridmote",
            sequence=item.version,
            changed=item.changed_at or self.meeting.starts,
            begins=begins,
            ends=ends if ends and ends > begins else None,  # one that ends as it begins has no end: RFC 5545 3.8.2.2
            summary=self._summary(item),
            description=self._description(item, begins, ends),
            place=self._place(item),
            address=self.address,
            categories=self._categories(item),
            cancelled=cancelled,
            busy=bool(self.reader) and item.kind != "break" and not cancelled,  # to follow is not to be there
        )

    def _summary(self, item: Item) -> str:
        if self.cancelled(item):
            return _("Cancelled: %(title)s", title=item.title)
        if self._own(item):
            return _("You speak: %(title)s", title=item.title)
        return item.title

    def _place(self, item: Item) -> str:
        """The hall's place is where one goes; over the web one goes nowhere."""
        root = (self.above(item) or [item])[-1]
        hall = ", ".join(part for part in (root.track, self.meeting.place) if part)
        match self.attendance(item):
            case "web":
                return _("Over the web only")
            case "hall":
                return _("In the hall only: %(place)s", place=hall) if hall else _("In the hall only")
        return hall

    def _categories(self, item: Item) -> tuple[str, ...]:
        place = self.places.get(self.attendance(item))
        return (self.kinds[item.kind], place) if place else (self.kinds[item.kind],)

    def _description(self, item: Item, begins: datetime, ends: datetime | None) -> str:
        above = self.above(item)
        speakers = self.speakers.get(item.id) or (self.speakers.get(above[0].id) if above else None) or []
        parts = [part.title for part in self.within.get(item.id, ()) if not part.planned_start and not part.cancelled]
        lines = [
            self._moved(item, begins, ends),
            ", ".join(one.title for one in above) and _("Part of: %(title)s", title=" – ".join(a.title for a in above)),
            "\n".join(", ".join(filter(None, (s.name, s.role, s.organisation))) for s in speakers),
            self.only.get(self.attendance(item), ""),
            item.description,
            "\n".join(f"– {title}" for title in parts),
        ]
        return "\n\n".join(line for line in lines if line) or self.meeting.title

    def _moved(self, item: Item, begins: datetime, ends: datetime | None) -> str:
        """What was planned, where it is otherwise now."""
        planned = (item.planned_start, item.planned_end)
        pairs = zip((begins, ends), planned, strict=True)
        if not any(now and then and abs(now - then) >= UNSAID for now, then in pairs):
            return ""
        return _("Planned for %(time)s.", time="–".join(self._clock(at) for at in planned if at))

    def _clock(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime("%H.%M")


def _times(item: Item) -> tuple[datetime, datetime | None]:
    """When it was, when it was not cancelled or jumped over; else when it is expected."""
    if model.state(item.rule()) == "cancelled" or item.expected_start is None:
        begins, ends = item.planned_start, item.planned_end
    else:
        begins, ends = item.expected_start, item.expected_end
    if begins is None:
        raise ValueError("an item without a time is no event")
    return begins, ends

"""Where a day can stand, and the demo meeting's rows moved there: its plan stays, its clock is another."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hybridmote.meetings.store import Meeting
from hybridmote.programme import model
from hybridmote.programme.store import Item, items_of

Day = Literal["eve", "before", "on", "late", "over time", "part", "break", "pause", "soon", "after"]

# The demo's plan, by position: an evening of six items, then the day.
EVENING = range(6)
TALK, BREAK, LONG_TALK, ITS_PART, DROPPED = 9, 10, 11, 12, 13
MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Stand:
    """Minutes from now. `planned`: when `at` was to begin; `began`: when it did, None while it has not."""

    at: int
    planned: int
    began: int | None = None
    over: bool = False


STANDS: dict[Day, Stand] = {
    "eve": Stand(at=0, planned=30 * 60),
    "before": Stand(at=0, planned=40),
    "on": Stand(at=TALK, planned=-10, began=-10),
    "late": Stand(at=TALK, planned=-30, began=-5),
    "over time": Stand(at=TALK, planned=-50, began=-45),
    "part": Stand(at=ITS_PART, planned=-40, began=-5),
    "break": Stand(at=BREAK, planned=-5, began=-5),
    "pause": Stand(at=BREAK, planned=8),
    "soon": Stand(at=BREAK, planned=-2),
    "after": Stand(at=-1, planned=-60, over=True),
}


def forenoon(now: dt.datetime) -> str:
    """A zone in which it is between eleven and twelve: no test of a day may break at midnight."""
    hours = 11 - now.hour
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"


def move(session: Session, meeting: Meeting, plan: dict[str, dt.datetime], day: Day, now: dt.datetime) -> None:
    """Write the whole programme as it stands. `plan`: when each timed item begins in the plan as it was made."""
    stand = STANDS[day]
    items = items_of(session, meeting.id)
    last = len(items) - 1
    at = stand.at % len(items)
    meeting.timezone = forenoon(now)
    today = now.astimezone(ZoneInfo(meeting.timezone)).date()
    anchor = items[at] if items[at].planned_start else next(i for i in items if i.id == items[at].parent_id)
    for position, item in enumerate(items):
        begun = stand.over or position < at or (position == at and stand.began is not None)
        done = stand.over or (begun and position != at and item is not anchor)
        if item.id in plan:
            length = (item.planned_end - item.planned_start) if item.planned_end and item.planned_start else MINUTE * 0
            item.planned_start = now + MINUTE * stand.planned + _from(items, plan, item, anchor)
            item.planned_end = item.planned_start + length
        own = item if item.planned_start else next(i for i in items if i.id == item.parent_id)
        starts, ends = own.planned_start, own.planned_end
        if position == at and stand.began is not None:
            starts = now + MINUTE * stand.began
        item.actual_start = min(starts or now, now) if begun else None
        item.actual_end = min(ends or now, now) if done else None
        evening = today - dt.timedelta(days=1) if at not in EVENING or stand.over else _date(items[0], meeting)
        item.day = str(evening if position in EVENING else evening + dt.timedelta(days=1))
        item.extended = 0
        item.cancelled = day == "late" and position == DROPPED
        item.version += 1
        assert position <= last
    rules = [item.rule() for item in items]
    expected = model.expected(rules, now)
    for item in items:
        item.expected_start, item.expected_end = expected.get(item.id, (None, None))
    meeting.now_on = dict(model.now_on(rules))
    meeting.starts = min(item.planned_start for item in items if item.planned_start)
    meeting.ends = max(item.planned_end for item in items if item.planned_end)
    meeting.version += 1


def _from(items: list[Item], plan: dict[str, dt.datetime], item: Item, anchor: Item) -> dt.timedelta:
    """How long after the anchor it is planned. The evening keeps seventeen hours' distance to the talk of the day."""
    first, talk = items[0], items[TALK]

    def place(one: Item) -> dt.timedelta:
        is_evening = items.index(one) in EVENING
        return plan[one.id] - plan[first.id] - 17 * 60 * MINUTE if is_evening else plan[one.id] - plan[talk.id]

    return place(item) - place(anchor)


def _date(item: Item, meeting: Meeting) -> dt.date:
    assert item.planned_start is not None
    return item.planned_start.astimezone(ZoneInfo(meeting.timezone)).date()

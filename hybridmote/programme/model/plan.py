"""Setting the programme up: what stands where, and what an item may be. Times are typed as the meeting's own clock shows
them; what the clock never shows, or shows twice, when it is put forward or back is said in words."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .items import NOTHING, Item, state
from .walk import Programme

MOST_ITEMS = 2000
MOST_LEVELS = 4
DAY = timedelta(days=1)
CLOCK = r"([01]?[0-9]|2[0-3])[.:]([0-5][0-9])([+-](?:0[0-9]|1[0-4]):[0-5][0-9])?"
_CLOCK = re.compile(CLOCK)


class Unfit(ValueError):
    """What was given cannot be: the field, and why in one word of the catalogue."""

    def __init__(self, field: str, why: str, **params: Any) -> None:
        super().__init__(field, why)
        self.field, self.why, self.params = field, why, params
        self.item = ""  # which one, when many were looked at


# ---- what stands where -----------------------------------------------------------------------------------------------


def outline(items: Iterable[Item]) -> list[Item]:
    """All of them in order, what is part of an item after it."""
    return Programme(items).walk


def inside(items: Iterable[Item], id: str) -> set[str]:
    """All that is part of an item, however deep."""
    return {item.id for item in Programme(items).below(id)}


def placed(
    items: Iterable[Item],
    id: str,
    *,
    parent: str | None,
    day: str | None = None,
    track: str | None = None,
    before: str | None = None,
    last: bool = False,
) -> list[Item]:
    """All items in order, counted from 0, with one of them, and what is part of it, at another place: before a sibling,
    or last, or where its time says. What is part of something is of its day and track. Raises Unfit."""
    known = {item.id: item for item in items}
    own = inside(known.values(), id)
    if parent is not None:
        if parent == id or parent in own:
            raise Unfit("parent", "inside_itself")
        above = known[parent]
        if day not in (None, above.day):
            raise Unfit("day", "other_day_than_parent")
        if track not in (None, above.track):
            raise Unfit("track", "other_track_than_parent")
        day, track = above.day, above.track
        programme = Programme(known.values())
        depth = max((len(list(programme.above(known[one]))) for one in own), default=0)
        depth -= len(list(programme.above(known[id])))
        if len(list(programme.above(above))) + 2 + max(depth, 0) > MOST_LEVELS:
            raise Unfit("parent", "too_deep")
    item = known[id]
    day, track = day or item.day, item.track if track is None else track
    known[id] = item = replace(item, parent=parent, day=day, track=track)
    for one in own:
        known[one] = replace(known[one], day=day, track=track)
    walk = outline(known.values())
    moving = [one for one in walk if one.id == id or one.id in own]
    rest = [one for one in walk if one.id != id and one.id not in own]
    siblings = [one for one in rest if (one.parent, one.day, one.track) == (parent, day, track)]
    if before is not None and before not in {one.id for one in siblings}:
        raise Unfit("before", "not_beside")
    at = _index(rest, siblings, item, before, last)
    return [replace(one, order=order) for order, one in enumerate([*rest[:at], *moving, *rest[at:]])]


def _index(rest: list[Item], siblings: list[Item], item: Item, before: str | None, last: bool) -> int:
    """Where among the rest it goes."""
    if before is None and item.slot and not last:
        starts = item.slot[0]
        before = next((one.id for one in siblings if one.slot and one.slot[0] > starts), None)
    if before is not None:
        return next(index for index, one in enumerate(rest) if one.id == before)
    if item.parent is not None:
        family = inside(rest, item.parent) | {item.parent}
    elif siblings:
        family = inside(rest, siblings[-1].id) | {siblings[-1].id}
    else:
        family = {one.id for one in rest if one.day <= item.day}
    return max((index for index, one in enumerate(rest) if one.id in family), default=-1) + 1


def retimed(before: Iterable[Item], after: list[Item], id: str) -> list[Item]:
    """`after`, where one item has changed places with those beside it, with the times following the order: from the
    first of them on, in the new order, each as long as it was and with the pauses between them where they were.
    What has begun, and what is promised and did not ask to be moved, keeps its time: then Unfit."""
    new = {item.id: item for item in after}
    item = new[id]

    def line(items: Iterable[Item]) -> list[Item]:
        of = (item.parent, item.day, item.track)
        return [
            one for one in outline(items) if (one.parent, one.day, one.track) == of and one.slot and not one.cancelled
        ]

    old_line, new_line = line(before), line(after)
    if [one.id for one in old_line] == [one.id for one in new_line] or {o.id for o in old_line} != {
        n.id for n in new_line
    }:
        return after
    changed = [index for index, (o, n) in enumerate(zip(old_line, new_line, strict=True)) if o.id != n.id]
    first, last = changed[0], changed[-1]
    at = _slot(old_line[first])[0]
    for index in range(first, last + 1):
        one = new_line[index]
        starts, ends = _slot(one)
        shift = at - starts
        if shift and one.actual_start is not None:
            raise Unfit("before", "has_begun")
        if shift and one.promised and one.id != id:
            raise Unfit("before", "held")
        for part in {one.id} | inside(new.values(), one.id):
            new[part] = shifted(new[part], shift)
        at = ends + shift
        if index < last:
            at += max(NOTHING, _slot(old_line[index + 1])[0] - _slot(old_line[index])[1])
    return [new[one.id] for one in after]


def _slot(item: Item) -> tuple[datetime, datetime]:
    assert item.slot is not None
    return item.slot


def shifted(item: Item, by: timedelta) -> Item:
    return replace(
        item,
        planned_start=None if item.planned_start is None else item.planned_start + by,
        planned_end=None if item.planned_end is None else item.planned_end + by,
    )


def on_day(item: Item, day: str, zone: ZoneInfo) -> Item:
    """The item at the same times by the clock, on another day."""
    by = date.fromisoformat(day) - date.fromisoformat(item.day)

    def moved(at: datetime | None) -> datetime | None:
        if at is None:
            return None
        local = at.astimezone(zone)
        text = said(at, zone).replace(local.strftime("%z")[:3] + ":" + local.strftime("%z")[3:], "")
        return at_clock(local.date() + by, text, zone, "day")

    return replace(item, day=day, planned_start=moved(item.planned_start), planned_end=moved(item.planned_end))


# ---- what an item may be ---------------------------------------------------------------------------------------------


def check(
    items: Iterable[Item], ids: Iterable[str], days: tuple[date, date], zone: ZoneInfo, was: Iterable[Item] = ()
) -> None:
    """Whether these items can be as they are now, among the others. `days`: the meeting's first and last. What was wrong
    with them already (`was`) is not held against who changes something else. Raises Unfit."""
    programme, before = Programme(items), Programme(was)
    for id in ids:
        known = {flaw.why for flaw in _flaws(before, before.items[id], days, zone)} if id in before.items else set()
        for flaw in _flaws(programme, programme.items[id], days, zone):
            if flaw.why not in known:
                flaw.item = id
                raise flaw


def _flaws(programme: Programme, item: Item, days: tuple[date, date], zone: ZoneInfo) -> Iterator[Unfit]:
    starts, ends = item.planned_start, item.planned_end
    day = date.fromisoformat(item.day)
    if (starts is None) != (ends is None):
        yield Unfit("planned_end" if ends is None else "planned_start", "half_a_time")
    if not days[0] - DAY <= day <= days[1] + DAY:
        yield Unfit("day", "outside_meeting")
    if starts is None or ends is None:
        if not any(above.slot for above in programme.above(item)):
            yield Unfit("planned_start", "untimed_alone")
    elif ends < starts:
        yield Unfit("planned_end", "ends_first")
    elif not day <= starts.astimezone(zone).date() <= day + DAY:
        yield Unfit("planned_start", "other_day")
    elif ends.astimezone(zone).date() > days[1] + DAY:
        yield Unfit("planned_end", "outside_meeting")
    if item.minimum is not None and item.minimum > (ends - starts if starts and ends else NOTHING):
        yield Unfit("minimum", "minimum_too_long")


def may_be_moved(items: Iterable[Item], id: str) -> None:
    """What has begun, or holds what has, stays where it is: recordings and questions hang on it."""
    items = list(items)
    family = inside(items, id) | {id}
    if any(item.id in family and item.actual_start is not None for item in items):
        raise Unfit("item", "has_begun")


def may_hold(items: Iterable[Item], parent: str | None) -> None:
    if parent is not None and any(item.id == parent and state(item) == "done" for item in items):
        raise Unfit("parent", "parent_done")


# ---- times as they are typed -----------------------------------------------------------------------------------------


def at_clock(day: date, text: str, zone: ZoneInfo, field: str) -> datetime:
    """ "9.05", "09:05", or "02.30+02:00" in the night when the clock shows it twice. Raises Unfit."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise Unfit(field, "no_clock")
    plain = datetime(day.year, day.month, day.day, int(found[1]), int(found[2]))  # noqa: DTZ001 - the zone comes below
    first, second = (plain.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != plain:
        raise Unfit(field, "no_such_time", time=f"{plain:%H.%M}")
    if first.utcoffset() == second.utcoffset():
        if found[3] and found[3] != _offset(first):
            raise Unfit(field, "other_zone", time=f"{plain:%H.%M}{_offset(first)}")
        return first.astimezone(UTC)
    for one in (first, second):
        if found[3] == _offset(one):
            return one.astimezone(UTC)
    given = f"{plain:%H.%M}"
    raise Unfit(field, "twice", time=given, first=given + _offset(first), second=given + _offset(second))


def span(
    day: str, begins: str, ends: str, zone: ZoneInfo, within: tuple[datetime, datetime] | None = None
) -> tuple[datetime, datetime]:
    """From when to when, as typed. What ends before it begins ends the day after; a part of something that goes on past
    midnight may begin the day after. Raises Unfit."""
    starts = _inside(date.fromisoformat(day), begins, zone, within) if within else None
    if starts is None:
        starts = at_clock(date.fromisoformat(day), begins, zone, "begins")
    return starts, end_of(starts, ends, zone)


def _inside(day: date, begins: str, zone: ZoneInfo, within: tuple[datetime, datetime]) -> datetime | None:
    for on in (day, day + DAY):
        try:
            at = at_clock(on, begins, zone, "begins")
        except Unfit:
            continue
        if within[0] <= at < within[1]:
            return at
    return None


def end_of(starts: datetime, ends: str, zone: ZoneInfo) -> datetime:
    date_ = starts.astimezone(zone).date()
    over = _minutes(ends) < _minutes(f"{starts.astimezone(zone):%H.%M}")
    at = at_clock(date_ + DAY if over else date_, ends, zone, "ends")
    if at < starts:
        raise Unfit("ends", "ends_first")
    return at


def _minutes(text: str) -> int:
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise Unfit("ends", "no_clock")
    return int(found[1]) * 60 + int(found[2])


def said(at: datetime, zone: ZoneInfo) -> str:
    """As it is typed: "09.05", with its distance from UTC only where the clock shows it twice."""
    local = at.astimezone(zone)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{local:%H.%M}" + (_offset(local) if twice else "")


def _offset(at: datetime) -> str:
    sign = at.strftime("%z")
    return f"{sign[:3]}:{sign[3:5]}"

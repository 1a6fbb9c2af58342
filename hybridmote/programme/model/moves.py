"""What start, next, finish, extend and correct change. Nothing is written here: a move is a list of changes, or a Refusal.

A parent begins when its first child does and ends after its last, so the innermost item that is on and all its parents
have begun and have not ended.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from ...meetings.model import Refusal
from .items import MINUTE, Change, Item, in_utc, state
from .walk import Programme

Edge = Literal["actual_start", "actual_end"]
EDGES: tuple[Edge, Edge] = ("actual_start", "actual_end")


def now_on(items: Iterable[Item]) -> dict[str, str | None]:
    """The innermost item that is on, for every track there is."""
    return {track: line.on.id if line.on else None for track, line in Programme(items).lines.items()}


def up_next(items: Iterable[Item], track: str, now: datetime | None = None) -> str | None:
    """What comes next in the track, also when that is tomorrow. With `now`, a day that is over is left behind."""
    programme = Programme(items)
    step = programme.line(track).coming(in_utc(now) if now else None)
    return programme.first_of(step.item).id if step else None


def start(items: Iterable[Item], id: str, at: datetime, now: datetime) -> list[Change]:
    """Begin an item and what it stands under; what else is on in its track ends at the same instant.

    Refusal: `state` unknown_item, already_on, already_done, parent_done, before_last, in_future; `closed` cancelled.
    """
    return _begin(Programme(items), id, at, now)


def next_(items: Iterable[Item], track: str, at: datetime, now: datetime) -> list[Change]:
    """Go on to the next item of the day; after the day's last, end what is on.

    Refusal: `state` before_last, in_future; with nothing on, `closed` day_over (what is next comes after a night) and
    programme_over.
    """
    programme = Programme(items)
    line = programme.line(track)
    step = line.coming(in_utc(now))
    if step and line.is_today(step, in_utc(now)):
        return _begin(programme, step.item.id, at, now)
    if line.on is None:
        raise Refusal("closed", "day_over" if step else "programme_over")
    return _end(line.all_on(), line.allowed(at, now))


def finish(items: Iterable[Item], track: str, at: datetime, now: datetime) -> list[Change]:
    """End the innermost item that is on, and its parents when nothing of theirs is left, without beginning another.

    Refusal: `state` nothing_on, before_last, in_future.
    """
    programme = Programme(items)
    line = programme.line(track)
    if line.on is None:
        raise Refusal("state", "nothing_on")
    ending = [line.on]
    for parent in programme.above(line.on):
        if state(parent) != "on" or line.has_more_of(parent):
            break
        ending.append(parent)
    return _end(ending, line.allowed(at, now))


def extend(items: Iterable[Item], id: str, by: timedelta) -> list[Change]:
    """Give what is on more time; an untimed part gives it to what it is part of. It may be taken back, not below the plan.

    Refusal: `state` unknown_item, not_on, untimed.
    """
    programme = Programme(items)
    if id not in programme.items:
        raise Refusal("state", "unknown_item")
    item = programme.items[id]
    if state(item) != "on":
        raise Refusal("state", "not_on")
    timed = next((one for one in (item, *programme.above(item)) if one.slot), None)
    if timed is None:
        raise Refusal("state", "untimed")
    return [Change(timed.id, "extended", timed.extended + by)]


def more(items: Iterable[Item], id: str, by: timedelta, now: datetime) -> timedelta:
    """How much to extend it by, so that it goes on for `by` after its end, or from now when that has passed. Whole
    minutes. Refusal: as `extend`."""
    items = list(items)
    ((timed, _, _),) = extend(items, id, by)
    item = next(one for one in items if one.id == timed)
    begins = item.actual_start or item.planned_start
    assert begins and item.slot  # what is extended is on, and has a time of its own
    ends = max(begins + item.length, item.slot[1] + item.extended if item.promised else begins)
    return max(by, -((ends - in_utc(now) - by) // MINUTE) * MINUTE)


def passed_over(items: Iterable[Item], id: str, now: datetime) -> list[str]:
    """What would be jumped over if the item were started: what is awaited before it in its track, in order."""
    programme = Programme(items)
    if id not in programme.items or id not in (line := programme.line_of(programme.items[id])).place:
        return []
    target = line.place[programme.first_of(programme.items[id]).id]
    awaited = line.steps[line.first_awaited(in_utc(now)) : target]
    return [step.item.id for step in awaited if step.what == "unit" and state(step.item) == "waiting"]


def correct(items: Iterable[Item], id: str, field: Edge, at: datetime, now: datetime) -> list[Change]:
    """Say afterwards when something began or ended: all that happened in its track at that instant moves with it.

    The order of what happened stays as it is. Refusal: `state` unknown_item, not_yet, before_earlier, after_later,
    in_future.
    """
    programme = Programme(items)
    if id not in programme.items:
        raise Refusal("state", "unknown_item")
    line, at, now = programme.line_of(programme.items[id]), in_utc(at), in_utc(now)
    was = getattr(programme.items[id], field)
    if was is None:
        raise Refusal("state", "not_yet")
    stated = [
        Change(item.id, edge, instant)
        for item in programme.walk
        if item.id in line.place
        for edge in EDGES
        if (instant := getattr(item, edge)) is not None
    ]
    if at > now + MINUTE:
        raise Refusal("state", "in_future")
    at = min(at, now)
    if any(at < other.value < was for other in stated):
        raise Refusal("state", "before_earlier")
    if any(was < other.value < at for other in stated):
        raise Refusal("state", "after_later")
    return [Change(other.id, other.field, at) for other in stated if other.value == was]


def _begin(programme: Programme, id: str, at: datetime, now: datetime) -> list[Change]:
    if id not in programme.items:
        raise Refusal("state", "unknown_item")
    item = programme.items[id]
    if id in programme.cancelled:
        raise Refusal("closed", "cancelled")
    if state(item) != "waiting":
        raise Refusal("state", f"already_{state(item)}")
    target = programme.first_of(item)
    above = list(programme.above(target))
    if any(state(parent) == "done" for parent in above):
        raise Refusal("state", "parent_done")
    line = programme.line_of(target)
    at = line.allowed(at, now)
    beginning = [parent for parent in reversed(above) if state(parent) == "waiting"] + [target]
    return _end([other for other in line.all_on() if other not in above], at) + [
        Change(each.id, "actual_start", at) for each in beginning
    ]


def _end(items: Iterable[Item], at: datetime) -> list[Change]:
    return [Change(item.id, "actual_end", at) for item in items]

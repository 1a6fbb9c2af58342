"""What start, next and finish change. Nothing is written here: a move is a list of changes, or a Refusal.

A parent begins when its first child does and ends after its last, so the innermost item that is on and all its parents
have begun and have not ended.
"""

from collections.abc import Iterable
from datetime import datetime

from ...meetings.model import Refusal
from .items import Change, Item, in_utc, state
from .walk import Programme


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

"""When the rest of the day is to be expected: lateness runs forward through each track, and promises hold it up.

Two passes over a track's steps. Backwards: the latest end each step may have, so that every later promise holds though
nothing later is shortened. Forwards: each unit begins when the one before has ended, never before its planned start,
and is shortened as far as that latest end demands and its minimum allows. So the slack nearest the delay goes first,
and no more of it than is needed.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from .items import NOTHING, Change, Item, apply, in_utc, state, whole_minute
from .walk import EARLIEST, Line, Programme, Step

Times = tuple[datetime, datetime]
Expected = dict[str, Times]

NEVER = datetime.max.replace(tzinfo=UTC)


def expected(items: Iterable[Item], now: datetime) -> Expected:
    """When each item began or is to be expected, and when it ended or is to be expected to end.

    Every timed item is there, and every untimed one below a timed one: with its actual times when it is done, its
    planned times when it is cancelled or was jumped over, its parent's times when it is untimed and has not begun.
    What should have begun or ended by now is expected at the next whole minute, for a day after the last that was
    planned or done.
    """
    now, programme = in_utc(now), Programme(items)
    times: Expected = {}
    for line in programme.lines.values():
        times |= _flow(line, now)
    for item in programme.walk:
        if item.id not in times and (beside := _beside_the_flow(item, times.get(programme.parents[item.id] or ""))):
            times[item.id] = beside
    return times


def drifts_at(items: Iterable[Item], now: datetime) -> datetime | None:
    """The first instant after `now` at which `expected` can differ though nobody does anything; None: there is none."""
    now = in_utc(now)
    instants: list[datetime] = []
    for line in Programme(items).lines.values():
        here = [night.middle for night in line.nights]
        for id, (begins, ends) in _flow(line, now).items():
            item = line.programme.items[id]
            if state(item) in ("waiting", "on"):
                due = begins if state(item) == "waiting" else ends
                here.append(due + timedelta.resolution)  # at the very instant it is still on time
        instants += [at for at in here if now < at <= line.attended_until]
    return min(instants, default=None)


def lateness(items: Iterable[Item], track: str, now: datetime) -> timedelta:
    """How late a track is, never negative: by the end of what is on, else by the beginning of what is next."""
    now = in_utc(now)
    line = Programme(items).line(track)
    times = _flow(line, now)
    if line.on and not line.is_forgotten(line.on, now):
        for item in (line.on, *line.programme.above(line.on)):
            if item.slot and line.steps[line.place[item.id]].what == "unit":
                return max(NOTHING, times[item.id][1] - item.slot[1])
    step = line.coming(now)
    if step and step.item.slot and step.item.id in times:
        return max(NOTHING, times[step.item.id][0] - step.item.slot[0])
    return NOTHING


def begins_by_clock(items: Iterable[Item], track: str, now: datetime) -> tuple[str, datetime] | None:
    """What has the next time of its own in the track, and when it begins without a hand, if it is to begin by the clock.
    It does not wait for the phases of what is on: who forgot to say that the discussion began still gets coffee."""
    now, programme = in_utc(now), Programme(items)
    line = programme.line(track)
    step = line.coming(now, timed=True)
    if step is None or not step.item.by_clock or not line.is_today(step, now):
        return None
    return step.item.id, _flow(line, now)[step.item.id][0]


class Shift(NamedTuple):
    """An item whose expected times a step would change."""

    id: str
    before: Times
    after: Times


def leads_to(items: Iterable[Item], changes: Iterable[Change], now: datetime) -> list[Shift]:
    """What a step would do to that which is still to come, in the order of the programme."""
    items = list(items)
    was, changed = expected(items, now), apply(items, changes)
    becomes = expected(changed, now)
    return [
        Shift(item.id, was[item.id], becomes[item.id])
        for item in Programme(changed).walk
        if state(item) in ("waiting", "on")
        and item.id in was
        and item.id in becomes
        and was[item.id] != becomes[item.id]
    ]


def _flow(line: Line, now: datetime) -> Expected:
    """The times of a track's units and of the parents that hold them; without what was jumped over."""
    now = min(now, line.attended_until)
    awaited = line.first_awaited(now)
    steps = [
        step
        for index, step in enumerate(line.steps)
        if step.what != "phase" and (index >= awaited or state(step.item) != "waiting")
    ]
    times: Expected = {}
    free = EARLIEST  # when all that came before has ended
    for step, end_by in zip(steps, _latest_ends(steps), strict=True):
        item = step.item
        if step.what == "unit":
            times[item.id] = _unit(item, free, end_by, now)
        elif step.what == "close":
            children = [times[child.id] for child in line.programme.children[item.id] if child.id in times]
            times[item.id] = _closed(item, times.get(item.id), children, now)
        elif item.slot or item.actual_start:
            begins = _begins(item, free, now)
            times[item.id] = begins, begins
        free = max(free, times[item.id][1]) if item.id in times else free
    return times


def _latest_ends(steps: list[Step]) -> list[datetime]:
    """For each step the end after which some later promise would break, if nothing later were shortened."""
    ends: list[datetime] = []
    begin_by = NEVER  # the same for the beginning of the step after
    for what, item in reversed(steps):
        end_by = begin_by
        if item.slot and what == "unit":
            end_by = min(begin_by, item.slot[1] + item.extended) if item.promised else begin_by
            # Ending before the next one's planned start gains nothing: that much is a gap.
            begin_by = max(item.slot[0], end_by - item.length)
        elif item.slot:
            edge = item.slot[0] if what == "open" else item.slot[1]
            begin_by = edge if item.promised else max(edge, begin_by)
        ends.append(end_by)
    return ends[::-1]


def _unit(item: Item, free: datetime, end_by: datetime, now: datetime) -> Times:
    begins = _begins(item, free, now)
    if item.actual_end and state(item) == "done":
        return begins, item.actual_end
    full = begins + item.length
    if item.promised and item.slot:
        full = max(full, item.slot[1] + item.extended)
    ends = max(begins + item.least, min(full, end_by))
    return begins, ends if ends >= now else whole_minute(now)


def _begins(item: Item, free: datetime, now: datetime) -> datetime:
    if item.actual_start or item.actual_end:
        return item.actual_start or item.actual_end or now
    begins = max(free, item.planned_start or free)
    return begins if begins >= now else whole_minute(now)


def _closed(item: Item, opened: Times | None, children: list[Times], now: datetime) -> Times:
    """A parent spans its children, and the time that was planned for it."""
    begins = min((start for start, _ in ([opened] if opened else []) + children), default=now)
    if item.actual_end:
        return begins, item.actual_end
    ends = max([begins, *([item.slot[1]] if item.slot else []), *(end for _, end in children)])
    return begins, ends if ends >= now or state(item) != "on" else whole_minute(now)


def _beside_the_flow(item: Item, parent: Times | None) -> Times | None:
    """The times of what takes no time of its own: cancelled, jumped over, or untimed."""
    if item.slot:
        return item.slot
    if item.actual_start and state(item) == "done":
        return item.actual_start, item.actual_end or item.actual_start
    if parent and item.actual_start and state(item) == "on":
        return item.actual_start, max(item.actual_start, parent[1])
    return parent

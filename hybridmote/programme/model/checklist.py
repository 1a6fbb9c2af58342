"""What looks wrong in a programme. Nothing of it is forbidden: it may be meant."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from .items import Item
from .walk import Programme

What = Literal[
    "untitled",
    "overlap",
    "order",
    "outside_parent",
    "no_speaker",
    "no_lunch",
    "gap",
    "no_picture",
    "no_pictures",
    "break_not_promised",
]
LONG_GAP = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Entry:
    """An item with what the checklist looks at beside its place and times."""

    item: Item
    title: str
    speakers: int
    attendance: str
    stream: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to look at. `item` is where to mend it; `other` what it is about besides."""

    what: What
    item: str
    other: str | None = None


def checklist(entries: Iterable[Entry], zone: ZoneInfo, stream: str = "") -> list[Doubt]:
    """Everything doubtful, in the order of the programme. `stream`: the meeting's own picture."""
    known = {entry.item.id: entry for entry in entries}
    programme = Programme(entry.item for entry in known.values())
    found = [*_alone(programme, known), *_pictures(programme, known, stream)]
    found += [*_together(programme), *_by_day(programme, zone)]
    place = {item.id: number for number, item in enumerate(programme.walk)}
    return sorted(found, key=lambda doubt: place[doubt.item])


def _alone(programme: Programme, known: dict[str, Entry]) -> Iterator[Doubt]:
    for item in programme.walk:
        entry, above = known[item.id], list(programme.above(item))
        if item.id in programme.cancelled or item.actual_end is not None:
            continue
        if not entry.title.strip():
            yield Doubt("untitled", item.id)
        if _talks(programme, item) and not any(
            known[one.id].speakers for one in (item, *above, *programme.below(item.id))
        ):
            yield Doubt("no_speaker", item.id)
        if item.kind == "break" and item.slot and not item.promised:
            yield Doubt("break_not_promised", item.id)
        around = next((one for one in above if one.slot), None)
        if (
            item.slot
            and around
            and around.slot
            and not around.slot[0] <= item.slot[0] <= item.slot[1] <= around.slot[1]
        ):
            yield Doubt("outside_parent", item.id, around.id)


def _pictures(programme: Programme, known: dict[str, Entry], stream: str) -> Iterator[Doubt]:
    """What is for the web too needs a picture. Without any at all that is said once."""
    wanting = [
        item
        for item in programme.walk
        if known[item.id].attendance != "hall"
        and item.kind in ("talk", "plenary")
        and programme.parents[item.id] is None
        and item.id not in programme.cancelled
        and item.actual_end is None
    ]
    if stream or not wanting:
        return
    if not any(entry.stream for entry in known.values()):
        yield Doubt("no_pictures", wanting[0].id)
        return
    for item in wanting:
        if not any(known[one.id].stream for one in (item, *programme.below(item.id))):
            yield Doubt("no_picture", item.id)


def _talks(programme: Programme, item: Item) -> bool:
    """A talk that is not a part of another: questions after a talk have its speaker."""
    return item.kind == "talk" and (item.slot is not None or item.parent is None)


def _together(programme: Programme) -> Iterator[Doubt]:
    """Siblings that are at once, or that stand in another order than their times."""
    lines: dict[tuple[str | None, str], list[Item]] = {}
    for item in programme.walk:
        if item.slot and item.id not in programme.cancelled:
            lines.setdefault((programme.parents[item.id], item.track), []).append(item)
    for line in lines.values():
        for before, item in pairwise(line):
            if item.slot and before.slot and item.slot[0] < before.slot[0]:
                yield Doubt("order", item.id, before.id)
        ordered = sorted(line, key=_begins)
        latest: Item | None = None
        for item in ordered:
            if latest and latest.slot and item.slot and item.slot[0] < latest.slot[1]:
                yield Doubt("overlap", item.id, latest.id)
            if latest is None or (item.slot and latest.slot and item.slot[1] > latest.slot[1]):
                latest = item


def _by_day(programme: Programme, zone: ZoneInfo) -> Iterator[Doubt]:
    """Of each day and track: no lunch when it spans noon, and long times with nothing."""
    roots = [
        i for i in programme.walk if programme.parents[i.id] is None and i.slot and i.id not in programme.cancelled
    ]
    breaks = [i for i in programme.walk if i.kind in ("break", "social") and i.slot and i.id not in programme.cancelled]
    for day in dict.fromkeys(item.day for item in roots):
        today = [item for item in roots if item.day == day]
        noon = _around_noon(day, zone)
        for track in dict.fromkeys(item.track for item in today):
            line = sorted((item for item in today if item.track == track), key=_begins)
            spans_noon = noon and _begins(line[0]) < noon[0] and max(_ends(item) for item in line) > noon[1]
            if noon and spans_noon and not any(_begins(b) < noon[1] and _ends(b) > noon[0] for b in breaks):
                yield Doubt("no_lunch", line[0].id)
            until = line[0]
            for item in line:
                if item.slot and until.slot and item.slot[0] - until.slot[1] > LONG_GAP:
                    yield Doubt("gap", item.id, until.id)
                if item.slot and until.slot and item.slot[1] > until.slot[1]:
                    until = item


def _around_noon(day: str, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """From eleven to half past one: when people eat."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return None
    return datetime.combine(on, time(11), zone), datetime.combine(on, time(13, 30), zone)


def _begins(item: Item) -> datetime:
    assert item.slot is not None
    return item.slot[0]


def _ends(item: Item) -> datetime:
    assert item.slot is not None
    return item.slot[1]

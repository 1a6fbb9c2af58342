"""An item of the programme, as much of it as the rules need."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

Kind = Literal["talk", "break", "group_work", "plenary", "registration", "social"]
State = Literal["waiting", "on", "done", "cancelled"]

NOTHING = timedelta(0)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Item:
    """Instants must have a zone (ValueError) and are kept in UTC, where the day a clock is changed is like any other.

    Without both planned times an item is untimed. `minimum` is the least it may be shortened to; None: not at all.
    `extended` is what it was given on the day: nothing shortens an item that was given time by hand.
    Siblings stand in the order of (day, order, planned_start, id). A child is in the track of its outermost parent.
    """

    id: str
    parent: str | None = None
    track: str = ""
    day: str = ""
    order: int = 0
    kind: Kind = "talk"
    planned_start: datetime | None = None
    planned_end: datetime | None = None
    minimum: timedelta | None = None
    promised: bool = False
    actual_start: datetime | None = None
    actual_end: datetime | None = None
    cancelled: bool = False
    extended: timedelta = NOTHING
    by_clock: bool = False

    def __post_init__(self) -> None:
        for name in ("planned_start", "planned_end", "actual_start", "actual_end"):
            at: datetime | None = getattr(self, name)
            if at is not None and at.tzinfo is not UTC:
                object.__setattr__(self, name, in_utc(at))

    @property
    def slot(self) -> tuple[datetime, datetime] | None:
        """The planned times. An item planned to end before it begins has no length: a bad row must not stop the day."""
        if self.planned_start is None or self.planned_end is None:
            return None
        return self.planned_start, max(self.planned_start, self.planned_end)

    @property
    def length(self) -> timedelta:
        return self.slot[1] - self.slot[0] + self.extended if self.slot else NOTHING

    @property
    def least(self) -> timedelta:
        """What remains of the length when all its slack is taken."""
        if self.minimum is None or self.extended:
            return self.length
        return min(self.length, max(NOTHING, self.minimum))


class Change(NamedTuple):
    """One field of one item that is to be written."""

    id: str
    field: Literal["actual_start", "actual_end", "extended"]
    value: Any


def state(item: Item) -> State:
    if item.cancelled:
        return "cancelled"
    if item.actual_end is not None:
        return "done"
    return "waiting" if item.actual_start is None else "on"


def apply(items: Iterable[Item], changes: Iterable[Change]) -> list[Item]:
    """The items as they are once the changes are made."""
    known = {item.id: item for item in items}
    for change in changes:
        known[change.id] = replace(known[change.id], **{change.field: change.value})
    return list(known.values())


def subject(items: Iterable[Item], id: str) -> str:
    """The item whose speakers it concerns: an untimed child of a talk is a phase of that talk."""
    known = {item.id: item for item in items}
    passed = set()
    while id in known and id not in passed:
        passed.add(id)
        parent = known.get(known[id].parent or "")
        if known[id].slot is not None or parent is None or parent.kind != "talk":
            break
        id = parent.id
    return id


def in_utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return at.astimezone(UTC)


def whole_minute(at: datetime) -> datetime:
    """The first whole minute that is not before `at`."""
    down = at.replace(second=0, microsecond=0)
    return down if down == at else down + MINUTE

"""The items in order: per track a line of steps, and where in it we are.

The items are a forest, walked with children after their parent. Its steps are the *units* that take time one after the
other (timed items with nothing timed below them), the *phases* that share the time of what they stand under, and the
*opening* and *closing* of the parents that hold units. Cancelled items, with all below them, are no steps.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from ...meetings.model import Refusal
from .items import MINUTE, Item, in_utc, state

NIGHT = timedelta(hours=4)
PATIENCE = timedelta(days=1)
EARLIEST = datetime.min.replace(tzinfo=UTC)


class Step(NamedTuple):
    what: Literal["unit", "phase", "open", "close"]
    item: Item


class Night(NamedTuple):
    """A long time with nothing planned: at `middle` the day before it is over. `first` is the first step after it."""

    middle: datetime
    first: int


class Programme:
    """The forest. Each item is walked once, also where parents form a ring or do not exist."""

    def __init__(self, items: Iterable[Item]) -> None:
        ordered = sorted(items, key=_place)
        self.items = {item.id: item for item in ordered}
        self.parents: dict[str, str | None] = {}
        self.children: dict[str, list[Item]] = {}
        self.cancelled: set[str] = set()
        self.walk: list[Item] = []
        self.lines: dict[str, Line] = {}
        below: dict[str | None, list[Item]] = {}
        for item in ordered:
            below.setdefault(item.parent if item.parent in self.items else None, []).append(item)
        # What the roots do not reach has its parents in a ring: the first one of a ring then stands as a root.
        for root in (*below.pop(None, ()), *ordered):
            if root.id not in self.parents:
                self._add(root, below)

    def line(self, track: str) -> "Line":
        return self.lines.get(track) or Line(self)

    def line_of(self, item: Item) -> "Line":
        return self.lines[[item, *self.above(item)][-1].track]

    def above(self, item: Item) -> Iterator[Item]:
        """Its parents, the nearest first."""
        parent = self.parents[item.id]
        while parent is not None:
            yield self.items[parent]
            parent = self.parents[parent]

    def below(self, id: str) -> Iterator[Item]:
        """All that is part of it, however deep."""
        ahead = [*self.children.get(id, ())]
        while ahead:
            item = ahead.pop()
            ahead += self.children[item.id]
            yield item

    def first_of(self, item: Item) -> Item:
        """What is on when it begins: itself, or its first child, or the first one of that."""
        while first := next((child for child in self.children[item.id] if self._waits(child)), None):
            if _has_time_before(item, first):
                break
            item = first
        return item

    def _waits(self, item: Item) -> bool:
        return item.id not in self.cancelled and state(item) == "waiting"

    def _add(self, root: Item, below: dict[str | None, list[Item]]) -> None:
        self.parents[root.id] = None
        family, ahead = [], [root]
        while ahead:
            item = ahead.pop()
            family.append(item)
            if item.cancelled or self.parents[item.id] in self.cancelled:
                self.cancelled.add(item.id)
            children = [child for child in below.get(item.id, ()) if child.id not in self.parents]
            self.parents.update((child.id, item.id) for child in children)
            self.children[item.id] = children
            ahead += reversed(children)
        self.walk += family
        self.lines.setdefault(root.track, Line(self)).extend(family)


class Line:
    """The steps of one track, and where in them we are."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.steps: list[Step] = []
        self.place: dict[str, int] = {}  # where among the steps an item stands, or is opened
        self.nights: list[Night] = []
        self.on: Item | None = None  # the innermost item that is on
        self._begun = -1  # the last step that has begun
        self._newest = EARLIEST  # the newest actual time
        self._planned_until = EARLIEST

    def extend(self, family: list[Item]) -> None:
        """Add a root with all that is below it, in the order of the walk."""
        live = [item for item in family if item.id not in self.programme.cancelled]
        parents = self.programme.parents
        holding = {parents[item.id] for item in live if item.slot}
        for item in reversed(live):
            if item.id in holding:
                holding.add(parents[item.id])
        inside: list[Item] = []
        for item in live:
            self._leave(inside, parents[item.id], holding)
            inside.append(item)
            self._enter(Step("open" if item.id in holding else "unit" if item.slot else "phase", item))
        self._leave(inside, None, holding)

    @property
    def attended_until(self) -> datetime:
        """When nobody waits any more for what was forgotten, and time stops: a meeting must not drift for ever."""
        return max(self._planned_until, self._newest) + PATIENCE

    def first_awaited(self, now: datetime | None) -> int:
        """The first step that is still to come: after all that has begun, and after the last night half gone."""
        return max([self._begun + 1, *(night.first for night in self.nights if now and night.middle <= now)])

    def coming(self, now: datetime | None, timed: bool = False) -> Step | None:
        """The next step to begin, be it tomorrow; with `timed`, the next that has a time of its own."""
        for step in self.steps[self.first_awaited(now) :]:
            if timed and not step.item.slot:
                continue
            if step.what != "close" and state(step.item) == "waiting" and not self._is_in_what_is_done(step.item):
                return step
        return None

    def is_today(self, step: Step, now: datetime) -> bool:
        """Whether no night, or only one that is half gone, lies between what has begun and the step."""
        index = self.place[step.item.id]
        return not any(self._begun < night.first <= index and night.middle > now for night in self.nights)

    def is_forgotten(self, item: Item, now: datetime) -> bool:
        """Left on since a day that is over."""
        return any(self.place[item.id] < night.first and night.middle <= now for night in self.nights)

    def has_more_of(self, parent: Item) -> bool:
        """Whether something below the parent is still to come."""
        return any(
            step.what != "close" and parent in self.programme.above(step.item) and state(step.item) == "waiting"
            for step in self.steps[self._begun + 1 :]
        )

    def all_on(self) -> list[Item]:
        """Everything that is on, children before their parents."""
        return [s.item for s in reversed(self.steps) if s.what != "close" and state(s.item) == "on"]

    def allowed(self, at: datetime, now: datetime) -> datetime:
        """The instant to write. People type whole minutes and clocks differ: a minute is mended, more is refused."""
        at, now = in_utc(at), in_utc(now)
        if at > now + MINUTE:
            raise Refusal("state", "in_future")
        if at + MINUTE < self._newest:
            raise Refusal("state", "before_last")
        return max(min(at, now), self._newest)

    def _is_in_what_is_done(self, item: Item) -> bool:
        return any(state(parent) == "done" for parent in self.programme.above(item))

    def _leave(self, inside: list[Item], until: str | None, holding: set[str | None]) -> None:
        while inside and inside[-1].id != until:
            left = inside.pop()
            if left.id in holding:
                self.steps.append(Step("close", left))

    def _enter(self, step: Step) -> None:
        item, index = step.item, len(self.steps)
        if item.slot and step.what != "phase":
            self._note_night(*item.slot, index)
        for at in (item.actual_start, item.actual_end):
            if at is not None:
                self._begun, self._newest = index, max(self._newest, at)
        if state(item) == "on":
            self.on = item
        self.place[item.id] = index
        self.steps.append(step)

    def _note_night(self, starts: datetime, ends: datetime, index: int) -> None:
        quiet = starts - self._planned_until
        if self._planned_until is not EARLIEST and quiet >= NIGHT:
            while self.steps[index - 1].what == "open" and not self.steps[index - 1].item.slot:
                index -= 1  # an untimed parent belongs to the day of its first child
            self.nights.append(Night(self._planned_until + quiet / 2, index))
        self._planned_until = max(self._planned_until, ends)


def _place(item: Item) -> tuple[str, int, datetime, str]:
    return item.day, item.order, item.planned_start or EARLIEST, item.id


def _has_time_before(parent: Item, first: Item) -> bool:
    if first.slot is None:
        return parent.kind == "talk"
    return parent.slot is not None and first.slot[0] > parent.slot[0]

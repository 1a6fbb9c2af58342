"""Days written as a person would write them, and as chance would; for the tests of the programme's rules."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from hybridmote.programme.model import Item

EVENING = datetime(2026, 3, 10, tzinfo=UTC)
DAY = datetime(2026, 3, 11, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)

_LINE = re.compile(
    r"(?P<under>\s*)(?:(?P<start>\S+)-(?P<end>\S+) )?(?P<id>[\w ]+?)"
    r"(?P<marks>(?:, (?:promised|least \d+|kind \w+|track \w+|cancelled|on [\d:+]+|was [\d:+]+-[\d:+]+))*)"
)


def clock(text: str, day: datetime = DAY) -> datetime:
    """ "09:20", "09:20:30", or "00:30+1" for the day after."""
    time, _, days = text.partition("+")
    hours, minutes, seconds = [*map(int, time.split(":")), 0][:3]
    return day + timedelta(days=int(days or 0), hours=hours, minutes=minutes, seconds=seconds)


def programme(text: str, day: datetime = DAY) -> list[Item]:
    """One item a line, "09:20-09:40 budget, promised, least 15, on 09:22"; what is indented is under what is not."""
    items: list[Item] = []
    above: list[tuple[int, str]] = []
    for order, line in enumerate(filter(str.strip, text.splitlines())):
        found = _LINE.fullmatch(line)
        assert found, line
        depth = len(found["under"])
        while above and above[-1][0] >= depth:
            above.pop()
        item = Item(found["id"], parent=above[-1][1] if above else None, order=order)
        if found["start"]:
            item = replace(item, planned_start=clock(found["start"], day), planned_end=clock(found["end"], day))
        for mark in found["marks"].split(", ")[1:]:
            item = _marked(item, mark, day)
        items.append(item)
        above.append((depth, item.id))
    return items


def _marked(item: Item, mark: str, day: datetime) -> Item:
    word, _, value = mark.partition(" ")
    if word == "least":
        return replace(item, minimum=int(value) * MINUTE)
    if word in ("kind", "track"):
        return replace(item, **{word: value})
    if word == "on":
        return replace(item, actual_start=clock(value, day))
    if word == "was":
        start, end = value.split("-")
        return replace(item, actual_start=clock(start, day), actual_end=clock(end, day))
    return replace(item, **{word: True})


def shown(at: datetime, day: datetime = DAY) -> str:
    days, time = divmod(at - day, timedelta(days=1))
    text = (day.replace(hour=0) + time).strftime("%H:%M:%S").removesuffix(":00")
    return f"{text}+{days}" if days else text


def times(found: dict[str, tuple[datetime, datetime]], day: datetime = DAY) -> dict[str, str]:
    return {id: f"{shown(begins, day)}-{shown(ends, day)}" for id, (begins, ends) in found.items()}


minutes = st.integers(0, 40).map(lambda n: n * MINUTE)


@st.composite
def lines(draw: st.DrawFn, track: str = "hall", most: int = 7, overlapping: bool = True) -> list[Item]:
    """A track as planned: timed items one after the other, with gaps, and now and then one on top of another."""
    at = DAY + draw(st.integers(0, 2000)) * MINUTE
    items = []
    for number in range(draw(st.integers(1, most))):
        length = draw(minutes)
        minimum = draw(st.none() | st.integers(0, 40).map(lambda n: n * MINUTE))
        items.append(
            Item(
                f"{track}{number}",
                track=track,
                order=number,
                planned_start=at,
                planned_end=at + length,
                minimum=minimum,
                promised=draw(st.booleans()),
            )
        )
        at += length + draw(st.sampled_from([0, 0, 0, 5, 15, -5 if overlapping else 0])) * MINUTE
    return items


@st.composite
def forests(draw: st.DrawFn, track: str = "hall") -> list[Item]:
    """A track with parents, some of whose children are timed, some not, and some cancelled; two levels deep."""
    items: list[Item] = []
    for root in draw(lines(track, overlapping=False)):
        root = replace(root, kind=draw(st.sampled_from(["talk", "break", "plenary", "group_work"])))
        items.append(root)
        assert root.planned_start and root.planned_end
        at = root.planned_start
        for number in range(draw(st.integers(0, 3))):
            child = Item(
                f"{root.id}.{number}", parent=root.id, order=number, kind=draw(st.sampled_from(["talk", "plenary"]))
            )
            if draw(st.booleans()):
                begins = min(root.planned_end, at + draw(st.sampled_from([0, 0, 5])) * MINUTE)
                at = min(root.planned_end, begins + draw(minutes))
                child = replace(
                    child,
                    planned_start=begins,
                    planned_end=at,
                    minimum=draw(st.none() | st.just(5 * MINUTE)),
                    promised=draw(st.booleans()),
                )
            items.append(child)
            if draw(st.integers(0, 3)) == 0:
                items.append(Item(f"{child.id}.0", parent=child.id))
    return [replace(item, cancelled=draw(st.integers(0, 9)) == 0) for item in items]


@st.composite
def underway(draw: st.DrawFn, items: list[Item]) -> tuple[list[Item], datetime]:
    """A flat track some way into its day: the first are done, perhaps one is on, all a little late; and the time."""
    begun = draw(st.integers(0, len(items)))
    at = items[0].planned_start
    assert at is not None
    at += draw(st.integers(-5, 20)) * MINUTE
    done = []
    for number, item in enumerate(items[:begun]):
        begins = at
        at += draw(minutes)
        is_last = number == begun - 1
        done.append(replace(item, actual_start=begins, actual_end=None if is_last and draw(st.booleans()) else at))
        at += draw(st.sampled_from([0, 0, 3])) * MINUTE
    now = at + draw(st.integers(-60, 3600)) * SECOND if not done else at + draw(st.integers(0, 3600)) * SECOND
    return done + items[begun:], now


def timed(items: Iterable[Item]) -> list[Item]:
    return [item for item in items if item.slot]

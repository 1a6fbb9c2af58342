"""The laws of expected times, tried on programmes of chance.

The laws are said twice: one by one, so that a failure names the law, and all at once by `by_hand`, which shortens one
minute at a time as a person with an eraser would, and shares no idea with the model but the words of the rule.
"""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybridmote.programme.model import Expected, Item, Refusal, apply, drifts_at, expected, finish, next_, state
from tests.programme.days import DAY, MINUTE, SECOND, clock, forests, lines, programme, underway

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOTHING = timedelta(0)

# A flat track underway, with the time; and a forest with some presses behind it, with the time.
flat = lines().flatmap(underway)
orderly = lines(overlapping=False).flatmap(underway)


@st.composite
def pressed(draw: st.DrawFn) -> tuple[list[Item], datetime]:
    items = draw(forests())
    now = planned(items[0])[0] + draw(st.integers(-60, 400)) * MINUTE
    for _ in range(draw(st.integers(0, 8))):
        now += draw(st.integers(0, 2400)) * SECOND
        try:
            items = apply(items, draw(st.sampled_from([next_, next_, next_, finish]))(items, "hall", now, now))
        except Refusal:
            break
    return items, now + draw(st.integers(0, 1200)) * SECOND


# A programme that was left alone: about when its patience ends, and after.
days_later = st.sampled_from([NOTHING, NOTHING, timedelta(hours=23, minutes=50), timedelta(days=3)])


def least(item: Item) -> timedelta:
    assert item.planned_start and item.planned_end
    length = item.planned_end - item.planned_start
    return length if item.minimum is None else min(item.minimum, length)


def planned(item: Item) -> tuple[datetime, datetime]:
    assert item.planned_start and item.planned_end
    return item.planned_start, item.planned_end


def begun(item: Item) -> datetime:
    assert item.actual_start
    return item.actual_start


# One by one


@given(flat | pressed())
def test_nothing_that_has_not_begun_is_expected_before_its_planned_start(day: tuple[list[Item], datetime]) -> None:
    items, now = day
    for id, (begins, ends) in expected(items, now).items():
        item = next(item for item in items if item.id == id)
        assert begins <= ends
        if state(item) == "waiting" and item.planned_start:
            assert begins >= item.planned_start


@given(flat)
def test_order_is_kept_and_nothing_overlaps(day: tuple[list[Item], datetime]) -> None:
    items, now = day
    found = expected(items, now)
    assert found.keys() == {item.id for item in items}
    for before, after in pairwise(items):
        assert found[before.id][1] <= found[after.id][0]


@given(flat)
def test_what_was_is_not_changed(day: tuple[list[Item], datetime]) -> None:
    items, now = day
    for item in items:
        begins, ends = expected(items, now)[item.id]
        if item.actual_start:
            assert begins == item.actual_start
        if item.actual_end:
            assert ends == item.actual_end


@given(flat | pressed())
def test_nothing_is_expected_in_the_past(day: tuple[list[Item], datetime]) -> None:
    """But what is over, and what was jumped over."""
    items, now = day
    found = expected(items, now)
    for item in items:
        if state(item) == "on" and (item.planned_start or item.parent):
            assert found[item.id][1] >= now
    waiting = [item for item in items if state(item) == "waiting" and item.planned_start]
    moved = [item for item in waiting if found[item.id] != planned(item)]
    assert all(found[item.id][0] >= now for item in moved if item.parent is None)


@given(flat)
def test_what_overruns_ends_at_the_next_whole_minute(day: tuple[list[Item], datetime]) -> None:
    items, now = day
    minute = -(-(now - DAY) // MINUTE) * MINUTE + DAY
    for item in items:
        if state(item) == "on" and now > expected(items, begun(item))[item.id][1]:
            assert expected(items, now)[item.id][1] == minute


@given(flat)
def test_a_length_is_never_shorter_than_the_minimum_nor_longer_than_planned(day: tuple[list[Item], datetime]) -> None:
    items, now = day
    for item in items:
        begins, ends = expected(items, now)[item.id]
        if state(item) == "waiting":
            assert least(item) <= ends - begins <= planned(item)[1] - planned(item)[0]


@given(orderly)
def test_a_promise_breaks_only_when_all_slack_before_it_is_gone(day: tuple[list[Item], datetime]) -> None:
    items, now = day
    found = expected(items, now)
    for index, item in enumerate(items):
        if not item.promised or state(item) != "waiting" or found[item.id][0] <= max(planned(item)[0], now + MINUTE):
            continue
        assert index > 0, "nothing is before it"
        for before, after in reversed([*pairwise(items[: index + 1])]):
            assert found[before.id][1] == found[after.id][0], "a gap was left"
            begins, ends = found[before.id]
            if state(before) == "waiting":
                assert ends - begins == least(before), "a length could be shortened"
            if state(before) != "waiting" or begins <= max(planned(before)[0], now + MINUTE):
                break


@given(orderly)
def test_the_slack_nearest_the_delay_is_taken_first(day: tuple[list[Item], datetime]) -> None:
    """What is shortened was late for no other reason than that nothing before it could be shortened more."""
    items, now = day
    found = expected(items, now)
    for before, item in pairwise(items):
        begins, ends = found[item.id]
        is_shortened = state(item) == "waiting" and ends - begins < planned(item)[1] - planned(item)[0]
        if is_shortened and found[before.id][1] == begins > planned(item)[0] and state(before) == "waiting":
            assert found[before.id][1] - found[before.id][0] == least(before)


@given(orderly)
def test_no_more_slack_is_taken_than_a_promise_needs(day: tuple[list[Item], datetime]) -> None:
    """Whoever is shortened is followed, with no gap between, by a promise that would else be moved; or is promised."""
    items, now = day
    found = expected(items, now)
    for index, item in enumerate(items):
        begins, ends = found[item.id]
        if state(item) != "waiting" or ends - begins == planned(item)[1] - planned(item)[0]:
            continue
        if item.promised and ends >= planned(item)[1]:
            continue
        for before, after in pairwise(items[index:]):
            assert found[before.id][1] == found[after.id][0], "a gap would have taken it"
            if after.promised:
                break
            assert after.promised or after is not items[-1], "nothing was promised"


@given(pressed())
def test_a_parent_spans_its_children(day: tuple[list[Item], datetime]) -> None:
    items, now = day
    found = expected(items, now)
    known = {item.id: item for item in items}
    for item in items:
        parent = known.get(item.parent or "")
        if parent is None or "cancelled" in (state(item), state(parent)):
            continue
        if state(parent) == "done" and state(item) == "waiting":
            continue  # it was left out
        begins, ends = found[parent.id]
        assert begins <= found[item.id][0] <= found[item.id][1] <= ends
        if item.planned_start is None and state(item) == "waiting":
            assert found[item.id] == found[parent.id]


@given(pressed(), pressed(), st.sampled_from([timedelta(0), 7 * MINUTE]))
def test_tracks_do_not_know_each_other(
    one: tuple[list[Item], datetime], two: tuple[list[Item], datetime], shift: timedelta
) -> None:
    now = max(one[1], two[1]) + shift
    other = [
        replace(item, id=f"other {item.id}", parent=item.parent and f"other {item.parent}", track="other")
        for item in two[0]
    ]
    mixed = [*one[0], *other]
    random.Random(len(mixed)).shuffle(mixed)
    assert expected(mixed, now) == expected(one[0], now) | expected(other, now)


@given(pressed(), st.integers(-5000, 500_000))
def test_the_hour_does_not_matter(day: tuple[list[Item], datetime], minutes: int) -> None:
    """The same day at any other hour of any other day: over midnight, and on the days a clock is changed."""
    items, now = day
    shift = minutes * MINUTE
    moved = [shifted(item, lambda at: at + shift) for item in items]
    assert expected(moved, now + shift) == {
        id: (begins + shift, ends + shift) for id, (begins, ends) in expected(items, now).items()
    }


@pytest.mark.parametrize("midnight", ["2026-03-28T23:00:00+00:00", "2026-10-24T22:00:00+00:00"])
@given(day=pressed())
def test_a_change_of_clock_does_not_matter(midnight: str, day: tuple[list[Item], datetime]) -> None:
    """All times given in Swedish time, in the nights when an hour is skipped and when one comes twice."""
    items, now = day
    shift = datetime.fromisoformat(midnight) - DAY

    def swedish(at: datetime) -> datetime:
        return (at + shift).astimezone(STOCKHOLM)

    found = expected([shifted(item, swedish) for item in items], swedish(now))
    assert found == {id: (begins + shift, ends + shift) for id, (begins, ends) in expected(items, now).items()}
    assert all(at.tzinfo is UTC for both in found.values() for at in both)


@pytest.mark.parametrize(
    ("night", "ends"), [("2026-03-29T01:30:00+01:00", "03:30+02:00"), ("2026-10-25T02:30:00+02:00", "02:30+01:00")]
)
def test_an_hour_of_talk_is_an_hour_when_the_clock_changes(night: str, ends: str) -> None:
    begins = datetime.fromisoformat(night)
    talk = Item("talk", planned_start=begins, planned_end=begins + 60 * MINUTE, actual_start=begins)
    found = expected([talk], begins)["talk"]
    assert found[1] - found[0] == timedelta(hours=1)
    assert found[1].astimezone(STOCKHOLM).isoformat()[11:] == ends.replace("+", ":00+")


@given(pressed(), days_later, st.integers(1, 200))
def test_without_a_press_time_moves_nothing_earlier(
    day: tuple[list[Item], datetime], later: timedelta, seconds: int
) -> None:
    items, now = day[0], day[1] + later
    early, late = expected(items, now), expected(items, now + seconds * SECOND)
    assert all(late[id][0] >= early[id][0] and late[id][1] >= early[id][1] for id in early)


@given(flat | pressed(), days_later, st.floats(0, 1, exclude_max=True))
def test_nothing_drifts_before_it_is_said_to(day: tuple[list[Item], datetime], later: timedelta, part: float) -> None:
    items, now = day[0], day[1] + later
    drifts = drifts_at(items, now)
    if drifts is None:
        assert expected(items, now + timedelta(days=30)) == expected(items, now)
        return
    assert drifts > now
    until = now + (drifts - timedelta.resolution - now) * part
    assert expected(items, until) == expected(items, now) == expected(items, drifts - timedelta.resolution)


@given(flat)
def test_at_that_instant_it_drifts(day: tuple[list[Item], datetime]) -> None:
    items, now = day
    drifts = drifts_at(items, now)
    if drifts is not None:
        assert expected(items, drifts) != expected(items, now)


@given(pressed(), st.randoms(use_true_random=False))
def test_the_order_they_are_given_in_does_not_matter(day: tuple[list[Item], datetime], chance: random.Random) -> None:
    items, now = day
    mixed = items[:]
    chance.shuffle(mixed)
    assert expected(mixed, now) == expected(items, now)


# All at once


@given(flat)
def test_it_is_what_a_person_with_an_eraser_would_find(day: tuple[list[Item], datetime]) -> None:
    items, now = day
    now = DAY + (now - DAY) // MINUTE * MINUTE
    items = [item for item in items if item.actual_start is None or item.actual_start <= now]
    assert expected(items, now) == by_hand(items, now)


def by_hand(items: list[Item], now: datetime) -> Expected:
    """Whole minutes only. Shorten, a minute at a time, the first item that makes the first broken promise less late."""
    lengths = {item.id: planned(item)[1] - planned(item)[0] for item in items}
    for item in items:
        if state(item) == "on" and item.promised and item.actual_start:
            lengths[item.id] = max(lengths[item.id], planned(item)[1] - item.actual_start)
    hopeless: set[str] = set()
    while True:
        plan = laid_out(items, lengths, now)
        broken = next((name for name, late in promises(items, plan) if late > NOTHING and name not in hopeless), None)
        if broken is None:
            return plan
        for item in items:
            shorter = lengths | {item.id: lengths[item.id] - MINUTE}
            if state(item) in ("on", "waiting") and shorter[item.id] >= least(item):
                better = laid_out(items, shorter, now)
                if dict(promises(items, better))[broken] < dict(promises(items, plan))[broken]:
                    lengths = shorter
                    break
        else:
            hopeless.add(broken)


def laid_out(items: list[Item], lengths: dict[str, timedelta], now: datetime) -> Expected:
    plan: Expected = {}
    free = None
    for item in items:
        begins = item.actual_start or max(now, planned(item)[0], free or now)
        ends = item.actual_end or max(now, begins + lengths[item.id])
        plan[item.id] = begins, ends
        free = max(ends, free or ends)
    return plan


def promises(items: list[Item], plan: Expected) -> list[tuple[str, timedelta]]:
    """Both ends of every promised slot, in order, with how late they are."""
    return [
        (f"{item.id} {name}", plan[item.id][end] - planned(item)[end])
        for item in items
        if item.promised and state(item) != "done"
        for end, name in enumerate(("begins", "ends"))
    ]


def test_the_eraser_itself_finds_what_a_person_found() -> None:
    items = programme(
        "09:20-09:40 budget, on 09:30, least 15\n09:40-10:10 water, least 20\n10:10-10:30 coffee, promised"
    )
    assert by_hand(items, clock("09:31"))["water"] == (clock("09:45"), clock("10:10"))


# And quickly


def many(count: int) -> list[Item]:
    at, items = DAY, []
    for number in range(count):
        parent = f"i{number - number % 4}" if number % 4 else None
        begins, ends = (at, at + 12 * MINUTE) if parent is None else (at, at + 4 * MINUTE)
        items.append(
            Item(
                f"i{number}",
                parent=parent,
                track=str(number // 4 % 7),
                order=number,
                planned_start=begins,
                planned_end=ends,
                minimum=2 * MINUTE,
                promised=number % 12 == 0,
            )
        )
        at += 4 * MINUTE if parent else NOTHING
    random.Random(1).shuffle(items)
    return items


def test_time_grows_with_the_items_not_with_their_square() -> None:
    def seconds(items: list[Item]) -> float:
        before = time.process_time()
        assert len(expected(items, DAY + 5 * MINUTE)) == len(items)
        return time.process_time() - before

    some, all_ = many(1_000), many(10_000)
    assert min(seconds(all_) for _ in range(3)) < 30 * min(seconds(some) for _ in range(5))


def test_a_hundred_levels_and_ten_thousand_siblings_are_no_matter() -> None:
    deep = [Item(f"i{n}", parent=f"i{n - 1}" if n else None) for n in range(3000)]
    deep[-1] = replace(deep[-1], planned_start=DAY, planned_end=DAY + MINUTE)
    assert len(expected(deep, DAY)) == 3000


def shifted(item: Item, shift: Callable[[datetime], datetime]) -> Item:
    names = ("planned_start", "planned_end", "actual_start", "actual_end")
    return replace(item, **{name: shift(at) for name in names if (at := getattr(item, name)) is not None})

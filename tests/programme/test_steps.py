"""Extending, correcting and what begins by the clock: rules, and laws tried on programmes of chance."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hybridmote.programme import model
from hybridmote.programme.model import Item, Refusal, apply, expected, state
from tests.programme.days import MINUTE, clock, programme, shown, times
from tests.programme.test_laws import flat, pressed

MORNING = """
09:20-09:40 budget, was 09:20-09:42
09:40-10:10 water, least 20, on 09:42
10:10-10:30 coffee, kind break, promised
10:30-11:30 two voices, least 40
  discussion
11:30-12:00 groups
12:00-13:00 lunch, kind break, promised
"""


def now(text: str) -> datetime:
    return clock(text)


def given_time(minutes: int, items: list[Item] | None = None, id: str = "water") -> list[Item]:
    items = items or programme(MORNING)
    return apply(items, model.extend(items, id, minutes * MINUTE))


# Giving more time


def test_what_is_given_time_is_not_shortened_and_the_rest_makes_room() -> None:
    assert times(expected(programme(MORNING), now("09:50")))["water"] == "09:42-10:10"
    found = times(expected(given_time(10), now("09:50")))
    assert found["water"] == "09:42-10:22"
    assert found["coffee"] == "10:22-10:42", "it keeps its length: coffee has no minimum"
    assert found["two voices"] == "10:42-11:30", "shortened by as much as is needed"
    assert found["lunch"] == "12:00-13:00", "promised"


def test_a_break_that_began_early_and_is_given_time_ends_that_much_later_than_promised() -> None:
    items = programme("10:00-10:20 talk, was 10:00-10:15\n10:20-10:40 coffee, promised, on 10:15")
    assert times(expected(items, now("10:16")))["coffee"] == "10:15-10:40"
    assert times(expected(given_time(10, items, "coffee"), now("10:16")))["coffee"] == "10:15-10:50"


def test_a_phase_gives_its_time_to_what_it_is_part_of() -> None:
    items = programme("10:30-11:30 two voices, on 10:30\n  discussion, on 11:00")
    assert model.extend(items, "discussion", 5 * MINUTE) == [("two voices", "extended", 5 * MINUTE)]
    assert model.extend(given_time(5, items, "discussion"), "discussion", 5 * MINUTE)[0].value == 10 * MINUTE


@pytest.mark.parametrize(("id", "why"), [("coffee", "not_on"), ("budget", "not_on"), ("nothing", "unknown_item")])
def test_only_what_is_on_is_given_time(id: str, why: str) -> None:
    with pytest.raises(Refusal) as refusal:
        model.extend(programme(MORNING), id, 5 * MINUTE)
    assert (refusal.value.code, refusal.value.detail) == ("state", why)


def test_what_has_no_time_anywhere_cannot_be_given_any() -> None:
    with pytest.raises(Refusal, match="untimed"):
        model.extend(programme("chat, on 09:00"), "chat", MINUTE)


@given(flat | pressed(), st.integers(1, 60))
def test_more_time_ends_that_much_later_and_moves_nothing_earlier(day: tuple[list[Item], datetime], more: int) -> None:
    items, at = day
    on = next((item for item in items if state(item) == "on"), None)
    assume(on is not None)
    assert on is not None
    try:
        changes = model.extend(items, on.id, more * MINUTE)
    except Refusal:
        return
    before, after = expected(items, at), expected(apply(items, changes), at)
    timed = next(item for item in items if item.id == changes[0].id)
    assert before.keys() == after.keys()
    assert all(after[id] >= before[id] for id in before)
    began = timed.actual_start
    if began and not any(item.parent == timed.id for item in items):
        assert after[timed.id][1] >= began + timed.length + more * MINUTE


# Correcting


def corrected(items: list[Item], id: str, field: model.Edge, at: str, by: str = "10:30") -> list[Item]:
    return apply(items, model.correct(items, id, field, now(at), now(by)))


def test_the_end_of_one_and_the_beginning_of_the_next_move_together() -> None:
    items = corrected(programme(MORNING), "water", "actual_start", "09:39")
    budget, water = items[0], items[1]
    assert budget.actual_end == water.actual_start == now("09:39")
    assert corrected(programme(MORNING), "budget", "actual_end", "09:39") == items


@pytest.mark.parametrize(
    ("field", "at", "why"),
    [
        ("actual_start", "09:19", "before_earlier"),
        ("actual_start", "10:32", "in_future"),
        ("actual_end", "10:00", "not_yet"),
    ],
)
def test_the_order_of_what_happened_stays(field: model.Edge, at: str, why: str) -> None:
    with pytest.raises(Refusal) as refusal:
        corrected(programme(MORNING), "water", field, at)
    assert refusal.value.detail == why


def test_nothing_is_corrected_to_after_what_followed() -> None:
    items = programme("09:00-09:20 one, was 09:00-09:20\n09:20-09:40 two, was 09:20-09:41\n09:40-10:00 three, on 09:41")
    with pytest.raises(Refusal, match="after_later"):
        corrected(items, "two", "actual_start", "09:42")
    assert corrected(items, "two", "actual_start", "09:41")[0].actual_end == now("09:41")


def test_another_track_is_left_alone() -> None:
    items = programme("09:00-09:20 one, on 09:02\n09:00-09:20 other, track B, on 09:02")
    assert model.correct(items, "one", "actual_start", now("09:00"), now("09:10")) == [
        ("one", "actual_start", now("09:00"))
    ]


@given(pressed(), st.integers(0, 1200))
def test_pressing_late_and_correcting_is_pressing_in_time(day: tuple[list[Item], datetime], late: int) -> None:
    """The law behind a forgotten *next*: nothing remembers that it was late."""
    items, at = day
    later = at + timedelta(seconds=late)
    try:
        in_time = apply(items, model.next_(items, "hall", at, later))
        late_ = apply(items, model.next_(items, "hall", later, later))
    except Refusal:
        return
    assume(late and {item.id for item in in_time if item.actual_start} == {i.id for i in late_ if i.actual_start})
    stated = [(item.id, edge) for item in late_ for edge in ("actual_start", "actual_end")]
    new = [(id, edge) for id, edge in stated if getattr(next(i for i in late_ if i.id == id), edge) == later]
    assume(new)
    id, edge = new[0]
    assert apply(late_, model.correct(late_, id, edge, at, later)) == in_time  # type: ignore[arg-type]


@given(pressed(), st.data())
def test_a_correction_keeps_every_item_and_the_order_of_events(
    day: tuple[list[Item], datetime], data: st.DataObject
) -> None:
    items, at = day
    events = [(item, edge) for item in items for edge in ("actual_start", "actual_end") if getattr(item, edge)]
    assume(events)
    item, edge = data.draw(st.sampled_from(events))
    to = getattr(item, edge) + data.draw(st.integers(-3600, 3600)) * timedelta(seconds=1)
    try:
        after = apply(items, model.correct(items, item.id, edge, to, at))  # type: ignore[arg-type]
    except Refusal:
        return

    def order(these: list[Item]) -> list[tuple[str, str]]:
        return [(i.id, e) for i in these for e in ("actual_start", "actual_end") if getattr(i, e)]

    def instant(these: list[Item], event: tuple[str, str]) -> datetime:
        found: datetime = getattr(next(i for i in these if i.id == event[0]), event[1])
        return found

    assert order(after) == order(items)
    before = sorted(order(items), key=lambda event: instant(items, event))
    assert all(instant(after, a) <= instant(after, b) for a, b in pairwise(before))


# By the clock


def by_clock(items: list[Item], id: str = "coffee") -> list[Item]:
    return [replace(item, by_clock=item.id == id) for item in items]


def test_a_break_begins_when_it_is_expected() -> None:
    items = by_clock(programme(MORNING))
    begins = model.begins_by_clock(items, "", now("09:50"))
    assert begins and (begins[0], shown(begins[1])) == ("coffee", "10:10")
    begins = model.begins_by_clock(by_clock(given_time(5)), "", now("09:50"))
    assert begins and shown(begins[1]) == "10:17", "given five minutes, and no longer shortened"


def test_coffee_does_not_wait_for_a_discussion_that_nobody_began() -> None:
    items = by_clock(programme("09:40-10:10 talk, on 09:42\n  discussion\n10:10-10:30 coffee, kind break"))
    begins = model.begins_by_clock(items, "", now("09:50"))
    assert begins and (begins[0], shown(begins[1])) == ("coffee", "10:12")


def test_only_what_comes_next_begins_by_the_clock_and_never_across_a_night() -> None:
    assert model.begins_by_clock(by_clock(programme(MORNING), "lunch"), "", now("09:50")) is None
    assert model.begins_by_clock(programme(MORNING), "", now("09:50")) is None
    assert model.begins_by_clock([], "", now("09:50")) is None
    nights = "17:00-18:00 talk, was 17:00-18:00\n08:30+1-09:00+1 registration"
    assert model.begins_by_clock(by_clock(programme(nights), "registration"), "", now("18:01")) is None
    assert model.begins_by_clock(by_clock(programme(nights), "registration"), "", now("08:00+1"))


# What it leads to


@given(flat | pressed())
def test_what_a_step_is_said_to_lead_to_is_what_it_leads_to(day: tuple[list[Item], datetime]) -> None:
    items, at = day
    try:
        changes = model.next_(items, items[0].track, at, at)
    except Refusal:
        return
    after = apply(items, changes)
    before, becomes = expected(items, at), expected(after, at)
    shifts = model.leads_to(items, changes, at)
    assert {s.id for s in shifts} <= {item.id for item in after if state(item) in ("waiting", "on")}
    for item in after:
        shift = next((s for s in shifts if s.id == item.id), None)
        if shift:
            assert (shift.before, shift.after) == (before[item.id], becomes[item.id])
            assert shift.before != shift.after
        elif state(item) == "waiting" and item.id in before:
            assert before[item.id] == becomes.get(item.id, before[item.id])


def test_what_it_leads_to_is_told_in_order() -> None:
    items = programme(MORNING)
    shifts = model.leads_to(items, model.extend(items, "water", 10 * MINUTE), now("09:50"))
    assert [s.id for s in shifts] == ["water", "coffee", "two voices", "discussion"]

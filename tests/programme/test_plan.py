"""Setting the programme up: what stands where, what an item may be, times as they are typed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hybridmote.programme.model import Item, plan
from hybridmote.programme.model.plan import Unfit
from tests.programme.days import clock, programme

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ZONES = st.sampled_from(["Europe/Stockholm", "America/St_Johns", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"]).map(
    ZoneInfo
)
DAYS = (date(2026, 3, 11), date(2026, 3, 12))
LINE = """
09:00-10:00 one
  first
  second
10:00-11:00 two
11:00-12:00 three
"""


def ids(items: list[Item]) -> list[str]:
    return [item.id for item in items]


def day(text: str) -> list[Item]:
    return [replace(item, day="2026-03-11") for item in programme(text)]


# What stands where


@pytest.mark.parametrize(
    ("id", "to", "becomes"),
    [
        ("three", {"parent": None, "before": "one"}, "three one first second two"),
        ("one", {"parent": None, "before": "three"}, "two one first second three"),
        ("one", {"parent": None, "last": True}, "two three one first second"),
        ("second", {"parent": "one", "before": "first"}, "one second first two three"),
        ("two", {"parent": "one"}, "one first second two three"),
        ("two", {"parent": None}, "one first second two three"),
        ("second", {"parent": "three"}, "one first two three second"),
    ],
)
def test_an_item_goes_where_it_is_told_with_what_is_part_of_it(id: str, to: dict[str, object], becomes: str) -> None:
    assert ids(plan.placed(day(LINE), id, **to)) == becomes.split()  # type: ignore[arg-type]


def test_without_a_word_its_time_says_where() -> None:
    items = [
        *day(LINE),
        Item("new", day="2026-03-11", order=99, planned_start=clock("10:30"), planned_end=clock("10:40")),
    ]
    assert ids(plan.placed(items, "new", parent=None)) == ["one", "first", "second", "two", "new", "three"]
    other = [replace(item, day="2026-03-12") if item.id == "new" else item for item in items]
    assert ids(plan.placed(other, "new", parent=None))[-1] == "new"


@pytest.mark.parametrize(
    ("id", "to", "why"),
    [
        ("one", {"parent": "one"}, "inside_itself"),
        ("one", {"parent": "second"}, "inside_itself"),
        ("two", {"parent": "one", "track": "B"}, "other_track_than_parent"),
        ("two", {"parent": "one", "day": "2026-03-12"}, "other_day_than_parent"),
        ("two", {"parent": None, "before": "second"}, "not_beside"),
        ("two", {"parent": None, "before": "two"}, "not_beside"),
    ],
)
def test_where_it_cannot_be_is_said(id: str, to: dict[str, object], why: str) -> None:
    with pytest.raises(Unfit) as unfit:
        plan.placed(day(LINE), id, **to)  # type: ignore[arg-type]
    assert unfit.value.why == why


def test_parts_stand_four_deep_at_most() -> None:
    deep = day("09:00-10:00 a\n  b\n    c\n10:00-11:00 d\n  e\n")
    assert ids(plan.placed(deep, "d", parent="b"))  # a b d e: four
    with pytest.raises(Unfit, match="too_deep"):
        plan.placed(deep, "d", parent="c")


@st.composite
def forests(draw: st.DrawFn) -> list[Item]:
    """Some days and tracks with parts in each other, in no order."""
    items: list[Item] = []
    for number in range(draw(st.integers(1, 14))):
        above = draw(st.sampled_from([None, None, *items]))
        depth, one = 0, above
        while one is not None:
            depth, one = depth + 1, next((i for i in items if i.id == one.parent), None)
        if depth >= plan.MOST_LEVELS:
            above = None
        starts = clock("08:00") + draw(st.integers(0, 60)) * timedelta(minutes=10)
        timed = above is None or draw(st.booleans())
        items.append(
            Item(
                f"i{number}",
                parent=above.id if above else None,
                day=above.day if above else draw(st.sampled_from(["2026-03-11", "2026-03-12"])),
                track=above.track if above else draw(st.sampled_from(["", "B"])),
                order=draw(st.integers(0, 9)),
                planned_start=starts if timed else None,
                planned_end=starts + draw(st.integers(1, 9)) * timedelta(minutes=10) if timed else None,
            )
        )
    return items


@given(forests(), st.data())
def test_wherever_it_goes_the_whole_stays_whole(items: list[Item], data: st.DataObject) -> None:
    """Nobody is lost, places are counted from nought, parts follow what they are part of and are of its day and track,
    what was in order among the others stays so; and no parent is ever inside its child."""
    one = data.draw(st.sampled_from(items))
    parent = data.draw(st.sampled_from([None, *(item.id for item in items)]))
    before = data.draw(st.sampled_from([None, *(item.id for item in items)]))
    try:
        moved = plan.placed(items, one.id, parent=parent, before=before, last=data.draw(st.booleans()))
    except Unfit as unfit:
        assert unfit.why in ("inside_itself", "too_deep", "not_beside")
        return
    assert sorted(ids(moved)) == sorted(ids(items))
    assert [item.order for item in moved] == list(range(len(items)))
    assert [item.day for item in moved] == sorted(item.day for item in moved)
    known = {item.id: item for item in moved}
    assert known[one.id].parent == parent
    for item in moved:
        above = known.get(item.parent or "")
        seen = [item.id]
        while above is not None:
            assert above.order < item.order and (above.day, above.track) == (item.day, item.track)
            assert above.id not in seen
            seen.append(above.id)
            above = known.get(above.parent or "")
        assert len(seen) <= plan.MOST_LEVELS
    assert plan.outline(moved) == moved
    own = plan.inside(items, one.id) | {one.id}
    rest = [id for id in ids(plan.outline(items)) if id not in own]
    assert [id for id in ids(moved) if id not in own] == rest
    if before is not None:
        family = plan.inside(moved, one.id)
        following = [item for item in moved if item.order > known[one.id].order and item.id not in family]
        assert following[0].id == before


# Times that follow the order


def test_two_talks_change_places_and_times() -> None:
    items = day("09:00-09:20 one\n  q\n09:30-10:15 two\n10:15-11:00 three\n")
    after = plan.placed(items, "two", parent=None, before="one")
    found = {item.id: item for item in plan.retimed(items, after, "two")}
    assert (found["two"].planned_start, found["two"].planned_end) == (clock("09:00"), clock("09:45"))
    assert (found["one"].planned_start, found["one"].planned_end) == (clock("09:55"), clock("10:15"))
    assert found["three"].planned_start == clock("10:15")


def test_what_is_promised_or_has_begun_keeps_its_time() -> None:
    for mark, why in ((", promised", "held"), (", on 09:00", "has_begun")):
        items = day(f"09:00-09:20 one{mark}\n09:30-10:15 two\n")
        with pytest.raises(Unfit, match=why):
            plan.retimed(items, plan.placed(items, "two", parent=None, before="one"), "two")
    same = day("09:00-09:30 one, promised\n09:30-10:00 two\n10:00-10:30 three\n")
    assert plan.retimed(same, plan.placed(same, "three", parent=None, before="two"), "three")


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 5)), min_size=2, max_size=7), st.data())
def test_changing_places_keeps_lengths_and_the_line_in_order(parts: list[tuple[int, int]], data: st.DataObject) -> None:
    at, items = clock("08:00"), []
    for number, (length, pause) in enumerate(parts):
        ends = at + length * timedelta(minutes=5)
        items.append(Item(f"i{number}", day="2026-03-11", order=number, planned_start=at, planned_end=ends))
        at = ends + pause * timedelta(minutes=5)
    one = data.draw(st.sampled_from(items))
    before = data.draw(st.sampled_from([None, *(i.id for i in items if i is not one)]))
    after = plan.placed(items, one.id, parent=None, before=before, last=True)
    found = plan.retimed(items, after, one.id)
    lengths = {item.id: item.length for item in items}
    assert all(item.length == lengths[item.id] for item in found)
    for left, right in pairwise(found):
        assert left.planned_end and right.planned_start and left.planned_end <= right.planned_start
    assert (found[0].planned_start, found[-1].planned_end) == (items[0].planned_start, items[-1].planned_end)


# What an item may be


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"planned_end": clock("08:59")}, "ends_first"),
        ({"planned_end": None}, "half_a_time"),
        ({"planned_start": None}, "half_a_time"),
        ({"planned_start": None, "planned_end": None}, "untimed_alone"),
        ({"minimum": timedelta(minutes=61)}, "minimum_too_long"),
        ({"day": "2026-03-09"}, "outside_meeting"),
        ({"day": "2026-03-14"}, "outside_meeting"),
        ({"day": "2026-03-12"}, "other_day"),
        ({"planned_end": clock("09:00+4")}, "outside_meeting"),
    ],
)
def test_what_an_item_cannot_be_is_said(change: dict[str, object], why: str) -> None:
    item = replace(day("09:00-10:00 one")[0], **change)  # type: ignore[arg-type]
    with pytest.raises(Unfit) as unfit:
        plan.check([item], ["one"], DAYS, UTC)  # type: ignore[arg-type]
    assert (unfit.value.why, unfit.value.item) == (why, "one")
    plan.check([item], ["one"], DAYS, UTC, [item])  # type: ignore[arg-type] # what was so already is not asked about


def test_an_untimed_part_needs_something_timed_above_it() -> None:
    items = day("09:00-10:00 one\n  part\n    of it\n")
    plan.check(items, ids(items), DAYS, STOCKHOLM)
    untimed = [replace(item, planned_start=None, planned_end=None) for item in items]
    with pytest.raises(Unfit, match="untimed_alone"):
        plan.check(untimed, ["of it"], DAYS, STOCKHOLM)


def test_what_has_begun_or_holds_it_stays() -> None:
    items = day("09:00-10:00 one, on 09:00\n  part\n10:00-11:00 two\n  begun, was 10:00-10:05\n11:00-12:00 three\n")
    for id in ("one", "two", "begun"):
        with pytest.raises(Unfit, match="has_begun"):
            plan.may_be_moved(items, id)
    plan.may_be_moved(items, "three")
    with pytest.raises(Unfit, match="parent_done"):
        plan.may_hold(items, "begun")


# Times as they are typed


def test_over_midnight_and_parts_after_it() -> None:
    evening = plan.span("2026-03-11", "21.00", "01:30", STOCKHOLM)
    assert evening == (datetime(2026, 3, 11, 20, tzinfo=UTC), datetime(2026, 3, 12, 0, 30, tzinfo=UTC))
    starts, ends = plan.span("2026-03-11", "0.15", "0.45", STOCKHOLM, evening)
    assert (starts.hour, starts.day, ends - starts) == (23, 11, timedelta(minutes=30))
    assert plan.span("2026-03-11", "0.15", "0.45", STOCKHOLM)[0].day == 10  # by itself: early that morning


def test_a_night_of_changed_clocks() -> None:
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    with pytest.raises(Unfit) as never:
        plan.at_clock(spring, "02.30", STOCKHOLM, "begins")
    assert (never.value.why, never.value.params) == ("no_such_time", {"time": "02.30"})
    with pytest.raises(Unfit) as twice:
        plan.at_clock(autumn, "02.30", STOCKHOLM, "begins")
    assert twice.value.params == {"time": "02.30", "first": "02.30+02:00", "second": "02.30+01:00"}
    first, second = (plan.at_clock(autumn, f"02.30+0{n}:00", STOCKHOLM, "begins") for n in (2, 1))
    assert second - first == timedelta(hours=1)
    with pytest.raises(Unfit, match="other_zone"):
        plan.at_clock(date(2026, 7, 1), "02.30+01:00", STOCKHOLM, "begins")
    night = plan.span("2026-10-24", "22.00", "04.00", STOCKHOLM)
    assert night[1] - night[0] == timedelta(hours=7)


@given(st.integers(0, 2 * 366 * 24 * 60), ZONES)
def test_what_is_said_reads_back_as_the_same_instant(minutes: int, zone: ZoneInfo) -> None:
    at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    local = at.astimezone(zone)
    assert plan.at_clock(local.date(), plan.said(at, zone), zone, "begins") == at


@given(st.text(max_size=8))
def test_whatever_is_typed_is_a_time_or_refused(text: str) -> None:
    try:
        at = plan.at_clock(date(2026, 3, 11), text, STOCKHOLM, "begins")
    except Unfit as unfit:
        assert unfit.why in ("no_clock", "other_zone")
    else:
        assert at.astimezone(STOCKHOLM).date() == date(2026, 3, 11)


@given(forests(), st.integers(-3, 3), ZONES)
def test_on_another_day_the_clock_says_the_same(items: list[Item], days: int, zone: ZoneInfo) -> None:
    item = items[0]
    assume(item.planned_start)
    to = str(date.fromisoformat(item.day) + timedelta(days=days))
    try:
        moved = plan.on_day(item, to, zone)
    except Unfit as unfit:
        assert unfit.why in ("no_such_time", "twice")
        return
    for was, now in ((item.planned_start, moved.planned_start), (item.planned_end, moved.planned_end)):
        assert was and now
        assert (was.astimezone(zone) + timedelta(days=days)).replace(tzinfo=None) == now.astimezone(zone).replace(
            tzinfo=None
        )

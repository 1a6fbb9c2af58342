"""Start, next and finish; and the rest of the day in worked examples that a person can check by hand."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hybridmote.programme import model
from hybridmote.programme.model import Change, Item, Refusal, apply, expected, lateness, now_on, state, up_next
from tests.programme.days import DAY, EVENING, MINUTE, SECOND, clock, forests, programme, times

# The rest of the day

EXAMPLES = {
    "nothing has happened: as planned": (
        "08:30-09:00 registration\n09:00-09:20 welcome",
        "07:00",
        {"registration": "08:30-09:00", "welcome": "09:00-09:20"},
    ),
    "lateness runs forward, and no length is touched for it": (
        "09:00-09:20 welcome, was 09:00-09:27\n09:20-09:40 budget, on 09:27, least 10\n09:40-10:10 water, least 10",
        "09:30",
        {"welcome": "09:00-09:27", "budget": "09:27-09:47", "water": "09:47-10:17"},
    ),
    "a gap takes what it can": (
        "09:00-09:20 welcome, was 09:00-09:27\n09:25-09:40 budget, on 09:27\n09:50-10:10 water",
        "09:30",
        {"welcome": "09:00-09:27", "budget": "09:27-09:42", "water": "09:50-10:10"},
    ),
    "a promised coffee holds, and what is nearest the delay is shortened first": (
        "09:20-09:40 budget, on 09:30, least 15\n09:40-10:10 water, least 20\n10:10-10:30 coffee, promised",
        "09:31",
        {"budget": "09:30-09:45", "water": "09:45-10:10", "coffee": "10:10-10:30"},
    ),
    "the gap before the coffee goes first, so nothing is shortened": (
        "09:20-09:40 budget, on 09:30, least 15\n09:40-10:00 water, least 15\n10:10-10:30 coffee, promised",
        "09:31",
        {"budget": "09:30-09:50", "water": "09:50-10:10", "coffee": "10:10-10:30"},
    ),
    "only as much as is needed": (
        "09:20-09:40 budget, on 09:23, least 5\n09:40-10:10 water, least 5\n10:10-10:30 coffee, promised",
        "09:24",
        {"budget": "09:23-09:40", "water": "09:40-10:10", "coffee": "10:10-10:30"},
    ),
    "what cannot be absorbed moves on": (
        "09:20-09:40 budget, on 09:40, least 15\n09:40-10:10 water, least 25\n"
        "10:10-10:30 coffee, promised\n10:30-11:00 next",
        "09:41",
        {"budget": "09:40-09:55", "water": "09:55-10:20", "coffee": "10:20-10:40", "next": "10:40-11:10"},
    ),
    "a promise that broke is shortened for the next one, and keeps its own end": (
        "09:40-10:10 water, on 10:00\n10:10-10:30 coffee, promised, least 10\n"
        "10:30-11:00 talk\n11:00-11:30 lunch, promised",
        "10:01",
        {"water": "10:00-10:30", "coffee": "10:30-10:40", "talk": "10:40-11:10", "lunch": "11:10-11:40"},
    ),
    "an overrunning item ends at the next whole minute, and pushes the rest": (
        "09:20-09:40 budget, on 09:20\n09:40-10:10 water\n10:20-10:40 coffee",
        "09:44:01",
        {"budget": "09:20-09:45", "water": "09:45-10:15", "coffee": "10:20-10:40"},
    ),
    "at the very minute it should end it is still on time": (
        "09:20-09:40 budget, on 09:20\n09:40-10:10 water",
        "09:40",
        {"budget": "09:20-09:40", "water": "09:40-10:10"},
    ),
    "what should have begun is expected at the next whole minute": (
        "09:20-09:40 budget, was 09:20-09:38\n09:40-10:10 water\n10:10-10:30 coffee",
        "09:42:30",
        {"budget": "09:20-09:38", "water": "09:43-10:13", "coffee": "10:13-10:33"},
    ),
    "a talk that began early keeps its length, and the next waits for its time": (
        "09:20-09:40 budget, on 09:15\n09:40-10:10 water",
        "09:16",
        {"budget": "09:15-09:35", "water": "09:40-10:10"},
    ),
    "a coffee that began early ends as promised": (
        "10:10-10:30 coffee, promised, on 10:04\n10:30-11:00 talk",
        "10:05",
        {"coffee": "10:04-10:30", "talk": "10:30-11:00"},
    ),
    "a parent spans its children, and its untimed child shares its time": (
        "09:00-10:00 session\n  09:00-09:20 welcome, was 09:00-09:30\n  09:20-09:50 budget\n"
        "10:00-10:30 water\n  discussion",
        "09:30",
        {
            "session": "09:00-10:00",
            "welcome": "09:00-09:30",
            "budget": "09:30-10:00",
            "water": "10:00-10:30",
            "discussion": "10:00-10:30",
        },
    ),
    "a late parent ends with its last child, and pushes the rest": (
        "09:00-10:00 session, on 09:20\n  09:00-09:30 welcome, on 09:20\n  09:30-10:00 budget\n10:00-10:30 water",
        "09:21",
        {"session": "09:20-10:20", "welcome": "09:20-09:50", "budget": "09:50-10:20", "water": "10:20-10:50"},
    ),
    "an untimed child that is on ends with its parent": (
        "10:30-11:30 water, on 10:32\n  discussion, on 11:10\n11:30-12:00 groups",
        "11:15",
        {"water": "10:32-11:32", "discussion": "11:10-11:32", "groups": "11:32-12:02"},
    ),
    "a promised end is an item without length": (
        "15:00-15:30 summing up, on 15:10, least 15\n15:30-15:30 end, promised",
        "15:11",
        {"summing up": "15:10-15:30", "end": "15:30-15:30"},
    ),
    "what is cancelled leaves a gap": (
        "09:20-09:40 budget, on 09:30\n09:40-10:10 water, cancelled\n10:10-10:30 coffee",
        "09:31",
        {"budget": "09:30-09:50", "water": "09:40-10:10", "coffee": "10:10-10:30"},
    ),
    "what was jumped over pushes nothing": (
        "09:20-09:40 budget\n09:40-10:10 water, on 09:40\n10:10-10:30 coffee",
        "09:41",
        {"budget": "09:20-09:40", "water": "09:40-10:10", "coffee": "10:10-10:30"},
    ),
    "over midnight it is one evening": (
        "23:30-23:50 film, on 23:45\n23:50-00:20+1 talk\n"
        "00:20+1-01:00+1 night, least 10\n01:00+1-01:00+1 end, promised",
        "23:46",
        {"film": "23:45-00:05+1", "talk": "00:05+1-00:35+1", "night": "00:35+1-01:00+1", "end": "01:00+1-01:00+1"},
    ),
    "yesterday evening does not push this morning": (
        "17:00-20:00 supper, was 17:00-23:00\n08:30+1-09:00+1 registration",
        "23:30",
        {"supper": "17:00-23:00", "registration": "08:30+1-09:00+1"},
    ),
    "what was forgotten yesterday is awaited until the middle of the night": (
        "17:00-20:00 supper\n08:00+1-09:00+1 registration",
        "01:59+1",
        {"supper": "01:59+1-04:59+1", "registration": "08:00+1-09:00+1"},
    ),
    "what was forgotten yesterday is not awaited this morning": (
        "17:00-20:00 supper\n08:00+1-09:00+1 registration",
        "08:10+1",
        {"supper": "17:00-20:00", "registration": "08:10+1-09:10+1"},
    ),
    "ending before the next one may begin gains nothing": (
        "09:00-09:20 budget, on 09:15, least 5\n09:30-10:00 water\n09:50-10:10 coffee, promised",
        "09:16",
        {"budget": "09:15-09:30", "water": "09:30-10:00", "coffee": "10:00-10:20"},
    ),
    "a promised parent begins as promised, before its first child": (
        "09:00-09:20 budget, on 09:10, least 10\n09:20-10:00 session, promised\n  09:30-10:00 water",
        "09:11",
        {"budget": "09:10-09:20", "session": "09:20-10:00", "water": "09:30-10:00"},
    ),
    "a promised parent ends as promised": (
        "09:00-09:40 session, promised, on 09:10\n  09:00-09:40 water, on 09:10, least 20\n09:50-10:10 coffee",
        "09:11",
        {"session": "09:10-09:40", "water": "09:10-09:40", "coffee": "09:50-10:10"},
    ),
    "nothing is shortened for a promise that the parent's own time breaks": (
        "09:00-09:40 session, on 09:08\n  09:00-09:30 water, on 09:08, least 10\n09:35-10:00 coffee, promised",
        "09:09",
        {"session": "09:08-09:40", "water": "09:08-09:38", "coffee": "09:40-10:05"},
    ),
    "a parent keeps the time after its last child": (
        "09:00-10:00 session\n  09:00-09:30 water",
        "08:00",
        {"session": "09:00-10:00", "water": "09:00-09:30"},
    ),
    "what is gone back to still pushes the rest": (
        "09:20-09:40 budget, on 09:50\n09:40-10:00 water, was 09:40-09:50\n10:00-10:20 coffee",
        "09:51",
        {"budget": "09:50-10:10", "water": "09:40-09:50", "coffee": "10:10-10:30"},
    ),
    "at the very middle of the night it is not awaited": (
        "17:00-20:00 supper\n08:00+1-09:00+1 registration",
        "02:00+1",
        {"supper": "17:00-20:00", "registration": "08:00+1-09:00+1"},
    ),
    "tracks are late on their own": (
        "09:00-09:20 welcome, on 09:10\n09:20-09:40 budget\n09:20-09:40 water, track b",
        "09:11",
        {"welcome": "09:10-09:30", "budget": "09:30-09:50", "water": "09:20-09:40"},
    ),
}


@pytest.mark.parametrize(("day", "now", "then"), EXAMPLES.values(), ids=EXAMPLES.keys())
def test_the_rest_of_the_day(day: str, now: str, then: dict[str, str]) -> None:
    assert times(expected(programme(day), clock(now))) == then


@pytest.mark.parametrize(
    ("day", "now", "late"),
    [
        ("09:20-09:40 budget", "09:00", 0),
        ("09:20-09:40 budget", "09:25", 5),
        ("09:20-09:40 budget, on 09:24\n09:40-10:00 water", "09:25", 4),
        ("09:20-09:40 budget, on 09:15\n09:40-10:00 water", "09:25", 0),
        ("09:20-09:40 budget, on 09:24, least 10\n09:40-10:00 coffee, promised", "09:25", 0),
        ("09:20-09:40 budget, was 09:20-09:46\n09:40-10:00 water", "09:46", 6),
        ("09:20-09:40 budget, on 09:20\n  discussion, on 09:35", "09:43", 3),
        ("17:00-20:00 supper, on 17:00\n08:30+1-09:00+1 registration", "08:00+1", 0),
        ("17:00-20:00 supper, on 17:00\n08:30+1-09:00+1 registration", "08:33+1", 3),
        ("17:00-20:00 supper, was 17:00-23:00", "23:00", 0),
    ],
)
def test_how_late_we_are(day: str, now: str, late: int) -> None:
    assert lateness(programme(day), "", clock(now)) == late * MINUTE


def test_a_track_that_does_not_exist_is_never_late() -> None:
    assert lateness(programme("09:20-09:40 budget"), "b", clock("12:00")) == timedelta(0)


def test_after_a_day_time_stops_for_what_was_forgotten() -> None:
    left_on = programme("09:20-09:40 budget, on 09:20\n09:40-10:00 water")
    assert times(expected(left_on, clock("09:59+1")))["budget"] == "09:20-09:59+1"
    assert expected(left_on, clock("10:00+1")) == expected(left_on, clock("10:00+30"))
    assert model.drifts_at(left_on, clock("10:00+1")) is None


@pytest.mark.parametrize(
    ("broken", "then"),
    [
        ([Item("a", parent="b", order=1), Item("b", parent="a", order=2)], {}),
        ([Item("a", parent="a", planned_start=DAY, planned_end=DAY)], {"a": "00:00-00:00"}),
        ([Item("a", parent="gone", planned_start=DAY, planned_end=DAY)], {"a": "00:00-00:00"}),
        ([Item("a", planned_start=clock("09:00"), planned_end=clock("08:00"))], {"a": "09:00-09:00"}),
        ([Item("a", planned_start=clock("09:00"))], {}),
        ([], {}),
    ],
)
def test_a_broken_programme_stops_nobody(broken: list[Item], then: dict[str, str]) -> None:
    assert times(expected(broken, DAY)) == then


def test_an_instant_without_a_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="zone"):
        Item("a", planned_start=DAY.replace(tzinfo=None))
    with pytest.raises(ValueError, match="zone"):
        expected([], DAY.replace(tzinfo=None))


# The moves

TWO_DAYS = """
17:00-18:00 welcome, kind plenary
18:00-20:00 supper, kind social
08:30+1-09:00+1 registration, kind registration
09:00+1-09:40+1 session, kind plenary
  09:00+1-09:20+1 greeting
  09:20+1-09:40+1 budget
10:30+1-11:30+1 water
  discussion
12:00+1-12:30+1 pitches, kind plenary
  pitch one
  pitch two
15:30+1-15:30+1 end, kind plenary
"""

Press = tuple[str, str]  # what, when: "next" | "finish" | an item's name


def after(day: str, *presses: Press) -> list[Item]:
    items = programme(day, EVENING)
    for what, when in presses:
        items = apply(items, press(items, what, when))
    return items


def press(items: list[Item], what: str, at: str, now: str | None = None) -> list[Change]:
    when, clock_now = clock(at, EVENING), clock(now or at, EVENING)
    if what == "next":
        return model.next_(items, "", when, clock_now)
    if what == "finish":
        return model.finish(items, "", when, clock_now)
    return model.start(items, what, when, clock_now)


def on(items: list[Item]) -> str | None:
    return now_on(items)[""]


def refusal(items: list[Item], what: str, at: str, now: str | None = None) -> tuple[str, str]:
    with pytest.raises(Refusal) as caught:
        press(items, what, at, now)
    return caught.value.code, caught.value.detail


def test_next_walks_through_the_whole_programme() -> None:
    evening = ["17:00", "18:00", "20:00"]
    morning = [f"{hour:02}:00+1" for hour in range(8, 17)]
    items = programme(TWO_DAYS, EVENING)
    seen = []
    for at in evening + morning:
        items = apply(items, press(items, "next", at))
        seen.append(on(items))
    assert seen[:4] == ["welcome", "supper", None, "registration"]
    assert seen[4:] == ["greeting", "budget", "water", "discussion", "pitch one", "pitch two", "end", None]
    assert {state(item) for item in items} == {"done"}
    assert refusal(items, "next", "18:00+1") == ("closed", "programme_over")


def test_a_parent_begins_with_its_first_child_and_ends_with_its_last() -> None:
    items = after(TWO_DAYS, ("registration", "08:30+1"), ("next", "09:02+1"))
    at = clock("09:25+1", EVENING)
    assert on(items) == "greeting"
    assert press(items, "next", "09:25+1") == [("greeting", "actual_end", at), ("budget", "actual_start", at)]
    items = after(TWO_DAYS, ("session", "09:00+1"), ("next", "09:20+1"))
    assert on(items) == "budget"
    assert press(items, "next", "09:45+1") == [
        ("budget", "actual_end", clock("09:45+1", EVENING)),
        ("session", "actual_end", clock("09:45+1", EVENING)),
        ("water", "actual_start", clock("09:45+1", EVENING)),
    ]


def test_starting_a_child_starts_its_parent() -> None:
    changes = press(programme(TWO_DAYS, EVENING), "budget", "09:20+1")
    assert [change[:2] for change in changes] == [("session", "actual_start"), ("budget", "actual_start")]


def test_a_talk_is_on_until_its_discussion_is() -> None:
    items = after(TWO_DAYS, ("water", "10:30+1"))
    assert on(items) == "water" and up_next(items, "") == "discussion"
    items = apply(items, press(items, "next", "11:05+1"))
    assert on(items) == "discussion" and state(items[6]) == "on"


def test_a_parent_with_time_before_its_first_child_is_on_by_itself() -> None:
    items = programme("09:00-10:00 session, kind plenary\n  09:15-10:00 talk\n10:00-10:30 coffee")
    items = apply(items, model.next_(items, "", clock("09:00"), clock("09:00")))
    assert on(items) == "session"
    assert times(expected(items, clock("09:01")))["talk"] == "09:15-10:00"


def test_finish_ends_the_child_and_the_parent_goes_on_while_something_is_left() -> None:
    items = after(TWO_DAYS, ("session", "09:00+1"), ("finish", "09:18+1"))
    assert on(items) == "session" and up_next(items, "") == "budget"
    items = apply(items, press(items, "next", "09:20+1"))
    items = apply(items, press(items, "finish", "09:41+1"))
    assert on(items) is None and state(items[3]) == "done" and up_next(items, "") == "water"


def test_a_talk_that_is_finished_takes_its_discussion_with_it() -> None:
    items = after(TWO_DAYS, ("water", "10:30+1"), ("finish", "11:30+1"))
    assert on(items) is None and up_next(items, "") == "pitch one"
    assert refusal(items, "discussion", "11:31+1") == ("state", "parent_done")


def test_starting_out_of_order_ends_what_is_on_and_jumps_over_the_rest() -> None:
    items = after(TWO_DAYS, ("registration", "08:30+1"), ("water", "09:00+1"))
    assert on(items) == "water" and state(items[2]) == "done"
    items = apply(items, press(items, "budget", "09:30+1"))
    assert on(items) == "budget" and state(items[6]) == "done"


def test_next_does_not_begin_tomorrow() -> None:
    items = after(TWO_DAYS, ("next", "17:00"), ("next", "18:00"))
    assert [change.field for change in press(items, "next", "20:00")] == ["actual_end"]
    items = apply(items, press(items, "next", "20:00"))
    assert up_next(items, "") == "registration"
    assert refusal(items, "next", "20:01") == ("closed", "day_over")
    assert press(items, "registration", "20:02")  # by name it can be
    assert press(items, "next", "08:15+1")[0].id == "registration"


def test_an_untimed_parent_belongs_to_the_day_of_its_first_child() -> None:
    items = programme("17:00-20:00 supper, on 17:00\nday two, kind plenary\n  09:00+1-10:00+1 talk")
    assert model.next_(items, "", clock("20:00"), clock("20:00")) == [("supper", "actual_end", clock("20:00"))]


def test_what_changes_in_the_middle_of_the_night_is_a_drift() -> None:
    items = programme("17:00-20:00 supper, on 00:30+1\n20:00-21:00 dance\n09:00+1-10:00+1 talk")
    assert model.drifts_at(items, clock("01:00+1")) == clock("03:00+1")


def test_days_come_in_order_though_each_counts_its_own_positions() -> None:
    items = [
        Item("talk", day="2026-03-11", order=0, planned_start=clock("09:00"), planned_end=clock("10:00")),
        Item(
            "supper",
            day="2026-03-10",
            order=5,
            planned_start=clock("17:00", EVENING),
            planned_end=clock("20:00", EVENING),
        ),
    ]
    assert up_next(items, "") == "supper"


def test_after_the_last_child_of_the_last_item_everything_ends() -> None:
    items = programme("09:00-10:00 session, on 09:00\n  09:00-10:00 talk, on 09:00")
    changes = model.next_(items, "", clock("10:00"), clock("10:00"))
    assert [(change.id, change.field) for change in changes] == [("talk", "actual_end"), ("session", "actual_end")]


def test_what_was_gone_back_to_cannot_end_before_what_came_between() -> None:
    items = programme(
        "09:00-09:20 budget, on 09:50\n09:20-09:40 water, was 09:20-09:50\n09:40-10:00 tea, was 09:05-09:20"
    )
    with pytest.raises(Refusal, match="before_last"):
        model.finish(items, "", clock("09:30"), clock("10:00"))


def test_next_in_the_morning_does_not_begin_what_was_forgotten_yesterday() -> None:
    items = after(TWO_DAYS, ("next", "17:00"), ("finish", "18:00"))
    assert press(items, "next", "18:05")[0].id == "supper"
    assert press(items, "next", "08:15+1")[0].id == "registration"
    assert up_next(items, "", clock("18:05", EVENING)) == "supper"
    assert up_next(items, "", clock("08:15+1", EVENING)) == "registration"


def test_what_was_left_on_yesterday_ends_when_today_begins() -> None:
    items = after(TWO_DAYS, ("next", "17:00"), ("next", "18:00"))
    assert [(c.id, c.field) for c in press(items, "next", "08:30+1")] == [
        ("supper", "actual_end"),
        ("registration", "actual_start"),
    ]


def test_the_first_item_can_be_begun_at_any_time_before() -> None:
    assert press(programme(TWO_DAYS, EVENING), "next", "03:00")[0].id == "welcome"


@pytest.mark.parametrize(
    ("presses", "what", "at", "now", "why"),
    [
        ([], "nowhere", "17:00", "17:00", ("state", "unknown_item")),
        ([], "finish", "17:00", "17:00", ("state", "nothing_on")),
        ([("welcome", "17:00")], "welcome", "17:01", "17:01", ("state", "already_on")),
        ([("welcome", "17:00"), ("next", "18:00")], "welcome", "18:01", "18:01", ("state", "already_done")),
        ([("session", "17:00")], "session", "17:01", "17:01", ("state", "already_on")),
        ([], "welcome", "17:01:01", "17:00", ("state", "in_future")),
        ([("welcome", "17:10")], "next", "17:08:59", "17:30", ("state", "before_last")),
        ([("welcome", "17:10")], "finish", "17:00", "17:30", ("state", "before_last")),
        ([("welcome", "17:00"), ("finish", "17:30")], "next", "17:20", "17:40", ("state", "before_last")),
    ],
)
def test_what_cannot_be_done_is_refused(
    presses: list[Press], what: str, at: str, now: str, why: tuple[str, str]
) -> None:
    assert refusal(after(TWO_DAYS, *presses), what, at, now) == why


@pytest.mark.parametrize("name", ["session", "greeting"])
def test_what_is_cancelled_cannot_be_started_nor_what_is_under_it(name: str) -> None:
    items = [replace(item, cancelled=item.id == "session") for item in programme(TWO_DAYS, EVENING)]
    assert refusal(items, name, "09:00+1") == ("closed", "cancelled")
    items = apply(items, press(items, "registration", "08:30+1"))
    assert up_next(items, "") == "water"


def test_people_forget_to_press_and_say_when_it_was() -> None:
    items = after(TWO_DAYS, ("welcome", "17:00"))
    changes = press(items, "next", "18:02", now="18:12")
    assert {change.value for change in changes} == {clock("18:02", EVENING)}


@pytest.mark.parametrize(("at", "written"), [("17:09:30", "17:10"), ("17:30:40", "17:30")])
def test_a_minute_of_difference_is_mended(at: str, written: str) -> None:
    items = after(TWO_DAYS, ("welcome", "17:10"))
    assert press(items, "finish", at, now="17:30")[0].value == clock(written, EVENING)


def test_every_track_has_its_own_now() -> None:
    items = programme("09:00-10:00 hall, track a\n09:00-10:00 room, track b\n  09:00-09:30 guest, track a")
    items = apply(items, model.start(items, "guest", clock("09:00"), clock("09:00")))
    assert now_on(items) == {"a": None, "b": "guest"}
    items = apply(items, model.next_(items, "a", clock("09:01"), clock("09:01")))
    assert now_on(items) == {"a": "hall", "b": "guest"}
    assert up_next(items, "nowhere") is None


@pytest.mark.parametrize(
    ("id", "talk"),
    [
        ("discussion", "water"),
        ("water", "water"),
        ("pitch one", "pitch one"),
        ("greeting", "greeting"),
        ("gone", "gone"),
    ],
)
def test_a_discussion_is_about_its_talk(id: str, talk: str) -> None:
    assert model.subject(programme(TWO_DAYS), id) == talk


@given(forests())
def test_next_reaches_everything_once_and_in_order(items: list[Item]) -> None:
    now, begun = DAY, []
    for _ in range(3 * len(items) + 3):
        try:
            changes = model.next_(items, "hall", now, now)
        except Refusal as refused:
            if refused.detail == "programme_over":
                break
            now += timedelta(hours=1)  # the night must pass
            continue
        begun += [change.id for change in changes if change.field == "actual_start"]
        items = apply(items, changes)
        now += SECOND
    known = {item.id: item for item in items}

    def lives(item: Item) -> bool:
        return not item.cancelled and (item.parent is None or lives(known[item.parent]))

    assert begun == [item.id for item in items if lives(item)]
    assert all(state(item) == "done" for item in items if lives(item))


class AnyoneAtTheButtons(RuleBasedStateMachine):
    """Whatever is pressed, in whatever order: what has been is kept, and only one thing is on in a track."""

    @initialize(items=forests(), other=forests("room"))
    def begin(self, items: list[Item], other: list[Item]) -> None:
        self.items = items + other
        self.now = DAY

    @rule(what=st.sampled_from(["next", "finish", "start"]), track=st.sampled_from(["hall", "room"]), data=st.data())
    def press(self, what: str, track: str, data: st.DataObject) -> None:
        self.now += data.draw(st.sampled_from([SECOND, 10 * MINUTE, 90 * MINUTE]))
        at = self.now - data.draw(st.sampled_from([0, 0, 40, 300])) * SECOND
        try:
            if what == "start":
                id = data.draw(st.sampled_from([item.id for item in self.items]))
                changes = model.start(self.items, id, at, self.now)
            else:
                changes = (model.next_ if what == "next" else model.finish)(self.items, track, at, self.now)
        except Refusal:
            return
        before = {item.id: item for item in self.items}
        assert changes
        assert all(getattr(before[id], field) is None for id, field, _ in changes)
        assert len({change.value for change in changes}) == 1
        self.items = apply(self.items, changes)

    @invariant()
    def one_thing_is_on_with_its_parents_and_within_them(self) -> None:
        known = {item.id: item for item in getattr(self, "items", [])}
        for track in ("hall", "room"):
            running = [item for item in known.values() if state(item) == "on" and item.id.startswith(track)]
            chain = []
            innermost = known.get(now_on(known.values()).get(track) or "")
            while innermost:
                chain.append(innermost)
                innermost = known.get(innermost.parent or "")
            assert {item.id for item in chain} == {item.id for item in running}
        for item in known.values():
            parent = known.get(item.parent or "")
            if parent and item.actual_start:
                assert parent.actual_start and parent.actual_start <= item.actual_start <= self.now
                if parent.actual_end:
                    assert item.actual_end and item.actual_end <= parent.actual_end

    @invariant()
    def nothing_that_was_overlaps(self) -> None:
        items = getattr(self, "items", [])
        with_children = {item.parent for item in items}
        for track in ("hall", "room"):
            been = sorted(
                (item.actual_start, item.actual_end or self.now)
                for item in items
                if item.id.startswith(track) and item.actual_start and item.id not in with_children
            )
            assert all(end <= start for (_, end), (start, _) in pairwise(been))


TestAnyoneAtTheButtons = AnyoneAtTheButtons.TestCase

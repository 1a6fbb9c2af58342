"""What can happen to a question, whom it is put to, and who hears of it."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybridmote.programme.model import Item
from hybridmote.questions import model
from hybridmote.questions.model import FINAL, PUBLIC, Act, Refusal, State, moved
from tests.programme.days import clock, programme

STATES: tuple[State, ...] = get_args(State)
ACTS: tuple[Act, ...] = get_args(Act)

# Every move there is; what is not here is refused.
MOVES = {
    ("pending", "approve"): "approved",
    ("pending", "reject"): "rejected",
    ("pending", "withdraw"): "withdrawn",
    ("pending", "merge"): "merged",
    ("approved", "reject"): "rejected",
    ("approved", "take"): "on_stage",
    ("approved", "answer"): "answered",
    ("approved", "reply"): "answered",
    ("approved", "withdraw"): "withdrawn",
    ("approved", "merge"): "merged",
    ("on_stage", "put_back"): "approved",
    ("on_stage", "answer"): "answered",
    ("answered", "reply"): "answered",
    ("answered", "reopen"): "approved",
    ("answered", "restage"): "on_stage",
    ("rejected", "reopen"): "pending",
}
BACK: tuple[Act, ...] = ("restage", "reopen")  # from an end


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES)
def test_a_question_moves_as_the_table_says_and_not_otherwise(state: State, act: Act) -> None:
    if (state, act) in MOVES:
        assert moved(state, act) == MOVES[state, act]
    else:
        with pytest.raises(Refusal) as caught:
            moved(state, act)
        assert (caught.value.code, caught.value.detail) == ("state", state)


@given(st.lists(st.sampled_from([act for act in ACTS if act not in BACK]), max_size=12))
def test_no_question_leaves_its_end_by_itself_and_the_public_never_sees_one_that_was_not_approved(
    acts: list[Act],
) -> None:
    path: list[State] = ["pending"]
    ends: list[str] = []
    for act in acts:
        try:
            after = moved(path[-1], act)
        except Refusal:
            continue
        end = model.receipt_end(path[-1], after, act)
        ends += [end] if end else []
        path.append(after)
    distinct = [path[0], *(after for before, after in pairwise(path) if after != before)]
    assert not FINAL.intersection(distinct[:-1])
    if PUBLIC.intersection(path):
        assert path[1] == "approved"
    told = {"answered": {"answered", "replied"}, "rejected": {"rejected"}, "merged": {"merged"}}.get(path[-1], set())
    assert set(ends) <= told and bool(ends) == bool(told)


@pytest.mark.parametrize(
    ("before", "after", "end"),
    [
        ("on_stage", "answered", "answered"),
        ("pending", "rejected", "rejected"),
        ("approved", "rejected", "rejected"),
        ("rejected", "rejected", None),
        ("answered", "answered", None),
        ("pending", "approved", None),
        ("on_stage", "approved", None),
        ("approved", "merged", "merged"),
        ("approved", "withdrawn", None),
    ],
)
def test_an_end_gives_one_receipt(before: State, after: State, end: str | None) -> None:
    assert model.receipt_end(before, after) == end


@pytest.mark.parametrize("before", ["approved", "answered"])
def test_an_answer_in_writing_is_an_end_of_its_own(before: State) -> None:
    assert model.receipt_end(before, "answered", "reply") == "replied"


def test_somebody_is_at_work_on_a_question_for_a_while_and_only_while_it_is_open() -> None:
    at = clock("10:00")
    for state in STATES:
        assert model.claim_holds(state, at + model.CLAIM, at) == (state in ("pending", "approved", "on_stage"))
    assert not model.claim_holds("pending", at, at)
    assert not model.claim_holds("pending", None, at)
    assert timedelta(seconds=120) == model.CLAIM


PEOPLE = ["ann", "bo", "cy"]


@given(
    own=st.dictionaries(st.sampled_from("wabc"), st.sets(st.sampled_from(PEOPLE))),
    under=st.tuples(st.sampled_from("w"), st.sampled_from("wa"), st.sampled_from("wab")),
    author=st.sampled_from([*PEOPLE, None]),
)
def test_a_whole_is_supported_by_who_supports_any_part_but_by_its_own_asker(
    own: dict[str, set[str]], under: tuple[str, str, str], author: str | None
) -> None:
    there: dict[str, list[str]] = {}
    for part, whole in zip("abc", under, strict=True):
        there.setdefault(whole, []).append(part)
    assert model.united(own, there, "w", author) == set().union(*own.values()) - {author}


@pytest.mark.parametrize(
    ("state", "author", "heard"),
    [
        ("pending", "ann", {"staff", "person:ann"}),
        ("approved", "ann", {"staff", "public", "person:ann"}),
        ("on_stage", "ann", {"staff", "public", "person:ann"}),
        ("answered", "ann", {"staff", "public", "person:ann"}),
        ("rejected", "ann", {"staff", "person:ann"}),
        ("withdrawn", "ann", {"staff", "person:ann"}),
        ("merged", "ann", {"staff", "person:ann"}),
        ("approved", None, {"staff", "public"}),
        ("pending", None, {"staff"}),
    ],
)
def test_who_hears_of_a_question(state: State, author: str | None, heard: set[str]) -> None:
    assert model.audiences(state, author) == heard


@pytest.mark.parametrize("state", STATES)
def test_what_waits_or_is_on_stage_can_be_supported_by_others(state: State) -> None:
    assert model.supportable(state) == (state in ("approved", "on_stage"))
    assert not model.supportable(state, own=True)


# Whom it is put to

MORNING = """
09:00-09:20 welcome, kind plenary, was 09:00-09:20
09:20-09:40 budget, was 09:20-09:42
09:40-10:10 water, was 09:42-10:12
10:10-10:30 coffee, kind break, was 10:12-10:30
10:30-11:30 two voices, was 10:30-11:28
  discussion, was 11:02-11:28
11:30-12:00 groups, kind group_work
"""


def at_that_time(text: str, at: str) -> list[Item]:
    """The items as they stood then: what came later has not happened."""
    now = clock(at)
    return [
        replace(
            item,
            actual_start=item.actual_start if item.actual_start and item.actual_start <= now else None,
            actual_end=item.actual_end if item.actual_end and item.actual_end <= now else None,
        )
        for item in programme(text)
    ]


@pytest.mark.parametrize(
    ("given", "at", "item"),
    [
        (None, "08:50", None),
        (None, "09:10", "welcome"),
        (None, "09:30", "budget"),
        (None, "09:43", "water"),
        ("budget", "09:43", "budget"),
        ("budget", "09:46:59", "budget"),
        ("budget", "09:47", "water"),
        ("water", "09:30", "budget"),
        ("gone", "09:30", "budget"),
        (None, "10:14", "water"),
        ("coffee", "10:14", "coffee"),
        (None, "10:16:59", "water"),
        (None, "10:17", "coffee"),
        (None, "10:45", "two voices"),
        (None, "11:10", "two voices"),
        ("discussion", "11:10", "two voices"),
        (None, "11:29", "two voices"),
        ("two voices", "11:32:59", "two voices"),
        (None, "11:33", None),
        ("groups", "11:33", None),
    ],
)
def test_whom_a_question_is_put_to(given: str | None, at: str, item: str | None) -> None:
    assert model.item_for(at_that_time(MORNING, at), given, clock(at)) == item


@pytest.mark.parametrize(
    ("given", "at", "shut", "item"),
    [
        (None, "09:43", {"water"}, "budget"),  # the talk before still takes questions
        (None, "09:50", {"water"}, None),
        ("water", "09:43", {"water"}, "budget"),
        ("water", "09:50", {"water"}, None),
        ("budget", "09:43", {"budget"}, "water"),
        (None, "09:43", {"budget"}, "water"),
        ("discussion", "11:10", {"two voices"}, None),
        (None, "10:14", {"water"}, "coffee"),
        (None, "09:43", {"budget", "water"}, None),
    ],
)
def test_what_is_closed_takes_nothing(given: str | None, at: str, shut: set[str], item: str | None) -> None:
    assert model.item_for(at_that_time(MORNING, at), given, clock(at), shut=shut) == item


def test_the_window_can_be_longer_or_shorter() -> None:
    items = at_that_time(MORNING, "09:50")
    assert model.item_for(items, "budget", clock("09:50"), timedelta(minutes=10)) == "budget"
    assert model.item_for(items, "budget", clock("09:42"), timedelta(0)) == "water"


def test_with_several_tracks_it_is_what_was_begun_last_unless_it_is_said() -> None:
    items = programme(
        "09:00-10:00 hall, track a, on 09:00\n"
        "09:10-10:00 room, track b, on 09:12\n"
        "09:20-09:30 tea, track c, kind break, on 09:20"
    )
    assert model.item_for(items, None, clock("09:25")) == "room"
    assert model.item_for(items, "hall", clock("09:25")) == "hall"


@pytest.mark.parametrize(
    ("day", "item"),
    [
        ("09:00-09:20 water, was 09:00-09:27\n09:20-09:30 budget, was 09:27-09:29", "budget"),
        ("09:00-09:20 budget, was 09:00-09:27\n09:20-09:30 water, was 09:27-09:29", "water"),
        ("09:00-09:20 budget, was 09:00-09:25\n09:20-09:30 coffee, kind break, was 09:25-09:29", None),
    ],
)
def test_between_two_items_it_is_what_ended_last_but_never_a_break(day: str, item: str | None) -> None:
    assert model.item_for(programme(day), None, clock("09:30")) == item


@pytest.mark.parametrize(
    ("item", "at", "is_open"),
    [
        ("09:00-10:00 a", "09:30", False),
        ("09:00-10:00 a, on 09:10", "09:09:59", False),
        ("09:00-10:00 a, on 09:10", "09:10", True),
        ("09:00-10:00 a, on 09:10", "23:00", True),
        ("09:00-10:00 a, was 09:10-09:50", "09:54:59", True),
        ("09:00-10:00 a, was 09:10-09:50", "09:55", False),
        ("09:00-10:00 a, cancelled, on 09:10", "09:30", False),
    ],
)
def test_a_window_opens_with_its_item_and_closes_a_while_after_it(item: str, at: str, is_open: bool) -> None:
    assert model.window_open(programme(item)[0], clock(at)) is is_open

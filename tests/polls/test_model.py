"""The rules of a poll."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybridmote.meetings.model import Refusal
from hybridmote.polls import model


@pytest.mark.parametrize(
    ("state", "act", "becomes"),
    [("draft", "open", "open"), ("closed", "open", "open"), ("open", "close", "closed")],
)
def test_a_poll_moves(state: model.State, act: model.Act, becomes: model.State) -> None:
    assert model.moved(state, act) == becomes


@pytest.mark.parametrize(
    ("state", "act", "why"),
    [("open", "open", "poll_open"), ("draft", "close", "poll_draft"), ("closed", "close", "poll_closed")],
)
def test_a_poll_does_not_move_otherwise(state: model.State, act: model.Act, why: str) -> None:
    with pytest.raises(Refusal) as refused:
        model.moved(state, act)
    assert (refused.value.code, refused.value.detail) == ("state", why)


def test_a_draft_is_seen_by_staff_alone() -> None:
    assert model.audiences("draft") == {"staff"}
    assert model.audiences("open") == model.audiences("closed") == {"staff", "public"}


@pytest.mark.parametrize(
    ("kind", "options", "most", "kept"),
    [
        ("choice", ["A", "B"], 2, (["A", "B"], 2)),
        ("scale", [], 5, (["", ""], 5)),
        ("scale", ["Low", "High"], 10, (["Low", "High"], 10)),
        ("words", [], 3, ([], 3)),
    ],
)
def test_what_may_be_asked(kind: model.Kind, options: list[str], most: int, kept: Any) -> None:
    assert model.checked(kind, options, most) == kept


@pytest.mark.parametrize(
    ("kind", "options", "most", "field", "why"),
    [
        ("choice", ["A"], 1, "options", "two_to_ten"),
        ("choice", [], 1, "options", "two_to_ten"),
        ("choice", [str(n) for n in range(11)], 1, "options", "two_to_ten"),
        ("choice", ["A", "a"], 1, "options", "options_alike"),
        ("choice", ["A", "B"], 3, "most", "more_than_options"),
        ("scale", [], 7, "most", "five_or_ten"),
        ("scale", ["Low"], 5, "options", "both_ends"),
        ("words", ["A"], 1, "options", "words_are_free"),
        ("words", [], 4, "most", "three_words"),
    ],
)
def test_what_may_not_be_asked(kind: model.Kind, options: list[str], most: int, field: str, why: str) -> None:
    with pytest.raises(model.Wrong) as wrong:
        model.checked(kind, options, most)
    assert (wrong.value.field, wrong.value.why) == (field, why)


@pytest.mark.parametrize(
    ("kind", "most", "sent", "kept"),
    [
        ("choice", 1, ["1"], [1]),
        ("choice", 2, [2, 0, 2], [0, 2]),
        ("choice", 2, [], []),
        ("scale", 5, [5], [5]),
        ("scale", 10, ["10"], [10]),
        ("words", 3, ["Regn", "REGN", " ", "träd  och\tbuskar"], ["REGN", "träd och buskar"]),
        ("words", 1, ["å" * 30], ["å" * 30]),
        ("words", 1, ["<script>"], ["<script>"]),
        ("words", 1, [2026], ["2026"]),
    ],
)
def test_what_may_be_answered(kind: model.Kind, most: int, sent: list[Any], kept: list[Any]) -> None:
    assert model.answered(kind, ["A", "B", "C"], most, sent) == kept


@pytest.mark.parametrize(
    ("kind", "most", "sent", "why"),
    [
        ("choice", 1, [0, 1], "too_many_answers"),
        ("choice", 1, [3], "no_such_answer"),
        ("choice", 1, [-1], "no_such_answer"),
        ("choice", 1, ["one"], "no_such_answer"),
        ("choice", 1, ["²"], "no_such_answer"),
        ("choice", 1, ["9" * 5000], "no_such_answer"),
        ("scale", 5, [0], "no_such_answer"),
        ("scale", 5, [6], "no_such_answer"),
        ("scale", 5, [1, 2], "too_many_answers"),
        ("words", 1, ["a", "b"], "too_many_answers"),
        ("words", 1, ["å" * 31], "too_long"),
        ("words", 1, ["\ud800"], "bad_text"),
    ],
)
def test_what_may_not_be_answered(kind: model.Kind, most: int, sent: list[Any], why: str) -> None:
    with pytest.raises(model.Wrong) as wrong:
        model.answered(kind, ["A", "B", "C"], most, sent)
    assert (wrong.value.field, wrong.value.why) == ("answers", why)


choices = st.lists(st.tuples(st.integers(0, 5), st.lists(st.integers(0, 9), max_size=4, unique=True)), max_size=40)


@given(choices)
def test_counting_as_they_come_is_counting_afterwards(said: list[tuple[int, list[int]]]) -> None:
    """However people answer, and answer anew, the counts are those of what each said last."""
    counts: dict[str, int] = {}
    last: dict[int, list[int]] = {}
    for who, answers in said:
        before, after = (model.keys("choice", one) for one in (last.get(who, []), answers))
        counts = model.recounted(counts, before, after)
        last[who] = answers
    assert counts == Counter(str(one) for answers in last.values() for one in answers)


def test_bars_words_and_mean() -> None:
    assert model.bars("choice", ["A", "B", "C"], 1, {"0": 2, "2": 1}) == [2, 0, 1]
    assert model.bars("scale", ["", ""], 5, {"1": 1, "5": 3}) == [1, 0, 0, 0, 3]
    assert model.bars("words", [], 3, {"regn": 1}) == []
    assert model.mean({"1": 1, "4": 2}) == 3.0 and model.mean({}) is None
    assert model.given_words({"b": 1, "a": 1, "c": 2}) == [("c", 2), ("a", 1), ("b", 1)]

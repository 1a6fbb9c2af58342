"""What is asked before a step is taken: how much more time is meant, and what would be jumped over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybridmote.programme import model
from hybridmote.programme.model import apply, expected, extend, more, passed_over, start
from tests.programme.days import MINUTE, clock, programme

DAY = """
    09:00-09:30 welcome, was 09:00-09:30
    09:30-10:00 talk, least 20, on 09:30
    10:00-10:20 coffee, promised
    10:20-11:00 second
      10:20-10:40 part
      questions
    11:00-12:00 lunch, promised
    """


@pytest.mark.parametrize(
    ("now", "by", "minutes"),
    [
        ("09:40", 5, 5),
        ("09:59:59", 5, 5),
        ("10:00", 5, 5),
        ("10:00:30", 5, 6),  # whole minutes, and never less than was meant
        ("10:12", 5, 17),
        ("11:30", 10, 100),
    ],
)
def test_more_is_counted_from_its_end_or_from_now_when_that_has_passed(now: str, by: int, minutes: int) -> None:
    assert more(programme(DAY), "talk", by * MINUTE, clock(now)) == minutes * MINUTE


@given(st.integers(0, 200), st.integers(1, 60))
def test_what_is_given_more_goes_on_at_least_so_long_from_now(late: int, by: int) -> None:
    """`late`: minutes after its end; before that it is simply given so much more."""
    items, ends = programme(DAY), clock("10:00")
    now = ends + late * MINUTE
    given = more(items, "talk", by * MINUTE, now)
    assert given == (late + by) * MINUTE
    assert expected(apply(items, extend(items, "talk", given)), now)["talk"][1] == now + by * MINUTE
    assert more(items, "talk", by * MINUTE, ends - MINUTE) == by * MINUTE


def test_more_is_refused_as_extending_is() -> None:
    for id, why in (("coffee", "not_on"), ("nothing", "unknown_item"), ("welcome", "not_on")):
        with pytest.raises(model.Refusal) as refused:
            more(programme(DAY), id, 5 * MINUTE, clock("09:40"))
        assert refused.value.detail == why


@pytest.mark.parametrize(
    ("id", "jumped"),
    [
        ("coffee", []),
        ("second", ["coffee"]),
        ("part", ["coffee"]),
        ("lunch", ["coffee", "part"]),
        ("welcome", []),
        ("nothing", []),
    ],
)
def test_what_would_be_passed_over(id: str, jumped: list[str]) -> None:
    assert passed_over(programme(DAY), id, clock("09:40")) == jumped


def test_what_was_passed_over_is_not_awaited_any_more() -> None:
    items, now = programme(DAY), clock("09:40")
    after = apply(items, start(items, "lunch", now, now))
    assert model.up_next(after, "", now) not in passed_over(items, "lunch", now)
    assert passed_over(after, "lunch", now) == []


def test_another_track_is_not_passed_over() -> None:
    items = programme(
        """
        09:00-09:30 here, track A, on 09:00
        09:00-09:30 there, track B
        09:30-10:00 next here, track A
        10:00-10:30 later there, track B
        10:00-10:30 later here, track A
        """
    )
    assert passed_over(items, "later here", clock("09:10")) == ["next here"]
    assert passed_over(items, "later there", clock("09:10")) == ["there"]

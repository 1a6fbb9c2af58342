"""The meeting as a whole: before, during and after; its day, its address and the code on its screen."""

import secrets
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybridmote.meetings import model

STARTS = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
ENDS = datetime(2026, 3, 11, 14, 30, tzinfo=UTC)
INSTANT = timedelta.resolution


@pytest.mark.parametrize(
    ("now", "phase"),
    [(STARTS - INSTANT, "before"), (STARTS, "during"), (ENDS - INSTANT, "during"), (ENDS, "after")],
)
def test_a_meeting_is_before_during_or_after(now: datetime, phase: str) -> None:
    assert model.phase(STARTS, ENDS, now) == phase


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-03-10T22:59:59+00:00", "2026-03-10"),
        ("2026-03-10T23:00:00+00:00", "2026-03-11"),
        ("2026-07-10T21:59:59+00:00", "2026-07-10"),
        ("2026-07-10T22:00:00+00:00", "2026-07-11"),
        ("2026-03-29T22:00:00+00:00", "2026-03-30"),
        ("2026-10-25T22:30:00+00:00", "2026-10-25"),
    ],
)
def test_a_day_is_the_one_on_the_wall_of_the_hall(at: str, day: str) -> None:
    assert model.day_of(datetime.fromisoformat(at), "Europe/Stockholm") == day


def test_an_instant_without_a_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="zone"):
        model.day_of(STARTS.replace(tzinfo=None), "Europe/Stockholm")


@pytest.mark.parametrize("slug", ["natverk-2026", "a", "7", "a" * 64])
def test_what_can_stand_in_an_address(slug: str) -> None:
    assert model.is_slug(slug)


@pytest.mark.parametrize("slug", ["", "-a", "a-", "a--b", "A", "å", "a b", "a/b", "a\n", "..", "a" * 65])
def test_what_cannot(slug: str) -> None:
    assert not model.is_slug(slug)


def test_a_code_has_no_sign_that_is_mistaken_for_another_and_spells_nothing() -> None:
    assert not set("01OILUAEY") & set(model.CODE_SIGNS)
    code = model.join_code(secrets.randbelow)
    assert len(code) == model.CODE_LENGTH and set(code) <= set(model.CODE_SIGNS)


def test_every_sign_of_a_code_is_drawn_on_its_own() -> None:
    drawn = count()
    assert model.join_code(lambda below: next(drawn) % below) == model.CODE_SIGNS[: model.CODE_LENGTH]


@given(st.integers(0, 10**9), st.sampled_from(["", " ", "-", "–", "\u00a0"]))
def test_a_code_is_read_as_people_type_it(number: int, between: str) -> None:
    def below(signs: int) -> int:
        nonlocal number
        number, sign = divmod(number, signs)
        return sign

    code = model.join_code(below)
    assert model.read_code(f" {code[:3]}{between}{code[3:].lower()} ") == code


@pytest.mark.parametrize("typed", ["", "2345", "2345678", "23456O", "2345 Å", "🙂" * 6, "2" * 1_000_000])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert model.read_code(typed) is None


@pytest.mark.parametrize(
    ("version", "expected", "fresh"), [(3, 3, True), (3, 2, False), (3, 4, False), (3, None, True)]
)
def test_who_has_not_seen_the_present_version_is_stale(version: int, expected: int | None, fresh: bool) -> None:
    assert model.is_fresh(version, expected) is fresh

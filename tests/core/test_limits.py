"""How often one person may do what: counted in Redis by all processes together, in memory when Redis is away."""

import time

import pytest
from limits import parse

from hybridmote import limits
from hybridmote.limits import GUESSES, Limiter, Recent
from hybridmote.problems import Refused
from tests.servers import Redis

THREE = parse("3/minute")


def test_who_has_had_enough_is_told_how_long_to_wait() -> None:
    limiter = Limiter()
    assert [limiter.hit(THREE, "ask", "hall") for _ in range(3)] == [0, 0, 0]
    assert 55 < limiter.hit(THREE, "ask", "hall") <= 60
    assert limiter.hit(THREE, "ask", "web") == 0
    assert limiter.hit(THREE, "vote", "hall") == 0


def test_testing_does_not_count() -> None:
    limiter = Limiter()
    for _ in range(5):
        assert limiter.test(THREE, "ask", "hall") == 0
    for _ in range(3):
        limiter.hit(THREE, "ask", "hall")
    assert limiter.test(THREE, "ask", "hall") > 0


def test_switched_off_it_lets_everything_pass() -> None:
    limiter = Limiter(on=False)
    assert not any(limiter.hit(THREE, "ask", "hall") for _ in range(50))


def test_a_moving_window_forgets_the_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    recent = Recent()
    for second in (0, 20, 40):
        now[0] = 1000.0 + second
        assert recent.hit(THREE, "k")
    assert not recent.hit(THREE, "k")
    assert recent.wait(THREE, "k") == 20
    now[0] = 1060.0
    assert recent.hit(THREE, "k") and not recent.hit(THREE, "k")


def test_what_is_long_ago_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    recent = Recent()
    for number in range(20_000):
        now[0] += 0.1
        recent.hit(THREE, f"person {number}")
    assert len(recent.hits) < 5_000
    assert recent.hit(THREE, "person 19999") and recent.hit(THREE, "person 19999")
    assert not recent.hit(THREE, "person 19999"), "who was here lately is remembered"


@pytest.mark.slow
def test_two_processes_count_together_in_redis(redis: Redis) -> None:
    one, other = Limiter(redis.url), Limiter(redis.url)
    assert one.hit(THREE, "ask", "hall") == other.hit(THREE, "ask", "hall") == one.hit(THREE, "ask", "hall") == 0
    assert other.hit(THREE, "ask", "hall") > 0
    assert one.test(THREE, "ask", "hall") > 0
    assert other.hit(THREE, "ask", "web") == 0


@pytest.mark.slow
@pytest.mark.parametrize("failure", ["kill", "pause"])
def test_when_redis_is_away_it_counts_in_memory_and_holds_nobody_up(
    redis: Redis, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limiter = Limiter(redis.url)
    assert limiter.hit(THREE, "ask", "hall") == 0
    getattr(redis, failure)()
    began = time.monotonic()
    assert [limiter.hit(THREE, "ask", "hall") for _ in range(3)] == [0, 0, 0]
    assert limiter.hit(THREE, "ask", "hall") > 0
    assert time.monotonic() - began < 2
    redis.resume() if failure == "pause" else redis.start()
    monkeypatch.setattr(limiter, "away_until", 0.0)  # it has rested
    assert limiter.hit(THREE, "ask", "web") == 0
    assert redis.says("DBSIZE") != ":0"


def test_guesses_are_counted_by_their_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "limiter", Limiter())
    for _ in range(100):
        limits.guess_allowed("192.0.2.1")
    for _ in range(GUESSES.amount):
        limits.guessed_wrong("192.0.2.1")
    with pytest.raises(Refused) as refusal:
        limits.guess_allowed("192.0.2.1")
    assert refusal.value.status == 429 and refusal.value.params["seconds"] > 0
    limits.guess_allowed("192.0.2.2")

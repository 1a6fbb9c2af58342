"""How often one person may do what. Counted in Redis when there is one, so that several processes count together, and in
memory when Redis is away. The key is the person, not the address: a town hall shares one address."""

import math
import time
from collections import deque
from typing import Any

import structlog
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from .access import Caller
from .problems import Refused

log = structlog.get_logger()

GUESSES = parse("20/hour")  # failed links or passwords from one address; a hall that mistypes is below it
CODES = parse("60/hour")  # codes for screens from one address; a screen that waits takes six in an hour
REDIS_REST = 5.0  # seconds Redis is left alone after it failed


class Recent:
    """Moving windows in memory. The library's own begins a thread every 10 ms that locks and looks through everybody's
    list: with 500 people that cost twenty times the command it was to guard."""

    def __init__(self) -> None:
        self.hits: dict[tuple[Any, ...], deque[float]] = {}  # (amount, seconds, *key) -> when
        self.sweep_at = 1024

    def hit(self, item: RateLimitItem, *key: str) -> bool:
        times = self._within(item, key)
        if len(times) >= item.amount:
            return False
        times.append(time.monotonic())
        return True

    def test(self, item: RateLimitItem, *key: str) -> bool:
        return len(self._within(item, key)) < item.amount

    def wait(self, item: RateLimitItem, *key: str) -> float:
        """Seconds until the oldest hit no longer counts."""
        times = self._within(item, key)
        return times[0] + item.get_expiry() - time.monotonic() if times else 0.0

    def _within(self, item: RateLimitItem, key: tuple[str, ...]) -> deque[float]:
        seconds = item.get_expiry()
        window = (item.amount, seconds, *key)
        times = self.hits.get(window)
        if times is None:
            if len(self.hits) >= self.sweep_at:
                self._sweep()
            times = self.hits[window] = deque()
        since = time.monotonic() - seconds
        while times and times[0] <= since:
            times.popleft()
        return times

    def _sweep(self) -> None:
        """Forget who has not been here lately; seldom enough to cost a hit nothing worth naming."""
        now = time.monotonic()
        self.hits = {k: times for k, times in self.hits.items() if times and times[-1] > now - k[1]}
        self.sweep_at = max(1024, 2 * len(self.hits))


class Limiter:
    """Counts; switched off for load tests only."""

    def __init__(self, redis_url: str = "", on: bool = True) -> None:
        self.on = on
        self.memory = Recent()
        self.shared: MovingWindowRateLimiter | None = None
        self.away_until = 0.0
        if redis_url:
            storage: Storage = RedisStorage(
                redis_url, wrap_exceptions=True, socket_timeout=0.3, socket_connect_timeout=0.3
            )
            self.shared = MovingWindowRateLimiter(storage)
        if not on:
            log.warning("RATE LIMITS ARE OFF: for load tests only")

    def hit(self, item: RateLimitItem, *key: str) -> float:
        """0 when it may pass, else the seconds to wait."""
        return self._counted("hit", item, *key) if self.on else 0.0

    def test(self, item: RateLimitItem, *key: str) -> float:
        """As `hit`, without counting."""
        return self._counted("test", item, *key) if self.on else 0.0

    def _counted(self, act: str, item: RateLimitItem, *key: str) -> float:
        shared = self.shared
        if shared is not None and time.monotonic() >= self.away_until:
            try:
                if getattr(shared, act)(item, *key):
                    return 0.0
                return max(0.1, shared.get_window_stats(item, *key).reset_time - time.time())
            except StorageError:
                self.away_until = time.monotonic() + REDIS_REST
        return 0.0 if getattr(self.memory, act)(item, *key) else max(0.1, self.memory.wait(item, *key))


limiter = Limiter()
_parsed: dict[str, RateLimitItem] = {}


def configure(redis_url: str, on: bool) -> None:
    global limiter
    limiter = Limiter(redis_url, on)


def check(limit: str, what: str, caller: Caller) -> None:
    """Raises Refused('too_many') with the seconds to wait."""
    item = _parsed.get(limit) or _parsed.setdefault(limit, parse(limit))
    wait = limiter.hit(item, what, caller.participant_id or f"address {caller.address}")
    if wait:
        raise Refused("too_many", seconds=math.ceil(wait))


def guess_allowed(address: str) -> None:
    """Raises Refused('too_many') when that address has failed too often."""
    wait = limiter.test(GUESSES, "guess", address)
    if wait:
        raise Refused("too_many", seconds=math.ceil(wait))


def guessed_wrong(address: str) -> None:
    limiter.hit(GUESSES, "guess", address)


def code_allowed(address: str) -> None:
    """Raises Refused('too_many') when that address has asked for too many codes."""
    wait = limiter.hit(CODES, "code", address)
    if wait:
        raise Refused("too_many", seconds=math.ceil(wait))

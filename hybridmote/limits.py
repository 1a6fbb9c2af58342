"""How often one person may do what. Counted in Redis when there is one, so that several processes count together, and in
memory when Redis is away. The key is the person, not the address: a town hall shares one address."""

import math
import time

import structlog
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from .access import Caller
from .problems import Refused

log = structlog.get_logger()

GUESSES = parse("20/hour")  # failed links or passwords from one address; a hall that mistypes is below it
REDIS_REST = 5.0  # seconds Redis is left alone after it failed


class Limiter:
    """Counts; switched off for load tests only."""

    def __init__(self, redis_url: str = "", on: bool = True) -> None:
        self.on = on
        self.memory = MovingWindowRateLimiter(MemoryStorage())
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
        for strategy in self._strategies():
            try:
                if getattr(strategy, act)(item, *key):
                    return 0.0
                return max(0.1, strategy.get_window_stats(item, *key).reset_time - time.time())
            except StorageError:
                self.away_until = time.monotonic() + REDIS_REST
        return 0.0

    def _strategies(self) -> list[MovingWindowRateLimiter]:
        if self.shared is not None and time.monotonic() >= self.away_until:
            return [self.shared, self.memory]
        return [self.memory]


limiter = Limiter()
_parsed: dict[str, RateLimitItem] = {}


def configure(redis_url: str, on: bool) -> None:
    global limiter
    limiter = Limiter(redis_url, on)


def check(limit: str, what: str, caller: Caller) -> None:
    """Raises Refused('too_many') with the seconds to wait."""
    item = _parsed.get(limit) or _parsed.setdefault(limit, parse(limit))
    wait = limiter.hit(item, what, caller.participant_id)
    if wait:
        raise Refused("too_many", seconds=math.ceil(wait))


def guess_allowed(address: str) -> None:
    """Raises Refused('too_many') when that address has failed too often."""
    wait = limiter.test(GUESSES, "guess", address)
    if wait:
        raise Refused("too_many", seconds=math.ceil(wait))


def guessed_wrong(address: str) -> None:
    limiter.hit(GUESSES, "guess", address)

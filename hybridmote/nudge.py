"""Hints that a meeting has news: in this process at once, to the others by Redis. Losing one costs at most a second,
since every pump also looks by itself; nothing that must arrive ever goes this way."""

import threading
import time
from collections.abc import Callable

import redis
import structlog

from . import metrics

log = structlog.get_logger()
CHANNEL = "hybridmote:nudge"

_listeners: list[Callable[[str], None]] = []
_shared: "Shared | None" = None


def listen(listener: Callable[[str], None]) -> None:
    """Call `listener(meeting id)` at every nudge. It must not block."""
    _listeners.append(listener)


def nudge(meeting_id: str) -> None:
    """There is news in the meeting. Never blocks, never fails."""
    _here(meeting_id)
    if _shared is not None:
        _shared.publish(meeting_id)


def _here(meeting_id: str) -> None:
    for listener in _listeners:
        listener(meeting_id)


def share(redis_url: str) -> None:
    """From now on tell the other processes, and hear of theirs."""
    global _shared
    if redis_url and _shared is None:
        _shared = Shared(redis_url)


class Shared:
    """Two threads, so that a Redis that hangs holds nobody up: one tells, one hears."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.pending: set[str] = set()
        self.wake = threading.Event()
        for target in (self._tell, self._hear):
            threading.Thread(target=target, name=f"nudge {target.__name__}", daemon=True).start()

    def publish(self, meeting_id: str) -> None:
        self.pending.add(meeting_id)
        self.wake.set()

    def _connect(self, timeout: float) -> "redis.Redis":
        return redis.Redis.from_url(self.url, socket_connect_timeout=0.5, socket_timeout=timeout)

    def _tell(self) -> None:
        client = self._connect(0.5)
        while True:
            self.wake.wait()
            self.wake.clear()
            while self.pending:
                meeting_id = self.pending.pop()
                try:
                    client.publish(CHANNEL, meeting_id)
                except redis.RedisError:
                    metrics.nudges_lost.inc()

    def _hear(self) -> None:
        away = False
        while True:
            try:
                channel = self._connect(5).pubsub(ignore_subscribe_messages=True)
                channel.subscribe(CHANNEL)
                while True:
                    message = channel.get_message(timeout=2)
                    if away:
                        log.info("redis is back")
                        away = False
                    if message and message["type"] == "message":
                        _here(message["data"].decode())
            except (redis.RedisError, OSError) as error:
                if not away:
                    log.warning("redis is away; others hear of changes within a second", error=str(error))
                    away = True
                time.sleep(0.5)

"""How many are here, in the hall and on the web. A hint, outside the log: counted per process, added up in Redis with a
short life, one message in a few seconds at most."""

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import redis
import structlog

log = structlog.get_logger()
EVERY = 3.0  # seconds between messages
LIFE = 12  # seconds a process's count is believed

Here = dict[str, dict[str, str]]  # meeting -> participant -> hall or web


class Presence:
    """`here()` says who is connected to this process; `tell(meeting, {hall, web})` sends."""

    def __init__(self, here: Callable[[], Here], tell: Callable[[str, dict[str, int]], None], redis_url: str) -> None:
        self.here, self.tell = here, tell
        self.redis = (
            redis.Redis.from_url(redis_url, socket_timeout=0.5, socket_connect_timeout=0.5) if redis_url else None
        )
        self.me = f"{os.getpid()}-{id(self):x}"
        self.told: dict[str, dict[str, int]] = {}

    def start(self) -> None:
        threading.Thread(target=self._loop, name="presence", daemon=True).start()

    def now(self, meeting_id: str) -> dict[str, int]:
        """The last count that was told; nobody when none was."""
        return self.told.get(meeting_id, {"hall": 0, "web": 0})

    def _loop(self) -> None:
        while True:
            time.sleep(EVERY)
            try:
                for meeting_id, people in list(self.here().items()):
                    count = self._everywhere(meeting_id, people)
                    if self.told.get(meeting_id) != count:
                        self.told[meeting_id] = count
                        self.tell(meeting_id, count)
            except Exception as error:
                log.warning("presence failed", error=str(error).splitlines()[:1])

    def _everywhere(self, meeting_id: str, people: dict[str, str]) -> dict[str, int]:
        together = dict(people)  # a person with several tabs, or in several processes, is one
        if self.redis is not None:
            with contextlib.suppress(redis.RedisError):
                together |= self._of_others(meeting_id, people)
        places: list[Any] = list(together.values())
        return {"hall": places.count("hall"), "web": places.count("web")}

    def _of_others(self, meeting_id: str, people: dict[str, str]) -> dict[str, str]:
        assert self.redis is not None
        key = f"hybridmote:presence:{meeting_id}"
        self.redis.hset(key, self.me, json.dumps([time.time(), people]))
        self.redis.expire(key, LIFE * 2)
        together: dict[str, str] = {}
        stored: dict[bytes, bytes] = self.redis.hgetall(key)  # type: ignore[assignment]
        for process, value in stored.items():
            at, theirs = json.loads(value)
            if time.time() - at > LIFE:
                self.redis.hdel(key, process)
            else:
                together |= theirs
        return together

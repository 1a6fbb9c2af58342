"""Everybody's pings from one wheel: a green thread per client would be most of what an idle client costs."""

import time
from collections import deque
from typing import Any

import eventlet
from engineio import packet as engine_packet

from .limits import Limits

AT_ONCE = 200
PING = engine_packet.Packet(engine_packet.PING)


class PingWheel:
    """All wait equally long, so the two queues are in order by themselves."""

    def __init__(self, limits: Limits) -> None:
        self._interval = limits.ping_seconds
        self._patience = limits.pong_seconds
        self._due: deque[tuple[float, Any]] = deque()
        self._unanswered: deque[tuple[float, Any, float]] = deque()

    def later(self, session: Any) -> None:
        self._due.append((time.monotonic() + self._interval, session))

    def tick(self) -> None:
        """Ping who is due and close who did not answer; yields now and then."""
        now = time.monotonic()
        done = 0
        while self._due and self._due[0][0] <= now:
            session = self._due.popleft()[1]
            if session.closing or session.closed:
                continue
            session.last_ping = time.time()
            session.send(PING)
            self._unanswered.append((now + self._patience, session, session.last_ping))
            done += 1
            if done % AT_ONCE == 0:
                eventlet.sleep(0)
        while self._unanswered and self._unanswered[0][0] <= now:
            _, session, pinged = self._unanswered.popleft()
            if session.last_ping == pinged and not session.closed:
                session.fast.pacer.begin(session.close, False, True, session.server.reason.PING_TIMEOUT)

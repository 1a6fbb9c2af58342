"""Begins waiting work a slice at a time, so that a thousand arrivals at once stall nobody."""

import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from eventlet import hubs
from eventlet.support.greenlets import greenlet

log = logging.getLogger(__name__)


class Pacer:
    """Starts functions in order, each in its own green thread, for at most `slice_seconds` per turn of the hub.

    `eventlet.spawn` would put them all into the same turn. Here the hub itself switches into each; a function that
    waits comes back to the hub, which begins the next, and when the slice is over it polls the sockets first.
    """

    def __init__(self, slice_seconds: float = 0.010) -> None:
        self._slice = slice_seconds
        self._waiting: deque[tuple[Callable[..., Any], tuple[Any, ...]]] = deque()
        self._due = False

    def __len__(self) -> int:
        return len(self._waiting)

    def begin(self, function: Callable[..., Any], *args: Any) -> None:
        self._waiting.append((function, args))
        if not self._due:
            self._due = True
            hubs.get_hub().schedule_call_global(0, self._turn)

    def _turn(self) -> None:
        """Runs in the hub."""
        hub = hubs.get_hub()
        until = time.monotonic() + self._slice
        while self._waiting:
            function, args = self._waiting.popleft()
            greenlet(_guarded, hub.greenlet).switch(function, args)
            if time.monotonic() >= until:
                break
        if self._waiting:
            hub.schedule_call_global(0, self._turn)
        else:
            self._due = False


def _guarded(function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """What escapes a bare green thread surfaces in the hub, as if some innocent socket had failed."""
    try:
        function(*args)
    except Exception:
        log.exception("uncaught in a green thread")

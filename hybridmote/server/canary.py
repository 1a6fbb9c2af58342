"""Notices when somebody has kept the whole server waiting.

The loop is timed from the moment it leaves the kernel with something to do until it goes back to wait: whatever is due
in between, a tick every 10 ms say, can be late by that long at most, and is. Such a tick itself would find less (it
misses the part of a stall before it was due), and a hundred wakings a second cost more than many a broadcast.
"""

import time
from typing import Any

from eventlet import hubs

from .meters import hub_stall

WORTH_NOTING = 0.001

_worst = 0.0


def start() -> None:
    hub = hubs.get_hub()
    poll, clock, left = hub.do_poll, time.monotonic, time.monotonic()

    def timed(seconds: float) -> Any:
        nonlocal left
        busy = clock() - left
        if busy > WORTH_NOTING:
            _note(busy)
        try:
            return poll(seconds)
        finally:
            left = clock()

    hub.do_poll = timed


def worst_stall() -> float:
    """Seconds; the longest since this was last asked."""
    global _worst
    worst, _worst = _worst, 0.0
    return worst


def _note(busy: float) -> None:
    global _worst
    hub_stall.observe(busy)
    _worst = max(_worst, busy)

"""A tick every 10 ms that notices when somebody has kept the whole server waiting."""

import time

from eventlet import hubs

from .meters import hub_stall

PERIOD = 0.010

_worst = 0.0
_singing = False


def start() -> None:
    """A timer of the hub itself: a few microseconds a tick, and nothing to switch to."""
    global _singing
    if not _singing:
        _singing = True
        _arm()


def worst_stall() -> float:
    """Seconds; the longest since this was last asked."""
    global _worst
    worst, _worst = _worst, 0.0
    return worst


def _arm() -> None:
    hubs.get_hub().schedule_call_global(PERIOD, _tick, time.monotonic() + PERIOD)


def _tick(due: float) -> None:
    global _worst
    late = max(0.0, time.monotonic() - due)
    hub_stall.observe(late)
    _worst = max(_worst, late)
    _arm()

"""Places: who gets one, who waits, who is asked next; and until when what may be done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ...meetings.model import Refusal

State = Literal["confirmed", "waiting", "offered", "cancelled"]
STATES: tuple[State, ...] = ("confirmed", "waiting", "offered", "cancelled")
TAKES: frozenset[str] = frozenset({"confirmed", "offered"})  # a place that is offered is nobody else's meanwhile
LIVES: frozenset[str] = TAKES | {"waiting"}

LEAST_OFFER = timedelta(hours=1)  # however near the meeting is


@dataclass(frozen=True, slots=True)
class Fee:
    id: str
    capacity: int | None = None  # None: as many as come
    open: bool = True


@dataclass(frozen=True, slots=True)
class Rules:
    """When one may register, and until when what may be done. Instants; None in `opens` and `deadline`: no such time, in
    the other two: never."""

    opens: datetime | None = None
    deadline: datetime | None = None
    waiting_list: bool = False
    switch_until: datetime | None = None
    cancel_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A registration as the waiting list sees it. `order`: of arrival, unique within a meeting."""

    id: str
    fee: str
    state: State
    order: int


def left(fee: Fee, places: Iterable[Place]) -> int | None:
    """How many more may be confirmed; None without a limit. Never below nothing, even where staff let more in."""
    if fee.capacity is None:
        return None
    taken = sum(1 for p in places if p.fee == fee.id and p.state in TAKES)
    return max(0, fee.capacity - taken)


def on_arrival(rules: Rules, fee: Fee, free: int | None, somebody_waits: bool, now: datetime) -> State:
    """What becomes of somebody who registers now: confirmed, or waiting. Raises Refusal.

    Who comes after somebody who waits, waits too: else a place that came free would go to the quickest. After the deadline
    everybody waits, however many places there are: staff then decide.
    """
    if rules.opens is not None and now < rules.opens:
        raise Refusal("closed", "not_open_yet")
    if not fee.open:
        raise Refusal("closed", "fee_closed")
    if is_past(rules.deadline, now):
        if not rules.waiting_list:
            raise Refusal("closed", "deadline_passed")
        return "waiting"
    if free == 0 or somebody_waits:
        if not rules.waiting_list:
            raise Refusal("closed", "full")
        return "waiting"
    return "confirmed"


def next_in_line(fee: str, places: Iterable[Place], freed: int, free: int | None) -> list[str]:
    """Who is offered the places that came free, in order of arrival: never more than there are."""
    line = sorted((p for p in places if p.fee == fee and p.state == "waiting"), key=lambda p: p.order)
    return [p.id for p in line[: max(0, freed if free is None else min(freed, free))]]


def offered_until(now: datetime, hours: int, starts: datetime) -> datetime:
    """Until when an offer stands: the hours that the rules give, but not past the meeting's beginning; and always an
    hour, since nobody reads mail at once."""
    return max(now + LEAST_OFFER, min(now + timedelta(hours=hours), starts))


def is_past(limit: datetime | None, now: datetime) -> bool:
    """A limit is the first instant at which it is too late."""
    return limit is not None and now >= limit


def may_switch(rules: Rules, state: str, now: datetime) -> None:
    """Raises Refusal unless the holder may change to another fee now."""
    if state != "confirmed":
        raise Refusal("state", "not_confirmed")
    _until(rules.switch_until, now, "no_switch", "switch_passed")


def may_cancel(rules: Rules, state: str, now: datetime) -> None:
    """Who only waits may leave the line at any time."""
    if state == "confirmed":
        _until(rules.cancel_until, now, "no_cancel", "cancel_passed")
    elif state == "cancelled":
        raise Refusal("state", "cancelled_place")


def may_hand_over(state: str, arrived: bool, ends: datetime, now: datetime) -> None:
    """Only what one has: a place in the line is nobody's to give. Until the end, unless one has come."""
    if state != "confirmed":
        raise Refusal("state", "not_confirmed")
    if arrived:
        raise Refusal("state", "has_arrived")
    if now >= ends:
        raise Refusal("closed", "meeting_over")


def _until(limit: datetime | None, now: datetime, never: str, passed: str) -> None:
    if limit is None:
        raise Refusal("closed", never)
    if is_past(limit, now):
        raise Refusal("closed", passed)


def never_arrived(places: Sequence[tuple[str, str, bool]]) -> int:
    """No-shows: places in the hall that were confirmed and that nobody came to. (state, hall or web, arrived)."""
    return sum(1 for state, where, arrived in places if state == "confirmed" and where == "hall" and not arrived)

"""The topics `fees` (everybody), `registering` (everybody; more to staff), `tally` (staff) and `place` (its holder)."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from ...db import iso
from ...sync import Topic, View, also_shown_in
from .. import model
from ..store import Fee, Registration, Rules, Tally, open_transfer

FEE = {
    "id": "opaque string",
    "version": "integer that grows with each change",
    "position": "integer: the order",
    "name": "{sv, en}",
    "includes": "{sv, en}, may be empty",
    "price": "integer: öre (hundredths of the currency), without VAT",
    "vat": "per cent",
    "currency": "SEK, DKK, NOK or EUR",
    "place": "hall or web",
    "items": "ids of the items that it opens; empty: all",
    "open": "whether it can be chosen",
    "left": "how many places are left, or null without a limit",
}


class Fees(Topic):
    """What it costs to take part."""

    name = "fees"
    model = Fee
    fields = {"public": FEE, "staff": FEE | {"capacity": "how many places there are, or null", "taken": "how many are"}}

    def audiences(self, obj: Any) -> set[str]:
        return set() if obj.removed else {"public", "staff"}

    def mine(self, session: Session, meeting_id: str, audience: str) -> Iterable[str]:
        if audience not in ("public", "staff"):
            return []
        return session.scalars(select(Fee.id).where(Fee.meeting_id == meeting_id, Fee.removed.is_(False)))

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        taken = taken_of(session, [fee.id for fee in objects])
        views = {fee.id: fee_view(fee, taken[fee.id]) for fee in objects}
        if audience == "staff":
            for fee in objects:
                views[fee.id] |= {"capacity": fee.capacity, "taken": taken[fee.id]}
        return views


def fee_view(fee: Fee, taken: int) -> View:
    return {
        "id": fee.id,
        "version": fee.version,
        "position": fee.position,
        "name": fee.name,
        "includes": fee.includes,
        "price": fee.price,
        "vat": fee.vat,
        "currency": fee.currency,
        "place": fee.place,
        "items": fee.items,
        "open": fee.open,
        "left": None if fee.capacity is None else max(0, fee.capacity - taken),
    }


def taken_of(session: Session, fees: list[str]) -> Counter[str]:
    """How many places of each fee are confirmed or offered."""
    rows = session.execute(
        select(Registration.fee_id, func.count())
        .where(Registration.fee_id.in_(fees), Registration.state.in_(model.TAKES))
        .group_by(Registration.fee_id)
    )
    return Counter({str(fee): count for fee, count in rows})


OPEN = {
    "id": "the meeting's",
    "version": "integer that grows with each change",
    "opens": "when one may register from; ISO 8601, UTC, or null",
    "deadline": "the first instant at which it is too late, or null",
    "waiting_list": "whether one may wait for a place",
    "binding": "{sv, en}: what one agrees to",
    "challenge": "whether one is asked for a challenge",
    "switch_until": "until when one may choose another fee; null: not at all",
    "cancel_until": "until when one may cancel; null: not at all",
    "walk_ins": "what those who come unregistered may: none, read, ask or vote",
}


class Registering(Topic):
    """When and how one may register. Not there: one cannot."""

    name = "registering"
    model = Rules
    fields = {
        "public": OPEN,
        "staff": OPEN
        | {
            "offer_hours": "how long a place is kept for who is offered it",
            "walk_in_cap": "how many may come unregistered from one address",
            "needs_kept_days": "days after the meeting's end before needs are erased",
        },
    }

    def audiences(self, obj: Any) -> set[str]:
        return {"public", "staff"}

    def mine(self, session: Session, meeting_id: str, audience: str) -> Iterable[str]:
        if audience not in ("public", "staff"):
            return []
        return session.scalars(select(Rules.id).where(Rules.id == meeting_id))

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        views = {
            r.id: {
                "id": r.id,
                "version": r.version,
                "opens": iso(r.opens),
                "deadline": iso(r.deadline),
                "waiting_list": r.waiting_list,
                "binding": r.binding,
                "challenge": r.challenge,
                "switch_until": iso(r.switch_until),
                "cancel_until": iso(r.cancel_until),
                "walk_ins": r.walk_ins,
            }
            for r in objects
        }
        if audience == "staff":
            for r in objects:
                views[r.id] |= {
                    "offer_hours": r.offer_hours,
                    "walk_in_cap": r.walk_in_cap,
                    "needs_kept_days": r.needs_kept_days,
                }
        return views


class Counts(Topic):
    """How many there are. The list itself is fetched when `stamp` changes: it would weigh on every page of staff."""

    name = "tally"
    model = Tally
    fields = {
        "staff": {
            "id": "the meeting's",
            "stamp": "changes with any registration",
            "states": "{state: how many}",
            "fees": "{id of a fee: {state: how many}}; under an empty id those without one",
            "arrived": "how many have come, of those confirmed",
        }
    }

    def audiences(self, obj: Any) -> set[str]:
        return {"staff"}

    def mine(self, session: Session, meeting_id: str, audience: str) -> Iterable[str]:
        if audience != "staff":
            return []
        return session.scalars(select(Tally.id).where(Tally.id == meeting_id))

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        return {t.id: {"id": t.id, "stamp": t.stamp} | counts(session, t.id) for t in objects}


def counts(session: Session, meeting_id: str) -> View:
    rows = session.execute(
        select(Registration.fee_id, Registration.state, func.count(), func.count(Registration.arrived_at))
        .where(Registration.meeting_id == meeting_id)
        .group_by(Registration.fee_id, Registration.state)
    )
    states: Counter[str] = Counter()
    fees: dict[str, dict[str, int]] = {}
    arrived = 0
    for fee, state, count, came in rows:
        states[state] += count
        fees.setdefault(fee or "", {})[state] = count
        arrived += came if state == "confirmed" else 0
    return {"states": dict(states), "fees": fees, "arrived": arrived}


class Place(Topic):
    """One's own place, had or waited for."""

    name = "place"
    model = Registration
    fields = {
        "person": {
            "id": "opaque string",
            "number": "from 1, the meeting's own",
            "fee": "id, or null for who came without",
            "state": "confirmed, waiting, offered or cancelled",
            "offered_until": "when the offer ends; ISO 8601, UTC, or null",
            "title": "one's role at work",
            "challenge": "string, may be empty",
            "payer": "the name of who pays",
            "price": "öre, without VAT, as it was",
            "vat": "per cent, as it was",
            "currency": "SEK, DKK, NOK or EUR",
            "arrived_at": "ISO 8601, UTC, or null",
            "transfer": "{email, name, until} while it is being handed over, or null",
        }
    }

    def audiences(self, obj: Any) -> set[str]:
        return {f"person:{obj.participant_id}"}

    def mine(self, session: Session, meeting_id: str, audience: str) -> Iterable[str]:
        kind, _, person = audience.partition(":")
        if kind != "person":
            return []
        return session.scalars(select(Registration.id).where(Registration.participant_id == person))

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        return {r.id: place_view(session, r) for r in objects}


def place_view(session: Session, r: Registration) -> View:
    transfer = open_transfer(session, r.id)
    return {
        "id": r.id,
        "number": r.number,
        "fee": r.fee_id,
        "state": r.state,
        "offered_until": iso(r.offered_until),
        "title": r.title,
        "challenge": r.challenge,
        "payer": r.payer_name,
        "price": r.price,
        "vat": r.vat,
        "currency": r.currency,
        "arrived_at": iso(r.arrived_at),
        "transfer": {"email": transfer.to_email, "name": transfer.to_name, "until": iso(transfer.until)}
        if transfer
        else None,
    }


@also_shown_in(Registration)
def of_its_fee(session: Session, r: Registration) -> list[tuple[str, str]]:
    """How many are left of a fee changes with who takes a place of it."""
    state = inspect(r)
    fees, states = state.attrs.fee_id.history, state.attrs.state.history
    gone = r in session.deleted
    if state.persistent and not gone and not (fees.has_changes() or states.has_changes()):
        return []
    touched = {*(fees.added or ()), *(fees.unchanged or ()), *(fees.deleted or ())}
    return [("fees", fee) for fee in sorted(fee for fee in touched if fee)]


__all__ = ["Counts", "Fees", "Place", "Registering", "counts", "fee_view", "place_view", "taken_of"]

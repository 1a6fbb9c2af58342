"""The waiting list and what one may do until when: laws, whatever happens in what order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hybridmote.registration import model
from hybridmote.registration.model import Fee, Place, Refusal, Rules

NOW = datetime(2026, 12, 1, 11, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

steps = st.lists(
    st.tuples(st.sampled_from(["arrive", "cancel", "lapse", "accept", "more"]), st.integers(0, 30)), max_size=60
)


@example(1, [("arrive", 0), ("arrive", 0), ("arrive", 0), ("cancel", 0)])  # the first of two who wait
@given(st.integers(0, 6), steps)
def test_places_are_never_too_many_and_go_to_who_came_first(capacity: int, steps: list[tuple[str, int]]) -> None:
    """Whoever comes, goes or lets an offer pass: no more than there are have a place; who waits is asked in the order of
    arrival, and nobody who came later has been asked before them."""
    rules = Rules(waiting_list=True)
    places: list[Place] = []
    asked: list[int] = []

    def free() -> int | None:
        return model.left(Fee("f", capacity), places)

    def become(place: Place, state: model.State) -> None:
        places[places.index(place)] = Place(place.id, place.fee, state, place.order)

    def freed(n: int) -> None:
        for id in model.next_in_line("f", places, n, free()):
            place = next(p for p in places if p.id == id)
            asked.append(place.order)
            become(place, "offered")

    for what, which in steps:
        living = [p for p in places if p.state in model.TAKES]
        offered = [p for p in places if p.state == "offered"]
        if what == "arrive":
            waits = any(p.state == "waiting" for p in places)
            state = model.on_arrival(rules, Fee("f", capacity), free(), waits, NOW)
            places.append(Place(str(len(places)), "f", state, len(places)))
        elif what == "cancel" and living:
            become(living[which % len(living)], "cancelled")
            freed(1)
        elif what == "lapse" and offered:
            become(offered[which % len(offered)], "cancelled")
            freed(1)
        elif what == "accept" and offered:
            become(offered[which % len(offered)], "confirmed")
        elif what == "more":
            capacity += 1
            freed(1)
        taken = sum(p.state in model.TAKES for p in places)
        assert taken <= capacity
        assert not any(p.state == "waiting" for p in places) or taken == capacity, "somebody waits beside a free place"
    assert asked == sorted(asked), "somebody was asked before their turn"


@given(st.integers(0, 20), st.lists(st.sampled_from(model.STATES), max_size=30))
def test_left_counts_what_is_confirmed_or_offered(capacity: int, states: list[model.State]) -> None:
    places = [Place(str(n), "f" if n % 3 else "g", state, n) for n, state in enumerate(states)]
    taken = sum(p.fee == "f" and p.state in ("confirmed", "offered") for p in places)
    assert model.left(Fee("f", capacity), places) == max(0, capacity - taken)
    assert model.left(Fee("f", None), places) is None


@pytest.mark.parametrize(
    ("rules", "fee", "free", "waits", "becomes"),
    [
        (Rules(), Fee("f"), None, False, "confirmed"),
        (Rules(opens=NOW + HOUR), Fee("f"), None, False, "not_open_yet"),
        (Rules(opens=NOW), Fee("f"), None, False, "confirmed"),
        (Rules(deadline=NOW), Fee("f"), None, False, "deadline_passed"),
        (Rules(deadline=NOW + HOUR), Fee("f"), 1, False, "confirmed"),
        (Rules(deadline=NOW, waiting_list=True), Fee("f"), 5, False, "waiting"),
        (Rules(), Fee("f", open=False), None, False, "fee_closed"),
        (Rules(), Fee("f", 1), 0, False, "full"),
        (Rules(waiting_list=True), Fee("f", 1), 0, False, "waiting"),
        (Rules(waiting_list=True), Fee("f", 1), 1, True, "waiting"),
    ],
)
def test_what_becomes_of_who_registers(rules: Rules, fee: Fee, free: int | None, waits: bool, becomes: str) -> None:
    try:
        assert model.on_arrival(rules, fee, free, waits, NOW) == becomes
    except Refusal as no:
        assert (no.code, no.detail) == ("closed", becomes)


@pytest.mark.parametrize(
    ("hours", "starts", "until"),
    [(24, 100, 24), (24, 10, 10), (24, 0.5, 1), (24, -5, 1), (1, 100, 1)],
)
def test_an_offer_stands_for_its_hours_but_not_past_the_beginning(hours: int, starts: float, until: float) -> None:
    assert model.offered_until(NOW, hours, NOW + starts * HOUR) == NOW + until * HOUR


def test_the_holder_may_what_the_rules_say_until_they_say() -> None:
    rules = Rules(switch_until=NOW + HOUR, cancel_until=NOW)
    model.may_switch(rules, "confirmed", NOW)
    model.may_cancel(rules, "waiting", NOW)
    model.may_cancel(Rules(), "offered", NOW)
    model.may_hand_over("confirmed", False, NOW + HOUR, NOW)
    for act, detail in (
        (lambda: model.may_switch(rules, "confirmed", NOW + HOUR), "switch_passed"),
        (lambda: model.may_switch(Rules(), "confirmed", NOW), "no_switch"),
        (lambda: model.may_switch(rules, "waiting", NOW), "not_confirmed"),
        (lambda: model.may_cancel(rules, "confirmed", NOW), "cancel_passed"),
        (lambda: model.may_cancel(Rules(), "confirmed", NOW), "no_cancel"),
        (lambda: model.may_cancel(rules, "cancelled", NOW), "cancelled_place"),
        (lambda: model.may_hand_over("waiting", False, NOW + HOUR, NOW), "not_confirmed"),
        (lambda: model.may_hand_over("confirmed", True, NOW + HOUR, NOW), "has_arrived"),
        (lambda: model.may_hand_over("confirmed", False, NOW, NOW), "meeting_over"),
    ):
        with pytest.raises(Refusal) as no:
            act()
        assert no.value.detail == detail


def test_no_shows_are_confirmed_places_in_the_hall_that_nobody_came_to() -> None:
    seen = [("confirmed", "hall", False), ("confirmed", "hall", True), ("confirmed", "web", False)]
    assert model.never_arrived([*seen, ("cancelled", "hall", False), ("waiting", "hall", False)]) == 1

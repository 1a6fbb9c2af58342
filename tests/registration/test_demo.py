"""The demo's places: everybody has one, the sums agree, and every page has something to show."""

from collections import Counter
from datetime import UTC, datetime
from typing import get_args

import pytest

from hybridmote.demo.content import Language, build
from hybridmote.demo.places import CAPACITY, PRICES, places
from hybridmote.registration import model

NOW = datetime(2026, 3, 11, 9, 57, tzinfo=UTC)
SUMMER = datetime(2026, 7, 11, 9, 57, tzinfo=UTC)


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("now", [NOW, SUMMER])
def test_everybody_has_a_place_that_somebody_pays(language: Language, now: datetime) -> None:
    demo = build(language, now)
    made = places(demo)
    people = {p.key: p for p in (*demo.people, *made.waiting)}
    held = [p.person for p in made.places]
    assert len(set(held)) == len(held)
    assert set(held) == {p.key for p in people.values() if p.municipality}
    for place in made.places:
        person = people[place.person]
        assert place.price in (0, PRICES[place.fee]) and (place.price == 0) == (place.by == "staff")
        assert model.body(place.payer.municipality), f"{place.payer.name} is a real municipality"
        assert (place.fee == "web") == (person.attendance == "web")
        assert made.opens <= place.made_at and (place.made_at < made.deadline) == (place.state == "confirmed")
        assert place.arrived_at is None or (person.attendance == "hall" and place.arrived_at < now)
    taken = Counter(p.fee for p in made.places if p.state == "confirmed")
    assert taken["evening"] == CAPACITY["evening"] and taken["day"] <= (CAPACITY["day"] or 0)
    assert [p.state for p in made.places[-3:]] == ["waiting"] * 3
    assert (
        model.never_arrived([(p.state, people[p.person].attendance or "", bool(p.arrived_at)) for p in made.places])
        == 3
    )
    local = made.deadline.astimezone(demo.items[0].planned_start.tzinfo if demo.items[0].planned_start else UTC)
    assert made.deadline < now and local.second == 0
    assert {fee.key: fee.price for fee in made.fees} == {"day": 90_000, "web": 90_000, "evening": 120_000}
    assert all(fee.name["sv"] != fee.name["en"] for fee in made.fees)
    assert any(p.diet for p in made.places) and any(p.access for p in made.places)

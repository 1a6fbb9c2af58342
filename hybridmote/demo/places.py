"""Who has a place at the demo meeting, who waits for one, and who pays: the network's own municipalities.

Registration closed two weeks before, at noon; the evening is full; most of those in the hall have come.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from ..registration import model
from .content import EVENING, WORDS, ZONE, Demo, DemoPerson, Language

PRICES = {"day": 90_000, "web": 90_000, "evening": 120_000}  # öre
CAPACITY = {"day": 60, "web": None, "evening": 20}
LANGUAGES: tuple[Language, ...] = ("sv", "en")
WAITING = ("Flen", "Säter", "Åmål")  # nobody else comes from there
ABSENT = frozenset({"hall4", "hall17", "hall33"})  # have a place and have not come
OPEN, CLOSES = timedelta(days=90), timedelta(days=14)


@dataclass(frozen=True)
class DemoFee:
    key: str
    name: dict[str, str]
    includes: dict[str, str]
    price: int
    place: Literal["hall", "web"]
    capacity: int | None
    items: tuple[str, ...]  # keys; none: all


@dataclass(frozen=True)
class DemoPlace:
    """`person`: a key of Demo.people or of `waiting`."""

    person: str
    fee: str
    state: model.State
    price: int
    payer: model.Payer
    made_at: datetime
    arrived_at: datetime | None
    by: Literal["self", "staff"] = "self"
    challenge: str = ""
    diet: str = ""
    access: str = ""
    invoiced: bool = True  # with the first export


@dataclass(frozen=True)
class DemoPlaces:
    opens: datetime
    deadline: datetime
    binding: dict[str, str]
    fees: tuple[DemoFee, ...]
    waiting: tuple[DemoPerson, ...]
    places: tuple[DemoPlace, ...]  # in the order in which they came


def places(demo: Demo) -> DemoPlaces:
    words = WORDS[demo.meeting.language]
    first = demo.meeting.starts
    noon = datetime.combine((first - CLOSES).astimezone(ZONE).date(), time(12), ZONE)
    day = tuple(item.key for item in demo.items if item.key not in {slot.key for slot in EVENING})
    fees = tuple(
        DemoFee(
            key=key,
            name={language: WORDS[language].fees[key][0] for language in LANGUAGES},
            includes={language: WORDS[language].fees[key][1] for language in LANGUAGES},
            price=price,
            place="web" if key == "web" else "hall",
            capacity=CAPACITY[key],
            items=() if key == "evening" else day,
        )
        for key, price in PRICES.items()
    )
    waiting = tuple(
        DemoPerson(
            f"waiting{n}", words.titles["planner"], words.municipality.format(town), ("applicant",), "hall", town
        )
        for n, town in enumerate(WAITING, start=1)
    )
    return DemoPlaces(
        opens=(noon - OPEN),
        deadline=noon,
        binding={language: WORDS[language].places["binding"] for language in LANGUAGES},
        fees=fees,
        waiting=waiting,
        places=tuple(_places(demo, waiting, noon)),
    )


def _places(demo: Demo, waiting: tuple[DemoPerson, ...], deadline: datetime) -> list[DemoPlace]:
    words = WORDS[demo.meeting.language].places
    doors = next(item for item in demo.items if item.key == "registration").planned_start or demo.meeting.starts
    come = [p for p in demo.people if p.municipality and not {"screen", "lectern"} & set(p.roles)]
    found = []
    evenings = 0
    for number, person in enumerate(come):
        speaks = "participant" not in person.roles
        hall = person.attendance == "hall"
        evening = hall and not speaks and number % 4 == 0 and evenings < (CAPACITY["evening"] or 0)
        evenings += evening
        fee = "web" if not hall else "evening" if evening else "day"
        here = hall and person.key not in ABSENT
        found.append(
            DemoPlace(
                person=person.key,
                fee=fee,
                state="confirmed",
                price=0 if speaks else PRICES[fee],
                payer=_payer(person),
                made_at=deadline - OPEN * (len(come) - number) / (len(come) + 1),
                arrived_at=doors + timedelta(seconds=25 * number) if here else None,
                by="staff" if speaks else "self",
                challenge=words[f"challenge{number % 5 + 1}"] if number % 3 == 0 else "",
                diet=words[f"diet{number % 3 + 1}"] if hall and number % 9 == 0 else "",
                access=words[f"access{number % 2 + 1}"] if number % 31 == 5 else "",
                invoiced=number % 11 != 0,
            )
        )
    late = deadline + timedelta(hours=3)
    found += [
        DemoPlace(p.key, "evening", "waiting", PRICES["evening"], _payer(p), late + timedelta(hours=n), None)
        for n, p in enumerate(waiting)
    ]
    return found


def _payer(person: DemoPerson) -> model.Payer:
    """The municipality itself; its number where we know it."""
    names = (f"{person.municipality} kommun", f"{person.municipality}s kommun")
    body = next((b for b in model.bodies() if b.name in names), None)
    if body is None:
        return model.Payer(person.organisation)
    return model.Payer(body.name, body.orgnr, body.code)

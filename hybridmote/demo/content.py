"""The demo meeting: two days of a network meeting, moved so that the second talk of the second day is on now.

Everything in it is made up and tagged as demo data. People are shown by what they are and where they work, never by a
name, so that nobody is taken for somebody.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle, islice
from typing import Literal
from zoneinfo import ZoneInfo

from ..programme.model import Kind
from ..questions.model import State
from . import en, sv
from .words import Words

Language = Literal["sv", "en"]
Attendance = Literal["hall", "web", "both"]

TIMEZONE = "Europe/Stockholm"
ZONE = ZoneInfo(TIMEZONE)
WORDS: dict[Language, Words] = {"sv": sv.WORDS, "en": en.WORDS}
MINUTE = timedelta(minutes=1)

ON = "shade"  # the item that is on
LATE = 2 * MINUTE  # what it began late
BEGAN = 5 * MINUTE  # it was to begin that long ago, or up to five minutes more, on a whole five minutes
HALL = WEB = 40


@dataclass(frozen=True)
class DemoMeeting:
    slug: str
    title: str
    tagline: str
    language: Language
    timezone: str
    place: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class DemoPerson:
    """`name` is what they are: "name, organisation" is how they are shown, and nobody else is shown like that."""

    key: str
    name: str
    organisation: str
    roles: tuple[str, ...]
    attendance: Literal["hall", "web"] | None
    municipality: str = ""  # its short name, of whom comes from one


@dataclass(frozen=True)
class DemoSpeaker:
    name: str
    role: str
    organisation: str
    person: str


@dataclass(frozen=True)
class DemoItem:
    """`day` is an ISO date in the meeting's zone, that of the day's first item; `position` counts through the meeting."""

    key: str
    parent: str | None
    track: str
    day: str
    position: int
    kind: Kind
    title: str
    description: str
    planned_start: datetime | None
    planned_end: datetime | None
    minimum: timedelta | None
    promised: bool
    attendance: Attendance
    speakers: tuple[DemoSpeaker, ...]
    actual_start: datetime | None = None
    actual_end: datetime | None = None


@dataclass(frozen=True)
class DemoQuestion:
    """`changed_at` is when it came to its present state."""

    key: str
    item: str
    text: str
    state: State
    asked_at: datetime
    changed_at: datetime
    author: str
    supporters: tuple[str, ...]
    hide_name: bool
    reason: str | None


@dataclass(frozen=True)
class Demo:
    meeting: DemoMeeting
    items: tuple[DemoItem, ...]
    people: tuple[DemoPerson, ...]
    questions: tuple[DemoQuestion, ...]
    demo: Literal[True] = True


def build(language: Language, now: datetime) -> Demo:
    """The meeting as it stands at `now` (with a zone): the evening and the morning are done, a talk is on."""
    if now.tzinfo is None:
        raise ValueError("an instant needs a zone")
    now, words = now.astimezone(UTC), WORDS[language]
    people = tuple(_people(words))
    items = tuple(_happened(list(_programme(words, people, now))))
    meeting = DemoMeeting(
        slug=words.slug,
        title=words.title,
        tagline=words.tagline,
        language=language,
        timezone=TIMEZONE,
        place=words.place,
        starts=min(item.planned_start for item in items if item.planned_start),
        ends=max(item.planned_end for item in items if item.planned_end),
    )
    return Demo(meeting, items, people, tuple(_questions(words, items, people, now)))


# The programme


@dataclass(frozen=True)
class _Slot:
    """An item as the printed programme has it: minutes after midnight, or none for what shares its parent's time."""

    key: str
    kind: Kind
    begins: int | None = None
    ends: int | None = None
    least: int | None = None
    promised: bool = False
    attendance: Attendance = "both"
    speakers: tuple[str, ...] = ()
    parent: str | None = None


def _at(hour: int, minute: int = 0) -> int:
    return 60 * hour + minute


EVENING = (
    _Slot("evening", "plenary", _at(17), _at(17, 20)),
    _Slot("my_role", "plenary", _at(17, 20), _at(18, 30), least=50),
    _Slot("my_role_alone", "talk", parent="my_role", speakers=("alone",)),
    _Slot("my_role_team", "talk", parent="my_role", speakers=("team",)),
    _Slot("my_role_shared", "talk", parent="my_role", speakers=("shared",)),
    _Slot("buffet", "social", _at(18, 30), _at(20), promised=True, attendance="hall"),
)
DAY = (
    _Slot("registration", "registration", _at(8, 30), _at(9)),
    _Slot("welcome", "plenary", _at(9), _at(9, 20), least=15),
    _Slot("budget", "talk", _at(9, 20), _at(9, 40), least=15, speakers=("budget",)),
    _Slot("shade", "talk", _at(9, 40), _at(10, 10), least=20, speakers=("shade",)),
    _Slot("coffee", "break", _at(10, 10), _at(10, 30), least=15, promised=True),
    _Slot("river", "talk", _at(10, 30), _at(11, 30), least=45, speakers=("upstream", "downstream")),
    _Slot("river_discussion", "talk", parent="river"),
    _Slot("buzz", "group_work", _at(11, 30), _at(12), least=20),
    _Slot("pitches", "plenary", _at(12), _at(12, 30), least=20),
    _Slot("pitch_purchasing", "talk", parent="pitches", speakers=("purchasing",)),
    _Slot("pitch_adaptation", "talk", parent="pitches", speakers=("adaptation",)),
    _Slot("pitch_nature", "talk", parent="pitches", speakers=("nature",)),
    _Slot("pitch_travel", "talk", parent="pitches", speakers=("travel",)),
    _Slot("pitch_energy", "talk", parent="pitches", speakers=("energy",)),
    _Slot("lunch", "break", _at(12, 30), _at(13, 30), least=45, promised=True),
    _Slot("groups_one", "group_work", _at(13, 30), _at(14), least=25),
    _Slot("coffee_two", "break", _at(14), _at(14, 30), least=15, promised=True),
    _Slot("groups_two", "group_work", _at(14, 30), _at(15), least=25),
    _Slot(
        "summary",
        "plenary",
        _at(15),
        _at(15, 30),
        least=20,
        speakers=("purchasing", "adaptation", "nature", "travel", "energy"),
    ),
    _Slot("end", "plenary", _at(15, 30), _at(15, 30), promised=True),
)


def _programme(words: Words, people: Sequence[DemoPerson], now: datetime) -> Iterator[DemoItem]:
    """The day is moved in time as it was measured, in UTC; the evening stays at its hour of the date before."""
    on = next(slot for slot in DAY if slot.key == ON)
    midnight = _five_minutes(now - BEGAN) - (on.begins or 0) * MINUTE  # where the moved day counts its minutes from
    first = (midnight + (DAY[0].begins or 0) * MINUTE).astimezone(ZONE).date()
    before = first - timedelta(days=1)
    eve = _noon(before) - _at(12) * MINUTE
    position = 0
    for slots, day, zero in ((EVENING, before, eve), (DAY, first, midnight)):
        for slot in slots:
            title, description = words.items[slot.key]
            yield DemoItem(
                key=slot.key,
                parent=slot.parent,
                track="",
                day=day.isoformat(),
                position=position,
                kind=slot.kind,
                title=title,
                description=description,
                planned_start=None if slot.begins is None else zero + slot.begins * MINUTE,
                planned_end=None if slot.ends is None else zero + slot.ends * MINUTE,
                minimum=None if slot.least is None else slot.least * MINUTE,
                promised=slot.promised,
                attendance=slot.attendance,
                speakers=tuple(
                    _speaker(words, person) for key in slot.speakers for person in people if person.key == key
                ),
            )
            position += 1


def _noon(day: date) -> datetime:
    """Clocks are changed at night: from noon, an hour of the evening is as many minutes away as it seems."""
    return datetime.combine(day, time(12), ZONE).astimezone(UTC)


def _five_minutes(at: datetime) -> datetime:
    return at - (at - datetime(2000, 1, 1, tzinfo=UTC)) % (5 * MINUTE)


def _speaker(words: Words, person: DemoPerson) -> DemoSpeaker:
    does = words.leads if "leader" in person.roles else ""  # that a speaker speaks is plain
    return DemoSpeaker(person.name, does, person.organisation, person.key)


def _happened(items: list[DemoItem]) -> Iterator[DemoItem]:
    """What came before the item that is on began and ended, each item a little late, as days go."""
    on = next(index for index, item in enumerate(items) if item.key == ON)
    begun = [_began(items, index) for index in range(on + 1)]
    for index, item in enumerate(items):
        if index > on:
            yield item
        elif index == on:
            yield replace(item, actual_start=begun[on])
        else:
            yield replace(item, actual_start=begun[index], actual_end=_ended(items, index, begun))


def _began(items: list[DemoItem], index: int) -> datetime:
    """Untimed parts share their parent's time evenly. The first of a day is on time, and what is on now is LATE."""
    item = items[index]
    if item.planned_start is not None:
        is_first = index == 0 or items[index - 1].day != item.day
        return item.planned_start + (timedelta(0) if is_first else LATE if item.key == ON else MINUTE)
    at = next(n for n, parent in enumerate(items) if parent.key == item.parent)
    parent = items[at]
    if parent.planned_start is None or parent.planned_end is None:
        raise ValueError(f"{parent.key} has no time to share")
    parts = sum(1 for other in items if other.parent == parent.key)
    return _began(items, at) + (index - at - 1) * (parent.planned_end - parent.planned_start) / parts


def _ended(items: list[DemoItem], index: int, begun: list[datetime]) -> datetime:
    """An item ends when the next one of its day begins: a part, the next part; a parent, what comes after its parts."""
    item = items[index]
    after = next(n for n in range(index + 1, len(items)) if items[n].parent != item.key)
    return begun[after] if items[after].day == item.day else (item.planned_end or begun[index])


# The people

STAFF: tuple[tuple[str, str, tuple[str, ...], Literal["hall", "web"] | None], ...] = (
    ("organiser", "organiser", ("organiser",), "hall"),
    ("moderator_one", "moderator_one", ("moderator",), "hall"),
    ("moderator_two", "moderator_two", ("moderator",), "web"),
)
SPEAKERS: tuple[tuple[str, str, str, tuple[str, ...], Literal["hall", "web"]], ...] = (
    ("alone", "environment", "Åsele", ("speaker",), "hall"),
    ("team", "climate", "Uppsala", ("speaker",), "hall"),
    ("shared", "water", "Sävsjö", ("speaker",), "web"),
    ("budget", "climate", "Gävle", ("speaker",), "hall"),
    ("shade", "ecologist", "Skövde", ("speaker",), "hall"),
    ("upstream", "water", "Tranemo", ("speaker",), "hall"),
    ("downstream", "planner", "Herrljunga", ("speaker",), "web"),
    ("purchasing", "buyer", "Växjö", ("leader",), "hall"),
    ("adaptation", "adaptation", "Luleå", ("leader",), "hall"),
    ("nature", "ecologist", "Ronneby", ("leader",), "hall"),
    ("travel", "transport", "Borlänge", ("leader",), "web"),
    ("energy", "energy", "Arvika", ("leader",), "hall"),
)
# Those who take part: every title in turn, each in a municipality that nobody above comes from.
TITLES = (
    *("environment", "climate", "sustainability", "ecologist", "environment", "water", "energy", "head", "adviser"),
    *("environment", "nature", "planner", "waste", "coordinator", "adaptation", "transport", "chemicals"),
)
MUNICIPALITIES = (
    *(
        "Ale",
        "Alvesta",
        "Aneby",
        "Arboga",
        "Avesta",
        "Bräcke",
        "Dorotea",
        "Eda",
        "Ekerö",
        "Eksjö",
        "Emmaboda",
        "Forshaga",
    ),
    *("Gnesta", "Gnosjö", "Gällivare", "Götene", "Habo", "Hjo", "Huddinge", "Håbo", "Högsby", "Karlskoga", "Kinda"),
    *(
        "Kiruna",
        "Knivsta",
        "Kumla",
        "Laxå",
        "Lycksele",
        "Malå",
        "Mora",
        "Nacka",
        "Nora",
        "Norrtälje",
        "Nybro",
        "Ockelbo",
    ),
    *("Orsa", "Osby", "Partille", "Piteå", "Ragunda", "Sala", "Sigtuna", "Skara", "Skellefteå", "Sollefteå", "Sorsele"),
    *("Södertälje", "Tibro", "Timrå", "Tomelilla", "Torsby", "Trosa", "Tyresö", "Uddevalla", "Umeå", "Vansbro", "Vara"),
    *("Vetlanda", "Vilhelmina", "Ånge", "Åre", "Älvkarleby", "Örebro", "Östra Göinge", "Övertorneå"),
)


def _people(words: Words) -> Iterator[DemoPerson]:
    for key, title, roles, place in STAFF:
        yield DemoPerson(key, words.titles[title], words.network, roles, place)
    yield DemoPerson("screen", words.screen, "", ("screen",), None)
    yield DemoPerson("lectern", words.lectern, "", ("lectern",), None)
    for key, title, municipality, roles, where in SPEAKERS:
        yield DemoPerson(key, words.titles[title], words.municipality.format(municipality), roles, where, municipality)
    labels = zip(cycle(TITLES), cycle(MUNICIPALITIES), strict=False)
    for number, (title, municipality) in enumerate(islice(labels, HALL + WEB)):
        is_web = number % 2 == 1
        yield DemoPerson(
            key=f"{'web' if is_web else 'hall'}{number // 2 + 1}",
            name=words.titles[title],
            organisation=words.municipality.format(municipality),
            roles=("participant",),
            attendance="web" if is_web else "hall",
            municipality=municipality,
        )


# The questions


@dataclass(frozen=True)
class _Asked:
    """`when`: how far into its item, of what has passed of it. `support`: how many."""

    key: str
    item: str
    state: State
    when: float
    author: str
    support: int = 0
    hide_name: bool = False


ASKED = (
    _Asked("role_mandate", "my_role_alone", "answered", 0.6, "hall3", 19),
    _Asked("role_shared", "my_role_shared", "answered", 0.5, "web7", 8),
    _Asked("welcome_list", "welcome", "answered", 0.8, "web2", 12),
    _Asked("budget_overrun", "budget", "answered", 0.2, "web5", 31),
    _Asked("budget_consumption", "budget", "answered", 0.35, "hall12", 24),
    _Asked("budget_name", "budget", "rejected", 0.4, "web30", hide_name=True),
    _Asked("budget_politics", "budget", "answered", 0.5, "hall20", 17, hide_name=True),
    _Asked("budget_tool", "budget", "approved", 0.65, "web11", 9),
    _Asked("budget_growth", "budget", "approved", 0.8, "hall31", 6),
    _Asked("budget_companies", "budget", "approved", 0.9, "web19", 3),
    _Asked("shade_species", "shade", "approved", 0.05, "hall7", 14),
    _Asked("shade_maintenance", "shade", "approved", 0.15, "web14", 23),
    _Asked("shade_map", "shade", "approved", 0.2, "hall15", 9),
    _Asked("shade_rent", "shade", "approved", 0.25, "web21", 5, hide_name=True),
    _Asked("shade_priority", "shade", "approved", 0.3, "hall22", 11),
    _Asked("shade_sails", "shade", "approved", 0.35, "web3", 4),
    _Asked("shade_sound", "shade", "rejected", 0.4, "web33"),
    _Asked("shade_new_builds", "shade", "approved", 0.45, "hall27", 16),
    _Asked("shade_roots", "shade", "approved", 0.5, "web27", 2),
    _Asked("shade_allergy", "shade", "approved", 0.55, "hall35", 1),
    _Asked("shade_checklist", "shade", "approved", 0.6, "web38", 7),
    _Asked("shade_health", "shade", "pending", 0.7, "hall9"),
    _Asked("shade_small", "shade", "pending", 0.75, "web16"),
    _Asked("shade_permit", "shade", "pending", 0.8, "hall38", hide_name=True),
    _Asked("shade_data", "shade", "pending", 0.88, "web9"),
    _Asked("shade_asphalt", "shade", "pending", 0.95, "hall18"),
)


def _questions(
    words: Words, items: Sequence[DemoItem], people: Sequence[DemoPerson], now: datetime
) -> Iterator[DemoQuestion]:
    known = {item.key: item for item in items}
    crowd = [person.key for person in people if person.roles == ("participant",)]
    for number, asked in enumerate(ASKED):
        item = known[asked.item]
        if item.actual_start is None:
            raise ValueError(f"{item.key} has not begun")
        ends = item.actual_end or now
        asked_at = item.actual_start + (ends - item.actual_start) * asked.when
        # Every seventh person, from a place of its own in the crowd: 7 and 80 share no factor, so nobody comes twice.
        turned = (crowd[(7 * step + 11 * number) % len(crowd)] for step in range(len(crowd)))
        yield DemoQuestion(
            key=asked.key,
            item=asked.item,
            text=words.questions[asked.key],
            state=asked.state,
            asked_at=asked_at,
            changed_at=asked_at if asked.state == "pending" else asked_at + (ends - asked_at) * 0.3,
            author=asked.author,
            supporters=tuple(islice((person for person in turned if person != asked.author), asked.support)),
            hide_name=asked.hide_name,
            reason=words.reasons.get(asked.key),
        )

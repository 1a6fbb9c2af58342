"""The demo meeting looks like a real day, in both languages, whenever it is started."""

from collections import Counter
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybridmote.demo.content import ASKED, DAY, EVENING, HALL, ON, WEB, WORDS, Demo, DemoItem, Language, build
from hybridmote.meetings.model import is_slug
from hybridmote.programme import model
from hybridmote.questions.model import FINAL, LIMIT, PUBLIC, REASON_LIMIT, item_for
from hybridmote.text import clean

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MINUTE = timedelta(minutes=1)
LANGUAGES: tuple[Language, ...] = get_args(Language)
NOON = datetime(2026, 3, 11, 11, 7, 42, tzinfo=UTC)

# Any second of some years, and every second near midnight and near a change of clock.
any_time = st.one_of(
    st.integers(0, 4 * 365 * 86400).map(lambda n: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=n)),
    *(
        st.integers(-86400, 86400).map(lambda n, at=at: at + timedelta(seconds=n))
        for at in (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC))
    ),
    *(
        st.integers(-4000, 4000).map(lambda n, at=at: at + timedelta(seconds=n))
        for at in (datetime(2026, 1, 31, 23, tzinfo=UTC), datetime(2026, 7, 14, 22, tzinfo=UTC))
    ),
)


def rules(demo: Demo) -> list[model.Item]:
    return [
        model.Item(
            id=item.key,
            parent=item.parent,
            track=item.track,
            day=item.day,
            order=item.position,
            kind=item.kind,
            planned_start=item.planned_start,
            planned_end=item.planned_end,
            minimum=item.minimum,
            promised=item.promised,
            actual_start=item.actual_start,
            actual_end=item.actual_end,
        )
        for item in demo.items
    ]


def find(demo: Demo, key: str) -> DemoItem:
    return next(item for item in demo.items if item.key == key)


@given(any_time, st.sampled_from(LANGUAGES))
def test_a_talk_is_on_that_began_some_minutes_ago(now: datetime, language: Language) -> None:
    demo = build(language, now)
    talk = find(demo, ON)
    assert model.now_on(rules(demo)) == {"": ON}
    assert talk.planned_start and talk.actual_start
    assert 5 * MINUTE <= now - talk.planned_start < 10 * MINUTE
    assert 3 * MINUTE <= now - talk.actual_start < 8 * MINUTE
    assert talk.planned_start.minute % 5 == 0 and talk.planned_start.second == 0
    assert model.expected(rules(demo), now)["coffee"] == planned(find(demo, "coffee")), "the coffee is kept"
    assert model.up_next(rules(demo), "", now) == "coffee"


@given(any_time)
def test_what_is_over_is_in_the_past_and_nothing_overlaps(now: datetime) -> None:
    demo = build("sv", now)
    states = [model.state(item) for item in rules(demo)]
    on = states.index("on")
    assert set(states[:on]) == {"done"} and set(states[on + 1 :]) == {"waiting"}
    been = [item for item in demo.items[: on + 1] if item.key != "my_role"]
    for before, after in pairwise(been):
        assert before.actual_start and before.actual_end and after.actual_start
        assert before.actual_start < before.actual_end <= after.actual_start < now
    timed = [item for item in demo.items if item.planned_start]
    for before, after in pairwise(timed):
        assert planned(before)[1] <= planned(after)[0] <= planned(after)[1]
        assert before.position < after.position and before.day <= after.day


@given(any_time)
def test_lengths_are_as_printed_and_the_evening_is_at_five_the_day_before(now: datetime) -> None:
    demo = build("sv", now)
    evening, registration, end = find(demo, "evening"), find(demo, "registration"), find(demo, "end")
    local = planned(evening)[0].astimezone(STOCKHOLM)
    assert (local.hour, local.minute) == (17, 0)
    assert planned(find(demo, "buffet"))[1].astimezone(STOCKHOLM).hour == 20
    assert local.date() + timedelta(days=1) == planned(registration)[0].astimezone(STOCKHOLM).date()
    assert [evening.day, registration.day] == sorted({item.day for item in demo.items})
    assert planned(end)[0] - planned(registration)[0] == timedelta(hours=7)
    assert planned(registration)[0] - planned(find(demo, "buffet"))[1] >= timedelta(hours=4), "a night"
    assert (demo.meeting.starts, demo.meeting.ends) == (planned(evening)[0], planned(end)[1])
    for slot in EVENING + DAY:
        if slot.begins is not None and slot.ends is not None:
            begins, ends = planned(find(demo, slot.key))
            assert ends - begins == (slot.ends - slot.begins) * MINUTE


def test_the_evening_ends_in_the_evening() -> None:
    buffet = find(build("sv", NOON), "buffet")
    assert buffet.actual_end == planned(buffet)[1]


def test_the_zone_of_now_does_not_matter() -> None:
    here, there = build("sv", NOON), build("sv", NOON.astimezone(STOCKHOLM))
    assert here == there
    times = [question.asked_at for question in there.questions] + [question.changed_at for question in there.questions]
    times += [at for item in there.items for at in (item.planned_start, item.actual_start, item.actual_end) if at]
    assert all(at.tzinfo is UTC for at in times)


@given(any_time)
def test_the_day_can_be_played_to_its_end(now: datetime) -> None:
    items = rules(build("en", now))
    seen = []
    while True:
        now += 5 * MINUTE
        items = model.apply(items, model.next_(items, "", now, now))
        on = model.now_on(items)[""]
        if on is None:
            break
        seen.append(on)
    assert seen == [slot.key for slot in DAY if slot.key not in ("registration", "welcome", "budget", ON, "pitches")]


@given(any_time)
def test_questions_were_asked_while_their_item_took_them(now: datetime) -> None:
    demo = build("sv", now)
    items = rules(demo)
    people = {person.key: person for person in demo.people}
    for question in demo.questions:
        item = find(demo, question.item)
        assert item.actual_start and item.actual_start <= question.asked_at <= question.changed_at <= now
        assert item_for(items, question.item, question.asked_at) == question.item
        assert people[question.author].roles == ("participant",)
        assert question.author not in question.supporters
        assert len(set(question.supporters)) == len(question.supporters)
        assert set(question.supporters) <= set(people)
        assert not question.supporters or question.state in PUBLIC
        assert (question.reason is not None) == (question.state == "rejected")


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_something_to_show_everywhere(language: Language) -> None:
    demo = build(language, NOON)
    assert demo.demo and is_slug(demo.meeting.slug)
    states = Counter(question.state for question in demo.questions)
    assert states["approved"] >= 8 and states["pending"] >= 4 and states["answered"] >= 4 and states["rejected"] >= 1
    assert "on_stage" not in states
    assert any(len(question.text) > 200 for question in demo.questions)
    assert any(question.hide_name for question in demo.questions if question.state in PUBLIC - FINAL)
    assert {people.key for people in demo.people} >= {
        "organiser",
        "moderator_one",
        "moderator_two",
        "screen",
        "lectern",
    }
    where = Counter(person.attendance for person in demo.people if person.roles == ("participant",))
    assert where == {"hall": HALL, "web": WEB}
    assert len({question.author for question in demo.questions}) > 20
    assert {find(demo, key).kind for key in ("registration", "coffee", "buzz", "buffet", "welcome", "shade")} == set(
        get_args(model.Kind)
    )
    assert len(find(demo, "river").speakers) == 2
    assert planned(find(demo, "end"))[0] == planned(find(demo, "end"))[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_are_shown_by_what_they_are_and_each_is_the_only_one(language: Language) -> None:
    demo = build(language, NOON)
    labels = [f"{person.name}, {person.organisation}" for person in demo.people]
    assert len(set(labels)) == len(labels) == len({person.key for person in demo.people})
    people = {person.key: person for person in demo.people}
    titles = {*WORDS[language].titles.values(), WORDS[language].screen, WORDS[language].lectern}
    assert {person.name for person in demo.people} <= titles
    for item in demo.items:
        assert item.kind != "talk" or item.speakers or item.parent == "river"
        for speaker in item.speakers:
            person = people[speaker.person]
            assert (speaker.name, speaker.organisation) == (person.name, person.organisation)
            assert {"speaker", "leader"} & set(person.roles)


def test_both_languages_say_the_same_things() -> None:
    swedish, english = WORDS["sv"], WORDS["en"]
    for field in fields(swedish):
        one, other = getattr(swedish, field.name), getattr(english, field.name)
        if isinstance(one, dict):
            assert one.keys() == other.keys()
            assert not [key for key in one if one[key] == other[key] and any(one[key])]
        else:
            assert one and other and one != other
    shapes = [
        (
            [(item.key, item.planned_start, item.kind, len(item.speakers)) for item in demo.items],
            [(question.key, question.asked_at, question.supporters) for question in demo.questions],
            [(person.key, person.roles) for person in demo.people],
        )
        for demo in (build("sv", NOON), build("en", NOON))
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_left_over_and_every_text_is_one_that_a_person_could_have_sent(language: Language) -> None:
    words = WORDS[language]
    assert set(words.items) == {slot.key for slot in EVENING + DAY}
    assert set(words.questions) == {asked.key for asked in ASKED}
    assert set(words.reasons) == {asked.key for asked in ASKED if asked.state == "rejected"}
    for text in words.questions.values():
        assert clean(text, limit_graphemes=LIMIT, multiline=True) == text
    for text in words.reasons.values():
        assert clean(text, limit_graphemes=REASON_LIMIT, multiline=True) == text
    for title, description in words.items.values():
        assert clean(title, limit_graphemes=80, multiline=False) == title
        assert not description or clean(description, limit_graphemes=200, multiline=False) == description


def test_a_time_without_a_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="zone"):
        build("sv", NOON.replace(tzinfo=None))


def planned(item: DemoItem) -> tuple[datetime, datetime]:
    assert item.planned_start and item.planned_end
    return item.planned_start, item.planned_end

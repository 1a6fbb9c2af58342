"""What the commands that set the programme up do together, and what they refuse: with its field, in words, undone."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hybridmote.problems import WHY
from tests.matrix.world import HERE, World, changed
from tests.servers import Databases

ASKED = {"op", "meeting.seq"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def _world(request: pytest.FixtureRequest, _databases: Databases) -> World:
    return World(_databases.new(request.param))


@pytest.fixture
def world(_world: World) -> World:
    return _world.open()


def version(world: World, item: str) -> int:
    return int(world.one("SELECT version FROM item WHERE id = :i", i=item))


def do(world: World, command: str, item: str | None = None, **body: Any) -> dict[str, Any]:
    given = {} if item is None else {"item": item}
    if item is not None and command != "programme.restore":
        given["expected_version"] = version(world, item)
    return world.ask("organiser", command, {**given, **body})


def did(world: World, command: str, item: str | None = None, **body: Any) -> Any:
    answer = do(world, command, item, **body)
    assert answer["ok"], answer
    return answer["result"]


def day_of(world: World, minutes: int = 0) -> str:
    at = (world.now + timedelta(minutes=minutes)).astimezone(ZoneInfo("Europe/Stockholm"))
    return at.date().isoformat()


def times(world: World, begins: int, ends: int) -> dict[str, str]:
    at = {"planned_start": begins, "planned_end": ends}
    return {name: (world.now + timedelta(minutes=m)).isoformat() for name, m in at.items()}


def order(world: World) -> list[str]:
    rows = world.all("SELECT id FROM item WHERE meeting_id = :m AND NOT removed ORDER BY day, position", m=HERE)
    return [id for (id,) in rows]


REFUSED: dict[str, tuple[str, str | None, dict[str, Any], str, str | None, str]] = {
    # what: command, item, body, code, field, why
    "ends first": ("edit", "i-coffee", {"planned_end": (20, -1)}, "invalid", "planned_end", "ends_first"),
    "half a time": ("edit", "i-coffee", {"ends": ""}, "invalid", "ends", "half_a_time"),
    "no time at all": ("edit", "i-coffee", {"begins": "", "ends": ""}, "invalid", "begins", "untimed_alone"),
    "far off": ("edit", "i-coffee", {"day": "2031-01-01"}, "invalid", "day", "outside_meeting"),
    "a minimum too long": ("edit", "i-coffee", {"minimum": 21}, "invalid", "minimum", "minimum_too_long"),
    "a negative minimum": ("edit", "i-coffee", {"minimum": -1}, "invalid", "minimum", "greater_than_equal"),
    "an absurd minimum": ("edit", "i-coffee", {"minimum": 10**9}, "invalid", "minimum", "less_than_equal"),
    "no clock": ("edit", "i-coffee", {"begins": "25.00"}, "invalid", "begins", "no_clock"),
    "no day": ("edit", "i-coffee", {"day": "2026-02-30"}, "invalid", "day", "no_day"),
    "no kind": ("edit", "i-coffee", {"kind": "party"}, "invalid", "kind", "literal_error"),
    "no address": ("edit", "i-coffee", {"stream": "http://a.example"}, "invalid", "stream", ""),
    "no track": ("edit", "i-coffee", {"track": "a\nb"}, "invalid", "track", "no_track"),
    "inside itself": ("move", "i-coffee", {"parent": "i-coffee"}, "invalid", "parent", "inside_itself"),
    "not beside": ("move", "i-coffee", {"before": "i-discussion"}, "invalid", "before", "not_beside"),
    "a held time": ("move", "i-second_talk", {"before": "i-coffee", "retime": True}, "state", None, "held"),
    "what has begun moved": ("move", "i-talk", {"before": "i-lunch"}, "state", None, "has_begun"),
    "what has begun given a parent": ("edit", "i-talk", {"parent": "i-lunch"}, "state", None, "has_begun"),
    "what has begun cancelled": ("edit", "i-talk", {"cancelled": True}, "state", None, "has_begun"),
    "what has begun deleted": ("delete", "i-welcome", {}, "state", None, "has_begun"),
    "into what is over": ("move", "i-coffee", {"parent": "i-welcome"}, "state", None, "parent_done"),
    "put back what is there": ("restore", "i-coffee", {}, "state", None, "not_deleted"),
    "many speakers": ("edit", "i-coffee", {"speakers": [{"name": "a"}] * 21}, "invalid", "speakers", "too_many_there"),
    "a speaker with too much": (
        "edit",
        "i-coffee",
        {"speakers": [{"age": 5}]},
        "unknown_field",
        "speakers.0.age",
        "",
    ),
    "a speaker of another kind": ("edit", "i-coffee", {"speakers": ["a"]}, "invalid", "speakers.0", ""),
    "a name too long": ("edit", "i-coffee", {"speakers": [{"name": "x" * 121}]}, "too_long", "speakers.0.name", ""),
    "a part on another day": (
        "edit",
        "i-coffee",
        {"parent": "i-lunch", "day": "2026-01-01"},
        "invalid",
        "day",
        "other_day_than_parent",
    ),
    "a part in another track": (
        "edit",
        "i-coffee",
        {"parent": "i-lunch", "track": "B"},
        "invalid",
        "track",
        "other_track_than_parent",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_has_its_words_and_changes_nothing(world: World, what: str) -> None:
    command, item, body, code, field, why = REFUSED[what]
    if "track" in body or command == "move":
        world.write("UPDATE item SET track = '' WHERE meeting_id = :m", m=HERE)
    if isinstance(body.get("planned_end"), tuple):
        start = world.one("SELECT planned_start FROM item WHERE id = :i", i=item)
        assert start
        body = {"planned_end": (world.now + timedelta(minutes=body["planned_end"][1])).isoformat()}
    before = world.dump()
    answer = do(world, f"programme.{command}", item, **body)
    assert (answer.get("code"), answer.get("field")) == (code, field), answer
    if why:
        assert answer["params"]["why"] == why
        assert why in WHY
    assert not changed(before, world.dump(), ASKED)


def test_a_ring_cannot_be_made_however_long(world: World) -> None:
    inner = did(world, "programme.add", day="", parent="i-second_talk", title="inner")["id"]
    innermost = did(world, "programme.add", day="", parent=inner, title="innermost")["id"]
    for below in (inner, innermost):
        answer = do(world, "programme.move", "i-second_talk", parent=below)
        assert answer["params"]["why"] == "inside_itself"
    deepest = did(world, "programme.add", day="", parent=innermost, title="deepest")["id"]
    assert do(world, "programme.add", day="", parent=deepest, title="x")["params"]["why"] == "too_deep"


def test_two_organisers_at_once_lose_nothing(world: World) -> None:
    seen = version(world, "i-coffee")
    body = {"item": "i-coffee", "expected_version": seen}
    assert world.ask("organiser", "programme.edit", {**body, "title": "Coffee and fruit"})["ok"]
    second = world.ask("organiser", "programme.edit", {**body, "title": "Tea"})
    assert (second["code"], second["current"]["title"]) == ("stale", "Coffee and fruit")
    assert second["current"]["version"] == version(world, "i-coffee") == seen + 1
    assert world.one("SELECT title FROM item WHERE id = 'i-coffee'") == "Coffee and fruit"


@pytest.mark.slow
def test_the_two_thousand_and_first_item_is_refused(world: World) -> None:
    with world.engine.begin() as connection:
        table = next(t for t in world.tables if t.name == "item")
        coffee = dict(connection.execute(table.select().where(table.c.id == "i-coffee")).mappings().one())
        here = len(order(world))
        rows = [coffee | {"id": f"i-many-{n}", "position": 100 + n} for n in range(1999 - here)]
        connection.execute(table.insert(), rows)
    add = {"day": day_of(world, 130), "title": "One more", **times(world, 130, 140)}
    did(world, "programme.add", **add)
    answer = do(world, "programme.add", **add)
    assert (answer["code"], answer["params"]["why"]) == ("state", "too_many_items")
    did(world, "programme.delete", "i-many-0")
    did(world, "programme.add", **add)
    assert do(world, "programme.restore", "i-many-0")["params"]["why"] == "too_many_items"


def test_what_is_deleted_comes_back_with_what_went_with_it(world: World) -> None:
    parts = [did(world, "programme.add", day="", parent="i-lunch", title=title)["id"] for title in ("soup", "fruit")]
    before = order(world)
    did(world, "programme.delete", parts[0])
    gone = did(world, "programme.delete", "i-lunch")
    assert gone["removed"] == 2 and not {"i-lunch", *parts} & set(order(world))
    assert do(world, "programme.restore", parts[0])["params"]["why"] == "parent_deleted"
    assert do(world, "programme.restore", parts[1])["params"]["why"] == "deleted_with_another"
    did(world, "programme.restore", "i-lunch")
    assert parts[1] in order(world) and parts[0] not in order(world)
    did(world, "programme.restore", parts[0])
    assert order(world) == before


def test_the_whole_family_goes_to_another_day_and_track_at_the_same_time_by_the_clock(world: World) -> None:
    part = did(world, "programme.add", day="", parent="i-lunch", title="Speech", **times(world, 70, 80))["id"]
    was = world.one("SELECT day FROM item WHERE id = 'i-lunch'")  # after midnight, that of the evening before
    to = (date.fromisoformat(was) + timedelta(days=1)).isoformat()
    did(world, "programme.move", "i-lunch", day=to, track="B")
    rows = world.all(
        "SELECT day, track, planned_start FROM item WHERE id IN ('i-lunch', :p) ORDER BY planned_start", p=part
    )
    assert [(day, track) for day, track, _ in rows] == [(to, "B")] * 2 and to > was
    assert str(rows[0][2])[11:16] == (world.now + timedelta(minutes=60)).strftime("%H:%M")
    assert order(world)[-2:] == ["i-lunch", part]


def test_what_begins_by_the_clock_follows_and_is_forgotten_with_its_track(world: World) -> None:
    id = did(world, "programme.add", day=day_of(world), track="B", title="b", by_clock=True, **times(world, 30, 40))[
        "id"
    ]
    due = "SELECT count(*) FROM due WHERE command = 'programme.clock' AND key = 'programme.clock.B'"
    assert world.one(due) == 1
    did(world, "programme.edit", id, **times(world, 35, 45))
    assert str(world.one("SELECT at FROM due WHERE key = 'programme.clock.B'"))[14:16] == (
        world.now + timedelta(minutes=35)
    ).strftime("%M")
    did(world, "programme.move", id, track="")
    assert world.one(due) == 0


def test_who_speaks_stays_the_person_they_are(world: World) -> None:
    told = "SELECT name, participant_id FROM speaker WHERE item_id = 'i-talk' ORDER BY position"
    did(world, "programme.edit", "i-talk", speakers=[{"name": "Teh speaker"}])  # spelt wrong
    assert world.all(told) == [("Teh speaker", "p-speaker")]
    did(world, "programme.edit", "i-talk", speakers=[{"name": "Quite another"}, {"name": "THE SPEAKER"}])
    assert world.all(told) == [("Quite another", None), ("THE SPEAKER", "p-speaker")]
    did(world, "programme.edit", "i-talk", speakers=[{"name": "Quite another"}])
    assert world.all(told) == [("Quite another", None)]


def test_what_is_not_given_stays(world: World) -> None:
    before = world.all("SELECT * FROM item WHERE id = 'i-second_talk'")[0]._mapping
    did(world, "programme.edit", "i-second_talk", description="New")
    after = world.all("SELECT * FROM item WHERE id = 'i-second_talk'")[0]._mapping
    follows = {"version", "changed_at", "expected_start", "expected_end"}
    assert {name for name in before if before[name] != after[name]} - follows == {"description"}
    assert len(world.all("SELECT id FROM audit WHERE what = 'programme.edit'")) == 1


def test_changing_places_changes_times(world: World) -> None:
    third = did(world, "programme.add", day=day_of(world, 140), title="third", **times(world, 140, 150))["id"]
    fourth = did(world, "programme.add", day=day_of(world, 140), title="fourth", **times(world, 155, 175))["id"]
    did(world, "programme.move", fourth, before=third, retime=True)
    rows = world.all("SELECT id, planned_start, planned_end FROM item WHERE id IN (:a, :b)", a=third, b=fourth)
    got = {id: [str(at)[11:16] for at in (start, end)] for id, start, end in rows}
    at = {m: (world.now + timedelta(minutes=m)).strftime("%H:%M") for m in (140, 160, 165, 175)}
    assert got == {fourth: [at[140], at[160]], third: [at[165], at[175]]}


def stage(world: World) -> list[str]:
    return [id for (id,) in world.all("SELECT id FROM question WHERE state = 'on_stage' AND meeting_id = :m", m=HERE)]


def test_a_question_on_stage_leaves_it_with_its_item(world: World) -> None:
    world.write("UPDATE question SET item_id = 'i-lunch' WHERE id = 'q-on_stage'")
    did(world, "programme.delete", "i-lunch")
    assert stage(world) == []
    assert world.one("SELECT state FROM question WHERE id = 'q-on_stage'") == "approved"


def test_an_item_brings_no_second_question_on_stage(world: World) -> None:
    did(world, "programme.move", "i-lunch", track="B")
    world.write("UPDATE question SET item_id = 'i-lunch', state = 'on_stage' WHERE id = 'q-approved'")
    did(world, "programme.move", "i-lunch", track="")
    assert stage(world) == ["q-on_stage"]
    assert world.one("SELECT state FROM question WHERE id = 'q-approved'") == "approved"


def test_who_no_longer_speaks_is_heard_as_such_at_once(world: World) -> None:
    seq = world.seq()
    did(world, "programme.edit", "i-talk", speakers=[])
    told = world.all("SELECT topic, object_id FROM change WHERE meeting_id = :m AND seq > :s", m=HERE, s=seq)
    assert ("access", "p-speaker") in told
    seq = world.seq()
    did(world, "programme.edit", "i-talk", title="Again")
    topics = {t for (t,) in world.all("SELECT topic FROM change WHERE meeting_id = :m AND seq > :s", m=HERE, s=seq)}
    assert "access" not in topics

"""How each command of the programme succeeds, who may use it, and what people try with it."""

import datetime as dt
import re
from datetime import timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tests.matrix.declared import NOBODY, STAFF, Body, Example, Text, example, tries
from tests.matrix.world import HERE, World


def _on(world: World, item: str | None) -> Any:
    """A check: that item, and nothing else in its track, is on; what was on stage is answered."""

    def check(world: World, result: Any) -> None:
        assert result["now_on"] == {"": item}
        assert result["version"] == world.version(HERE) == 4
        rows = world.all(
            "SELECT id FROM item WHERE meeting_id = :m AND actual_start IS NOT NULL AND actual_end IS NULL", m=HERE
        )
        assert [r[0] for r in rows] == ([item] if item else [])
        assert world.one("SELECT state FROM question WHERE id = 'q-on_stage'") == "answered"

    return check


@example("programme.start", may=STAFF)
def an_item_is_started_by_name(world: World) -> Example:
    return Example("moderator", {"item": "i-second_talk", "expected_version": 3}, _on(world, "i-second_talk"))


@example("programme.start")
def an_item_is_started_a_while_ago(world: World) -> Example:
    at = (world.now - timedelta(minutes=1)).isoformat()
    return Example("organiser", {"item": "i-coffee", "at": at, "expected_version": 3}, _on(world, "i-coffee"))


@example("programme.next", may=STAFF)
def the_talk_goes_over_into_its_discussion(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result["now_on"] == {"": "i-discussion"}
        assert world.one("SELECT count(*) FROM cue WHERE item_id = 'i-discussion'") == 1

    return Example("moderator", {"expected_version": 3}, check)


@example("programme.finish", may=STAFF)
def what_is_on_ends(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result["now_on"] == {"": None}
        assert world.one("SELECT actual_end FROM item WHERE id = 'i-talk'") is not None

    return Example("second_moderator", {"track": "", "expected_version": 3}, check)


@example("programme.extend", may=STAFF)
def the_talk_is_given_ten_minutes(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"item": "i-talk", "extended": 10, "version": 4}
        assert world.one("SELECT extended FROM item WHERE id = 'i-talk'") == 10
        ends, coffee = (
            world.one(f"SELECT expected_{edge} FROM item WHERE id = 'i-{id}'")
            for id, edge in (("talk", "end"), ("coffee", "start"))
        )
        assert ends == coffee > world.one("SELECT planned_start FROM item WHERE id = 'i-coffee'")

    return Example("moderator", {"item": "i-talk", "minutes": 10, "expected_version": 3}, check)


@example("programme.undo", may=STAFF)
def the_last_step_is_taken_back(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert (result["undone"], result["now_on"]) == ("next", {"": "i-welcome"})
        assert world.one("SELECT actual_start FROM item WHERE id = 'i-talk'") is None
        assert world.one("SELECT actual_end FROM item WHERE id = 'i-welcome'") is None
        assert world.one("SELECT count(*) FROM cue WHERE id IN ('c-talk-on', 'c-welcome-off')") == 0
        assert world.one("SELECT undone FROM step WHERE id = 't-talk'")

    return Example("moderator", {"expected_version": 3}, check)


@example("programme.correct", may=STAFF)
def the_talk_began_five_minutes_earlier(world: World) -> Example:
    at = world.now - timedelta(minutes=37)

    def check(world: World, result: Any) -> None:
        assert result == {"cues": ["c-talk-on", "c-welcome-off"], "version": 4}
        began, ended = (
            world.one(statement)
            for statement in (
                "SELECT actual_start FROM item WHERE id = 'i-talk'",
                "SELECT actual_end FROM item WHERE id = 'i-welcome'",
            )
        )
        assert began == ended == world.one("SELECT at FROM cue WHERE id = 'c-talk-on'")
        assert str(at)[:16] == str(began)[:16]

    return Example("moderator", {"cue": "c-talk-on", "at": at.isoformat(), "expected_version": 3}, check)


@example("meeting.stream", may=frozenset({"organiser"}))
def the_meetings_picture_is_chosen(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"stream": "https://video.example.org/live.m3u8", "version": 4}
        assert world.one("SELECT stream FROM meeting WHERE id = 'm-here'") == result["stream"]

    return Example("organiser", {"stream": " https://Video.example.org:443/live.m3u8 ", "expected_version": 3}, check)


@example("meeting.stream")
def the_meeting_has_no_picture_any_more(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"stream": "", "version": 4}

    return Example("organiser", {"stream": " ", "expected_version": 3}, check)


@example("meeting.edit", may=frozenset({"organiser"}), texts={"title": Text(200), "place": Text(200, optional=True)})
def the_meeting_gets_another_name_and_place(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"version": 4}
        (row,) = world.all("SELECT title, place, language FROM meeting WHERE id = 'm-here'")
        assert tuple(row) == ("The days", "", "en")

    body = {"title": " The  days ", "place": "", "language": "en", "expected_version": 3}
    return Example("organiser", body, check)


@example("meeting.edit")
def it_ends_a_day_later_by_its_own_clock(world: World) -> Example:
    ends = (world.now + dt.timedelta(days=1)).astimezone(ZoneInfo("Europe/Stockholm")).replace(hour=15, minute=30)

    def check(world: World, result: Any) -> None:
        told = world.one("SELECT ends FROM meeting WHERE id = 'm-here'")
        instant = dt.datetime.fromisoformat(told) if isinstance(told, str) else told
        wanted = ends.replace(second=0, microsecond=0).astimezone(dt.UTC)
        assert (instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)) == wanted

    return Example("organiser", {"closes": f"{ends:%Y-%m-%d}T15:30", "expected_version": 3}, check)


@example("programme.clock", may=NOBODY)
def coffee_begins_by_the_clock(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT actual_start FROM item WHERE id = 'i-coffee'") is not None
        assert world.one("SELECT actual_end FROM item WHERE id = 'i-talk'") is not None
        assert world.one("SELECT what FROM step WHERE number = 3") == "clock"

    return Example("system", {"item": "i-coffee"}, check)


@example("programme.drift", may=NOBODY)
def what_runs_over_pushes_the_rest(world: World) -> Example:
    planned = world.one("SELECT planned_start FROM item WHERE id = 'i-second_talk'")

    def check(world: World, result: Any) -> None:
        talk = world.one("SELECT expected_end FROM item WHERE id = 'i-talk'")
        assert talk > world.one("SELECT planned_end FROM item WHERE id = 'i-talk'")
        assert world.one("SELECT planned_start FROM item WHERE id = 'i-second_talk'") == planned

    return Example("system", {}, check)


def _version(world: World, rnd: Random) -> int:
    return world.version() - (rnd.random() < 0.1)


@tries("programme.start")
def start_something(world: World, rnd: Random) -> Body:
    items = [row[0] for row in world.all("SELECT id FROM item ORDER BY id")]
    return {"item": rnd.choice(items), "expected_version": _version(world, rnd)}


@tries("programme.next")
@tries("programme.finish")
def go_on(world: World, rnd: Random) -> Body:
    return {"expected_version": _version(world, rnd)}


@tries("meeting.stream")
def choose_a_picture(world: World, rnd: Random) -> Body:
    address = rnd.choice(["", "https://youtu.be/dQw4w9WgXcQ", "https://teams.example.org/x", "javascript:alert(1)"])
    return {"stream": address, "expected_version": _version(world, rnd)}


@tries("programme.extend")
def give_more_time(world: World, rnd: Random) -> Body:
    item = rnd.choice(["i-talk", "i-discussion", "i-coffee", "i-lunch"])
    return {"item": item, "minutes": rnd.choice([1, 5, 240]), "expected_version": _version(world, rnd)}


@tries("programme.undo")
def take_back(world: World, rnd: Random) -> Body:
    return {"expected_version": _version(world, rnd)}


@tries("programme.correct")
def it_was_earlier(world: World, rnd: Random) -> Body:
    cues = [row[0] for row in world.all("SELECT id FROM cue ORDER BY id")] or ["c-none"]
    at = world.now - timedelta(minutes=rnd.randrange(0, 60))
    return {"cue": rnd.choice(cues), "at": at.isoformat(), "expected_version": _version(world, rnd)}


# Setting the programme up

ORGANISER = frozenset({"organiser"})
TITLE = Text(200, optional=True)
DESCRIPTION = Text(2000, optional=True, multiline=True)


def _day(world: World) -> str:
    return world.now.date().isoformat()


def _order(world: World) -> list[str]:
    rows = world.all("SELECT id FROM item WHERE meeting_id = :m AND NOT removed ORDER BY day, position", m=HERE)
    places = world.all("SELECT position FROM item WHERE meeting_id = :m AND NOT removed ORDER BY position", m=HERE)
    assert [place for (place,) in places] == list(range(len(rows)))
    # an id that was made may begin like the world's own, but goes on in other signs
    return [id[2:] if re.fullmatch("i-[a-z_]+", id) else id for (id,) in rows]


@example("programme.add", may=ORGANISER, texts={"title": TITLE, "description": DESCRIPTION})
def a_part_without_times_is_added_to_a_talk(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result["version"] == 1
        order = _order(world)
        assert order[order.index("talk") + 1] == result["id"] and order[order.index("talk") + 2] == "discussion"
        assert world.one("SELECT expected_start FROM item WHERE id = :i", i=result["id"]) is not None

    place = {"day": "", "parent": "i-talk", "before": "i-discussion"}
    return Example("organiser", {"title": "A film", "description": "Short.", **place}, check)


@example("programme.add")
def a_talk_is_added_where_its_time_says(world: World) -> Example:
    begins, ends = ((world.now + timedelta(minutes=m)).isoformat() for m in (30, 45))
    speakers = [{"name": "Fixed speaker", "organisation": "A county"}]

    def check(world: World, result: Any) -> None:
        order = _order(world)
        assert order[order.index("second_talk") + 1] == result["id"]
        row = world.all("SELECT planned_start, minimum, attendance FROM item WHERE id = :i", i=result["id"])[0]
        assert str(row[0])[:16] == begins[:16].replace("T", " ") and row[1:] == (10, "both")
        assert world.one("SELECT name FROM speaker WHERE item_id = :i", i=result["id"]) == "Fixed speaker"

    body = {"title": "Wetlands", "day": _day(world), "planned_start": begins, "planned_end": ends, "minimum": 10}
    return Example("organiser", body | {"speakers": speakers}, check)


@example("programme.edit", may=ORGANISER, texts={"title": TITLE, "description": DESCRIPTION})
def a_talk_becomes_a_part_with_another_title(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"id": "i-dropped", "version": 2}
        order = _order(world)
        assert order[order.index("talk") + 1] == "dropped"
        assert world.one("SELECT title FROM item WHERE id = 'i-dropped'") == "The same, better"

    body = {"item": "i-dropped", "title": "The same, better", "parent": "i-talk", "before": "i-discussion"}
    return Example("organiser", body | {"expected_version": 1}, check)


@example("programme.edit")
def a_talk_gets_another_speaker(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"id": "i-talk", "version": 2}
        names = world.all("SELECT name, participant_id FROM speaker WHERE item_id = 'i-talk' ORDER BY position")
        assert names == [("Somebody else", None), ("The speaker", "p-speaker")]

    speakers = [{"name": "Somebody else"}, {"name": "The speaker", "role": "chairs"}]
    return Example("organiser", {"item": "i-talk", "speakers": speakers, "expected_version": 1}, check)


@example("programme.edit")
def a_later_talk_goes_where_its_time_says(world: World) -> Example:
    times = [(world.now + timedelta(minutes=m)).isoformat() for m in (125, 140)]

    def check(world: World, result: Any) -> None:
        assert _order(world)[-1] == "second_talk"
        assert world.one("SELECT minimum FROM item WHERE id = 'i-second_talk'") == 10

    body = {"item": "i-second_talk", "planned_start": times[0], "planned_end": times[1], "minimum": 10}
    return Example("organiser", body | {"expected_version": 1}, check)


@example("programme.move", may=ORGANISER)
def a_talk_becomes_part_of_another(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT parent_id FROM item WHERE id = 'i-dropped'") == "i-talk"
        order = _order(world)
        assert order[order.index("dropped") + 1] == "discussion"

    body = {"item": "i-dropped", "parent": "i-talk", "before": "i-discussion", "expected_version": 1}
    return Example("organiser", body, check)


@example("programme.move")
def a_talk_is_moved_before_another(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        order = _order(world)
        assert order.index("dropped") == order.index("second_talk") - 1

    return Example("organiser", {"item": "i-dropped", "before": "i-second_talk", "expected_version": 1}, check)


@example("programme.delete", may=ORGANISER)
def lunch_is_deleted(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"id": "i-lunch", "removed": 1}
        assert "lunch" not in _order(world)

    return Example("organiser", {"item": "i-lunch", "expected_version": 1}, check)


@example("programme.restore", may=ORGANISER)
def what_was_deleted_is_put_back(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert _order(world)[-1] == "removed"
        assert world.one("SELECT removed_with FROM item WHERE id = 'i-removed'") is None

    return Example("organiser", {"item": "i-removed"}, check)


def _any_item(world: World, rnd: Random) -> tuple[str, int]:
    rows = world.all("SELECT id, version FROM item WHERE meeting_id = :m ORDER BY id", m=HERE)
    id, version = rnd.choice(rows)
    return id, version - (rnd.random() < 0.1)


@tries("programme.add")
def add_something(world: World, rnd: Random) -> Body:
    begins = world.now + timedelta(minutes=rnd.randrange(0, 300))
    times = {"planned_start": begins.isoformat(), "planned_end": (begins + timedelta(minutes=20)).isoformat()}
    parent = rnd.choice([None, None, _any_item(world, rnd)[0]])
    body = {"title": "More", "day": "" if parent else _day(world), "parent": parent, "by_clock": rnd.random() < 0.2}
    return body | (times if rnd.random() < 0.7 else {}) | {"track": rnd.choice(["", "", "B"])}


@tries("programme.edit")
def edit_something(world: World, rnd: Random) -> Body:
    item, version = _any_item(world, rnd)
    minutes = rnd.randrange(-60, 300)
    begins = world.now + timedelta(minutes=minutes)
    times = {"planned_start": begins.isoformat(), "planned_end": (begins + timedelta(minutes=30)).isoformat()}
    more = rnd.choice(
        [times, {"title": "Other"}, {"speakers": [{"name": "One"}]}, {"cancelled": rnd.random() < 0.5}, {}]
    )
    return {"item": item, "expected_version": version, **more}


@tries("programme.move")
def move_something(world: World, rnd: Random) -> Body:
    (item, version), (other, _) = _any_item(world, rnd), _any_item(world, rnd)
    more = rnd.choice([{"before": other}, {"before": other, "retime": True}, {"parent": other}, {"parent": None}])
    return {"item": item, "expected_version": version, **more}


@tries("programme.delete")
def delete_something(world: World, rnd: Random) -> Body:
    item, version = _any_item(world, rnd)
    return {"item": item, "expected_version": version}


@tries("programme.restore")
def put_something_back(world: World, rnd: Random) -> Body:
    return {"item": _any_item(world, rnd)[0]}

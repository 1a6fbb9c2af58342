"""How each command of the programme succeeds, who may use it, and what people try with it."""

from datetime import timedelta
from random import Random
from typing import Any

from tests.matrix.declared import NOBODY, STAFF, Body, Example, example, tries
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

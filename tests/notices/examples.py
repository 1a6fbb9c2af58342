"""How each command of the notices succeeds, who may use it, and what people try with it."""

from random import Random
from typing import Any

from tests.matrix.declared import NOBODY, STAFF, Body, Example, Text, example, tries
from tests.matrix.world import World


@example("notice.send", may=STAFF, texts={"text": Text(200)})
def the_web_is_told_that_sound_is_coming(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all('SELECT text, "to", item_id, cleared FROM notice WHERE id = :n', n=result["id"])
        assert tuple(row) == ("Ljudet är tillbaka om två minuter", "web", None, False)
        assert world.one("SELECT count(*) FROM due WHERE command = 'notice.over'") == 1

    return Example("moderator", {"text": "Ljudet är tillbaka om två minuter", "to": "web"}, check)


@example("notice.send")
def who_speaks_is_told(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT item_id FROM notice WHERE id = :n", n=result["id"]) == "i-talk"

    return Example("organiser", {"text": "Nearer the microphone, please", "to": "speaker", "minutes": 2}, check)


@example("notice.clear", may=STAFF)
def a_notice_is_taken_down(world: World) -> Example:
    return Example("moderator", {"id": "n-hall"}, lambda w, _: _is_cleared(w, "n-hall"))


@example("notice.over", may=NOBODY)
def the_time_of_a_notice_is_up(world: World) -> Example:
    return Example("system", {"id": "n-all"}, lambda w, _: _is_cleared(w, "n-all"))


def _is_cleared(world: World, notice: str) -> None:
    assert world.one("SELECT cleared FROM notice WHERE id = :n", n=notice)


@tries("notice.send")
def tell_somebody(world: World, rnd: Random) -> Body:
    return {"text": "Vi dröjer lite", "to": rnd.choice(["all", "web", "hall", "speaker"])}


@tries("notice.clear")
def take_one_down(world: World, rnd: Random) -> Body:
    return {"id": rnd.choice([row[0] for row in world.all("SELECT id FROM notice ORDER BY id")])}

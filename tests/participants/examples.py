"""How each command of the participants succeeds, who may use it, and what people try with it."""

from random import Random
from typing import Any

from tests.matrix.declared import STAFF, Body, Example, Text, example, tries
from tests.matrix.world import World


@example("person.revoke", may=frozenset({"organiser"}))
def the_ways_in_of_a_person_are_closed(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"closed": 1}
        assert world.one("SELECT count(*) FROM grant_ WHERE participant_id = 'p-quiet' AND revoked_at IS NULL") == 0

    return Example("organiser", {"person": "p-quiet"}, check)


@tries("person.revoke")
def close_the_ways_of_the_quiet(world: World, rnd: Random) -> Body:
    return {"person": rnd.choice(["p-quiet", "p-gone", "p-their_guest"])}


@example("screen.pair", may=STAFF, texts={"name": Text(60, optional=True)})
def a_screen_that_shows_a_code_is_let_in(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT name, roles FROM participant WHERE id = :p", p=result["screen"])
        assert tuple(row) == ("Stora salen", "screen")
        (grant,) = world.all("SELECT g.participant_id FROM pairing w JOIN grant_ g ON g.id = w.grant_id")
        assert grant[0] == result["screen"]

    return Example("moderator", {"code": " cd-fgh ", "name": "Stora salen"}, check)


@example("screen.pair")
def a_lectern_is_let_in(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT roles FROM participant WHERE id = :p", p=result["screen"]) == "lectern"

    return Example("organiser", {"code": "CDFGH", "use": "lectern"}, check)


@example("screen.track", may=STAFF)
def a_screen_follows_another_track(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT track FROM participant WHERE id = 'p-screen'") == "B"

    return Example("moderator", {"screen": "p-screen", "track": "B"}, check)


@example("screen.unpair", may=STAFF)
def a_screen_is_ended(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"closed": 1}
        assert world.one("SELECT roles FROM participant WHERE id = 'p-lectern'") == ""
        assert world.one("SELECT count(*) FROM grant_ WHERE id = 'g-lectern' AND revoked_at IS NULL") == 0

    return Example("moderator", {"screen": "p-lectern"}, check)


@tries("screen.pair")
def type_a_code(world: World, rnd: Random) -> Body:
    return {"code": rnd.choice(["CDFGH", "JKMNP", "XXXXX", "?"])}


@tries("screen.unpair")
def end_a_screen(world: World, rnd: Random) -> Body:
    return {"screen": rnd.choice(["p-spare_screen", "p-their_screen"])}

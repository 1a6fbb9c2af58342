"""How each command of the participants succeeds, who may use it, and what people try with it."""

from random import Random
from typing import Any

from tests.matrix.declared import Body, Example, example, tries
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

"""How each command of the meeting itself succeeds, who may use it, and what people try with it."""

from random import Random
from typing import Any

from tests.matrix.declared import Body, Example, Text, example, tries
from tests.matrix.world import HERE, World

ORGANISER = frozenset({"organiser"})
WORDS = "Vi börjar med **kaffe**.\n\n- och sedan frågor"


@example("meeting.text", may=ORGANISER, texts={"text": Text(4000, optional=True, multiline=True)})
def what_the_meeting_is_about_is_written_anew(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"id": "x-about", "version": 3}
        assert _now(world) == (WORDS, 2, "p-organiser")
        assert _steps(world) == [(0, 0), (1, 0), (2, 1)], "it is a step upon the one before, which stays"

    body = {"field": "about", "language": "sv", "text": WORDS, "expected_version": 2}
    return Example("organiser", body, check)


@example("meeting.text")
def a_text_that_nobody_has_written_is_begun(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result["version"] == 1
        assert world.one("SELECT text FROM meeting_text WHERE id = :n", n=result["id"]) == "Hör av dig till kansliet"
        assert world.one("SELECT tagline FROM meeting WHERE id = :n", n=HERE) == "Hör av dig till kansliet"
        steps = world.all(
            "SELECT number, text FROM meeting_text_step WHERE text_id = :n ORDER BY number", n=result["id"]
        )
        assert [tuple(row) for row in steps] == [(0, "For tests"), (1, "Hör av dig till kansliet")]

    body = {"field": "lead", "language": "sv", "text": " Hör av dig\ntill kansliet ", "expected_version": 0}
    return Example("organiser", body, check)


@example("meeting.undo_text", may=ORGANISER)
def ones_own_last_change_is_taken_back(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"id": "x-about", "version": 3, "text": "What happened"}
        assert _now(world) == ("What happened", 0, None)
        assert _steps(world) == [(0, 0), (1, 0)], "what was taken back is not forgotten"

    return Example("organiser", {"field": "about", "language": "sv", "expected_version": 2}, check)


@example("meeting.publish", may=ORGANISER)
def the_invitation_is_taken_back(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"published": False}
        assert not world.one("SELECT published FROM meeting WHERE id = :n", n=HERE)

    return Example("organiser", {"on": False}, check)


def _now(world: World) -> Any:
    (row,) = world.all('SELECT text, step, "by" FROM meeting_text WHERE id = :n', n="x-about")
    return tuple(row)


def _steps(world: World) -> list[Any]:
    query = "SELECT number, back FROM meeting_text_step WHERE text_id = :n ORDER BY number"
    return [tuple(row) for row in world.all(query, n="x-about")]


@tries("meeting.text")
def write_something(world: World, rnd: Random) -> Body:
    field, language = rnd.choice([("about", "sv"), ("about", "en"), ("lead", "sv"), ("contact_email", "both")])
    text = rnd.choice(["", "kansliet@example.org", "Kom!"])
    return {"field": field, "language": language, "text": text, "expected_version": rnd.randrange(4)}


@tries("meeting.undo_text")
def take_something_back(world: World, rnd: Random) -> Body:
    return {"field": "about", "language": rnd.choice(["sv", "en"]), "expected_version": rnd.randrange(1, 4)}

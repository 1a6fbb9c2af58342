"""How each command of the slides succeeds, who may use it, and what people try with it."""

import datetime as dt
from random import Random
from typing import Any

from tests.matrix.declared import NOBODY, STAFF, Body, Example, Text, example, tries
from tests.matrix.world import World

FILE = "0123456789abcdef" * 4


@example("slides.add", may=NOBODY, texts={"name": Text(120)})
def a_speaker_has_brought_a_pdf(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT state, page, name, uploaded_by FROM deck WHERE id = :d", d=result["id"])
        assert tuple(row) == ("waiting", 0, "regn.pdf", "p-speaker")
        (job,) = world.all("SELECT state FROM job WHERE kind = 'slides.render'")
        assert job[0] == "waiting"
        assert _decks(world, "i-talk") == {"k-shown", result["id"]}, "what was not ready has given way"

    return Example("system", {"item": "i-talk", "name": "regn.pdf", "file": FILE, "by": "p-speaker"}, check)


@example("slides.page", may=NOBODY, texts={"text": Text(10_000, optional=True, multiline=True)})
def a_page_has_been_drawn(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"done": 2, "state": "rendering"}
        assert world.one("SELECT text FROM page WHERE deck_id = 'k-drawing' AND number = 2") == "Regn över\nstaden"

    return Example("system", _page(2), check)


@example("slides.page")
def the_last_page_makes_it_ready_in_the_place_of_the_earlier_one(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"done": 2, "state": "ready"}
        assert _decks(world, "i-talk") == {"k-drawing"}
        assert world.one("SELECT page FROM deck WHERE id = 'k-drawing'") == 2, "who follows goes on"
        assert world.one("SELECT count(*) FROM page WHERE deck_id = 'k-shown'") == 0

    return Example("system", _page(2) | {"of": 2}, check)


@example("slides.page")
def a_page_that_is_drawn_again_is_the_same_page(world: World) -> Example:
    return Example("system", _page(1), lambda w, result: _same(result, {"done": 1, "state": "rendering"}))


@example("slides.fail", may=NOBODY)
def no_pages_could_be_made(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT state, error, done FROM deck WHERE id = 'k-drawing'")
        assert tuple(row) == ("failed", "broken_pdf", 0)
        assert world.one("SELECT count(*) FROM page WHERE deck_id = 'k-drawing'") == 0

    return Example("system", {"deck": "k-drawing", "error": "broken_pdf"}, check)


@example("slides.turn", may=STAFF | {"speaker", "lectern"})
def the_next_page_is_shown_and_leaves_a_cue(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"page": 3, "version": 3}
        (cue,) = world.all("SELECT item_id, page FROM cue WHERE kind = 'page'")
        assert tuple(cue) == ("i-talk", 3)

    return Example("speaker", {"deck": "k-shown", "page": 3, "expected": 2}, check)


@example("slides.turn")
def the_lectern_takes_the_slides_down(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT page FROM deck WHERE id = 'k-shown'") == 0
        assert world.one("SELECT count(*) FROM cue WHERE kind = 'page'") == 0

    return Example("lectern", {"deck": "k-shown", "page": 0}, check)


@example("slides.turn")
def what_is_tried_before_its_item_is_on_leaves_no_cue(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT page FROM deck WHERE id = 'k-prepared'") == 1
        assert world.one("SELECT count(*) FROM cue WHERE kind = 'page'") == 0

    return Example("moderator", {"deck": "k-prepared", "page": 1}, check)


@example("slides.turn")
def a_page_that_is_only_flipped_past_leaves_no_cue(world: World) -> Example:
    now = dt.datetime.now(dt.UTC)
    world.write("DELETE FROM cue WHERE kind = 'page'")
    world.write(
        "INSERT INTO cue (id, meeting_id, item_id, kind, page, at) VALUES ('c-flip', 'm-here', 'i-talk', 'page', 1, :at)",
        at=f"{now:%Y-%m-%d %H:%M:%S.%f}" if world.sqlite else now,
    )

    def check(world: World, result: Any) -> None:
        assert [row[0] for row in world.all("SELECT page FROM cue WHERE kind = 'page'")] == [3]

    return Example("speaker", {"deck": "k-shown", "page": 3}, check)


@example("slides.remove", may=STAFF | {"speaker"})
def the_slides_are_taken_away(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT count(*) FROM deck WHERE id = 'k-shown'") == 0
        assert world.one("SELECT count(*) FROM page WHERE deck_id = 'k-shown'") == 0

    return Example("speaker", {"deck": "k-shown"}, check)


@tries("slides.turn")
def turn_somewhere(world: World, rnd: Random) -> Body:
    body: Body = {"deck": _any_deck(world, rnd), "page": rnd.randrange(5)}
    return body | ({"expected": rnd.randrange(4)} if rnd.random() < 0.4 else {})


@tries("slides.remove")
def remove_something(world: World, rnd: Random) -> Body:
    return {"deck": _any_deck(world, rnd) if rnd.random() < 0.2 else "k-nothing"}


def _page(number: int) -> Body:
    text = "Regn över\nstaden"
    return {"deck": "k-drawing", "number": number, "of": 3, "file": FILE, "width": 1280, "height": 720, "text": text}


def _decks(world: World, item: str) -> set[str]:
    return {row[0] for row in world.all("SELECT id FROM deck WHERE item_id = :i", i=item)}


def _any_deck(world: World, rnd: Random) -> str:
    return str(rnd.choice([*(row[0] for row in world.all("SELECT id FROM deck ORDER BY id")), "k-nothing"]))


def _same(result: Any, wanted: Any) -> None:
    assert result == wanted

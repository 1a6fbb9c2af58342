"""How each command of the polls succeeds, who may use it, and what people try with it."""

from random import Random
from typing import Any

from tests.matrix.declared import ADMITTED, STAFF, Body, Example, Text, example, tries
from tests.matrix.world import World


@example("poll.add", may=STAFF, texts={"prompt": Text(200)})
def a_choice_is_prepared(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT kind, prompt, state, most, item_id FROM poll WHERE id = :p", p=result["id"])
        assert tuple(row) == ("choice", "How do you begin?", "draft", 1, "i-talk")

    body = {"item": "i-talk", "kind": "choice", "prompt": " How do you begin? ", "options": ["Alone", "Together"]}
    return Example("moderator", body, check)


@example("poll.add")
def a_scale_is_prepared(world: World) -> Example:
    body = {
        "item": "i-coffee",
        "kind": "scale",
        "prompt": "How far?",
        "options": ["Not at all", "All the way"],
        "most": 10,
    }
    return Example("organiser", body, lambda w, result: _is(w, result["id"], "draft"))


@example("poll.edit", may=STAFF, texts={"prompt": Text(200)})
def a_draft_gets_another_text(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"id": "v-draft", "version": 3}
        assert world.one("SELECT prompt FROM poll WHERE id = 'v-draft'") == "Shall we?"

    body = {"id": "v-draft", "prompt": "Shall we?", "options": ["Yes", "No", "Later"], "expected_version": 2}
    return Example("moderator", body, check)


@example("poll.open", may=STAFF)
def a_draft_is_put_to_everyone_and_on_the_screen(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"id": "v-draft", "state": "open", "version": 4}
        assert _on_screen(world) == {"v-draft"}

    return Example("moderator", {"id": "v-draft"}, check)


@example("poll.open")
def a_closed_one_is_opened_again_with_its_answers(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        _is(world, "v-closed", "open")
        assert _counted(world, "v-closed") == (1, {"1": 1})

    return Example("moderator", {"id": "v-closed"}, check)


@example("poll.close", may=STAFF)
def an_open_one_is_closed(world: World) -> Example:
    return Example("second_moderator", {"id": "v-choice"}, lambda w, _: _is(w, "v-choice", "closed"))


@example("poll.show", may=STAFF)
def another_takes_the_screen(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"id": "v-scale", "on_screen": True, "version": 3}
        assert _on_screen(world) == {"v-scale"}

    return Example("moderator", {"id": "v-scale", "on": True}, check)


@example("poll.show")
def it_is_taken_off_the_screen(world: World) -> Example:
    return Example("moderator", {"id": "v-choice", "on": False}, lambda w, _: _same(_on_screen(w), set()))


@example("poll.leave_out", may=STAFF)
def all_count_again(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"id": "v-street", "places_only": False, "version": 3}
        assert _counted(world, "v-street") == (2, {"0": 1, "1": 1})

    return Example("moderator", {"id": "v-street", "on": False}, check)


@example("poll.leave_out")
def what_walk_ins_answer_is_left_out(world: World) -> Example:
    left = "SELECT places_only FROM poll WHERE id = 'v-choice'"
    return Example("organiser", {"id": "v-choice", "on": True}, lambda w, _: _same(bool(w.one(left)), True))


@example("poll.delete", may=STAFF)
def a_draft_is_thrown_away(world: World) -> Example:
    gone = "SELECT count(*) FROM poll WHERE id = 'v-draft'"
    return Example("moderator", {"id": "v-draft"}, lambda w, _: _same(w.one(gone), 0))


@example("poll.answer", may=ADMITTED)
def somebody_answers_for_the_first_time(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"answers": [1, 2]}
        assert _counted(world, "v-choice") == (3, {"0": 2, "1": 2, "2": 1})

    return Example("quiet", {"id": "v-choice", "answers": [2, 1, 1]}, check)


@example("poll.answer")
def somebody_answers_anew(world: World) -> Example:
    return Example(
        "hall", {"id": "v-scale", "answers": [4]}, lambda w, _: _same(_counted(w, "v-scale"), (2, {"4": 1, "5": 1}))
    )


@example("poll.answer")
def the_same_answer_again_changes_nothing(world: World) -> Example:
    return Example(
        "web", {"id": "v-choice", "answers": [0, 1]}, lambda w, _: _same(_counted(w, "v-choice"), (2, {"0": 2, "1": 1}))
    )


@example("poll.answer")
def somebody_takes_their_answer_back(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert _counted(world, "v-words") == (1, {"regn": 1})
        assert not world.all("SELECT at FROM poll_answer WHERE poll_id = 'v-words' AND participant_id = 'p-hall'")

    return Example("hall", {"id": "v-words", "answers": []}, check)


@example("poll.answer")
def words_are_folded_by_case(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"answers": ["REGN", "Ek"]}
        assert _counted(world, "v-words") == (3, {"regn": 3, "träd": 1, "ek": 1})

    return Example("speaker", {"id": "v-words", "answers": ["Regn", " REGN ", "Ek", ""]}, check)


def _is(world: World, poll: str, state: str) -> None:
    assert world.one("SELECT state FROM poll WHERE id = :p", p=poll) == state


def _on_screen(world: World) -> set[str]:
    rows = world.all("SELECT id, on_screen FROM poll WHERE meeting_id = 'm-here'")
    return {row[0] for row in rows if row[1]}


def _counted(world: World, poll: str) -> tuple[int, dict[str, int]]:
    row = next(row for row in world.dump()["poll"] if row["id"] == poll)
    return row["answered"], row["counts"]


def _same(found: Any, wanted: Any) -> None:
    assert found == wanted


def _any_poll(world: World, rnd: Random) -> str:
    return str(rnd.choice([row[0] for row in world.all("SELECT id FROM poll ORDER BY made_at DESC, id LIMIT 12")]))


@tries("poll.add")
def prepare_something(world: World, rnd: Random) -> Body:
    body: Body = {
        "item": "i-talk",
        "prompt": f"What of {rnd.random()}?",
        "kind": rnd.choice(["choice", "scale", "words"]),
    }
    return (
        body
        | {"choice": {"options": ["A", "B", "C"], "most": 2}, "scale": {"most": 5}, "words": {"most": 3}}[body["kind"]]
    )


@tries("poll.edit")
def edit_something(world: World, rnd: Random) -> Body:
    return {"id": _any_poll(world, rnd), "prompt": "Another?", "options": ["A", "B"]}


@tries("poll.open")
@tries("poll.close")
@tries("poll.delete")
def move_some_poll(world: World, rnd: Random) -> Body:
    return {"id": _any_poll(world, rnd)}


@tries("poll.show")
@tries("poll.leave_out")
def show_something(world: World, rnd: Random) -> Body:
    return {"id": _any_poll(world, rnd), "on": rnd.random() < 0.6}


@tries("poll.answer")
def answer_something(world: World, rnd: Random) -> Body:
    given: list[Any] = rnd.choice([[0], [1, 0], [5], [2], [], ["Regn"], ["ek", "Träd", "regn"], [99]])
    return {"id": _any_poll(world, rnd), "answers": given}

"""How each command of the questions succeeds, who may use it, and what people try with it."""

from random import Random
from typing import Any

from tests.matrix.declared import ADMITTED, STAFF, Body, Example, Text, example, tries
from tests.matrix.world import World


def _is(world: World, question: str, state: str) -> None:
    assert world.one("SELECT state FROM question WHERE id = :q", q=question) == state


def _told(world: World, question: str, end: str) -> None:
    """The asker has one receipt for that end, and nobody else has any."""
    rows = world.all(
        'SELECT r.participant_id = q.author_id, r."end" FROM receipt r JOIN question q ON q.id = r.question_id '
        "WHERE q.id = :q",
        q=question,
    )
    assert [tuple(row) for row in rows] == [(True, end)]


@example("question.ask", may=ADMITTED, texts={"text": Text(500, multiline=True)})
def a_question_with_a_hidden_name_waits_for_a_moderator(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all(
            "SELECT state, text, item_id, author_id, name_hidden FROM question WHERE id = :q", q=result["id"]
        )
        assert tuple(row) == ("pending", "How do we begin?", "i-talk", "p-hall", True)

    return Example("hall", {"text": " How do we\u202e begin? ", "item": "i-talk", "hide_name": True}, check)


@example("question.ask")
def a_question_without_an_item_is_put_to_what_is_on(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT item_id FROM question WHERE id = :q", q=result["id"]) == "i-talk"

    return Example("speaker", {"text": "And then?"}, check)


@example("question.approve", may=STAFF, texts={"reason": Text(300, optional=True)})
def a_pending_question_is_approved(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"id": "q-pending", "state": "approved", "version": 3}
        _is(world, "q-pending", "approved")

    return Example("moderator", {"id": "q-pending", "expected_version": 2}, check)


@example("question.approve")
def a_question_with_a_hidden_name_is_approved(world: World) -> Example:
    return Example("second_moderator", {"id": "q-pending_hidden"}, lambda w, _: _is(w, "q-pending_hidden", "approved"))


@example("question.reject", may=STAFF, texts={"reason": Text(300, optional=True)})
def a_pending_question_is_rejected_and_its_asker_told(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        _is(world, "q-pending", "rejected")
        _told(world, "q-pending", "rejected")

    return Example("moderator", {"id": "q-pending", "reason": "Not ours to answer."}, check)


@example("question.reject")
def an_approved_question_is_rejected_after_all(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        _is(world, "q-approved_hidden", "rejected")
        _told(world, "q-approved_hidden", "rejected")

    return Example("organiser", {"id": "q-approved_hidden"}, check)


@example("question.take", may=STAFF)
def an_approved_question_takes_the_stage_from_another(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        _is(world, "q-approved", "on_stage")
        _is(world, "q-on_stage", "answered")
        _told(world, "q-on_stage", "answered")

    return Example("moderator", {"id": "q-approved"}, check)


@example("question.put_back", may=STAFF)
def what_is_on_stage_is_put_back_in_line(world: World) -> Example:
    return Example("moderator", {"id": "q-on_stage"}, lambda w, _: _is(w, "q-on_stage", "approved"))


@example("question.answer", may=STAFF)
def what_is_on_stage_is_answered_and_its_asker_told(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        _is(world, "q-on_stage", "answered")
        _told(world, "q-on_stage", "answered")

    return Example("moderator", {"id": "q-on_stage"}, check)


@example("question.upvote", may=ADMITTED)
def somebody_supports_a_question(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"on": True, "support": 3}
        assert world.one("SELECT support FROM question WHERE id = 'q-approved'") == 3
        assert world.one("SELECT count(*) FROM upvote WHERE question_id = 'q-approved'") == 3

    return Example("quiet", {"id": "q-approved", "on": True}, check)


@example("question.upvote")
def somebody_takes_their_support_back(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"on": False, "support": 1}
        assert world.one("SELECT count(*) FROM upvote WHERE question_id = 'q-approved'") == 1

    return Example("hall", {"id": "q-approved", "on": False}, check)


@example("question.upvote")
def supporting_twice_counts_once(world: World) -> Example:
    return Example("hall", {"id": "q-approved", "on": True}, lambda w, result: _same(result, 2))


def _same(result: Any, support: int) -> None:
    assert result == {"on": True, "support": support}


def _any_question(world: World, rnd: Random) -> str:
    return str(rnd.choice(world.all("SELECT id FROM question ORDER BY asked_at DESC, id LIMIT 15"))[0])


@tries("question.ask")
def ask_something(world: World, rnd: Random) -> Body:
    body: Body = {"text": f"Question {rnd.random()}", "hide_name": rnd.random() < 0.4}
    return body | ({"item": rnd.choice(["i-talk", "i-coffee", "i-their_talk"])} if rnd.random() < 0.2 else {})


@tries("question.approve")
def approve_something(world: World, rnd: Random) -> Body:
    body: Body = {"id": _any_question(world, rnd)}
    return body | ({"expected_version": 2} if rnd.random() < 0.3 else {})


@tries("question.reject")
def reject_something(world: World, rnd: Random) -> Body:
    return {"id": _any_question(world, rnd), "reason": rnd.choice(["", "Asked before."])}


@tries("question.take")
@tries("question.put_back")
@tries("question.answer")
def move_something(world: World, rnd: Random) -> Body:
    return {"id": _any_question(world, rnd)}


@tries("question.upvote")
def support_something(world: World, rnd: Random) -> Body:
    return {"id": _any_question(world, rnd), "on": rnd.random() < 0.7}

"""How each command of the questions succeeds, who may use it, and what people try with it."""

from datetime import timedelta
from random import Random
from typing import Any

from tests.matrix.declared import ASKERS, NOBODY, STAFF, Body, Example, Text, example, tries
from tests.matrix.world import World


def _is(world: World, question: str, state: str) -> None:
    assert world.one("SELECT state FROM question WHERE id = :q", q=question) == state


def _told(world: World, question: str, *ends: str) -> None:
    """The asker has one receipt for each of these ends, and nobody else has any."""
    rows = world.all(
        'SELECT r.participant_id = q.author_id, r."end" FROM receipt r JOIN question q ON q.id = r.question_id '
        "WHERE q.id = :q",
        q=question,
    )
    assert sorted(tuple(row) for row in rows) == sorted((True, end) for end in ends)


def _line(world: World) -> list[str]:
    """What is up next, in places 1, 2, 3 …"""
    rows = world.all("SELECT id, queue FROM question WHERE state = 'approved' AND queue > 0 ORDER BY queue")
    assert [row[1] for row in rows] == list(range(1, len(rows) + 1)), rows
    return [row[0] for row in rows]


def _supports(world: World, question: str) -> set[str]:
    rows = world.all("SELECT participant_id FROM upvote WHERE question_id = :q", q=question)
    assert world.one("SELECT support FROM question WHERE id = :q", q=question) == len(rows)
    return {row[0].removeprefix("p-") for row in rows}


def _recorded(world: World, what: str, object: str, count: int = 1) -> None:
    """In the log of what staff did."""
    assert world.one("SELECT count(*) FROM audit WHERE what = :w AND object_id = :o", w=what, o=object) == count


@example("question.ask", may=ASKERS, texts={"text": Text(500, multiline=True)})
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


@example("question.answer")
def what_waits_is_answered_in_passing_and_the_line_closes_up(world: World) -> Example:
    """Another question is said to be like it, as long as it is open."""

    def check(world: World, result: Any) -> None:
        _is(world, "q-next", "answered")
        _told(world, "q-next", "answered")
        assert _line(world) == ["q-aloud"]

    return Example("moderator", {"id": "q-next"}, check)


@example("question.upvote", may=ASKERS)
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


@example("question.upvote")
def support_that_came_through_a_part_becomes_ones_own(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"on": True, "support": 2}
        rows = world.all(
            "SELECT via FROM upvote WHERE question_id = 'q-approved_hidden' AND participant_id = 'p-moderator'"
        )
        assert [row[0] for row in rows] == [None]

    return Example("moderator", {"id": "q-approved_hidden", "on": True}, check)


@example("question.upvote")
def support_is_taken_back_from_the_whole_and_its_parts(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"on": False, "support": 1}
        assert _supports(world, "q-part") == {"hall", "web"}
        assert _supports(world, "q-approved_hidden") == {"web"}

    return Example("moderator", {"id": "q-approved_hidden", "on": False}, check)


@example("question.ask")
def somebody_whose_time_is_up_asks_again(world: World) -> Example:
    return Example("heard_again", {"text": "Again?"}, lambda w, result: _is(w, result["id"], "pending"))


@example("question.edit", may=ASKERS, texts={"text": Text(500, multiline=True)})
def its_asker_changes_the_wording_while_it_waits(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"id": "q-pending", "version": 3}
        (row,) = world.all("SELECT text, original, state FROM question WHERE id = 'q-pending'")
        assert tuple(row) == ("What of all that is pending?", "", "pending")

    return Example("hall", {"id": "q-pending", "text": "What of all that is pending?", "expected_version": 2}, check)


@example("question.edit")
def staff_change_the_wording_and_leave_what_was_asked_beside_it(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT text, original FROM question WHERE id = 'q-pending'")
        assert tuple(row) == ("And the pending?", "What of pending?")
        _recorded(world, "question.edit", "q-pending")

    return Example("moderator", {"id": "q-pending", "text": "And the pending?", "expected_version": 2}, check)


@example("question.edit")
def what_was_asked_is_written_back(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT text, original, claimed_by FROM question WHERE id = 'q-claimed'")
        assert tuple(row) == ("What off claimed?", "", None)

    return Example("second_moderator", {"id": "q-claimed", "text": "What off claimed?", "expected_version": 2}, check)


@example("question.withdraw", may=ASKERS)
def a_pending_question_is_withdrawn(world: World) -> Example:
    return Example("hall", {"id": "q-pending"}, lambda w, _: _is(w, "q-pending", "withdrawn"))


@example("question.withdraw")
def an_approved_question_is_withdrawn_and_the_line_closes_up(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        _is(world, "q-next", "withdrawn")
        assert _line(world) == ["q-aloud"]

    return Example("leader", {"id": "q-next"}, check)


@example("question.withdraw")
def what_was_merged_into_it_stands_by_itself_again(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        _is(world, "q-approved_hidden", "withdrawn")
        _is(world, "q-part", "approved")
        _told(world, "q-part")
        assert _supports(world, "q-approved_hidden") == {"web"}
        assert _line(world) == ["q-next", "q-part", "q-aloud"]

    return Example("hall", {"id": "q-approved_hidden"}, check)


@example("question.claim", may=STAFF)
def a_moderator_is_at_work_on_a_question(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"id": "q-pending", "seconds": 120}
        assert world.one("SELECT claimed_by FROM question WHERE id = 'q-pending'") == "p-moderator"

    return Example("moderator", {"id": "q-pending"}, check)


@example("question.claim")
def a_moderator_takes_over_from_another(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT claimed_by FROM question WHERE id = 'q-claimed'") == "p-moderator"
        _recorded(world, "question.claim", "q-claimed")

    return Example("moderator", {"id": "q-claimed", "over": True}, check)


@example("question.release", may=STAFF)
def a_moderator_is_done_without_having_decided(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT claimed_by FROM question WHERE id = 'q-claimed'") is None

    return Example("second_moderator", {"id": "q-claimed"}, check)


@example("question.release")
def what_somebody_else_is_at_is_not_let_go(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT claimed_by FROM question WHERE id = 'q-claimed'") == "p-second_moderator"

    return Example("moderator", {"id": "q-claimed"}, check)


@example("question.reopen", may=STAFF)
def what_was_answered_stands_in_line_again(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        _is(world, "q-answered", "approved")
        _told(world, "q-answered")

    return Example("moderator", {"id": "q-answered", "expected_version": 2}, check)


@example("question.reopen")
def what_was_rejected_waits_again(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert tuple(world.all("SELECT state, reason FROM question WHERE id = 'q-rejected'")[0]) == ("pending", "")
        _told(world, "q-rejected")

    return Example("moderator", {"id": "q-rejected"}, check)


@example("question.merge", may=STAFF)
def a_pending_question_is_merged_into_an_approved_one(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"id": "q-pending", "state": "merged", "version": 3}
        assert world.one("SELECT merged_into FROM question WHERE id = 'q-pending'") == "q-approved"
        _told(world, "q-pending", "merged")
        assert world.one("SELECT into_id FROM receipt WHERE question_id = 'q-pending'") == "q-approved"

    return Example("moderator", {"id": "q-pending", "into": "q-approved", "expected_version": 2}, check)


@example("question.merge")
def their_voters_are_united_and_the_line_closes_up(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert _supports(world, "q-approved") == {"hall", "speaker", "moderator"}
        assert _line(world) == ["q-aloud"]

    return Example("moderator", {"id": "q-next", "into": "q-approved"}, check)


@example("question.merge")
def a_whole_is_merged_with_its_parts(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        # the voters of the part of the part too, but not the asker of the whole
        assert _supports(world, "q-aloud") == {"web", "hall", "moderator"}
        _told(world, "q-part", "merged")
        _told(world, "q-approved_hidden", "merged")

    return Example("organiser", {"id": "q-approved_hidden", "into": "q-aloud"}, check)


@example("question.merge")
def who_asked_the_whole_does_not_support_it_through_a_part(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert _supports(world, "q-aloud") == {"web"}
        assert _supports(world, "q-approved") == {"hall", "speaker"}

    return Example("moderator", {"id": "q-aloud", "into": "q-approved"}, check)


@example("question.unmerge", may=STAFF)
def what_was_merged_is_parted_and_stands_at_its_place_again(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        _is(world, "q-part", "approved")
        _told(world, "q-part")
        assert _line(world) == ["q-next", "q-part", "q-aloud"]
        assert _supports(world, "q-approved_hidden") == {"web"}
        assert _supports(world, "q-part") == {"hall", "moderator", "web"}

    return Example("moderator", {"id": "q-part"}, check)


@example("question.queue", may=STAFF)
def a_question_is_put_before_another(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"id": "q-aloud", "queue": 1}
        assert _line(world) == ["q-aloud", "q-next"]

    return Example("moderator", {"id": "q-aloud", "before": "q-next"}, check)


@example("question.queue")
def a_question_is_up_next_after_the_others(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"id": "q-approved", "queue": 3}
        assert _line(world) == ["q-next", "q-aloud", "q-approved"]

    return Example("moderator", {"id": "q-approved"}, check)


@example("question.queue")
def a_question_is_not_up_next_any_more(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"id": "q-next", "queue": None}
        assert _line(world) == ["q-aloud"]

    return Example("moderator", {"id": "q-next", "on": False}, check)


@example("question.move", may=STAFF)
def a_question_is_put_to_the_next_talk(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT item_id FROM question WHERE id = 'q-next'") == "i-second_talk"
        assert _line(world) == ["q-next", "q-aloud"], "it is of the same track"
        _recorded(world, "question.move", "q-next")

    return Example("moderator", {"id": "q-next", "item": "i-second_talk", "expected_version": 2}, check)


@example("question.move")
def to_a_phase_of_a_talk_is_to_the_talk(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT item_id FROM question WHERE id = 'q-pending'") == "i-talk"

    return Example("moderator", {"id": "q-pending", "item": "i-discussion"}, check)


@example("question.record", may=STAFF, texts={"text": Text(500, multiline=True), "name": Text(120, optional=True)})
def a_question_is_asked_for_somebody_who_takes_part(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT state, aloud, author_id, item_id FROM question WHERE id = :q", q=result["id"])
        assert tuple(row) == ("approved", True, "p-muted", "i-talk")

    return Example("moderator", {"text": "May I?", "item": "i-talk", "person": "p-muted"}, check)


@example("question.record")
def what_was_asked_in_the_hall_is_written_down(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        columns = "state, aloud, author_id, by_name, item_id, text"
        (row,) = world.all(f"SELECT {columns} FROM question WHERE id = :q", q=result["id"])
        assert tuple(row) == ("approved", True, None, "Somebody at the back", "i-talk", "How loud is it?")
        _recorded(world, "question.record", result["id"])

    return Example("moderator", {"text": "How loud is it?", "name": "Somebody at the back"}, check)


@example("question.reply", may=STAFF | {"speaker"}, texts={"text": Text(4000, multiline=True)})
def a_speaker_answers_in_writing_what_was_not_reached(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        _is(world, "q-approved", "answered")
        assert world.one("SELECT reply FROM question WHERE id = 'q-approved'") == "In May."
        _told(world, "q-approved", "replied")
        _told(world, "q-merged", "merged", "replied")
        assert (
            world.one("SELECT reason FROM receipt WHERE question_id = 'q-merged' AND \"end\" = 'replied'") == "In May."
        )
        asked = (
            "SELECT count(*) FROM question q JOIN participant p ON p.id = q.author_id "
            "WHERE q.id IN ('q-approved', 'q-merged') AND p.email <> ''"
        )
        assert world.one("SELECT count(*) FROM letter WHERE template = 'answered'") == world.one(asked)

    return Example("speaker", {"id": "q-approved", "text": "In May."}, check)


@example("question.reply")
def an_answer_in_writing_is_written_anew(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        _told(world, "q-replied", "replied")
        assert world.one("SELECT reason FROM receipt WHERE question_id = 'q-replied'") == "It has arrived."
        _recorded(world, "question.reply", "q-replied")

    return Example("moderator", {"id": "q-replied", "text": "It has arrived.", "expected_version": 2}, check)


@example("question.reveal", may=frozenset({"organiser"}), texts={"reason": Text(300)})
def a_hidden_name_is_shown_and_its_asker_told(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT name_hidden FROM question WHERE id = 'q-approved_hidden'") in (False, 0)
        _told(world, "q-approved_hidden", "revealed")
        _recorded(world, "question.reveal", "q-approved_hidden")

    return Example("organiser", {"id": "q-approved_hidden", "reason": "It was a threat."}, check)


@example("question.mode", may=STAFF)
def an_item_takes_no_more_questions(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"mode": "closed"}
        assert world.one("SELECT asking FROM item WHERE id = 'i-talk'") == "closed"
        assert world.ask("hall", "question.ask", {"text": "Too late?"})["code"] == "closed"

    return Example("moderator", {"item": "i-discussion", "mode": "closed"}, check)


@example("question.mode")
def an_item_takes_questions_unseen(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT asking FROM item WHERE id = 'i-talk'") == "open"

    return Example("moderator", {"item": "i-talk", "mode": "open"}, check)


@example("meeting.asking", may=STAFF)
def how_questions_are_taken_is_changed(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"words": ["bok*", "fel"], "slow": 30, "window": 15}
        (row,) = world.all("SELECT slow_seconds, window_minutes FROM meeting WHERE id = 'm-here'")
        assert tuple(row) == (30, 15)
        _recorded(world, "meeting.asking", "m-here")

    return Example("moderator", {"words": ["bok*", "fel", "bok*"], "slow": 30, "window": 15}, check)


@example("meeting.asking")
def what_is_not_given_stays(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"words": ["rejected", "of claim*", "Aloud"], "slow": 0, "window": 0}

    return Example("organiser", {"window": 0}, check)


@example("person.mute", may=STAFF, texts={"reason": Text(300)})
def somebody_may_not_ask_any_more_and_is_told_why(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        answer = world.ask("hall", "question.ask", {"text": "And now?"})
        assert (answer["code"], answer["params"]) == ("muted", {"reason": "Let others ask."})
        _recorded(world, "person.mute", "p-hall")

    return Example("moderator", {"person": "p-hall", "reason": "Let others ask."}, check)


@example("person.mute")
def somebody_may_not_ask_for_a_while(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT count(*) FROM due WHERE command = 'person.mute_over'") == 1

    until = (world.now + timedelta(minutes=10)).isoformat()
    return Example("moderator", {"person": "p-muted", "reason": "Still.", "until": until}, check)


@example("person.unmute", may=STAFF)
def somebody_may_ask_again(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.ask("muted", "question.ask", {"text": "And now?"})["ok"]
        _recorded(world, "person.unmute", "p-muted")

    return Example("moderator", {"person": "p-muted"}, check)


@example("person.mute_over", may=NOBODY)
def the_time_is_up_for_which_somebody_could_not_ask(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT muted FROM participant WHERE id = 'p-heard_again'") == ""

    return Example("system", {"person": "p-heard_again"}, check)


def _any_question(world: World, rnd: Random) -> str:
    return str(rnd.choice(world.all("SELECT id FROM question ORDER BY asked_at DESC, id LIMIT 15"))[0])


@tries("question.ask")
def ask_something(world: World, rnd: Random) -> Body:
    body: Body = {"text": f"Question {rnd.random()}", "hide_name": rnd.random() < 0.4}
    return body | (
        {"item": rnd.choice(["i-talk", "i-coffee", "i-lunch", "i-their_talk"])} if rnd.random() < 0.2 else {}
    )


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
@tries("question.reopen")
@tries("question.withdraw")
@tries("question.unmerge")
@tries("question.release")
def act_on_something(world: World, rnd: Random) -> Body:
    return {"id": _any_question(world, rnd)}


@tries("question.upvote")
def support_something(world: World, rnd: Random) -> Body:
    return {"id": _any_question(world, rnd), "on": rnd.random() < 0.7}


@tries("question.edit")
def edit_something(world: World, rnd: Random) -> Body:
    return {"id": _any_question(world, rnd), "text": f"Edited {rnd.random()}", "expected_version": rnd.randrange(1, 5)}


@tries("question.claim")
def claim_something(world: World, rnd: Random) -> Body:
    return {"id": _any_question(world, rnd), "over": rnd.random() < 0.3}


@tries("question.merge")
def merge_something(world: World, rnd: Random) -> Body:
    return {"id": _any_question(world, rnd), "into": _any_question(world, rnd)}


@tries("question.queue")
def queue_something(world: World, rnd: Random) -> Body:
    body: Body = {"id": _any_question(world, rnd), "on": rnd.random() < 0.8}
    return body | ({"before": _any_question(world, rnd)} if rnd.random() < 0.4 else {})


@tries("question.move")
def move_something(world: World, rnd: Random) -> Body:
    return {
        "id": _any_question(world, rnd),
        "item": rnd.choice(["i-talk", "i-second_talk", "i-discussion", "i-removed"]),
    }


@tries("question.record")
def record_something(world: World, rnd: Random) -> Body:
    person = {"person": rnd.choice(["p-hall", "p-quiet", "p-screen", "p-their_guest"])} if rnd.random() < 0.5 else {}
    return {"text": f"Aloud {rnd.random()}", "item": "i-talk", "name": rnd.choice(["", "A guest"])} | person


@tries("question.reply")
def reply_to_something(world: World, rnd: Random) -> Body:
    return {"id": _any_question(world, rnd), "text": f"In writing {rnd.random()}"}


@tries("question.reveal")
def reveal_something(world: World, rnd: Random) -> Body:
    return {"id": _any_question(world, rnd), "reason": "It had to be."}


@tries("question.mode")
def set_some_mode(world: World, rnd: Random) -> Body:
    return {"item": rnd.choice(["i-talk", "i-coffee"]), "mode": rnd.choice(["screened", "open", "open", "closed"])}


@tries("meeting.asking")
def change_how_questions_are_taken(world: World, rnd: Random) -> Body:
    return {"words": rnd.choice([[], ["Question", "wri*"]]), "window": rnd.randrange(10)}


@tries("person.mute")
def mute_somebody(world: World, rnd: Random) -> Body:
    return {"person": rnd.choice(["p-muted", "p-heard_again", "p-moderator", "p-screen"]), "reason": "Enough."}


@tries("person.unmute")
def unmute_somebody(world: World, rnd: Random) -> Body:
    return {"person": rnd.choice(["p-muted", "p-heard_again", "p-hall"])}

"""Who may ask, how often, of what and how it is screened; and what a word list and a mute change."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from hybridmote import due, limits
from hybridmote.limits import Limiter
from hybridmote.questions.commands.asking import Limits
from tests.matrix.checks import ASKED, nothing_changes
from tests.matrix.world import World


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As an operator leaves the settings; in the tests' application nothing is counted."""
    monkeypatch.setattr(limits, "limiter", Limiter())
    monkeypatch.setattr(Limits, "per_minute", 3)
    monkeypatch.setattr(Limits, "open", 5)
    yield


def asked(world: World, who: str = "quiet", text: str = "And?", **more: Any) -> dict[str, Any]:
    return world.ask(who, "question.ask", {"text": text, **more})


def earlier(world: World, seconds: int, who: str = "p-quiet") -> None:
    """Let what somebody has asked be that much older."""
    for id, at in [
        (row[0], row[1]) for row in world.all("SELECT id, asked_at FROM question WHERE author_id = :w", w=who)
    ]:
        then = dt.datetime.fromisoformat(str(at)) - dt.timedelta(seconds=seconds)
        world.write("UPDATE question SET asked_at = :t WHERE id = :q", t=str(then) if world.sqlite else then, q=id)


# ---- how often -------------------------------------------------------------------------------------------------------


def test_three_a_minute_are_enough_and_the_fourth_is_told_when(world: World, limited: None) -> None:
    for _ in range(3):
        assert asked(world)["ok"]
    with nothing_changes(world, "a fourth was refused", ("meeting.seq",)):
        answer = asked(world)
    assert answer["code"] == "too_many"
    assert answer["params"]["why"] == "in_a_minute" and answer["params"]["n"] == 3
    assert 1 <= answer["params"]["seconds"] <= 60
    assert asked(world, "web")["ok"], "each person counts alone"
    earlier(world, 61)
    assert asked(world)["ok"]


def test_so_many_may_wait_and_the_next_when_some_were_read(world: World, limited: None) -> None:
    for _ in range(4):  # one waits from before
        assert asked(world)["ok"]
        earlier(world, 61)
    with nothing_changes(world, "one too many was refused", ASKED):
        answer = asked(world)
    assert (answer["code"], answer["params"]) == ("state", {"why": "many_wait", "n": 5})
    (one, *_) = [r[0] for r in world.all("SELECT id FROM question WHERE author_id = 'p-quiet' AND text = 'And?'")]
    world.did("moderator", "question.approve", id=one)
    assert asked(world)["ok"]


def test_what_staff_write_down_for_somebody_does_not_count(world: World, limited: None) -> None:
    for _ in range(6):
        world.did("moderator", "question.record", text="Aloud?", person="p-quiet")
    assert asked(world)["ok"]


def test_in_slow_mode_everybody_waits_between_two(world: World) -> None:
    world.did("moderator", "meeting.asking", slow=30)
    assert asked(world, "heard_again")["ok"]
    answer = asked(world, "heard_again")
    assert answer["code"] == "too_many" and answer["params"]["why"] == "slowly" and answer["params"]["every"] == 30
    assert 1 <= answer["params"]["seconds"] <= 31
    earlier(world, 31, "p-heard_again")
    assert asked(world, "heard_again")["ok"]
    world.did("moderator", "meeting.asking", slow=0)
    assert asked(world, "heard_again")["ok"]


def test_a_refusal_for_being_too_quick_is_not_for_good(world: World, limited: None) -> None:
    """The same op is sent again when the time has passed, and must be taken then."""
    for _ in range(3):
        assert asked(world)["ok"]
    op = "0b6d6a0e-8f0e-4b7e-9a43-3b6a2c1d0e0f"
    assert world.ask("quiet", "question.ask", {"text": "Later?"}, op)["code"] == "too_many"
    earlier(world, 61)
    assert world.ask("quiet", "question.ask", {"text": "Later?"}, op)["ok"]


def test_where_rate_limits_are_off_nothing_is_counted(world: World) -> None:
    assert not limits.limiter.on
    for _ in range(30):
        assert asked(world)["ok"]


# ---- of what ---------------------------------------------------------------------------------------------------------


def item_of(world: World, answer: dict[str, Any]) -> str:
    return str(world.one("SELECT item_id FROM question WHERE id = :q", q=answer["result"]["id"]))


def go(world: World, item: str) -> None:
    world.did("moderator", "programme.start", item=item, expected_version=world.version())


def test_a_question_in_the_break_goes_to_the_talk_before(world: World) -> None:
    go(world, "i-coffee")
    assert item_of(world, asked(world)) == "i-talk"
    world.did("moderator", "meeting.asking", window=0)
    assert item_of(world, asked(world)) == "i-coffee", "its window has closed"


def test_a_form_keeps_its_item_while_that_takes_questions(world: World) -> None:
    go(world, "i-second_talk")
    assert item_of(world, asked(world, item="i-talk")) == "i-talk"
    assert item_of(world, asked(world)) == "i-second_talk"


def test_what_is_closed_takes_nothing(world: World) -> None:
    world.did("moderator", "question.mode", item="i-talk", mode="closed")
    for item in ({}, {"item": "i-talk"}, {"item": "i-discussion"}):
        with nothing_changes(world, "a question was refused", ASKED):
            answer = asked(world, **item)
        assert (answer["code"], answer["params"]) == ("closed", {"why": "no_questions_now"})
    world.did("moderator", "question.record", text="Aloud all the same?", item="i-talk")
    world.did("moderator", "question.mode", item="i-talk", mode="screened")
    assert asked(world)["ok"]


def test_where_questions_are_open_they_stand_in_line_at_once_but_for_flagged_ones(world: World) -> None:
    go(world, "i-second_talk")
    states = {
        text: world.one("SELECT state FROM question WHERE id = :q", q=asked(world, text=text)["result"]["id"])
        for text in ("What is it?", "Is it ALOUD then?", "Is it claimed, or of claimants?")
    }
    assert states == {
        "What is it?": "approved",
        "Is it ALOUD then?": "pending",
        "Is it claimed, or of claimants?": "pending",
    }


def test_a_question_remembers_the_open_one_that_it_is_most_like(world: World) -> None:
    first = asked(world, "web", "Hur finansierar ni klimatanpassningen?")["result"]["id"]
    again = asked(world, "quiet", "Hur ska klimatanpassningen finansieras?")["result"]["id"]
    other = asked(world, "quiet", "Hur många träd planterades i fjol?")["result"]["id"]
    like = {row[0]: row[1] for row in world.all("SELECT id, resembles FROM question")}
    assert (like[again], like[other], like[first]) == (first, None, None)
    world.did("quiet", "question.edit", id=again, text="Vem betalar för träden?", expected_version=1)
    assert world.one("SELECT resembles FROM question WHERE id = :q", q=again) is None


# ---- who may not -----------------------------------------------------------------------------------------------------


def test_somebody_who_is_muted_may_neither_ask_nor_reword(world: World) -> None:
    world.did("moderator", "person.mute", person="p-hall", reason="Later.")
    for command, body in (
        ("question.ask", {"text": "Now?"}),
        ("question.edit", {"id": "q-pending", "text": "Now?", "expected_version": 2}),
    ):
        with nothing_changes(world, "somebody muted was refused", ASKED):
            answer = world.ask("hall", command, body)
        assert (answer["code"], answer["params"]) == ("muted", {"reason": "Later."})
    assert world.ask("hall", "question.upvote", {"id": "q-on_stage", "on": False})["ok"], "but support"
    assert world.ask("hall", "question.withdraw", {"id": "q-pending"})["ok"], "and withdraw"


def test_a_mute_with_an_end_ends(world: World) -> None:
    soon = (dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)).isoformat()
    world.did("moderator", "person.mute", person="p-quiet", reason="Five minutes.", until=soon)
    assert asked(world)["code"] == "muted"
    due.run_due()
    assert asked(world)["code"] == "muted"
    past = "2026-01-01 00:00:00" if world.sqlite else "2026-01-01 00:00:00+00:00"
    world.write("UPDATE due SET at = :t WHERE command = 'person.mute_over'", t=past)
    world.write("UPDATE participant SET muted_until = :t WHERE id = 'p-quiet'", t=past)
    assert asked(world)["ok"], "at its time, also before time has called"
    due.run_due()
    assert world.one("SELECT muted FROM participant WHERE id = 'p-quiet'") == ""
    assert world.one("SELECT count(*) FROM due WHERE command = 'person.mute_over'") == 0


def test_what_was_due_of_an_earlier_mute_does_not_end_a_later_one(world: World) -> None:
    soon = (dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)).isoformat()
    world.did("moderator", "person.mute", person="p-quiet", reason="Five minutes.", until=soon)
    world.did("moderator", "person.mute", person="p-quiet", reason="For good.")
    assert world.one("SELECT count(*) FROM due WHERE command = 'person.mute_over'") == 0
    world.did("system", "person.mute_over", person="p-quiet")
    assert asked(world)["params"] == {"reason": "For good."}


@pytest.mark.parametrize(
    ("person", "until", "code", "why"),
    [
        ("p-second_moderator", None, "state", {"why": "is_staff"}),
        ("p-organiser", None, "state", {"why": "is_staff"}),
        ("p-hall", "2026-01-01T10:00:00Z", "invalid", {"why": "is_past"}),
        ("p-screen", None, "not_found", None),
    ],
)
def test_who_cannot_be_muted_and_until_when(
    world: World, person: str, until: str | None, code: str, why: dict[str, str] | None
) -> None:
    answer = world.ask("moderator", "person.mute", {"person": person, "reason": "So.", "until": until})
    assert (answer["code"], answer.get("params")) == (code, why)


# ---- whose name is hidden --------------------------------------------------------------------------------------------


def test_a_name_is_revealed_once_and_by_an_organiser(world: World) -> None:
    assert world.ask("moderator", "question.reveal", {"id": "q-approved_hidden", "reason": "So."})["code"] == "role"
    world.did("organiser", "question.reveal", id="q-approved_hidden", reason="A threat.")
    again = world.ask("organiser", "question.reveal", {"id": "q-approved_hidden", "reason": "Again."})
    assert (again["code"], again["params"]) == ("state", {"why": "name_is_shown"})
    told = world.all("SELECT participant_id, reason FROM receipt WHERE \"end\" = 'revealed'")
    assert [tuple(row) for row in told] == [("p-hall", "A threat.")]


# ---- the wording -----------------------------------------------------------------------------------------------------


def test_what_was_asked_is_kept_through_several_edits_and_gone_when_its_asker_rewords(world: World) -> None:
    def wording() -> tuple[str, str]:
        (row,) = world.all("SELECT text, original FROM question WHERE id = 'q-pending'")
        return row[0], row[1]

    def edit(who: str, text: str) -> None:
        version = world.one("SELECT version FROM question WHERE id = 'q-pending'")
        world.did(who, "question.edit", id="q-pending", text=text, expected_version=version)

    edit("moderator", "Second?")
    edit("second_moderator", "Third?")
    assert wording() == ("Third?", "What of pending?")
    edit("hall", "My own words.")
    assert wording() == ("My own words.", "")
    edit("moderator", "Better words.")
    edit("moderator", "My own words.")
    assert wording() == ("My own words.", "")


def test_an_edit_that_changes_nothing_is_no_change(world: World) -> None:
    result = world.did("moderator", "question.edit", id="q-pending", text="What of pending?", expected_version=2)
    assert result["version"] == 2
    assert world.one("SELECT count(*) FROM audit WHERE what = 'question.edit'") == 0

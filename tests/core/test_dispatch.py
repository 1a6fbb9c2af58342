"""The door of every command: what is let through to the committer, and what is not."""

import pytest

from hybridmote import limits
from hybridmote.context import Context
from hybridmote.dispatch import COMMANDS, Nothing, Payload, command, digest, dispatch
from hybridmote.limits import Limiter
from hybridmote.problems import CODES, Refused
from hybridmote.questions.commands import asking
from tests.core.tools import Commands
from tests.matrix.checks import nothing_changes
from tests.matrix.payloads import deep
from tests.matrix.site import Site
from tests.matrix.world import HERE, SYSTEM, World, new_op


def test_a_command_is_declared_once() -> None:
    with pytest.raises(RuntimeError, match="declared twice"):
        command("question.ask", role="participant")(lambda ctx, payload: None)


def test_every_command_says_what_it_does_and_what_its_fields_are() -> None:
    for declared in COMMANDS.values():
        assert declared.about, f"{declared.name} says nothing of itself"
        for name, field in declared.payload.model_fields.items():
            assert field.description or name in ("id", "item", "person"), f"{declared.name} {name}: what is it?"


def test_every_payload_refuses_what_it_does_not_know() -> None:
    for declared in COMMANDS.values():
        assert declared.payload.model_config.get("extra") == "forbid", declared.name


@pytest.mark.parametrize(
    "name", ["question.nothing", "", " question.ask", "QUESTION.ASK", "__init__", "x" * 10_000, "\x00"]
)
def test_what_is_no_command_is_not_found(sqlite_world: World, name: str) -> None:
    for who in ("organiser", SYSTEM):
        assert sqlite_world.ask(who, name, {})["code"] == "no_such_command"


def test_the_many_names_of_one_op_are_one(world: World) -> None:
    """A UUID may be written in several ways, and is the same."""
    op = new_op()
    body = {"id": "q-approved", "on": True}
    first = world.ask("quiet", "question.upvote", body, op)
    for same in (op.upper(), op.replace("-", ""), f"{{{op}}}", f"urn:uuid:{op}"):
        assert world.ask("quiet", "question.upvote", body, same) == first
    assert world.one("SELECT support FROM question WHERE id = 'q-approved'") == 3


def test_a_body_is_the_same_whatever_the_order_of_its_fields() -> None:
    assert digest("a", {"x": 1, "y": [1, {"b": 2, "a": 1}]}) == digest("a", {"y": [1, {"a": 1, "b": 2}], "x": 1})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"x": 1}, {"x": "1"}),
        ({"x": 1}, {"x": True}),
        ({"x": None}, {}),
        ({"x": ""}, {"x": None}),
        ({"x": [1, 2]}, {"x": [2, 1]}),
        ({"x": "\ud800"}, {"x": "\ud801"}),
        ({"x": "å"}, {"x": "a\u030a"}),
        ({"x": 0.1}, {"x": 0.2}),
    ],
)
def test_other_bodies_are_other_bodies(one: dict[str, object], other: dict[str, object]) -> None:
    assert digest("a", one) != digest("a", other) and digest("a", one) != digest("b", one)


def test_a_body_is_not_changed_by_sending_it(world: World) -> None:
    body = {"op": new_op(), "text": " As  it was ", "hide_name": "true"}
    before = dict(body)
    assert dispatch(world.caller("hall"), HERE, "question.ask", body)["ok"]
    assert body == before


def test_who_sends_too_much_is_told_to_wait_and_the_same_op_may_be_used_then(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "limiter", Limiter())
    monkeypatch.setattr(asking.Limits, "per_minute", 60)  # of questions alone
    monkeypatch.setattr(asking.Limits, "open", 60)
    for number in range(30):
        assert world.ask("hall", "question.ask", {"text": f"Number {number}?"})["ok"]
    op = new_op()
    with nothing_changes(world, "who sends too much is refused"):
        answer = world.ask("hall", "question.ask", {"text": "One more?"}, op)
    assert answer["code"] == "too_many" and 1 <= answer["params"]["seconds"] <= 60
    assert world.ask("web", "question.ask", {"text": "From another?"})["ok"], "each person counts alone"
    assert world.ask("hall", "question.upvote", {"id": "q-on_stage", "on": True})["ok"], "each command counts alone"
    monkeypatch.setattr(limits, "limiter", Limiter())  # a minute later
    assert world.ask("hall", "question.ask", {"text": "One more?"}, op)["ok"]


def test_too_much_is_said_over_http_with_the_seconds_to_wait(
    sqlite_world: World, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "limiter", Limiter())
    monkeypatch.setattr(asking.Limits, "per_minute", 60)  # of questions alone
    monkeypatch.setattr(asking.Limits, "open", 60)
    for _ in range(30):
        assert site.posted(sqlite_world, "hall", "question.ask", {"text": "And?"}).status == 200
    said = site.posted(sqlite_world, "hall", "question.ask", {"text": "And?"})
    assert said[:2] == (429, "too_many") and said.problem["retry_after"] > 0
    assert "%(" not in said.problem["detail"]
    said = site.emitted(sqlite_world, "hall", "question.ask", {"text": "And?"})
    assert said[:2] == (429, "too_many") and said.problem["retry_after"] > 0


def test_what_is_sent_wrongly_or_by_the_wrong_person_does_not_count(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "limiter", Limiter())
    for _ in range(35):
        assert sqlite_world.ask("hall", "question.ask", {"text": ""})["code"] == "empty"
        assert sqlite_world.ask("screen", "question.ask", {"text": "x"})["code"] == "role"
    assert sqlite_world.ask("hall", "question.ask", {"text": "Still?"})["ok"]


@pytest.mark.slow
def test_time_is_never_told_to_wait(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "limiter", Limiter())
    for _ in range(70):
        assert sqlite_world.ask(SYSTEM, "programme.drift", {})["ok"]


@pytest.mark.parametrize("levels", [100, 900, 100_000])
def test_a_body_in_a_body_in_a_body_is_refused_by_every_door(sqlite_world: World, site: Site, levels: int) -> None:
    with nothing_changes(sqlite_world, "a deep body was refused"):
        if levels < 100_000:
            answer = sqlite_world.ask("hall", "question.ask", {"text": deep(levels)})
            assert answer["code"] in ("invalid", "malformed")
        raw = '{"op":"' + new_op() + '","text":' + "[" * levels + "]" * levels + "}"
        said = site.posted(sqlite_world, "hall", "question.ask", raw)
        assert said.status in (400, 422), said


def test_every_refusal_has_a_status_and_words() -> None:
    for code, (status, title, detail) in CODES.items():
        assert 400 <= status < 600 and str(title) and str(detail), code
    with pytest.raises(ValueError, match="unknown"):
        Refused("no such code")


def test_a_command_without_a_body_takes_none(sqlite_world: World, commands: Commands) -> None:
    commands.add("test.nothing", lambda ctx, _: None, Nothing)
    assert sqlite_world.ask("hall", "test.nothing", {})["ok"]
    assert sqlite_world.ask("hall", "test.nothing", {"x": 1})["code"] == "unknown_field"


def test_a_command_for_people_knows_who_asks_and_one_for_time_does_not(world: World, commands: Commands) -> None:
    def tells(ctx: Context, _: Payload) -> list[object]:
        return [ctx.caller and ctx.caller.participant_id, ctx.who and ctx.who.name]

    commands.add("test.who", tells)
    commands.add("test.when", tells, role=SYSTEM)
    assert world.did("hall", "test.who") == ["p-hall", "The hall"]
    assert world.did(SYSTEM, "test.when") == [None, None]

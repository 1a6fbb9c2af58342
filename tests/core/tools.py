"""Commands for one test, and a way to make several commands share a transaction."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hybridmote.committer import Committer
from hybridmote.context import REACTIONS, Context
from hybridmote.dispatch import COMMANDS, Payload, command, dispatch
from tests.matrix.world import HERE, SYSTEM, World, new_op
from tests.servers import eventually


class Commands:
    """Declares commands that are forgotten after the test."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def add(
        self,
        name: str,
        handler: Callable[[Context, Any], Any],
        payload: type[Payload] = Payload,
        role: str = "participant",
    ) -> None:
        class Body(payload):  # type: ignore[misc,valid-type]
            pass

        command(name, role=role, payload=Body, limit="1000/minute")(handler)
        self.made.append(name)


@pytest.fixture
def commands() -> Iterator[Commands]:
    reactions = {fact: list(found) for fact, found in REACTIONS.items()}
    made = Commands()
    yield made
    for name in made.made:
        del COMMANDS[name]
    REACTIONS.clear()
    REACTIONS.update(reactions)


Sent = tuple[str, str, dict[str, Any]]  # who, command, body; "op" in the body is the op


def together(world: World, commands: Commands, *sent: Sent) -> list[dict[str, Any]]:
    """The answers to commands that wait for the same commit, in the order given: a batch, as under load."""
    begun, go_on = threading.Event(), threading.Event()

    def hold(ctx: Context, _: Payload) -> None:
        begun.set()
        assert go_on.wait(20)

    if "test.hold" not in COMMANDS:
        commands.add("test.hold", hold, role=SYSTEM)
    callers = [world.caller(who) for who, _, _ in sent]
    with ThreadPoolExecutor(len(sent) + 1) as people:
        holding = people.submit(dispatch, None, HERE, "test.hold", {"op": new_op()})
        assert begun.wait(10)
        answers = []
        for number, ((_, name, body), caller) in enumerate(zip(sent, callers, strict=True)):
            whole = {"op": new_op(), **body}
            answers.append(people.submit(dispatch, caller, HERE, name, whole))
            eventually(lambda n=number: len(Committer.running[HERE].waiting) == n + 1, 10, "a command waiting", 0.001)
        go_on.set()
        assert holding.result(20)["ok"]
        del COMMANDS["test.hold"]
        commands.made.remove("test.hold")
        return [answer.result(30) for answer in answers]


def codes(answers: list[dict[str, Any]]) -> list[str]:
    return [answer.get("code", "ok") for answer in answers]

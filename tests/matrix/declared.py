"""What every room states beside its code, in tests/<room>/examples.py: how each of its commands succeeds, who may use it,
and what people may try with it on a wild day.

    @example("question.answer", may=STAFF)
    def what_is_on_stage_is_answered(world):
        return Example("moderator", {"id": "q-on_stage"}, check)

Who may is said here a second time, on purpose: a role that is weakened in the code by mistake is then noticed.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.matrix.world import World

STAFF = frozenset({"organiser", "moderator"})
ADMITTED = STAFF | {"speaker", "leader", "participant"}  # people; a screen is none
ASKERS = ADMITTED | {"asker"}  # also walk-ins that may ask
HOLDERS = ADMITTED | {"applicant"}  # who may have a place, or wait for one
PERSONS = HOLDERS | {"asker", "listener"}  # whoever is no screen
ANYBODY = PERSONS | {"screen", "lectern", "guest"}  # also who is not known at all
NOBODY: frozenset[str] = frozenset()  # time and jobs alone

Body = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """A command that succeeds in the untouched world. `check(world, result)` asserts that it did what it says."""

    caller: str
    body: Body
    check: Callable[[World, Any], None]


@dataclass(frozen=True)
class Text:
    """A field that a person writes in."""

    limit: int  # graphemes
    optional: bool = False
    multiline: bool = False


@dataclass
class Declared:
    """All that is said of one command."""

    name: str
    may: frozenset[str] | None = None  # roles as given to people, not what they imply
    texts: dict[str, Text] = field(default_factory=dict)
    examples: list[Callable[[World], Example]] = field(default_factory=list)
    tries: Callable[[World, Random], Body] | None = None

    def example(self, world: World) -> Example:
        return self.examples[0](world)


DECLARED: dict[str, Declared] = {}


def example(name: str, may: frozenset[str] | None = None, texts: dict[str, Text] | None = None) -> Any:
    """Declare an example; the first one of a command says who may and which fields are written by people."""

    def declare(make: Callable[[World], Example]) -> Any:
        command = DECLARED.setdefault(name, Declared(name))
        if may is not None:
            assert command.may is None, f"who may {name} is said twice"
            command.may, command.texts = may, texts or {}
        command.examples.append(make)
        return make

    return declare


def tries(name: str) -> Any:
    """What people send on a wild day, sensible or not: `f(world, random) -> body`. Without it, the examples."""

    def declare(f: Callable[[World, Random], Body]) -> Any:
        DECLARED.setdefault(name, Declared(name)).tries = f
        return f

    return declare


def declared() -> dict[str, Declared]:
    """All of it, from every room."""
    if not DECLARED:
        for file in sorted(Path(__file__).parent.parent.glob("*/examples.py")):
            importlib.import_module(f"tests.{file.parent.name}.examples")
    return DECLARED


def examples() -> list[tuple[str, int]]:
    """(command, number of its example): one for each, for `parametrize`."""
    return [(name, number) for name, command in sorted(declared().items()) for number in range(len(command.examples))]

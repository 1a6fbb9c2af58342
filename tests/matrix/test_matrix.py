"""Every command, as it is declared, against everything that may go wrong with a command.

What breaks first when a command is changed is not `slow`, so that `make check` tries it.
"""

import pytest

from hybridmote.dispatch import COMMANDS
from hybridmote.sync import Topic
from tests.matrix import checks, oracle
from tests.matrix.declared import Declared, declared, examples
from tests.matrix.site import Site
from tests.matrix.world import World

every_command = pytest.mark.parametrize("name", sorted(declared()))
every_example = pytest.mark.parametrize(
    ("name", "number"), [pytest.param(*e, marks=[pytest.mark.slow] if e[1] else []) for e in examples()]
)


def of(name: str) -> Declared:
    return declared()[name]


def test_every_command_has_an_example_that_succeeds_and_says_who_may() -> None:
    with_examples = {name for name, command in declared().items() if command.examples and command.may is not None}
    assert with_examples == set(COMMANDS), (
        f"without an example in tests/<room>/examples.py: {sorted(set(COMMANDS) - with_examples)}; "
        f"examples of commands that are not: {sorted(with_examples - set(COMMANDS))}"
    )


def test_every_topic_has_an_oracle() -> None:
    assert set(oracle.TOPICS) == {name for name, topic in Topic.all.items() if not topic.internal}


@every_example
def test_it_succeeds(world: World, name: str, number: int) -> None:
    checks.it_succeeds(world, of(name), number)


@pytest.mark.slow
@every_command
def test_what_people_write_is_stored_as_it_should_be_read(world: World, name: str) -> None:
    checks.texts_are_stored_as_they_should_be_read(world, of(name))


@every_command
def test_only_those_who_may_do_it(world: World, site: Site, name: str) -> None:
    checks.only_those_who_may(world, of(name), site)


@pytest.mark.slow
@every_command
def test_a_role_taken_away_a_moment_ago_counts(world: World, name: str) -> None:
    checks.a_role_taken_away_a_moment_ago_counts(world, of(name))


@pytest.mark.slow
@every_command
def test_a_link_revoked_a_moment_ago_opens_nothing(world: World, name: str) -> None:
    checks.a_link_revoked_a_moment_ago_opens_nothing(world, of(name))


@pytest.mark.slow
@every_command
def test_strangers_are_unknown(world: World, site: Site, name: str) -> None:
    checks.strangers_are_unknown(world, of(name), site)


@pytest.mark.slow
@every_command
def test_people_of_another_meeting_are_unknown(world: World, name: str) -> None:
    checks.people_of_another_meeting_are_unknown(world, of(name))


@every_command
def test_ids_of_another_meeting_are_not_found(world: World, name: str) -> None:
    checks.ids_of_another_meeting_are_not_found(world, of(name))


@pytest.mark.slow
@every_command
def test_what_one_may_not_see_is_not_found(world: World, name: str) -> None:
    checks.what_one_may_not_see_is_not_found(world, of(name))


@every_command
def test_bad_payloads_are_refused(world: World, name: str) -> None:
    checks.bad_payloads_are_refused(world, of(name))


@pytest.mark.slow
@every_command
def test_bad_payloads_are_refused_by_every_door(sqlite_world: World, site: Site, name: str) -> None:
    checks.bad_payloads_are_refused(sqlite_world, of(name), site)


@pytest.mark.slow
@every_command
def test_what_is_no_object_is_malformed(world: World, site: Site, name: str) -> None:
    checks.what_is_no_object_is_malformed(world, of(name), site)


@pytest.mark.slow
@every_command
def test_a_stale_version_is_refused_with_what_is_now(world: World, name: str) -> None:
    checks.a_stale_version_is_refused_with_what_is_now(world, of(name))


@pytest.mark.slow
@every_example
def test_the_same_op_counts_once(world: World, name: str, number: int) -> None:
    checks.the_same_op_counts_once(world, of(name), number)


@pytest.mark.slow
@every_command
def test_the_same_op_for_another_body_is_refused(world: World, name: str) -> None:
    checks.the_same_op_for_another_body_is_refused(world, of(name))


@pytest.mark.slow
@every_command
def test_a_refusal_is_kept_and_repeated(world: World, name: str) -> None:
    checks.a_refusal_is_kept_and_repeated(world, of(name))


@pytest.mark.slow
@every_command
def test_what_is_refused_before_the_handler_is_not_kept(world: World, name: str) -> None:
    checks.what_is_refused_before_the_handler_is_not_kept(world, of(name))


@every_example
def test_the_law_holds(world: World, name: str, number: int) -> None:
    checks.the_law_holds(world, of(name), number)


@pytest.mark.slow
@every_command
def test_a_refusal_is_heard_by_nobody(world: World, name: str) -> None:
    checks.a_refusal_is_heard_by_nobody(world, of(name))

"""A question is merged into another, that into a third, and so on: support, receipts and parting reach from one end of
the chain to the other, however long it is."""

import pytest

from tests.matrix.world import World
from tests.questions import laws

# Who asked each of five, and who supports it. The last one's asker supports the second: that does not count in the end.
ASKED = {"hall": "web", "web": "speaker", "quiet": "leader", "leader": "hall", "speaker": "quiet"}
LINKS = range(len(ASKED) - 1)
Chain = list[str]


@pytest.fixture
def chain(sqlite_world: World) -> Chain:
    """Five approved questions, not merged yet."""
    ids = []
    for who, supporter in ASKED.items():
        id = sqlite_world.did(who, "question.ask", text=f"What of {who}?", item="i-talk")["id"]
        sqlite_world.did("moderator", "question.approve", id=id)
        sqlite_world.did(supporter, "question.upvote", id=id, on=True)
        ids.append(id)
    return ids


def link(world: World, chain: Chain, n: int) -> None:
    world.did("moderator", "question.merge", id=chain[n], into=chain[n + 1])
    laws.all_hold(world)


def told(world: World, question: str) -> list[tuple[str, str | None]]:
    found = world.all('SELECT "end", into_id FROM receipt WHERE question_id = :q ORDER BY "end" DESC', q=question)
    return [(end, into) for end, into in found]


def test_everyone_in_it_is_counted_and_told_once(sqlite_world: World, chain: Chain) -> None:
    for n in LINKS:
        link(sqlite_world, chain, n)
        support = [sqlite_world.one("SELECT support FROM question WHERE id = :q", q=q) for q in chain]
        assert support[: n + 2] == [1, 1, 3, 3, 4][: n + 2], "but nobody supports what they asked"
    *parts, whole = chain
    merged = [("merged", above) for above in chain[1:]]
    for act, end in (("answer", "answered"), ("reopen", ""), ("reject", "rejected")):
        sqlite_world.did("moderator", f"question.{act}", id=whole)
        laws.all_hold(sqlite_world)
        told_of_it = [(end, whole)] if end else []
        for part, first in zip(parts, merged, strict=True):
            assert sorted(told(sqlite_world, part)) == sorted([first, *told_of_it]), act
        assert told(sqlite_world, whole) == ([(end, None)] if end else [])


def test_it_comes_apart_as_it_was_put_together(sqlite_world: World, chain: Chain) -> None:
    pictures = []
    for n in LINKS:
        pictures.append(laws.state_of_things(sqlite_world))
        link(sqlite_world, chain, n)
    for n in reversed(LINKS):
        sqlite_world.did("moderator", "question.unmerge", id=chain[n])
        laws.all_hold(sqlite_world)
        assert laws.state_of_things(sqlite_world) == pictures[n]


@pytest.mark.parametrize("broken", LINKS)
def test_broken_anywhere_it_is_two(sqlite_world: World, chain: Chain, broken: int) -> None:
    for n in LINKS:
        link(sqlite_world, chain, n)
    sqlite_world.did("moderator", "question.answer", id=chain[-1])
    sqlite_world.did("moderator", "question.unmerge", id=chain[broken])
    laws.all_hold(sqlite_world)
    for n, part in enumerate(chain[:-1]):
        ends = {end for end, _ in told(sqlite_world, part)}
        assert ends == ({"merged"} if n != broken else set()) | ({"answered"} if n > broken else set()), n


def test_what_is_given_to_the_last_and_taken_back_is_taken_back_everywhere(sqlite_world: World, chain: Chain) -> None:
    for n in LINKS:
        link(sqlite_world, chain, n)
    sqlite_world.did("web", "question.upvote", id=chain[-1], on=False)
    laws.all_hold(sqlite_world)
    assert chain[0] not in {
        u["question_id"] for u in laws.rows(sqlite_world, "upvote") if u["participant_id"] == "p-web"
    }
    sqlite_world.did("web", "question.upvote", id=chain[-1], on=True)
    laws.all_hold(sqlite_world)

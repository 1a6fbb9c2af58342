"""Two moderators and three who take part do what they like; the laws of the questions hold after each step."""

import datetime as dt
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.matrix.world import World
from tests.questions import laws

STAFF = st.sampled_from(["moderator", "second_moderator"])
PEOPLE = st.sampled_from(["hall", "web", "quiet"])
MOST = 8  # questions
WHICH = st.integers(0, MOST - 1)  # of those there are

# What each act makes of a question, by its state; staff's acts are refused while another is at work on it.
ACTS = {
    "approve": {"pending": "approved"},
    "reject": {"pending": "rejected", "approved": "rejected"},
    "take": {"approved": "on_stage"},
    "put_back": {"on_stage": "approved"},
    "answer": {"approved": "answered", "on_stage": "answered"},
    "reopen": {"answered": "approved", "rejected": "pending"},
}


class Meeting(RuleBasedStateMachine):
    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.world.reset()
        self.world.write("UPDATE item SET track = 'b' WHERE id = 'i-second_talk'")
        for table in (
            "upvote",
            "receipt",
            "question",
        ):  # a few to begin with, so that the same ones meet again and again
            self.world.write(f"DELETE FROM {table}")
        self.said = 0
        for who in ("hall", "web", "quiet", "web"):
            self.ask(who, hide=who == "web")
        for who, q in zip(("web", "leader", "speaker"), self.there(), strict=False):
            self.world.did("moderator", "question.approve", id=q["id"])
            self.world.did(who, "question.upvote", id=q["id"], on=True)
            self.world.did("moderator", "question.queue", id=q["id"])

    # ---- those who take part ------------------------------------------------------------------------------------------

    @precondition(lambda self: self.said < MOST)
    @rule(who=PEOPLE, hide=st.booleans())
    def ask(self, who: str, hide: bool) -> None:
        self.said += 1
        self.world.did(who, "question.ask", text=f"Number {self.said}?", item="i-talk", hide_name=hide)

    @rule(who=PEOPLE, which=WHICH)
    def withdraw(self, who: str, which: int) -> None:
        q = self.pick(which)
        answer = self.world.ask(who, "question.withdraw", {"id": q["id"]})
        own = q["author_id"] == f"p-{who}"
        self.went(answer, q, own and q["state"] in ("pending", "approved"), "withdrawn")

    @rule(who=PEOPLE, which=WHICH)
    def edit_own(self, who: str, which: int) -> None:
        q = self.pick(which)
        body = {"id": q["id"], "text": f"{q['text']} So?"[-80:], "expected_version": q["version"]}
        answer = self.world.ask(who, "question.edit", body)
        self.went(answer, q, q["author_id"] == f"p-{who}" and q["state"] == "pending", "pending")

    @rule(who=st.one_of(PEOPLE, STAFF), which=WHICH, on=st.booleans())
    def upvote(self, who: str, which: int, on: bool) -> None:
        q = self.pick(which)
        answer = self.world.ask(who, "question.upvote", {"id": q["id"], "on": on})
        assert answer["ok"] == (q["author_id"] != f"p-{who}" and q["state"] in ("approved", "on_stage")), answer
        if answer["ok"]:
            there = [u["question_id"] for u in laws.rows(self.world, "upvote") if u["participant_id"] == f"p-{who}"]
            assert (q["id"] in there) == on

    # ---- moderators ---------------------------------------------------------------------------------------------------

    @rule(who=STAFF, which=WHICH, act=st.sampled_from([*ACTS, "take", "take"]))
    def act(self, who: str, which: int, act: str) -> None:
        q = self.pick(which)
        answer = self.world.ask(who, f"question.{act}", {"id": q["id"]})
        self.judged(who, answer, q, q["state"] in ACTS[act], ACTS[act].get(q["state"], ""))

    @rule(who=STAFF, which=WHICH)
    def edit(self, who: str, which: int) -> None:
        q = self.pick(which)
        body = {"id": q["id"], "text": f"Better: {q['text']}"[:80], "expected_version": q["version"]}
        answer = self.world.ask(who, "question.edit", body)
        self.judged(who, answer, q, q["state"] == "pending", "pending")
        if answer["ok"]:
            assert self.now(q)["original"] == (q["original"] or q["text"])

    @rule(who=STAFF, which=WHICH, into=WHICH)
    def merge(self, who: str, which: int, into: int) -> None:
        q, whole = self.pick(which), self.pick(into)
        answer = self.world.ask(who, "question.merge", {"id": q["id"], "into": whole["id"]})
        may = q["state"] in ("pending", "approved") and whole["state"] in laws.OPEN and q["id"] != whole["id"]
        may = may and (q["state"], whole["state"]) != ("approved", "pending")  # out of everybody's sight
        self.judged(who, answer, q, may, "merged")

    @rule(who=STAFF, which=WHICH)
    def unmerge(self, who: str, which: int) -> None:
        q = self.pick(which)
        answer = self.world.ask(who, "question.unmerge", {"id": q["id"]})
        self.went(answer, q, q["state"] == "merged", q["was"] or "")

    @rule(who=STAFF, which=WHICH, into=WHICH, further=WHICH)
    def merge_and_think_better_of_it(self, who: str, which: int, into: int, further: int) -> None:
        self.time_passes()
        before = laws.state_of_things(self.world)
        merged = []
        for one, other in ((which, into), (into, further)):
            q, whole = self.pick(one), self.pick(other)
            if self.world.ask(who, "question.merge", {"id": q["id"], "into": whole["id"]})["ok"]:
                merged.append(q["id"])
                laws.all_hold(self.world)
        for id in reversed(merged):
            self.world.did(who, "question.unmerge", id=id)
        after = laws.state_of_things(self.world)
        for table in before:
            assert after[table] == before[table], table

    @rule(who=STAFF, which=WHICH, before=st.one_of(st.none(), WHICH), on=st.booleans())
    def queue(self, who: str, which: int, before: int | None, on: bool) -> None:
        q = self.pick(which)
        other = self.pick(before) if before is not None else None
        stands = other is None or other["id"] == q["id"] or self.stands_with(q, other) or not on
        body = {"id": q["id"], "on": on} | ({"before": other["id"]} if other else {})
        answer = self.world.ask(who, "question.queue", body)
        self.judged(who, answer, q, q["state"] == "approved" and stands, "approved")
        if answer["ok"] and other and other["id"] != q["id"] and on:
            assert self.now(q)["queue"] == self.now(other)["queue"] - 1

    @rule(who=STAFF, which=WHICH, item=st.sampled_from(["i-talk", "i-second_talk"]))
    def move(self, who: str, which: int, item: str) -> None:
        q = self.pick(which)
        answer = self.world.ask(who, "question.move", {"id": q["id"], "item": item})
        self.judged(who, answer, q, q["state"] in ("pending", "approved"), q["state"])
        if answer["ok"]:
            assert self.now(q)["item_id"] == item

    @precondition(lambda self: self.said < MOST)
    @rule(who=STAFF, person=st.one_of(st.none(), PEOPLE))
    def record(self, who: str, person: str | None) -> None:
        self.said += 1
        of = {"person": f"p-{person}"} if person else {"name": "A guest"}
        self.world.did(who, "question.record", text=f"Aloud {self.said}?", item="i-talk", **of)

    @rule(who=st.one_of(STAFF, st.just("speaker")), which=WHICH)
    def reply(self, who: str, which: int) -> None:
        q = self.pick(which)
        answer = self.world.ask(who, "question.reply", {"id": q["id"], "text": f"Answer {q['version']}."})
        theirs = who != "speaker" or q["item_id"] == "i-talk"
        self.went(answer, q, theirs and q["state"] in ("approved", "answered"), "answered")

    @rule(who=STAFF, which=WHICH, over=st.booleans())
    def claim(self, who: str, which: int, over: bool) -> None:
        q = self.pick(which)
        answer = self.world.ask(who, "question.claim", {"id": q["id"], "over": over})
        assert answer["ok"] == (q["state"] in laws.OPEN and (over or not self.is_anothers(q, who))), answer
        if answer["ok"]:
            assert self.now(q)["claimed_by"] == f"p-{who}"

    @rule(who=STAFF, which=WHICH)
    def release(self, who: str, which: int) -> None:
        q = self.pick(which)
        self.world.did(who, "question.release", id=q["id"])
        assert (self.now(q)["claimed_by"] is None) == (q["claimed_by"] in (None, f"p-{who}"))

    # ---- time, and the programme --------------------------------------------------------------------------------------

    @rule()
    def time_passes(self) -> None:
        """Two minutes, in which nobody touched anything."""
        past = "2026-01-01 00:00:00" if self.world.sqlite else "2026-01-01 00:00:00+00:00"
        self.world.write("UPDATE question SET claimed_until = :past WHERE claimed_until IS NOT NULL", past=past)

    @rule(what=st.sampled_from(["next", "finish", "undo", "undo"]))
    def programme(self, what: str) -> None:
        self.world.ask("moderator", f"programme.{what}", {"track": "", "expected_version": self.world.version()})

    @rule(what=st.sampled_from(["next", "finish"]))
    def programme_and_back(self, what: str) -> None:
        before = laws.state_of_things(self.world)
        body = {"track": "", "expected_version": self.world.version()}
        if self.world.ask("moderator", f"programme.{what}", body)["ok"]:
            laws.all_hold(self.world)
            self.world.did("moderator", "programme.undo", track="", expected_version=self.world.version())
            after = laws.state_of_things(self.world)
            for table in before:
                assert after[table] == before[table], table

    # ---- after each step ----------------------------------------------------------------------------------------------

    @invariant()
    def the_laws_hold(self) -> None:
        laws.all_hold(self.world)

    def pick(self, number: int) -> dict[str, Any]:
        there = self.there()
        return there[number % len(there)]

    def there(self) -> list[dict[str, Any]]:
        """In the order in which they were asked, which is the same each time the story is told."""
        return sorted(laws.questions(self.world).values(), key=lambda q: q["asked_at"])

    def now(self, q: dict[str, Any]) -> dict[str, Any]:
        return laws.questions(self.world)[q["id"]]

    def is_anothers(self, q: dict[str, Any], who: str) -> bool:
        """They claimed it less than two minutes ago: what `time_passes` leaves is long past."""
        until = q["claimed_until"]
        holds = until is not None and until > dt.datetime.now(dt.UTC) and q["state"] in laws.OPEN
        return holds and q["claimed_by"] != f"p-{who}"

    def stands_with(self, q: dict[str, Any], other: dict[str, Any]) -> bool:
        """Whether the other is up next in the same track."""
        return other["queue"] is not None and other["state"] == "approved" and other["item_id"] == q["item_id"]

    def judged(self, who: str, answer: dict[str, Any], q: dict[str, Any], may: bool, state: str) -> None:
        """An act of staff: refused while another is at work on it."""
        if self.is_anothers(q, who):
            code = answer.get("code")
            assert code == "claimed", f"{q['id']} is claimed by {q['claimed_by']}, and {who} was told {answer}"
            assert self.now(q) == q
            return
        self.went(answer, q, may, state)
        if answer["ok"]:
            assert self.now(q)["claimed_by"] is None, "who has acted is done with it"

    def went(self, answer: dict[str, Any], q: dict[str, Any], may: bool, state: str) -> None:
        assert answer["ok"] == may, f"{q['id']} is {q['state']}: {answer}"
        if may:
            assert self.now(q)["state"] == state
        else:
            assert self.now(q) == q


def live(world: World, examples: int, steps: int) -> None:
    machine = type("Meeting", (Meeting,), {"world": world})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=[Phase.generate],  # a shorter story would be looked for for minutes
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


def test_the_laws_hold_whatever_people_do(sqlite_world: World) -> None:
    live(sqlite_world, examples=8, steps=25)


@pytest.mark.slow
def test_they_hold_for_longer_and_on_both_databases(world: World) -> None:
    live(world, examples=20, steps=40)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_they_hold_for_long(world: World) -> None:
    live(world, examples=150, steps=60)

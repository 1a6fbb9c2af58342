"""Marks, the log, and what is made of them: what the matrix does not reach with the commands there are."""

import datetime as dt
import json
from typing import Any

import pytest
from sqlalchemy import insert

from hybridmote import sync
from hybridmote.context import Context
from hybridmote.db import reading, transaction
from hybridmote.dispatch import Id, Payload
from hybridmote.participants.store import AuditEntry, Grant, Participant
from hybridmote.programme.store import Item, Speaker
from hybridmote.questions.store import Question, Receipt, Upvote
from hybridmote.sync import Topic, changes, kind_of, merged, prune, snapshot
from tests.core.tools import Commands
from tests.matrix import oracle
from tests.matrix.law import Watch
from tests.matrix.world import HERE, PEOPLE, SYSTEM, World


class Named(Payload):
    id: Id
    name: str = "Renamed"


def log(world: World) -> list[tuple[str, str, str, str]]:
    rows = world.all("SELECT topic, object_id, before, after FROM change ORDER BY seq, topic, object_id")
    return [tuple(row) for row in rows]  # type: ignore[misc]


# ---- what is marked --------------------------------------------------------------------------------------------------


def test_a_new_name_is_seen_wherever_it_stands(world: World, commands: Commands) -> None:
    def rename(ctx: Context, p: Named) -> None:
        ctx.get(Participant, p.id).name = p.name

    commands.add("test.rename", rename, Named, role=SYSTEM)
    with Watch(world) as watch:
        world.did(SYSTEM, "test.rename", id="p-hall")
        watch.look()
    assert {id for topic, id, _, _ in log(world)} == {
        id
        for table in ("question", "help_call")
        for (id,) in world.all(f"SELECT id FROM {table} WHERE author_id = 'p-hall'")
    }


def test_what_is_not_shown_is_not_told(world: World, commands: Commands) -> None:
    def write(ctx: Context, p: Named) -> None:
        ctx.session.get_one(Grant, p.id).created_at = ctx.now
        ctx.get(Question, "q-pending").text = "Written"
        ctx.session.flush()
        ctx.get(Question, "q-pending").text = "What of pending?"

    commands.add("test.write", write, Named, role=SYSTEM)
    with Watch(world) as watch:
        world.did(SYSTEM, "test.write", id="g-hall")
        watch.look()
    assert [id for _, id, _, _ in log(world)] == ["q-pending"]


def test_a_word_that_is_pointed_out_is_told_to_staff_and_of_the_questions_it_stands_in(world: World) -> None:
    (words,) = world.all("SELECT words FROM meeting WHERE id = 'm-here'")[0]
    words = json.loads(words) if isinstance(words, str) else words

    def told(*wanted: str) -> set[tuple[str, str, str]]:
        known = len(log(world))
        with Watch(world) as watch:
            world.did("moderator", "meeting.asking", words=list(wanted))
            watch.look()
            watch.pump()
        return {row[1:] for row in log(world)[known:] if row[0] == "questions"}

    pending = ("q-pending", "staff", "staff")
    assert told(*words, "pending") == {pending}
    assert told(*words, "pending", "nowhere") == set()
    everywhere = told(*words, "pending", "what", "of*")
    assert len(everywhere) > sync.MANY and {row[1:] for row in everywhere} == {("staff", "staff")}
    assert pending in told("pending", *words, "of*", "what"), "in another order they are shown in another order"


def test_what_staff_alone_see_is_told_to_all_with_what_all_see(world: World, commands: Commands) -> None:
    def write(ctx: Context, p: Named) -> None:
        ctx.meeting.words = ["approved"]
        ctx.session.flush()
        ctx.get(Question, "q-approved").text = p.name

    commands.add("test.write", write, Named, role=SYSTEM)
    with Watch(world) as watch:
        world.did(SYSTEM, "test.write", id="q-approved")
        watch.look()
    (told,) = [row[2:] for row in log(world) if row[1] == "q-approved"]
    assert told == ("person:p-web public staff",) * 2


@pytest.mark.parametrize(
    ("cls", "key"),
    [(Receipt, "r-answered"), (AuditEntry, "l-1"), (Upvote, ("q-approved", "p-hall")), (Speaker, "s-2")],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_what_is_deleted_is_taken_from_those_who_had_it(world: World, commands: Commands, cls: Any, key: Any) -> None:
    def forget(ctx: Context, _: Payload) -> None:
        one = ctx.session.get_one(cls, key)
        if cls is Upvote:
            ctx.get(Question, one.question_id).support -= 1
        ctx.session.delete(one)

    commands.add("test.forget", forget, role=SYSTEM)
    with Watch(world) as watch:
        world.did(SYSTEM, "test.forget")
        watch.look()
        watch.pump()
    assert log(world)


def test_a_question_that_is_deleted_is_taken_from_everybody_who_had_it(world: World, commands: Commands) -> None:
    def forget(ctx: Context, p: Named) -> None:
        for upvote in ctx.session.query(Upvote).filter_by(question_id=p.id):
            ctx.session.delete(upvote)
        ctx.session.flush()
        ctx.session.delete(ctx.get(Question, p.id))

    commands.add("test.forget", forget, Named, role=SYSTEM)
    for question in ("q-approved", "q-pending"):
        with Watch(world) as watch:
            world.did(SYSTEM, "test.forget", id=question)
            watch.look()
    assert [row[2] for row in log(world) if row[1] == "q-pending"] == ["person:p-hall staff"]


def test_what_came_and_went_in_one_batch_was_never_there(world: World, commands: Commands) -> None:
    def come_and_go(ctx: Context, _: Payload) -> None:
        one = Receipt(
            id="r-brief",
            meeting_id=HERE,
            participant_id="p-web",
            question_id="q-merged",
            end="answered",
            text="Brief?",
            at=ctx.now,
        )
        ctx.session.add(one)
        ctx.session.flush()
        ctx.session.delete(one)

    commands.add("test.brief", come_and_go, role=SYSTEM)
    with Watch(world) as watch:
        world.did(SYSTEM, "test.brief")
        watch.look()
    assert log(world) == []


def test_a_question_that_changes_hands_leaves_one_and_comes_to_the_other(world: World, commands: Commands) -> None:
    def hand_over(ctx: Context, p: Named) -> None:
        ctx.get(Question, p.id).author_id = "p-quiet"

    commands.add("test.hand", hand_over, Named, role=SYSTEM)
    with Watch(world) as watch:
        world.did(SYSTEM, "test.hand", id="q-approved")
        watch.look()
    ((_, _, before, after),) = log(world)
    assert ("person:p-web" in before.split(), "person:p-quiet" in after.split()) == (True, True)


def test_a_column_that_decides_audiences_and_does_not_remember_is_found_out(
    world: World, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else an object could stay for ever with somebody who no longer may see it."""
    monkeypatch.setattr(
        Topic.all["programme"], "audiences", lambda obj: {"staff"} | ({"public"} if obj.title else set())
    )

    def blank(ctx: Context, p: Named) -> None:
        item = Item(id=p.id)
        ctx.session.expire(ctx.session.get_one(Item, p.id))
        item = ctx.session.get_one(Item, p.id)
        ctx.session.expire(item, ["title"])
        item.title = ""

    commands.add("test.blank", blank, Named, role=SYSTEM)
    answer = world.ask(SYSTEM, "test.blank", {"id": "i-coffee"})
    assert answer["code"] == "error", "the old title was not loaded, and nobody knows who saw it"


# ---- what a topic declares -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(name for name, topic in Topic.all.items() if not topic.internal))
def test_a_topic_declares_its_fields_for_every_kind_of_audience_it_has(sqlite_world: World, name: str) -> None:
    topic = Topic.all[name]
    with reading() as session:
        objects = session.query(topic.model).all()
        kinds = {kind_of(audience) for one in objects for audience in topic.audiences(one)}
    assert objects and kinds == set(topic.fields)
    assert all(about for fields in topic.fields.values() for about in fields.values())


def test_a_snapshot_holds_all_topics_also_the_empty_ones(sqlite_world: World) -> None:
    with reading() as session:
        layers = snapshot(
            session, HERE, ["public", "person:p-quiet", "speaker:i-talk", "group:g-none", "person:nobody"]
        )
    for layer in layers.values():
        assert set(layer["topics"]) == set(oracle.TOPICS)
    assert not any(layers["group:g-none"]["topics"].values()) and not any(layers["person:nobody"]["topics"].values())


def test_the_most_personal_layer_wins_and_a_null_removes_from_its_own_only() -> None:
    layers = {
        "public": {"topics": {"questions": {"q": {"state": "approved", "author": None}, "r": {"state": "on_stage"}}}},
        "person:p": {"topics": {"questions": {"q": {"state": "approved", "mine": True}}}},
    }
    picture = merged(layers)
    assert picture["questions"] == {
        "q": {"state": "approved", "author": None, "mine": True},
        "r": {"state": "on_stage"},
    }
    layers["person:p"]["topics"]["questions"].pop("q")
    assert merged(layers)["questions"]["q"] == {"state": "approved", "author": None}


# ---- reading ---------------------------------------------------------------------------------------------------------


def test_a_large_meeting_is_read_in_parts_and_is_whole(world: World) -> None:
    rows = [
        {
            "id": f"q-{number:04}",
            "meeting_id": HERE,
            "item_id": "i-talk",
            "author_id": PEOPLE["quiet"].id,
            "version": 1,
            "text": f"Number {number}?",
            "state": ("pending", "approved")[number % 2],
            "name_hidden": number % 3 == 0,
            "reason": "",
            "support": 0,
            "asked_at": world.now + dt.timedelta(seconds=number),
        }
        for number in range(3 * sync.CHUNK + 7)
    ]
    with world.engine.begin() as connection:
        connection.execute(insert(Question.__table__), rows)  # type: ignore[arg-type]
    with reading() as session:
        layers = json.loads(json.dumps(snapshot(session, HERE, ["public", "staff", "person:p-quiet"])))
    should = oracle.picture(world, HERE)
    for audience, layer in layers.items():
        assert layer["topics"] == should[audience], audience


def test_nobody_hears_anything_from_the_future_or_of_another_meeting(world: World) -> None:
    world.did("moderator", "question.approve", id="q-pending")
    with reading() as session:
        seq, news = changes(session, HERE, {"public": world.seq() + 5, "staff": world.seq()})
        assert (seq, news) == (world.seq(), {})
        _, news = changes(session, "m-there", {"public": 0, "staff": 0})
        assert news == {}
        assert changes(session, HERE, {}) == (world.seq(), {})


def test_the_log_holds_no_content(world: World) -> None:
    world.did("hall", "question.ask", text="Something that only they may know?")
    world.did("moderator", "question.reject", id="q-pending", reason="A reason for one.")
    words = json.dumps(log(world))
    assert "know" not in words and "reason" not in words and "The hall" not in words


def test_pruning_forgets_up_to_a_batch_and_never_goes_back(world: World) -> None:
    seqs = []
    for question in ("q-pending", "q-pending_hidden"):
        world.did("moderator", "question.approve", id=question)
        seqs.append(world.seq())
    with transaction() as session:
        assert prune(session, HERE, seqs[0]) == 2  # the question, and the record of who approved it
        assert prune(session, HERE, seqs[0] - 5) == 0
    assert world.one("SELECT pruned FROM meeting WHERE id = :m", m=HERE) == seqs[0]
    assert world.one("SELECT count(*) FROM change WHERE seq = :s", s=seqs[1]) == 2
    with reading() as session:
        assert sync.oldest(session, HERE) == seqs[0]

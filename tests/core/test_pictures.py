"""What everybody hears is kept and followed: it must be what a reading from the beginning would give, as views and text."""

import json

import pytest

from hybridmote import sync
from hybridmote.db import reading
from hybridmote.sync import Picture, snapshot, snapshot_text
from tests.matrix.world import HERE, World

EVERYBODY = ("public", "staff", "person:p-hall")


def test_the_text_says_what_the_snapshot_holds(world: World) -> None:
    for _ in range(2):  # the second time from what was kept
        with reading() as session:
            assert json.loads(snapshot_text(session, HERE, EVERYBODY)) == snapshot(session, HERE, EVERYBODY)
        world.did("hall", "question.upvote", id="q-on_stage", on=False)


def test_a_layer_that_is_followed_is_as_one_read_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    whole = sync._read
    monkeypatch.setattr(sync, "_read", lambda *given: read.append(given[2]) or whole(*given))
    with reading() as session:
        snapshot_text(session, HERE, EVERYBODY)
    world.did("moderator", "question.approve", id="q-pending")
    world.did("moderator", "question.reject", id="q-approved", reason="Said already")
    world.did("quiet", "question.upvote", id="q-pending", on=True)
    read.clear()
    with reading() as session:
        followed = json.loads(snapshot_text(session, HERE, EVERYBODY))
    assert read == ["person:p-hall"]
    sync._shared.clear()
    with reading() as session:
        assert followed == json.loads(snapshot_text(session, HERE, EVERYBODY))
    assert "q-approved" not in followed["public"]["topics"]["questions"]
    assert followed["public"]["topics"]["questions"]["q-pending"]["support"] == 1


@pytest.mark.parametrize("why", ["time", "far behind", "pruned", "another history"])
def test_it_is_read_anew_when_it_cannot_be_followed(world: World, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    with reading() as session:
        snapshot(session, HERE, ["public"])
    world.did("hall", "question.upvote", id="q-on_stage", on=False)
    with world.engine.begin() as connection:  # past the log: not seen by who follows
        connection.exec_driver_sql("UPDATE question SET text = 'Written past the log' WHERE id = 'q-on_stage'")
        connection.exec_driver_sql("UPDATE question SET text = 'And this' WHERE id = 'q-answered'")
        if why == "pruned":
            connection.exec_driver_sql("UPDATE meeting SET pruned = seq WHERE id = 'm-here'")
        if why == "another history":
            connection.exec_driver_sql("UPDATE meta SET value = 'another' WHERE key = 'epoch'")
    if why == "time":
        monkeypatch.setattr(sync, "READ_ANEW", 0.0)
    if why == "far behind":
        monkeypatch.setattr(sync, "FOLLOW", 0)
    with reading() as session:
        questions = snapshot(session, HERE, ["public"])["public"]["topics"]["questions"]
    assert questions["q-answered"]["text"] == "And this"


def test_who_was_given_a_picture_may_go_on_reading_it() -> None:
    before = Picture(1, {"questions": {"a": {"n": 1}, "b": {"n": 1}}, "meeting": {"m": {"n": 1}}})
    said = before.text()
    after = before.followed(2, {"questions": {"a": {"n": 2}, "b": None, "c": {"n": 3}}})
    assert after.topics == {"questions": {"a": {"n": 2}, "c": {"n": 3}}, "meeting": {"m": {"n": 1}}}
    assert json.loads(after.text()) == {"seq": 2, "topics": after.topics}
    assert before.topics["questions"] == {"a": {"n": 1}, "b": {"n": 1}} and json.loads(before.text()) == json.loads(
        said
    )

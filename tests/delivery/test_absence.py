"""Who was away, however long and whatever happened meanwhile, ends up with the same picture as everybody else."""

import asyncio
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.delivery.client import Client, agree, connector, until
from tests.delivery.hall import Hall, open_engine
from tests.servers import ROOT, App, Postgres, free_port, run_async


async def all_know_the_truth(hall: Hall, clients: list[Client]) -> None:
    """By the tables, and by the product's own picture of each."""
    await until(lambda: all(c.settled for c in clients), 30, "everybody being connected and answered")
    await agree(clients, hall.truth())
    for client in clients:
        state = await client.state()
        assert {a: layer["topics"] for a, layer in state["layers"].items()} == client.layers


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_away_while_the_server_restarts(
    start_app: Callable[..., App], new_database: Callable[..., str], new_hall: Callable[..., Hall], kind: str
) -> None:
    """Two are away: one is welcomed back, for the other the welcome is lost and it catches up. Then the log is pruned
    while they are away once more."""
    url = new_database(kind)
    hall = new_hall(url)
    app = start_app(url)

    async def story() -> None:
        people = [*hall.admit(1, "moderator", None), *hall.admit(6)]
        async with connector() as http:
            clients = [Client(http, "hall", p.token, [app.base_url], random.Random(p.id)).start() for p in people]
            moderator, author, welcomed, catching_up, *others = clients
            absent, present = [welcomed, catching_up], [moderator, author, *others]
            catching_up.forgetful = 1.0
            try:
                await until(lambda: all(c.ready.is_set() for c in clients), 30, "everybody being connected")
                asked = [await ask(c, f"{c.me['name']} asked before, {n}?") for c in absent for n in range(3)]
                for question in (asked[0], asked[3]):
                    await moderator.say("question.approve", id=question)
                await until(
                    lambda: all(asked[3] in c.layers["public"]["questions"] for c in absent), 10, "hearing of it"
                )

                kept = await leave(absent)
                new = await ask(author, "Asked meanwhile?")
                await moderator.say("question.approve", id=new)
                await moderator.say("question.reject", id=asked[0], reason="Answered already.")
                await asyncio.to_thread(app.restart, 60)
                for question in (asked[1], asked[4]):
                    await moderator.say("question.reject", id=question, reason="Not of today's subject.")
                for other in others:
                    assert (await other.say("question.upvote", id=new, on=True))["ok"]
                first = dict(catching_up.last)
                come_back(absent, app)
                assert all(answer["ok"] for answer in await asyncio.gather(*kept))
                await all_know_the_truth(hall, clients)
                stored = [q.text for q in hall.truth().questions.values()]
                assert len(stored) == len(set(stored)) == 9
                assert [len(c.picture()["receipts"]) for c in absent] == [2, 1]
                for client in clients[1:]:
                    assert set(client.layers["public"]["questions"]) == {asked[3], new}
                    assert client.layers["public"]["questions"][new]["support"] == len(others)
                assert [c.counts["welcomes lost on purpose"] > 0 for c in absent] == [False, True]
                assert catching_up.counts["caught up"]
                assert not any(c.counts["caught up by a welcome"] for c in absent)
                assert await poll(http, app, catching_up, min(first.values())) == 200

                kept = await leave(absent)
                last = (await moderator.say("question.take", id=new))["seq"]
                await until(lambda: all(c.last[c.me["layers"][0]] >= last for c in present), 10, "all others hearing")
                hall.run("DELETE FROM change WHERE meeting_id = :meeting")
                hall.run("UPDATE meeting SET pruned = seq WHERE id = :meeting")
                come_back(absent, app)
                await asyncio.gather(*kept)
                await all_know_the_truth(hall, clients)
                assert catching_up.counts["caught up by a welcome"]
                assert await poll(http, app, catching_up, min(first.values())) == 410
            finally:
                await asyncio.gather(*(c.stop() for c in clients))

    run_async(story())


async def ask(client: Client, words: str) -> str:
    answer = await client.say("question.ask", text=words)
    assert answer["ok"], answer
    return str(answer["result"]["id"])


async def leave(clients: list[Client]) -> list["asyncio.Task[Any]"]:
    """Lose the line, find no other, and write a question nevertheless."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    for client in clients:
        client.urls = [nowhere]
        client.cut()
    await until(lambda: all(c.line is None for c in clients), 10, "the lines being lost")
    number = clients[0].counts["cut"]
    return [asyncio.create_task(c.say("question.ask", text=f"{c.me['name']}, alone, {number}?")) for c in clients]


def come_back(clients: list[Client], app: App) -> None:
    for client in clients:
        client.urls = [app.base_url]


async def poll(http: aiohttp.ClientSession, app: App, client: Client, since: int) -> int:
    """GET …/changes; what it brings must be what the client already has."""
    path = f"{app.base_url}/api/v1/m/hall/changes?since={since}&epoch={client.epoch}"
    async with http.get(path, headers={"Authorization": f"Bearer {client.token}"}) as answer:
        body = await answer.json(content_type=None)
        if answer.status == 200:
            for audience, news in body["changes"].items():
                for topic, objects in news["set"].items():
                    for object_id, view in objects.items():
                        assert client.layers[audience].get(topic, {}).get(object_id) == view
        return answer.status


def copy_of(url: str, folder: Path, postgres: Callable[[], Postgres]) -> str:
    """A backup of a database that nobody uses."""
    if url.startswith("sqlite"):
        file = folder / "backup.db"
        with sqlite3.connect(url.removeprefix("sqlite:///")) as source:
            source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        source.close()
        shutil.copy(url.removeprefix("sqlite:///"), file)
        return f"sqlite:///{file}"
    server = postgres()
    return server.url(server.create(url.rpartition("/")[2]))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restored_database_is_another_history(
    start_app: Callable[..., App],
    new_database: Callable[..., str],
    new_hall: Callable[..., Hall],
    _postgres_when_wanted: Callable[[], Postgres],
    tmp_path: Path,
    kind: str,
) -> None:
    """Rows roll back and the numbers begin again from where they were: only the epoch tells."""
    url = new_database(kind)
    hall = new_hall(url)
    people = [*hall.admit(1, "moderator", None), *hall.admit(4)]
    hall.engine.dispose()
    backup = copy_of(url, tmp_path, _postgres_when_wanted)
    app = start_app(url, env={"HYBRIDMOTE_RATE_LIMITS": "off"})

    async def story() -> None:
        async with connector() as http:
            clients = [Client(http, "hall", p.token, [app.base_url], random.Random(p.id)).start() for p in people]
            moderator, author, *others = clients
            try:
                await until(lambda: all(c.ready.is_set() for c in clients), 30, "everybody being connected")
                for n in range(5):
                    question = (await author.say("question.ask", text=f"Forgotten {n}?"))["result"]["id"]
                    await moderator.say("question.approve", id=question)
                await until(lambda: all(len(c.picture()["questions"]) == 5 for c in clients), 10, "all hearing of five")
                old_epoch, heard = author.epoch, dict(author.last)
                others[0].forgetful = 1.0  # catches up with what it knew of the other history
                await asyncio.to_thread(app.terminate)
                kept = asyncio.create_task(author.say("question.ask", text="Asked while it was restored?"))

                assert app.env is not None
                app.env["HYBRIDMOTE_DATABASE_URL"] = backup
                restored = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "hybridmote", "migrate", "--restored", cwd=ROOT, env=app.env,
                    stdout=subprocess.DEVNULL,
                )  # fmt: skip
                assert await restored.wait() == 0
                hall.engine.dispose()
                hall.engine = open_engine(backup)
                # so that the numbers are past what everybody had heard
                hall.run("UPDATE meeting SET seq = seq + 12 WHERE id = :meeting")
                assert hall.seq() >= max(heard.values())
                await asyncio.to_thread(app.start)
                await asyncio.to_thread(app.wait_ready, 60)

                assert (await kept)["ok"]
                await moderator.say("question.approve", id=next(iter(hall.truth().questions)))
                await all_know_the_truth(hall, clients)
                assert [q["text"] for q in author.picture()["questions"].values()] == ["Asked while it was restored?"]
                assert all(c.epoch not in ("", old_epoch) for c in clients)
                assert others[0].counts["caught up by a welcome"]
                path = f"{app.base_url}/api/v1/m/hall/changes?since=0&epoch={old_epoch}"
                async with http.get(path, headers={"Authorization": f"Bearer {author.token}"}) as answer:
                    assert (answer.status, (await answer.json(content_type=None))["code"]) == (410, "pruned")
            finally:
                await asyncio.gather(*(c.stop() for c in clients))

    run_async(story())

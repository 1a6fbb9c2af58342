"""Two processes agree on who is here, and on what somebody is whose roles change while they listen."""

import asyncio
import random
import time
from typing import Any

import pytest

from tests.delivery.client import Client, Polling, WebSocket, agree, connector, until
from tests.delivery.hall import Hall, Person
from tests.servers import App, run_async


@pytest.mark.slow
def test_presence_counts_people_once_over_all_processes(shared_hall: Hall, two_apps: list[App]) -> None:
    """Counts go out every 3 s, and a process that died is believed for 12 s; the bounds leave room for a busy machine."""
    [in_hall] = shared_hall.admit(1, attendance="hall")
    web_here, web_there = shared_hall.admit(2)
    [screen] = shared_hall.admit(1, roles="screen", attendance=None)
    here, there = (app.base_url for app in two_apps)

    async def story() -> None:
        async with connector() as http:

            def follow(person: Person, url: str, transport: Any = WebSocket) -> Client:
                return Client(http, "hall", person.token, [url], random.Random(1), transport=transport).start()

            began = time.monotonic()
            tabs = [follow(in_hall, here), follow(in_hall, there), follow(in_hall, there, Polling)]
            first, second, shown = follow(web_here, here), follow(web_there, there), follow(screen, there)
            clients = [*tabs, first, second, shown]
            try:
                await until(lambda: all(c.ready.is_set() for c in clients), 30, "everybody being connected")
                await until(
                    lambda: all(c.presence == {"hall": 1, "web": 2} for c in clients), 15, "one in the hall, two not"
                )
                await tabs[0].stop()
                await tabs[1].stop()
                await asyncio.sleep(4)  # a count was taken: the third tab still makes one
                assert first.presence == {"hall": 1, "web": 2}
                await tabs[2].stop()
                await until(lambda: first.presence == shown.presence == {"hall": 0, "web": 2}, 15, "nobody in the hall")
                two_apps[1].kill()
                await until(lambda: first.presence == {"hall": 0, "web": 1}, 30, "the dead process being forgotten")
                assert first.counts["presence"] <= (time.monotonic() - began) / 3 + 2, "more than one in three seconds"
            finally:
                await asyncio.gather(*(c.stop() for c in (first, second, shown)))

    run_async(story())


def change_roles(hall: Hall, person: Person, roles: str) -> int:
    """As a command would, in one transaction: the row, the number, and the line in the log; the new number."""
    from sqlalchemy import text

    with hall.engine.begin() as connection:
        values = {"meeting": hall.id, "person": person.id, "roles": roles, "who": f"person:{person.id}"}
        seq = connection.execute(
            text("UPDATE meeting SET seq = seq + 1 WHERE id = :meeting RETURNING seq"), values
        ).scalar_one()
        connection.execute(text("UPDATE participant SET roles = :roles WHERE id = :person"), values)
        connection.execute(
            text("INSERT INTO change VALUES (:meeting, :seq, 'access', :person, :who, :who)"), {**values, "seq": seq}
        )
        return int(seq)


@pytest.mark.slow
def test_who_gets_another_role_is_welcomed_anew_in_every_process(shared_hall: Hall, two_apps: list[App]) -> None:
    author, person = shared_hall.admit(2)
    urls = [app.base_url for app in two_apps]

    async def story() -> None:
        async with connector() as http:
            lines = [
                Client(http, "hall", person.token, [url], random.Random(1), transport=transport).start()
                for url in urls
                for transport in (WebSocket, Polling)
            ]
            asker = Client(http, "hall", author.token, urls).start()
            try:
                await until(lambda: all(c.ready.is_set() for c in (asker, *lines)), 30, "everybody being connected")
                hidden = (await asker.say("question.ask", text="Only staff see this yet?"))["result"]["id"]
                change_roles(shared_hall, person, "moderator")
                await until(lambda: all(c.me["layers"][0] == "staff" for c in lines), 6, "the staff's layer coming")
                assert all(hidden in c.layers["staff"]["questions"] for c in lines)
                assert (await lines[1].say("question.approve", id=hidden))["ok"]
                second = (await asker.say("question.ask", text="And this one?"))["result"]["id"]
                await until(lambda: all(second in c.layers["staff"]["questions"] for c in lines), 6, "staff hearing it")

                seq = change_roles(shared_hall, person, "participant")
                third = (await asker.say("question.ask", text="A third one?"))["result"]["id"]
                await until(lambda: all(c.me["layers"][0] == "public" for c in lines), 6, "the public layer coming")
                refused = await lines[3].say("question.approve", id=third)
                assert refused["problem"]["code"] == "role"
                await agree([asker, *lines], shared_hall.truth())
                for client in lines:
                    assert set(client.picture()["questions"]) == {hidden}
                    assert client.picture()["audit"] == {}
                    late = [to for _, audience, to in client.heard_to if audience == "staff" and to >= seq]
                    assert not late, "heard as staff after it was no more"
                    assert client.counts["connects"] == 1, "the same line all the time"
            finally:
                await asyncio.gather(*(c.stop() for c in (asker, *lines)))

    run_async(story())
    assert not any("Traceback" in app.text() for app in two_apps)

"""A link that is revoked ends every line it opened, in every process and on every transport, and opens none any more."""

import asyncio
import random
import time
from typing import Any

import pytest

from tests.delivery.client import Client, Polling, WebSocket, agree, connector, until
from tests.delivery.hall import Hall
from tests.servers import App, Redis, run_async

BOUND = 6.0  # seconds; promised are 2


@pytest.mark.slow
@pytest.mark.parametrize("redis_is", ["there", "away"])
def test_a_revoked_link_ends_within_two_seconds(
    shared_hall: Hall, two_apps: list[App], redis: Redis, redis_is: str, seed: int
) -> None:
    organiser_, moderator_, author_, victim_, other_ = [
        *shared_hall.admit(1, "organiser", None),
        *shared_hall.admit(1, "moderator", None),
        *shared_hall.admit(3),
    ]
    urls = [app.base_url for app in two_apps]
    questions = shared_hall.approved_questions(author_, 3)

    async def story() -> None:
        async with connector() as http:

            def follow(person: Any, url: str, transport: Any = WebSocket) -> Client:
                return Client(http, "hall", person.token, [url], random.Random(seed), transport=transport).start()

            victims = [follow(victim_, url, transport) for url in urls for transport in (WebSocket, Polling)]
            staff = [follow(organiser_, urls[0]), follow(moderator_, urls[1])]
            others = [follow(other_, url, transport) for url in urls for transport in (WebSocket, Polling)]
            clients = [*victims, *staff, *others]
            try:
                await until(lambda: all(c.ready.is_set() for c in clients), 30, "everybody being connected")
                before = await staff[1].say("question.take", id=questions[0])
                await until(lambda: all(c.last["public"] >= before["seq"] for c in victims), 10, "everybody hearing")
                if redis_is == "away":
                    redis.pause()
                # Two of four ask what is new all the time, also between the commit and the moment the pump sees it.
                caught_up: list[int] = []
                eager = asyncio.create_task(ask_all_the_time(victims[::2], caught_up))
                noise = asyncio.create_task(make_noise(others[0], staff[1], questions))
                await until(lambda: len(caught_up) > 5, 10, "their asking")
                revoked = await staff[0].say("person.revoke", person=victim_.id)
                assert revoked["ok"], revoked
                at, seq = time.monotonic(), revoked["seq"]
                await until(lambda: all(c.ended for c in victims), 20, "every line ending")
                took = max(c.ended_at for c in victims) - at
                await asyncio.sleep(0.5)  # whoever still hears, hears the noise
                noise.cancel()
                eager.cancel()
                redis.resume()

                print(f"Redis {redis_is}: ended everywhere {max(took, 0):.2f} s after the answer (promise 2 s)")
                assert took < BOUND
                for client in victims:
                    assert client.ended and client.ended["code"] == "unknown_caller" and client.ended["status"] == 401
                    late = [to for _, _, to in client.heard_to if to >= seq]
                    assert not late, f"revoked at {seq}, heard {late} by {client.transport.__name__}"
                assert max(caught_up) < seq, f"revoked at {seq}, caught up to {max(caught_up)}"
                await asyncio.wait_for(asyncio.gather(*(c.finished.wait() for c in victims)), 10)

                await refused_everywhere(http, victim_, urls)
                assert not any(c.ended for c in (*staff, *others))
                await until(lambda: all(c.settled for c in others), 10, "the others going on")
                await agree(others, shared_hall.truth())
            finally:
                await asyncio.gather(*(c.stop() for c in clients))

    run_async(story())
    assert not any("Traceback" in app.text() for app in two_apps)


async def ask_all_the_time(clients: list[Client], caught_up: list[int]) -> None:
    """catch_up again and again by the same lines; notes what it was answered up to."""

    async def ask(client: Client) -> None:
        while True:
            if client.settled:
                await client.look_again()
                while client.line is not None and not client.settled:
                    await asyncio.sleep(0.001)
                if client.settled:
                    caught_up.append(max(client.last.values()))
            await asyncio.sleep(0.005)

    await asyncio.gather(*(ask(client) for client in clients))


async def make_noise(voter: Client, moderator: Client, questions: list[str]) -> None:
    """Something for everybody, more often than messages go out."""
    on = False
    while True:
        on = not on
        await voter.say("question.upvote", id=questions[1], on=on)
        await asyncio.sleep(0.05)


async def refused_everywhere(http: Any, person: Any, urls: list[str]) -> None:
    headers = {"Authorization": f"Bearer {person.token}"}
    for url in urls:
        for transport in (WebSocket, Polling):
            again = Client(http, "hall", person.token, [url], transport=transport).start()
            await asyncio.wait_for(again.finished.wait(), 10)
            assert again.refused and again.refused["code"] == "unknown_caller"
            assert not again.layers and not again.heard_to
            await again.stop()
        for path in ("state", "changes?since=0"):
            async with http.get(f"{url}/api/v1/m/hall/{path}", headers=headers) as answer:
                assert answer.status == 401
                assert (await answer.json(content_type=None))["code"] == "unknown_caller"
        body = {"op": "00000000-0000-4000-8000-000000000000", "text": "Still there?"}
        async with http.post(f"{url}/api/v1/m/hall/commands/question.ask", json=body, headers=headers) as answer:
            assert answer.status == 401
        async with http.get(f"{url}/j/{person.token}") as answer:
            assert answer.status == 404

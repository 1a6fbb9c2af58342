"""A hall that votes at once costs a handful of messages, not one per vote and listener."""

import asyncio
import random
import re
import time
from collections import Counter
from itertools import pairwise

import aiohttp
import pytest

from tests.delivery.client import Client, agree, connector, until
from tests.delivery.hall import Hall
from tests.servers import App, run_async

LISTENERS, QUESTIONS = 300, 20
A_SECOND, SECONDS = 200, 10
MOST = 10  # messages a second and audience
COUNTER = re.compile(r'^hybridmote_broadcasts_total\{audience="(\w+)",meeting="([^"]+)"\} (\S+)$', re.MULTILINE)


async def broadcasts(http: aiohttp.ClientSession, app: App, meeting: str) -> tuple[float, Counter[str], float]:
    """When it was asked, the counter by audience, when it was answered."""
    asked = time.monotonic()
    async with http.get(f"{app.base_url}/metrics") as answer:
        text = await answer.text()
    counts = {audience: int(float(value)) for audience, which, value in COUNTER.findall(text) if which == meeting}
    return asked, Counter(counts), time.monotonic()


@pytest.mark.slow
def test_two_hundred_votes_a_second_into_three_hundred_listeners(app: App, hall: Hall, seed: int) -> None:
    """In any second, 200 of the 300 vote, each once; everybody hears of all of it, and of their own vote besides."""
    [author], people = hall.admit(1), hall.admit(LISTENERS)
    [moderator_] = hall.admit(1, "moderator", None)
    questions = hall.approved_questions(author, QUESTIONS)
    chance = random.Random(seed)

    async def story() -> None:
        async with connector() as http:
            clients = [
                Client(http, "hall", p.token, [app.base_url], random.Random(p.id)).start()
                for p in (*people, moderator_)
            ]
            listeners, moderator = clients[:-1], clients[-1]
            try:
                await until(lambda: all(c.ready.is_set() for c in clients), 60, "everybody being connected")
                samples = [await broadcasts(http, app, hall.id)]

                async def vote(number: int) -> float:
                    voter = listeners[number % LISTENERS]
                    question = questions[(number // LISTENERS + number) % QUESTIONS]
                    began = time.monotonic()
                    answer = await voter.say("question.upvote", id=question, on=True)
                    assert answer["ok"], answer
                    return time.monotonic() - began

                async def watch() -> None:
                    while True:
                        await asyncio.sleep(chance.uniform(0.2, 0.7))
                        samples.append(await broadcasts(http, app, hall.id))

                watching = asyncio.create_task(watch())
                began, votes = time.monotonic(), []
                for number in range(A_SECOND * SECONDS):
                    wait = began + number / A_SECOND - time.monotonic()
                    await asyncio.sleep(max(0.0, wait))
                    votes.append(asyncio.create_task(vote(number)))
                offered = len(votes) / (time.monotonic() - began)
                taken = sorted(await asyncio.gather(*votes))
                truth = hall.truth()
                assert sum(q.support for q in truth.questions.values()) == len(votes)
                await agree(clients, truth, 30)
                lasted = time.monotonic() - began
                watching.cancel()
                samples.append(await broadcasts(http, app, hall.id))

                worst = Counter[str]()
                for (asked, before, _), (_, after, answered) in pairwise(samples):
                    for audience in ("public", "staff"):
                        sent = after[audience] - before[audience]
                        assert sent <= MOST * (answered - asked) + 1, (
                            f"{sent} to {audience} in {answered - asked:.2f} s"
                        )
                total = samples[-1][1] - samples[0][1]
                for client in clients:
                    heard = Counter(audience for at, audience, _ in client.heard_to if at >= began)
                    assert all(count <= MOST * lasted + 1 for count in heard.values()), heard
                    worst |= heard
                print(
                    f"seed {seed}: {len(votes)} votes, {offered:.0f}/s offered, acknowledged within"
                    f" {taken[len(taken) // 2] * 1000:.0f} ms (median), {taken[int(len(taken) * 0.99)] * 1000:.0f} ms"
                    f" (p99); broadcasts in {lasted:.1f} s: {dict(total)}, that is"
                    f" {total['public'] / lasted:.1f}/s to the public; a listener heard at most"
                    f" {worst['public']} of them; {sum(c.counts['changes'] for c in clients)} messages received"
                )
                assert 0 < total["public"] <= MOST * lasted and 0 < total["staff"] <= MOST * lasted
                assert total["public"] < len(votes) / 5, "nothing was gathered"
                assert moderator.counts["catch_ups"] == 0
            finally:
                await asyncio.gather(*(c.stop() for c in clients))

    run_async(story())
    assert "Traceback" not in app.text()

"""Serving processes die with commands in their hands: nothing that was acknowledged is lost, nothing is done twice."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.delivery.client import Client, agree, connector, until
from tests.delivery.hall import Hall, Truth
from tests.servers import App, Redis, run_async

PEOPLE, AT_ONCE = 48, 2  # participants, and commands each of them has under way
IN_FLIGHT = 10  # at least, in the process that is killed
APPROVED = 50  # questions that may be supported


class Storm:
    """People who ask and vote without a pause while serving processes are killed under them."""

    def __init__(self, hall: Hall, apps: list[App], seed: int, kills: int, commands: int) -> None:
        self.hall, self.apps, self.kills, self.commands = hall, apps, kills, commands
        self.chance = random.Random(seed)
        self.in_flight: list[int] = []  # at each kill
        self.asked = self.acknowledged = 0
        self.over = False
        self.toggled: dict[tuple[str, str], bool] = {}  # (question, person) -> as last acknowledged
        self.busy: set[tuple[str, str]] = set()
        self.news = asyncio.Event()

    async def blow(self) -> None:
        urls = [app.base_url for app in self.apps]
        async with connector() as http:
            self.clients = [
                Client(
                    http,
                    self.hall.slug,
                    person.token,
                    urls,
                    random.Random(self.chance.random()),
                    forgetful=0.3,
                    deaf=0.005,
                    by_http=0.1,
                ).start()
                for person in self.hall.people
            ]
            try:
                await until(lambda: all(c.ready.is_set() for c in self.clients), 30, "everybody being connected")
                moderators = [c for c in self.clients if "moderator" in c.me["roles"]]
                others = [c for c in self.clients if c not in moderators]
                work = [self.moderate(c) for c in moderators] + [self.take_part(c) for c in others * AT_ONCE]
                tasks = [asyncio.create_task(w) for w in [*work, self.cut_lines()]]
                await self.kill()
                await until(lambda: self.acknowledged >= self.commands, 120, "enough commands")
                self.over = True
                async with asyncio.timeout(60):
                    await asyncio.gather(*tasks)
                await self.settle()
                await self.compare_with_state()
            finally:
                await asyncio.gather(*(c.stop() for c in self.clients))

    # ---- the people ----

    async def say(self, client: Client, name: str, **fields: Any) -> dict[str, Any]:
        answer = await client.say(name, **fields)
        self.acknowledged += 1
        self.news.set()
        if self.chance.random() < 0.03:
            await client.repeat(self.chance.choice(list(client.answers)))  # an old letter turns up once more
        return answer

    async def take_part(self, client: Client) -> None:
        person = client.me["id"]
        while not self.over:
            choice = [
                q
                for q, view in client.layers.get("public", {}).get("questions", {}).items()
                if view["state"] == "approved"
                and q not in client.layers[f"person:{person}"]["questions"]
                and (q, person) not in self.busy
            ]
            if not choice or (self.asked < self.commands // 2 and self.chance.random() < 0.5):
                self.asked += 1
                await self.say(client, "question.ask", text=f"Question {self.asked}?", hide_name=self.asked % 3 == 0)
                continue
            key = (self.chance.choice(choice), person)
            self.busy.add(key)  # one person's votes on one question are sent in order
            on = not self.toggled.get(key, False)
            answer = await self.say(client, "question.upvote", id=key[0], on=on)
            assert answer["ok"], answer
            self.toggled[key] = on
            self.busy.discard(key)

    async def moderate(self, client: Client) -> None:
        while not self.over:
            await asyncio.sleep(0.05)
            questions = client.layers["staff"]["questions"] if client.ready.is_set() else {}
            waiting = [q for q, view in questions.items() if view["state"] == "pending"]
            if waiting and sum(view["state"] == "approved" for view in questions.values()) < APPROVED:
                await self.say(client, "question.approve", id=self.chance.choice(waiting))

    # ---- the storm ----

    async def cut_lines(self) -> None:
        while not self.over:
            await asyncio.sleep(self.chance.uniform(0, 0.2))
            self.chance.choice(self.clients).cut()

    async def kill(self) -> None:
        starting: list[asyncio.Task[Any]] = []
        for number in range(self.kills):
            share = self.commands * (number + 1) // (self.kills + 1)
            await until(lambda share=share: self.acknowledged >= share, 60, f"{share} acknowledged commands")
            both = len(self.apps) > 1 and number % 5 == 4
            victims = self.apps if both else [self.chance.choice(self.apps)]
            await self.wait_for_a_moment(victims, any_moment=number % 2 == 0)
            for app in victims:
                self.in_flight.append(self.held_by(app))
                app.kill()
            starting.append(asyncio.create_task(asyncio.to_thread(self.start, victims)))
            if len(self.apps) == 1 or both:
                await starting[-1]
        await asyncio.gather(*starting)

    async def wait_for_a_moment(self, victims: list[App], any_moment: bool) -> None:
        """When enough is in flight: anywhere, or between two answers of a batch that is committed."""

        def ripe() -> bool:
            return all(app.running and self.held_by(app) >= IN_FLIGHT for app in victims)

        end = time.monotonic() + 60
        while True:
            await until(ripe, end - time.monotonic(), f"{IN_FLIGHT} commands in flight", pause=0.002)
            if any_moment:
                await asyncio.sleep(self.chance.uniform(0, 0.05))
            else:
                self.news.clear()
                await asyncio.wait_for(self.news.wait(), 30)
            if ripe():
                return

    def held_by(self, app: App) -> int:
        return sum(client.in_flight(app.base_url) for client in self.clients)

    @staticmethod
    def start(apps: list[App]) -> None:
        for app in apps:
            app.start()
        for app in apps:
            app.wait_ready(60)

    # ---- afterwards ----

    async def settle(self) -> None:
        """Nobody is deaf any more; everybody's layers become what the tables say."""
        for client in self.clients:
            client.deaf = client.forgetful = 0
        await until(lambda: all(c.settled for c in self.clients), 30, "everybody being connected and answered")
        for client in self.clients:  # a message lost on purpose at the very end leaves no gap to be noticed by
            await client.look_again()
        self.truth = self.hall.truth()
        await agree(self.clients, self.truth)

    async def compare_with_state(self) -> None:
        for client in self.clients:
            state = await client.state()
            assert {a: layer["topics"] for a, layer in state["layers"].items()} == client.layers
            assert state["topics"] == client.picture() | {t: {} for t in state["topics"] if t not in client.picture()}

    def judge(self) -> dict[str, Any]:
        """By the tables alone, against what was acknowledged."""
        answers = {op: (c.me["id"], *answer) for c in self.clients for op, answer in c.answers.items()}
        refused = [(name, answer["problem"]["code"]) for _, name, _, answer in answers.values() if not answer["ok"]]
        assert set(refused) <= {("question.approve", "state")}, "only where another moderator was faster"
        self.judge_questions(answers, self.truth)
        self.judge_support(self.truth)
        stored = self.hall.rows("SELECT caller, op FROM op WHERE meeting_id = :meeting AND caller <> ''")
        assert Counter((who, op) for who, op in stored) == Counter((who, op) for op, (who, *_) in answers.items())
        seconds = [(op, second) for c in self.clients for op, second in c.second_answers]
        assert all(second == answers[op][3] for op, second in seconds), "a repeat was answered otherwise"
        shown = {row[0] for row in self.hall.rows("SELECT object_id FROM audit WHERE what = 'question.approve'")}
        assert set().union(*(c.public_ids for c in self.clients)) <= shown, "the public heard of a hidden question"
        return self.report(answers, len(refused))

    def judge_questions(self, answers: dict[str, Any], truth: Truth) -> None:
        asked = {
            answer["result"]["id"]: (who, fields["text"], fields["hide_name"])
            for who, name, fields, answer in answers.values()
            if name == "question.ask"
        }
        stored = {q.id: (q.author_id, q.text, bool(q.name_hidden)) for q in truth.questions.values()}
        assert Counter(text for _, text, _ in stored.values()).most_common(1)[0][1] == 1, "asked once, stored twice"
        assert stored == asked
        assert len(asked) == self.asked

    def judge_support(self, truth: Truth) -> None:
        wanted: dict[str, set[str]] = {}
        for (question, person), on in self.toggled.items():
            if on:
                wanted.setdefault(person, set()).add(question)
        assert truth.upvotes == wanted
        votes = Counter(question for questions in wanted.values() for question in questions)
        assert {i: q.support for i, q in truth.questions.items() if q.support} == dict(votes)

    def report(self, answers: dict[str, Any], refused: int) -> dict[str, Any]:
        lines = [line for app in self.apps for line in app.text().splitlines()]
        repeated = {json.loads(line)["op"] for line in lines if '"event": "command repeated"' in line}
        again = set().union(*(c.sent_unanswered_again for c in self.clients))
        late = {op for c in self.clients for op, _ in c.second_answers}
        counts = sum((c.counts for c in self.clients), Counter())
        assert len(self.in_flight) >= self.kills and min(self.in_flight) >= IN_FLIGHT
        assert len(answers) >= self.commands
        assert again, "no command was sent again"
        assert repeated & again, "no command was done whose answer was lost"
        assert repeated <= set(answers)
        assert not [line for line in lines if "Traceback" in line], "a serving process tripped"
        return {
            "kills": len(self.in_flight),
            "in flight at a kill": f"{min(self.in_flight)} to {max(self.in_flight)}",
            "acknowledged": len(answers),
            "sent again unanswered": len(again),
            "of these done already": len(repeated & again),
            "sent again after the answer": counts["sent again after the answer"],
            "log lines 'command repeated'": len([line for line in lines if "command repeated" in line]),
            "second answers": len(late),
            "refused, the other moderator was faster": refused,
            "lines cut": counts["cut"],
            "connects": counts["connects"],
            "welcomes lost on purpose": counts["welcomes lost on purpose"],
            "catch_ups": counts["catch_ups"],
            "gaps": counts["gaps"],
            "answered by HTTP": counts["answered by HTTP"],
        }


def blow(start_app: Callable[..., App], url: str, redis_url: str, processes: int, seed: int, **size: int) -> None:
    hall = Hall(url)
    hall.admit(PEOPLE)
    hall.admit(2, roles="moderator", attendance=None, name="Moderator")
    apps = [
        start_app(url, redis_url=redis_url, env={"HYBRIDMOTE_RATE_LIMITS": "off"}, ready=False)
        for _ in range(processes)
    ]
    for app in apps:
        app.wait_ready()
    storm = Storm(hall, apps, seed, **size)
    try:
        run_async(storm.blow())
        print(f"seed {seed}:", json.dumps(storm.judge()))
    finally:
        hall.close()


@pytest.mark.slow
def test_killed_often_on_sqlite(start_app, sqlite_url: str, seed: int) -> None:
    blow(start_app, sqlite_url, "", 1, seed, kills=5, commands=1000)


@pytest.mark.slow
def test_killed_often_on_postgresql(start_app, postgres_url: str, redis: Redis, seed: int) -> None:
    blow(start_app, postgres_url, redis.url, 2, seed, kills=5, commands=1000)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_killed_all_the_time_on_sqlite(start_app, sqlite_url: str, seed: int) -> None:
    blow(start_app, sqlite_url, "", 1, seed, kills=20, commands=5000)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_killed_all_the_time_on_postgresql(start_app, postgres_url: str, redis: Redis, seed: int) -> None:
    blow(start_app, postgres_url, redis.url, 2, seed, kills=20, commands=5000)

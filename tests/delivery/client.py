"""A client that knows what the protocol page says and no more: its own frames, so that it can also be cut off mid-word.

It keeps one layer per audience, the number it has heard in each, an outbox of commands that are not answered, and the
messages that come while it does not know where it is.
"""

import asyncio
import contextlib
import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import uuid4

import aiohttp

# Seconds, from the page; the first two double each time they were not enough.
WELCOME_WITHIN, CAUGHT_UP_WITHIN, MOST_PATIENT, SILENCE = 10.0, 3.0, 60.0, 15.0
FINAL = {401, 403, 404, 410}  # of a refused connect
AGAIN = {429, 503}  # of a refused command
SEPARATOR = "\x1e"


@lru_cache(maxsize=256)
def parsed(text: str) -> Any:
    """A hall hears the same bytes: read them once. Nothing here changes what it was given."""
    return json.loads(text)


class Lost(Exception):
    """The line is gone."""


@dataclass(eq=False)
class Sent:
    """A command on its way."""

    op: str
    name: str
    fields: dict[str, Any]
    answered: "asyncio.Future[dict[str, Any]]"
    times: int = 0  # how often it went out
    at: float = 0.0
    line: Any = None  # on which line it went out last
    url: str = ""

    @property
    def body(self) -> dict[str, Any]:
        return {"op": self.op, **self.fields}


class WebSocket:
    """Engine.IO packets over a WebSocket."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self._url = http, url

    async def open(self) -> None:
        self._ws = await self._http.ws_connect(
            f"{self._url}/socket.io/?EIO=4&transport=websocket", max_msg_size=0, autoping=True
        )

    async def send(self, packet: str) -> None:
        try:
            await self._ws.send_str(packet)
        except (aiohttp.ClientError, ConnectionError) as error:
            raise Lost from error

    async def receive(self) -> str:
        message = await self._ws.receive()
        if message.type != aiohttp.WSMsgType.TEXT:
            raise Lost(str(message.type))
        return str(message.data)

    def cut(self) -> None:
        """As when a cable is pulled: no goodbye, and what is under way is lost."""
        connection = self._ws._response.connection
        if connection is not None and connection.transport is not None:
            connection.transport.abort()

    async def close(self) -> None:
        await self._ws.close()


class Polling:
    """Engine.IO packets over long polling."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self._url = http, f"{url}/socket.io/?EIO=4&transport=polling"
        self._packets: list[str] = []
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        first = await self._get()
        self._packets += first
        self._url += f"&sid={json.loads(first[0][1:])['sid']}"

    async def send(self, packet: str) -> None:
        async with self._turn:
            try:
                async with self._http.post(self._url, data=packet) as answer:
                    if answer.status != 200:
                        raise Lost(answer.status)
            except (aiohttp.ClientError, ConnectionError) as error:
                raise Lost from error

    async def receive(self) -> str:
        while not self._packets:
            self._packets += await self._get()
        packet = self._packets.pop(0)
        if packet == "1":
            raise Lost("closed by the server")
        return packet

    async def _get(self) -> list[str]:
        try:
            async with self._http.get(self._url) as answer:
                if answer.status != 200:
                    raise Lost(answer.status)
                return (await answer.text()).split(SEPARATOR)
        except (aiohttp.ClientError, ConnectionError) as error:
            raise Lost from error

    def cut(self) -> None:
        self._url = "http://127.0.0.1:9/"  # never asks again

    async def close(self) -> None:
        with contextlib.suppress(Lost):
            await self.send("1")


@dataclass(eq=False)
class Client:
    """`await client.say(name, **fields)` after `client.start()`; everything it has heard is in `layers` and `last`."""

    http: aiohttp.ClientSession
    slug: str
    token: str
    urls: Sequence[str]
    chance: random.Random = field(default_factory=random.Random)
    transport: type[WebSocket] | type[Polling] = WebSocket
    patience: float = 10.0  # seconds of silence after which a command goes out again on the same line
    forgetful: float = 0.0  # how often a welcome after a reconnect is taken as lost, so that it must catch up
    deaf: float = 0.0  # how often a change is lost on the way
    by_http: float = 0.0  # how often, without a line, it sends again what is unanswered by plain HTTP
    watch: Callable[["Client", dict[str, Any]], None] | None = None  # sees every message of changes

    def __post_init__(self) -> None:
        self.layers: dict[str, dict[str, dict[str, Any]]] = {}
        self.last: dict[str, int] = {}
        self.me: dict[str, Any] = {}
        self.epoch = ""
        self.presence: dict[str, int] | None = None
        self.ended: dict[str, Any] | None = None
        self.ended_at = 0.0
        self.refused: dict[str, Any] | None = None
        self.outbox: dict[str, Sent] = {}
        self.answers: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {}  # op -> name, fields, answer
        self.second_answers: list[tuple[str, dict[str, Any]]] = []
        self.sent_unanswered_again: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.heard_to: list[tuple[float, str, int]] = []  # when, audience, `to`: every message of changes
        self.public_ids: set[str] = set()  # questions that a shared public layer ever held or named
        self.line: Any = None
        self.url = ""
        self.ready = asyncio.Event()
        self.finished = asyncio.Event()
        self._held: list[dict[str, Any]] | None = []
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Any] = {}  # ack number -> Sent, or "catch_up"
        self._asked_at: float | None = None
        self._stopping = False
        self._slack = 1  # doubles each time the server did not answer in time

    # ---- living ----

    def start(self) -> "Client":
        self._task = asyncio.create_task(self._live())
        return self

    async def stop(self) -> None:
        self._stopping = True
        if self.line is not None:
            with contextlib.suppress(Lost):
                await self.line.close()
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    def cut(self) -> None:
        """Lose the line now."""
        if self.line is not None:
            self.counts["cut"] += 1
            self.line.cut()

    async def _live(self) -> None:
        while not self._stopping and self.ended is None and self.refused is None:
            self.url = self.chance.choice(self.urls)
            try:
                await self._session()
            except (Lost, OSError, aiohttp.ClientError, TimeoutError) as error:
                self.counts[f"lost: {type(error).__name__}"] += 1
            finally:
                self.line = None
                self.ready.clear()
            if self.ended is None and self.refused is None:
                await asyncio.sleep(self.chance.uniform(0.02, 0.3) * self._slack)
                if self.chance.random() < self.by_http:
                    await asyncio.gather(*(self._post(sent) for sent in list(self.outbox.values())))
        self.finished.set()

    async def _session(self) -> None:
        line = self.transport(self.http, self.url)
        self._held, self._asked_at, self._waiting = [], None, {}
        self._heard_at = self._began = time.monotonic()
        self._greeted = False
        async with asyncio.timeout(10):
            await line.open()
        clock = asyncio.create_task(self._clock(line))
        try:
            assert (await line.receive()).startswith("0")
            await line.send("40" + json.dumps({"meeting": self.slug, "token": self.token}))
            self.counts["connects"] += 1
            while True:
                packet = await line.receive()
                self._heard_at = time.monotonic()
                await self._take(line, packet)
        finally:
            clock.cancel()
            with contextlib.suppress(asyncio.CancelledError, Lost):
                await clock
            line.cut()

    async def _take(self, line: Any, packet: str) -> None:
        if packet == "2":
            await line.send("3")
        elif packet.startswith("40"):
            self.line = line
        elif packet.startswith("44"):
            said = json.loads(packet[2:])
            problem = said.get("data") or {}
            self.counts["connects refused"] += 1
            if problem.get("status") in FINAL:
                self.refused = problem
            raise Lost("refused")
        elif packet.startswith("43"):
            number, _, rest = packet[2:].partition("[")
            await self._answered(line, int(number), json.loads("[" + rest)[0])
        elif packet.startswith("42"):
            event, *data = parsed(packet[2:])
            await self._event(line, event, data[0] if data else None)
        elif packet.startswith("41") or packet == "1":
            raise Lost("closed by the server")

    async def _clock(self, line: Any) -> None:
        """What the page gives a number of seconds for."""
        while True:
            await asyncio.sleep(0.2)
            now = time.monotonic()
            if not self._greeted and now - self._began > min(WELCOME_WITHIN * self._slack, MOST_PATIENT):
                return self._give_up(line, "no welcome")
            if self._asked_at is not None and now - self._asked_at > min(CAUGHT_UP_WITHIN * self._slack, MOST_PATIENT):
                return self._give_up(line, "no answer to catch_up")
            if self._greeted and self._asked_at is None and now - self._heard_at > SILENCE:
                await self.catch_up(line)
            if self.ready.is_set():
                for sent in list(self.outbox.values()):
                    if sent.line is line and now - sent.at > self.patience:
                        self.counts["sent again after silence"] += 1
                        await self._send(sent)

    def _give_up(self, line: Any, why: str) -> None:
        self.counts[why] += 1
        self._slack *= 2
        line.cut()

    # ---- hearing ----

    async def _event(self, line: Any, event: str, data: Any) -> None:
        self.counts[event] += 1
        if event == "welcome":
            await self._welcomed(line, data)
        elif event == "changes":
            self.heard_to.append((time.monotonic(), data["audience"], data["to"]))
            if self.watch:
                self.watch(self, data)
            if self.deaf and self.chance.random() < self.deaf:
                self.counts["changes lost on purpose"] += 1
            elif self._held is not None:
                self._held.append(data)
            elif not self._apply(data):
                self._held = [data]
                await self.catch_up(line)
        elif event == "presence":
            self.presence = data
        elif event == "ended":
            self.ended, self.ended_at = data["problem"], time.monotonic()

    async def _welcomed(self, line: Any, picture: dict[str, Any]) -> None:
        first, self._greeted, self._slack = not self._greeted, True, 1
        if first and self.last and self.chance.random() < self.forgetful:
            self.counts["welcomes lost on purpose"] += 1
            await self.catch_up(line)
        else:
            again = first and self.last
            self._begin_anew(picture)
            await self._go_on(line)
            if again and self._held is None:
                await self.catch_up(line)
        if first:
            self.ready.set()
            for sent in list(self.outbox.values()):
                if sent.times:
                    self.counts["sent again after a reconnect"] += 1
                await self._send(sent)

    def _begin_anew(self, picture: dict[str, Any]) -> None:
        self.epoch, self.me = picture["epoch"], picture["me"]
        assert list(picture["layers"]) == self.me["layers"]
        self.layers = {
            audience: {topic: dict(objects) for topic, objects in layer["topics"].items()}
            for audience, layer in picture["layers"].items()
        }
        self.last = {audience: layer["seq"] for audience, layer in picture["layers"].items()}
        for audience, topics in self.layers.items():
            self._note(audience, topics)

    async def _go_on(self, line: Any) -> None:
        """We know where we are: take what was held, in the order it came."""
        held, self._held = self._held or [], None
        for number, message in enumerate(held):
            if not self._apply(message):
                self._held = held[number:]
                await self.catch_up(line)
                return

    def _apply(self, message: dict[str, Any]) -> bool:
        """False: something was missed before this."""
        audience, start, to = message["audience"], message["from"], message["to"]
        if audience not in self.last:
            self.counts["unknown audience"] += 1
            return False
        if to <= self.last[audience]:
            self.counts["known already"] += 1
            return True
        if start > self.last[audience]:
            self.counts["gaps"] += 1
            return False
        self._set(audience, message["set"])
        self.last[audience] = to
        return True

    def _set(self, audience: str, topics: dict[str, dict[str, Any]]) -> None:
        self._note(audience, topics)
        layer = self.layers[audience]
        for topic, objects in topics.items():
            kept = layer.setdefault(topic, {})
            for object_id, view in objects.items():
                if view is None:
                    kept.pop(object_id, None)
                else:
                    kept[object_id] = view

    def _note(self, audience: str, topics: dict[str, dict[str, Any]]) -> None:
        if audience == "public":
            self.public_ids.update(topics.get("questions", ()))

    async def catch_up(self, line: Any = None) -> None:
        """Ask what was missed; hold what comes until it is answered."""
        line = line or self.line
        if self._held is None:
            self._held = []
        number = next(self._numbers)
        self._waiting[number] = "catch_up"
        self._asked_at = time.monotonic()
        self.counts["catch_ups"] += 1
        await line.send(f"42{number}" + json.dumps(["catch_up", {"last": self.last, "epoch": self.epoch}]))

    async def look_again(self) -> None:
        """Catch up now; without a line there is a welcome to come anyway."""
        if self.line is not None:
            with contextlib.suppress(Lost):
                await self.catch_up()

    async def _answered(self, line: Any, number: int, answer: dict[str, Any]) -> None:
        waited = self._waiting.pop(number, None)
        if waited == "catch_up":
            self._asked_at = None
            if not answer["ok"]:
                raise Lost("not caught up")
            if "welcome" in answer:
                self.counts["caught up by a welcome"] += 1
                self._begin_anew(answer["welcome"])
            else:
                self.counts["caught up"] += 1
                for audience, news in answer["changes"].items():
                    self._apply({"audience": audience, **news})
            await self._go_on(line)
        elif waited is not None:
            await self.answered(waited, answer)

    # ---- saying ----

    async def say(self, name: str, /, **fields: Any) -> dict[str, Any]:
        """Keep a command until it is answered for good; the answer."""
        sent = self.put(name, **fields)
        if self.ready.is_set():
            with contextlib.suppress(Lost):
                await self._send(sent)
        return await sent.answered

    def put(self, name: str, /, **fields: Any) -> Sent:
        sent = Sent(str(uuid4()), name, fields, asyncio.get_running_loop().create_future())
        self.outbox[sent.op] = sent
        return sent

    async def repeat(self, op: str) -> None:
        """Send what was answered long ago once more; its second answer goes to `second_answers`."""
        name, fields, _ = self.answers[op]
        if self.ready.is_set():
            self.counts["sent again after the answer"] += 1
            with contextlib.suppress(Lost):
                await self._send(Sent(op, name, fields, asyncio.get_running_loop().create_future()))

    async def _post(self, sent: Sent) -> None:
        """The same command by HTTP, to any process that answers."""
        url = f"{self.chance.choice(self.urls)}/api/v1/m/{self.slug}/commands/{sent.name}"
        headers = {"Authorization": f"Bearer {self.token}"}
        self._goes_out(sent)
        with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError, ValueError):
            async with self.http.post(url, json=sent.body, headers=headers) as reply:
                answer = await reply.json(content_type=None)
                self.counts["answered by HTTP"] += 1
                await self.answered(sent, answer if reply.status == 200 else {"ok": False, "problem": answer})

    def _goes_out(self, sent: Sent) -> None:
        sent.times += 1
        if sent.times > 1 and sent.op not in self.answers:
            self.sent_unanswered_again.add(sent.op)

    async def _send(self, sent: Sent) -> None:
        number = next(self._numbers)
        self._waiting[number] = sent
        self._goes_out(sent)
        sent.at, sent.line, sent.url = time.monotonic(), self.line, self.url
        await self.line.send(f"42{number}" + json.dumps(["command", sent.name, sent.body]))

    async def answered(self, sent: Sent, answer: dict[str, Any]) -> None:
        problem = answer.get("problem", {})
        if sent.op in self.answers:
            self.second_answers.append((sent.op, answer))
        elif not answer["ok"] and problem["status"] in AGAIN:
            self.counts["to be sent again"] += 1
            asyncio.get_running_loop().call_later(problem.get("retry_after", 0.2), self._later, sent)
        else:
            self.outbox.pop(sent.op, None)
            self.answers[sent.op] = sent.name, sent.fields, answer
            if not sent.answered.done():
                sent.answered.set_result(answer)

    def _later(self, sent: Sent) -> None:
        sent.at = 0.0  # the clock sends it again

    # ---- what others may ask of it ----

    def in_flight(self, url: str) -> int:
        """Commands that went out on the present line to that process and are not answered."""
        if self.url != url or self.line is None:
            return 0
        return sum(1 for sent in self.outbox.values() if sent.times and sent.line is self.line)

    @property
    def settled(self) -> bool:
        return self.ready.is_set() and not self.outbox and self._held is None

    def picture(self) -> dict[str, dict[str, Any]]:
        """The layers laid over each other, the most personal last."""
        merged: dict[str, dict[str, Any]] = {}
        for audience in self.me["layers"]:
            for topic, objects in self.layers[audience].items():
                kept = merged.setdefault(topic, {})
                for object_id, view in objects.items():
                    kept[object_id] = {**kept.get(object_id, {}), **view}
        return merged

    async def state(self, url: str | None = None) -> dict[str, Any]:
        """GET …/state, as this person."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.http.get(f"{url or self.urls[0]}/api/v1/m/{self.slug}/state", headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())


def connector() -> aiohttp.ClientSession:
    """No limit to the number of sockets; every answer of the server within a minute."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=60), trust_env=False
    )


async def until(check: Callable[[], Any], timeout: float = 10, what: str = "", pause: float = 0.02) -> Any:
    """The first truthy answer of `check`, asked again and again."""
    end = time.monotonic() + timeout
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"{what or 'what was waited for'} did not happen within {timeout} s")
        await asyncio.sleep(pause)


def differences(client: Client, truth: Any) -> list[Any]:
    """Where the client's layers differ from what the tables say; empty when they are the same."""
    wrong: list[Any] = []
    for audience, layer in client.layers.items():
        for topic, objects in truth.of(audience).items():
            held = layer.get(topic, {})
            for object_id in {*objects, *held}:
                wanted, has = objects.get(object_id), held.get(object_id)
                if has is not None and wanted is not None:
                    has = {name: has.get(name) for name in has if name not in ("asked_at", "replied_at", "at")}
                if has != wanted:
                    wrong.append((audience, topic, object_id, wanted, has))
    return wrong


async def agree(clients: Sequence[Client], truth: Any, timeout: float = 20) -> None:
    """Until every client's layers are what the tables say."""
    end = time.monotonic() + timeout
    for client in clients:
        while wrong := differences(client, truth):
            if time.monotonic() > end:
                raise AssertionError(f"{client.me['name']} at {client.last} differs: {wrong[:3]}")
            await asyncio.sleep(0.05)

"""The law: old snapshot + changes = new snapshot, for every audience of every person; and nobody ever receives a topic,
an id or a field that their own snapshot would not hold.
"""

import json
from collections.abc import Mapping
from random import Random
from typing import Any

from hybridmote.db import reading
from hybridmote.pump import Pump
from hybridmote.sync import Topic, changes, kind_of, snapshot
from tests.matrix import oracle
from tests.matrix.client import Client
from tests.matrix.world import HERE, SLUGS, World

Layers = dict[str, dict[str, dict[str, Any]]]  # audience -> topic -> id -> view


class HandPump(Pump):
    """A pump that makes a round when it is told to."""

    def __init__(self, meeting: str, seq: int) -> None:
        self.meeting_id, self.sent, self.chain = meeting, seq, {}

        class Wake:
            def set(self) -> None: ...

        self.wake = Wake()  # type: ignore[assignment]


class Everybody:
    """Listeners for every audience there is; keeps what is written to each."""

    def __init__(self, audiences: Mapping[str, list[str]]) -> None:
        self.hear = audiences
        self.written: list[dict[str, Any]] = []

    def audiences(self, meeting: str) -> set[str]:
        return set(self.hear[meeting])

    def write(self, _meeting: str, _audience: str, message: dict[str, Any]) -> None:
        self.written.append(json.loads(json.dumps(message)))

    def reconsider(self, _session: Any, _meeting: str, _people: list[str]) -> None: ...


class Look:
    """What everybody's snapshot held at one moment."""

    def __init__(self, seq: dict[str, int], layers: dict[str, Layers]) -> None:
        self.seq, self.layers = seq, layers


# The first look is at the same world in most tests: (every row, what was seen) by database. Where the product itself is
# changed, it must be taken anew.
_first: dict[str, tuple[oracle.Tables, Look]] = {}


def forget_first_looks() -> None:
    _first.clear()


class Watch:
    """Looks at both meetings between commands, and holds every way of hearing of a change against the law.

    with Watch(world) as watch:
        world.did(...)
        watch.look()
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.looks: list[Look] = []
        self.rnd = Random(4)

    def __enter__(self) -> "Watch":
        self.audiences = {m: list(oracle.picture(self.world, m)) for m in SLUGS}
        self.pumps = {m: HandPump(m, self.world.seq(m)) for m in SLUGS}
        self.ears = Everybody(self.audiences)
        self.look()
        self.clients = {m: [self._client(m, p.key) for p in self.world.people(m)] for m in SLUGS}
        return self

    def __exit__(self, failed: Any, *_: Any) -> None:
        if failed is None:
            self.pumped()

    def _client(self, meeting: str, key: str) -> Client:
        """Somebody who was there from the beginning."""
        caller, first = self.world.caller(key), self.looks[0]
        assert caller is not None
        client = Client(key)
        layers = {a: {"seq": first.seq[meeting], "topics": first.layers[meeting][a]} for a in caller.layers}
        client.welcome(_plain({"epoch": "", "layers": layers}))
        return client

    # ---- looking ------------------------------------------------------------------------------------------------------

    def look(self) -> Look:
        """A snapshot of everything, held against the oracle, and against earlier looks with what changed since."""
        tables = self.world.dump()
        seq = {m["id"]: m["seq"] for m in tables["meeting"]}
        layers = {}
        if not self.looks and (known := _first.get(self.world.url)) and known[0] == tables:
            self.looks.append(known[1])
            return known[1]
        for meeting in self.audiences:
            if self.looks and self.looks[-1].seq[meeting] == seq[meeting]:
                layers[meeting] = self.looks[-1].layers[meeting]  # looked at again when we leave
            else:
                layers[meeting] = self._snapshot(meeting, seq[meeting], tables)
        look = Look(seq, layers)
        if not self.looks:
            _first[self.world.url] = tables, look
        self.looks.append(look)
        for meeting, audiences in self.audiences.items():
            for then in self.looks[:-1] if seq[meeting] > self.looks[0].seq[meeting] else []:
                self._adds_up(meeting, dict.fromkeys(audiences, then), look)
        mixed = {a: self.rnd.choice(self.looks) for a in self.audiences[HERE]}
        self._adds_up(HERE, mixed, look)  # each from a moment of its own
        return look

    def _snapshot(self, meeting: str, seq: int, tables: oracle.Tables) -> Layers:
        with reading() as session:
            taken = snapshot(session, meeting, self.audiences[meeting])
        should = oracle.picture(self.world, meeting, tables)
        layers = {}
        for audience, layer in taken.items():
            assert layer["seq"] == seq, f"a snapshot of {audience} is of another moment"
            layers[audience] = _plain(layer["topics"])
            exact_fields(audience, layers[audience])
            same(layers[audience], should[audience], f"snapshot of {audience} in {meeting}")
        return layers

    def alone(self) -> None:
        """The same for those who ask for one audience only."""
        for audience in self.audiences[HERE]:
            self._adds_up(HERE, {audience: self.rnd.choice(self.looks)}, self.looks[-1])

    def _adds_up(self, meeting: str, then: dict[str, Look], now: Look) -> None:
        with reading() as session:
            to, news = changes(session, meeting, {a: look.seq[meeting] for a, look in then.items()})
        assert to == now.seq[meeting]
        assert set(news) <= set(then), "an audience that did not ask was told"
        for audience, look in then.items():
            layer = _plain(news.get(audience, {}))
            exact_fields(audience, layer)
            self._known_nulls(meeting, audience, layer)
            added = applied(look.layers[meeting][audience], layer)
            same(added, now.layers[meeting][audience], f"{audience} in {meeting} since {look.seq[meeting]}")

    def _known_nulls(self, meeting: str, audience: str, layer: dict[str, Any]) -> None:
        """Only what an audience has held is taken from it: a null must not tell that something exists."""
        for topic, objects in layer.items():
            for id, view in objects.items():
                held = any(id in look.layers[meeting][audience].get(topic, {}) for look in self.looks)
                assert view is not None or held, f"{audience} is told by a null of {topic} {id}, which it never saw"

    # ---- by the pump --------------------------------------------------------------------------------------------------

    def pump(self) -> None:
        """Let both pumps make a round, and everybody hear it."""
        Pump.listeners, was = self.ears, getattr(Pump, "listeners", None)
        try:
            for meeting, pump in self.pumps.items():
                self.ears.written.clear()
                pump.round()
                for message in self.ears.written:
                    exact_fields(message["audience"], message["set"])
                    self._known_nulls(meeting, message["audience"], message["set"])
                for client in self.clients[meeting]:
                    for message in self.ears.written:
                        if message["audience"] in client.last:
                            client.hear("changes", message)
                    assert not client.gap, f"{client.name} finds a gap in a line that never broke"
        finally:
            Pump.listeners = was  # type: ignore[assignment]

    def pumped(self) -> None:
        """After a round, everybody who listens has exactly what a newcomer would be given."""
        self.pump()
        now = self.looks[-1]
        for meeting, seq in now.seq.items():
            if seq == self.looks[0].seq[meeting]:
                assert self._snapshot(meeting, seq, self.world.dump()) == self.looks[0].layers[meeting]
                self._adds_up(meeting, dict.fromkeys(self.audiences[meeting], self.looks[0]), now)
        for meeting, clients in self.clients.items():
            assert self.world.seq(meeting) == now.seq[meeting], "look before you leave"
            for client in clients:
                for audience in client.last:
                    same(client.layers[audience], now.layers[meeting][audience], f"{client.name} hears {audience}")


def exact_fields(audience: str, topics: Mapping[str, Mapping[str, Any]]) -> None:
    """Views have the fields that their topic declares for that kind of audience, no more and no fewer."""
    for name, objects in topics.items():
        topic = Topic.all.get(name)
        assert topic is not None and not topic.internal, f"{audience} receives {name}, which is not for anybody"
        for id, view in objects.items():
            if view is not None:
                declared = topic.fields.get(kind_of(audience), {})
                assert set(view) == set(declared), f"{name} {id} for {audience}: {sorted(set(view) ^ set(declared))}"


def applied(layer: Mapping[str, Mapping[str, Any]], news: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """A layer with what has changed laid over it."""
    result = {topic: dict(objects) for topic, objects in layer.items()}
    for topic, objects in news.items():
        for id, view in objects.items():
            if view is None:
                result[topic].pop(id, None)
            else:
                result[topic][id] = view
    return result


def same(is_: Mapping[str, Mapping[str, Any]], should: Mapping[str, Mapping[str, Any]], what: str) -> None:
    for topic in sorted({*is_, *should}):
        ours, theirs = is_.get(topic, {}), should.get(topic, {})
        for id in sorted({*ours, *theirs}):
            assert ours.get(id) == theirs.get(id), (
                f"{what}: {topic} {id}\n is     {ours.get(id)}\n should {theirs.get(id)}"
            )


def _plain(value: Any) -> Any:
    """As it arrives: through JSON and back, so that nothing which is not JSON-ready passes for a view."""
    return json.loads(json.dumps(value))

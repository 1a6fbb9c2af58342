"""A wild day: many people send commands at once, sensible or not, some twice; lines break and come back; and all the
while every message that reaches anybody is held against what they should see at that very moment.
"""

import json
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

from socketio.exceptions import ConnectionRefusedError

from hybridmote import nudge
from hybridmote.access import Caller, again
from hybridmote.db import reading
from hybridmote.dispatch import COMMANDS, dispatch
from hybridmote.participants.store import Grant
from hybridmote.problems import CODES
from hybridmote.pump import Pump
from tests.matrix import oracle
from tests.matrix.client import Client
from tests.matrix.declared import declared
from tests.matrix.law import HandPump, exact_fields, same
from tests.matrix.site import Site
from tests.matrix.world import HERE, QUESTIONS, SYSTEM, Person, World, new_op
from tests.servers import eventually

OFTEN = {
    "question.ask": 4,
    "question.upvote": 8,
    "question.approve": 4,
    "question.reject": 2,
    "question.take": 3,
    "question.merge": 3,
    "question.unmerge": 2,
    "question.queue": 3,
    "question.claim": 2,
}
STEADY = ("organiser", "screen")  # they are never cut off, and hear everything as it comes


class History:
    """What every audience should have seen after every commit of one meeting; noted before anybody is told of it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.at: dict[int, oracle.Picture] = {}
        self.held: dict[tuple[str, str, str], int] = {}  # (audience, topic, id) -> seq at which it was first seen
        self.told: list[tuple[str, int, dict[str, dict[str, Any]], str]] = []

    def __enter__(self) -> "History":
        nudge._listeners.insert(0, self.note)
        self.note(HERE)
        return self

    def __exit__(self, *_: Any) -> None:
        nudge._listeners.remove(self.note)

    def note(self, meeting: str) -> None:
        if meeting != HERE:
            return
        tables = self.world.dump()
        (seq,) = [m["seq"] for m in tables["meeting"] if m["id"] == HERE]
        self.at[seq] = picture = _plain(oracle.picture(self.world, HERE, tables))
        for audience, topics in picture.items():
            for topic, objects in topics.items():
                for id in objects:
                    self.held.setdefault((audience, topic, id), seq)

    def heard(self, audience: str, to: int, news: dict[str, dict[str, Any]], what: str) -> None:
        """Somebody was told this; judged in the evening, when all is noted."""
        exact_fields(audience, news)
        self.told.append((audience, to, news, what))

    def judge(self) -> None:
        """News for an audience must be exactly what it should see at `to`; a null only for what it once held."""
        unknown = 0
        for audience, to, news, what in self.told:
            if to not in self.at:
                unknown += 1  # a batch of several transactions, of which only the last was noted
                continue
            for topic, objects in news.items():
                for id, view in objects.items():
                    should = self.at[to][audience][topic].get(id)
                    assert view == should, f"{what}: {topic} {id} at {to}\n is     {view}\n should {should}"
                    held = self.held.get((audience, topic, id))
                    assert held is not None and held <= to, f"{what}: {topic} {id} was never to be seen there"
        assert unknown <= len(self.told) / 10, f"{unknown} of {len(self.told)} messages could not be judged"


class Line:
    """One person's connection, and the client at its end."""

    def __init__(self, day: "Day", person: Person, client: Client) -> None:
        self.day, self.person, self.client = day, person, client
        self.sid = f"sid-{person.key}"
        self.up = self.revoked = False
        self.answer: dict[str, Any] | None = None  # to a catch-up, on its way

    def connect(self) -> None:
        self.answer = None
        self.client.waiting, self.client.gap, self.client.held = True, False, []
        self.day.site.inbox.pop(self.sid, None)
        auth = {"meeting": "here", "token": self.person.token}
        try:
            self.day.site.connect(self.sid, auth)
        except ConnectionRefusedError:
            assert self.day.is_out(self.person.id), f"{self.person.key} was not let in"
            self.revoked = True
            return
        self.up = True

    def cut(self) -> None:
        """The line breaks; what was on its way is lost."""
        self.day.site.handlers["disconnect"](self.sid)
        self.day.site.inbox.pop(self.sid, None)
        self.up = False

    def read(self) -> None:
        """Take in what has arrived, and ask for what was missed."""
        self.answered()
        box = self.day.site.inbox.get(self.sid, [])
        while box and self.up:
            event, message = box.pop(0)
            if event == "welcome":
                for audience, layer in message["layers"].items():
                    self.day.history.heard(audience, layer["seq"], layer["topics"], f"welcome of {self.person.key}")
            elif event == "changes":
                assert message["audience"] in self.client.layers or self.client.waiting, (
                    f"{self.person.key} hears of others"
                )
                what = f"changes for {self.person.key}"
                self.day.history.heard(message["audience"], message["to"], message["set"], what)
                self.day.counts["messages"] += 1
            elif event == "ended":
                self.up = False
                self.revoked = True
                assert not box, f"{self.person.key} was let out, and hears more: {box[:1]}"
            self.client.hear(event, json.loads(json.dumps(message)))
            if self.client.gap and self.answer is None:
                self.day.counts["gaps"] += 1
                self.catch_up()

    def catch_up(self) -> None:
        """Ask; the answer is on its way, and what else arrives meanwhile is held."""
        self.day.counts["catch_ups"] += 1
        self.client.waiting = True
        self.answer = self.day.site.catch_up(self.sid, self.client.last, self.client.epoch)

    def answered(self) -> None:
        """The answer to a catch-up arrives."""
        answer, self.answer = self.answer, None
        if answer is None:
            return
        if not answer["ok"]:
            assert self.day.is_out(self.person.id), answer
            return
        for audience, change in answer.get("changes", {}).items():
            self.day.history.heard(audience, change["to"], change["set"], f"catch-up of {self.person.key}")
        self.client.caught_up(json.loads(json.dumps(answer)))


class Day:
    """`Day(world, site, seed).live()`: raises AssertionError when anything is wrong."""

    def __init__(self, world: World, site: Site, seed: int, client: Callable[[str], Client] = Client) -> None:
        self.world, self.site, self.rnd = world, site, Random(seed)
        self.history = History(world)
        for person in world.people():
            world.caller(person.key)  # they were let in before anything happened
        self.pump = HandPump(HERE, world.seq())
        self.counts: Counter[str] = Counter()
        self.lines = [Line(self, p, client(p.key)) for p in world.people() if p.way == "link"]
        self.answers: dict[tuple[str, str], dict[str, Any]] = {}  # (who, op) -> the first answer
        self.asked: dict[tuple[str, str], str] = {}
        self.names = [name for name in COMMANDS for _ in range(OFTEN.get(name, 1)) if COMMANDS[name].role != SYSTEM]

    def live(self, waves: int = 8, crowd: int = 14) -> None:
        Pump.running[HERE] = self.pump
        try:
            with self.history, ThreadPoolExecutor(crowd) as people:
                for line in self.lines:
                    line.connect()
                for wave in range(waves):
                    sent = [people.submit(self._send, *move) for move in self._moves(crowd, wave == waves // 2)]
                    while not all(s.done() for s in sent):
                        self.pump.round()
                        time.sleep(0.004)  # else the one processor is all ours
                    self._breathe()
                    self.pump.round()
                    self._breathe()
                    for s in sent:
                        s.result()
                self._settle()
            self.history.judge()
        finally:
            Pump.running.pop(HERE, None)
        self._nothing_twice()

    # ---- a wave -------------------------------------------------------------------------------------------------------

    def _moves(self, crowd: int, one_leaves: bool) -> list[tuple[Caller | None, str, dict[str, Any], str]]:
        """What people are about to send, all at once; some of it twice."""
        moves = []
        for _ in range(self.rnd.randrange(2, crowd)):
            name = self.rnd.choice([n for n in self.names if n != "person.revoke"])
            told = declared()[name]
            may = [p.key for p in self.world.people() if told.may and told.may & set(p.roles.split())]
            who = self.rnd.choice(may if self.rnd.random() < 0.9 else [p.key for p in self.world.people()])
            make = told.tries
            body = make(self.world, self.rnd) if make else told.example(self.world).body
            moves.append((self.world.caller(who), name, body, new_op()))
        if one_leaves:
            moves.append((self.world.caller("organiser"), "person.revoke", {"person": "p-quiet"}, new_op()))
        moves.append((None, "programme.drift", {}, new_op()))
        for caller, name, body, op in list(moves):
            if self.rnd.random() < 0.3:
                moves.insert(self.rnd.randrange(len(moves)), (caller, name, body, op))
        return moves

    def _send(self, caller: Caller | None, name: str, body: dict[str, Any], op: str) -> None:
        answer = dispatch(caller, HERE, name, {**body, "op": op})
        who = caller.participant_id if caller else ""
        if not answer["ok"]:
            self.counts[answer["code"]] += 1
            assert CODES[answer["code"]][0] < 500, answer
            if answer["code"] == "unknown_caller":
                assert self.is_out(who), f"{who} is here"
                return
        first = self.answers.setdefault((who, op), answer)
        assert first == answer, f"two answers to one op: {first} and {answer}"
        self.asked[who, op] = name
        self.counts["commands"] += 1

    def _breathe(self) -> None:
        """Some read, some lose their line, some come back."""
        for line in self.lines:
            chance = self.rnd.random()
            if line.revoked:
                continue
            if not line.up:
                if chance < 0.5:
                    line.connect()
            elif line.person.key not in STEADY and chance < 0.05:
                line.cut()
                self.counts["cut"] += 1
            elif line.person.key not in STEADY and chance < 0.25:
                self._lose(line)
            elif chance < 0.3 and not line.client.waiting:
                line.catch_up()  # it was silent for too long
            elif chance < 0.8:
                line.read()

    def _lose(self, line: Line) -> None:
        """A message is lost on the way, though the line stays."""
        box = self.site.inbox.get(line.sid, [])
        places = [n for n, (event, _) in enumerate(box) if event == "changes"]
        if places:
            del box[self.rnd.choice(places)]
            self.counts["lost"] += 1

    # ---- in the evening -----------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Everybody comes back, hears what there is, and asks once more, as clients do in silence."""
        eventually(lambda: self.world.seq() in self.history.at, 10, "the last commit being noted")
        self.pump.round()
        for line in self.lines:
            if not line.up and not line.revoked:
                line.connect()
            line.read()
            line.answered()
            if line.up:
                line.catch_up()
                line.answered()
        now = self.history.at[self.world.seq()]
        for line in self.lines:
            if line.up:
                assert not line.client.gap
                for audience, layer in line.client.layers.items():
                    same(layer, now[audience], f"{line.person.key} hears {audience}")
                assert set(line.client.layers) == set(self._layers(line.person))
        for line in self.lines:
            assert line.up != self.is_out(line.person.id), f"{line.person.key} up: {line.up}"

    @staticmethod
    def is_out(person: str) -> bool:
        """Whether the link they came by is closed: by staff, by themselves, or because their place is cancelled or somebody
        else's. They may have come in once more some other way since."""
        with reading() as session:
            return session.get_one(Grant, person.replace("p-", "g-", 1)).revoked_at is not None

    def _layers(self, person: Person) -> tuple[str, ...]:
        """As they are now: who spoke in the morning need not speak in the evening."""
        caller = self.world.caller(person.key)
        assert caller is not None
        with reading() as session:
            now = again(session, caller)
        return (now or caller).layers

    def _nothing_twice(self) -> None:
        """What was answered as done was done, once."""
        world = self.world
        done = Counter(self.asked[key] for key, answer in self.answers.items() if answer["ok"])
        asked = world.one("SELECT count(*) FROM question WHERE meeting_id = :m", m=HERE) - len(QUESTIONS)
        answered = done["question.ask"] + done["question.record"]
        assert asked == answered, f"{asked} questions, {answered} answered"
        wrong = world.all(
            "SELECT q.id FROM question q WHERE q.support <> (SELECT count(*) FROM upvote u WHERE u.question_id = q.id)"
        )
        assert not wrong, f"support is not the number of upvotes: {wrong}"
        told = {tuple(row) for row in world.all('SELECT question_id, "end" FROM receipt')}
        for id, state, author in world.all("SELECT id, state, author_id FROM question"):
            ends = {end for question, end in told if question == id}
            if author is None:
                assert not ends, f"{id} is nobody's, and yet {ends}"
            elif state in ("answered", "rejected", "merged"):
                assert state in ends or (state == "answered" and "replied" in ends), f"{id} is {state}, told {ends}"
            else:
                assert ends <= {"revealed", "replied"}, f"{id} is {state}, told {ends}"
        lines = world.all(
            "SELECT i.track, q.queue FROM question q JOIN item i ON i.id = q.item_id WHERE q.meeting_id = :m "
            "AND q.state = 'approved' AND q.queue IS NOT NULL",
            m=HERE,
        )
        for track in {row[0] for row in lines}:
            places = sorted(place for where, place in lines if where == track)
            assert places == list(range(1, len(places) + 1)), f"up next in {track!r}: {places}"
        stages = world.all(
            "SELECT i.track, count(*) FROM question q JOIN item i ON i.id = q.item_id "
            "WHERE q.state = 'on_stage' AND q.meeting_id = :m GROUP BY i.track",
            m=HERE,
        )
        assert all(questions == 1 for _, questions in stages), "two questions on one stage"
        stored = world.one("SELECT count(*) FROM op WHERE meeting_id = :m", m=HERE)
        with_seq = sum(1 for answer in self.answers.values() if "seq" in answer)
        assert stored == with_seq, f"{stored} answers kept of {with_seq}"
        seqs = [row[0] for row in world.all("SELECT DISTINCT seq FROM op WHERE meeting_id = :m", m=HERE)]
        assert all(answer["seq"] in seqs for answer in self.answers.values() if "seq" in answer)


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value))

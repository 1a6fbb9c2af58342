"""A minute in which everybody asks and supports at once: is anything lost, how many messages does each audience get, and
can a moderator still work at a desk that fills with hundreds of questions."""

import random
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

from sqlalchemy import create_engine, text

from bench import stage
from bench.crowd import ANSWER, CHANGES, Crowd, Line, accepted
from bench.figures import Figures, percentile, ratio
from bench.sizes import Size
from bench.stand import Bench, Talker, cpu_seconds, kept_waiting
from hybridmote.config import Settings

TO_SUPPORT = 50  # questions in line before; nobody supports more of them in a minute
ASKED, VOTED = 4, 40  # by each in a minute: of 300 people, 20 questions and 200 votes a second
LOOKED_AT = 20  # participants of whom every message is followed
PAUSE = 0.1  # seconds between two keys at the desk
WORDS = sorted({word.strip(".,?").lower() for word in stage.LONG.split()})


def measure(bench: Bench, size: Size, say: Callable[[str], None]) -> Figures:
    rows = []
    for kind in ("sqlite", "postgresql") if size.rounds > 1 else ("sqlite",):
        figures = _storm(bench, size, kind)
        figures["ratio"] = ratio(figures["answer_p98_ms"], figures["idle_answer_p98_ms"])
        rows.append({"database": kind, **figures})
        _say(kind, size, figures, say)
    return {
        "people": size.storm_listeners,
        "asked_per_second": size.storm_listeners * ASKED / 60,
        "voted_per_second": size.storm_listeners * VOTED / 60,
        "seconds": size.question_seconds,
        "rows": rows,
    }


def _say(kind: str, size: Size, of: Figures, say: Callable[[str], None]) -> None:
    say(
        f"{kind}: {of['asked']} questions and {of['voted']} votes in {size.question_seconds:g} s, {of['lost']} lost, "
        f"acknowledged p50 {of['ack_p50_ms']:.0f} p99 {of['ack_p99_ms']:.0f} ms, heard p50 {of['heard_p50_ms']:.0f} "
        f"p99 {of['heard_p99_ms']:.0f} ms, {of['participants']:.1f}, {of['staff']:.1f} and {of['screen']:.1f} messages/s "
        f"to a participant, staff and the screen, {of['cores']:.2f} cores (and {of['coreless']:.0%} of "
        f"the time none was free), longest stall {of['stall_ms']:.0f} ms"
    )
    say(
        f"{kind}: the desk, with {of['pending']} to review: a press is answered after p50 {of['answer_p50_ms']:.0f} "
        f"p98 {of['answer_p98_ms']:.0f} most {of['answer_most_ms']:.0f} ms (idle p98 {of['idle_answer_p98_ms']:.0f}), "
        f"begun after p98 {of['wait_p98_ms']:.0f} ms, approved and moved after p50 {of['moved_p50_ms']:.0f} "
        f"most {of['moved_most_ms']:.0f} ms; {of['tasks']} tasks over 50 ms, the longest {of['task_most_ms']:.0f} ms"
    )


def _storm(bench: Bench, size: Size, kind: str) -> Figures:
    set_up = stage.build(bench.databases.new(kind), size.storm_listeners, TO_SUPPORT)
    # as it is served, only that each asks four in this minute
    server = bench.serve(set_up.url, HYBRIDMOTE_RATE_LIMITS="on", HYBRIDMOTE_QUESTIONS_PER_MINUTE="10")
    crowd = Crowd()
    people = [Line(server.port, {"meeting": set_up.slug, "token": token}) for _, _, token in set_up.people]
    staff, screen = (
        Line(server.port, {"meeting": set_up.slug, "token": set_up.staff[role][2]}) for role in ("moderator", "screen")
    )
    crowd.join([*people, staff, screen])
    desk = bench.talk(sys.executable, "-m", "bench.desk", server.base_url, set_up.slug, set_up.staff["moderator"][2])
    idle = _at_work(crowd, desk, min(10.0, size.question_seconds))
    there = _counted(set_up.url)
    storm = Storm(crowd, people, set_up.questions)
    listeners = [*people[:LOOKED_AT], staff, screen]
    crowd.on_event = storm.hear(listeners)
    server.worst_stall()
    cpu, waited, began = cpu_seconds(server.pid), kept_waiting(server.pid), crowd.clock()
    desk.tell(seconds=size.question_seconds, pause=PAUSE)
    storm.go(size.question_seconds)
    lasted, cpu = crowd.clock() - began, cpu_seconds(server.pid) - cpu
    waited, stall = kept_waiting(server.pid) - waited, server.worst_stall()
    told = {line: len(storm.heard[line]) / lasted for line in listeners}
    busy = _heard(crowd, desk)
    crowd.run(1.0)
    desk.close()
    server.close()
    now = _counted(set_up.url)
    late = [
        *storm.late("question.upvote", people[:LOOKED_AT], b"public"),
        *storm.late("question.ask", [staff], b"staff"),
    ]
    asked, voted = len(storm.done["question.ask"]), len(storm.done["question.upvote"])
    return {
        "asked": asked,
        "voted": voted,
        "lost": abs(now[0] - there[0] - asked) + abs(now[1] - there[1] - voted) + len(storm.sent) + crowd.lost,
        "refused": storm.refused,
        "twice": storm.twice,
        "unheard": late.count(float("inf")),
        "ack_p50_ms": percentile(storm.took, 50) * 1000,
        "ack_p99_ms": percentile(storm.took, 99) * 1000,
        "heard_p50_ms": percentile(late, 50) * 1000,
        "heard_p99_ms": percentile(late, 99) * 1000,
        "participants": max(told[line] for line in people[:LOOKED_AT]),
        "staff": told[staff],
        "screen": told[screen],
        "cores": cpu / lasted,
        "coreless": waited / lasted,
        "stall_ms": stall,
        **busy,
        **{f"idle_{name}": value for name, value in idle.items()},
    }


def _at_work(crowd: Crowd, desk: Talker, seconds: float) -> Figures:
    desk.tell(seconds=seconds, pause=PAUSE)
    return _heard(crowd, desk)


def _heard(crowd: Crowd, desk: Talker) -> Figures:
    """What the desk saw; meanwhile everybody stays connected."""
    while not desk.has_answered():
        crowd.run(0.1)
    return desk.heard()


def _counted(url: str) -> tuple[int, int]:
    """Questions and votes that are kept."""
    engine = create_engine(Settings(database_url=url).url_of_database())
    with engine.connect() as connection:
        questions, votes = (connection.scalar(text(f"SELECT count(*) FROM {of}")) for of in ("question", "upvote"))
    engine.dispose()
    return int(questions or 0), int(votes or 0)


class Storm:
    """Questions and votes of a crowd, evenly: what was sent when, answered when, and heard when by those looked at."""

    def __init__(self, crowd: Crowd, people: Sequence[Line], questions: Sequence[str]) -> None:
        self.crowd, self.people, self.questions = crowd, people, questions
        self.sent: dict[tuple[Line, int], tuple[str, float]] = {}
        self.done: dict[str, list[tuple[int, float]]] = {"question.ask": [], "question.upvote": []}  # (seq, sent at)
        self.took: list[float] = []
        self.refused = self.twice = 0
        self.heard: dict[Line, list[tuple[bytes, int, float]]] = {}
        self._chance = random.Random(4)
        self._numbers = count(1)

    def go(self, seconds: float) -> None:
        self.crowd.on_answer = self._answered
        began = self.crowd.clock()
        asked = voted = 0
        each = len(self.people) / 60

        def tick() -> None:
            nonlocal asked, voted
            past = min(self.crowd.clock() - began, seconds)
            while asked < int(past * each * ASKED):
                words = self._chance.sample(WORDS, 12)
                self._say(asked, "question.ask", text=f"{' '.join(words).capitalize()}?")
                asked += 1
            while voted < int(past * each * VOTED):
                turn, person = divmod(voted, len(self.people))
                question = self.questions[(turn + person) % len(self.questions)]
                self._say(person, "question.upvote", id=question, on=True)
                voted += 1

        self.crowd.run(seconds, tick)
        self.crowd.until(lambda: not self.sent, 60)  # late is told apart from lost

    def _say(self, who: int, name: str, **body: Any) -> None:
        line, number = self.people[who % len(self.people)], next(self._numbers)
        self.sent[line, number] = (name, self.crowd.clock())
        line.command(number, name, **body)

    def _answered(self, line: Line, said: bytes, now: float) -> None:
        match = ANSWER.match(said)
        assert match is not None
        name, at = self.sent.pop((line, int(match[1])), ("", 0.0))
        if not name:
            self.twice += 1
        elif accepted(said):
            self.took.append(now - at)
            seq = said.rpartition(b'"seq":')[2].partition(b"}")[0]
            self.done[name].append((int(seq), at))
        else:
            self.refused += 1

    def hear(self, listeners: Sequence[Line]) -> Callable[[Line, bytes, float], None]:
        self.heard = {line: [] for line in listeners}

        def hear(line: Line, said: bytes, now: float) -> None:
            if line in self.heard and (match := CHANGES.match(said)):
                self.heard[line].append((match[1], int(match[2]), now))

        return hear

    def late(self, name: str, listeners: Sequence[Line], audience: bytes) -> Iterator[float]:
        """Of each that was accepted, how long until each listener had it in that audience."""
        for line in listeners:
            log = [(to, now) for of, to, now in self.heard[line] if of == audience]
            at = [to for to, _ in log]
            for seq, sent in self.done[name]:
                first = bisect_left(at, seq)
                yield log[first][1] - sent if first < len(log) else float("inf")

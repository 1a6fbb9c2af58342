"""What it costs to tell a hall: steady broadcasts to everyone, joins, and memory, beside the peer's `io.to(room).emit`.

Ours is caused by a real vote each time, which is committed, read again and shown; the peer emits an object it has. So
the cause is measured by itself, with three listeners, and what a further listener costs is told apart from it.
"""

import json
from collections.abc import Callable
from typing import Any

from bench import stage
from bench.crowd import Crowd, Line
from bench.figures import Figures, middle, percentile, ratio
from bench.sizes import Size
from bench.stand import Bench, cpu_seconds, in_turns, memory_kb

PER_SECOND = 5


def measure(bench: Bench, size: Size, say: Callable[[str], None]) -> Figures:
    people = size.listeners
    set_up = stage.build(bench.databases.new("sqlite"), people, 300)
    welcome, message = _what_ours_says(bench, set_up)
    say(f"a welcome of {len(json.dumps(welcome)):,} and a message of {len(json.dumps(message))} bytes")

    def ours() -> Figures:
        server = bench.serve(set_up.url)
        figures = _steady(set_up, size, server.port, server.pid, "question.upvote")
        server.close()
        return figures

    def peer() -> Figures:
        server = bench.peer(welcome=welcome, message=message)
        figures = _steady(set_up, size, server.port, server.pid, "broadcast")
        server.close()
        return figures

    results = [middle(rounds) for rounds in in_turns(size.rounds, ours, peer)]
    mine, theirs = results
    compared = {name: ratio(mine[name], theirs[name]) for name in ("cpu_us", "told_us", "join_us", "kb", "last_p50_ms")}
    for name, figures in (("ours", mine), ("peer", theirs)):
        say(
            f"{name}: {figures['cpu_us']:.1f} µs a message, of which {figures['told_us']:.1f} for telling it (the cause "
            f"{figures['cause_us']:,.0f} µs, once), last of {people} after {figures['last_p50_ms']:.1f} ms, "
            f"{figures['join_us']:.0f} µs a join, {figures['kb']:.1f} kB a connection"
        )
    return {"listeners": people, "per_second": PER_SECOND, "ours": mine, "peer": theirs, "ratio": compared}


def _what_ours_says(bench: Bench, set_up: stage.Stage) -> tuple[Any, Any]:
    """A welcome and a message as one listener gets them, for the peer to send the same."""
    server, crowd, heard = bench.serve(set_up.url), Crowd(), []
    line = Line(server.port, {"meeting": set_up.slug, "token": set_up.people[0][2]})
    crowd.on_event = lambda _line, text, _now: heard.append(json.loads(text[2:]))
    crowd.join([line])
    line.command(1, "question.upvote", id=set_up.questions[-1], on=True)
    public = ["changes", "public"]
    if not crowd.until(lambda: any([e[0], e[1].get("audience")] == public for e in heard)):
        raise RuntimeError("no change was heard")
    server.close()
    return next(e[1] for e in heard if e[0] == "welcome"), next(
        e[1] for e in heard if [e[0], e[1].get("audience")] == public
    )


def _steady(set_up: stage.Stage, size: Size, port: int, pid: int, command: str) -> Figures:
    crowd = Crowd()
    lines = [Line(port, {"meeting": set_up.slug, "token": token, "person": who}) for who, _, token in set_up.people]
    few, rest = lines[:3], lines[3:]
    crowd.join(few)
    crowd.run(0.5)
    alone = _Broadcasts(crowd, few, set_up.questions, command)
    alone.go(size.broadcast_seconds / 2, pid)

    cpu, memory = cpu_seconds(pid), memory_kb(pid)
    crowd.join(rest, at_once=32)
    join_us = (cpu_seconds(pid) - cpu) / len(rest) * 1e6
    crowd.run(1.0)
    kb = (memory_kb(pid) - memory) / len(rest)

    told = _Broadcasts(crowd, lines, set_up.questions[1:], command)
    told.go(size.broadcast_seconds, pid)
    crowd.leave(lines)
    return {
        "cpu_us": told.cpu / len(told.sent) / len(lines) * 1e6,
        "cause_us": alone.cpu / len(alone.sent) * 1e6,
        "told_us": (told.cpu / len(told.sent) - alone.cpu / len(alone.sent)) / len(rest) * 1e6,
        "last_p50_ms": percentile(told.lateness(), 50) * 1000,
        "last_p99_ms": percentile(told.lateness(), 99) * 1000,
        "broadcasts": len(told.lateness()),
        "join_us": join_us,
        "kb": kb,
        "lost": crowd.lost,
    }


class _Broadcasts:
    """Steady broadcasts: what they cost, and when the last listener had each."""

    def __init__(self, crowd: Crowd, lines: list[Line], questions: list[str], command: str) -> None:
        self.crowd, self.lines, self.questions, self.command = crowd, lines, questions, command
        self.sent: list[float] = []
        self.cpu = 0.0
        self._had: dict[bytes, list[float]] = {}

    def go(self, seconds: float, pid: int) -> None:
        self.crowd.on_event = self._hear
        began, cpu = self.crowd.clock(), cpu_seconds(pid)

        def tick() -> None:
            if len(self.sent) < int(seconds * PER_SECOND) and self.crowd.clock() - began >= len(self.sent) / PER_SECOND:
                voter, question = self.lines[len(self.sent) % len(self.lines)], self.questions[0]
                self.sent.append(self.crowd.clock())
                voter.command(len(self.sent), self.command, id=question, on=len(self.sent) <= len(self.lines))

        self.crowd.run(seconds + 0.3, tick)
        self.cpu = cpu_seconds(pid) - cpu

    def _hear(self, _line: Line, text: bytes, now: float) -> None:
        if text.startswith(b'42["changes"') and b'"public"' in text[:40]:
            which = text[:100].split(b'"set"')[0] if self.command != "broadcast" else str(len(self.sent)).encode()
            self._had.setdefault(which, []).append(now)

    def lateness(self) -> list[float]:
        """Of those that everybody had."""
        return [
            max(at) - max(s for s in self.sent if s <= min(at))
            for at in self._had.values()
            if len(at) == len(self.lines)
        ]

"""What it costs to tell a hall: steady broadcasts to everyone, joins, and memory, beside the peer's `io.to(room).emit`.

Ours is caused by a real vote each time and includes committing and reading it; the peer emits an object it has.
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
    compared = {name: ratio(mine[name], theirs[name]) for name in ("cpu_us", "join_us", "kb", "last_p50_ms")}
    for name, figures in (("ours", mine), ("peer", theirs)):
        say(
            f"{name}: {figures['cpu_us']:.1f} µs a message, last of {people} after {figures['last_p50_ms']:.1f} ms, "
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
    crowd.join(lines[:3])  # what only the first one costs
    crowd.run(0.5)
    cpu, memory = cpu_seconds(pid), memory_kb(pid)
    crowd.join(lines[3:], at_once=32)
    joined = len(lines) - 3
    join_us = (cpu_seconds(pid) - cpu) / joined * 1e6
    crowd.run(1.0)
    kb = (memory_kb(pid) - memory) / joined

    sent: list[float] = []
    last: dict[bytes, tuple[int, float]] = {}  # which message -> how many have it, when the last got it
    heard = 0

    def hear(_line: Line, text: bytes, now: float) -> None:
        nonlocal heard
        heard += 1
        if text[:40].find(b'"public"') > 0:
            which = text[:80].split(b'"set"')[0] if command != "broadcast" else str(len(sent)).encode()
            last[which] = (last.get(which, (0, 0.0))[0] + 1, now)

    crowd.on_event = hear
    cpu, votes = cpu_seconds(pid), int(size.broadcast_seconds * PER_SECOND)

    def tick() -> None:
        if len(sent) < votes and crowd.clock() - began >= len(sent) / PER_SECOND:
            voter = lines[len(sent) % len(lines)]
            sent.append(crowd.clock())
            voter.command(len(sent), command, id=set_up.questions[-1], on=True)

    began = crowd.clock()
    crowd.run(size.broadcast_seconds + 0.3, tick)
    cpu = cpu_seconds(pid) - cpu
    crowd.leave(lines)
    whole = [at for count, at in last.values() if count == len(lines)]
    lateness = [min(at - s for s in sent if s <= at) for at in whole]
    return {
        "cpu_us": cpu / max(1, heard) * 1e6,
        "last_p50_ms": percentile(lateness, 50) * 1000,
        "last_p99_ms": percentile(lateness, 99) * 1000,
        "broadcasts": len(whole),
        "join_us": join_us,
        "kb": kb,
        "lost": crowd.lost,
    }

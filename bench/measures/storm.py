"""A thousand upvotes a second from a hall that hears them all: how many messages, how late, and does anything wait."""

from bisect import bisect_left
from collections.abc import Callable

from bench import stage
from bench.crowd import CHANGES, Crowd, Line, Votes
from bench.figures import Figures, middle, percentile
from bench.sizes import Size
from bench.stand import Bench, cpu_seconds

QUESTIONS = 40
LOOKED_AT = 20  # listeners of whom every vote's way back is followed
METRIC = 'hybridmote_broadcasts_total{audience="public"'


def measure(bench: Bench, size: Size, say: Callable[[str], None]) -> Figures:
    rows = []
    for kind in ("sqlite", "postgresql") if size.rounds > 1 else ("sqlite",):
        figures = middle([_storm(bench, size, kind) for _ in range(size.rounds)])
        rows.append({"database": kind, **figures})
        say(
            f"{kind}: {figures['accepted_per_second']:.0f} votes/s, acknowledged p50 {figures['ack_p50_ms']:.0f} p99 "
            f"{figures['ack_p99_ms']:.0f} ms, heard p50 {figures['late_p50_ms']:.0f} p99 {figures['late_p99_ms']:.0f} ms, "
            f"{figures['messages_per_second']:.1f} messages/s, {figures['cores']:.2f} cores, "
            f"longest stall {figures['stall_ms']:.0f} ms"
        )
    return {"listeners": size.storm_listeners, "rate": size.storm_rate, "rows": rows}


def _storm(bench: Bench, size: Size, kind: str) -> Figures:
    set_up = stage.build(bench.databases.new(kind), size.storm_listeners, QUESTIONS)
    server, crowd = bench.serve(set_up.url), Crowd()
    lines = [Line(server.port, {"meeting": set_up.slug, "token": token}) for _, _, token in set_up.people]
    crowd.join(lines)
    crowd.run(0.5)
    heard: dict[Line, list[tuple[int, float]]] = {line: [] for line in lines[:LOOKED_AT]}

    def hear(line: Line, text: bytes, now: float) -> None:
        if line in heard and (match := CHANGES.match(text)) and match[1] == b"public":
            heard[line].append((int(match[2]), now))

    crowd.on_event = hear
    votes = Votes(crowd, lines, set_up.questions)
    server.worst_stall()
    cpu, sent = cpu_seconds(server.pid), server.counted(METRIC)
    votes.at_rate(size.storm_rate, size.storm_seconds)
    cpu = cpu_seconds(server.pid) - cpu
    stall = server.worst_stall()
    crowd.run(1.0)
    messages = server.counted(METRIC) - sent
    server.close()
    late = []
    for log in heard.values():
        at = [to for to, _ in log]
        for seq, asked in votes.heard:
            first = bisect_left(at, seq)
            if first < len(log):
                late.append(log[first][1] - asked)
    return {
        "accepted_per_second": len(votes.heard) / size.storm_seconds,
        "refused": votes.refused + crowd.lost,
        "unheard": len(votes.heard) * len(heard) - len(late),
        "ack_p50_ms": percentile(votes.took, 50) * 1000,
        "ack_p99_ms": percentile(votes.took, 99) * 1000,
        "late_p50_ms": percentile(late, 50) * 1000,
        "late_p99_ms": percentile(late, 99) * 1000,
        "messages_per_second": messages / size.storm_seconds,
        "cores": cpu / size.storm_seconds,
        "stall_ms": stall,
    }

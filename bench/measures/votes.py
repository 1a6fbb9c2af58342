"""`question.upvote`, acknowledged: through the dispatcher alone, and over sockets, beside the peer."""

from collections.abc import Callable
from typing import Any

from bench import stage
from bench.crowd import Crowd, Line, Votes
from bench.figures import Figures, middle, percentile, ratio
from bench.sizes import Size
from bench.stand import Bench, cpu_seconds, in_turns


def measure(bench: Bench, size: Size, say: Callable[[str], None]) -> Figures:
    rows: list[Figures] = []
    for kind in ("sqlite", "postgresql"):
        rows += _inside(bench, size, kind, say)
        rows += _on_sockets(bench, size, kind, say)
    return {"rows": rows}


def _inside(bench: Bench, size: Size, kind: str, say: Callable[[str], None]) -> list[Figures]:
    set_up = stage.build(bench.databases.new(kind), size.people, 300)
    ours, theirs = bench.inside(set_up.save(bench.folder / f"{kind}.json")), bench.peer(set_up.url)
    people = [who for who, _, _ in set_up.people]
    rows = []
    for in_flight in (1, 64):
        run: dict[str, Any] = {"in_flight": in_flight, "seconds": size.seconds}
        ours.ask(**run | {"seconds": size.seconds / 4})  # what is only slow the first time
        results = in_turns(
            size.rounds,
            lambda run=run: ours.ask(**run),  # type: ignore[misc]
            lambda run=run: theirs.ask(**run, people=people, questions=set_up.questions),  # type: ignore[misc]
        )
        rows.append(_row(kind, "dispatcher", in_flight, *map(middle, results)))
        say(_line(rows[-1]))
    ours.close()
    theirs.close()
    return rows


def _on_sockets(bench: Bench, size: Size, kind: str, say: Callable[[str], None]) -> list[Figures]:
    most = max(size.voters)
    set_up = stage.build(bench.databases.new(kind), most, 300)
    server, peer = bench.serve(set_up.url), bench.peer(set_up.url)
    rows = []
    for voters in size.voters:
        people = set_up.people[:voters]
        results = in_turns(
            size.rounds,
            _Sockets(set_up, people, size.seconds, server.port, server.pid),
            _Sockets(set_up, people, size.seconds, peer.port, peer.pid),
        )
        rows.append(_row(kind, "sockets", voters, *map(middle, results)))
        say(_line(rows[-1]))
    server.close()
    peer.close()
    return rows


class _Sockets:
    """Votes of these people on sockets, each with one in flight; every call goes on where the one before ended."""

    def __init__(
        self, set_up: stage.Stage, people: list[tuple[str, str, str]], seconds: float, port: int, pid: int
    ) -> None:
        self.set_up, self.people, self.seconds, self.port, self.pid = set_up, people, seconds, port, pid
        self.cast = 0

    def __call__(self) -> Figures:
        crowd = Crowd()
        lines = [
            Line(self.port, {"meeting": self.set_up.slug, "token": token, "person": who})
            for who, _, token in self.people
        ]
        crowd.join(lines)
        for line in lines:
            line.votes = self.cast
        votes = Votes(crowd, lines, self.set_up.questions)
        spent = cpu_seconds(self.pid)
        lasted = votes.one_in_flight_each(self.seconds)
        spent = cpu_seconds(self.pid) - spent
        self.cast = max(line.votes for line in lines)
        crowd.leave(lines)
        return {
            "per_second": len(votes.took) / lasted,
            "p50_ms": percentile(votes.took, 50) * 1000,
            "p99_ms": percentile(votes.took, 99) * 1000,
            "cpu_us": spent / max(1, len(votes.took)) * 1e6,
            "refused": votes.refused + crowd.lost,
        }


def _row(kind: str, where: str, in_flight: int, ours: Figures, peer: Figures) -> Figures:
    return {
        "database": kind,
        "where": where,
        "in_flight": in_flight,
        "ours": ours,
        "peer": peer,
        "ratio": ratio(ours["per_second"], peer["per_second"]),
    }


def _line(row: Figures) -> str:
    ours, peer = row["ours"], row["peer"]
    return (
        f"{row['database']} {row['where']} {row['in_flight']}: {ours['per_second']:.0f}/s "
        f"(p50 {ours['p50_ms']:.1f}, p99 {ours['p99_ms']:.1f} ms, {ours['cpu_us']:.0f} µs CPU); "
        f"peer {peer['per_second']:.0f}/s (p99 {peer['p99_ms']:.1f} ms, {peer['cpu_us']:.0f} µs)"
    )

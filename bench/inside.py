"""Votes through the whole dispatcher, in a process that is made as the serving one is, without sockets.

A line of JSON on standard input is one run: `{"in_flight": 64, "seconds": 4}`; a line of JSON comes back. Rate limits
are on: a run's votes come from two thousand people, as they would in a large hall.
"""

from hybridmote.server import monkey_patch

monkey_patch()

import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections import Counter  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402
from uuid import uuid4  # noqa: E402

import eventlet  # noqa: E402

from bench.figures import percentile  # noqa: E402
from hybridmote import create_app, metrics  # noqa: E402
from hybridmote.access import Caller, implied  # noqa: E402
from hybridmote.config import Settings  # noqa: E402
from hybridmote.dispatch import dispatch  # noqa: E402
from hybridmote.server import canary, serving  # noqa: E402


class Voters:
    def __init__(self, stage: dict[str, Any]) -> None:
        self.meeting, self.questions = stage["meeting"], stage["questions"]
        self.callers = [
            Caller(
                meeting_id=self.meeting,
                slug=stage["slug"],
                participant_id=who,
                name="Person",
                roles=implied("participant"),
                given=("participant",),
                attendance="hall",
                layers=("public", f"person:{who}"),
                grant_id=grant,
            )
            for who, grant, _ in stage["people"]
        ]
        self.votes = 0

    def next(self) -> tuple[Caller, str]:
        """Everybody in turn, each time for another question: every vote is a new one, until all are cast."""
        turn, person = divmod(self.votes, len(self.callers))
        self.votes += 1
        return self.callers[person], self.questions[(person + turn) % len(self.questions)]

    def run(self, in_flight: int, seconds: float) -> dict[str, Any]:
        took: list[float] = []
        outcomes: Counter[str] = Counter()

        def vote_on() -> None:
            while time.perf_counter() < end:
                caller, question = self.next()
                body = {"op": str(uuid4()), "id": question, "on": True}
                asked = time.perf_counter()
                answer = dispatch(caller, self.meeting, "question.upvote", body)
                took.append(time.perf_counter() - asked)
                outcomes[answer.get("code", "ok")] += 1

        batches = metrics.batches._value.get()
        canary.worst_stall()
        cpu, began = time.process_time(), time.perf_counter()
        end = began + seconds
        pool = eventlet.GreenPool(in_flight)
        for _ in range(in_flight):
            pool.spawn_n(vote_on)
        pool.waitall()
        lasted, cpu = time.perf_counter() - began, time.process_time() - cpu
        return {
            "per_second": len(took) / lasted,
            "p50_ms": percentile(took, 50) * 1000,
            "p99_ms": percentile(took, 99) * 1000,
            "cpu_us": cpu / len(took) * 1e6,
            "batch": len(took) / max(1, metrics.batches._value.get() - batches),
            "stall_ms": canary.worst_stall() * 1000,
            "refused": len(took) - outcomes["ok"],
        }


def main() -> None:
    stage = json.loads(Path(sys.argv[1]).read_text())
    create_app(Settings(database_url=stage["url"], log_level="error"))
    voters = Voters(stage)
    serving._spare_the_collector()
    canary.start()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(voters.run(**json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

"""What is measured and what it runs on: databases, our server, the peer, and what the kernel says of their cost."""

import ctypes
import json
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.servers import ROOT, App, Databases, Postgres, Redis, free_port, product_environment, temporary_folder


class Bench:
    """Databases and servers, made when first wanted and gone at the end."""

    def __init__(self) -> None:
        self.folder = temporary_folder("bench")
        self._closing = ExitStack()
        self._postgres: Postgres | None = None
        self.databases = Databases(self.folder, self.postgres)
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    def __enter__(self) -> "Bench":
        return self

    def __exit__(self, *_exc: object) -> None:
        self._closing.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def postgres(self) -> Postgres:
        if self._postgres is None:
            self._postgres = Postgres()
            self._closing.callback(self._postgres.close)
        return self._postgres

    def redis(self) -> Redis:
        redis = Redis()
        self._closing.callback(redis.close)
        return redis

    def serve(self, url: str, **settings: str) -> "Ours":
        server = Ours(self.folder, url, settings)
        self._closing.callback(server.close)
        server.start()
        server.wait_ready(60)
        return server

    def talk(self, *argv: str | Path) -> "Talker":
        talker = Talker([str(part) for part in argv])
        self._closing.callback(talker.close)
        return talker

    def inside(self, stage_file: Path) -> "Talker":
        return self.talk(sys.executable, "-m", "bench.inside", stage_file)

    def peer(self, url: str = "", **settings: Any) -> "Talker":
        program = shutil.which("node")
        if program is None:
            raise RuntimeError("node is not installed: the peer is written for it")
        told = self.folder / f"peer-{free_port()}.json"  # in a file: a welcome is longer than an argument may be
        told.write_text(json.dumps({"port": 0, "url": url, **settings}))
        return self.talk(program, ROOT / "bench" / "peer.mjs", told)


class Ours(App):
    """The serving process. Rate limits are off unless it is said: a bench's few hundred people do the work of thousands."""

    def __init__(self, folder: Path, url: str, settings: Mapping[str, str]) -> None:
        port = free_port()
        data = folder / f"data-{port}"
        data.mkdir()
        ours = {"HYBRIDMOTE_DATABASE_URL": url, "HYBRIDMOTE_RATE_LIMITS": "off", "HYBRIDMOTE_LOG_LEVEL": "error"}
        environment = product_environment(data, **ours | settings)
        super().__init__(data, port, environment)
        self.argv = [sys.executable, "-m", "bench.serve", str(port)]

    def worst_stall(self) -> float:
        """Milliseconds, since this was last asked."""
        with urllib.request.urlopen(f"{self.base_url}/bench/stall", timeout=30) as answer:
            return float(answer.read()) * 1000

    def counted(self, metric: str) -> float:
        """The sum of a metric over its labels; `metric` may name some: `x_total{audience="public"`."""
        with urllib.request.urlopen(f"{self.base_url}/metrics", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        name, _, label = metric.partition("{")
        return sum(
            float(line.rpartition(" ")[2])
            for line in lines
            if line.startswith((f"{name}{{", f"{name} ")) and label in line
        )


class Talker:
    """A child that is told by lines of JSON on its standard input, and answers with one line each. It ends with it."""

    def __init__(self, argv: list[str]) -> None:
        environment = {name: v for name, v in os.environ.items() if not name.startswith("HYBRIDMOTE_")}
        self._child = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
            preexec_fn=_die_with_parent,
        )
        self.pid = self._child.pid
        self.port = int(self.heard().get("port", 0))

    def ask(self, **what: Any) -> dict[str, Any]:
        self.tell(**what)
        return self.heard()

    def tell(self, **what: Any) -> None:
        """Without waiting for what comes of it."""
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(what) + "\n")
        self._child.stdin.flush()

    def has_answered(self) -> bool:
        assert self._child.stdout is not None
        waits = select.poll()  # `select` knows no more than 1,024 files, and a crowd has more
        waits.register(self._child.stdout, select.POLLIN)
        return bool(waits.poll(0))

    def heard(self) -> dict[str, Any]:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError(f"{' '.join(self._child.args[:4])} ended: {self._child.wait(10)}")
        heard: dict[str, Any] = json.loads(line)
        return heard

    def close(self) -> None:
        self._child.kill()
        self._child.wait(10)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def cpu_seconds(pid: int) -> float:
    """Of all threads, to the nanosecond."""
    spent = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        spent += int((task / "schedstat").read_text().split()[0])
    return spent / 1e9


def kept_waiting(pid: int) -> float:
    """Seconds in which the main thread could have run and had no core: what others on the machine cost it."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9


def memory_kb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return float(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


def in_turns(rounds: int, *runs: Callable[[], dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Each run once, then each again, …: what disturbs one disturbs the other too."""
    results: list[list[dict[str, Any]]] = [[] for _ in runs]
    for _ in range(rounds):
        for run, kept in zip(runs, results, strict=True):
            kept.append(run())
    return results

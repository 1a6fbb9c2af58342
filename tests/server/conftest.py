"""The small application of app.py, in a process of its own."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.client import close_all, eventually

ROOT = Path(__file__).resolve().parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A server of one's own takes its seconds."""
    for item in items:
        if "start_small" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


class Small:
    """One running server of tests/server/app.py; `options` are the module's."""

    def __init__(self, options: dict[str, Any], descriptors: int | None = None) -> None:
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed with the server)
        command = [sys.executable, "-m", "tests.server.app", json.dumps(options)]
        if descriptors:
            command = ["sh", "-c", f'ulimit -n {descriptors}; exec "$@"', "sh", *command]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            said = self.said()
            self.close()
            raise AssertionError(said)
        self.port: int = json.loads(line)["port"]

    def said(self) -> str:
        self.log.seek(0)
        return self.log.read()

    def terminate(self) -> None:
        os.kill(self.process.pid, signal.SIGTERM)

    def wait(self, seconds: float = 15) -> int:
        return self.process.wait(seconds)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.log.close()


@pytest.fixture(scope="session", params=["fast", pytest.param("stock", marks=pytest.mark.slow)])
def small(request: pytest.FixtureRequest) -> Iterator[Small]:
    """A server for tests that leave it as they found it; the whole test runs on both paths."""
    server = Small({"fast": request.param == "fast"})
    yield server
    server.close()


@pytest.fixture
def port(small: Small) -> Iterator[int]:
    yield small.port
    close_all()
    eventually(small.port, seconds=10, sessions=0, clients=0, present=0, writers=0, waiting=0, environs=0)


@pytest.fixture
def start_small() -> Iterator[Callable[..., Small]]:
    """`start_small(descriptors=None, **options)`: one with its own limits, or one that is to be stopped."""
    started: list[Small] = []

    def start(descriptors: int | None = None, **options: Any) -> Small:
        started.append(Small(options, descriptors))
        return started[-1]

    yield start
    close_all()
    for server in started:
        server.close()

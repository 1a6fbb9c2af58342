"""A pytest plugin: how long each room's tests took, at the end of the run.

A room is the first folder under tests/; what lies in tests/ itself is counted under the file's name.
"""

from collections import Counter
from pathlib import Path

import pytest


class SecondsPerRoom:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.seconds: Counter[str] = Counter()
        self.tests: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        room = self.room(report.nodeid)
        self.seconds[room] += report.duration
        if report.when == "call":
            self.tests[room] += 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.seconds:
            return
        terminalreporter.section("seconds per room")
        for room, seconds in self.seconds.most_common():
            terminalreporter.write_line(f"{seconds:9.1f} s  {self.tests[room]:5}  {room}")
        terminalreporter.write_line(f"{sum(self.seconds.values()):9.1f} s  {sum(self.tests.values()):5}  together")

    @staticmethod
    def room(nodeid: str) -> str:
        parts = nodeid.partition("::")[0].split("/")
        inside = parts[parts.index("tests") + 1 :] if "tests" in parts else parts
        return inside[0].removeprefix("test_").removesuffix(".py")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(SecondsPerRoom(config.rootpath), "seconds-per-room-report")

"""`hybridmote demo --play`: simulated people live the day by the public API alone."""

import sqlite3
from collections.abc import Callable

import pytest

from tests.servers import Demo, eventually


@pytest.mark.slow
def test_the_day_plays_itself(start_demo: Callable[..., Demo]) -> None:
    demo = start_demo("--play", "--speed", "400")

    def done() -> set[str]:
        with sqlite3.connect(demo.data / "hybridmote.db") as connection:
            acts = {row[0] for row in connection.execute("SELECT DISTINCT what FROM audit")}
            asked = connection.execute("SELECT count(*) FROM op WHERE answer LIKE '%\"id\"%'").fetchone()[0]
        return acts | ({"question.ask"} if asked else set())

    wanted = {"question.ask", "question.approve", "question.take", "question.answer", "programme.next"}
    eventually(lambda: wanted <= done(), 60, "a question asked, approved, taken and answered, and the next item")

"""Every measure runs, in a size that takes seconds, and says what the page shows; what it measures is not judged here."""

import json
import subprocess
import sys
from typing import Any

import pytest

from bench import page
from bench.figures import middle, percentile, tidy
from tests.servers import ROOT, product_environment

pytestmark = pytest.mark.slow

SIDE = {"per_second", "p50_ms", "p99_ms", "cpu_us"}
FIELDS = {
    "votes": {"rows"},
    "broadcast": {"listeners", "per_second", "ours", "peer", "ratio"},
    "storm": {"listeners", "rate", "rows"},
    "questions": {"people", "asked_per_second", "voted_per_second", "seconds", "rows"},
    "stalls": {"questions", "joins", "leavers", "stalls"},
    "promises": {
        "approved_to_screen",
        "approved_to_screen_of_another_process",
        "heard_by_another_process",
        "heard_without_redis",
        "revoked_to_ended",
    },
}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a tiny run wrote."""
    folder = tmp_path_factory.mktemp("bench")
    run = subprocess.run(
        [sys.executable, "-m", "bench", "--size", "tiny", "--out", folder],
        cwd=ROOT,
        env=product_environment(folder),
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert (folder / "index.html").read_text().count("<table>") == len(FIELDS)
    written: dict[str, Any] = json.loads((folder / "results.json").read_text())
    return written


@pytest.mark.timeout(400)
def test_a_run_says_what_it_ran_on(result: dict[str, Any]) -> None:
    assert {"size", "rounds", "machine", "seconds", "measures"} == set(result)
    assert {"cores", "system", "python", "node", "sync_us"} == set(result["machine"])
    assert set(result["measures"]) == set(FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_every_measure_has_its_figures(result: dict[str, Any], name: str) -> None:
    assert set(result["measures"][name]) == FIELDS[name]


def test_every_vote_was_accepted_by_both(result: dict[str, Any]) -> None:
    rows = result["measures"]["votes"]["rows"]
    assert [(row["database"], row["where"]) for row in rows] == [
        (database, where)
        for database in ("sqlite", "postgresql")
        for where in ("dispatcher", "dispatcher", "sockets")  # alone, and 64 in flight
    ]
    for row in rows:
        assert set(row["ours"]) > SIDE and set(row["peer"]) >= SIDE and row["ratio"] > 0
        assert row["ours"]["refused"] == 0 and row["peer"].get("refused", 0) == 0


def test_nothing_was_lost(result: dict[str, Any]) -> None:
    measures = result["measures"]
    for row in measures["storm"]["rows"]:
        assert row["refused"] == row["unheard"] == 0 and row["messages_per_second"] > 0
    for row in measures["questions"]["rows"]:
        assert row["lost"] == row["refused"] == row["twice"] == row["unheard"] == 0 and row["asked"] and row["voted"]
        assert row["pressed"] > 0 and row["staff"] > 0
    for side in ("ours", "peer"):
        assert measures["broadcast"][side]["lost"] == 0 and measures["broadcast"][side]["broadcasts"] > 0


def test_the_tables_show_it_all(result: dict[str, Any]) -> None:
    tables = page.rows(result)
    assert len(tables) == len(FIELDS)
    assert all(row.what and row.ours for table in tables.values() for row in table)
    assert page.markdown(result).count("\n## ") == len(FIELDS)


def test_figures() -> None:
    assert percentile([], 99) == 0
    assert percentile(range(100), 50) == 50 and percentile(range(100), 99) == 99
    assert middle([{"a": 1}, {"a": 9}, {"a": 2}]) == {"a": 2}
    assert tidy({"a": [0.123456, 12345.6], "b": 3}) == {"a": [0.123, 12346], "b": 3}

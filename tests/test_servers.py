"""The servers the tests stand on do what they say, and leave nothing behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import psutil
import psycopg2
import pytest
from playwright.sync_api import Page

from tests.servers import ROOT, Postgres, Process, Redis, eventually, free_port, run_async

HARNESS = """
import sys, time
from tests.servers import Postgres, Redis
servers = Postgres(), Redis()
print(*(server.process.pid for server in servers), *(server.folder for server in servers), flush=True)
time.sleep(60)
"""


def lives(pid: int) -> bool:
    """Whether it runs; one that nobody has buried yet (a container without an init) does not."""
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_postgresql_keeps_what_it_was_told_durably(postgres: Postgres) -> None:
    assert postgres.execute("SHOW fsync") == [("on",)]
    assert postgres.execute("SHOW server_encoding") == [("UTF8",)]


def test_a_database_is_a_copy_of_its_template(postgres: Postgres) -> None:
    template = postgres.create()
    postgres.execute("CREATE TABLE kept (what text)", template)
    copy = postgres.create(template)
    try:
        assert postgres.execute("SELECT count(*) FROM kept", copy) == [(0,)]
    finally:
        postgres.drop(copy)
        postgres.drop(template)
    with pytest.raises(psycopg2.OperationalError):
        postgres.execute("SELECT 1", copy)


@pytest.mark.slow
def test_redis_may_be_stopped_paused_and_killed(redis: Redis) -> None:
    redis.stop()
    assert redis.says("PING") == ""
    redis.start()
    redis.kill()
    redis.start()
    redis.pause()
    assert redis.says("PING") == ""
    redis.resume()
    assert redis.says("PING") == "+PONG"


def test_a_process_may_be_killed_and_started_again(tmp_path) -> None:
    process = Process(
        [sys.executable, "-c", "import time; print('here', flush=True); time.sleep(60)"], tmp_path / "log"
    )
    process.start()
    eventually(lambda: "here" in process.text())
    process.kill()
    assert process.returncode == -signal.SIGKILL
    process.start()
    eventually(lambda: process.text().count("here") == 2)
    assert process.terminate() == -signal.SIGTERM
    process.close()


@pytest.mark.slow
def test_nothing_outlives_a_killed_test_run() -> None:
    with subprocess.Popen([sys.executable, "-c", HARNESS], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        first, second, *folders = run.stdout.readline().split()
        pids = [int(first), int(second)]
        assert all(lives(pid) for pid in pids)
        os.kill(run.pid, signal.SIGKILL)
    eventually(lambda: not any(lives(pid) for pid in pids), 10, "the servers' end")
    for folder in folders:
        shutil.rmtree(folder)


def test_free_ports_differ() -> None:
    ports = {free_port() for _ in range(50)}
    assert len(ports) == 50


@pytest.mark.slow
def test_a_browser_shows_a_page(page: Page) -> None:
    page.set_content("<h1>Now</h1>")
    assert page.get_by_role("heading").inner_text() == "Now"


@pytest.mark.slow
def test_coroutines_run_beside_a_browser(page: Page) -> None:
    async def answer() -> int:
        return 42

    assert run_async(answer()) == 42


@pytest.mark.slow
def test_an_error_in_a_page_fails_the_test(new_page: Callable[..., Page]) -> None:
    page = new_page(allow_errors=True)
    with page.context.expect_event("weberror") as caught:
        page.set_content("<script>setTimeout(() => { throw new Error('wanted') })</script>")
    assert "wanted" in str(caught.value.error)


def test_waiting_ends_with_what_was_waited_for() -> None:
    start = time.monotonic()
    with pytest.raises(AssertionError, match="a miracle did not happen"):
        eventually(lambda: False, 0.1, "a miracle")
    assert time.monotonic() - start < 5

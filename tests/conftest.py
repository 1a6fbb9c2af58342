"""What every test may ask for by name. The servers behind it are in tests/servers.py."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import servers
from tests.servers import SEED, App, Databases, Demo, Postgres, Process, Redis

pytest_plugins = ["tools.seconds_per_room"]

settings.register_profile("usual", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", settings.get_profile("usual"), max_examples=1000)
settings.load_profile("long" if "TEST_SEED" in os.environ else "usual")


def pytest_configure() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended from outside: tidy up, as after Ctrl-C


def pytest_report_header() -> str:
    return f"seed: {SEED} (TEST_SEED={SEED} repeats it)"


def pytest_unconfigure() -> None:
    for process in servers.close_everything():
        print(f"ended at the end of the run, no test did: {process}")


@pytest.fixture
def seed() -> int:
    """The run's seed: the date, or TEST_SEED."""
    return SEED


# Databases


@pytest.fixture(scope="session")
def _postgres_when_wanted() -> Iterator[Callable[[], Postgres]]:
    started: list[Postgres] = []

    def server() -> Postgres:
        if not started:
            started.append(Postgres())
        return started[0]

    yield server
    for one in started:
        one.close()


@pytest.fixture(scope="session")
def postgres(_postgres_when_wanted: Callable[[], Postgres]) -> Postgres:
    """The run's PostgreSQL server. A test that stops it starts it again."""
    return _postgres_when_wanted()


@pytest.fixture(scope="session")
def _databases(tmp_path_factory: pytest.TempPathFactory, _postgres_when_wanted: Callable[[], Postgres]) -> Databases:
    return Databases(tmp_path_factory.mktemp("databases"), _postgres_when_wanted)


@pytest.fixture
def new_database(_databases: Databases) -> Iterator[Callable[..., str]]:
    """`new_database("sqlite" | "postgresql", migrated=True) -> url`: as many as a test wants, dropped after it."""
    yield _databases.new
    _databases.drop_all()


@pytest.fixture(params=Databases.kinds)
def database_url(request: pytest.FixtureRequest, new_database: Callable[..., str]) -> str:
    """A migrated, empty database; the test runs once with SQLite and once with PostgreSQL."""
    return new_database(request.param)


@pytest.fixture
def sqlite_url(new_database: Callable[..., str]) -> str:
    return new_database("sqlite")


@pytest.fixture
def postgres_url(new_database: Callable[..., str]) -> str:
    return new_database("postgresql")


# Redis


@pytest.fixture(scope="session")
def _redis() -> Iterator[Redis]:
    server = Redis()
    yield server
    server.close()


@pytest.fixture
def redis(_redis: Redis) -> Redis:
    """A running, empty Redis, with `url`, `stop()`, `start()`, `kill()`, `pause()`, `resume()`."""
    return _redis.fresh()


@pytest.fixture
def redis_url(redis: Redis) -> str:
    return redis.url


# The product's own processes


@pytest.fixture
def _processes() -> Iterator[list[Process]]:
    started: list[Process] = []
    yield started
    for process in reversed(started):
        process.close()
        print(f"--- {process}\n{process.tail()}")  # shown by pytest when the test failed


@pytest.fixture
def start_app(tmp_path: Path, new_database: Callable[..., str], _processes: list[Process]) -> Callable[..., App]:
    """Start `hybridmote serve`, wait until it is ready, and end it after the test.

    `start_app(database_url=None, *, redis_url="", data=None, port=None, env=None, ready=True) -> App`.
    Without a database it gets a migrated SQLite of its own. Several calls with the same database (PostgreSQL) and
    Redis are several serving processes of one site. `env` adds settings: `{"HYBRIDMOTE_RATE_LIMITS": "off"}`.
    """

    def start(
        database_url: str | None = None,
        *,
        redis_url: str = "",
        data: Path | None = None,
        port: int | None = None,
        env: Mapping[str, str] | None = None,
        ready: bool = True,
    ) -> App:
        folder = data or tmp_path / f"data-{len(_processes)}"
        folder.mkdir(exist_ok=True)
        environment = servers.product_environment(
            folder,
            HYBRIDMOTE_DATABASE_URL=new_database("sqlite") if database_url is None else database_url,
            HYBRIDMOTE_REDIS_URL=redis_url,
            **(env or {}),
        )
        app = App(folder, port or servers.free_port(), environment)
        _processes.append(app)
        app.start()
        return app.wait_ready() if ready else app

    return start


@pytest.fixture
def start_worker(_processes: list[Process]) -> Callable[..., Process]:
    """`start_worker(app, env=None) -> Process`: `hybridmote worker` with the app's data, database and Redis."""

    def start(app: App, env: Mapping[str, str] | None = None) -> Process:
        argv = [sys.executable, "-m", "hybridmote", "worker", "--data", app.data]
        log = app.data / f"worker-{len(_processes)}.log"
        worker = Process(argv, log, env={**(app.env or {}), **(env or {})})
        _processes.append(worker)
        return worker.start()

    return start


@pytest.fixture
def start_demo(tmp_path: Path, _processes: list[Process]) -> Callable[..., Demo]:
    """`start_demo(*options, data=None, env=None) -> Demo`: `hybridmote demo --json`; `.people` is what it printed."""

    def start(*options: str, data: Path | None = None, env: Mapping[str, str] | None = None) -> Demo:
        folder = data or tmp_path / "demo"
        folder.mkdir(exist_ok=True)
        demo = Demo(folder, servers.free_port(), servers.product_environment(folder, **(env or {})), options)
        _processes.append(demo)
        demo.start()
        return demo.wait_ready()

    return start


# The browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    path = servers.find_chromium()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=servers.CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`new_page(allow_errors=False, **options) -> Page`: a page in a browser context (cookies, storage) of its own.

    `options` are Playwright's for a context: viewport, locale, color_scheme, java_script_enabled, is_mobile … An
    uncaught error or a violation of the content security policy on any page fails the test, unless allowed.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def new(allow_errors: bool = False, **options: Any) -> Page:
        context = browser.new_context(**{"locale": "sv-SE", "timezone_id": "Europe/Stockholm"} | options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        if not allow_errors:
            context.on("weberror", lambda problem: errors.append(str(problem.error)))
            context.on("console", lambda line: errors.append(line.text) if is_violation(line) else None)
        return context.new_page()

    yield new
    for context in contexts:
        context.close()
    assert not errors, "errors in the browser:\n" + "\n".join(errors)


def is_violation(line: Any) -> bool:
    return line.type == "error" and "Content Security Policy" in line.text


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One page, as `new_page()`."""
    return new_page()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`make check` is content with SQLite."""
    for item in items:
        if "postgresql" in getattr(getattr(item, "callspec", None), "params", {}).values():
            item.add_marker(pytest.mark.slow)

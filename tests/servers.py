"""The real servers the tests run against: PostgreSQL, Redis, Chromium and the product itself.

Everything listens on a free port of 127.0.0.1, keeps its data in a temporary folder and dies with the test run, also
when that is killed. A server that is not installed is an error in one line, never a skipped test.
"""

import asyncio
import atexit
import contextlib
import datetime as dt
import itertools
import json
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, Self, TypeVar

import psycopg2
import pytest
from psycopg2 import sql

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent
# The run's seed, whole: the date, so that every day tries something else and any day can be tried again.
SEED = int(os.environ.get("TEST_SEED") or dt.datetime.now(dt.UTC).strftime("%Y%m%d"))
SECRET_KEY = "only-for-tests-" + "0123456789abcdef" * 4
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def eventually(check: Callable[[], T], timeout: float = 10, what: str = "", pause: float = 0.02) -> T:
    """The first truthy answer of `check`, asked again and again for `timeout` seconds; else an AssertionError."""
    end = time.monotonic() + timeout
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"{what or 'what was waited for'} did not happen within {timeout} s; last: {answer!r}")
        time.sleep(pause)


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in a thread of its own: Playwright occupies the main thread's event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


_given: set[int] = set()
# Those of this process: two that run tests beside each other must not be given the same.
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 4
PORTS = range(20_000 + 3_000 * _worker, 23_000 + 3_000 * _worker)


def free_port() -> int:
    """A port nobody listens on, below the range that outgoing connections get theirs from.

    So no client of a load test can take it while the server that had it is killed and started again.
    """
    for port in random.sample(PORTS, 500):
        if port in _given:
            continue
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            _given.add(port)
            return port
    raise RuntimeError(f"no free port between {PORTS[0]} and {PORTS[-1]}")


def missing(program: str, package: str) -> pytest.fail.Exception:
    return pytest.fail.Exception(f"{program} is not installed (Debian: {package}); `make test` installs it", False)


def temporary_folder(what: str) -> Path:
    """Short, for Unix sockets; enterable by others, since PostgreSQL refuses to run as root. Removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix=f"hm-{what}-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


# The kernel ends a child when the *thread* that started it ends, so all are started from one that lives to the end.
_starter = ThreadPoolExecutor(1, thread_name_prefix="starter")
_alive: set["Process"] = set()
_alive_lock = threading.Lock()


class Process:
    """A child process with its output in a file. It may be ended, killed, paused and started again."""

    def __init__(
        self,
        argv: Sequence[str | Path],
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        dies_by: str = "KILL",
        stdout: Path | None = None,
    ) -> None:
        """`dies_by` is the signal it gets when the test run dies; `stdout` keeps its output apart from the log."""
        self.argv = [str(part) for part in argv]
        self.log = log
        self.stdout = stdout
        self.env = dict(env) if env is not None else None
        self.user = user
        self.dies_by = dies_by
        self.popen: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        assert not self.running, f"{self} runs already"
        with contextlib.ExitStack() as files:
            log: IO[bytes] = files.enter_context(self.log.open("ab"))
            out: IO[bytes] = files.enter_context(self.stdout.open("ab")) if self.stdout else log
            self.popen = _starter.submit(
                subprocess.Popen,
                [*self._guard(), *self.argv],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=log,
                env=self.env,
                cwd=ROOT,
                start_new_session=True,
            ).result()
        with _alive_lock:
            _alive.add(self)
        return self

    def _guard(self) -> list[str]:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            if self.user is not None:
                raise missing("setpriv", "util-linux")
            return []
        who = [f"--reuid={self.user}", f"--regid={self.user}", "--init-groups"] if self.user else []
        return [setpriv, *who, f"--pdeathsig={self.dies_by}", "--"]

    @property
    def running(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    @property
    def pid(self) -> int:
        assert self.popen is not None, f"{self} was never started"
        return self.popen.pid

    @property
    def returncode(self) -> int | None:
        return self.popen.poll() if self.popen else None

    def signal(self, number: int) -> None:
        if self.running:
            os.kill(self.pid, number)

    def pause(self) -> None:
        """Stand still, connections open: what a process does that is stuck or swapped out."""
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.signal(signal.SIGCONT)

    def wait(self, timeout: float = 15) -> int:
        """Its exit status; negative is the signal that ended it."""
        assert self.popen is not None
        try:
            return self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self} still runs after {timeout} s\n{self.tail()}") from None

    def terminate(self, timeout: float = 15) -> int:
        """SIGTERM, as an operator ends it; its exit status."""
        self.signal(signal.SIGTERM)
        self.resume()
        return self.wait(timeout)

    def kill(self) -> None:
        """kill -9, and gone when this returns."""
        self.signal(signal.SIGKILL)
        if self.popen is not None:
            self.popen.wait(10)

    def close(self) -> None:
        """Gone, with whatever it started; for the end of a test."""
        if self.popen is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.popen.wait(10)
        with _alive_lock:
            _alive.discard(self)

    def text(self) -> str:
        """All it has written to its log."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def tail(self, lines: int = 40) -> str:
        return "\n".join(self.text().splitlines()[-lines:])

    def __repr__(self) -> str:
        state = f"pid {self.pid}" if self.running else f"ended {self.returncode}"
        return f"<{' '.join(self.argv[:5])} · {state}>"


@atexit.register
def close_everything() -> list[Process]:
    """End all that still runs; what had to be ended."""
    with _alive_lock:
        left = list(_alive)
    running = [process for process in left if process.running]
    for process in left:
        process.close()
    return running


class Postgres:
    """A PostgreSQL cluster of its own, durable as in production (fsync on). Not as root: then as user postgres."""

    user = "hybridmote"

    def __init__(self) -> None:
        programs = self.programs()
        self.folder = temporary_folder("pg")
        self.data = self.folder / "data"
        self.port = free_port()
        self.password = secrets.token_hex(16)
        self.names = (f"t{number}" for number in itertools.count(1))
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        secret = self.folder / "password"
        secret.touch(0o600)
        secret.write_text(self.password)
        system_user = None
        if os.getuid() == 0:
            system_user = "postgres"
            for path in (self.folder, secret):
                shutil.chown(path, system_user, system_user)
        options = ["--username", self.user, "--pwfile", secret, "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync"]
        made = Process(
            [programs / "initdb", "-D", self.data, *options], self.folder / "initdb.log", env=env, user=system_user
        ).start()
        assert made.wait(60) == 0, made.tail()
        made.close()
        settings = ["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200", "-c", "timezone=UTC"]
        self.process = Process(
            [programs / "postgres", "-D", self.data, "-p", str(self.port), "-k", self.folder, *settings],
            self.folder / "postgres.log",
            env=env,
            user=system_user,
            dies_by="QUIT",  # at once, and its children and shared memory with it
        )
        self.start()

    @staticmethod
    def programs() -> Path:
        """The folder of Debian's newest server, or of the one pg_config knows; never one that merely is on PATH."""
        found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
        if found:
            return max(found, key=lambda folder: int(folder.parent.name.partition(".")[0]))
        if pg_config := shutil.which("pg_config"):
            told = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=True)
            if (Path(told.stdout.strip()) / "initdb").exists():
                return Path(told.stdout.strip())
        raise missing("PostgreSQL's server", "postgresql")

    def start(self) -> None:
        self.process.start()

        def answers() -> bool:
            assert self.process.running, f"PostgreSQL ended:\n{self.process.tail()}"
            try:
                self.execute("SELECT 1")
            except psycopg2.OperationalError:
                return False
            return True

        eventually(answers, 30, "PostgreSQL answering", pause=0.05)

    def stop(self) -> None:
        """A fast shutdown: open transactions are rolled back, connections closed."""
        self.process.signal(signal.SIGINT)
        self.process.wait(30)

    def url(self, name: str) -> str:
        return f"postgresql://{self.user}:{self.password}@127.0.0.1:{self.port}/{name}"

    def execute(self, statement: str | sql.Composable, database: str = "postgres") -> list[tuple[Any, ...]]:
        """One statement outside any transaction; its rows, if it has any."""
        connection = psycopg2.connect(self.url(database), connect_timeout=5)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def create(self, template: str = "template0") -> str:
        """A new database, copied from a template nobody is connected to; its name."""
        name = next(self.names)
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def close(self) -> None:
        self.process.signal(signal.SIGQUIT)
        with contextlib.suppress(AssertionError):
            self.process.wait(10)
        self.process.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Databases:
    """New databases of both kinds, copied from a template that was migrated once."""

    kinds = ("sqlite", "postgresql")

    def __init__(self, folder: Path, postgres: Callable[[], Postgres]) -> None:
        self.folder = folder
        self._postgres = postgres  # asked only when wanted: a run without PostgreSQL tests need not start one
        self._templates: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._made: list[str] = []

    def new(self, kind: str, migrated: bool = True) -> str:
        """The URL of a new database, dropped after the test; `migrated=False` for an empty one."""
        if kind == "sqlite":
            file = self.folder / f"{next(self._numbers)}" / "hybridmote.db"
            file.parent.mkdir()
            if migrated:
                shutil.copy(self._template(kind), file)
            return f"sqlite:///{file}"
        server = self._postgres()
        name = server.create(self._template(kind)) if migrated else server.create()
        self._made.append(name)
        return server.url(name)

    def drop_all(self) -> None:
        while self._made:
            self._postgres().drop(self._made.pop())

    def _template(self, kind: str) -> str:
        if kind not in self._templates:
            if kind == "sqlite":
                name = str(self.folder / "template.db")
                migrate(f"sqlite:///{name}", self.folder)
            else:
                server = self._postgres()
                name = server.create()
                migrate(server.url(name), self.folder)
            self._templates[kind] = name
        return self._templates[kind]


def migrate(database_url: str, data: Path) -> None:
    """`hybridmote migrate`, in a process of its own."""
    environment = product_environment(data, HYBRIDMOTE_DATABASE_URL=database_url)
    done = subprocess.run(
        [sys.executable, "-m", "hybridmote", "migrate"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, f"`hybridmote migrate` failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}"


class Redis:
    """A Redis server that keeps nothing on disk."""

    def __init__(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise missing("redis-server", "redis-server")
        self.folder = temporary_folder("redis")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder, "--save", "", "--appendonly"]
        self.process = Process([program, *options, "no"], self.folder / "redis.log")
        self.start()

    def start(self) -> None:
        self.process.start()
        eventually(lambda: self.says("PING") == "+PONG", 10, "Redis answering")

    def stop(self) -> None:
        self.process.terminate()

    def kill(self) -> None:
        self.process.kill()

    def pause(self) -> None:
        """It accepts connections and answers nothing: the failure that clients without a timeout hang on."""
        self.process.pause()

    def resume(self) -> None:
        self.process.resume()

    def fresh(self) -> Self:
        """Running and empty, whatever the last test did to it."""
        self.process.resume()
        if not self.process.running:
            self.start()
        assert self.says("FLUSHALL") == "+OK"
        return self

    def says(self, command: str) -> str:
        """The first line of its answer to a command without arguments; empty when it does not answer."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 2) as line:
                line.sendall(command.encode() + b"\r\n")
                return line.recv(4096).decode().splitlines()[0]
        except OSError:
            return ""

    def close(self) -> None:
        self.process.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def product_environment(data: Path, **more: str) -> dict[str, str]:
    """The environment for a process of the product: this one's, without any HYBRIDMOTE_* setting but the test's."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HYBRIDMOTE_")}
    ours = {"HYBRIDMOTE_DATA": str(data), "HYBRIDMOTE_SECRET_KEY": SECRET_KEY, "PYTHONUNBUFFERED": "1"}
    return inherited | ours | more


class App(Process):
    """A serving process of the product, `hybridmote serve`, on a port it keeps over restarts."""

    def __init__(self, data: Path, port: int, env: Mapping[str, str], argv: Sequence[str] = ("serve",)) -> None:
        self.data = data
        self.port = port
        self.base_url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "hybridmote", *argv, "--port", str(port), "--data", str(data)]
        if argv[0] == "serve":
            command += ["--host", "127.0.0.1"]
        name = f"{argv[0]}-{port}"
        out = data / f"{name}.out" if argv[0] == "demo" else None
        super().__init__(command, data / f"{name}.log", env=env, dies_by="TERM" if out else "KILL", stdout=out)

    @property
    def database_url(self) -> str:
        return (self.env or {}).get("HYBRIDMOTE_DATABASE_URL", "")

    def get(self, path: str, timeout: float = 5) -> tuple[int, bytes]:
        """Status and body of a plain GET; (0, b"") when there was no answer."""
        try:
            with urllib.request.urlopen(self.base_url + path, timeout=timeout) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read()
        except OSError:
            return 0, b""

    def wait_ready(self, timeout: float = 30) -> Self:
        """Until /readyz says 200; an AssertionError with the log's end when it ends or takes too long."""

        def ready() -> bool:
            assert self.running, f"{self}\n{self.tail()}"
            return self.get("/readyz")[0] == 200

        try:
            eventually(ready, timeout, f"{self.base_url}/readyz", pause=0.05)
        except AssertionError as problem:
            raise AssertionError(f"{problem}\n{self.tail()}") from None
        return self

    def restart(self, timeout: float = 30) -> Self:
        """Again on the same port, after a kill or an end; ends it first (SIGTERM) if it still runs."""
        if self.running:
            self.terminate()
        self.start()
        return self.wait_ready(timeout)


class Demo(App):
    """`hybridmote demo --json`: the demo meeting, serving process and worker."""

    def __init__(self, data: Path, port: int, env: Mapping[str, str], options: Sequence[str] = ()) -> None:
        super().__init__(data, port, env, ("demo", "--json", *options))

    @property
    def people(self) -> dict[str, Any]:
        """What it printed first: base_url, meeting, attendee[], moderator[], speaker, organiser, screen, lectern."""
        assert self.stdout is not None

        def told() -> dict[str, Any]:
            assert self.running, f"{self}\n{self.tail()}"
            assert self.stdout is not None
            first, newline, _ = self.stdout.read_text().partition("\n")
            return json.loads(first) if newline else {}

        return eventually(told, 30, "the first line of `demo --json`", pause=0.05)


def find_chromium() -> str:
    """Debian's Chromium, or Chrome; the browser that Playwright would download is never used. The one without windows
    of its own comes first: the same engine for two thirds of the work."""
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise missing("Chromium", "chromium-headless-shell")

"""`hybridmote demo`: one command that starts a meeting and ends it again."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Literal

import click
from rich.console import Console
from rich.table import Table

from .. import load_rooms
from ..config import Settings
from ..db import open_database
from ..migrate import migrate
from .play import play
from .seed import let_in, only_demo, seed

START = 60  # seconds the server may take to answer
PR_SET_PDEATHSIG = 1  # prctl(2)


class CannotStart(Exception):
    """Why the demo cannot start, as a sentence."""


def run(
    settings: Settings, *, as_json: bool, do_play: bool, speed: float, reset: bool, language: Literal["sv", "en"]
) -> int:
    """Serve the demo in the foreground until Ctrl-C. Returns the exit status: 0, or 130 after Ctrl-C."""
    settings.data.mkdir(parents=True, exist_ok=True)
    port = _port(settings)
    load_rooms()
    _open(settings, reset)
    slug = seed(language)
    base_url = settings.base_url.rstrip("/") or f"http://{settings.host}:{port}"
    links = let_in(slug, base_url)
    stopped = threading.Event()
    status = 0

    def stop(number: int, _frame: Any) -> None:
        nonlocal status
        status = 130 if number == signal.SIGINT else 0
        stopped.set()

    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, stop)
    children = _children(settings, port)
    try:
        _wait_until_ready(f"http://{settings.host}:{port}", children, settings)
        _show(links, as_json, settings)
        if do_play:
            threading.Thread(target=play, args=(links, speed, stopped), daemon=True).start()
        while not stopped.wait(0.3):
            for child in children:
                if child.poll() is not None:
                    raise CannotStart(f"a part ended by itself; see {_log(settings)}")
    finally:
        _end(children, settings.drain_seconds + 5)
    return status


def _port(settings: Settings) -> int:
    """The port asked for, or a free one for 0; a clear word when it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise CannotStart(
                f"port {settings.port} on {settings.host} cannot be used ({error.strerror}). "
                "Stop what uses it, or choose another with --port."
            ) from None
        return int(probe.getsockname()[1])


def _open(settings: Settings, reset: bool) -> None:
    database = open_database(settings.url_of_database())
    if reset:
        if not database.sqlite:
            raise CannotStart("--reset throws away a SQLite file only; empty the configured database by hand")
        file = Path(str(database.url.database))
        if file.exists():
            migrate()
            if not only_demo():
                raise CannotStart(f"{file} holds real meetings: --reset would throw them away")
            database.close()
            for part in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
                part.unlink(missing_ok=True)
        open_database(settings.url_of_database())
    migrate()


def _log(settings: Settings) -> Path:
    return settings.data / "demo.log"


def _children(settings: Settings, port: int) -> list["subprocess.Popen[bytes]"]:
    """The serving process and the worker; they end with this process, however it ends."""
    environment = os.environ | {
        "HYBRIDMOTE_DATA": str(settings.data),
        "HYBRIDMOTE_HOST": settings.host,
        "HYBRIDMOTE_PORT": str(port),
        "HYBRIDMOTE_MAIL_BACKEND": "file" if settings.mail_backend == "off" else settings.mail_backend,
    }
    log = _log(settings).open("ab")
    return [
        subprocess.Popen(
            [sys.executable, "-m", "hybridmote", part],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C reaches this process alone, which ends them in order
            preexec_fn=_end_with_parent,
        )
        for part in ("serve", "worker")
    ]


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_until_ready(base: str, children: list["subprocess.Popen[bytes]"], settings: Settings) -> None:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        if any(child.poll() is not None for child in children):
            break
        try:
            with urllib.request.urlopen(f"{base}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise CannotStart(f"the server did not start; see {_log(settings)}")


def _show(links: dict[str, Any], as_json: bool, settings: Settings) -> None:
    if as_json:
        click.echo(json.dumps(links, ensure_ascii=False))
        sys.stdout.flush()
        return
    table = Table(box=None, pad_edge=False, title=f"{links['base_url']}/m/{links['meeting']}", title_justify="left")
    for column in ("Role", "Who", "Link"):
        table.add_column(column, no_wrap=column == "Link", overflow="fold")
    for role in ("attendee", "moderator", "speaker", "organiser", "screen", "lectern"):
        people = links[role] if isinstance(links[role], list) else [links[role]]
        for person in people:
            place = f" ({person['attendance']})" if person["attendance"] else ""
            table.add_row(role, person["name"] + place, person["link"])
    width = None if sys.stdout.isatty() else 160
    Console(width=width, highlight=False).print(table)
    click.echo(f"\nThe people are made up. Log: {_log(settings)}. Ctrl-C ends the demo.")
    sys.stdout.flush()


def _end(children: list["subprocess.Popen[bytes]"], patience: float) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + patience
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

"""The server: eventlet, and everything that talks to sockets. Nothing outside this package and `wsgi.py` knows eventlet.

Importing it costs nothing and patches nothing, so tests and the worker may; what needs eventlet is imported inside.

How a message travels: `gate` (may this begin at all) → `engine` (handshake, upgrade, pings) → `wire` (one WebSocket,
read and written by the hub) → `switchboard` (Socket.IO) → the handlers. Back: `fanout` → `wire`. `serving` opens the
port and closes it again; `stock` is the way round when the fast path must not be used.
"""

import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .limits import Limits

__all__ = ["Limits", "PortBusy", "make_socketio", "monkey_patch", "patched", "serve", "worst_stall"]


class PortBusy(Exception):
    """Somebody else has the port."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"Port {port} on {host} is in use by another program. Stop it, or choose another port.")
        self.host = host
        self.port = port


def monkey_patch() -> None:
    """Make the standard library cooperative. To be called before anything else of ours, Flask or SQLAlchemy is imported."""
    with warnings.catch_warnings():
        # eventlet says at every import that it only gets bug fixes; that is known, and why it has one door here
        warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
        import eventlet

    eventlet.monkey_patch()


def patched() -> bool:
    """Whether this process is a serving one."""
    eventlet = sys.modules.get("eventlet")
    return eventlet is not None and bool(eventlet.patcher.is_monkey_patched("socket"))


def make_socketio(
    app: Any,
    *,
    base_url: str | None = None,
    trusted_hosts: Sequence[str] = (),
    fast_fanout: bool = True,
    limits: Limits | None = None,
) -> Any:
    """Give a Flask app its SocketIO (`app.extensions["socketio"]`) and Fanout (`app.extensions["fanout"]`).

    `base_url` and `trusted_hosts` (host names without port; none: any) are for the gate's Origin rule. Wrap ProxyFix
    around `app.wsgi_app` after this, so that the gate sees true addresses. Returns the SocketIO.
    """
    from .assembly import assemble

    return assemble(app, base_url=base_url, trusted_hosts=trusted_hosts, fast=fast_fanout, limits=limits or Limits())


def serve(
    app: Any,
    socketio: Any,
    host: str,
    port: int,
    *,
    drain_seconds: float = 10.0,
    max_connections: int = 20_000,
    on_listening: Callable[[str, int], None] | None = None,
    access_log: Callable[[Mapping[str, Any]], None] | None = None,
    before_exit: Callable[[], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, then drain and return. Raises PortBusy.

    `on_listening(host, port)` gets the true port (0 takes a free one). `access_log` gets method, path (no query: it
    may hold tokens), status, seconds, remote of every request. `before_exit` runs when nobody is served any more.
    """
    if not patched():
        raise RuntimeError("call hybridmote.server.monkey_patch() first, before importing anything else")
    from .serving import run

    run(
        app,
        socketio,
        host,
        port,
        drain_seconds=drain_seconds,
        max_connections=max_connections,
        on_listening=on_listening,
        access_log=access_log,
        before_exit=before_exit,
    )


def worst_stall() -> float:
    """Seconds: how long the server's loop was kept waiting at worst since this was last asked. 0 where none runs."""
    if not patched():
        return 0.0
    from . import canary

    return canary.worst_stall()

"""Opens the port, serves, and stops without hurting anybody."""

import errno
import gc
import logging
import os
import resource
import signal
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any

import eventlet
from eventlet import tpool, wsgi

from .. import offload
from . import PortBusy, canary
from .accesslog import AccessLog
from .shortcut import take_handshake

log = logging.getLogger(__name__)

BACKLOG = 4096
ACCEPT_AT_ONCE = 16
IDLE_SECONDS = 75
"""A kept-alive connection without a new request; above the usual 60 s of proxies, so that they close first."""
HEADER_SECONDS = 20
READ_SECONDS = 30
URL_BYTES = 8192
HEADER_BYTES = 32 * 1024
TICK_SECONDS = 0.25
TEMPORARY = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


def run(
    app: Any,
    socketio: Any,
    host: str,
    port: int,
    *,
    drain_seconds: float,
    max_connections: int,
    on_listening: Callable[[str, int], None] | None,
    access_log: Callable[[Mapping[str, Any]], None] | None,
    before_exit: Callable[[], None] | None,
) -> None:
    switchboard, fast = app.extensions["socket_server"]
    _allow_descriptors(max_connections)
    listener = Listener(_listen(host, port))
    offload.run = tpool.execute
    stop = _Stop()
    _spare_the_collector()
    canary.start()
    eventlet.spawn_n(_tend, switchboard, fast)
    wsgi.MAX_TOTAL_HEADER_SIZE = HEADER_BYTES
    server = eventlet.spawn(
        wsgi.server,
        listener,
        AccessLog(app, access_log),
        protocol=PatientProtocol if fast is None else QuickProtocol,
        max_size=max_connections,
        keepalive=IDLE_SECONDS,
        socket_timeout=READ_SECONDS,
        url_length_limit=URL_BYTES,
        log_output=False,  # its log prints query strings, tokens and all
        debug=False,  # else it shows tracebacks to visitors
    )
    if on_listening is not None:
        on_listening(*listener.getsockname()[:2])
    while not stop.asked and not server.dead:
        eventlet.sleep(TICK_SECONDS)
    try:
        _drain(listener, server, switchboard, fast, time.monotonic() + drain_seconds)
    finally:
        if before_exit is not None:
            before_exit()
        stop.restore()


def _drain(listener: "Listener", server: Any, switchboard: Any, fast: Any, until: float) -> None:
    """No new ones; those under way to their end, within bounds; sockets are told to come back elsewhere."""
    if server.dead:
        server.wait()  # raises what ended it
    listener.stop()
    if fast is not None:
        fast.drain(until)
    else:
        for engine_socket in list(switchboard.engine.sockets.values()):
            eventlet.spawn_n(engine_socket.close, wait=False)
    eventlet.spawn_n(server.kill, SystemExit)
    with eventlet.Timeout(max(0.1, until - time.monotonic()), False):
        server.wait()


def _listen(host: str, port: int) -> Any:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    try:
        # without SO_REUSEPORT: with it a second server starts in silence and takes half of the visitors
        listener = eventlet.listen(address, family, backlog=BACKLOG, reuse_port=False)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortBusy(host, port) from None
        raise
    # accepted sockets inherit both
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return listener


class Listener:
    """A listening socket for `eventlet.wsgi.server`, which by itself

    - ends for good when `accept` fails: out of descriptors, or a visitor who hung up too soon;
    - accepts all who wait, thousands, before it lets anybody go on.
    """

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._address = sock.getsockname()
        self.family = sock.family
        self._accepted = 0
        self._stopped = False

    def accept(self) -> tuple[Any, Any]:
        while not self._stopped:
            self._accepted += 1
            if self._accepted % ACCEPT_AT_ONCE == 0:
                eventlet.sleep(0)
            try:
                client, address = self._sock.accept()
            except OSError as error:
                if error.errno in TEMPORARY and not self._stopped:
                    log.error("cannot accept: %s", error)
                    eventlet.sleep(0.1)
                continue
            return client, address
        raise SystemExit

    def stop(self) -> None:
        self._stopped = True
        self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def getsockname(self) -> Any:
        return self._address

    def fileno(self) -> int:
        return int(self._sock.fileno())

    def close(self) -> None:
        self._sock.close()


class PatientProtocol(wsgi.HttpProtocol):
    """Patient, but not for ever: eventlet's timeouts begin again with every byte that trickles in."""

    def _read_request_line(self) -> Any:
        line: Any = b""
        with eventlet.Timeout(IDLE_SECONDS, False):
            line = super()._read_request_line()
        return line

    def parse_request(self) -> bool:
        understood = False
        with eventlet.Timeout(HEADER_SECONDS, False):
            understood = super().parse_request()
        if not understood:
            self.close_connection = True
        return understood


class QuickProtocol(PatientProtocol):
    def __init__(self, connection: list[Any], server: Any) -> None:
        taken = True  # who says nothing for so long gets no answer either
        with eventlet.Timeout(IDLE_SECONDS, False):
            taken = take_handshake(connection, server.app)
        if not taken:
            super().__init__(connection, server)


class _Stop:
    """SIGTERM or SIGINT: asked to stop. The same again at once is an echo (a terminal tells the whole family, and a
    parent its children); Ctrl-C a while later is impatience."""

    def __init__(self) -> None:
        self.asked = False
        self._since = 0.0
        self._before = {number: signal.signal(number, self._ask) for number in (signal.SIGTERM, signal.SIGINT)}

    def restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, number: int, _frame: Any) -> None:
        if not self.asked:
            self.asked, self._since = True, time.monotonic()
        elif number == signal.SIGINT and time.monotonic() - self._since > 1:
            os._exit(130)


def _tend(switchboard: Any, fast: Any) -> None:
    while True:
        eventlet.sleep(TICK_SECONDS)
        try:
            switchboard.tick()
            if fast is not None:
                fast.tick()
        except Exception:
            log.exception("looking after the sockets")


def _allow_descriptors(connections: int) -> None:
    """Many systems begin at 1,024 open files, fewer than a large meeting has sockets."""
    wanted = connections + 256
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        possible = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (possible, hard))
        if possible < connections:
            log.warning("only %d files may be open, so fewer than %d connections", possible, connections)


def _spare_the_collector() -> None:
    """What is loaded now stays; looking through it, and through thousands of sockets, again and again stalls the loop."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)

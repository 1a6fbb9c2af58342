"""From an Engine.IO session to a Socket.IO client and back: the same on the fast path, the stock path and in tests."""

import io
import logging
import sys
import threading
from typing import Any

from socketio import Server, packet

from .limits import Limits
from .lobby import Lobby
from .manager import NAMESPACE, FlatManager
from .meters import overdue, slow_readers
from .packets import WirePacket

log = logging.getLogger(__name__)

KEPT = (
    "REQUEST_METHOD",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "REMOTE_ADDR",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "HTTP_HOST",
    "HTTP_COOKIE",
    "HTTP_ORIGIN",
    "HTTP_USER_AGENT",
    "HTTP_ACCEPT_LANGUAGE",
    "wsgi.url_scheme",
    "wsgi.errors",
)


class Switchboard:
    """Takes python-socketio's place as the listener of its engine, to guard what comes in and to keep count."""

    def __init__(self, server: Server, limits: Limits) -> None:
        assert isinstance(server.manager, FlatManager)
        self.server = server
        self.engine = server.eio
        self.manager = server.manager
        self.limits = limits
        self.lobby = Lobby(limits)
        self._ended_early: set[str] = set()
        self._being_answered: set[str] = set()
        self._arrivals = threading.Semaphore(limits.arrivals_at_once)
        self.manager.connected = self._connected
        self.manager.gone = self._gone
        self.engine.on("connect", self._opened)
        self.engine.on("message", self.message)
        self.engine.on("disconnect", self._closed)

    def message(self, session: str, data: Any) -> None:
        """A Socket.IO packet, encoded. May block: the connect handler runs in here."""
        try:
            received = WirePacket.received(data)
        except ValueError:
            self.end(session)
            return
        kind, server = received.packet_type, self.server
        if kind == packet.EVENT:
            server._handle_event(session, received.namespace, received.id, received.data)
        elif kind == packet.CONNECT:
            self._answer_connect(session, received)
        elif kind == packet.DISCONNECT:
            server._handle_disconnect(session, received.namespace, server.reason.CLIENT_DISCONNECT)
        elif kind == packet.ACK:
            server._handle_ack(session, received.namespace, received.id, received.data)

    def end(self, session: str) -> None:
        """Close an engine session, from anywhere, without waiting for it."""
        engine_socket = self.engine.sockets.get(session)
        if engine_socket is not None:
            self.server.start_background_task(engine_socket.close, wait=False, abort=True)

    def tick(self) -> None:
        """A few times a second: whose time is up, who has gone, who does not read."""
        for session in self.lobby.overdue():
            engine_socket = self.engine.sockets.get(session)
            if engine_socket is None or session in self.manager.sid_of:
                continue
            if session in self._being_answered or getattr(engine_socket, "is_being_answered", False):
                self.lobby.show_out(session)  # our being slow is not held against it; asked again a little later
                continue
            overdue.inc()
            self.end(session)
        for session, engine_socket in list(self.engine.sockets.items()):
            if engine_socket.closed:
                self.engine.sockets.pop(session, None)
            elif engine_socket.queue.qsize() > self.limits.queued_packets:
                slow_readers.inc()
                self.end(session)

    def _answer_connect(self, session: str, received: packet.Packet) -> None:
        """A few at a time, and only for who still waits: else a hall that comes back all at once, and hangs up and comes
        again when it has waited too long, keeps the server busy welcoming people who have left."""
        self._being_answered.add(session)
        try:
            with self._arrivals:
                if not self._has_left(session):
                    self._connect(session, received)
        finally:
            self._being_answered.discard(session)

    def _has_left(self, session: str) -> bool:
        engine_socket = self.engine.sockets.get(session)
        wire = getattr(engine_socket, "wire", None)
        return engine_socket is None or engine_socket.closed or (wire is not None and not wire.open)

    def _connect(self, session: str, received: packet.Packet) -> None:
        """A handler that raises would leave a socket that is open, silent and forgotten."""
        try:
            self.server._handle_connect(session, received.namespace, received.data)
        except Exception:
            log.exception("connect handler")
            sid = self.manager.sid_of.get(session)
            failure = {"message": "The server failed to answer."}
            self.server._send_packet(session, WirePacket(packet.CONNECT_ERROR, data=failure, namespace=NAMESPACE))
            if sid is not None:
                self.manager.disconnect(sid, NAMESPACE, ignore_queue=True)

    # what the engine tells

    def _opened(self, session: str, environ: dict[str, Any]) -> None:
        self.lobby.enter(session, environ.get("REMOTE_ADDR", ""))
        self.server._handle_eio_connect(session, trimmed(environ))

    def _closed(self, session: str, reason: Any = None) -> None:
        self.lobby.leave(session)
        if self.manager.sid_of.get(session) in self.manager.arriving:
            self._ended_early.add(session)
        self.server._handle_eio_disconnect(session, reason)

    # what the manager tells

    def _connected(self, sid: str, session: str, held: list[Any]) -> None:
        if session in self._ended_early:
            # it left while its connect handler was still running, so nobody has been told of its going yet
            self._ended_early.discard(session)
            self.server._handle_disconnect(session, NAMESPACE, self.server.reason.TRANSPORT_CLOSE)
            return
        self.lobby.leave(session)
        wire = getattr(self.engine.sockets.get(session), "wire", None)
        if wire is not None and wire.open:
            self.manager.writers[sid] = wire
        for frame in held:
            if wire is not None:
                wire.write(frame.bytes)
            else:
                self.server._send_eio_packet(session, frame.packet)

    def _gone(self, sid: str, session: str) -> None:
        self._ended_early.discard(session)
        if session in self.engine.sockets:
            self.lobby.show_out(session)


def trimmed(environ: dict[str, Any]) -> dict[str, Any]:
    """What a handler may need of the handshake. The whole would keep buffers and headers alive as long as the socket."""
    kept = {key: environ[key] for key in KEPT if key in environ}
    kept["wsgi.input"] = io.BytesIO()
    kept.setdefault("wsgi.errors", sys.stderr)
    return kept

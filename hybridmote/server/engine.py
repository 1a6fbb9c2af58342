"""Engine.IO sessions on wires: the fast path inside python-engineio and python-socketio.

It reaches into both libraries where they promise nothing; `contract.py` says where, and steps aside when they change.
"""

import base64
import hashlib
import logging
import socket
import time
from collections import deque
from typing import Any

import eventlet
from engineio import exceptions
from engineio import packet as engine_packet
from engineio import socket as engine_socket
from eventlet import hubs, patcher, wsgi

from .frames import POLICY, PROTOCOL_ERROR, RESTART, BadFrame, text_frame
from .limits import Limits
from .manager import NAMESPACE
from .pacing import Pacer
from .packets import WirePacket
from .pings import PingWheel
from .switchboard import Switchboard
from .wire import Wire

log = logging.getLogger(__name__)

real_socket = patcher.original("socket")

WEBSOCKET_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
SWITCHING = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n"
)


class FastEngine:
    """The fast path of one server: its sessions, their pings, and the order in which waiting work begins."""

    def __init__(self, switchboard: Switchboard) -> None:
        self.switchboard = switchboard
        self.limits = switchboard.limits
        self.engine = switchboard.engine
        self.pacer = Pacer()
        self.arrivals = Pacer(0.005)  # apart: those who are here need not wait for a thousand who come
        self.pings = PingWheel(self.limits)
        self.events_running = 0
        self.draining = False
        self.engine.start_service_task = False  # the ticks do its work, in one pass each
        self.engine._handle_connect = self._handle_connect

    def tick(self) -> None:
        """A few times a second, in a green thread of its own."""
        self.pings.tick()

    def drain(self, until: float) -> None:
        """Read nothing more, let the commands being answered finish, then tell everybody to come back."""
        self.draining = True
        sessions = list(self.engine.sockets.values())
        wires = [session.wire for session in sessions if session.wire is not None]
        for wire in wires:
            wire.pause()
        while (self.events_running or len(self.pacer) or len(self.arrivals)) and time.monotonic() < until:
            eventlet.sleep(0.01)
        for wire in wires:
            wire.close(RESTART, "restarting")
        for session in sessions:
            session.close(wait=False)

    def _handle_connect(self, environ: dict[str, Any], start_response: Any, transport: str, jsonp: Any = None) -> Any:
        """In place of engineio's: the only way a session begins."""
        session = FastSocket(self, self.engine.generate_id())
        self.engine.sockets[session.sid] = session
        websocket = transport == "websocket"
        greeting = engine_packet.Packet(engine_packet.OPEN, self._greeting(session.sid, websocket))
        session.send(greeting)
        self.engine._trigger_event("connect", session.sid, environ, run_async=False)
        session.connected = True
        session.schedule_ping()
        if websocket:
            session.attach(*take_wire(environ, session, self.limits))
            return answered()
        return self.engine._ok(session.poll())

    def _greeting(self, session: str, websocket: bool) -> dict[str, Any]:
        return {
            "sid": session,
            "upgrades": [] if websocket else ["websocket"],
            "pingTimeout": int(self.engine.ping_timeout * 1000),
            "pingInterval": int(self.engine.ping_interval * 1000),
            "maxPayload": self.engine.max_http_buffer_size,
        }


class FastSocket(engine_socket.Socket):
    """An Engine.IO session. Polling is the library's; a WebSocket is a wire, from the beginning or after an upgrade."""

    wire: Wire | None = None
    queue: Any
    last_ping: float | None
    closing: bool
    closed: bool
    _inbox: deque[str] | None = None
    _events = 0

    def __init__(self, fast: FastEngine, session: str) -> None:
        super().__init__(fast.engine, session)
        self.fast = fast

    def attach(self, wire: Wire, first: bytes = b"") -> None:
        """From now on everything goes by the wire: `first`, then what was queued, in its order."""
        queued, self.queue = self.queue, NOWHERE
        self.wire = wire
        self.upgraded, self.upgrading = True, False
        while not queued.empty():
            waiting = queued.get(block=False)
            if waiting is not None and waiting.packet_type != engine_packet.NOOP:
                first += text_frame(waiting.encode())
        if first:
            wire.write(first)
        sid = self._client()
        if sid is not None and wire.open:
            self.fast.switchboard.manager.writers[sid] = wire

    # what the libraries call

    def send(self, pkt: engine_packet.Packet) -> None:
        if self.wire is None:
            super().send(pkt)
        else:
            self.wire.write(text_frame(pkt.encode()))

    def schedule_ping(self) -> None:
        """After the greeting, and after every pong."""
        if self.last_ping:
            self.last_ping = None
            self.fast.pings.later(self)

    def check_ping_timeout(self) -> bool:
        """The wheel closes who does not answer; the library would do it here, in the middle of somebody's broadcast."""
        if self.closed:
            raise exceptions.SocketIsClosedError
        return True

    def close(self, wait: bool = True, abort: bool = False, reason: Any = None) -> None:
        """Runs the disconnect handler: in a green thread, never in the hub. Waits for no poll that may never come."""
        if self.wire is None:
            super().close(wait=False, abort=abort, reason=reason)
            return
        if self.closing or self.closed:
            return
        self.closing = True
        self.wire.close()
        self.server._trigger_event(
            "disconnect", self.sid, reason or self.server.reason.SERVER_DISCONNECT, run_async=False
        )
        self.closed = True
        self.server.sockets.pop(self.sid, None)

    def handle_post_request(self, environ: dict[str, Any]) -> None:
        """Nonsense ends the session with a 400; the library would log a traceback for each."""
        try:
            super().handle_post_request(environ)
        except (ValueError, LookupError) as error:
            raise exceptions.EngineIOError from error

    def _upgrade_websocket(self, environ: dict[str, Any], start_response: Any) -> Any:
        if self.upgraded:
            return self.server._bad_request("Upgraded already")
        Probe(self, environ)
        return answered()

    # what the wire calls, in the hub

    def wire_text(self, wire: Wire, text: str) -> None:
        if text == "3":
            self.schedule_ping()
        elif text.startswith("42") and self._inbox is None and (sid := self._client()) is not None:
            self._begin_event(wire, sid, text)
        elif text.startswith("4"):
            self._put_in_order(wire, text)
        elif text == "1":
            wire.close()
        else:
            raise BadFrame(PROTOCOL_ERROR, "unexpected Engine.IO packet")

    def wire_lost(self, wire: Wire) -> None:
        sid = self._client()
        if sid is not None:
            self.fast.switchboard.manager.writers.pop(sid, None)
        self.fast.pacer.begin(self.close, False, True, self.server.reason.TRANSPORT_CLOSE)

    @property
    def is_being_answered(self) -> bool:
        """Whether something it said, its CONNECT perhaps, waits its turn."""
        return self._inbox is not None

    # events: each in a green thread of its own, begun in order

    def _begin_event(self, wire: Wire, sid: str, text: str) -> None:
        try:
            received = WirePacket.received(text[1:])
        except ValueError:
            raise BadFrame(PROTOCOL_ERROR, "not an event") from None
        if received.namespace not in (None, NAMESPACE):
            return
        self._events += 1
        self.fast.events_running += 1
        if self._events >= self.fast.limits.events_in_flight:
            wire.pause()
        self.fast.pacer.begin(self._run_event, wire, sid, received)

    def _run_event(self, wire: Wire, sid: str, received: WirePacket) -> None:
        server = self.fast.switchboard.server
        try:
            server._handle_event_internal(server, sid, self.sid, received.data, NAMESPACE, received.id)
        finally:
            self._events -= 1
            self.fast.events_running -= 1
            self._read_on(wire)

    # everything else: one after the other, since CONNECT may take its time and events must not overtake it

    def _put_in_order(self, wire: Wire, text: str) -> None:
        if self._inbox is None:
            self._inbox = deque()
            self.fast.arrivals.begin(self._work_off, wire)
        self._inbox.append(text[1:])
        if len(self._inbox) >= self.fast.limits.messages_before_connect:
            wire.pause()

    def _work_off(self, wire: Wire) -> None:
        inbox = self._inbox
        try:
            while inbox and wire.open and not self.closing:
                self.fast.switchboard.message(self.sid, inbox.popleft())
        finally:
            self._inbox = None
            self._read_on(wire)

    def _read_on(self, wire: Wire) -> None:
        if self.fast.draining:
            return
        if self._inbox is None and self._events <= self.fast.limits.events_in_flight // 2:
            wire.resume()

    def _client(self) -> str | None:
        """The Socket.IO sid, once its CONNECT is answered."""
        manager = self.fast.switchboard.manager
        sid: str | None = manager.sid_of.get(self.sid)
        return sid if sid not in manager.arriving else None


class Probe:
    """A WebSocket that asks to take over from polling: `2probe`, `3probe`, and `5` when the last poll has come home."""

    def __init__(self, session: FastSocket, environ: dict[str, Any]) -> None:
        limits = session.fast.limits
        self._session = session
        self._answered = False
        wire, answer = take_wire(environ, self, limits)
        wire.write(answer)
        hubs.get_hub().schedule_call_global(limits.seconds_to_connect, self._expire, wire)

    def wire_text(self, wire: Wire, text: str) -> None:
        session = self._session
        if text == "2probe" and not self._answered and not session.upgraded:
            self._answered = session.upgrading = True
            wire.write(text_frame("3probe"))
            session.queue.put(engine_packet.Packet(engine_packet.NOOP))
        elif text == "5" and self._answered and not session.upgraded and not session.closing:
            wire.owner = session
            session.attach(wire)
        else:
            raise BadFrame(PROTOCOL_ERROR, "not an upgrade")

    def wire_lost(self, wire: Wire) -> None:
        if self._answered and not self._session.upgraded:
            self._session.upgrading = False

    def _expire(self, wire: Wire) -> None:
        if wire.owner is self:
            wire.close(POLICY, "the upgrade took too long")


class _Nowhere:
    """The queue of those who do not poll."""

    def qsize(self) -> int:
        return 0

    def put(self, _packet: Any) -> None:
        pass


NOWHERE = _Nowhere()


def take_wire(environ: dict[str, Any], owner: Any, limits: Limits) -> tuple[Wire, bytes]:
    """Take the socket of a WebSocket handshake from the web server, which then believes it is closed.

    Returns the wire and the handshake's answer, still to be written.
    """
    key = environ["HTTP_SEC_WEBSOCKET_KEY"].encode()
    accept = base64.b64encode(hashlib.sha1(key + WEBSOCKET_GUID, usedforsecurity=False).digest())
    green = environ["eventlet.input"].get_socket().fd
    family, kind, protocol = green.family, green.type, green.proto
    sock = real_socket.socket(family, kind, protocol, fileno=green.detach())
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, limits.send_buffer_bytes)
    return Wire(sock, owner, limits), SWITCHING % accept


def answered() -> list[bytes]:
    """What a WSGI application returns when the socket has been dealt with."""
    wsgi.WSGI_LOCAL.already_handled = True
    return []

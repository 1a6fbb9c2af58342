"""One encoding, one frame, the same bytes to everybody of an audience."""

from collections.abc import Iterable
from typing import Any

from engineio import packet as engine_packet
from flask_socketio import SocketIO

from .frames import text_frame
from .manager import NAMESPACE, FlatManager
from .packets import dumps_compact


class Encoded(str):
    """JSON already."""


class Frame:
    """An event, encoded: as a WebSocket frame for the fast path, as an Engine.IO packet for every other."""

    __slots__ = ("_packet", "bytes", "text")

    def __init__(self, event: str, data: Any) -> None:
        self.text = f"2[{dumps_compact(event)},{data if isinstance(data, Encoded) else dumps_compact(data)}]"
        self.bytes = text_frame("4" + self.text)
        self._packet: engine_packet.Packet | None = None

    @property
    def packet(self) -> engine_packet.Packet:
        """One packet object for all who poll: it keeps its own encoding."""
        if self._packet is None:
            self._packet = engine_packet.Packet(engine_packet.MESSAGE, self.text)
        return self._packet


class Fanout:
    """Writes events to many sockets. Never yields; each socket's order is the order of the calls, acks included.

    What is written to a socket whose CONNECT is not yet answered is held, and goes out right after that answer: an
    audience may be joined before the welcome is read. Sids that are gone are skipped. To be used from the server's
    own thread only.
    """

    def __init__(self, socketio: SocketIO) -> None:
        manager = socketio.server.manager
        assert isinstance(manager, FlatManager), "make_socketio makes it so"
        self._server = socketio.server
        self._manager = manager
        self._writers = manager.writers

    def send(self, sids: Iterable[str], event: str, data: Any) -> int:
        """Encode once, write to each; how many were reached."""
        return self.write(self.encode(event, data), sids)

    def encode(self, event: str, data: Any) -> Frame:
        """Raises ValueError for what JSON cannot say (NaN)."""
        return Frame(event, data)

    def write(self, frame: Frame, sids: Iterable[str]) -> int:
        """`sids` may be a live set: it is read before the first byte is written."""
        writers, data, reached = self._writers, frame.bytes, 0
        for sid in list(sids):
            writer = writers.get(sid)
            reached += writer.write(data) if writer is not None else self._write_slowly(sid, frame)
        return reached

    def _write_slowly(self, sid: str, frame: Frame) -> bool:
        """Somebody who polls, who is only just arriving, or everybody when the fast path is off."""
        held = self._manager.arriving.get(sid)
        if held is not None:
            held.append(frame)
            return True
        session = self._manager.eio_sid_from_sid(sid, NAMESPACE)
        if session is None:
            return False
        self._server._send_eio_packet(session, frame.packet)
        return True

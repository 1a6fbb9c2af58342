"""A WebSocket that the hub reads and writes by itself: no green thread waits on it, so it costs next to nothing."""

import contextlib
import logging
import socket
from collections import deque
from itertools import islice
from typing import Any, Protocol

from eventlet import hubs

from .frames import (
    BINARY,
    CLOSE,
    INVALID_DATA,
    PING,
    PONG,
    SERVER_ERROR,
    TEXT,
    UNSUPPORTED,
    BadFrame,
    FrameReader,
    close_frame,
    frame,
)
from .limits import Limits
from .meters import slow_readers

log = logging.getLogger(__name__)

READ_AT_ONCE = 16 * 1024
BUFFERS_AT_ONCE = 64
RESET = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # struct linger {1, 0}: what the kernel still holds is given up at once


class Owner(Protocol):
    """Who is told. Called in the hub: must neither block nor raise."""

    def wire_text(self, wire: "Wire", text: str) -> None: ...

    def wire_lost(self, wire: "Wire") -> None:
        """Once, when nothing more will be read or accepted for writing."""


class _Nobody:
    """Stands where the hub expects the green thread that waits for a socket."""

    dead = True


NOBODY = _Nobody()


class Wire:
    """One WebSocket after its handshake.

    Writing is immediate; what the kernel does not take waits, within bounds, and goes out in order. Reading takes one
    piece per turn of the hub, so that a sender who never pauses cannot keep the hub to himself.
    """

    __slots__ = (
        "_backlog",
        "_fd",
        "_limits",
        "_reader",
        "_reading",
        "_send",
        "_size",
        "_sock",
        "_taken",
        "_watched",
        "_writing",
        "open",
        "owner",
    )

    def __init__(self, sock: socket.socket, owner: Owner, limits: Limits) -> None:
        """Takes `sock` over, connected and non-blocking."""
        self.owner = owner
        self.open = True
        self._sock = sock
        self._send = sock.send
        self._fd = sock.fileno()
        self._limits = limits
        self._reader = FrameReader(limits)
        self._backlog: deque[bytes | memoryview] | None = None
        self._size = 0
        self._taken = 0
        self._watched = False
        self._reading: Any = None
        self._writing: Any = None
        self.resume()

    # writing

    def write(self, data: bytes) -> bool:
        """Send a whole frame now, or keep what does not fit. False: the socket is gone, or was too slow and is now."""
        if self._backlog is not None or not self.open:
            return self._write_behind(data)
        try:
            sent = self._send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.abort()
            return False
        if sent != len(data):
            self._keep(data, sent)
        return True

    def _write_behind(self, data: bytes) -> bool:
        if self._backlog is None or not self.open:
            return False
        if self._size - len(self._backlog[0]) > self._limits.backlog_bytes:
            self._give_up()
            return False
        self._backlog.append(data)
        self._size += len(data)
        return True

    def _keep(self, data: bytes, sent: int) -> None:
        """Begin a backlog. A view, not a copy: a thousand slow readers share the one frame."""
        self._backlog = deque((memoryview(data)[sent:],))
        self._size = len(data) - sent
        self._writing = self._listen(hubs.get_hub().WRITE, self._writable)
        self._watch()

    def _writable(self, _fd: int) -> None:
        if self._backlog is None:
            return
        try:
            sent = self._sock.sendmsg(list(islice(self._backlog, BUFFERS_AT_ONCE)))
        except BlockingIOError:
            return
        except OSError:
            self.abort()
            return
        self._size -= sent
        self._taken += sent
        while sent:
            first = self._backlog[0]
            if sent < len(first):
                self._backlog[0] = memoryview(first)[sent:]
                break
            sent -= len(first)
            self._backlog.popleft()
        if not self._backlog:
            self._backlog = None
            self._stop_writing()
            if not self.open:
                self._release()

    def _watch(self) -> None:
        """Look again in a while: a reader who took nothing at all in that time is not one."""
        if not self._watched:
            self._watched = True
            hubs.get_hub().schedule_call_global(self._limits.stalled_seconds, self._look, self._taken)

    def _look(self, taken_before: int) -> None:
        self._watched = False
        if self._backlog is None:
            return
        if self._taken == taken_before:
            self._give_up()
        else:
            self._watch()

    def _give_up(self) -> None:
        slow_readers.inc()
        self.abort(reset=True)

    # reading

    def pause(self) -> None:
        """Stop reading; the sender's own buffer fills, and he waits."""
        if self._reading is not None:
            hubs.get_hub().remove(self._reading)
            self._reading = None

    def resume(self) -> None:
        if self.open and self._reading is None:
            self._reading = self._listen(hubs.get_hub().READ, self._readable)

    def _readable(self, _fd: int) -> None:
        if not self.open or self._reading is None:
            return
        try:
            data = self._sock.recv(READ_AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.abort()
            return
        try:
            self._take_all(data)
        except BadFrame as bad:
            self.close(bad.code, bad.reason)
        except UnicodeDecodeError:
            self.close(INVALID_DATA, "not UTF-8")
        except Exception:
            log.exception("reading a socket")
            self.close(SERVER_ERROR)

    def _take_all(self, data: bytes) -> None:
        for opcode, payload in self._reader.feed(data):
            self._take(opcode, payload)
            if not self.open:
                return

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == TEXT:
            self.owner.wire_text(self, payload.decode())
        elif opcode == PING:
            self.write(frame(PONG, payload))
        elif opcode == CLOSE:
            self.close()
        elif opcode == BINARY:
            raise BadFrame(UNSUPPORTED, "text only")

    # ending

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Politely: what waits is sent first, then a close frame. Returns at once."""
        self.write(close_frame(code, reason))
        if not self.open:
            return
        self._leave()
        if self._backlog is None:
            self._release()
        else:
            hubs.get_hub().schedule_call_global(self._limits.seconds_to_leave, self._release)

    def abort(self, reset: bool = False) -> None:
        """At once. `reset` also drops what the kernel holds for a reader who does not read."""
        if reset and self._fd >= 0:
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        if self.open:
            self._leave()
        self._release()

    def _leave(self) -> None:
        self.open = False
        self.pause()
        self.owner.wire_lost(self)

    def _release(self) -> None:
        if self._fd < 0:
            return
        self._fd = -1
        self._backlog = None
        self._stop_writing()
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    # the hub

    def _listen(self, kind: str, callback: Any) -> Any:
        """The hub's own listener, kept for as long as we read or write."""
        listener = hubs.get_hub().add(kind, self._fd, callback, self._obsolete, self._obsolete)
        listener.greenlet = NOBODY  # else the hub keeps alive, and asks after, whoever happened to be running
        return listener

    def _stop_writing(self) -> None:
        if self._writing is not None:
            hubs.get_hub().remove(self._writing)
            self._writing = None

    def _obsolete(self, *_: Any) -> None:
        """The hub saw this descriptor opened anew: somebody closed it behind our back. The number is no longer ours."""
        self._reading = self._writing = None
        self._sock.detach()
        self._fd = -1
        self.abort()

"""Clients made of bare sockets: they can also say what no library would."""

import base64
import contextlib
import http.client
import json
import os
import socket
import struct
import time
from collections.abc import Iterable
from typing import Any

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
MASK = b"\x11\x22\x33\x44"


def frame(
    payload: bytes | str, opcode: int = TEXT, *, final: bool = True, masked: bool = True, size: int | None = None
) -> bytes:
    """As a client sends it; `size` lies about the length."""
    data = payload.encode() if isinstance(payload, str) else payload
    length = len(data) if size is None else size
    first, bit = (0x80 if final else 0) | opcode, 0x80 if masked else 0
    if length < 126:
        head = bytes((first, bit | length))
    elif length < 65536:
        head = struct.pack("!BBH", first, bit | 126, length)
    else:
        head = struct.pack("!BBQ", first, bit | 127, length)
    if not masked:
        return head + data
    key = (MASK * (len(data) // 4 + 1))[: len(data)]
    return head + MASK + bytes(a ^ b for a, b in zip(data, key, strict=True))


OPEN: list[Any] = []
"""Every client made and not yet closed; a fixture closes what a test leaves."""


class Closed(Exception):
    """The server ended the socket; `code` from its close frame, None when there was none."""

    def __init__(self, code: int | None = None) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


class Socket:
    """A WebSocket speaking Engine.IO 4 and Socket.IO 5. Pings are answered while something is awaited."""

    def __init__(
        self,
        port: int,
        *,
        headers: dict[str, str] | None = None,
        path: str = "/socket.io/?EIO=4&transport=websocket",
        receive_buffer: int | None = None,
        timeout: float = 10,
        wait: bool = True,
    ) -> None:
        self.sock = socket.socket()
        OPEN.append(self)
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(timeout)
        self.sock.connect(("127.0.0.1", port))
        self.buffer = b""
        self.status = 0
        self.headers: dict[str, str] = {}
        self.sid = self.session = ""
        self.events: list[list[Any]] = []
        self.raw: list[bytes] = []
        self.acks: dict[int, Any] = {}
        self.order: list[tuple[str, Any]] = []
        self.next_ack = 0
        lines = {
            "Host": f"127.0.0.1:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            **(headers or {}),
        }
        text = f"GET {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items()) + "\r\n"
        self.sock.sendall(text.encode())
        if wait:
            self.shake_hands()

    # the handshake

    def shake_hands(self) -> None:
        while b"\r\n\r\n" not in self.buffer:
            data = self.sock.recv(65536)
            if not data:
                raise Closed
            self.buffer += data
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        first, *rest = head.decode().split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in rest)}

    def open(self) -> "Socket":
        """The Engine.IO greeting."""
        assert self.status == 101, self.status
        greeting = self.next_text()
        assert greeting.startswith("0{"), greeting
        self.session = json.loads(greeting[1:])["sid"]
        return self

    def connect(self, auth: Any = None) -> "Socket":
        """Both greetings; leaves `sid` set. What was received on the way is in `events`."""
        if not self.session:
            self.open()
        self.send("40" + (json.dumps(auth) if auth is not None else ""))
        while not self.sid:
            text = self.next_text()
            if text.startswith("40"):
                self.sid = json.loads(text[2:])["sid"]
            elif text.startswith("44"):
                raise PermissionError(json.loads(text[2:]))
            else:
                self.take(text)
        return self

    # frames

    def send(self, text: str) -> None:
        self.sock.sendall(frame(text))

    def next_frame(self) -> tuple[int, bytes]:
        while True:
            head = self._header()
            if head is not None and len(self.buffer) >= head[2] + head[1]:
                opcode, size, start = head
                payload, self.raw_frame = self.buffer[start : start + size], self.buffer[: start + size]
                self.buffer = self.buffer[start + size :]
                return opcode, payload
            try:
                data = self.sock.recv(1 << 20)
            except ConnectionResetError:
                raise Closed from None
            if not data:
                raise Closed
            self.buffer += data

    def _header(self) -> tuple[int, int, int] | None:
        b = self.buffer
        if len(b) < 2:
            return None
        size = b[1] & 127
        if size == 126:
            return None if len(b) < 4 else (b[0] & 15, struct.unpack("!H", b[2:4])[0], 4)
        if size == 127:
            return None if len(b) < 10 else (b[0] & 15, struct.unpack("!Q", b[2:10])[0], 10)
        return b[0] & 15, size, 2

    def next_text(self) -> str:
        """The next Engine.IO packet that is not a ping."""
        while True:
            opcode, payload = self.next_frame()
            if opcode == CLOSE:
                raise Closed(struct.unpack("!H", payload[:2])[0] if payload else None)
            if opcode == TEXT:
                if payload != b"2":
                    return payload.decode()
                self.send("3")

    # Socket.IO

    def emit(self, *event: Any, ack: bool = True) -> int:
        self.next_ack += 1
        self.send(f"42{self.next_ack if ack else ''}{json.dumps(list(event))}")
        return self.next_ack

    def call(self, *event: Any) -> Any:
        """Emit and wait for the acknowledgement."""
        number = self.emit(*event)
        while number not in self.acks:
            self.take(self.next_text())
        return self.acks.pop(number)

    def take(self, text: str) -> None:
        if text.startswith("43"):
            at = text.index("[")
            answer = json.loads(text[at:])
            self.acks[int(text[2:at])] = answer[0] if answer else None
            self.order.append(("ack", answer[0] if answer else None))
        elif text.startswith("42"):
            event = json.loads(text[2:])
            self.events.append(event)
            self.raw.append(self.raw_frame)
            self.order.append((event[0], event[1] if len(event) > 1 else None))
        else:
            raise AssertionError(f"unexpected {text!r}")

    def next_event(self) -> list[Any]:
        """The oldest event not yet given out, waiting for one if there is none."""
        while not self.events:
            self.take(self.next_text())
        return self.events.pop(0)

    def wait_closed(self) -> int | None:
        """Read on until the server ends it; the close code."""
        try:
            while True:
                opcode, payload = self.next_frame()
                if opcode == CLOSE:
                    return int(struct.unpack("!H", payload[:2])[0]) if payload else None
                if payload == b"2":
                    self.send("3")
        except (Closed, ConnectionResetError, BrokenPipeError):
            return None

    def close(self) -> None:
        self.sock.close()


class Poller:
    """Long polling, one request at a time."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self.port = port
        self.headers = headers or {}
        self.packets: list[str] = []
        self.session = self.sid = ""
        OPEN.append(self)

    def close(self) -> None:
        """The engine's own goodbye; without it a poller is missed only when it does not answer a ping."""
        if self.session:
            self.request("POST", body="1")

    def request(self, method: str, query: str = "", body: str | None = None, headers: Any = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            sid = f"&sid={self.session}" if self.session else ""
            path = f"/socket.io/?EIO=4&transport=polling{sid}{query}"
            data = body.encode() if body is not None else None
            connection.request(method, path, data, {**self.headers, **(headers or {})})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def poll(self) -> list[str]:
        status, body = self.request("GET")
        assert status == 200, (status, body)
        return body.split("\x1e")

    def post(self, *packets: str) -> None:
        status, body = self.request("POST", body="\x1e".join(packets))
        assert (status, body) == (200, "OK"), (status, body)

    def next_packet(self) -> str:
        while not self.packets:
            for packet in self.poll():
                if packet == "2":
                    self.post("3")
                elif packet != "6":
                    self.packets.append(packet)
        return self.packets.pop(0)

    def connect(self, auth: Any = None) -> "Poller":
        greeting = self.next_packet()
        self.session = json.loads(greeting[1:])["sid"]
        self.post("40" + (json.dumps(auth) if auth is not None else ""))
        answer = self.next_packet()
        if answer.startswith("44"):
            raise PermissionError(json.loads(answer[2:]))
        assert answer.startswith("40"), answer
        self.sid = json.loads(answer[2:])["sid"]
        return self


def crowd(port: int, size: int, *, at_once: int = 200, auth: Any = None) -> list[Socket]:
    """Many connected sockets, in batches that wait for one another."""
    sockets: list[Socket] = []
    while len(sockets) < size:
        batch = [Socket(port, wait=False, timeout=30) for _ in range(min(at_once, size - len(sockets)))]
        for each in batch:
            each.shake_hands()
            each.open()
            each.send("40" + (json.dumps(auth) if auth is not None else ""))
        for each in batch:
            each.sid = json.loads(each.next_text()[2:])["sid"]
            assert each.next_event()[0] == "welcome"
        sockets += batch
    return sockets


def get(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
    finally:
        connection.close()


def stats(port: int) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(get(port, "/stats")[2])
    return answer


def eventually(port: int, seconds: float = 5, **wanted: Any) -> dict[str, Any]:
    """Ask /stats until it says so."""
    until = time.monotonic() + seconds
    while True:
        now = stats(port)
        if all(now[key] == value for key, value in wanted.items()):
            return now
        assert time.monotonic() < until, (wanted, now)
        time.sleep(0.05)


def close_all(clients: Iterable[Any] | None = None) -> None:
    """These, or all there are; the server may be gone."""
    for each in list(OPEN if clients is None else clients):
        with contextlib.suppress(OSError):
            each.close()
    if clients is None:
        OPEN.clear()

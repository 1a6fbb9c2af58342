"""Many people on sockets, in one thread: raw Engine.IO 4 / Socket.IO 5 over WebSocket, so that they cost little."""

import json
import re
import select
import socket
import struct
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
CHANGES = re.compile(rb'42\["changes",\{"audience":"([^"]*)","from":\d+,"to":(\d+)')
ANSWER = re.compile(rb"43(\d+)")

Hear = Callable[["Line", bytes, float], None]


class Line:
    """One person's socket."""

    __slots__ = ("auth", "buffer", "joined_at", "port", "sent_at", "sock", "started_at", "state", "votes")

    def __init__(self, port: int, auth: dict[str, Any]) -> None:
        self.port, self.auth = port, auth
        self.buffer = b""
        self.state = "http"
        self.started_at = self.joined_at = self.sent_at = 0.0
        self.votes = 0
        self.sock = socket.socket()
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setblocking(False)

    def send(self, text: str) -> None:
        """A masked frame, as the protocol wants; masked with zeros, which costs nothing."""
        data = text.encode()
        size = len(data)
        head = bytes((0x81, 0x80 | size)) if size < 126 else struct.pack("!BBH", 0x81, 0xFE, size)
        self.sock.send(head + b"\0\0\0\0" + data)

    def command(self, number: int, name: str, **body: Any) -> None:
        self.sent_at = time.perf_counter()
        self.send(f"42{number}" + json.dumps(["command", name, {"op": op(number), **body}]))


_ops = iter(range(1 << 60))


def op(_number: int = 0) -> str:
    """A UUID nobody has used; cheaper than a random one."""
    return f"{time.time_ns() & 0xFFFFFFFF:08x}-0000-4000-8000-{next(_ops):012x}"


class Crowd:
    """Lines, and who is told of what they hear: `on_event` and `on_answer` get the Socket.IO text and the time."""

    def __init__(self) -> None:
        self.epoll = select.epoll()
        self.lines: dict[int, Line] = {}
        self.on_event: Hear = _ignore
        self.on_answer: Hear = _ignore
        self.lost = 0
        self.joined = 0

    # ---- coming and going ---------------------------------------------------------------------------------------------

    def join(self, lines: Sequence[Line], at_once: int = 64, timeout: float = 120) -> list[float]:
        """Connect them all, so many at a time, until each has its welcome; the seconds each took."""
        waiting = deque(lines)
        began, until = self.joined, time.perf_counter() + timeout
        opened = 0
        while self.joined - began < len(lines):
            while waiting and opened - (self.joined - began) < at_once:
                self._open(waiting.popleft())
                opened += 1
            self.turn(0.05)
            if time.perf_counter() > until or self.lost:
                raise RuntimeError(f"{self.joined - began} of {len(lines)} joined, {self.lost} lost")
        return [line.joined_at - line.started_at for line in lines]

    def _open(self, line: Line) -> None:
        line.started_at = time.perf_counter()
        line.sock.connect_ex(("127.0.0.1", line.port))
        self.lines[line.sock.fileno()] = line
        self.epoll.register(line.sock.fileno(), select.EPOLLOUT)

    def leave(self, lines: Sequence[Line]) -> None:
        """All at once, without a goodbye."""
        for line in lines:
            fd = line.sock.fileno()
            if self.lines.pop(fd, None) is not None:
                self.epoll.unregister(fd)
                line.sock.close()

    @staticmethod
    def clock() -> float:
        return time.perf_counter()

    # ---- a turn of the loop -------------------------------------------------------------------------------------------

    def turn(self, timeout: float) -> None:
        for fd, event in self.epoll.poll(timeout, 256):
            line = self.lines.get(fd)
            if line is None:
                continue
            if line.state == "http" and event & select.EPOLLOUT:
                self.epoll.modify(fd, select.EPOLLIN)
                line.sock.send(HANDSHAKE.format(port=line.port).encode())
                continue
            try:
                data = line.sock.recv(1 << 18)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if data:
                self._take(line, data)
            else:
                self.lost += 1
                self.leave([line])

    def run(self, seconds: float, tick: Callable[[], None] | None = None) -> None:
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.turn(min(left, 0.002 if tick else 0.1))
            if tick:
                tick()

    def until(self, done: Callable[[], bool], timeout: float = 30) -> bool:
        end = time.perf_counter() + timeout
        while not done() and time.perf_counter() < end:
            self.turn(0.005)
        return done()

    def _take(self, line: Line, data: bytes) -> None:
        now = time.perf_counter()
        if line.buffer:
            data = line.buffer + data
        at = 0
        if line.state == "http":
            end = data.find(b"\r\n\r\n")
            if end < 0:
                line.buffer = data
                return
            if b" 101 " not in data[:20]:
                raise RuntimeError(f"refused: {data[:200]!r}")
            line.state, at = "engine", end + 4
        there = len(data)
        while there - at >= 2:
            size, start = data[at + 1], at + 2
            if size == 126:
                if there < at + 4:
                    break
                size, start = (data[at + 2] << 8) | data[at + 3], at + 4
            elif size == 127:
                if there < at + 10:
                    break
                size, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            if there < start + size:
                break
            if data[at] == 0x81:
                self._hear(line, data[start : start + size], now)
            at = start + size
        line.buffer = data[at:]

    def _hear(self, line: Line, text: bytes, now: float) -> None:
        if text[:2] == b"42":
            if line.state != "here" and text.startswith(b'42["welcome"'):
                line.state, line.joined_at = "here", now
                self.joined += 1
            self.on_event(line, text, now)
        elif text[:2] == b"43":
            self.on_answer(line, text, now)
        elif text == b"2":
            line.send("3")
        elif text[:1] == b"0":
            line.send("40" + json.dumps(line.auth))
        elif text[:2] == b"44":
            raise RuntimeError(f"not let in: {text[:300]!r}")


def _ignore(_line: Line, _text: bytes, _now: float) -> None:
    pass


def accepted(answer: bytes) -> bool:
    return b'[{"ok":true' in answer[:24]


# ---- voting -----------------------------------------------------------------------------------------------------------


class Votes:
    """Votes of a crowd: what was sent when, and answered when."""

    def __init__(self, crowd: Crowd, voters: Sequence[Line], questions: Sequence[str]) -> None:
        self.crowd, self.voters, self.questions = crowd, voters, questions
        self.took: list[float] = []
        self.refused = 0
        self.heard: list[tuple[int, float]] = []  # (seq, sent at) of each accepted vote
        self._sent: dict[tuple[Line, int], float] = {}
        self._again: Callable[[Line], None] | None = None

    def cast(self, line: Line) -> None:
        """For the next question; when all have been voted for, votes are taken back one by one."""
        turn, which = divmod(line.votes, len(self.questions))
        question = self.questions[(which + line.sock.fileno()) % len(self.questions)]
        line.votes += 1
        self._sent[line, line.votes] = time.perf_counter()
        line.command(line.votes, "question.upvote", id=question, on=turn % 2 == 0)

    def answered(self, line: Line, text: bytes, now: float) -> None:
        match = ANSWER.match(text)
        assert match is not None
        sent = self._sent.pop((line, int(match[1])), None)
        if sent is None:
            return
        self.took.append(now - sent)
        if accepted(text):
            seq = text.rpartition(b'"seq":')[2].partition(b"}")[0]
            self.heard.append((int(seq) if seq.isdigit() else 0, sent))
        else:
            self.refused += 1
        if self._again is not None:
            self._again(line)

    def one_in_flight_each(self, seconds: float) -> float:
        """As fast as they are answered. Returns the seconds it lasted, without what came late."""
        self.crowd.on_answer, self._again = self.answered, self.cast
        began = time.perf_counter()
        for line in self.voters:
            self.cast(line)
        self.crowd.run(seconds)
        lasted, self._again = time.perf_counter() - began, None
        answered = len(self.took)
        self.crowd.until(lambda: not self._sent, 10)
        del self.took[answered:]
        return lasted

    def at_rate(self, per_second: float, seconds: float) -> None:
        """One after the other in turn, evenly."""
        self.crowd.on_answer = self.answered
        began, count = time.perf_counter(), 0

        def tick() -> None:
            nonlocal count
            due = min(int((time.perf_counter() - began) * per_second), int(per_second * seconds))
            while count < due:
                self.cast(self.voters[count % len(self.voters)])
                count += 1

        self.crowd.run(seconds, tick)
        self.crowd.until(lambda: not self._sent, 15)

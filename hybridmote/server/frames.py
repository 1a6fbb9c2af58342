"""WebSocket frames (RFC 6455), as a server writes and reads them."""

import struct
from collections.abc import Iterator

from .limits import Limits

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
FINAL = 0x80
MASKED = 0x80
RESERVED = 0x70

GOING_AWAY, PROTOCOL_ERROR, UNSUPPORTED, INVALID_DATA, POLICY, TOO_LARGE, SERVER_ERROR, RESTART = (
    1001,
    1002,
    1003,
    1007,
    1008,
    1009,
    1011,
    1012,
)


class BadFrame(Exception):
    """The peer broke the protocol or a limit; `code` is the close code it is told."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def text_frame(text: str) -> bytes:
    return frame(TEXT, utf8(text))


def close_frame(code: int, reason: str = "") -> bytes:
    return frame(CLOSE, struct.pack("!H", code) + reason.encode()[:123])


def frame(opcode: int, payload: bytes) -> bytes:
    """One unfragmented, unmasked frame."""
    size = len(payload)
    if size < 126:
        head = bytes((FINAL | opcode, size))
    elif size < 65536:
        head = struct.pack("!BBH", FINAL | opcode, 126, size)
    else:
        head = struct.pack("!BBQ", FINAL | opcode, 127, size)
    return head + payload


def utf8(text: str) -> bytes:
    """UTF-8, always: JSON lets a lone surrogate through, and one such byte sequence would end every reader's socket."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


class FrameReader:
    """Takes what arrives and gives whole messages, never holding more than one message's limit plus one read."""

    __slots__ = ("_limits", "_opcode", "_parts", "_rest", "_size")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rest = b""
        self._parts: list[bytes] | None = None
        self._opcode = 0
        self._size = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield (opcode, payload) of every whole message and control frame in order.

        Raises BadFrame. What came before the bad frame has been yielded by then.
        """
        if self._rest:
            data = self._rest + data
            self._rest = b""
        at = 0
        while True:
            head = self._head(data, at)
            if head is None:
                break
            first, size, start = head
            end = start + 4 + size
            if len(data) < end:
                break
            payload = unmask(data[start + 4 : end], data[start : start + 4])
            at = end
            whole = self._whole(first, payload)
            if whole is not None:
                # kept before yielding: the consumer may leave the loop here
                yield whole
        self._rest = data[at:]

    def _head(self, data: bytes, at: int) -> tuple[int, int, int] | None:
        """(first byte, payload size, where the mask begins), or None when the header is not all here yet.

        The announced size is judged at once, before anything of the payload is kept.
        """
        there = len(data) - at
        if there < 2:
            return None
        first, second = data[at], data[at + 1]
        size, start = second & 0x7F, at + 2
        if size == 126:
            if there < 4:
                return None
            size, start = (data[start] << 8) | data[start + 1], start + 2
        elif size == 127:
            if there < 10:
                return None
            size, start = int.from_bytes(data[start : start + 8], "big"), start + 8
        self._judge(first, second, size)
        return first, size, start

    def _judge(self, first: int, second: int, size: int) -> None:
        opcode = first & 0x0F
        if first & RESERVED or not second & MASKED:
            raise BadFrame(PROTOCOL_ERROR, "compressed or unmasked")
        if opcode in (CLOSE, PING, PONG):
            if size > 125 or not first & FINAL:
                raise BadFrame(PROTOCOL_ERROR, "bad control frame")
            return
        if opcode not in (CONTINUATION, TEXT, BINARY) or (opcode == CONTINUATION) != (self._parts is not None):
            raise BadFrame(PROTOCOL_ERROR, "unexpected frame")
        if (self._size if self._parts is not None else 0) + size > self._limits.message_bytes:
            raise BadFrame(TOO_LARGE, "message too large")

    def _whole(self, first: int, payload: bytes) -> tuple[int, bytes] | None:
        opcode = first & 0x0F
        if opcode & 0x8:
            return opcode, payload
        if self._parts is None:
            if first & FINAL:
                return opcode, payload
            self._opcode, self._parts, self._size = opcode, [payload], len(payload)
            return None
        self._parts.append(payload)
        self._size += len(payload)
        if first & FINAL:
            message = self._opcode, b"".join(self._parts)
            self._parts = None
            return message
        if len(self._parts) >= self._limits.message_fragments:
            raise BadFrame(TOO_LARGE, "too many fragments")
        return None


def unmask(payload: bytes, mask: bytes) -> bytes:
    """XOR as one large integer: hundreds of times faster than byte by byte in Python."""
    size = len(payload)
    if not size:
        return payload
    key = (mask * ((size + 3) >> 2))[:size]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")).to_bytes(size, "little")

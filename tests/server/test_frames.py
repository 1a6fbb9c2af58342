"""WebSocket frames: whatever way they are cut, the same messages come out, and never more is kept than allowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybridmote.server import Limits
from hybridmote.server.frames import (
    BINARY,
    CONTINUATION,
    PING,
    PROTOCOL_ERROR,
    TEXT,
    TOO_LARGE,
    BadFrame,
    FrameReader,
    text_frame,
)
from tests.server.client import frame

LIMITS = Limits(message_bytes=1000, message_fragments=5)


def read(data: bytes, limits: Limits = LIMITS) -> list[tuple[int, bytes]]:
    return list(FrameReader(limits).feed(data))


@given(
    st.lists(st.tuples(st.lists(st.binary(max_size=190), min_size=1, max_size=5), st.booleans()), max_size=8),
    st.data(),
)
def test_messages_come_out_whole_however_they_are_cut(
    messages: list[tuple[list[bytes], bool]], data: st.DataObject
) -> None:
    stream, expected = b"", []
    for parts, pinged in messages:
        for number, part in enumerate(parts):
            opcode = TEXT if number == 0 else CONTINUATION
            stream += frame(part, opcode, final=number == len(parts) - 1)
            if pinged and number < len(parts) - 1:
                stream += frame(b"still there?", PING)
                expected.append((PING, b"still there?"))
        expected.append((TEXT, b"".join(parts)))
    reader, got, at = FrameReader(LIMITS), [], 0
    while at < len(stream):
        size = data.draw(st.integers(1, len(stream) - at))
        got += list(reader.feed(stream[at : at + size]))
        at += size
    assert got == expected


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        pytest.param(frame("x", masked=False), PROTOCOL_ERROR, id="unmasked"),
        pytest.param(bytes((0xC1, 0x80)) + b"\0" * 4, PROTOCOL_ERROR, id="compressed"),
        pytest.param(frame("x", 3), PROTOCOL_ERROR, id="unknown kind"),
        pytest.param(frame("x", CONTINUATION), PROTOCOL_ERROR, id="continues nothing"),
        pytest.param(frame("x", final=False) + frame("y"), PROTOCOL_ERROR, id="begins anew in the middle"),
        pytest.param(frame(b"x" * 126, PING), PROTOCOL_ERROR, id="control frame too long"),
        pytest.param(frame(b"x", PING, final=False), PROTOCOL_ERROR, id="control frame in pieces"),
        pytest.param(frame("", size=1001), TOO_LARGE, id="announces too much"),
        pytest.param(frame("", size=1 << 62), TOO_LARGE, id="announces absurdly much"),
        pytest.param(
            frame(b"x" * 600, final=False) + frame(b"y" * 401, CONTINUATION), TOO_LARGE, id="too large in pieces"
        ),
        pytest.param(
            frame("", final=False) + frame("", CONTINUATION, final=False) * 4, TOO_LARGE, id="many empty pieces"
        ),
    ],
)
def test_it_refuses_with_the_right_code(bad: bytes, code: int) -> None:
    with pytest.raises(BadFrame) as refused:
        read(bad)
    assert refused.value.code == code


def test_what_came_before_a_bad_frame_is_delivered() -> None:
    reader = FrameReader(LIMITS).feed(frame("good") + frame("bad", masked=False))
    assert next(reader) == (TEXT, b"good")
    with pytest.raises(BadFrame):
        next(reader)


def test_the_largest_message_is_let_through() -> None:
    assert read(frame(b"x" * 1000)) == [(TEXT, b"x" * 1000)]
    assert read(frame(b"x" * 1000, BINARY)) == [(BINARY, b"x" * 1000)]


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
def test_a_written_frame_announces_its_size(size: int) -> None:
    from tests.server.client import Socket

    reader = Socket.__new__(Socket)
    reader.buffer = text_frame("x" * size)
    assert reader.next_frame() == (TEXT, b"x" * size)
    assert reader.buffer == b""


def test_a_lone_surrogate_does_not_make_invalid_utf8() -> None:
    assert text_frame("a\ud800b")[2:].decode() == "a?b"

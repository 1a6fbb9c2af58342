"""What a client of the real server meets, by WebSocket and by polling, on the fast path and on the stock one."""

import json
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.server.client import (
    BINARY,
    CONTINUATION,
    PING,
    PONG,
    Poller,
    Socket,
    close_all,
    crowd,
    eventually,
    frame,
    get,
    stats,
)
from tests.server.conftest import Small

SESSION = "/socket.io/?EIO=4&transport=websocket&sid="


def cookie_of(port: int) -> str:
    return get(port, "/hello")[1]["set-cookie"].partition(";")[0]


def page(port: int) -> dict[str, str]:
    """The headers of a browser that has been to our page."""
    return {"Origin": f"http://127.0.0.1:{port}", "Cookie": cookie_of(port)}


# sending to many


def test_everybody_gets_the_same_bytes_encoded_once(port: int) -> None:
    people = crowd(port, 30)
    before = stats(port)["encoded"]
    assert people[0].call("broadcast", 5) >= 30
    assert stats(port)["encoded"] - before == 5
    for one in people:
        while len(one.events) < 5:
            one.take(one.next_text())
        assert one.events == [["changes", {"n": n, "pad": ""}] for n in range(5)]
    assert len({b"".join(one.raw[-5:]) for one in people}) == 1
    close_all(people)


def test_each_socket_hears_everything_in_order_answers_included(port: int) -> None:
    """Many speak at once without waiting. A broadcast, an emit and the answer of one command come in that order."""
    people = crowd(port, 20)
    polling = Poller(port).connect()
    assert polling.next_packet().startswith('42["welcome"')
    rounds = 25
    for _ in range(rounds):
        for one in people:
            one.emit("mixed", 200)
    total = rounds * len(people)
    orders = []
    for one in people:
        while len(one.acks) < rounds or sum(name == "changes" for name, _ in one.order) < total:
            one.take(one.next_text())
        orders.append([data["n"] for name, data in one.order if name == "changes"])
        mine = [(name, data if name == "ack" else data["n"]) for name, data in one.order if name != "welcome"]
        for number in one.acks.values():
            own = [mine.index((name, number)) for name in ("changes", "emitted", "ack")]
            assert own == sorted(own)
    heard = []
    while len(heard) < total:
        heard.append(json.loads(polling.next_packet()[2:])[1]["n"])
    first = orders[0][0]
    assert orders[0] == list(range(first, first + total))
    assert all(order == orders[0] for order in [*orders, heard])
    close_all(people)


def test_what_is_written_during_connect_is_held_until_it_is_answered(port: int) -> None:
    with_socket = Socket(port).connect({"slow": 0.05})
    assert with_socket.events == []  # nothing came before the answer
    assert [with_socket.next_event()[0] for _ in range(2)] == ["changes", "welcome"]
    with_socket.close()
    polling = Poller(port).connect({"slow": 0.05})
    assert [json.loads(polling.next_packet()[2:])[0] for _ in range(2)] == ["changes", "welcome"]


def test_a_large_welcome_arrives_whole_through_a_small_buffer(port: int) -> None:
    one = Socket(port, receive_buffer=4096).connect({"pad": 1_000_000})
    assert len(one.next_event()[1]["pad"]) == 1_000_000
    assert one.call("echo", 1) == 1
    one.close()


def test_a_reader_who_does_not_read_is_dropped_and_delays_nobody(start_small: Callable[..., Small]) -> None:
    server = start_small(limits={"backlog_bytes": 100_000})
    people = crowd(server.port, 20)
    deaf = Socket(server.port, receive_buffer=4096).connect()
    worst = 0.0
    for _ in range(60):
        begun = time.monotonic()
        people[0].call("broadcast", 1, 20_000)
        for one in people:
            while len(one.events) < 1:
                one.take(one.next_text())
            one.events.clear()
        worst = max(worst, time.monotonic() - begun)
    assert worst < 1
    assert eventually(server.port, present=20, writers=20)["left"] == 1
    assert b"hybridmote_slow_readers_total 1.0" in get(server.port, "/metrics")[2]
    assert deaf.wait_closed() is None
    again = Socket(server.port).connect()  # it comes back and is served
    assert again.call("echo", 1) == 1


def test_a_reader_who_takes_nothing_for_long_is_dropped(start_small: Callable[..., Small]) -> None:
    server = start_small(limits={"stalled_seconds": 0.5, "send_buffer_bytes": 4096})
    one = Socket(server.port, receive_buffer=4096).connect()
    one.emit("broadcast", 1, 3_000_000)  # less than the backlog may be, at first
    eventually(server.port, present=0, sessions=0)


# polling, and the change from it


def test_polling_alone_is_enough(port: int) -> None:
    one = Poller(port, page(port)).connect()
    assert json.loads(one.next_packet()[2:])[1]["who"] == "cookie"
    one.post('421["echo",{"text":"Hur går det?"}]', '422["echo",2]')
    assert sorted([one.next_packet(), one.next_packet()]) == ['431[{"text":"Hur går det?"}]', "432[2]"]
    one.post("41")
    assert one.request("POST", body='423["echo",1]')[0] in (200, 400)


def test_an_upgrade_loses_and_reorders_nothing(port: int) -> None:
    speaker = Socket(port).connect()
    one = Poller(port).connect()
    one.next_packet()
    heard = []

    def hear(packet: str) -> None:
        heard.append(json.loads(packet[2:])[1]["n"])

    numbers = [speaker.call("mixed") for _ in range(3)]
    wire = Socket(port, path=SESSION + one.session)
    wire.send("2probe")
    numbers += [speaker.call("mixed") for _ in range(3)]
    assert wire.next_text() == "3probe"
    for packet in one.poll():
        if packet != "6":
            hear(packet)
    numbers += [speaker.call("mixed") for _ in range(3)]
    wire.send("5")
    numbers += [speaker.call("mixed") for _ in range(3)]
    wire.send('421["echo","by wire now"]')
    while "ack" not in [name for name, _ in wire.order] or len(heard) + len(wire.events) < len(numbers):
        text = wire.next_text()
        if text != "6":
            wire.take(text)
    heard += [data["n"] for name, data in wire.order if name == "changes"]
    assert heard == numbers
    assert one.request("GET")[0] == 400  # polling is over
    wire.close()
    speaker.close()


def test_an_upgrade_that_comes_to_nothing_leaves_polling_as_it_was(port: int) -> None:
    one = Poller(port).connect()
    one.next_packet()
    wire = Socket(port, path=SESSION + one.session)
    wire.send("2probe")
    assert wire.next_text() == "3probe"
    wire.close()
    time.sleep(0.1)
    one.post('421["echo",1]')
    assert one.next_packet() == "431[1]"


def test_nobody_upgrades_a_session_that_is_not_there(port: int) -> None:
    assert Socket(port, path=SESSION + "nothing").status == 400


# who may connect


def test_a_page_of_ours_is_known_by_its_cookie(port: int) -> None:
    one = Socket(port, headers=page(port)).connect()
    assert one.next_event()[1]["who"] == "cookie"
    one.close()


def test_a_foreign_page_is_refused(port: int) -> None:
    headers = page(port) | {"Origin": "https://elsewhere.example.org"}
    assert Socket(port, headers=headers).status == 403
    assert Poller(port, headers).request("GET")[0] == 403


def test_without_origin_only_a_token_says_who(port: int) -> None:
    cookie = {"Cookie": cookie_of(port)}
    one = Socket(port, headers=cookie).connect({"token": "secret"})
    assert one.next_event()[1]["who"] == "secret"
    one.close()
    one = Socket(port, headers=cookie).connect()
    assert one.next_event()[1]["who"] is None
    one.close()


@pytest.mark.slow
@pytest.mark.parametrize("auth", [{"refuse": True}, {"fail": True}])
def test_a_refusal_is_told_and_the_socket_ends(port: int, auth: dict[str, Any]) -> None:
    before = stats(port)
    one = Socket(port)
    with pytest.raises(PermissionError):
        one.connect(auth)
    with pytest.raises(PermissionError):
        Poller(port).connect(auth)
    one.wait_closed()
    eventually(port, sessions=before["sessions"], clients=before["clients"], environs=before["environs"])


def test_who_leaves_while_connecting_is_not_left_behind(port: int) -> None:
    before = stats(port)
    one = Socket(port).open()
    one.send('40{"slow":0.3}')
    eventually(port, present=before["present"] + 1)
    one.close()
    after = eventually(port, present=before["present"], clients=before["clients"], sessions=before["sessions"])
    assert after["left"] == before["left"] + 1
    assert after["writers"] == before["writers"]


def test_who_does_not_sign_in_is_shown_out(start_small: Callable[..., Small]) -> None:
    server = start_small(limits={"seconds_to_connect": 0.5})
    silent, polling = Socket(server.port).open(), Poller(server.port)
    polling.next_packet()
    begun = time.monotonic()
    silent.wait_closed()
    assert time.monotonic() - begun < 2
    eventually(server.port, sessions=0, waiting=0)
    arrived = Socket(server.port).connect()
    time.sleep(1)
    assert arrived.call("echo", 1) == 1


@pytest.mark.parametrize("fast", [True, False])
def test_who_waits_for_our_answer_is_not_shown_out(start_small: Callable[..., Small], fast: bool) -> None:
    limits = {"seconds_to_connect": 0.3, "seconds_to_leave": 0.2, "arrivals_at_once": 1}
    server = start_small(fast=fast, limits=limits)
    people = [Socket(server.port).open() for _ in range(3)]
    for one in people:
        one.send('40{"slow":0.6}')
    for one in people:
        assert one.next_text().startswith("40{")


@pytest.mark.parametrize("fast", [True, False])
def test_one_address_cannot_take_every_seat(start_small: Callable[..., Small], fast: bool) -> None:
    server = start_small(fast=fast, limits={"waiting_per_address": 5})
    waiting = [Socket(server.port).open() for _ in range(5)]
    assert Socket(server.port).status == 429
    assert Poller(server.port).request("GET")[0] == 429
    waiting[0].connect()
    waiting[1].close()
    eventually(server.port, waiting=3)
    close_all([Socket(server.port).open() for _ in range(2)])
    eventually(server.port, waiting=3)
    assert len(crowd(server.port, 20, at_once=2)) == 20  # who has signed in takes nobody's seat
    assert b'hybridmote_turned_away_total{code="too_many"} 2.0' in get(server.port, "/metrics")[2]


@pytest.mark.slow
@pytest.mark.parametrize("fast", [True, False])
def test_who_does_not_answer_pings_is_gone_and_who_does_stays(start_small: Callable[..., Small], fast: bool) -> None:
    server = start_small(fast=fast, limits={"ping_seconds": 1, "pong_seconds": 1})
    answering, silent, polling = (
        Socket(server.port).connect(),
        Socket(server.port).connect(),
        Poller(server.port).connect(),
    )
    until = time.monotonic() + 4.5
    polling.next_packet()
    while time.monotonic() < until:
        polling.post('421["echo",1]')  # next_packet answers the pings on its way
        polling.next_packet()
        assert answering.call("echo", 1) == 1
        time.sleep(0.2)
    eventually(server.port, present=2)
    silent.close()


HANDSHAKE = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: hall.example\r\nupgrade: WebSocket\r\n"
    b"connection: Upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
)


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        pytest.param([HANDSHAKE + b"\r\n"], b" 101 ", id="at once"),
        pytest.param([HANDSHAKE[:20], HANDSHAKE[20:90], HANDSHAKE[90:] + b"\r\n"], b" 101 ", id="trickling in"),
        pytest.param([HANDSHAKE + b"Origin: http://hall.example\r\n\r\n"], b" 101 ", id="our page"),
        pytest.param([HANDSHAKE + b"Origin:http://hall.example \r\n\r\n"], b" 101 ", id="odd spaces"),
        pytest.param([HANDSHAKE + b"X_Odd: 1\r\nOrigin: http://x.example\r\n\r\n"], b" 403 ", id="an odd header"),
        pytest.param(
            [HANDSHAKE + b"Origin: http://hall.example\r\nOrigin: http://x.example\r\n\r\n"], b" 403 ", id="two pages"
        ),
        pytest.param([HANDSHAKE.replace(b"13", b"8") + b"\r\n"], b" 426 ", id="an old version"),
        pytest.param([HANDSHAKE.replace(b"EIO=4", b"EIO=3") + b"\r\n"], b" 400 ", id="an old engine"),
        pytest.param([HANDSHAKE.replace(b"websocket HTTP", b"smoke HTTP") + b"\r\n"], b" 400 ", id="no transport"),
    ],
)
def test_a_handshake_is_judged_alike_however_it_arrives(port: int, pieces: list[bytes], status: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
        for piece in pieces:
            sock.sendall(piece)
            time.sleep(0.02)
        assert status in sock.recv(4096)[:16]


# what they may say


def test_compression_is_not_agreed_to(port: int) -> None:
    one = Socket(port, headers={"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"})
    assert one.status == 101
    assert "sec-websocket-extensions" not in one.headers
    one.close()


def test_a_message_may_come_in_pieces_with_a_ping_between(port: int) -> None:
    one = Socket(port).connect()
    one.sock.sendall(
        frame('421["ec', final=False)
        + frame(b"hello", PING)
        + frame('ho","å', CONTINUATION, final=False)
        + frame('"]', CONTINUATION)
    )
    answers = []
    while len(answers) < 2:
        opcode, payload = one.next_frame()
        if not payload.startswith(b'42["welcome"'):
            answers.append((opcode, payload))
    assert sorted(answers) == [(1, '431["å"]'.encode()), (PONG, b"hello")]
    one.close()


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize(
    "flood",
    [
        pytest.param([frame("x" * 65_000)] * 2, id="large but allowed, twice"),
        pytest.param([frame("4" + "x" * 70_000)], id="one too large"),
        pytest.param([frame("", size=1 << 40)], id="one that announces a terabyte"),
        pytest.param(
            [frame("4" * 1000, final=False)] + [frame("x" * 1000, CONTINUATION, final=False)] * 100, id="pieces"
        ),
        pytest.param([frame("4", final=False)] + [frame("", CONTINUATION, final=False)] * 1000, id="empty pieces"),
        pytest.param([frame(b"x" * 100, BINARY)], id="binary"),
        pytest.param([frame("garbage")], id="garbage"),
        pytest.param([frame(b"4\xff\xfe")], id="not UTF-8"),
        pytest.param([frame('451-["x",{"_placeholder":true,"num":0}]')], id="binary event"),
        pytest.param([frame('421["connect",{"token":"x"}]')], id="an event called connect"),
        pytest.param([frame("42" + "[" * 20_000)], id="deeply nested"),
        pytest.param([frame("x", masked=False)], id="unmasked"),
    ],
)
def test_what_breaks_the_rules_ends_that_socket_and_no_other(port: int, signed_in: bool, flood: list[bytes]) -> None:
    other, before = Socket(port).connect(), stats(port)
    one = Socket(port).open()
    if signed_in:
        one.connect()
    try:
        for piece in flood:
            one.sock.sendall(piece)
    except (BrokenPipeError, ConnectionResetError):
        pass
    one.wait_closed()
    eventually(port, sessions=before["sessions"], present=before["present"])
    assert other.call("echo", 1) == 1
    other.close()


@pytest.mark.parametrize("fast", [True, False])
def test_ninety_megabytes_in_pieces_before_signing_in_are_not_kept(
    start_small: Callable[..., Small], fast: bool
) -> None:
    server = start_small(fast=fast)
    before = stats(server.port)["rss"]
    for size in (900, 60_000):
        one = Socket(server.port).open()
        sent, piece = 0, frame("x" * size, CONTINUATION, final=False)
        try:
            one.sock.sendall(frame("4", final=False))
            while sent < 90_000_000:
                sent += one.sock.send(piece * (120_000 // size))
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            pass
        assert sent < 20_000_000  # what the kernels' buffers hold
        one.close()
    assert stats(server.port)["rss"] - before < 8_000_000


def test_a_polling_body_is_limited(port: int) -> None:
    one = Poller(port)
    one.session = json.loads(one.next_packet()[1:])["sid"]
    assert one.request("POST", body="4" + "x" * 100_000)[0] == 413
    before = stats(port)
    assert one.request("POST", body="garbage")[0] in (200, 400)
    assert before["present"] == stats(port)["present"]


def test_another_namespace_is_refused(port: int) -> None:
    one = Socket(port).open()
    one.send("40/admin,")
    assert one.next_text().startswith("44/admin,")
    one.close()


def test_a_command_that_waits_keeps_nobody_waiting(port: int) -> None:
    one = Socket(port).connect()
    first, second = one.emit("slow", 0.3), one.emit("echo", 2)
    while len(one.acks) < 2:
        one.take(one.next_text())
    assert list(one.acks) == [second, first]
    one.close()


def test_one_socket_cannot_set_everything_in_motion(start_small: Callable[..., Small]) -> None:
    server = start_small(limits={"events_in_flight": 10})
    one, other = Socket(server.port).connect(), Socket(server.port).connect()
    for _ in range(200):
        one.emit("slow", 0.05, "x" * 2000)
    assert other.call("echo", 1) == 1
    while len(one.acks) < 200:
        one.take(one.next_text())
    assert stats(server.port)["most_running"] <= 10 + 8  # one read may bring a few more


# many


@pytest.mark.slow
def test_a_disconnected_person_is_told_and_the_line_is_closed(port: int) -> None:
    one = Socket(port).connect()
    one.next_event()
    one.emit("end", ack=False)
    assert one.next_event()[0] == "ended"
    assert one.next_text() == "41"
    begun = time.monotonic()
    one.wait_closed()
    assert time.monotonic() - begun < 4


@pytest.mark.slow
def test_two_thousand_come_and_leave_at_once(port: int) -> None:
    before = stats(port)
    people = crowd(port, 2000)
    there = stats(port)
    assert there["present"] - before["present"] == 2000
    begun = time.monotonic()
    people[0].call("broadcast", 1)
    for one in people[1:]:
        one.next_event()
    assert time.monotonic() - begun < 3
    stats(port)
    close_all(people)
    gone = eventually(port, seconds=10, present=before["present"], clients=before["clients"])
    assert gone["left"] - before["left"] == 2000
    # By its own clock: on a busy machine somebody else may stall it. The stock path wakes them all in one turn.
    assert gone["worst_busy"] < (0.1 if gone["fast"] else 0.4)
    eventually(port, seconds=10, sessions=before["sessions"], descriptors=before["descriptors"])

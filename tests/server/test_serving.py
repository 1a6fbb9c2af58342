"""The port, from opening to closing: who has it, how much of a request is borne, and that stopping hurts nobody."""

import http.client
import json
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from hybridmote.server import PortBusy, monkey_patch, serve, worst_stall
from tests.server.client import Closed, Poller, Socket, crowd, eventually, get, stats
from tests.server.conftest import Small

Start = Callable[..., Small]


def talk(port: int, text: bytes, wait: float = 5) -> bytes:
    """What the server answers until it closes or falls silent."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as sock:
        sock.sendall(text)
        got = b""
        try:
            while data := sock.recv(65536):
                got += data
        except (TimeoutError, ConnectionResetError):
            pass
        return got


def test_a_taken_port_is_a_sentence_not_a_traceback(start_small: Start) -> None:
    first = start_small()
    with pytest.raises(AssertionError) as second:
        start_small(port=first.port)
    assert f"Port {first.port} on 127.0.0.1 is in use by another program." in str(second.value)
    assert get(first.port, "/hello")[0] == 200


def test_port_busy_knows_its_port() -> None:
    assert (PortBusy("localhost", 80).host, PortBusy("localhost", 80).port) == ("localhost", 80)


def test_serving_unpatched_is_refused_at_once() -> None:
    with pytest.raises(RuntimeError, match="monkey_patch"):
        serve(None, None, "127.0.0.1", 0)
    assert worst_stall() == 0
    assert callable(monkey_patch)


def test_a_restart_gets_its_port_back_at_once(start_small: Start) -> None:
    first = start_small()
    people = crowd(first.port, 5)
    first.terminate()
    assert first.wait() == 0
    assert start_small(port=first.port).port == first.port
    assert len(people) == 5


@pytest.mark.parametrize("fast", [True, False])
def test_stopping_finishes_what_is_under_way(start_small: Start, fast: bool) -> None:
    server = start_small(fast=fast)
    answers: dict[str, Any] = {}

    def ask(name: str, work: Callable[[], Any]) -> threading.Thread:
        def run() -> None:
            try:
                answers[name] = work()
            except Exception as error:
                answers[name] = error

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    one, polling = Socket(server.port).connect(), Poller(server.port).connect()
    one.next_event()
    polling.next_packet()
    idle = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    idle.request("GET", "/hello")
    assert idle.getresponse().read() == b"hello"
    threads = [
        ask("poll", lambda: polling.request("GET")),
        ask("page", lambda: get(server.port, "/slow/1.5")[::2]),
        ask("command", lambda: one.call("slow", 1.0)),
    ]
    eventually(server.port, slow_pages=1, running=1)
    server.terminate()
    time.sleep(0.3)
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", server.port), timeout=1)
    assert server.wait() == 0
    for thread in threads:
        thread.join()
    assert answers["page"] == (200, b"done")
    if fast:  # the stock path cannot tell whether a command is under way; its client sends it again
        assert answers["command"] == "slept"
        with pytest.raises(Closed) as closed:
            one.next_text()
        assert closed.value.code == 1012
    else:
        one.wait_closed()
    assert answers["poll"] in ((200, "1"), (200, ""))
    assert idle.sock is not None
    assert idle.sock.recv(1) == b""
    idle.close()
    assert server.process.stdout is not None
    assert json.loads(server.process.stdout.read()) == {"exit": True}


def test_an_echo_of_the_signal_does_not_cut_the_stopping_short(start_small: Start) -> None:
    server = start_small()
    answers: list[bytes] = []
    thread = threading.Thread(target=lambda: answers.append(get(server.port, "/slow/1.0")[2]))
    thread.start()
    eventually(server.port, slow_pages=1)
    server.process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    server.terminate()
    assert server.wait() == 0
    thread.join()
    assert answers == [b"done"]


def test_stopping_is_bounded(start_small: Start) -> None:
    server = start_small(drain_seconds=1)
    thread = threading.Thread(target=lambda: talk(server.port, b"GET /slow/30.0 HTTP/1.1\r\nHost: x\r\n\r\n"))
    thread.start()
    eventually(server.port, slow_pages=1)
    server.terminate()
    assert server.wait(10) == 0
    thread.join()


def test_the_log_has_a_line_for_each_request_and_no_query(start_small: Start) -> None:
    server = start_small(log=True)
    get(server.port, "/hello?token=secret")
    get(server.port, "/fail")
    Socket(server.port, path="/socket.io/?EIO=4&transport=websocket&token=secret").connect({"token": "secret"})
    Socket(server.port, headers={"Origin": "http://elsewhere.example.org"})
    server.terminate()
    server.wait()
    said = server.said()
    lines = [json.loads(line) for line in said.splitlines() if line.startswith('{"method"')]
    assert [(line["path"], line["status"]) for line in lines] == [
        ("/hello", 200),
        ("/fail", 500),
        ("/socket.io/", 101),
        ("/socket.io/", 403),
    ]
    assert all(line["seconds"] >= 0 and line["remote"] == "127.0.0.1" for line in lines)
    assert "secret" not in said


def test_running_out_of_descriptors_is_survived(start_small: Start) -> None:
    server = start_small(descriptors=60)
    held = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(80)]
    time.sleep(0.5)
    for one in held:
        one.close()
    assert get(server.port, "/hello")[0] == 200
    assert "cannot accept" in server.said()


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        pytest.param(b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n", b" 414 ", id="a long address"),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + b"x" * 9000 + b"\r\n\r\n", b" 400 ", id="a long header"),
        pytest.param(
            b"GET / HTTP/1.1\r\n" + b"".join(b"X%d: %s\r\n" % (n, b"x" * 4000) for n in range(12)) + b"\r\n",
            b" 400 ",
            id="much header",
        ),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", b" 431 ", id="many headers"),
        pytest.param(
            b"POST /size HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b" 400 ",
            id="two lengths",
        ),
    ],
)
def test_too_much_of_a_request(port: int, request_: bytes, answer: bytes) -> None:
    assert answer in talk(port, request_, wait=2)[:600]
    assert get(port, "/hello")[0] == 200


def test_an_error_shows_nothing_of_the_inside(port: int) -> None:
    status, headers, body = get(port, "/fail")
    assert status == 500
    assert b"Traceback" not in body
    assert "server" not in headers


def test_a_stall_is_noticed(start_small: Start) -> None:
    server = start_small()
    stats(server.port)
    get(server.port, "/stall/0.3")
    assert 0.25 < stats(server.port)["worst_stall"] < 1.5
    metrics = get(server.port, "/metrics")[2].decode()
    late = [line for line in metrics.splitlines() if line.startswith('hybridmote_hub_stall_seconds_bucket{le="0.2"}')]
    count = [line for line in metrics.splitlines() if line.startswith("hybridmote_hub_stall_seconds_count")]
    assert float(count[0].split()[1]) > float(late[0].split()[1])


def test_small_writes_are_not_held_back(port: int) -> None:
    """Nagle's algorithm with delayed acknowledgements would make each of these wait 40 ms."""
    one = Socket(port).connect()
    one.next_event()
    begun = time.monotonic()
    for _ in range(20):
        assert one.call("mixed") >= 1
    assert time.monotonic() - begun < 0.6


def test_nobody_is_left_when_all_have_gone(port: int) -> None:
    people = crowd(port, 50)
    for one in people[:25]:
        one.close()
    for one in people[25:]:
        one.send("41")
    eventually(port, present=0, writers=0, clients=0)

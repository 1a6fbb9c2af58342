"""Who may begin to talk: every combination of Origin, cookie and kind of request that matters."""

import base64
from collections.abc import Iterable
from typing import Any

import pytest

from hybridmote.server import Limits
from hybridmote.server.gate import Gate, origin_of

HOST = "meet.example.org"
OURS = "https://meet.example.org"
FOREIGN = "https://elsewhere.example.org"
COOKIE = {"HTTP_COOKIE": "session=abc"}
SOCKET = {
    "HTTP_UPGRADE": "websocket",
    "HTTP_CONNECTION": "keep-alive, Upgrade",
    "HTTP_SEC_WEBSOCKET_VERSION": "13",
    "HTTP_SEC_WEBSOCKET_KEY": base64.b64encode(b"0123456789abcdef").decode(),
}
POST = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "10"}


def ask(
    headers: dict[str, str], *, base_url: str | None = OURS, trusted_hosts: tuple[str, ...] = (), full: bool = False
) -> tuple[int, dict[str, Any]]:
    """(status, environ as the application saw it, {} when it was not asked)."""
    seen: dict[str, Any] = {}
    status = [0]

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen.update(environ)
        start_response("200 OK", [])
        return [b""]

    def start_response(line: str, headers: list[tuple[str, str]], *rest: Any) -> None:
        status[0] = int(line[:3])

    gate = Gate(
        application, limits=Limits(), is_full=lambda address: full, base_url=base_url, trusted_hosts=trusted_hosts
    )
    query = "EIO=4&transport=" + ("websocket" if "HTTP_UPGRADE" in headers else "polling")
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/socket.io/",
        "QUERY_STRING": query,
        "HTTP_HOST": HOST,
        "REMOTE_ADDR": "192.0.2.1",
        **headers,
    }
    b"".join(gate(environ, start_response))
    return status[0], seen


def origin(value: str) -> dict[str, str]:
    return {"HTTP_ORIGIN": value}


@pytest.mark.parametrize(
    ("headers", "status", "keeps_cookie"),
    [
        pytest.param(SOCKET | COOKIE | origin(OURS), 200, True, id="our page's WebSocket"),
        pytest.param(SOCKET | COOKIE | origin(FOREIGN), 403, None, id="a foreign page's WebSocket"),
        pytest.param(SOCKET | COOKIE | origin("null"), 403, None, id="a sandbox's WebSocket"),
        pytest.param(SOCKET | COOKIE | origin(""), 403, None, id="an empty Origin"),
        pytest.param(SOCKET | COOKIE | origin("http://" + HOST), 403, None, id="our name without TLS"),
        pytest.param(SOCKET | COOKIE | origin(OURS + ".evil.example"), 403, None, id="a name that begins like ours"),
        pytest.param(SOCKET | COOKIE, 200, False, id="no browser: its cookie is not believed"),
        pytest.param(SOCKET, 200, False, id="no browser, no cookie"),
        pytest.param(COOKIE, 200, True, id="our page begins to poll, without Origin as browsers do"),
        pytest.param(COOKIE | origin(FOREIGN), 403, None, id="a foreign page polls"),
        pytest.param(COOKIE | {"HTTP_SEC_FETCH_SITE": "cross-site"}, 403, None, id="the browser says: a foreign page"),
        pytest.param(COOKIE | {"HTTP_SEC_FETCH_SITE": "same-site"}, 403, None, id="the browser says: a neighbour"),
        pytest.param(COOKIE | {"HTTP_SEC_FETCH_SITE": "same-origin"}, 200, True, id="the browser says: ours"),
        pytest.param(POST | COOKIE | origin(OURS), 200, True, id="our page posts"),
        pytest.param(POST | COOKIE | origin(FOREIGN), 403, None, id="a foreign page posts"),
        pytest.param(POST | COOKIE, 403, None, id="a cookie, posted without Origin"),
        pytest.param(POST, 200, False, id="no browser posts"),
    ],
)
def test_origin(headers: dict[str, str], status: int, keeps_cookie: bool | None) -> None:
    answered, seen = ask(headers)
    assert answered == status
    if keeps_cookie is not None:
        assert ("HTTP_COOKIE" in seen) is keeps_cookie


def test_the_host_that_was_asked_is_ours_whatever_the_configured_address() -> None:
    phone = SOCKET | {"HTTP_HOST": "192.0.2.7:8000", "HTTP_ORIGIN": "http://192.0.2.7:8000"}
    assert ask(phone, base_url="http://127.0.0.1:8000")[0] == 200
    assert ask(phone, base_url=None)[0] == 200
    assert ask(phone, base_url="http://127.0.0.1:8000", trusted_hosts=("meet.example.org",))[0] == 400


@pytest.mark.parametrize("host", [HOST, HOST + ":443", HOST.upper(), "also.example.org", "[2001:db8::1]:80"])
def test_trusted_hosts_include_the_configured_one(host: str) -> None:
    assert ask({"HTTP_HOST": host}, trusted_hosts=("also.example.org", "[2001:db8::1]"))[0] == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"REQUEST_METHOD": "DELETE"}, 405, id="another method"),
        pytest.param({"REQUEST_METHOD": "OPTIONS", "HTTP_ORIGIN": OURS}, 405, id="a preflight: nobody foreign may"),
        pytest.param({"QUERY_STRING": "EIO=4&transport=polling&j=0"}, 400, id="JSONP"),
        pytest.param({"QUERY_STRING": "&".join(f"a{n}=1" for n in range(30))}, 400, id="many parameters"),
        pytest.param(POST | {"CONTENT_LENGTH": "100001"}, 413, id="a large body"),
        pytest.param(POST | {"CONTENT_LENGTH": ""}, 411, id="a body without length"),
        pytest.param(POST | {"CONTENT_LENGTH": "x"}, 411, id="a length that is none"),
        pytest.param(SOCKET | {"HTTP_SEC_WEBSOCKET_VERSION": "8"}, 426, id="an old WebSocket"),
        pytest.param(SOCKET | {"HTTP_SEC_WEBSOCKET_KEY": "short"}, 400, id="a bad key"),
        pytest.param(SOCKET | {"HTTP_SEC_WEBSOCKET_KEY": "å"}, 400, id="a key that is no ASCII"),
        pytest.param(SOCKET | {"HTTP_CONNECTION": "close"}, 400, id="an upgrade that is none"),
        pytest.param(SOCKET | POST, 400, id="an upgrade by POST"),
    ],
)
def test_malformed(headers: dict[str, str], status: int) -> None:
    answered, seen = ask(headers)
    assert (answered, seen) == (status, {})


def test_compression_is_never_offered_onwards() -> None:
    _, seen = ask(SOCKET | {"HTTP_SEC_WEBSOCKET_EXTENSIONS": "permessage-deflate"})
    assert "HTTP_SEC_WEBSOCKET_EXTENSIONS" not in seen


def test_a_full_lobby_lets_nobody_new_in_but_keeps_who_is_there() -> None:
    assert ask(SOCKET, full=True)[0] == 429
    assert ask({"QUERY_STRING": "EIO=4&transport=polling&sid=abc"}, full=True)[0] == 200


def test_other_paths_are_none_of_its_business() -> None:
    assert ask({"PATH_INFO": "/m/hall", "HTTP_ORIGIN": FOREIGN, "REQUEST_METHOD": "DELETE"})[0] == 200


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Meet.Example.org:443/m/x", "https://meet.example.org"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:80/", "http://[::1]"),
    ],
)
def test_an_origin_is_written_as_browsers_do(url: str, expected: str) -> None:
    assert origin_of(url) == expected

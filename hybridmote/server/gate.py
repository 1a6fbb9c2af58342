"""The gate ahead of Engine.IO: who may even begin to talk."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .limits import Limits
from .meters import turned_away

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

PREFIX = "/socket.io/"


class Refused(Exception):
    """An HTTP answer instead of a session."""

    def __init__(self, status: str, code: str, detail: str, headers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = list(headers)


class Gate:
    """WSGI middleware around Flask-SocketIO's; touches nothing but /socket.io/.

    Origin, the rule and its reason. A browser's script always sends Origin on a WebSocket, on a POST and on anything
    that crosses sites whose answer it may read. So:

    - An Origin that is there must be ours.
    - A WebSocket without Origin is no browser's. It is let in, but *its cookie is taken away*: only a bearer token
      in the CONNECT can then say who it is, and nobody's browser was made to send that.
    - A POST without Origin but with a cookie is refused.
    - A GET without Origin is how a page of our own begins to poll (browsers leave Origin out there). A foreign page
      can cause one, never read the answer, and so never learn the session it would have to POST to. JSONP, which
      would let it read, is refused; and where the browser says `Sec-Fetch-Site`, it must not be a foreign one.
    """

    def __init__(
        self,
        application: Application,
        *,
        limits: Limits,
        is_full: Callable[[str], bool],
        base_url: str | None = None,
        trusted_hosts: Sequence[str] = (),
    ) -> None:
        self._application = application
        self._limits = limits
        self._is_full = is_full
        self._base = origin_of(base_url) if base_url else None
        self._hosts = {host.lower() for host in trusted_hosts}
        if self._hosts and self._base:
            self._hosts.add(_host_name(self._base.partition("://")[2]))

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(PREFIX):
            return self._application(environ, start_response)
        try:
            self._examine(environ)
        except Refused as refused:
            turned_away.labels(refused.code).inc()
            return _answer(refused, start_response)
        return self._application(environ, start_response)

    def _examine(self, environ: Environ) -> None:
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "POST"):
            raise Refused("405 Method Not Allowed", "method", "GET or POST.", [("Allow", "GET, POST")])
        try:
            query = parse_qs(environ.get("QUERY_STRING", ""), max_num_fields=20)
        except ValueError:
            raise Refused("400 Bad Request", "malformed", "Too many parameters.") from None
        if "j" in query:
            raise Refused("400 Bad Request", "malformed", "JSONP is not spoken here.")
        websocket = environ.get("HTTP_UPGRADE", "").lower() == "websocket"
        self._examine_host(environ)
        self._examine_origin(environ, method, websocket)
        if method == "POST":
            self._examine_size(environ)
        if websocket:
            _examine_handshake(environ)
        if "sid" not in query and self._is_full(environ.get("REMOTE_ADDR", "")):
            raise Refused("429 Too Many Requests", "too_many", "Too many are waiting here.", [("Retry-After", "2")])

    def _examine_host(self, environ: Environ) -> None:
        if self._hosts and _host_name(environ.get("HTTP_HOST", "")) not in self._hosts:
            raise Refused("400 Bad Request", "host", "Not a host of ours.")

    def _examine_origin(self, environ: Environ, method: str, websocket: bool) -> None:
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None:
            if not self._is_ours(origin, environ):
                raise Refused("403 Forbidden", "origin", "Not from a page of ours.")
        elif environ.get("HTTP_SEC_FETCH_SITE", "same-origin") not in ("same-origin", "none"):
            raise Refused("403 Forbidden", "origin", "Not from a page of ours.")
        elif websocket:
            environ.pop("HTTP_COOKIE", None)
        elif method == "POST" and "HTTP_COOKIE" in environ:
            raise Refused("403 Forbidden", "origin", "A cookie without an Origin.")

    def _is_ours(self, origin: str, environ: Environ) -> bool:
        """The configured address, or the very host that was asked (a phone in the hall may use the machine's number)."""
        origin = origin.lower()
        if origin == self._base:
            return True
        scheme, _, host = origin.partition("://")
        if scheme not in ("http", "https") or not host or host != environ.get("HTTP_HOST", "").lower():
            return False
        # behind TLS a plain http page of the same name may be anybody's on that network
        return scheme == "https" or not (self._base or "").startswith("https:")

    def _examine_size(self, environ: Environ) -> None:
        try:
            size = int(environ.get("CONTENT_LENGTH") or "-1")
        except ValueError:
            size = -1
        if size < 0:
            raise Refused("411 Length Required", "malformed", "How long is it?")
        if size > self._limits.polling_body_bytes:
            raise Refused("413 Content Too Large", "too_large", "Too much at once.", [("Connection", "close")])


def _examine_handshake(environ: Environ) -> None:
    # never offered onwards: compression costs twice the CPU and 100-220 kB a connection, and one frame could not serve all
    environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        raise Refused("426 Upgrade Required", "version", "WebSocket 13.", [("Sec-WebSocket-Version", "13")])
    upgrades = [part.strip() for part in environ.get("HTTP_CONNECTION", "").lower().split(",")]
    try:
        key = base64.b64decode(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if "upgrade" not in upgrades or len(key) != 16 or environ["REQUEST_METHOD"] != "GET":
        raise Refused("400 Bad Request", "malformed", "Not a WebSocket handshake.")


def _answer(refused: Refused, start_response: StartResponse) -> list[bytes]:
    status, _, title = refused.status.partition(" ")
    problem = {
        "type": "about:blank",
        "title": title,
        "status": int(status),
        "detail": refused.detail,
        "code": refused.code,
    }
    body = json.dumps(problem).encode()
    headers = [
        ("Content-Type", "application/problem+json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        *refused.headers,
    ]
    start_response(refused.status, headers)
    return [body]


def origin_of(url: str) -> str:
    """`https://Example.org:443/x` → `https://example.org`, as a browser writes it in Origin."""
    parts = urlsplit(url)
    standard = {"http": 80, "https": 443}.get(parts.scheme)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = f":{parts.port}" if parts.port and parts.port != standard else ""
    return f"{parts.scheme}://{host}{port}".lower()


def _host_name(host: str) -> str:
    """Without the port; an IPv6 number keeps its brackets."""
    host = host.lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]

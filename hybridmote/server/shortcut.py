"""A WebSocket handshake needs little of a web server: it is read here, and half of what joining costs is saved.

Only what is plainly a handshake of ours takes this way. Everything else, and whatever is in any way odd, is left
untouched in the socket for the web server, which knows what to answer.
"""

import io
import re
import socket
import sys
from typing import Any

from eventlet import wsgi

from .gate import Application

PREFIX = b"GET /socket.io/?"
TRANSPORT = b"transport=websocket"
LARGEST = 8192
REQUEST_LINE = re.compile(rb"GET /socket\.io/\?([!-~]+) HTTP/1\.1")
HEADER = re.compile(rb"([A-Za-z0-9-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
ABOUT_A_BODY = {"CONTENT_LENGTH", "TRANSFER_ENCODING", "EXPECT", "CONTENT_TYPE"}


def take_handshake(connection: list[Any], application: Application) -> bool:
    """Whether the connection ([address, green socket, state]) was a handshake, and has been dealt with."""
    address, sock, _ = connection
    head = sock.recv(LARGEST, socket.MSG_PEEK)
    end = head.find(b"\r\n\r\n")
    if end < 0 or not head.startswith(PREFIX):
        return False
    environ = _read(head[:end])
    if environ is None:
        return False
    sock.recv(end + 4)
    environ.update(
        {
            "REMOTE_ADDR": address[0],
            "REMOTE_PORT": str(address[1]),
            "eventlet.input": _Input(sock),
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
        }
    )
    _run(application, environ, sock)
    return True


def _read(head: bytes) -> dict[str, Any] | None:
    """The WSGI environment of a handshake; None for anything else."""
    first, *lines = head.split(b"\r\n")
    request = REQUEST_LINE.fullmatch(first)
    if request is None or TRANSPORT not in first:
        return None
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/socket.io/",
        "QUERY_STRING": request[1].decode("ascii"),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for line in lines:
        header = HEADER.fullmatch(line)
        if header is None:
            return None
        name, value = header[1].decode("ascii").replace("-", "_").upper(), header[2].decode("latin-1").rstrip(" \t")
        if name in ABOUT_A_BODY:
            return None
        key = f"HTTP_{name}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ


def _run(application: Application, environ: dict[str, Any], sock: Any) -> None:
    answer: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        answer[:] = [status, headers]

    wsgi.WSGI_LOCAL.already_handled = False
    body = b"".join(application(environ, start_response))
    if wsgi.WSGI_LOCAL.already_handled or not answer:
        return
    status, headers = answer
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers if name.lower() != "connection")]
    sock.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body)


class _Input:
    """Where the engine looks for the socket."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock

    def get_socket(self) -> Any:
        return self._sock

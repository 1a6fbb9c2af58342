"""A small proxy between browser and server that misbehaves as real networks do."""

import socket
import threading
from contextlib import suppress
from typing import Literal

Manner = Literal["open", "refuses upgrades", "swallows frames", "refuses sockets"]


class Proxy:
    """Passes on to `port` on this machine. `manner` is how it treats WebSocket and Socket.IO; `cut()` is a tunnel."""

    def __init__(self, port: int, manner: Manner = "open") -> None:
        self.target, self.manner = port, manner
        self.cut_off = False
        self.upgrades = 0  # WebSocket handshakes asked for
        self.polls = 0  # long-polling requests passed on
        self.plain = 0  # GET …/changes passed on
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """The line is gone: what is open breaks, what is new is refused."""
        self.cut_off = True
        self._break()

    def mend(self) -> None:
        self.cut_off = False

    def close(self) -> None:
        with suppress(OSError):
            self._listener.close()
        self._break()

    def _break(self) -> None:
        with self._lock:
            sockets, self._open = self._open, set()
        for one in sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.cut_off:
                client.close()
                continue
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            head = self._head(client)
            if head:
                self._pass_on(client, head)
        except OSError:
            pass
        finally:
            client.close()

    def _head(self, client: socket.socket) -> bytes:
        """The request's head and whatever of the body came with it."""
        got = b""
        while b"\r\n\r\n" not in got:
            part = client.recv(65536)
            if not part:
                return b""
            got += part
        return got

    def _pass_on(self, client: socket.socket, request: bytes) -> None:
        head, _, rest = request.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        path = lines[0].split(b" ")[1]
        upgrade = any(line.lower().startswith(b"upgrade:") for line in lines)
        if path.startswith(b"/socket.io/"):
            if self.manner == "refuses sockets":
                client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            self.upgrades += upgrade
            self.polls += not upgrade
        self.plain += b"/changes?" in path
        if upgrade and self.manner == "refuses upgrades":
            client.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        if not upgrade:  # one request a connection, so that every head is seen
            lines = [line for line in lines if not line.lower().startswith(b"connection:")] + [b"Connection: close"]
        server = socket.create_connection(("127.0.0.1", self.target))
        with self._lock:
            self._open |= {client, server}
        server.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + rest)
        swallow = upgrade and self.manner == "swallows frames"
        up = threading.Thread(target=self._pipe, args=(client, server, swallow), daemon=True)
        up.start()
        if swallow:
            client.sendall(self._head(server).partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
        self._pipe(server, client, swallow)
        up.join(30)
        server.close()
        with self._lock:
            self._open -= {client, server}

    def _pipe(self, source: socket.socket, sink: socket.socket, swallow: bool) -> None:
        with suppress(OSError):
            while part := source.recv(65536):
                if not swallow:
                    sink.sendall(part)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

"""One line per request for the product's own log. Never the query: it may hold tokens."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from .gate import Application, Environ, StartResponse

log = logging.getLogger(__name__)


class AccessLog:
    """Outermost WSGI layer: also the last to catch an exception, which eventlet would swallow without a word."""

    def __init__(self, application: Application, write: Callable[[Mapping[str, Any]], None] | None) -> None:
        self._application = application
        self._write = write

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        begun = time.monotonic()
        status = [101]  # a WebSocket handshake is answered without start_response

        def note_status(line: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            status[0] = int(line[:3])
            return start_response(line, headers, *rest)

        try:
            body = self._application(environ, note_status)
        except Exception:
            log.exception("uncaught in a request")
            start_response("500 Internal Server Error", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            status[0] = 500
            body = []
        if self._write is None:
            return body
        write, line = (
            self._write,
            {
                "method": environ["REQUEST_METHOD"],
                "path": environ["PATH_INFO"],
                "remote": environ.get("REMOTE_ADDR", ""),
            },
        )

        def done() -> None:
            write({**line, "status": status[0], "seconds": round(time.monotonic() - begun, 6)})

        if isinstance(body, list | tuple):  # as it is: the server takes the Content-Length from it
            done()
            return body
        return _Noted(body, done)


class _Noted:
    """A streamed body; its line is written when it has been sent or given up."""

    def __init__(self, body: Iterable[bytes], done: Callable[[], None]) -> None:
        self._body = body
        self._done = done

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._done()

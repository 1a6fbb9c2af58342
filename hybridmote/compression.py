"""Pages, scripts and styles travel compressed: a programme of four days reaches a phone as a fifth of itself.

What is compressed may not hold a secret beside what a stranger chose, or its length would tell: pages answer strangers
without cookies (SameSite), and no page repeats what stood in its address.
"""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

from . import offload

WORTH = 1000  # bytes; less is not worth the work
LARGE = 100_000  # bytes; more would keep everybody waiting
TYPES = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/problem+json",
        "image/svg+xml",
        "text/calendar",
        "text/css",
        "text/html",
        "text/javascript",
        "text/plain",
    }
)


def install(app: Flask) -> None:
    app.after_request(_compressed)


def _compressed(response: Response) -> Response:
    if response.mimetype not in TYPES:
        return response
    response.vary.add("Accept-Encoding")
    is_file = request.endpoint == "static"
    if (
        response.status_code != 200
        or request.method != "GET"
        or request.accept_encodings["gzip"] <= 0
        or "Content-Encoding" in response.headers
        or (response.is_streamed and not is_file)
        or (response.content_length or WORTH) < WORTH
    ):
        return response
    response.direct_passthrough = False
    tag, _ = response.get_etag()
    body = response.get_data()
    response.set_data(_kept(body) if is_file else _small(body))  # what was compressed once serves everyone
    if tag:
        response.set_etag(tag, weak=True)
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)
    return response


def _small(body: bytes, level: int = 6) -> bytes:
    """What is large is done beside the server's loop."""
    return (
        offload.run(gzip.compress, body, level, mtime=0) if len(body) > LARGE else gzip.compress(body, level, mtime=0)
    )


@lru_cache(maxsize=512)
def _kept(body: bytes) -> bytes:
    return _small(body, 9)

"""What travels compressed, and what does not."""

import gzip
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

SCRIPT = "/static/vendor/socket.io.esm.min.js"


def get(client: FlaskClient, path: str, headers: dict[str, str] | None = None) -> TestResponse:
    with client.get(path, headers=headers) as answer:
        answer.get_data()
        return answer


def test_a_script_is_compressed_for_who_can_read_it_and_is_the_same(client: FlaskClient) -> None:
    plain = get(client, SCRIPT)
    small = get(client, SCRIPT, headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers and small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 2
    assert int(small.headers["Content-Length"]) == len(small.data)
    assert "Accept-Encoding" in small.headers["Vary"] and "Accept-Encoding" in plain.headers["Vary"]


def test_what_is_known_is_not_sent_again(client: FlaskClient) -> None:
    tag = get(client, SCRIPT, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    again = get(client, SCRIPT, headers={"Accept-Encoding": "gzip", "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["/", "/accessibility", "/api/docs"])
def test_a_page_is_compressed(client: FlaskClient, path: str) -> None:
    small = get(client, path, headers={"Accept-Encoding": "gzip"})
    assert b"<!doctype html>" in gzip.decompress(small.data).lower()


@pytest.mark.parametrize("encoding", ["identity", "br", "gzip;q=0", ""])
def test_who_cannot_read_it_gets_it_plain(client: FlaskClient, encoding: str) -> None:
    assert b"<!doctype html>" in get(client, "/", headers={"Accept-Encoding": encoding}).data.lower()


@pytest.mark.parametrize(
    "path", ["/static/vendor/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2", "/healthz"]
)
def test_what_gains_nothing_is_left_alone(client: FlaskClient, path: str) -> None:
    assert "Content-Encoding" not in get(client, path, headers={"Accept-Encoding": "gzip"}).headers


def test_a_part_of_a_file_is_a_part_of_the_file(client: FlaskClient) -> None:
    answer = get(client, SCRIPT, headers={"Accept-Encoding": "gzip", "Range": "bytes=0-9"})
    assert answer.status_code == 206 and len(answer.data) == 10 and "Content-Encoding" not in answer.headers


def test_a_script_travels_light(browser_of: Callable[[str], FlaskClient]) -> None:
    """Seventy of them make a page: no cookie, and only the headers that matter to a file."""
    answer = get(browser_of("hall"), SCRIPT, headers={"Accept-Encoding": "gzip"})
    assert "Set-Cookie" not in answer.headers and len(str(answer.headers)) < 450
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]

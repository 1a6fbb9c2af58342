"""What travels compressed, and what does not."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hybridmote.files import edition, folder

EDITION = edition(folder("static"))
SCRIPT = f"/static/{EDITION}/vendor/socket.io.esm.min.js"
YESTERDAYS = "/static/0123456789ab/vendor/socket.io.esm.min.js"


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
    """The address holds the edition, so that a browser need not ask; yesterday's is asked for by a page still open."""
    kept = get(client, SCRIPT).headers
    assert kept["Cache-Control"] == "max-age=31536000, immutable" and "ETag" not in kept
    old = get(client, YESTERDAYS, headers={"Accept-Encoding": "gzip"})
    assert old.data == get(client, SCRIPT, headers={"Accept-Encoding": "gzip"}).data
    assert old.headers["Cache-Control"] == "no-cache"
    again = get(client, YESTERDAYS, headers={"Accept-Encoding": "gzip", "If-None-Match": old.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_another_file_or_another_name_is_another_edition(tmp_path: Path) -> None:
    editions = []
    for name, content in (("a", "1"), ("a", "2"), ("b", "2"), ("b", "1")):
        (tmp_path / name).write_text(content)
        editions.append(edition(tmp_path))
    assert len(set(editions)) == 4
    assert edition(tmp_path) == editions[-1]


def test_every_page_names_files_of_todays_edition(client: FlaskClient) -> None:
    page = get(client, "/").get_data(as_text=True)
    named = re.findall(r'"(/static/[^"]+)"', page)
    assert len(named) > 4 and all(path.startswith(f"/static/{EDITION}/") for path in named)


@pytest.mark.parametrize("path", ["/", "/accessibility", "/api/docs"])
def test_a_page_is_compressed(client: FlaskClient, path: str) -> None:
    small = get(client, path, headers={"Accept-Encoding": "gzip"})
    assert b"<!doctype html>" in gzip.decompress(small.data).lower()


@pytest.mark.parametrize("encoding", ["identity", "br", "gzip;q=0", ""])
def test_who_cannot_read_it_gets_it_plain(client: FlaskClient, encoding: str) -> None:
    assert b"<!doctype html>" in get(client, "/", headers={"Accept-Encoding": encoding}).data.lower()


@pytest.mark.parametrize(
    "path", [f"/static/{EDITION}/vendor/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2", "/healthz"]
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

"""A PDF on its way in: by a form or a script; what is refused leaves nothing behind."""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from hybridmote import shelf
from tests.matrix.world import World
from tests.slides.pdfs import pdf
from tests.web.conftest import csrf

PDF = pdf("Regn", "Snö")
Browser = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path) -> None:
    shelf.open_shelf(tmp_path)


@pytest.fixture
def bring(browser_of: Browser) -> Callable[..., Any]:
    """`bring("speaker", content, item="i-talk", name="a.pdf", json=False)`: the answer."""

    def send(who: str, content: bytes | None, item: str = "i-talk", name: str = "a.pdf", **more: Any) -> Any:
        client = browser_of(who)
        form: dict[str, Any] = {"csrf_token": csrf(client, "/"), "op": "1-2-3"} | more.pop("form", {})
        if content is not None:
            form["file"] = FileStorage(io.BytesIO(content), name)
        boundary, body = encode_multipart(form)  # the client's own way leaves large bodies open
        accept = "application/json" if more.pop("json", False) else "text/html"
        headers = {"Accept": accept, "Accept-Language": "en"}
        return client.post(
            f"/m/here/slides/{item}",
            data=body,
            headers=headers,
            content_type=f"multipart/form-data; boundary={boundary}",
        )

    return send


def files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def decks(world: World) -> int:
    return int(world.one("SELECT count(*) FROM deck"))


def test_a_speaker_brings_slides_to_their_talk(world: World, bring: Callable[..., Any], tmp_path: Path) -> None:
    answer = bring("speaker", PDF, name="Om  regn.pdf", form={"next": "/m/here/speaker"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/m/here/speaker")
    ((name, by, file),) = world.all("SELECT name, uploaded_by, file FROM deck WHERE state = 'waiting'")
    assert (name, by) == ("Om regn.pdf", "p-speaker")
    assert files(tmp_path) == [shelf.path_of(file)] and shelf.path_of(file).read_bytes() == PDF
    assert world.one("SELECT count(*) FROM job WHERE kind = 'slides.render'") == 1


def test_a_form_that_is_sent_twice_counts_once(world: World, bring: Callable[..., Any]) -> None:
    before = decks(world)
    bring("moderator", PDF, item="i-lunch")
    bring("moderator", PDF, item="i-lunch")
    assert decks(world) == before + 1


def test_a_script_is_answered_in_json(bring: Callable[..., Any]) -> None:
    answer = bring("moderator", PDF, json=True)
    assert answer.status_code == 200 and answer.json["ok"]
    refused = bring("moderator", b"no PDF", json=True)
    assert (refused.status_code, refused.json["code"], refused.json["field"]) == (422, "invalid", "file")


@pytest.mark.parametrize(
    ("who", "item", "status"),
    [
        ("hall", "i-talk", 403),
        ("screen", "i-talk", 403),
        ("lectern", "i-talk", 403),
        ("speaker", "i-second_talk", 403),
        ("moderator", "i-removed", 404),
        ("moderator", "i-their_talk", 404),
        ("moderator", "i-nothing", 404),
        ("moderator", "%00", 404),
    ],
)
@pytest.mark.parametrize("json", [True, False])
def test_who_may_not_bring_them(
    world: World, bring: Callable[..., Any], tmp_path: Path, who: str, item: str, status: int, json: bool
) -> None:
    before = decks(world)
    assert bring(who, PDF, item=item, json=json).status_code == status
    assert decks(world) == before and not files(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 a presentation", "is not a PDF"),
        (b"<html>%PDF", "is not a PDF"),
        (b"", "Choose a PDF"),
        (None, "Choose a PDF"),
    ],
)
def test_what_is_no_pdf_is_refused_in_words_with_the_form_again(
    world: World, bring: Callable[..., Any], tmp_path: Path, content: bytes | None, words: str
) -> None:
    before = decks(world)
    answer = bring("speaker", content)
    assert answer.status_code == 422 and words in answer.text and 'type="file"' in answer.text
    assert decks(world) == before and not files(tmp_path)


def test_without_the_pages_own_token_nothing_is_kept(world: World, bring: Callable[..., Any], tmp_path: Path) -> None:
    assert bring("speaker", PDF, form={"csrf_token": "made up"}).status_code == 400
    assert not files(tmp_path)


def test_a_stranger_is_not_let_in(client: FlaskClient, tmp_path: Path) -> None:
    assert client.post("/m/here/slides/i-talk", data={"file": (io.BytesIO(PDF), "a.pdf")}).status_code == 401
    assert client.post("/m/nowhere/slides/i-talk").status_code == 404
    assert not files(tmp_path)


@pytest.fixture
def small(app: Flask) -> Iterator[int]:
    """One megabyte at most."""
    was, app.config["SETTINGS"].max_slides_mb = app.config["SETTINGS"].max_slides_mb, 1
    yield 1_000_000
    app.config["SETTINGS"].max_slides_mb = was


@pytest.mark.parametrize("over", [1, 200_000])
def test_a_file_that_is_too_large_is_refused_in_words(
    small: int, bring: Callable[..., Any], tmp_path: Path, over: int
) -> None:
    content = PDF + os.urandom(small + over - len(PDF))
    answer = bring("speaker", content)
    assert answer.status_code == 413 and "1 MB at most" in answer.text
    assert not files(tmp_path)


def test_a_file_of_exactly_the_limit_is_taken(small: int, bring: Callable[..., Any]) -> None:
    assert bring("speaker", PDF + b"\n" * (small - len(PDF))).status_code == 303


def test_a_bearer_needs_no_token_of_a_page(app: Flask, world: World) -> None:
    answer = app.test_client().post(
        "/m/here/slides/i-talk",
        data={"file": (io.BytesIO(PDF), "a.pdf")},
        headers={"Authorization": "Bearer the-link-of-speaker", "Accept": "application/json"},
    )
    assert answer.status_code == 200, answer.text


# ---- fetching ----


@pytest.fixture
def drawn(world: World) -> str:
    """The file of every page that the world has."""
    file = shelf.put(b"RIFF....WEBP of a test")
    world.write("UPDATE page SET file = :f", f=file)
    return file


def test_a_page_is_fetched_once_and_kept(drawn: str, browser_of: Browser) -> None:
    web = browser_of("web")
    answer = web.get("/m/here/slides/k-shown/2.webp")
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert "immutable" in answer.headers["Cache-Control"] and "private" in answer.headers["Cache-Control"]
    again = web.get("/m/here/slides/k-shown/2.webp", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("who", "deck", "status"),
    [
        ("web", "k-shown", 200),
        ("screen", "k-shown", 200),
        ("web", "k-prepared", 404),
        ("speaker", "k-prepared", 404),
        ("lectern", "k-prepared", 200),
        ("moderator", "k-prepared", 200),
        ("speaker", "k-drawing", 200),
        ("web", "k-drawing", 404),
        ("moderator", "k-theirs", 404),
        ("moderator", "k-nothing", 404),
    ],
)
def test_who_may_fetch_a_page(drawn: str, browser_of: Browser, who: str, deck: str, status: int) -> None:
    client = browser_of(who)
    assert client.get(f"/m/here/slides/{deck}/1.webp").status_code == status
    assert client.get(f"/m/here/slides/{deck}").status_code == status


def test_a_page_that_is_not_is_not_found(drawn: str, browser_of: Browser, client: FlaskClient) -> None:
    for number in ("0", "4", "-1", "99999999999999999999", "x"):
        assert browser_of("web").get(f"/m/here/slides/k-shown/{number}.webp").status_code == 404, number
    assert client.get("/m/here/slides/k-shown/1.webp").status_code == 401


def test_the_texts_of_a_deck(drawn: str, browser_of: Browser) -> None:
    answer = browser_of("hall").get("/m/here/slides/k-shown.json")
    assert [page["text"] for page in answer.json["pages"]] == ["Page 1", "Page 2", "Page 3"]
    assert "immutable" in answer.headers["Cache-Control"]
    assert browser_of("moderator").get("/m/here/slides/k-drawing.json").status_code == 409


def test_all_pages_read_without_a_script(drawn: str, browser_of: Browser, world: World) -> None:
    world.write("UPDATE page SET text = '<b>Page</b>' WHERE number = 3")
    text = browser_of("hall").get("/m/here/slides/k-shown", headers={"Accept-Language": "en"}).text
    assert 'id="page-3"' in text and "Page 2 of 3" in text and "shown now" in text
    assert "&lt;b&gt;Page&lt;/b&gt;" in text and "<b>Page" not in text


def test_a_page_is_turned_by_a_plain_form(world: World, browser_of: Browser) -> None:
    moderator = browser_of("moderator")
    token = csrf(moderator, "/")
    form = {"csrf_token": token, "op": "7a1f3f2e-6a55-4a3b-9a53-0d3b8a8e3f4a", "deck": "k-shown", "expected": "2"}
    sent = moderator.post("/m/here/do/slides.turn", data=form | {"page": ["3", "moderate"]})
    assert sent.status_code == 303, sent.text
    assert world.one("SELECT page FROM deck WHERE id = 'k-shown'") == 3


def test_nobody_fills_the_disk(bring: Callable[..., Any]) -> None:
    statuses = {bring("speaker", None, json=True).status_code for _ in range(31)}
    assert statuses == {422, 429}

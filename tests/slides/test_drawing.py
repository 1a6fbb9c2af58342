"""Pages made of real files, by the job itself and by a real worker that is killed in the middle."""

import contextlib
import http.client
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from hybridmote import shelf
from hybridmote.slides import model
from hybridmote.slides.jobs import render
from hybridmote.slides.jobs.drawing import BYTES, HIGH, WIDE
from hybridmote.worker import work_once
from tests.matrix.world import World
from tests.servers import App, Process, eventually
from tests.slides.pdfs import broken, locked, pdf

Line = dict[str, Any]


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path) -> None:
    shelf.open_shelf(tmp_path)


def lines(folder: Path, content: bytes, first: int = 1) -> list[Line]:
    file = folder / "a.pdf"
    file.write_bytes(content)
    return list(render.lines_of(file, str(folder), first))


def test_each_page_becomes_an_image_and_a_text(tmp_path: Path) -> None:
    begin, *pages = lines(tmp_path, pdf("Skyfall på Åsögatan", "Två (2)"))
    assert begin == {"pages": 2}
    assert [(page["number"], page["text"]) for page in pages] == [(1, "Skyfall på Åsögatan"), (2, "Två (2)")]
    with Image.open(pages[0]["file"]) as image:
        assert (image.format, image.size) == ("WEBP", (pages[0]["width"], pages[0]["height"])) == ("WEBP", (1280, 720))


@pytest.mark.parametrize("size", [(960, 540), (595, 842), (14400, 14400), (1e9, 2), (2, 1e9), (0.001, 0.001)])
def test_a_page_of_any_size_is_bounded(tmp_path: Path, size: tuple[float, float]) -> None:
    _, page = lines(tmp_path, pdf("x", size=size))
    with Image.open(page["file"]) as image:
        assert image.width <= WIDE + 1 and image.height <= HIGH + 1
    assert Path(page["file"]).stat().st_size <= BYTES


def test_a_page_that_nothing_makes_smaller_still_fits(tmp_path: Path) -> None:
    _, page = lines(tmp_path, pdf("x", noise=1000))
    assert Path(page["file"]).stat().st_size <= BYTES == 80_000


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (locked(), "encrypted_pdf"),
        (broken(), "broken_pdf"),
        (b"%PDF-1.7\n", "broken_pdf"),
        (pdf(*["x"] * 301), "too_many_pages"),
        (pdf("x")[:400], "broken_pdf"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_word(tmp_path: Path, content: bytes, word: str) -> None:
    said = lines(tmp_path, content)
    assert said[-1] == {"error": word} and word in model.FAILURES


def test_a_file_that_takes_for_ever_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text("import time\nprint('{\"pages\": 2}', flush=True)\ntime.sleep(60)\n")
    monkeypatch.setattr(render, "DRAWING", slow)
    monkeypatch.setattr(render, "PAGE_SECONDS", 0.7)
    began = time.monotonic()
    assert lines(tmp_path, b"")[-1] == {"error": "too_slow_pdf"}
    assert time.monotonic() - began < 10


def test_a_drawing_that_falls_over_is_a_broken_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    falls = tmp_path / "falls.py"
    falls.write_text("import os\nos.abort()\n")
    monkeypatch.setattr(render, "DRAWING", falls)
    assert lines(tmp_path, b"") == [{"error": "broken_pdf"}]


# ---- the job ----


def bring(world: World, content: bytes) -> str:
    told = {"item": "i-lunch", "name": "a.pdf", "file": shelf.put(content), "by": "p-moderator"}
    return str(world.did("system", "slides.add", **told)["id"])


def deck(world: World, id: str) -> tuple[Any, ...]:
    return tuple(world.all("SELECT state, error, done, pages FROM deck WHERE id = :d", d=id)[0])


def test_the_job_makes_a_deck_ready(world: World) -> None:
    id = bring(world, pdf("One", "Two", "Three"))
    assert work_once()
    assert deck(world, id) == ("ready", "", 3, 3)
    texts = world.all("SELECT number, text, file FROM page WHERE deck_id = :d ORDER BY number", d=id)
    assert [tuple(row)[:2] for row in texts] == [(1, "One"), (2, "Two"), (3, "Three")]
    assert all(shelf.path_of(row[2]).stat().st_size <= BYTES for row in texts)


def test_a_job_that_is_done_again_changes_nothing_and_goes_on_where_it_ended(world: World) -> None:
    id = bring(world, pdf("One", "Two", "Three"))
    said: list[str] = []

    def killed(share: float) -> None:
        said.append(f"{share:.2f}")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render.render({"deck": id}, killed)
    assert deck(world, id) == ("rendering", "", 1, 3)
    render.render({"deck": id}, lambda share: said.append(f"{share:.2f}"))
    assert said == ["0.33", "0.67", "1.00"]
    assert deck(world, id) == ("ready", "", 3, 3)
    before = world.dump()
    render.render({"deck": id}, lambda share: said.append("again"))
    assert world.dump() == before and "again" not in said


@pytest.mark.parametrize(("content", "word"), [(locked(), "encrypted_pdf"), (broken(), "broken_pdf")])
def test_a_deck_that_cannot_be_drawn_says_why_and_leaves_the_earlier_one(
    world: World, content: bytes, word: str
) -> None:
    first = bring(world, pdf("One"))
    assert work_once()
    second = bring(world, content)
    assert work_once()
    assert deck(world, second) == ("failed", word, 0, 0)
    assert deck(world, first) == ("ready", "", 1, 1)


def test_a_deck_that_was_taken_away_meanwhile_is_left_alone(world: World) -> None:
    id = bring(world, pdf("One", "Two"))

    def take_away(_share: float) -> None:
        world.did("moderator", "slides.remove", deck=id)

    render.render({"deck": id}, take_away)
    assert not world.all("SELECT id FROM deck WHERE id = :d", d=id)
    assert not world.all("SELECT number FROM page WHERE deck_id = :d", d=id)


def test_files_that_nothing_names_are_forgotten_after_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    id = bring(world, pdf("One"))
    assert work_once()
    named = [row[0] for row in world.all("SELECT file FROM deck WHERE id = :d UNION SELECT file FROM page", d=id)]
    stray = shelf.put(b"nobody's")
    render.forget({}, lambda _: None)
    assert shelf.path_of(stray).exists(), "it may be about to be named"
    later = time.time() + 90_000
    monkeypatch.setattr(shelf.time, "time", lambda: later)
    render.forget({}, lambda _: None)
    assert not shelf.path_of(stray).exists()
    assert all(shelf.path_of(file).exists() for file in named if len(set(file)) > 1)


# ---- a real worker ----


@pytest.mark.slow
def test_a_worker_that_is_killed_in_the_middle_is_followed_by_one_that_finishes(
    world: World, start_app: Callable[..., App], start_worker: Callable[..., Process]
) -> None:
    app = start_app(world.url)
    shelf.open_shelf(app.data)
    id = bring(world, pdf(*(f"Page {n}" for n in range(1, 41)), noise=150))
    worker = start_worker(app)
    eventually(lambda: deck(world, id)[2] >= 3, timeout=30)
    worker.kill()
    state, _, done, _ = deck(world, id)
    assert state == "rendering" and done < 40
    world.write("UPDATE job SET lease_until = :past", past="2026-01-01 00:00:00.000000")
    start_worker(app)
    eventually(lambda: deck(world, id)[0] == "ready", timeout=60)
    assert deck(world, id) == ("ready", "", 40, 40)


@pytest.mark.slow
def test_a_large_file_keeps_nobody_waiting_and_is_never_held_in_memory(
    start_app: Callable[..., App], world: World
) -> None:
    app = start_app(world.url, env={"HYBRIDMOTE_MAX_SLIDES_MB": "50"})
    server = psutil.Process(app.pid)
    slowest, over = [0.0], threading.Event()

    def look() -> None:
        while not over.is_set():
            began = time.monotonic()
            assert app.get("/healthz")[0] == 200
            slowest[0] = max(slowest[0], time.monotonic() - began)

    somebody = threading.Thread(target=look)
    somebody.start()
    before = server.memory_info().rss
    try:
        assert upload(app, 45_000_000)[0] == 200
        status, said = upload(app, 300_000_000)
    finally:
        over.set()
        somebody.join()
    assert status == 413 and b"50 MB" in said
    assert server.memory_info().rss - before < 30_000_000
    assert slowest[0] < 1
    assert not any((app.data / "files" / "arriving").iterdir())


def upload(app: App, size: int) -> tuple[int, bytes]:
    """A PDF of that many bytes, piece by piece, by a program of the moderator's."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + pdf("One")
    line = http.client.HTTPConnection("127.0.0.1", app.port, timeout=60)
    line.putrequest("POST", "/m/here/slides/i-lunch")
    line.putheader("Authorization", "Bearer the-link-of-moderator")
    line.putheader("Accept", "application/json")
    line.putheader("Content-Type", "multipart/form-data; boundary=x")
    line.putheader("Content-Length", str(len(head) + size + 9))
    line.endheaders(head)
    piece = bytes(1_000_000)
    for _ in range(size // len(piece)):
        line.send(piece)
    line.send(b"\r\n--x--\r\n")
    answer = line.getresponse()
    with contextlib.closing(line):
        return answer.status, answer.read()


# ---- words ----


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\fakepath\\Om  regn.pdf", "Om regn.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\u202e.pdf", "ab.pdf"),
        ("", "slides.pdf"),
        ("\u200b", "slides.pdf"),
        ("å" * 500, "å" * 120),
    ],
)
def test_the_name_of_a_file(given: str, kept: str) -> None:
    assert model.file_name(given) == kept


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("One\r\ntwo\r\n\r\n\r\n\r\nthree \x00\ufffe", "One\ntwo\n\nthree"),
        ("a" + "\u0301" * 500, ""),
        ("\ud83d half", "half"),
        ("x" * 30_000, "x" * 10_000),
        (" \n ", ""),
    ],
)
def test_the_text_of_a_page(given: str, read: str) -> None:
    assert model.page_text(given) == read

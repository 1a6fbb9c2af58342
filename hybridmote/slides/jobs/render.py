"""Pages of a PDF, one command for each: everyone who may sees "12 of 40 pages". A worker that is killed leaves the pages
it drew, and the next begins where it ended."""

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ... import shelf
from ...db import reading
from ...dispatch import dispatch
from ...worker import Progress, job
from .. import model
from ..store import Deck, Page, files_named

PAGE_SECONDS = 60.0  # one page may take
DECK_SECONDS = 900.0  # all of them may take
KEPT = timedelta(days=1)  # that a file is kept which nothing names
DRAWING = Path(__file__).with_name("drawing.py")


class Gone(Exception):
    """The deck was taken away, or it is ready: there is nothing left to do."""


@job("slides.render")
def render(payload: dict[str, Any], progress: Progress) -> None:
    """Draw what is missing of a deck."""
    with reading() as session:
        deck = session.get(Deck, payload["deck"])
        if deck is None or deck.state in ("ready", "failed"):
            return
        meeting, pdf = deck.meeting_id, shelf.path_of(deck.file)
        drawn = set(session.scalars(select(Page.number).where(Page.deck_id == deck.id)))
    first = next(n for n in range(1, model.PAGES + 2) if n not in drawn)
    try:
        with tempfile.TemporaryDirectory(prefix="hybridmote-") as folder:
            _draw(meeting, payload["deck"], pdf, folder, first, progress)
    except Gone:
        return


def _draw(meeting: str, deck: str, pdf: Path, folder: str, first: int, progress: Progress) -> None:
    of = 0
    for line in lines_of(pdf, folder, first):
        if "error" in line:
            word = line["error"] if line["error"] in model.FAILURES else "broken_pdf"
            _say(meeting, "slides.fail", f"{deck}.failed", deck=deck, error=word)
            return
        if "pages" in line:
            of = line["pages"]
            continue
        image = Path(line["file"])
        digest = shelf.put(image.read_bytes())
        image.unlink()
        _say(
            meeting,
            "slides.page",
            f"{deck}.{line['number']}.{digest}",
            deck=deck,
            number=line["number"],
            of=of,
            file=digest,
            width=line["width"],
            height=line["height"],
            text=model.page_text(line["text"]),
        )
        progress(line["number"] / of)


def lines_of(pdf: Path, folder: str, first: int) -> Iterator[dict[str, Any]]:
    """What the drawing process says, until it is done or its time is up; then an error is the last line."""
    argv = [sys.executable, "-I", str(DRAWING), str(pdf), folder, str(model.PAGES), str(first)]
    quiet = {"stdin": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": {}}  # our environment holds secrets
    with subprocess.Popen(argv, stdout=subprocess.PIPE, **quiet) as child:  # type: ignore[call-overload]
        late = threading.Event()

        def end() -> None:
            late.set()
            child.kill()

        whole = threading.Timer(DECK_SECONDS, end)
        whole.start()
        try:
            assert child.stdout is not None
            while True:
                one = threading.Timer(PAGE_SECONDS, end)
                one.start()
                line = child.stdout.readline()
                one.cancel()
                if not line:
                    break
                yield json.loads(line)
        finally:
            whole.cancel()
            one.cancel()
            if child.poll() is None and (late.is_set() or sys.exc_info()[0] is not None):
                child.kill()
    if late.is_set():
        yield {"error": "too_slow_pdf"}
    elif child.returncode != 0:
        yield {"error": "broken_pdf"}  # it fell over, or asked for more than it may have


def _say(meeting: str, command: str, op: str, **body: Any) -> None:
    """The op is the same each time the same is said: a job that is done again changes nothing."""
    answer = dispatch(None, meeting, command, {**body, "op": op})
    if answer["ok"]:
        return
    if answer["code"] in ("not_found", "state"):
        raise Gone
    raise RuntimeError(f"{command}: {answer}")


@job("slides.forget", every=timedelta(hours=6))
def forget(_payload: dict[str, Any], _progress: Progress) -> None:
    """Files of decks that were taken away."""
    with reading() as session:
        named = files_named(session)
    shelf.forget_but(named, KEPT.total_seconds())

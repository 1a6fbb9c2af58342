"""Where a PDF arrives, and where its pages are fetched: as images, as their texts, and together as a page to read.

Any page of a deck may be fetched by those who see the deck, also those that have not been shown: who listens reads at
their own pace, and a thin line fetches the next page before it is turned to. What is to be a surprise is not in the PDF.
A page never changes, so a browser may keep it for good.
"""

from typing import Any, cast
from uuid import uuid4

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from .. import limits
from ..access import Caller
from ..db import reading
from ..dispatch import dispatch
from ..meetings.views import meeting_view
from ..problems import Refused, problem
from ..programme.store import Item
from ..shelf import Arriving, path_of
from ..web import check_csrf, csrf, local_path, meeting_and_caller
from . import model
from .store import Deck, Page, pages_of

pages = Blueprint("slides", __name__)
FOR_GOOD = "private, max-age=31536000, immutable"
MB = 1_000_000
BESIDE = 64 * 1024  # bytes of a form beside the file itself
LIMIT = "30/hour"  # for each person: the disk is everyone's
BUFFER = 512 * 1024  # bytes of a form in memory at most


@pages.post("/m/<slug>/slides/<item>")
@csrf.exempt
def bring(slug: str, item: str) -> Any:
    """A PDF for an item: by a plain form, or by a script that wants JSON. It ends by a command that leaves the drawing of
    its pages to the worker; until then nothing is known of the file, and what is refused leaves nothing behind."""
    arriving: list[Arriving] = []
    by_script = request.accept_mimetypes.best == "application/json"
    drawn: dict[str, Any] = {}  # what the form is shown again with
    try:
        with reading() as db:
            row, caller = meeting_and_caller(db, slug)
            title = _brought_to(db, caller, item)
            drawn = {
                "meeting": meeting_view(row),
                "me": caller.me(),
                "item": item,
                "title": title,
                "next": f"/m/{slug}",
            }
        limits.check(LIMIT, "slides.bring", caller)
        form, name = _receive(arriving)
        drawn["next"] = _back(slug, form.get("next", ""))
        answer = _kept(caller, item, arriving[0], name, form.get("op"))
    except Refused as refusal:
        if not by_script and not drawn:
            raise
        answer = {"ok": False, **refusal.facts()}
    finally:
        for file in arriving:
            file.drop()
    if answer["ok"]:
        return jsonify(answer) if by_script else redirect(drawn["next"], 303)
    said = problem(answer)
    if by_script:
        return Response(current_app.json.dumps(said), said["status"], mimetype="application/problem+json")
    return Response(render_template("slides/bring.html", problem=said, **drawn), said["status"], mimetype="text/html")


@pages.get("/m/<slug>/slides/<deck>")
def read(slug: str, deck: str) -> Any:
    """Every page with its text, to read without a script."""
    with reading() as db:
        row, caller = meeting_and_caller(db, slug)
        found = _seen(db, caller, deck)
        item = db.get_one(Item, found.item_id)
        return render_template(
            "slides/read.html",
            meeting=meeting_view(row),
            me=caller.me(),
            deck=found,
            item=item.title,
            pages=pages_of(db, found.id),
        )


@pages.get("/m/<slug>/slides/<deck>.json")
def texts(slug: str, deck: str) -> Any:
    """The sizes and texts of a deck's pages."""
    with reading() as db:
        _, caller = meeting_and_caller(db, slug)
        found = _seen(db, caller, deck)
        if found.state != "ready":
            raise Refused("state", why="not_ready")
        told = [
            {"page": p.number, "width": p.width, "height": p.height, "text": p.text} for p in pages_of(db, found.id)
        ]
    return _lasting(jsonify({"deck": deck, "pages": told}), f"{deck}.{found.file}")


@pages.get("/m/<slug>/slides/<deck>/<int:number>.webp")
def image(slug: str, deck: str, number: int) -> Any:
    with reading() as db:
        _, caller = meeting_and_caller(db, slug)
        found = _seen(db, caller, deck)
        page = db.get(Page, (found.id, number)) if number <= model.PAGES else None
        if page is None:
            raise Refused("not_found")
        file = page.file
    if request.if_none_match.contains(file):
        return _lasting(Response(status=304), file)
    return _lasting(Response(path_of(file).read_bytes(), mimetype="image/webp"), file)


def _lasting(response: Response, tag: str) -> Any:
    response.headers["Cache-Control"] = FOR_GOOD
    response.headers["Vary"] = "Cookie"
    response.set_etag(tag)
    return response.make_conditional(request)


def _seen(db: Session, caller: Caller, deck_id: str) -> Deck:
    """A deck of this meeting that the caller sees; any other is not there."""
    deck = db.get(Deck, deck_id)
    if deck is None or deck.meeting_id != caller.meeting_id:
        raise Refused("not_found")
    if not model.audiences(deck.state, deck.page, deck.item_id).intersection(caller.layers):
        raise Refused("not_found")
    return deck


def _brought_to(db: Session, caller: Caller, item_id: str) -> str:
    """The title of an item that this person may bring slides to."""
    item = db.get(Item, item_id)
    if item is None or item.meeting_id != caller.meeting_id or item.removed:
        raise Refused("not_found")
    if not caller.staff and f"speaker:{item_id}" not in caller.layers:
        raise Refused("role")
    return item.title


def _most() -> int:
    return int(current_app.config["SETTINGS"].max_slides_mb)


def _receive(arriving: list[Arriving]) -> tuple[Any, str]:
    """Read the form; the file goes to the disk as it comes. Returns the other fields, and what the file was called."""
    limit = _most() * MB
    request.max_content_length = limit + BESIDE

    def new(*_: Any, **__: Any) -> Arriving:
        if arriving:
            raise Refused("malformed", field="file")
        arriving.append(Arriving())
        return arriving[0]

    parser = FormDataParser(cast(Any, new), max_form_memory_size=BUFFER, max_form_parts=8)
    try:
        stream, length = request.stream, request.content_length
        _, form, files = parser.parse(stream, request.mimetype, length, dict(request.mimetype_params))
    except RequestEntityTooLarge:
        raise Refused("too_large", field="file", why="file_too_large", limit=_most()) from None
    check_csrf(form.get("csrf_token", ""))
    sent = files.get("file")
    if sent is None or not arriving or arriving[0].size == 0:
        raise Refused("invalid", field="file", why="no_file")
    if arriving[0].size > limit:
        raise Refused("too_large", field="file", why="file_too_large", limit=_most())
    if not model.looks_like_pdf(arriving[0].head):
        raise Refused("invalid", field="file", why="not_a_pdf")
    return form, model.file_name(sent.filename or "")


def _kept(caller: Caller, item: str, arriving: Arriving, name: str, op: str | None) -> dict[str, Any]:
    """Give the file its place and say that it has come. The form's op makes a form that is sent twice count once."""
    body = {"item": item, "name": name, "file": arriving.keep(), "by": caller.participant_id}
    op = f"{caller.participant_id}.{op[:64]}" if op else str(uuid4())
    return dispatch(None, caller.meeting_id, "slides.add", {**body, "op": op})


def _back(slug: str, path: str) -> str:
    path = local_path(path)
    return path if path.startswith(f"/m/{slug}/") else f"/m/{slug}/live"

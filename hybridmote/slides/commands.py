"""What people do with slides: turn their pages, take them away. A deck is added by the page that received its file, and
its pages by the job that drew them: a client cannot name a file."""

from typing import Any

from pydantic import Field
from sqlalchemy import select

from ..access import STAFF
from ..context import Context
from ..dispatch import Id, Payload, command, words
from ..participants.store import Participant, new_id
from ..problems import Refused
from ..programme.store import Cue, Item, Speaker, track_of
from . import model
from .store import Deck, Page, decks_of, pages_of

FLIP = 3.0  # seconds a page is shown before it counts: what was only flipped past leaves no cue
Digest = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of a file that has arrived")


class Add(Payload):
    item: Id
    name: words(model.NAME) = Field(description="of the file")  # type: ignore[valid-type]
    file: str = Digest
    by: Id = Field(description="who brought it")


class Drawn(Payload):
    deck: Id = Field(description="id of the slides")
    number: int = Field(ge=1, le=model.PAGES, description="of the page, from 1")
    of: int = Field(ge=1, le=model.PAGES, description="how many there are")
    file: str = Digest
    width: int = Field(ge=1, le=10_000, description="of the picture, in pixels")
    height: int = Field(ge=1, le=10_000, description="of the picture, in pixels")
    text: words(model.TEXT, multiline=True, optional=True) = Field(  # type: ignore[valid-type]
        description="what stands on the page"
    )


class Fail(Payload):
    deck: Id = Field(description="id of the slides")
    error: model.Failure = Field(description="why it could not be drawn")


class Turn(Payload):
    deck: Id = Field(description="id of the slides")
    page: int = Field(ge=0, le=model.PAGES, description="which page everyone is shown; 0: none")
    expected: int | None = Field(None, ge=0, le=model.PAGES, description="the page it was turned from")


class Which(Payload):
    deck: Id = Field(description="id of the slides")


@command("slides.add", role="system", payload=Add)
def add(ctx: Context, p: Add) -> dict[str, str]:
    """A PDF has arrived; its pages are drawn as soon as the worker can. What failed before it is forgotten."""
    item: Item = ctx.seen("programme", p.item, "item")
    who = ctx.get(Participant, p.by, "by")
    if not _brings(ctx, who, item.id):
        raise Refused("role")
    for other in decks_of(ctx.session, item.id):
        if other.state != "ready":
            _remove(ctx, other)
    deck = ctx.add(
        Deck(
            id=new_id(),
            meeting_id=ctx.meeting_id,
            item_id=item.id,
            name=p.name,
            file=p.file,
            uploaded_at=ctx.now,
            uploaded_by=who.id,
        )
    )
    ctx.job("slides.render", {"deck": deck.id})
    ctx.audit("slides.add", deck.id, None, {"item": item.id, "name": p.name, "by": who.name})
    return {"id": deck.id}


@command("slides.page", role="system", payload=Drawn)
def page(ctx: Context, p: Drawn) -> dict[str, Any]:
    """A page has been drawn. With the last one the deck is ready, and takes the place of the item's earlier one."""
    deck = ctx.get(Deck, p.deck, "deck")
    if deck.state in ("ready", "failed"):
        raise Refused("state")
    drawn = ctx.session.get(Page, (deck.id, p.number))
    if drawn is None:
        ctx.add(Page(deck_id=deck.id, number=p.number, file=p.file, width=p.width, height=p.height, text=p.text))
    else:
        drawn.file, drawn.width, drawn.height, drawn.text = p.file, p.width, p.height, p.text
    deck.done, deck.pages, deck.state = len(pages_of(ctx.session, deck.id)), p.of, "rendering"
    if deck.done == deck.pages:
        deck.state = "ready"
        for other in decks_of(ctx.session, deck.item_id):
            if other.id != deck.id:
                deck.page = max(deck.page, min(other.page, deck.pages))  # who follows goes on at the same page
                _remove(ctx, other)
    deck.version += 1
    return {"done": deck.done, "state": deck.state}


@command("slides.fail", role="system", payload=Fail)
def fail(ctx: Context, p: Fail) -> None:
    """No pages can be made of it; who brought it reads why."""
    deck = ctx.get(Deck, p.deck, "deck")
    if deck.state == "ready":
        raise Refused("state")
    for drawn in pages_of(ctx.session, deck.id):
        ctx.session.delete(drawn)
    deck.state, deck.error, deck.done, deck.pages = "failed", p.error, 0, 0
    deck.version += 1


@command("slides.turn", role="turner", payload=Turn, limit="300/minute")
def turn(ctx: Context, p: Turn) -> dict[str, Any]:
    """Show everyone a page, or none. Who speaks, the lectern of that track, and moderators may."""
    deck: Deck = ctx.seen("slides", p.deck, "deck")
    if not _turns(ctx, deck):
        raise Refused("role")
    if deck.state != "ready":
        raise Refused("state", current=ctx.picture("slides", deck), why="not_ready")
    if p.page > deck.pages:
        raise Refused("invalid", field="page", why="no_such_page")
    if p.expected is not None and p.expected != deck.page and p.page != deck.page:
        raise Refused("stale", current=ctx.picture("slides", deck), why="page_turned")
    if p.page != deck.page:
        deck.page = p.page
        deck.version += 1
        _cue(ctx, deck)
    return {"page": deck.page, "version": deck.version}


@command("slides.remove", role="presenter", payload=Which)
def remove(ctx: Context, p: Which) -> None:
    """Take the slides away, from everyone."""
    deck: Deck = ctx.seen("slides", p.deck, "deck")
    if ctx.who is None or not _brings(ctx, ctx.who, deck.item_id):
        raise Refused("role")
    ctx.audit("slides.remove", deck.id, {"item": deck.item_id, "name": deck.name}, None)
    _remove(ctx, deck)


def _brings(ctx: Context, who: Participant, item: str) -> bool:
    """Staff, and those who speak at that item."""
    if who.role_set & STAFF:
        return True
    speaks = select(Speaker.id).where(Speaker.item_id == item, Speaker.participant_id == who.id)
    return "speaker" in who.role_set and ctx.session.scalars(speaks).first() is not None


def _turns(ctx: Context, deck: Deck) -> bool:
    who = ctx.who
    if who is None:
        return False
    if "lectern" in who.role_set:
        return who.track in ("", track_of(ctx.session, deck.item_id))
    return _brings(ctx, who, deck.item_id)


def _cue(ctx: Context, deck: Deck) -> None:
    """Chapters hang on when pages were turned, while the item was on; what was tried before it leaves none."""
    item = ctx.session.get_one(Item, deck.item_id)
    if deck.page == 0 or item.actual_start is None or item.actual_end is not None:
        return
    turned = select(Cue).where(Cue.item_id == item.id, Cue.kind == "page").order_by(Cue.at.desc()).limit(1)
    last = ctx.session.scalars(turned).first()
    if last is not None and (ctx.now - last.at).total_seconds() < FLIP:
        last.page, last.at = deck.page, ctx.now
        return
    ctx.add(
        Cue(
            id=new_id(),
            meeting_id=ctx.meeting_id,
            item_id=item.id,
            step_id=None,
            kind="page",
            page=deck.page,
            at=ctx.now,
        )
    )


def _remove(ctx: Context, deck: Deck) -> None:
    """The rows; the files go when nothing names them any more (jobs)."""
    for drawn in pages_of(ctx.session, deck.id):
        ctx.session.delete(drawn)
    ctx.session.flush()
    ctx.session.delete(deck)
    ctx.session.flush()

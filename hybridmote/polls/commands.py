"""What people do with polls: staff make, open, show and close them; everyone answers."""

from typing import Any

from pydantic import Field
from sqlalchemy import select

from ..context import Context, after
from ..dispatch import Id, Payload, command, words
from ..participants.store import Participant, new_id
from ..problems import Refused
from ..programme.store import track_of
from . import model
from .store import Answer, Poll

Most = Field(1, ge=1, le=10, description="how many one may choose; 5 or 10 for a scale; how many words, at most 3")
Version = Field(None, description="the poll's `version` that was decided on")


class Text(Payload):
    prompt: words(model.PROMPT) = Field(description="1 to 200 graphemes after cleaning")  # type: ignore[valid-type]
    options: list[words(model.OPTION)] = Field(  # type: ignore[valid-type]
        [], max_length=model.OPTIONS, description="of a choice 2 to 10; of a scale, the words at its two ends"
    )
    most: int = Most

    @classmethod
    def of_form(cls, typed: dict[str, str]) -> dict[str, Any]:
        """Options stand one a line."""
        body = super().of_form(typed)
        if "options" in body:
            body["options"] = [line for line in typed["options"].splitlines() if line.strip()]
        return body


class Add(Text):
    item: Id
    kind: model.Kind = Field(description="how it is answered")


class Edit(Text):
    id: Id
    expected_version: int | None = Version


class Which(Payload):
    id: Id


class Show(Which):
    on: bool = Field(description="true to show it on the hall's screen, false to take it down")


class LeaveOut(Which):
    on: bool = Field(description="true to leave out what was answered by those without a place, false to count all")


class Give(Which):
    answers: list[int | str] = Field(
        max_length=model.OPTIONS,
        description="numbers of options from 0; one number of the scale; words. Empty: take the answer back",
    )

    @classmethod
    def of_form(cls, typed: dict[str, str]) -> dict[str, Any]:
        """A plain form sends a list as answer0, answer1 …; what was left empty is not in it."""
        parts = sorted(key for key in typed if key.startswith("answer"))
        rest = {key: value for key, value in typed.items() if key not in parts}
        return rest | {"answers": [typed[key] for key in parts if typed[key].strip()]}


@command("poll.add", role="moderator", payload=Add)
def add(ctx: Context, p: Add) -> dict[str, str]:
    """Prepare a poll within an item. Only staff see it until it is opened."""
    ctx.seen("programme", p.item, "item")
    options, most = _checked(p.kind, p)
    poll = ctx.add(
        Poll(
            id=new_id(),
            meeting_id=ctx.meeting_id,
            item_id=p.item,
            version=1,
            kind=p.kind,
            prompt=p.prompt,
            options=options,
            most=most,
            state="draft",
            on_screen=False,
            answered=0,
            counts={},
            walk_ins_answered=0,
            walk_ins={},
            places_only=False,
            made_at=ctx.now,
        )
    )
    return {"id": poll.id}


@command("poll.edit", role="moderator", payload=Edit)
def edit(ctx: Context, p: Edit) -> dict[str, Any]:
    """Change the text of a poll that has not been opened."""
    poll = _draft(ctx, p.id, p.expected_version)
    poll.options, poll.most = _checked(poll.kind, p)
    poll.prompt = p.prompt
    poll.version += 1
    return {"id": poll.id, "version": poll.version}


@command("poll.open", role="moderator", payload=Which)
def open_(ctx: Context, p: Which) -> dict[str, Any]:
    """Put it to everyone, and on the hall's screen. One that was closed is opened again with its answers."""
    poll = _moved(ctx, p.id, "open")
    poll.opened_at, poll.closed_at, poll.closed_by = ctx.now, None, None
    _show(ctx, poll)
    return {"id": poll.id, "state": poll.state, "version": poll.version}


@command("poll.close", role="moderator", payload=Which)
def close(ctx: Context, p: Which) -> dict[str, Any]:
    """Take no more answers. What was answered stays to be seen."""
    poll = _moved(ctx, p.id, "close")
    poll.closed_at = ctx.now
    return {"id": poll.id, "state": poll.state, "version": poll.version}


@command("poll.show", role="moderator", payload=Show)
def show(ctx: Context, p: Show) -> dict[str, Any]:
    """Show it on the hall's screen, one at a time in each track, or take it down."""
    poll = ctx.get(Poll, p.id)
    if poll.state == "draft":
        raise Refused("state", current=ctx.picture("polls", poll), why="poll_draft")
    if p.on:
        _show(ctx, poll)
    elif poll.on_screen:
        poll.on_screen = False
        poll.version += 1
    return {"id": poll.id, "on_screen": poll.on_screen, "version": poll.version}


@command("poll.leave_out", role="moderator", payload=LeaveOut)
def leave_out(ctx: Context, p: LeaveOut) -> dict[str, Any]:
    """Leave what walk-ins answered out of what everyone sees, or count all. They may go on answering: nothing is lost."""
    poll = ctx.get(Poll, p.id)
    if poll.state == "draft":
        raise Refused("state", current=ctx.picture("polls", poll), why="poll_draft")
    if poll.places_only != p.on:
        ctx.audit("poll.leave_out", poll.id, poll.places_only, p.on)
        poll.places_only = p.on
        poll.version += 1
    return {"id": poll.id, "places_only": poll.places_only, "version": poll.version}


@command("poll.delete", role="moderator", payload=Which)
def delete(ctx: Context, p: Which) -> None:
    """Throw away a poll that has not been opened."""
    poll = _draft(ctx, p.id, None)
    ctx.audit("poll.delete", poll.id, poll.prompt, None)
    ctx.session.delete(poll)


@command(
    "poll.answer",
    role="participant",
    payload=Give,
    limit="120/minute",
    loads=lambda who, p: [(Poll, p.id), (Answer, (p.id, who))],
)
def answer(ctx: Context, p: Give) -> dict[str, Any]:
    """Answer an open poll, answer anew, or take the answer back. Nobody sees who answered what."""
    poll: Poll = ctx.seen("polls", p.id)
    if poll.state != "open":
        raise Refused("closed", current=ctx.picture("polls", poll), why="poll_closed")
    try:
        given = model.answered(poll.kind, poll.options, poll.most, p.answers)
    except model.Wrong as wrong:
        raise _refused(wrong) from None
    mine = ctx.find(Answer, (poll.id, ctx.me))
    before = mine.answers if mine else []
    if given != before:
        counted = (model.keys(poll.kind, before), model.keys(poll.kind, given))
        poll.counts = model.recounted(poll.counts, *counted)
        poll.answered += bool(given) - bool(before)
        if ctx.session.get_one(Participant, ctx.me).walk_in:
            poll.walk_ins = model.recounted(poll.walk_ins, *counted)
            poll.walk_ins_answered += bool(given) - bool(before)
        if mine is None:
            ctx.add(Answer(poll_id=poll.id, participant_id=ctx.me, answers=given, at=ctx.now))
        elif given:
            mine.answers, mine.at = given, ctx.now
        else:
            ctx.session.delete(mine)
    return {"answers": given}


@after("programme.advanced")
def close_with_the_item(ctx: Context, fact: dict[str, Any]) -> None:
    """What is still open when its item ends is closed, and leaves the screen."""
    for poll in _of_items(ctx, fact["ended"], Poll.state == "open"):
        poll.state, poll.closed_at, poll.closed_by = "closed", ctx.now, fact["step"]
        poll.version += 1
    for poll in _of_items(ctx, fact["ended"], Poll.on_screen.is_(True)):
        poll.on_screen, poll.hidden_by = False, fact["step"]
        poll.version += 1


@after("programme.undone")
def open_with_the_item(ctx: Context, fact: dict[str, Any]) -> None:
    """What was closed because its item ended is open again, and on the screen if it was."""
    here = select(Poll).where(Poll.meeting_id == ctx.meeting_id)
    for poll in ctx.session.scalars(here.where(Poll.closed_by == fact["step"])).all():
        poll.closed_by = None
        if poll.state == "closed":
            poll.state, poll.closed_at = "open", None
            poll.version += 1
    hidden = here.where(Poll.hidden_by == fact["step"])
    for poll in ctx.session.scalars(hidden.order_by(Poll.made_at, Poll.id)).all():
        poll.hidden_by = None
        taken = ctx.session.scalars(here.where(Poll.on_screen.is_(True), Poll.item_id == poll.item_id)).first()
        if taken is None and poll.state != "draft":
            poll.on_screen = True
            poll.version += 1


def _of_items(ctx: Context, items: list[str], which: Any) -> list[Poll]:
    found = select(Poll).where(Poll.meeting_id == ctx.meeting_id, Poll.item_id.in_(items), which)
    return list(ctx.session.scalars(found)) if items else []


def _checked(kind: model.Kind, p: Text) -> tuple[list[str], int]:
    try:
        return model.checked(kind, p.options, p.most)
    except model.Wrong as wrong:
        raise _refused(wrong) from None


def _refused(wrong: model.Wrong) -> Refused:
    if wrong.why in ("too_long", "bad_text"):
        return Refused(wrong.why, field=wrong.field, **({} if wrong.over is None else {"over": wrong.over}))
    return Refused("invalid", field=wrong.field, why=wrong.why)


def _draft(ctx: Context, id: str, version: int | None) -> Poll:
    poll = ctx.get(Poll, id)
    ctx.expect("polls", poll, version)
    if poll.state != "draft":
        raise Refused("state", current=ctx.picture("polls", poll), why="poll_opened")
    return poll


def _moved(ctx: Context, id: str, act: model.Act) -> Poll:
    poll = ctx.get(Poll, id)
    before = poll.state
    try:
        poll.state = model.moved(before, act)
    except model.Refusal as refusal:
        raise Refused(refusal.code, current=ctx.picture("polls", poll), why=refusal.detail) from None
    poll.version += 1
    ctx.audit(f"poll.{act}", poll.id, before, poll.state)
    return poll


def _show(ctx: Context, poll: Poll) -> None:
    """On the hall's screen stands one poll of a track at a time."""
    if not poll.on_screen:
        poll.on_screen = True
        poll.version += 1
    track = track_of(ctx.session, poll.item_id)
    others = select(Poll).where(Poll.meeting_id == ctx.meeting_id, Poll.on_screen.is_(True), Poll.id != poll.id)
    for other in ctx.session.scalars(others).all():
        if track_of(ctx.session, other.item_id) == track:
            other.on_screen = False
            other.version += 1

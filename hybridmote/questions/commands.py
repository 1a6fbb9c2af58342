"""What people do with questions: ask, support; and staff: approve, reject, take on stage, answer."""

from typing import Any

from pydantic import Field
from sqlalchemy import select

from ..context import Context, after
from ..dispatch import Id, Payload, command, words
from ..participants.store import new_id
from ..problems import Refused
from ..programme.store import Item, items_of
from . import model
from .store import Question, Receipt, Upvote, on_stage


class Ask(Payload):
    text: words(model.LIMIT, multiline=True) = Field(  # type: ignore[valid-type]
        description="1 to 500 graphemes after cleaning"
    )
    item: Id | None = Field(None, description="what it is asked of; what is on now, if not given")
    hide_name: bool = Field(False, description="hide my name from participants; staff see it")


class Which(Payload):
    id: Id


class Judge(Which):
    reason: words(model.REASON_LIMIT, optional=True) = Field(  # type: ignore[valid-type]
        "", description="read by the asker when it is rejected; at most 300 graphemes"
    )
    expected_version: int | None = Field(None, description="the question's `version` that was judged")


class Support(Which):
    on: bool = Field(description="true to support, false to take it back")


@command("question.ask", role="participant", payload=Ask, limit="10/minute")
def ask(ctx: Context, p: Ask) -> dict[str, str]:
    """Ask those who speak. The question waits for a moderator."""
    if p.item is not None:
        ctx.seen("programme", p.item, "item")
    rules = [i.rule() for i in items_of(ctx.session, ctx.meeting_id)]
    item = model.item_for(rules, p.item, ctx.now)
    if item is None:
        raise Refused("closed", why="no_questions_now")
    question = ctx.add(
        Question(
            id=new_id(),
            meeting_id=ctx.meeting_id,
            item_id=item,
            author_id=ctx.me,
            version=1,
            text=p.text,
            state="pending",
            name_hidden=p.hide_name,
            reason="",
            support=0,
            asked_at=ctx.now,
        )
    )
    return {"id": question.id}


@command("question.approve", role="moderator", payload=Judge, limit="300/minute")
def approve(ctx: Context, p: Judge) -> dict[str, Any]:
    """Let everyone see it and support it."""
    return _move(ctx, _judged(ctx, p), "approve", "question.approve", p.reason)


@command("question.reject", role="moderator", payload=Judge, limit="300/minute")
def reject(ctx: Context, p: Judge) -> dict[str, Any]:
    """Do not take it up; the asker reads why."""
    return _move(ctx, _judged(ctx, p), "reject", "question.reject", p.reason)


@command("question.take", role="moderator", payload=Which, limit="300/minute")
def take(ctx: Context, p: Which) -> dict[str, Any]:
    """Put it on stage. One is on stage at a time: what stood there is answered."""
    question = ctx.get(Question, p.id)
    if question.state != "approved":
        return _move(ctx, question, "take", "question.take")  # refused before anything else is touched
    for other in on_stage(ctx.session, ctx.meeting_id):
        if other.id != question.id and _track_of(ctx, other) == _track_of(ctx, question):
            _move(ctx, other, "answer", "question.take")
    return _move(ctx, question, "take", "question.take")


@command("question.put_back", role="moderator", payload=Which, limit="300/minute")
def put_back(ctx: Context, p: Which) -> dict[str, Any]:
    """Take it off the stage, unanswered: it is in line again."""
    return _move(ctx, ctx.get(Question, p.id), "put_back", "question.put_back")


@command("question.answer", role="moderator", payload=Which, limit="300/minute")
def answer(ctx: Context, p: Which) -> dict[str, Any]:
    """It has been answered."""
    return _move(ctx, ctx.get(Question, p.id), "answer", "question.answer")


@command(
    "question.upvote",
    role="participant",
    payload=Support,
    limit="120/minute",
    loads=lambda who, p: [(Question, p.id), (Upvote, (p.id, who))],
)
def upvote(ctx: Context, p: Support) -> dict[str, Any]:
    """Support somebody else's question, or take the support back."""
    question: Question = ctx.seen("questions", p.id)
    if question.author_id == ctx.me:
        raise Refused("own", current=ctx.picture("questions", question))
    if not model.supportable(question.state):
        raise Refused("state", current=ctx.picture("questions", question))
    given = ctx.find(Upvote, (question.id, ctx.me))
    if p.on and given is None:
        ctx.add(Upvote(question_id=question.id, participant_id=ctx.me))
        question.support += 1
    elif not p.on and given is not None:
        ctx.session.delete(given)
        question.support -= 1
    return {"on": p.on, "support": question.support}


@after("programme.advanced")
def leave_the_stage(ctx: Context, fact: dict[str, Any]) -> None:
    """What was on stage when its item ended has been answered."""
    ended = set(fact["ended"])
    if not ended:
        return
    for question in on_stage(ctx.session, ctx.meeting_id):
        if question.item_id in ended:
            _move(ctx, question, "answer", "programme.advanced")
            question.left_by = fact["step"]


@after("programme.planned")
def one_stage_in_a_track(ctx: Context, fact: dict[str, Any]) -> None:
    """An item that goes to a track, or comes back to it, does not bring a second question on stage."""
    taken: dict[str, Question] = {}
    for question in sorted(on_stage(ctx.session, ctx.meeting_id), key=lambda q: q.item_id in fact["items"]):
        if taken.setdefault(_track_of(ctx, question), question) is not question:
            _move(ctx, question, "put_back", "programme.planned")


@after("programme.removed")
def off_a_stage_that_is_gone(ctx: Context, fact: dict[str, Any]) -> None:
    """What was on stage of an item that is taken out of the programme is in line again, if it comes back."""
    for question in on_stage(ctx.session, ctx.meeting_id):
        if question.item_id in fact["items"]:
            _move(ctx, question, "put_back", "programme.removed")


@after("programme.undone")
def return_to_the_stage(ctx: Context, fact: dict[str, Any]) -> None:
    """What left the stage because its item ended is on it again, as if it had never been answered."""
    left = select(Question).where(Question.meeting_id == ctx.meeting_id, Question.left_by == fact["step"])
    for question in ctx.session.scalars(left).all():
        question.left_by = None
        if question.state != "answered":
            continue
        there = [q for q in on_stage(ctx.session, ctx.meeting_id) if _track_of(ctx, q) == fact["track"]]
        _move(ctx, question, "reopen" if there else "restage", "programme.undone")
        told = select(Receipt).where(Receipt.question_id == question.id, Receipt.end == "answered")
        for receipt in ctx.session.scalars(told).all():
            ctx.session.delete(receipt)


def _judged(ctx: Context, p: Judge) -> Question:
    question = ctx.get(Question, p.id)
    ctx.expect("questions", question, p.expected_version)
    return question


def _track_of(ctx: Context, question: Question) -> str:
    item = ctx.session.get(Item, question.item_id)
    return item.track if item else ""


def _move(ctx: Context, question: Question, act: model.Act, what: str, reason: str = "") -> dict[str, Any]:
    """Compare and set, on record; the asker gets one receipt for each end."""
    before = question.state
    try:
        state = model.moved(before, act)
    except model.Refusal as refusal:
        raise Refused(refusal.code, current=ctx.picture("questions", question), why=refusal.detail) from None
    question.state, question.reason = state, reason
    question.version += 1
    ctx.audit(what, question.id, before, state, reason)
    end = model.receipt_end(before, state)
    if end is not None and not _told(ctx, question, end):
        ctx.add(
            Receipt(
                id=new_id(),
                meeting_id=ctx.meeting_id,
                participant_id=question.author_id,
                question_id=question.id,
                end=end,
                text=question.text,
                reason=reason,
                at=ctx.now,
            )
        )
    return {"id": question.id, "state": state, "version": question.version}


def _told(ctx: Context, question: Question, end: str) -> bool:
    row = select(Receipt.id).where(Receipt.question_id == question.id, Receipt.end == end)
    return ctx.session.scalars(row).first() is not None

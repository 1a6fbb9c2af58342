"""From the line to the stage and to the answer: up next, taken, answered, or answered in writing afterwards."""

from typing import Any

from pydantic import Field
from sqlalchemy import select

from ...access import STAFF
from ...context import Context, after
from ...dispatch import Id, command, words
from ...problems import Refused
from ...programme.store import Item, Speaker
from .. import model
from ..store import Question, on_stage
from .change import Decided, Which, at_hand, change, let_go, refused
from .line import close_up, line_up_again, stand_in, track_of


class Queue(Which):
    before: Id | None = Field(None, description="the question that it is to stand before; null: last")
    on: bool = Field(True, description="false: not among those that are up next any more")


class Reply(Decided):
    text: words(model.REPLY_LIMIT, multiline=True) = Field(  # type: ignore[valid-type]
        description="the answer, shown to everyone; 1 to 4,000 graphemes"
    )


@command("question.queue", role="moderator", payload=Queue, limit="300/minute")
def queue(ctx: Context, p: Queue) -> dict[str, Any]:
    """Put it among those that are up next, at its place; or take it off that list."""
    question = at_hand(ctx, p.id)
    if question.state != "approved":
        raise refused(ctx, question)
    if p.on:
        try:
            stand_in(ctx, question, p.before if p.before != question.id else None)
        except LookupError:
            raise Refused("not_found", field="before") from None
    elif question.queue is not None:
        question.queue = None
        close_up(ctx, question)
    let_go(question)
    return {"id": question.id, "queue": question.queue}


@command("question.take", role="moderator", payload=Which, limit="300/minute")
def take(ctx: Context, p: Which) -> dict[str, Any]:
    """Put it on stage. One is on stage at a time: what stood there is answered."""
    question = at_hand(ctx, p.id)
    if question.state != "approved":
        raise refused(ctx, question)  # before anything else is touched
    for other in on_stage(ctx.session, ctx.meeting_id):
        if track_of(ctx, other) == track_of(ctx, question):
            change(ctx, other, "answer", "question.take")
    let_go(question)
    return change(ctx, question, "take", "question.take")


@command("question.put_back", role="moderator", payload=Which, limit="300/minute")
def put_back(ctx: Context, p: Which) -> dict[str, Any]:
    """Take it off the stage, unanswered: it is in line again."""
    question = at_hand(ctx, p.id)
    done = change(ctx, question, "put_back", "question.put_back")
    let_go(question)
    return done


@command("question.answer", role="moderator", payload=Which, limit="300/minute")
def answer(ctx: Context, p: Which) -> dict[str, Any]:
    """It has been answered."""
    question = at_hand(ctx, p.id)
    done = change(ctx, question, "answer", "question.answer")
    let_go(question)
    return done


@command("question.reply", role="presenter", payload=Reply)
def reply(ctx: Context, p: Reply) -> dict[str, Any]:
    """Answer in writing what time did not reach: those who speak at its item, or staff. The asker is told."""
    question: Question = ctx.seen("questions", p.id)
    if not _speaks(ctx, question.item_id):
        raise Refused("role", field="id")
    ctx.expect("questions", question, p.expected_version)
    before = question.reply
    if question.state in model.MOVES["reply"]:
        question.reply, question.replied_at = p.text, ctx.now
    done = change(ctx, question, "reply", "question.answer")
    ctx.audit("question.reply", question.id, before, p.text)
    ctx.tell("question.replied", question=question.id)
    return done


def _speaks(ctx: Context, item_id: str) -> bool:
    """Staff, and those who speak at the item, at what it is part of or at one of its parts."""
    who = ctx.who
    if who is None or who.role_set & STAFF:
        return who is not None
    item = ctx.session.get_one(Item, item_id)
    family = [item.id, *([item.parent_id] if item.parent_id else [])]
    family += ctx.session.scalars(select(Item.id).where(Item.parent_id == item.id))
    speaks = select(Speaker.id).where(Speaker.item_id.in_(family), Speaker.participant_id == who.id)
    return ctx.session.scalars(speaks).first() is not None


@after("programme.advanced")
def leave_the_stage(ctx: Context, fact: dict[str, Any]) -> None:
    """What was on stage when its item ended has been answered."""
    ended = set(fact["ended"])
    if not ended:
        return
    for question in on_stage(ctx.session, ctx.meeting_id):
        if question.item_id in ended:
            change(ctx, question, "answer", "programme.advanced")
            question.left_by = fact["step"]


@after("programme.planned")
def one_stage_in_a_track(ctx: Context, fact: dict[str, Any]) -> None:
    """An item that goes to a track, or comes back to it, does not bring a second question on stage; and what is up next
    of it stands last in the line there."""
    taken: dict[str, Question] = {}
    for question in sorted(on_stage(ctx.session, ctx.meeting_id), key=lambda q: q.item_id in fact["items"]):
        if taken.setdefault(track_of(ctx, question), question) is not question:
            change(ctx, question, "put_back", "programme.planned")
    line_up_again(ctx, moved=fact["items"])


@after("programme.removed")
def off_a_stage_that_is_gone(ctx: Context, fact: dict[str, Any]) -> None:
    """What was on stage of an item that is taken out of the programme is in line again, if it comes back."""
    for question in on_stage(ctx.session, ctx.meeting_id):
        if question.item_id in fact["items"]:
            change(ctx, question, "put_back", "programme.removed")


@after("programme.undone")
def return_to_the_stage(ctx: Context, fact: dict[str, Any]) -> None:
    """What left the stage because its item ended is on it again, as if it had never been answered."""
    left = select(Question).where(Question.meeting_id == ctx.meeting_id, Question.left_by == fact["step"])
    for question in ctx.session.scalars(left).all():
        there = [q for q in on_stage(ctx.session, ctx.meeting_id) if track_of(ctx, q) == fact["track"]]
        change(ctx, question, "reopen" if there else "restage", "programme.undone")

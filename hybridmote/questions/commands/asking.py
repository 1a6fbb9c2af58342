"""What those who take part do: ask, change the wording while it waits, withdraw, support."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import Field
from sqlalchemy import select

from ... import limits
from ...access import STAFF
from ...context import Context
from ...dispatch import Id, Payload, command, words
from ...participants.store import new_id
from ...problems import Refused
from ...programme.store import Item
from .. import model
from ..model.likeness import flagged
from ..store import Question, Upvote, asked_of, inside
from .change import Which, change, compare, let_go, refuse_claimed, refused
from .merging import part_all


class Limits:
    """Of one person, as the operator has set them; nothing is counted when the rate limits are off."""

    per_minute = 3
    open = 20


class Ask(Payload):
    text: words(model.LIMIT, multiline=True) = Field(  # type: ignore[valid-type]
        description="1 to 500 graphemes after cleaning"
    )
    item: Id | None = Field(None, description="what it is asked of; what is on now, if not given")
    hide_name: bool = Field(False, description="hide my name from participants; staff see it")


class Edit(Which):
    text: words(model.LIMIT, multiline=True) = Field(  # type: ignore[valid-type]
        description="1 to 500 graphemes after cleaning"
    )
    expected_version: int = Field(description="`version` of the question that was edited")


class Support(Which):
    on: bool = Field(description="true to support, false to take it back")


@command("question.ask", role="asker", payload=Ask, limit="30/minute")
def ask(ctx: Context, p: Ask) -> dict[str, str]:
    """Ask those who speak. The question waits for a moderator, unless its item takes questions unseen."""
    if p.item is not None:
        ctx.seen("programme", p.item, "item")
    _refuse_muted(ctx)
    item = asked_of(ctx.session, ctx.meeting, p.item, ctx.now)
    if item is None:
        raise Refused("closed", why="no_questions_now")
    _refuse_many(ctx)
    there = ctx.session.get_one(Item, item)
    question = ctx.add(
        Question(
            id=new_id(),
            meeting_id=ctx.meeting_id,
            item_id=item,
            author_id=ctx.me,
            version=1,
            text=p.text,
            # what holds a word that staff want to see is looked at, wherever it is asked
            state="approved" if there.asking == "open" and not flagged(p.text, ctx.meeting.words) else "pending",
            name_hidden=p.hide_name,
            reason="",
            support=0,
            asked_at=ctx.now,
        )
    )
    compare(ctx, question)
    return {"id": question.id}


@command("question.edit", role="asker", payload=Edit)
def edit(ctx: Context, p: Edit) -> dict[str, Any]:
    """Change the wording while it waits: its asker, or staff, who leave what was asked standing beside it."""
    question: Question = ctx.seen("questions", p.id)
    own = question.author_id == ctx.me
    staff = ctx.who is not None and bool(ctx.who.role_set & STAFF)
    if not own and not staff:
        raise Refused("role", field="id")
    if own:
        _refuse_muted(ctx)
    else:
        refuse_claimed(ctx, question)
    ctx.expect("questions", question, p.expected_version)
    if question.state != "pending":
        raise refused(ctx, question)
    if p.text != question.text:
        before, question.text = question.text, p.text
        if own:
            question.original = ""
        else:
            asked = question.original or before
            question.original = asked if p.text != asked else ""
            ctx.audit("question.edit", question.id, before, p.text)
        question.version += 1
        compare(ctx, question)
    if not own:
        let_go(question)
    return {"id": question.id, "version": question.version}


@command("question.withdraw", role="asker", payload=Which)
def withdraw(ctx: Context, p: Which) -> dict[str, Any]:
    """Take back one's own question, as long as it is not on stage or at its end."""
    question: Question = ctx.seen("questions", p.id)
    if question.author_id != ctx.me:
        raise Refused("role", field="id")
    done = change(ctx, question, "withdraw", "question.withdraw")
    part_all(ctx, question)  # nobody else's question goes with it
    return done


@command(
    "question.upvote",
    role="asker",
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
        raise refused(ctx, question)
    given = ctx.find(Upvote, (question.id, ctx.me))
    if p.on and given is None:
        ctx.add(Upvote(question_id=question.id, participant_id=ctx.me))
        question.support += 1
    elif p.on and given is not None and given.via is not None:
        given.via = None  # now it is for this one itself, and stays if they are parted
    elif not p.on and given is not None:
        ctx.session.delete(given)
        question.support -= 1
        for part in inside(ctx.session, question.id):  # who was counted through one of them is not counted any more
            vote = ctx.find(Upvote, (part.id, ctx.me))
            if vote is not None:
                ctx.session.delete(vote)
                part.support -= 1
    return {"on": p.on, "support": question.support}


def _refuse_muted(ctx: Context) -> None:
    me = ctx.who
    if me is not None and me.muted and (me.muted_until is None or me.muted_until > ctx.now):
        raise Refused("muted", reason=me.muted)


def _refuse_many(ctx: Context) -> None:
    """So many a minute, so many that wait, and as far apart as the meeting wants them just now."""
    mine = select(Question.asked_at).where(
        Question.meeting_id == ctx.meeting_id, Question.author_id == ctx.me, Question.aloud.is_(False)
    )
    n, most = Limits.per_minute, Limits.open
    newest = list(ctx.session.scalars(mine.order_by(Question.asked_at.desc()).limit(n)))
    if ctx.meeting.slow_seconds and newest:
        _wait(ctx, newest[0] + timedelta(seconds=ctx.meeting.slow_seconds), "slowly", every=ctx.meeting.slow_seconds)
    if not limits.limiter.on:
        return
    if len(newest) == n:
        _wait(ctx, newest[-1] + timedelta(minutes=1), "in_a_minute", n=n)
    if len(list(ctx.session.scalars(mine.where(Question.state == "pending")))) >= most:
        raise Refused("state", why="many_wait", n=most)


def _wait(ctx: Context, until: datetime, why: str, **params: Any) -> None:
    left = (until - ctx.now).total_seconds()
    if left > 0:
        raise Refused("too_many", why=why, seconds=int(left) + 1, **params)

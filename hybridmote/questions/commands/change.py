"""Every change of a question: compare and set, on record; and one receipt for its asker at each end it comes to."""

from typing import Any

from pydantic import Field
from sqlalchemy import select

from ...context import Context
from ...dispatch import Id, Payload
from ...participants.store import new_id
from ...problems import Refused
from .. import model
from ..model.likeness import SUSPECTED, alike
from ..store import Question, Receipt, inside, open_of
from .line import close_up


class Which(Payload):
    id: Id


class Decided(Which):
    expected_version: int | None = Field(None, description="the question's `version` that was decided on")


def at_hand(ctx: Context, id: str, version: int | None = None) -> Question:
    """The question that staff act on. Refusal `stale`, or `claimed` while somebody else is at work on it."""
    question = ctx.get(Question, id)
    ctx.expect("questions", question, version)
    refuse_claimed(ctx, question)
    return question


def refuse_claimed(ctx: Context, question: Question) -> None:
    if claimed(ctx, question) and question.claimed_by != ctx.me:
        claim = ctx.picture("questions", question) or {}
        raise Refused("claimed", current=claim, name=(claim.get("claim") or {}).get("name", ""))


def claimed(ctx: Context, question: Question) -> bool:
    return model.claim_holds(question.state, question.claimed_until, ctx.now)


def let_go(question: Question) -> None:
    """Who has acted on a question is done with it."""
    question.claimed_by = question.claimed_until = None


def change(
    ctx: Context, question: Question, act: model.Act, what: str, reason: str = "", into: str | None = None
) -> dict[str, Any]:
    """One move of the state machine, with all that hangs on it: its place in the line, and who is told."""
    before = question.state
    try:
        state = model.moved(before, act)
    except model.Refusal as refusal:
        raise refused(ctx, question, refusal.detail) from None
    question.state, question.reason = state, reason if state == "rejected" else ""
    settle(ctx, question, act)
    if state != before:
        question.left_by = None
        ctx.audit(what, question.id, before, state, reason)
        left = model.end_of(before)
        if left is not None:  # it is at that end no more; should it come to it again, that is told again
            for asked in (question, *inside(ctx.session, question.id)):
                untell(ctx, asked, left)
    end = model.receipt_end(before, state, act)
    if end is not None:
        told = question.reply if end == "replied" else reason
        tell(ctx, question, end, told, into)
        if end != "merged":  # whoever asked what was merged into it has waited for this too
            for part in inside(ctx.session, question.id):
                tell(ctx, part, end, told, into=question.id)
    return {"id": question.id, "state": state, "version": question.version}


def refused(ctx: Context, question: Question, why: str | None = None) -> Refused:
    """It cannot be done in the state it is in; with the question as the caller may see it."""
    return Refused("state", current=ctx.picture("questions", question), why=why or question.state)


def settle(ctx: Context, question: Question, act: model.Act | None = None) -> None:
    """What goes with a state."""
    question.version += 1
    question.ended_at = ctx.now if question.state in model.FINAL else None
    if act == "take":
        question.staged_at = ctx.now
    if question.queue is not None and question.state != "approved":
        if act != "merge":  # what was merged keeps its place in mind, in case it is parted again
            question.queue = None
        close_up(ctx, question)


def tell(ctx: Context, question: Question, end: str, words: str = "", into: str | None = None) -> None:
    """One receipt for each end; an answer in writing that is written again is the same receipt."""
    if question.author_id is None:
        return
    told = ctx.session.scalars(select(Receipt).where(Receipt.question_id == question.id, Receipt.end == end)).first()
    if told is not None:
        if told.into_id == into and told.reason != words:  # else they have an answer of their own
            told.reason, told.at = words, ctx.now
        return
    ctx.add(
        Receipt(
            id=new_id(),
            meeting_id=ctx.meeting_id,
            participant_id=question.author_id,
            question_id=question.id,
            end=end,
            text=question.text,
            reason=words,
            into_id=into,
            at=ctx.now,
        )
    )
    ctx.session.flush()


def untell(ctx: Context, question: Question, end: str) -> None:
    """It is not at that end after all."""
    told = select(Receipt).where(Receipt.question_id == question.id, Receipt.end == end)
    for receipt in ctx.session.scalars(told).all():
        ctx.session.delete(receipt)
    ctx.session.flush()


def compare(ctx: Context, question: Question) -> None:
    """Remember the open question of the same item that asks the same, if one seems to."""
    found = alike(question.text, open_of(ctx.session, question.item_id, but=question.id), least=SUSPECTED, most=1)
    question.resembles = found[0][0] if found else None

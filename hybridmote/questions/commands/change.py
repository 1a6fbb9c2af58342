"""Every change of a question: compare and set, on record; and one receipt for its asker at each end it comes to."""

from typing import Any

from pydantic import Field
from sqlalchemy import select

from ...context import Context
from ...dispatch import Id, Payload
from ...participants.store import new_id
from ...problems import Refused
from ...programme.store import Item
from .. import model
from ..model.likeness import SUSPECTED, alike
from ..store import Question, Receipt, merged_in, open_of


class Which(Payload):
    id: Id


class Decided(Which):
    expected_version: int | None = Field(None, description="the question's `version` that was decided on")


def at_hand(ctx: Context, id: str, version: int | None = None) -> Question:
    """The question that staff act on. Refusal `stale`, or `claimed` while somebody else is at work on it; who acts is
    done with it."""
    question = ctx.get(Question, id)
    ctx.expect("questions", question, version)
    refuse_claimed(ctx, question)
    question.claimed_by = question.claimed_until = None
    return question


def refuse_claimed(ctx: Context, question: Question) -> None:
    if claimed(ctx, question) and question.claimed_by != ctx.me:
        claim = ctx.picture("questions", question) or {}
        raise Refused("claimed", current=claim, name=(claim.get("claim") or {}).get("name", ""))


def claimed(ctx: Context, question: Question) -> bool:
    return question.claimed_until is not None and question.claimed_until > ctx.now


def change(
    ctx: Context, question: Question, act: model.Act, what: str, reason: str = "", into: str | None = None
) -> dict[str, Any]:
    """One move of the state machine."""
    before = question.state
    try:
        state = model.moved(before, act)
    except model.Refusal as refusal:
        raise Refused(refusal.code, current=ctx.picture("questions", question), why=refusal.detail) from None
    question.state, question.reason = state, reason if state == "rejected" else ""
    settle(ctx, question)
    ctx.audit(what, question.id, before, state, reason)
    end = model.receipt_end(before, state, act)
    if end is not None:
        told = question.reply if end == "replied" else reason
        tell(ctx, question, end, told, into)
        if end != "merged":  # whoever asked what was merged into it has waited for this too
            for part in inside(ctx, question):
                tell(ctx, part, end, told, into=question.id)
    return {"id": question.id, "state": state, "version": question.version}


def settle(ctx: Context, question: Question) -> None:
    """What goes with a state."""
    question.version += 1
    if question.state != "approved":
        question.queue = None
    if question.state == "on_stage":
        question.staged_at = ctx.now
    question.ended_at = ctx.now if question.state in model.FINAL else None


def tell(ctx: Context, question: Question, end: str, words: str = "", into: str | None = None) -> None:
    """One receipt for each end; an answer in writing that is written again is the same receipt."""
    if question.author_id is None:
        return
    told = ctx.session.scalars(select(Receipt).where(Receipt.question_id == question.id, Receipt.end == end)).first()
    if told is not None:
        if end == "replied" and told.reason != words:
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
    """It did not come to that end after all."""
    for receipt in ctx.session.scalars(
        select(Receipt).where(Receipt.question_id == question.id, Receipt.end == end)
    ).all():
        ctx.session.delete(receipt)


def compare(ctx: Context, question: Question) -> None:
    """Remember the open question of the same item that asks the same, if one seems to."""
    found = alike(question.text, open_of(ctx.session, question.item_id, but=question.id), least=SUSPECTED, most=1)
    question.resembles = found[0][0] if found else None


def track_of(ctx: Context, question: Question) -> str:
    item = ctx.session.get(Item, question.item_id)
    return item.track if item else ""


def inside(ctx: Context, question: Question) -> list[Question]:
    """All that is merged into it, however deep."""
    found, look = [], [question.id]
    while look:
        parts = merged_in(ctx.session, look.pop())
        found += parts
        look += [part.id for part in parts]
    return found

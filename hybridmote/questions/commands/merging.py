"""Questions that ask the same become one, and can be parted again.

Who supports the whole is worked out from who supported each part, so that parting them undoes it exactly.
"""

from typing import Any

from pydantic import Field
from sqlalchemy import select

from ...context import Context
from ...dispatch import Id, command
from ...problems import Refused
from .. import model
from ..store import Question, Receipt, Upvote, above, inside, merged_in
from .change import Decided, Which, at_hand, change, let_go, refused, settle
from .line import stand_in


class Merge(Decided):
    into: Id = Field(description="the question that stays: still open, and seen by everyone if the other is")


@command("question.merge", role="moderator", payload=Merge, limit="300/minute")
def merge(ctx: Context, p: Merge) -> dict[str, Any]:
    """Merge a question into another that asks the same. Their voters are united, and its asker is told."""
    into = ctx.get(Question, p.into, "into")
    question = at_hand(ctx, p.id, p.expected_version)
    if into.id == question.id:
        raise Refused("invalid", field="into", why="into_itself")
    if not model.mergeable(question.state, into.state):
        why = "into_what_waits" if into.state in model.OPEN else into.state
        raise Refused("state", field="into", current=ctx.picture("questions", into), why=why)
    was = question.state
    done = change(ctx, question, "merge", "question.merge", into=into.id)
    question.was, question.merged_into = was, into.id
    let_go(question)
    unite(ctx, into)
    return done


@command("question.unmerge", role="moderator", payload=Which, limit="300/minute")
def unmerge(ctx: Context, p: Which) -> dict[str, Any]:
    """Part it again from what it was merged into: both as if they had never been one."""
    question = at_hand(ctx, p.id)
    if question.state != "merged":
        raise refused(ctx, question)
    return part(ctx, question, "question.unmerge")


def part_all(ctx: Context, question: Question) -> None:
    """What was merged into a question that its asker withdrew stands by itself again."""
    for one in merged_in(ctx.session, question.id):
        part(ctx, one, "question.withdraw")


def part(ctx: Context, question: Question, what: str) -> dict[str, Any]:
    wholes = above(ctx.session, question)
    place, question.queue = question.queue, None
    question.state, question.was, question.merged_into = question.was or "pending", None, None
    settle(ctx, question)
    if place is not None and question.state == "approved":
        stand_in(ctx, question, place=place)
    _untell(ctx, question, wholes)
    ctx.audit(what, question.id, wholes[0].id, question.state)
    unite(ctx, wholes[0])
    return {"id": question.id, "state": question.state, "version": question.version}


def _untell(ctx: Context, question: Question, wholes: list[Question]) -> None:
    """What its asker, and those whose questions are merged into it, were told because it was part of those."""
    parts = [question.id, *(one.id for one in inside(ctx.session, question.id))]
    told = select(Receipt).where(Receipt.question_id.in_(parts), Receipt.into_id.in_([whole.id for whole in wholes]))
    for receipt in ctx.session.scalars(told).all():
        ctx.session.delete(receipt)
    ctx.session.flush()


def unite(ctx: Context, question: Question) -> None:
    """Let the question, and what that is merged into, have the support of all its parts."""
    for whole in (question, *above(ctx.session, question)):
        _unite(ctx, whole)


def _unite(ctx: Context, question: Question) -> None:
    parts = inside(ctx.session, question.id)
    there: dict[str, list[str]] = {}
    for one in parts:
        there.setdefault(one.merged_into or "", []).append(one.id)
    given = select(Upvote).where(Upvote.question_id.in_([question.id, *(one.id for one in parts)]))
    own: dict[str, set[str]] = {}
    rows: dict[str, Upvote] = {}
    for vote in ctx.session.scalars(given.order_by(Upvote.question_id)):
        if vote.via is None:
            own.setdefault(vote.question_id, set()).add(vote.participant_id)
        if vote.question_id == question.id:
            rows[vote.participant_id] = vote
    supporters = model.united(own, there, question.id, question.author_id)
    for person in sorted(supporters - rows.keys()):
        via = next(one for one in sorted(own) if person in own[one])
        ctx.add(Upvote(question_id=question.id, participant_id=person, via=via))
    for person, vote in rows.items():
        if person not in supporters:
            ctx.session.delete(vote)
        elif vote.via is not None:
            vote.via = next(one for one in sorted(own) if person in own[one])
    question.support = len(supporters)
    ctx.session.flush()

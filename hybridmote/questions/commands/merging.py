"""Questions that ask the same become one, and can be parted again."""

from typing import Any

from sqlalchemy import select

from ...context import Context, after
from ...dispatch import Id, command
from ...problems import Refused
from .. import model
from ..store import Question, Upvote, merged_in
from .change import Decided, Which, at_hand, change, compare, settle, untell


class Merge(Decided):
    into: Id


@command("question.merge", role="moderator", payload=Merge, limit="300/minute")
def merge(ctx: Context, p: Merge) -> dict[str, Any]:
    """Merge a question into another that asks the same. Their voters are united, and its asker is told."""
    into = ctx.get(Question, p.into, "into")
    question = at_hand(ctx, p.id, p.expected_version)
    if into.id == question.id:
        raise Refused("invalid", field="into", why="into_itself")
    if into.state not in model.OPEN:
        raise Refused("state", field="into", current=ctx.picture("questions", into), why=into.state)
    was = question.state
    done = change(ctx, question, "merge", "question.merge", into=into.id)
    question.was, question.merged_into = was, into.id
    for other in ctx.session.scalars(select(Question).where(Question.resembles == question.id)).all():
        other.resembles = None
    ctx.session.flush()
    unite(ctx, into)
    return done


@command("question.unmerge", role="moderator", payload=Which, limit="300/minute")
def unmerge(ctx: Context, p: Which) -> dict[str, Any]:
    """Part it again from what it was merged into: both as if they had never been one."""
    question = at_hand(ctx, p.id)
    if question.state != "merged":
        raise Refused("state", current=ctx.picture("questions", question), why=question.state)
    return _part(ctx, question, "question.unmerge")


@after("question.left")
def leave_nobody_behind(ctx: Context, fact: dict[str, Any]) -> None:
    """What was merged into a question that its asker withdrew stands by itself again."""
    for part in merged_in(ctx.session, fact["question"]):
        _part(ctx, part, "question.withdraw")


def _part(ctx: Context, question: Question, what: str) -> dict[str, Any]:
    into = ctx.get(Question, question.merged_into or "")
    question.state, question.was, question.merged_into = question.was or "pending", None, None
    settle(ctx, question)
    untell(ctx, question, "merged")
    ctx.audit(what, question.id, into.id, question.state)
    compare(ctx, question)
    ctx.session.flush()
    unite(ctx, into)
    return {"id": question.id, "state": question.state, "version": question.version}


def unite(ctx: Context, question: Question) -> None:
    """Whoever supports what is merged into it supports it, but its own asker; and so on upwards.

    A voter of a part has a row here that says through which; a person's own vote is left alone.
    """
    rows = {u.participant_id: u for u in ctx.session.scalars(select(Upvote).where(Upvote.question_id == question.id))}
    through: dict[str, str] = {}
    for part in merged_in(ctx.session, question.id):
        voters = select(Upvote.participant_id).where(Upvote.question_id == part.id).order_by(Upvote.participant_id)
        for voter in ctx.session.scalars(voters):
            through.setdefault(voter, part.id)
    through.pop(question.author_id or "", None)
    for person, vote in rows.items():
        if vote.via is not None and through.get(person) is None:
            ctx.session.delete(vote)
            question.support -= 1
        elif vote.via is not None:
            vote.via = through[person]
    for person, by in through.items():
        if person not in rows:
            ctx.add(Upvote(question_id=question.id, participant_id=person, via=by))
            question.support += 1
    ctx.session.flush()
    if question.merged_into is not None:
        unite(ctx, ctx.get(Question, question.merged_into))

"""What moderators do before a question is on stage. Who acts on one has it to themselves for a while."""

from typing import Any

from pydantic import Field

from ...context import Context
from ...dispatch import Id, Payload, command, words
from ...participants.store import SCREENS, Participant, new_id
from ...problems import Refused
from .. import model
from ..store import Question, asked_of, whose
from .change import Decided, Which, at_hand, change, claimed, compare, let_go, refuse_claimed, refused
from .line import close_up, track_of

NAME = 120  # graphemes of the name of who asked aloud


class Claim(Which):
    over: bool = Field(False, description="take it over from somebody else who is at work on it")


class Judge(Decided):
    reason: words(model.REASON_LIMIT, optional=True) = Field(  # type: ignore[valid-type]
        "", description="read by the asker when it is rejected; at most 300 graphemes"
    )


class Reject(Judge):
    @classmethod
    def of_form(cls, typed: dict[str, str]) -> dict[str, Any]:
        """A plain form sends a ready reason and what was added apart, and one of them must be there."""
        body = super().of_form(typed)
        ready = body.pop("ready", "")
        reason = " ".join(part for part in (ready, body.get("reason", "").strip()) if part)
        if not reason:
            raise Refused("empty", field="reason")
        return {**body, "reason": reason}


class Move(Decided):
    item: Id


class Record(Payload):
    text: words(model.LIMIT, multiline=True) = Field(  # type: ignore[valid-type]
        description="1 to 500 graphemes after cleaning"
    )
    item: Id | None = Field(None, description="what it was asked of; what is on now, if not given")
    name: words(NAME, optional=True) = Field("", description="who asked, as far as they said")  # type: ignore[valid-type]
    person: Id | None = Field(None, description="who asked, if they take part: it becomes their question")


@command("question.claim", role="moderator", payload=Claim, limit="300/minute")
def claim(ctx: Context, p: Claim) -> dict[str, Any]:
    """Say that I am at work on it: for two minutes others see that, and cannot act on it unless they take it over."""
    question = ctx.get(Question, p.id)
    if question.state not in model.OPEN:
        raise refused(ctx, question)
    if not p.over:
        refuse_claimed(ctx, question)
    elif claimed(ctx, question) and question.claimed_by != ctx.me:
        ctx.audit("question.claim", question.id, question.claimed_by, ctx.me)
    question.claimed_by, question.claimed_until = ctx.me, ctx.now + model.CLAIM
    return {"id": question.id, "seconds": int(model.CLAIM.total_seconds())}


@command("question.release", role="moderator", payload=Which, limit="300/minute")
def release(ctx: Context, p: Which) -> dict[str, Any]:
    """I am not at work on it any more. Of somebody else's work, or nobody's, nothing is changed."""
    question = ctx.get(Question, p.id)
    if question.claimed_by == ctx.me:
        let_go(question)
    return {"id": question.id}


def _decided(ctx: Context, p: Decided, act: model.Act, reason: str = "") -> dict[str, Any]:
    question = at_hand(ctx, p.id, p.expected_version)
    done = change(ctx, question, act, f"question.{act}", reason)
    let_go(question)
    return done


@command("question.approve", role="moderator", payload=Judge, limit="300/minute")
def approve(ctx: Context, p: Judge) -> dict[str, Any]:
    """Let everyone see it and support it."""
    return _decided(ctx, p, "approve", p.reason)


@command("question.reject", role="moderator", payload=Reject, limit="300/minute")
def reject(ctx: Context, p: Judge) -> dict[str, Any]:
    """Do not take it up; the asker reads why."""
    return _decided(ctx, p, "reject", p.reason)


@command("question.reopen", role="moderator", payload=Decided, limit="300/minute")
def reopen(ctx: Context, p: Decided) -> dict[str, Any]:
    """What was answered stands in line again; what was rejected waits to be looked at again."""
    return _decided(ctx, p, "reopen")


@command("question.move", role="moderator", payload=Move, limit="300/minute")
def move(ctx: Context, p: Move) -> dict[str, Any]:
    """Put it to those who speak at another item."""
    ctx.seen("programme", p.item, "item")
    question = at_hand(ctx, p.id, p.expected_version)
    if question.state not in ("pending", "approved"):
        raise refused(ctx, question)
    before, track = question.item_id, track_of(ctx, question)
    to = whose(ctx.session, ctx.meeting_id, p.item)
    if to != before:
        question.item_id = to
        if question.queue is not None and track_of(ctx, question) != track:
            question.queue = None
            close_up(ctx, question, track)
        question.version += 1
        ctx.audit("question.move", question.id, before, to)
        compare(ctx, question)
    let_go(question)
    return {"id": question.id, "version": question.version}


@command("question.record", role="moderator", payload=Record, limit="60/minute")
def record(ctx: Context, p: Record) -> dict[str, str]:
    """Write down what was asked aloud in the hall, or ask for somebody. It stands in line at once."""
    person = ctx.get(Participant, p.person, "person") if p.person else None
    if person is not None and SCREENS.intersection(person.role_set):
        raise Refused("not_found", field="person")
    if p.item is not None:
        ctx.seen("programme", p.item, "item")
    item = whose(ctx.session, ctx.meeting_id, p.item) if p.item else asked_of(ctx.session, ctx.meeting, None, ctx.now)
    if item is None:
        raise Refused("closed", why="no_questions_now")
    question = ctx.add(
        Question(
            id=new_id(),
            meeting_id=ctx.meeting_id,
            item_id=item,
            author_id=person.id if person else None,
            by_name=p.name,
            aloud=True,
            version=1,
            text=p.text,
            state="approved",
            support=0,
            reason="",
            asked_at=ctx.now,
        )
    )
    ctx.audit("question.record", question.id, None, {"text": p.text, "name": p.name, "person": p.person})
    compare(ctx, question)
    return {"id": question.id}

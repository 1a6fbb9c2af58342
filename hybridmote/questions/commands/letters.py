"""The letter to whoever asked, when what time did not reach is answered in writing."""

from typing import Any

from sqlalchemy import select

from ...context import Context, after
from ...mail.store import Letter, post
from ...participants.store import Participant
from .. import model
from ..store import Question, inside


@after("question.replied")
def tell_by_letter(ctx: Context, fact: dict[str, Any]) -> None:
    """Once to each who asked it, or what is merged into it. The letter waits a while and says what the answer is by then:
    what is corrected meanwhile is one letter, and what is corrected later none, since the page has it."""
    question = ctx.get(Question, fact["question"])
    for asked in (question, *inside(ctx.session, question.id)):
        person = ctx.find(Participant, asked.author_id) if asked.author_id else None
        if person is not None and not _told(ctx, asked.id, person.id):
            post(ctx, "answered", person=person, data={"question": asked.id}, at=ctx.now + model.SETTLES)


def _told(ctx: Context, question: str, person: str) -> bool:
    """Whether a letter of it has gone or waits. One that was taken back told nothing."""
    theirs = select(Letter).where(
        Letter.participant_id == person, Letter.template == "answered", Letter.state != "cancelled"
    )
    return any(letter.data.get("question") == question for letter in ctx.session.scalars(theirs))

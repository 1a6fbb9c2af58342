"""What the letter of a written answer says: read when it is sent, so that it is the answer as it then stands."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..mail.store import Letter, NotNow, supplies
from ..programme.store import Item
from .store import Question, above


@supplies("answered")
def the_answer(session: Session, letter: Letter, _now: datetime) -> dict[str, str]:
    """Of the question, or of what it is merged into. What is in line again has no answer, and no letter."""
    asked = session.get(Question, str(letter.data.get("question", "")))
    if asked is None or asked.author_id != letter.participant_id:
        raise NotNow
    answered = next((q for q in (asked, *above(session, asked)) if q.state == "answered" and q.reply), None)
    if answered is None:
        raise NotNow
    item = session.get_one(Item, answered.item_id)
    return {"question": asked.text, "answer": answered.reply, "item": item.title}

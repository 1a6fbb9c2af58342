"""The line before each stage: the approved questions that are up next, in places 1, 2, 3 …"""

from collections.abc import Collection

from sqlalchemy import select

from ...context import Context
from ...programme.store import Item
from ..store import Question


def track_of(ctx: Context, question: Question) -> str:
    item = ctx.session.get(Item, question.item_id)
    return item.track if item else ""


def line_of(ctx: Context, track: str) -> list[Question]:
    return [q for q in _lined_up(ctx) if track_of(ctx, q) == track]


def stand_in(ctx: Context, question: Question, before: str | None = None, place: int | None = None) -> None:
    """Put it before another one, or at a place; without either, last. Raises LookupError when that other does not stand
    in the same line."""
    line = [q for q in line_of(ctx, track_of(ctx, question)) if q.id != question.id]
    if before is not None:
        place = next((n for n, q in enumerate(line, 1) if q.id == before), None)
        if place is None:
            raise LookupError(before)
    line.insert(len(line) if place is None else place - 1, question)
    _number(line)


def close_up(ctx: Context, gone: Question, track: str | None = None) -> None:
    """The others of its line move up. `track`: the one it stood in, if that is another by now."""
    _number([q for q in line_of(ctx, track_of(ctx, gone) if track is None else track) if q.id != gone.id])


def line_up_again(ctx: Context, moved: Collection[str]) -> None:
    """After items, by their ids, may have moved from track to track: theirs stand last, where that makes a difference."""
    lines: dict[str, list[Question]] = {}
    for question in _lined_up(ctx):
        lines.setdefault(track_of(ctx, question), []).append(question)
    for line in lines.values():
        if [q.queue for q in line] != list(range(1, len(line) + 1)):
            _number(sorted(line, key=lambda q: q.item_id in moved))


def _lined_up(ctx: Context) -> list[Question]:
    waiting = select(Question).where(
        Question.meeting_id == ctx.meeting_id, Question.state == "approved", Question.queue.is_not(None)
    )
    return sorted(ctx.session.scalars(waiting), key=lambda q: (q.queue or 0, q.id))


def _number(line: list[Question]) -> None:
    for place, question in enumerate(line, 1):
        if question.queue != place:
            question.queue = place

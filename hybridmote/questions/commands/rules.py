"""How questions are taken: screened or not, how fast, which words are pointed out, who may not ask, whose name is shown."""

from typing import Any, Literal

from pydantic import AwareDatetime, Field

from ...context import Context
from ...db import iso
from ...dispatch import EARLIEST, LATEST, Id, Payload, command
from ...dispatch import words as written
from ...participants.store import SCREENS, Participant
from ...problems import Refused
from ...programme.store import Item
from .. import model
from ..store import Question, whose
from .change import Which, tell

WORD, WORDS = 60, 200  # graphemes of a word, and how many of them


class SetMode(Payload):
    item: Id
    mode: model.Mode = Field(description="whether its questions are screened, stand in line at once, or are not taken")


class Asking(Payload):
    words: list[written(WORD)] | None = Field(  # type: ignore[valid-type]
        None, max_length=WORDS, description="what is pointed out to staff; * at the end stands for any ending"
    )
    slow: int | None = Field(None, ge=0, le=3600, description="seconds between two questions of one person; 0: none")
    window: int | None = Field(None, ge=0, le=240, description="minutes after its end in which an item takes questions")

    @classmethod
    def of_form(cls, typed: dict[str, str]) -> dict[str, Any]:
        """Words stand one a line."""
        body = super().of_form(typed)
        if "words" in typed:
            body["words"] = [line.strip() for line in typed["words"].splitlines() if line.strip()]
        return body


class Mute(Payload):
    person: Id
    reason: written(model.REASON_LIMIT) = Field(  # type: ignore[valid-type]
        description="read by the person; 1 to 300 graphemes"
    )
    until: AwareDatetime | None = Field(
        None, ge=EARLIEST, le=LATEST, description="ISO 8601 with a zone; null: until it is taken back"
    )


class Unmute(Payload):
    person: Id


class Reveal(Which):
    reason: written(model.REASON_LIMIT) = Field(  # type: ignore[valid-type]
        description="read by the asker, and kept on record; 1 to 300 graphemes"
    )


@command("question.mode", role="moderator", payload=SetMode)
def set_mode(ctx: Context, p: SetMode) -> dict[str, Literal["screened", "open", "closed"]]:
    """Whether and how an item takes questions, from now on. Of a phase of a talk: the talk."""
    ctx.seen("programme", p.item, "item")
    item = ctx.get(Item, whose(ctx.session, ctx.meeting_id, p.item))
    before, item.asking = item.asking, p.mode
    if before != p.mode:
        ctx.audit("question.mode", item.id, before, p.mode)
    return {"mode": p.mode}


@command("meeting.asking", role="moderator", payload=Asking)
def set_asking(ctx: Context, p: Asking) -> dict[str, Any]:
    """How fast one person may ask, how long an item takes questions, which words are pointed out."""
    meeting = ctx.meeting
    now = {"words": meeting.words, "slow": meeting.slow_seconds, "window": meeting.window_minutes}
    wanted = {**now, **p.model_dump(exclude_none=True)}
    wanted["words"] = list(dict.fromkeys(wanted["words"]))
    meeting.words, meeting.slow_seconds, meeting.window_minutes = wanted["words"], wanted["slow"], wanted["window"]
    if wanted != now:
        ctx.audit("meeting.asking", meeting.id, now, wanted)
    return wanted


@command("person.mute", role="moderator", payload=Mute)
def mute(ctx: Context, p: Mute) -> None:
    """Somebody may not ask for now, and is told why. Staff cannot be muted."""
    person = _person(ctx, p.person)
    if person.role_set & {"organiser", "moderator"}:
        raise Refused("state", field="person", why="is_staff")
    if p.until is not None and p.until <= ctx.now:
        raise Refused("invalid", field="until", why="is_past")
    before = _muting(person)
    person.muted, person.muted_until = p.reason, p.until
    if p.until is None:
        ctx.undue(f"mute.{person.id}")
    else:
        ctx.due(p.until, "person.mute_over", {"person": person.id}, key=f"mute.{person.id}")
    ctx.audit("person.mute", person.id, before, _muting(person), p.reason)


@command("person.unmute", role="moderator", payload=Unmute)
def unmute(ctx: Context, p: Unmute) -> None:
    """Somebody may ask again."""
    person = _person(ctx, p.person)
    if person.muted:
        before = _muting(person)
        person.muted, person.muted_until = "", None
        ctx.undue(f"mute.{person.id}")
        ctx.audit("person.unmute", person.id, before, None)


@command("person.mute_over", role="system", payload=Unmute)
def mute_over(ctx: Context, p: Unmute) -> None:
    """The time is up for which somebody could not ask."""
    person = ctx.get(Participant, p.person, "person")
    if person.muted_until is not None and person.muted_until <= ctx.now:
        person.muted, person.muted_until = "", None


@command("question.reveal", role="organiser", payload=Reveal)
def reveal(ctx: Context, p: Reveal) -> dict[str, Any]:
    """Show the hidden name of who asked to everyone. They are told, with the reason."""
    question = ctx.get(Question, p.id)
    if not question.name_hidden or question.author_id is None:
        raise Refused("state", current=ctx.picture("questions", question), why="name_is_shown")
    question.name_hidden = False
    question.version += 1
    ctx.audit("question.reveal", question.id, "hidden", "shown", p.reason)
    tell(ctx, question, "revealed", p.reason)
    return {"id": question.id, "version": question.version}


def _muting(person: Participant) -> dict[str, Any] | None:
    return {"reason": person.muted, "until": iso(person.muted_until)} if person.muted else None


def _person(ctx: Context, id: str) -> Participant:
    person = ctx.get(Participant, id, "person")
    if SCREENS.intersection(person.role_set):
        raise Refused("not_found", field="person")
    return person

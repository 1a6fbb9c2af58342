"""Writing the invitation, taking back what one wrote, and letting everybody see it.

A text is written with the version that its writer saw: of two at once the later is told what is there now, and decides.
"""

from typing import Any

from pydantic import Field

from ..context import Context
from ..dispatch import Payload, command, words
from ..problems import Refused
from ..text import graphemes
from . import model
from .store import MeetingText, TextStep, last_step, text_id, text_of

LIMIT = "300/minute"  # a page saves by itself while somebody writes
Seen = Field(description="`version` of the text that was seen; 0 when there was none")


class Where(Payload):
    field: model.Field = Field(description="which text")
    language: model.In = Field(description="sv or en; both for the contact, which is the same in either")
    expected_version: int = Seen


class Write(Where):
    text: words(model.LONG, multiline=True, optional=True) = Field(  # type: ignore[valid-type]
        description="Markdown, at most 4,000 graphemes; the lead and the contact are one line of 500; empty takes it away"
    )

    @classmethod
    def of_form(cls, typed: dict[str, str]) -> dict[str, Any]:
        return dict(typed)


class Publish(Payload):
    on: bool = Field(description="true: everybody can open the invitation; false: only those who are let in")


@command("meeting.text", role="organiser", payload=Write, limit=LIMIT)
def write(ctx: Context, p: Write) -> dict[str, Any]:
    """Write one text of the invitation in one language. What is written in one go is one step, and can be taken back."""
    row = _seen(ctx, p)
    kind = model.TEXTS[p.field]
    text = p.text if kind.markdown else " ".join(p.text.split())
    if (over := graphemes(text) - kind.limit) > 0:
        raise Refused("too_long", field="text", over=over)
    if why := model.text_fits(p.field, text):
        raise Refused("invalid", field="text", why=why)
    if row is None:
        row = _begun(ctx, p)
    who = ctx.me
    if text != row.text:
        if model.same_step(row.by, row.at, who, ctx.now):
            step = ctx.session.get_one(TextStep, (row.id, row.step))
            step.text = text
        else:
            number = last_step(ctx.session, row.id) + 1
            ctx.add(
                TextStep(
                    text_id=row.id,
                    number=number,
                    meeting_id=ctx.meeting_id,
                    back=row.step,
                    text=text,
                    by=who,
                    at=ctx.now,
                )
            )
            row.step, row.by, row.at = number, who, ctx.now
            ctx.audit("meeting.text", row.id, None, f"{p.field} {p.language}")
        _becomes(ctx, row, text)
    return {"id": row.id, "version": row.version}


@command("meeting.undo_text", role="organiser", payload=Where, limit=LIMIT)
def undo(ctx: Context, p: Where) -> dict[str, Any]:
    """Take back one's own last step of a text. What somebody else has written since stays."""
    row = _seen(ctx, p)
    if row is None or row.step == 0:
        raise Refused("state", why="nothing_to_undo")
    if row.by != ctx.me:
        raise Refused("state", why="changed_since")
    step = ctx.session.get_one(TextStep, (row.id, row.step))
    before = ctx.session.get_one(TextStep, (row.id, step.back))
    row.step, row.by, row.at = before.number, before.by, before.at
    _becomes(ctx, row, before.text)
    ctx.audit("meeting.undo_text", row.id, f"{p.field} {p.language}", None)
    return {"id": row.id, "version": row.version, "text": row.text}


@command("meeting.publish", role="organiser", payload=Publish)
def publish(ctx: Context, p: Publish) -> dict[str, bool]:
    """Let everybody see the invitation, or nobody but those who are let in."""
    meeting = ctx.meeting
    if meeting.published != p.on:
        meeting.published = p.on
        ctx.tell("meeting.published", on=p.on)
        ctx.audit("meeting.publish", meeting.id, None if p.on else "published", "published" if p.on else None)
    return {"published": meeting.published}


def _seen(ctx: Context, p: Where) -> MeetingText | None:
    """The text, unless it has changed since it was seen."""
    if p.language not in model.languages_of(p.field):
        raise Refused("invalid", field="language")
    row = text_of(ctx.session, ctx.meeting_id, p.field, p.language)
    if row is not None:
        ctx.expect("texts", row, p.expected_version)
    elif p.expected_version != 0:
        raise Refused("stale")
    return row


def _begun(ctx: Context, p: Where) -> MeetingText:
    """A new text; what the meeting was said to be about before is the lead's first step."""
    own = p.field == "lead" and p.language == ctx.meeting.language
    text = ctx.meeting.tagline if own else ""
    row = MeetingText(
        id=text_id(ctx.meeting_id, p.field, p.language),
        meeting_id=ctx.meeting_id,
        field=p.field,
        language=p.language,
        version=0,
        text=text,
        step=0,
        by=None,
        at=ctx.now,
    )
    ctx.add(row)
    ctx.session.flush()  # its steps refer to it
    ctx.add(TextStep(text_id=row.id, number=0, meeting_id=ctx.meeting_id, back=0, text=text, by=None, at=ctx.now))
    return row


def _becomes(ctx: Context, row: MeetingText, text: str) -> None:
    row.text = text
    row.version += 1
    if row.field == "lead" and row.language == ctx.meeting.language:
        ctx.meeting.tagline = text  # what lists, calendars and letters say of it

"""Sending a notice, and taking it down."""

from datetime import timedelta

from pydantic import Field

from ..context import Context
from ..dispatch import Id, Payload, command, words
from ..participants.store import new_id
from ..programme.model import subject
from ..programme.store import items_of
from . import model
from .store import Notice


class Send(Payload):
    text: words(model.LIMIT) = Field(description="1 to 200 graphemes after cleaning")  # type: ignore[valid-type]
    to: model.To = Field(description="all, web, hall or speaker (who speaks now, and the lectern)")
    track: str = Field("", pattern=r"^[^\x00-\x1f]{0,64}$", description="to the hall or the speaker: of which track")
    minutes: int = Field(model.MINUTES, ge=1, le=model.LONGEST, description="how long it stands")


class Which(Payload):
    id: Id


@command("notice.send", role="moderator", payload=Send, limit="30/minute")
def send(ctx: Context, p: Send) -> dict[str, str]:
    """Tell everyone, or some, a short word; it stands for some minutes."""
    item = ctx.meeting.now_on.get(p.track) if p.to == "speaker" else None
    notice = ctx.add(
        Notice(
            id=new_id(),
            meeting_id=ctx.meeting_id,
            text=p.text,
            to=p.to,
            track=p.track if p.to in ("hall", "speaker") else "",
            item_id=subject([i.rule() for i in items_of(ctx.session, ctx.meeting_id)], item) if item else None,
            at=ctx.now,
            until=ctx.now + timedelta(minutes=p.minutes),
            cleared=False,
        )
    )
    ctx.due(notice.until, "notice.over", {"id": notice.id}, key=f"notice.{notice.id}")
    ctx.audit("notice.send", notice.id, None, {"to": p.to, "text": p.text})
    return {"id": notice.id}


@command("notice.clear", role="moderator", payload=Which)
def clear(ctx: Context, p: Which) -> None:
    """Take it down before its time."""
    notice: Notice = ctx.seen("notices", p.id)
    notice.cleared = True
    ctx.undue(f"notice.{notice.id}")
    ctx.audit("notice.clear", notice.id, {"to": notice.to, "text": notice.text}, None)


@command("notice.over", role="system", payload=Which)
def over(ctx: Context, p: Which) -> None:
    """Its time is up."""
    ctx.get(Notice, p.id).cleared = True

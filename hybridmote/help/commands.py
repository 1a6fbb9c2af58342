"""Somebody asks for help; staff answer."""

from typing import Any, Literal

from pydantic import Field

from ..context import Context
from ..dispatch import Id, Payload, command, words
from ..participants.store import new_id
from ..problems import Refused
from .store import Call

LIMIT = 300  # graphemes of what is wrong, and of the answer
BROWSER = 80  # graphemes


class Ask(Payload):
    """What is known of the line holds no address and nothing else that tells one person from another."""

    text: words(LIMIT, multiline=True) = Field(  # type: ignore[valid-type]
        description="what is wrong; 1 to 300 graphemes after cleaning"
    )
    line: Literal["connecting", "live", "plain", "offline"] | None = Field(
        None, description="how the page finds its line; not given where no script runs"
    )
    transport: Literal["websocket", "polling", "http"] | None = Field(None, description="by which way it is connected")
    rtt_ms: int | None = Field(None, ge=0, le=60_000, description="there and back, in milliseconds")
    browser: words(BROWSER, optional=True) = Field("", description="its name and number")  # type: ignore[valid-type]

    @classmethod
    def of_form(cls, typed: dict[str, str]) -> dict[str, Any]:
        """A plain form sends what was chosen and what was added apart."""
        body = super().of_form(typed)
        parts = [body.pop("choice", ""), body.get("text", "").strip()]
        return {**body, "text": " ".join(part for part in parts if part)}


class Reply(Payload):
    id: Id
    text: words(LIMIT, multiline=True) = Field(  # type: ignore[valid-type]
        description="read by the one who asked; 1 to 300 graphemes after cleaning"
    )


@command("help.ask", role="asker", payload=Ask, limit="10/minute")
def ask(ctx: Context, p: Ask) -> dict[str, str]:
    """Tell staff, and nobody else, what does not work."""
    call = ctx.add(
        Call(
            id=new_id(),
            meeting_id=ctx.meeting_id,
            author_id=ctx.me,
            text=p.text,
            line=p.line,
            transport=p.transport,
            rtt_ms=p.rtt_ms,
            browser=p.browser,
            asked_at=ctx.now,
            reply="",
        )
    )
    return {"id": call.id}


@command("help.reply", role="moderator", payload=Reply)
def reply(ctx: Context, p: Reply) -> dict[str, Any]:
    """Answer somebody who asked for help. The first answer stands: of two who answer at once, one hears that it is done."""
    call = ctx.get(Call, p.id)
    if call.reply:
        raise Refused("state", current=ctx.picture("help", call), why="help_given")
    call.reply, call.replied_at = p.text, ctx.now
    ctx.audit("help.reply", call.id, None, p.text)
    return {"id": call.id}

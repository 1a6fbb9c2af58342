"""Where the meeting's picture comes from, when somebody else makes it."""

from pydantic import Field

from ...context import Context
from ...dispatch import Payload, command
from ..model import stream
from .editing import Address
from .running import Version


class Stream(Payload):
    stream: Address = Field(description="address of a player or a playlist, https; empty: no picture")
    expected_version: int = Version


@command("meeting.stream", role="organiser", payload=Stream)
def set_stream(ctx: Context, p: Stream) -> dict[str, object]:
    """Choose the picture of the whole meeting, made by somebody else; items may have their own."""
    meeting = ctx.meeting
    ctx.expect("meeting", meeting, p.expected_version)
    before, meeting.stream = meeting.stream, stream.recognise(p.stream).address if p.stream else ""
    meeting.version += 1
    ctx.audit("meeting.stream", meeting.id, before, meeting.stream)
    return {"stream": meeting.stream, "version": meeting.version}

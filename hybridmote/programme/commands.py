"""Running the day: start, next, finish; and time itself, which pushes the rest while an item overruns."""

from datetime import UTC, datetime

from pydantic import AwareDatetime, Field

from ..context import Context
from ..dispatch import Id, Nothing, Payload, command
from ..participants.store import new_id
from ..problems import Refused
from . import model
from .store import Cue, Item, items_of

Version = Field(description="`version` of the meeting object that the decision was made on")
At = Field(
    None,
    ge=datetime(2000, 1, 1, tzinfo=UTC),
    le=datetime(2200, 1, 1, tzinfo=UTC),
    description="when it happened, if not now; ISO 8601 with a zone",
)


class Start(Payload):
    item: Id
    at: AwareDatetime | None = At
    expected_version: int = Version


class Step(Payload):
    at: AwareDatetime | None = At
    track: str | None = Field(
        None, pattern=r"^[^\x00-\x1f]{0,64}$", description="needed when the meeting has several tracks"
    )
    expected_version: int = Version


@command("programme.start", role="moderator", payload=Start)
def start(ctx: Context, p: Start) -> dict[str, object]:
    """Start an item; what was on in its track ends."""
    _fresh(ctx, p.expected_version)
    item = ctx.get(Item, p.item, "item")
    return _advance(
        ctx, "programme.start", item.track, lambda rules, at: model.start(rules, item.id, at, ctx.now), p.at
    )


@command("programme.next", role="moderator", payload=Step)
def next_(ctx: Context, p: Step) -> dict[str, object]:
    """End what is on and start what comes next."""
    _fresh(ctx, p.expected_version)
    track = _track(ctx, p.track)
    return _advance(ctx, "programme.next", track, lambda rules, at: model.next_(rules, track, at, ctx.now), p.at)


@command("programme.finish", role="moderator", payload=Step)
def finish(ctx: Context, p: Step) -> dict[str, object]:
    """End what is on; nothing is on until the next start."""
    _fresh(ctx, p.expected_version)
    track = _track(ctx, p.track)
    return _advance(ctx, "programme.finish", track, lambda rules, at: model.finish(rules, track, at, ctx.now), p.at)


@command("programme.drift", role="system", payload=Nothing)
def drift(ctx: Context, p: Nothing) -> None:
    """What is on runs over: expect the rest later."""
    expect(ctx, items_of(ctx.session, ctx.meeting_id))


def _fresh(ctx: Context, expected_version: int) -> None:
    ctx.expect("meeting", ctx.meeting, expected_version)


def _track(ctx: Context, track: str | None) -> str:
    tracks = sorted({i.track for i in items_of(ctx.session, ctx.meeting_id) if not i.cancelled})
    if track is None and len(tracks) == 1:
        return tracks[0]
    if track not in tracks:
        raise Refused("invalid", field="track")
    return track


def _advance(ctx: Context, what: str, track: str, rule: object, at: datetime | None) -> dict[str, object]:
    """Ask the rules what changes, write it with its cues, and expect the rest anew."""
    items = items_of(ctx.session, ctx.meeting_id)
    by_id = {i.id: i for i in items}
    try:
        changes = rule([i.rule() for i in items], at or ctx.now)  # type: ignore[operator]
    except model.Refusal as refusal:
        raise Refused(refusal.code, why=refusal.detail) from None
    before = ctx.meeting.now_on.get(track)
    for change in changes:
        setattr(by_id[change.id], change.field, change.value)
        kind = "on" if change.field == "actual_start" else "off"
        ctx.add(Cue(id=new_id(), meeting_id=ctx.meeting_id, item_id=change.id, kind=kind, at=change.value))
    expect(ctx, items)
    meeting = ctx.meeting
    meeting.now_on = model.now_on([i.rule() for i in items])
    meeting.version += 1
    now_on = meeting.now_on.get(track)
    ctx.audit(what, now_on or before or "", before, now_on)
    ended = [c.id for c in changes if c.field == "actual_end"]
    ctx.tell("programme.advanced", track=track, ended=ended, on=now_on, at=at or ctx.now)
    return {"now_on": meeting.now_on, "version": meeting.version}


def expect(ctx: Context, items: list[Item]) -> None:
    """Store when each item is now expected, and let time look again when that can next change by itself."""
    rules = [i.rule() for i in items]
    expected = model.expected(rules, ctx.now)
    for item in items:
        start_at, end_at = expected.get(item.id, (None, None))
        if (item.expected_start, item.expected_end) != (start_at, end_at):
            item.expected_start, item.expected_end = start_at, end_at
        if item in ctx.session.dirty and ctx.session.is_modified(item):
            item.version += 1
    drifts = model.drifts_at(rules, ctx.now)
    if drifts is None:
        ctx.undue("programme.drift")
    else:
        ctx.due(drifts, "programme.drift", {}, key="programme.drift")

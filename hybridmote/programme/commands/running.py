"""Running the day: start, next, finish, extend; taking back and correcting; and time itself, which pushes the rest while
an item overruns and begins what is to begin by the clock."""

from collections.abc import Callable
from datetime import datetime, timedelta

from pydantic import AwareDatetime, Field
from sqlalchemy import select

from ...context import Context
from ...dispatch import EARLIEST, LATEST, Id, Nothing, Payload, command
from ...problems import Refused
from .. import model
from ..store import EDGES, Cue, Item, Step, items_of
from .day import Day, read_back, told

Version = Field(description="`version` of the meeting object that the decision was made on")
At = Field(None, ge=EARLIEST, le=LATEST, description="when it happened, if not now; ISO 8601 with a zone")
Track = Field(None, pattern=r"^[^\x00-\x1f]{0,64}$", description="needed when the meeting has several tracks")


class Start(Payload):
    item: Id
    at: AwareDatetime | None = At
    expected_version: int = Version


class Move(Payload):
    at: AwareDatetime | None = At
    track: str | None = Track
    expected_version: int = Version


class Extend(Payload):
    item: Id
    minutes: int = Field(ge=1, le=240, description="how many more; 1 to 240")
    expected_version: int = Version


class Undo(Payload):
    track: str | None = Track
    expected_version: int = Version


class Correct(Payload):
    cue: Id = Field(description="id of the beginning or end that is wrong")
    at: AwareDatetime = Field(ge=EARLIEST, le=LATEST, description="when it happened; ISO 8601 with a zone")
    expected_version: int = Version


class Clock(Payload):
    item: Id


@command("programme.start", role="moderator", payload=Start)
def start(ctx: Context, p: Start) -> dict[str, object]:
    """Start an item; what was on in its track ends."""
    _fresh(ctx, p.expected_version)
    item: Item = ctx.seen("programme", p.item, "item")
    return _advance(
        ctx, "start", _track_of(ctx, item), lambda rules, at: model.start(rules, item.id, at, ctx.now), p.at
    )


@command("programme.next", role="moderator", payload=Move)
def next_(ctx: Context, p: Move) -> dict[str, object]:
    """End what is on and start what comes next."""
    _fresh(ctx, p.expected_version)
    track = _track(ctx, p.track)
    return _advance(ctx, "next", track, lambda rules, at: model.next_(rules, track, at, ctx.now), p.at)


@command("programme.finish", role="moderator", payload=Move)
def finish(ctx: Context, p: Move) -> dict[str, object]:
    """End what is on; nothing is on until the next start."""
    _fresh(ctx, p.expected_version)
    track = _track(ctx, p.track)
    return _advance(ctx, "finish", track, lambda rules, at: model.finish(rules, track, at, ctx.now), p.at)


@command("programme.extend", role="moderator", payload=Extend)
def extend(ctx: Context, p: Extend) -> dict[str, object]:
    """Give what is on more time."""
    _fresh(ctx, p.expected_version)
    item: Item = ctx.seen("programme", p.item, "item")
    day = Day(ctx)
    changes = day.ask(lambda rules: model.extend(rules, item.id, timedelta(minutes=p.minutes)))
    ((timed, _, given),) = changes
    if given > MOST_EXTENDED:
        raise Refused("invalid", field="minutes", why="too_much")
    before = day.rows[timed].extended
    day.write("extend", _track_of(ctx, item), timed, changes)
    day.settle()
    ctx.audit("programme.extend", timed, before, day.rows[timed].extended)
    return {"item": timed, "extended": day.rows[timed].extended, "version": ctx.meeting.version}


@command("programme.undo", role="moderator", payload=Undo)
def undo(ctx: Context, p: Undo) -> dict[str, object]:
    """Take back the last step in a track, with all that hung on it."""
    _fresh(ctx, p.expected_version)
    track = _track(ctx, p.track)
    here = select(Step).where(Step.meeting_id == ctx.meeting_id, Step.track == track, Step.undone.is_(False))
    step = ctx.session.scalars(here.order_by(Step.number.desc()).limit(1)).first()
    if step is None:
        raise Refused("state", why="nothing_to_undo")
    day = Day(ctx)
    for kind, id, field, before, after in step.changes:
        row = day.rows.get(id) if kind == "item" else ctx.session.get(Cue, id)
        if row is None or told(getattr(row, field)) != after:
            raise Refused("state", why="changed_since")
        setattr(row, field, read_back(field, before))
    for cue in ctx.session.scalars(select(Cue).where(Cue.step_id == step.id)).all():
        ctx.session.delete(cue)
    step.undone = True
    day.settle()
    ctx.audit("programme.undo", step.item_id or "", step.what, None)
    ctx.tell("programme.undone", track=track, step=step.id)
    return {"undone": step.what, "item": step.item_id, "now_on": ctx.meeting.now_on, "version": ctx.meeting.version}


@command("programme.correct", role="moderator", payload=Correct)
def correct(ctx: Context, p: Correct) -> dict[str, object]:
    """Say afterwards when something began or ended; what happened at the same instant moves with it."""
    _fresh(ctx, p.expected_version)
    cue = ctx.get(Cue, p.cue, "cue")
    field = EDGES.get(cue.kind)
    if field is None:
        raise Refused("state", why="not_a_boundary")
    day = Day(ctx)
    changes = day.ask(lambda rules: model.correct(rules, cue.item_id, field, p.at, ctx.now))
    was, edges = cue.at, {(change.id, change.field) for change in changes}
    moved = [
        other
        for other in ctx.session.scalars(select(Cue).where(Cue.meeting_id == ctx.meeting_id, Cue.at == was))
        if (other.item_id, EDGES.get(other.kind)) in edges
    ]
    day.write("correct", _track_of(ctx, day.rows[cue.item_id]), cue.item_id, changes, moved)
    day.settle()
    ctx.audit("programme.correct", cue.item_id, told(was), told(changes[0].value))
    ctx.tell("programme.corrected", items=sorted({change.id for change in changes}))
    return {"cues": sorted(other.id for other in moved), "version": ctx.meeting.version}


@command("programme.clock", role="system", payload=Clock)
def clock(ctx: Context, p: Clock) -> None:
    """The time of something that begins by the clock has come, unless it began by hand."""
    item: Item = ctx.seen("programme", p.item, "item")
    if item.actual_start is None and not item.cancelled and not item.removed:
        _advance(ctx, "clock", _track_of(ctx, item), lambda rules, at: model.start(rules, item.id, at, ctx.now), None)


@command("programme.drift", role="system", payload=Nothing)
def drift(ctx: Context, p: Nothing) -> None:
    """What is on runs over: expect the rest later."""
    Day(ctx).expect()


MOST_EXTENDED = timedelta(hours=12)


def _fresh(ctx: Context, expected_version: int) -> None:
    ctx.expect("meeting", ctx.meeting, expected_version)


def _track(ctx: Context, track: str | None) -> str:
    tracks = sorted({i.track for i in items_of(ctx.session, ctx.meeting_id) if not i.cancelled and i.parent_id is None})
    if track is None and len(tracks) == 1:
        return tracks[0]
    if track not in tracks:
        raise Refused("invalid", field="track")
    return track


def _track_of(ctx: Context, item: Item) -> str:
    """A child is in the track of its outermost parent."""
    passed = {item.id}
    while item.parent_id and item.parent_id not in passed:
        passed.add(item.parent_id)
        item = ctx.session.get_one(Item, item.parent_id)
    return item.track


def _advance(
    ctx: Context,
    what: str,
    track: str,
    rule: Callable[[list[model.Item], datetime], list[model.Change]],
    at: datetime | None,
) -> dict[str, object]:
    """Ask the rules what begins and ends, write it, and expect the rest anew."""
    day = Day(ctx)
    changes = day.ask(lambda rules: rule(rules, at or ctx.now))
    before = ctx.meeting.now_on.get(track)
    on = model.now_on(model.apply(day.rules, changes)).get(track)
    step = day.write(what, track, on or before, changes)
    day.settle()
    ctx.audit(f"programme.{what}", on or before or "", before, on)
    ended = [c.id for c in changes if c.field == "actual_end"]
    ctx.tell("programme.advanced", track=track, ended=ended, on=on, at=at or ctx.now, step=step.id)
    return {"now_on": ctx.meeting.now_on, "version": ctx.meeting.version}

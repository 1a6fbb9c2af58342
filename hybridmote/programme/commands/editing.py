"""Setting the programme up: add, edit, move, delete and put back. The rules are in `model/plan.py`; what is refused
leaves everything as it was."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from difflib import SequenceMatcher
from typing import Annotated, Any, Literal, NoReturn
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from sqlalchemy import select

from ...context import Context
from ...dispatch import EARLIEST, LATEST, Id, Payload, command, words
from ...participants.store import new_id
from ...problems import Refused
from .. import model
from ..model import plan, stream
from ..store import Item, Speaker, speakers_of
from .day import Day, told

TITLE, DESCRIPTION, NAME, MOST_SPEAKERS = 200, 2000, 120, 20
LIMIT = "300/minute"
MOST_MINUTES = 24 * 60


def _reads(why: str, fits: Callable[[str], Any]) -> AfterValidator:
    """A short text is empty or must read as something; else `why`."""

    def check(text: str) -> str:
        text = text.strip()
        try:
            if text:
                fits(text)
        except PydanticCustomError:
            raise
        except ValueError:
            raise PydanticCustomError(why, why) from None
        return text

    return AfterValidator(check)


def _shaped(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern})


def _is_clock(text: str) -> None:
    plan.at_clock(date(2026, 1, 1), text.partition("+")[0].partition("-")[0], ZoneInfo("UTC"), "begins")


def _is_day(text: str) -> None:
    if not 2000 <= date.fromisoformat(text).year < 2200 or len(text) != 10:
        raise ValueError


def _is_address(text: str) -> None:
    try:
        stream.recognise(text)
    except model.Refusal as refusal:
        raise PydanticCustomError(refusal.detail, refusal.detail) from None


def _is_track(text: str) -> None:
    if len(text) > 64 or not text.isprintable():
        raise ValueError


Clock = Annotated[str, _reads("no_clock", _is_clock), _shaped(f"^({plan.CLOCK})?$")]
DayOf = Annotated[str, _reads("no_day", _is_day), _shaped(r"^(\d{4}-\d{2}-\d{2})?$")]
Address = Annotated[str, _reads("no_address", _is_address), _shaped("^(https://.{1,1992})?$")]
TrackOf = Annotated[str, _reads("no_track", _is_track), _shaped(r"^[^\x00-\x1f]{0,64}$")]


class Who(Payload):
    name: words(NAME, optional=True) = ""  # type: ignore[valid-type]
    role: words(NAME, optional=True) = ""  # type: ignore[valid-type]
    organisation: words(NAME, optional=True) = ""  # type: ignore[valid-type]


class Where(Payload):
    day: DayOf = Field("", description="ISO date in the meeting's zone; of a part: that of what it is part of")
    track: TrackOf = Field("", description="empty when there is one track; of a part: that of what it is part of")
    parent: Id | None = Field(None, description="what it is part of")
    before: Id | None = Field(None, description="the sibling it is to stand before; else its time says where")


class Fields(Where):
    title: words(TITLE, optional=True) = Field("", description="at most 200 graphemes")  # type: ignore[valid-type]
    kind: model.Kind = Field("talk", description="what it is; nobody is asked anything during a break")
    begins: Clock = Field("", description="as the meeting's clock shows it on its day, 09.05; instead of planned_start")
    ends: Clock = Field("", description="as begins; earlier than that means the day after; instead of planned_end")
    planned_start: AwareDatetime | None = Field(None, ge=EARLIEST, le=LATEST, description="ISO 8601 with a zone")
    planned_end: AwareDatetime | None = Field(None, ge=EARLIEST, le=LATEST, description="ISO 8601 with a zone")
    promised: bool = Field(False, description="its time is held while there is slack")
    minimum: int | None = Field(
        None, ge=0, le=MOST_MINUTES, description="minutes it may be shortened to; null: not at all"
    )
    attendance: Literal["hall", "web", "both"] = Field("both", description="whom it is for")
    by_clock: bool = Field(False, description="it begins by itself when its time comes")
    stream: Address = Field("", description="address of its own picture, https; empty: the meeting's")
    description: words(DESCRIPTION, multiline=True, optional=True) = Field(  # type: ignore[valid-type]
        "", description="at most 2,000 graphemes"
    )
    speakers: list[Who] = Field([], max_length=MOST_SPEAKERS, description="list of {name, role, organisation}")

    @classmethod
    def of_form(cls, typed: dict[str, str]) -> dict[str, Any]:
        """A form sends every field it shows: what is empty there was emptied. Speakers stand one a line."""
        body: dict[str, Any] = dict(typed)
        for name in ("parent", "before", "minimum", "planned_start", "planned_end"):
            if body.get(name) == "":
                body[name] = None
        if "before" in body and body["before"] is None:
            del body["before"]
        if "speakers" in body:
            body["speakers"] = speakers_of_lines(typed["speakers"])
        return body


class Add(Fields):
    day: DayOf = Field(description="ISO date in the meeting's zone; empty: that of what it is part of")


class Edit(Fields):
    item: Id
    cancelled: bool = Field(False, description="it stays in the programme, struck through, and takes no time")
    expected_version: int = Field(description="`version` of the item that was edited")


class Move(Where):
    item: Id
    before: Id | None = Field(
        None, description="the sibling it is to stand before; null: last; else its time says where"
    )
    retime: bool = Field(False, description="let the times follow the new order among its siblings")
    expected_version: int = Field(description="`version` of the item that was moved")

    @classmethod
    def of_form(cls, typed: dict[str, str]) -> dict[str, Any]:
        return {name: value or None if name in ("parent", "before") else value for name, value in typed.items()}


class Delete(Payload):
    item: Id
    expected_version: int = Field(description="`version` of the item that was deleted")


class Restore(Payload):
    item: Id


def speakers_of_lines(text: str) -> list[dict[str, str]]:
    """ "Name | role | organisation", one a line."""
    lines = [[part.strip() for part in line.split("|", 2)] for line in text.splitlines() if line.strip(" |")]
    return [dict(zip(("name", "role", "organisation"), line, strict=False)) for line in lines]


@command("programme.add", role="organiser", payload=Add, limit=LIMIT)
def add(ctx: Context, p: Add) -> dict[str, Any]:
    """Put a new item into the programme."""
    day = Day(ctx)
    if len(day.rows) >= plan.MOST_ITEMS:
        raise Refused("state", why="too_many_items")
    item = Item(
        id=new_id(),
        meeting_id=ctx.meeting_id,
        version=1,
        position=len(day.rows),
        day=p.day,
        track=p.track,
        kind=p.kind,
        title=p.title,
        extended=0,
        cancelled=False,
        removed=False,
        key="",
    )
    above = _another(ctx, p.parent, "parent")
    _another(ctx, p.before, "before")
    if above is not None:
        item.day = item.day or above.day
    elif not item.day:
        raise Refused("invalid", field="day", why="no_day")
    _fill(item, p, {*Fields.model_fields})
    rules = [*day.rules, item.rule()]
    try:
        plan.may_hold(rules, p.parent)
        rules = _with_times(rules, item.id, p, p.model_fields_set, ctx)
        own = next(rule for rule in rules if rule.id == item.id)
        track = None if above is not None and not p.track else p.track
        rules = plan.placed(rules, own.id, parent=p.parent, day=own.day, track=track, before=p.before)
        plan.check(rules, [item.id], days_of(ctx.meeting), _zone(ctx))
    except plan.Unfit as unfit:
        _refuse(unfit, p)
    day.rows[item.id] = item
    ctx.add(item)
    _take_over(day, rules)
    speak(ctx, item, p.speakers, [])
    _settle(ctx, day)
    ctx.audit("programme.add", item.id, None, {"title": item.title})
    ctx.tell("programme.planned", items=[item.id])
    return {"id": item.id, "version": item.version}


@command("programme.edit", role="organiser", payload=Edit, limit=LIMIT)
def edit(ctx: Context, p: Edit) -> dict[str, Any]:
    """Change what is given of an item; the rest stays."""
    item: Item = ctx.seen("programme", p.item, "item")
    ctx.expect("programme", item, p.expected_version)
    given = p.model_fields_set - {"item", "expected_version"}
    day, was = Day(ctx), item.version
    speakers = speakers_of(ctx.session, [item.id]).get(item.id, [])
    if "cancelled" in given and p.cancelled and item.actual_start is not None:
        raise Refused("state", why="has_begun")
    rules = _moved(ctx, day, item, p, given)
    if "minimum" in given:
        least = None if p.minimum is None else timedelta(minutes=p.minimum)
        rules = [replace(rule, minimum=least) if rule.id == item.id else rule for rule in rules]
    if given & PLACED:
        _check(ctx, day, rules, p)
    before, after = _fill(item, p, given)
    _take_over(day, rules)
    if "speakers" in given:
        speak(ctx, item, p.speakers, speakers)
    _settle(ctx, day)
    if item.version == was:  # only its speakers, which are rows of their own
        item.version += 1
    ctx.audit("programme.edit", item.id, before, after)
    ctx.tell("programme.planned", items=[item.id, *plan.inside(rules, item.id)])
    return {"id": item.id, "version": item.version}


@command("programme.move", role="organiser", payload=Move, limit=LIMIT)
def move(ctx: Context, p: Move) -> dict[str, Any]:
    """Put an item, and what is part of it, elsewhere: another day, track or parent, or before a sibling. On another day
    it keeps its times by the clock."""
    item: Item = ctx.seen("programme", p.item, "item")
    ctx.expect("programme", item, p.expected_version)
    day = Day(ctx)
    before = {"day": item.day, "track": item.track, "parent": item.parent_id, "position": item.position}
    rules = _moved(ctx, day, item, p, p.model_fields_set & {"day", "track", "parent", "before"}, moving=True)
    if p.retime:
        try:
            rules = plan.retimed(day.rules, rules, item.id)
        except plan.Unfit as unfit:
            _refuse(unfit, p)
    _check(ctx, day, rules, p)
    _take_over(day, rules)
    _settle(ctx, day)
    after = {"day": item.day, "track": item.track, "parent": item.parent_id, "position": item.position}
    ctx.audit("programme.move", item.id, before, after)
    ctx.tell("programme.planned", items=[item.id, *plan.inside(rules, item.id)])
    return {"id": item.id, "version": item.version}


@command("programme.delete", role="organiser", payload=Delete, limit=LIMIT)
def delete(ctx: Context, p: Delete) -> dict[str, Any]:
    """Take an item, with what is part of it, out of the programme. It can be put back."""
    item: Item = ctx.seen("programme", p.item, "item")
    ctx.expect("programme", item, p.expected_version)
    day = Day(ctx)
    rules = day.rules
    try:
        plan.may_be_moved(rules, item.id)
    except plan.Unfit as unfit:
        _refuse(unfit, p)
    gone = {item.id} | plan.inside(rules, item.id)
    for id in gone:
        row = day.rows.pop(id)
        row.removed, row.removed_with = True, item.id
        row.version += 1
    _take_over(day, [replace(rule, order=n) for n, rule in enumerate(plan.outline(day.rules))])
    _settle(ctx, day)
    ctx.audit("programme.delete", item.id, {"title": item.title}, None)
    ctx.tell("programme.removed", items=sorted(gone))
    return {"id": item.id, "removed": len(gone)}


@command("programme.restore", role="organiser", payload=Restore, limit=LIMIT)
def restore(ctx: Context, p: Restore) -> dict[str, Any]:
    """Put back what was deleted, with what was part of it then."""
    item = ctx.get(Item, p.item, "item")
    if not item.removed:
        raise Refused("state", why="not_deleted")
    if item.removed_with != item.id:
        raise Refused("state", why="deleted_with_another")
    day = Day(ctx)
    if item.parent_id is not None and item.parent_id not in day.rows:
        raise Refused("state", why="parent_deleted")
    back = list(
        ctx.session.scalars(select(Item).where(Item.meeting_id == ctx.meeting_id, Item.removed_with == item.id))
    )
    if len(day.rows) + len(back) > plan.MOST_ITEMS:
        raise Refused("state", why="too_many_items")
    old, zone = [row.rule() for row in back], _zone(ctx)
    beside = (item.parent_id, item.day, item.track)
    above = day.rows.get(item.parent_id or "")
    try:
        if above is not None:
            old = [plan.on_day(rule, above.day, zone) for rule in old]
            beside = (item.parent_id, above.day, above.track)
        later = [
            r for r in plan.outline(day.rules) if (r.parent, r.day, r.track) == beside and r.order >= item.position
        ]
        before = later[0].id if later else None
        rules = plan.placed([*day.rules, *old], item.id, parent=item.parent_id, before=before)
    except plan.Unfit as unfit:
        _refuse(unfit, p)
    for row in back:
        row.removed, row.removed_with = False, None
        row.version += 1
        day.rows[row.id] = row
    _take_over(day, rules)
    _settle(ctx, day)
    ctx.audit("programme.restore", item.id, None, {"title": item.title})
    ctx.tell("programme.planned", items=sorted(row.id for row in back))
    return {"id": item.id, "version": item.version}


# ---- shared with what reads a programme from a file -------------------------------------------------------------------

PLACED = {"day", "track", "parent", "before", "begins", "ends", "planned_start", "planned_end", "minimum"}
PLAIN = ("title", "kind", "promised", "minimum", "attendance", "by_clock", "stream", "description", "cancelled")


def days_of(meeting: Any) -> tuple[date, date]:
    zone = ZoneInfo(meeting.timezone)
    return meeting.starts.astimezone(zone).date(), meeting.ends.astimezone(zone).date()


def speak(ctx: Context, item: Item, wanted: Iterable[Who], known: list[Speaker]) -> None:
    """The item's speakers as given. Who has the same name, or nearly (it was spelt wrong), is the same person, and stays
    connected with the participant they are."""
    left: list[Speaker] = list(known)
    kept: dict[int, Speaker] = {}
    wanted = [who for who in wanted if who.name or who.role or who.organisation]
    for exact in (True, False):
        for place, who in enumerate(wanted):
            same = next((s for s in left if _same(s.name, who.name, exact)), None)
            if same is not None and place not in kept:
                left.remove(same)
                kept[place] = same
    for place, who in enumerate(wanted):
        speaker = kept.get(place) or ctx.add(Speaker(id=new_id(), meeting_id=ctx.meeting_id, item_id=item.id))
        given = {"position": place, "name": who.name, "role": who.role, "organisation": who.organisation}
        for name, value in given.items():
            if getattr(speaker, name) != value:
                setattr(speaker, name, value)
    for speaker in left:
        ctx.session.delete(speaker)


def _same(one: str, other: str, exact: bool) -> bool:
    if exact:
        return bool(one) and one.casefold() == other.casefold()
    return bool(one) and SequenceMatcher(None, one.casefold(), other.casefold()).ratio() > 0.8


# ---- steps of the commands ---------------------------------------------------------------------------------------------


def _moved(ctx: Context, day: Day, item: Item, p: Any, given: set[str], moving: bool = False) -> list[model.Item]:
    """The rules' items with this one where and when the payload says. `moving`: it is told to move,
    and before nothing means last."""
    rules, zone = day.rules, _zone(ctx)
    parent = p.parent if "parent" in given else item.parent_id
    above = _another(ctx, parent, "parent") if parent != item.parent_id else day.rows.get(parent or "")
    before = p.before if "before" in given else None
    _another(ctx, before, "before")
    wanted_day = p.day if "day" in given and p.day else None
    track = p.track if "track" in given else None
    if above is not None and track == "":
        track = None
    try:
        on = wanted_day or (above.day if above is not None else item.day)
        if above is not None and on != above.day:
            raise plan.Unfit("day", "other_day_than_parent")
        goes = parent != item.parent_id or on != item.day or (track is not None and track != item.track)
        if goes or "before" in given:
            plan.may_be_moved(rules, item.id)
        if goes:
            plan.may_hold(rules, parent)
        if parent is not None and (parent == item.id or parent in plan.inside(rules, item.id)):
            raise plan.Unfit("parent", "inside_itself")
        if on != item.day:
            family = {item.id} | plan.inside(rules, item.id)
            rules = [plan.on_day(rule, on, zone) if rule.id in family else rule for rule in rules]
        starts = item.planned_start
        rules = _with_times(rules, item.id, p, given, ctx, parent)
        now_starts = next(rule.planned_start for rule in rules if rule.id == item.id)
        if goes or "before" in given or moving or now_starts != starts:
            last = moving and "before" in given and before is None
            rules = plan.placed(rules, item.id, parent=parent, day=on, track=track, before=before, last=last)
    except plan.Unfit as unfit:
        _refuse(unfit, p)
    return rules


def _with_times(
    rules: list[model.Item], id: str, p: Any, given: set[str], ctx: Context, parent: str | None = None
) -> list[model.Item]:
    """With the times that were given, by the clock or as instants."""
    rule = next(one for one in rules if one.id == id)
    starts, ends = rule.planned_start, rule.planned_end
    zone = _zone(ctx)
    if "planned_start" in given:
        starts = _utc(p.planned_start)
    if "planned_end" in given:
        ends = _utc(p.planned_end)
    if "begins" in given and not p.begins:
        starts = None
    if "ends" in given and not p.ends:
        ends = None
    parent = parent or getattr(p, "parent", None) or rule.parent
    within = next((one.slot for one in rules if one.id == parent), None)
    if "begins" in given and p.begins and "ends" in given and p.ends:
        starts, ends = plan.span(rule.day, p.begins, p.ends, zone, within)
    elif "begins" in given and p.begins:
        starts = plan.at_clock(date.fromisoformat(rule.day), p.begins, zone, "begins")
    elif "ends" in given and p.ends:
        if starts is None:
            raise plan.Unfit("begins", "half_a_time")
        ends = plan.end_of(starts, p.ends, zone)
    if (starts, ends) == (rule.planned_start, rule.planned_end):
        return rules
    return [replace(one, planned_start=starts, planned_end=ends) if one.id == id else one for one in rules]


def _check(ctx: Context, day: Day, rules: list[model.Item], p: Any) -> None:
    """All that is not as it was, and what is part of it, can be."""
    was = {rule.id: replace(rule, order=0) for rule in day.rules}
    changed = {rule.id for rule in rules if replace(rule, order=0) != was.get(rule.id)}
    parts = {part for id in changed for part in plan.inside(rules, id)} if len(changed) < 50 else set()
    try:
        plan.check(rules, sorted(changed | parts), days_of(ctx.meeting), _zone(ctx), day.rules)
    except plan.Unfit as unfit:
        _refuse(unfit, p)


def _fill(item: Item, p: Any, given: set[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write the plain fields that were given and differ. Returns them as they were and as they are."""
    before, after = {}, {}
    for name in PLAIN:
        if name in given and getattr(item, name) != (value := getattr(p, name)):
            before[name], after[name] = told(getattr(item, name)), told(value)
            setattr(item, name, value)
    return before, after


def _take_over(day: Day, rules: Iterable[model.Item]) -> None:
    """The rows as the rules say: where they stand, and when they are planned."""
    for rule in rules:
        row = day.rows[rule.id]
        for name, value in (
            ("parent_id", rule.parent),
            ("day", rule.day),
            ("track", rule.track),
            ("position", rule.order),
            ("planned_start", rule.planned_start),
            ("planned_end", rule.planned_end),
        ):
            if getattr(row, name) != value:
                setattr(row, name, value)


def _settle(ctx: Context, day: Day) -> None:
    """Everything that follows; a track that is no more has nothing to begin by the clock."""
    tracks = set(ctx.meeting.now_on)
    day.settle()
    for track in tracks - set(ctx.meeting.now_on):
        ctx.undue(f"programme.clock.{track}")


def _another(ctx: Context, id: str | None, field: str) -> Item | None:
    found: Item | None = None if id is None else ctx.seen("programme", id, field)
    return found


def _refuse(unfit: plan.Unfit, p: Any) -> NoReturn:
    """By the field that was typed in."""
    if unfit.why in ("has_begun", "held", "parent_done"):
        raise Refused("state", why=unfit.why) from None
    given, field = p.model_fields_set, unfit.field
    if field == "planned_start" and "planned_start" not in given:
        field = "begins"
    if field == "planned_end" and "planned_end" not in given:
        field = "ends"
    raise Refused("invalid", field=field, why=unfit.why, **unfit.params) from None


def _utc(at: datetime | None) -> datetime | None:
    """A plan is in whole minutes."""
    return None if at is None else at.astimezone(UTC).replace(second=0, microsecond=0)


def _zone(ctx: Context) -> ZoneInfo:
    return ZoneInfo(ctx.meeting.timezone)

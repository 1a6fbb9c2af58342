"""A meeting's programme to a file and from one: `hybridmote meeting export|import`. What is read goes by the rules of the
commands, is checked as a whole before anything is written, and is written in one transaction."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo, available_timezones

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy import update as sql_update
from sqlalchemy.orm import Session

from .access import find_meeting
from .context import Context, Work
from .db import reading, transaction, utc_now
from .dispatch import Payload, words
from .meetings.model import is_slug, join_code
from .meetings.store import Meeting, by_slug
from .participants.store import Participant, mint, new_id
from .problems import CODES, WHY, Refused
from .programme import model
from .programme.commands import editing
from .programme.commands.day import Day
from .programme.model import exchange, plan
from .programme.model.exchange import Said, Unreadable
from .programme.store import Item, Speaker, items_of, speakers_of
from .sync import Change, log_rows

LONGEST = 366  # days of a meeting


class Wrong(ValueError):
    """Why a file is not taken, as a sentence."""


@dataclass(frozen=True)
class Imported:
    slug: str
    items: int
    token: str | None  # of the organiser, when the meeting is new


# ---- out --------------------------------------------------------------------------------------------------------------


def written(slug: str) -> str:
    """The meeting as a file. Raises Wrong."""
    with reading() as session:
        try:
            meeting = find_meeting(session, slug)
        except Refused:
            raise Wrong(f"there is no meeting {slug!r}") from None
        zone = ZoneInfo(meeting.timezone)
        head = {name: getattr(meeting, name) for name in exchange.MEETING}
        head |= {name: exchange.written_instant(head[name], zone) for name in ("starts", "ends")}
        rows = {row.id: row for row in items_of(session, meeting.id)}
        speakers = speakers_of(session, list(rows))
        entries: dict[str, dict[str, Any]] = {}
        programme = []
        for rule in plan.outline(row.rule() for row in rows.values()):
            row = rows[rule.id]
            above = rows.get(row.parent_id or "")
            entry = entries[row.id] = _entry(row, above, speakers.get(row.id, []), zone)
            if above is None:
                programme.append(entry)
            else:
                entries[above.id].setdefault("parts", []).append(entry)
        return exchange.write({name: value for name, value in head.items() if value}, programme)


def _entry(row: Item, above: Item | None, speakers: list[Speaker], zone: ZoneInfo) -> dict[str, Any]:
    rule = above.rule() if above else None
    place = {"day": row.day, "track": row.track} if above is None else {}
    entry: dict[str, Any] = {"key": row.key or row.id, **place}
    entry |= exchange.written_times(row.planned_start, row.planned_end, row.day, zone, rule.slot if rule else None)
    entry |= {"kind": row.kind, "title": row.title, "description": row.description}
    entry["attendance"] = "" if row.attendance == "both" else row.attendance
    entry |= {"promised": row.promised, "minimum": row.minimum, "by_clock": row.by_clock, "cancelled": row.cancelled}
    entry["stream"] = row.stream
    told = [{name: getattr(s, name) for name in exchange.SPEAKER if getattr(s, name)} for s in speakers]
    entry["speakers"] = [speaker for speaker in told if speaker]
    return {name: value for name, value in entry.items() if value not in ("", None, False, [])}


# ---- in ---------------------------------------------------------------------------------------------------------------


class Head(Payload):
    title: words(200)  # type: ignore[valid-type]
    tagline: words(500, optional=True) = ""  # type: ignore[valid-type]
    place: words(200, optional=True) = ""  # type: ignore[valid-type]
    stream: editing.Address = ""


@dataclass
class Planned:
    """An item of the file, checked by itself: its fields, its place, and its line."""

    payload: editing.Add
    rule: model.Item
    key: str
    cancelled: bool
    said: Said


def read_in(text: str | bytes, slug: str | None = None, update: bool = False) -> Imported:
    """Make a meeting of a file, or with `update` give one that has not begun another programme. Raises Wrong."""
    try:
        meeting, parts = exchange.read(text)
        slug = slug or meeting.text("slug")
        if not is_slug(slug):
            raise Unreadable("slug is lower-case letters, digits and single hyphens, at most 64", meeting.at("slug"))
        head = _head(meeting)
        planned = _planned(parts, head)
    except Unreadable as error:
        raise Wrong(str(error)) from None
    now = utc_now()
    with transaction() as session:
        row = by_slug(session, slug)
        token = None
        if update:
            if row is None:
                raise Wrong(f"there is no meeting {slug!r} to update")
            session.execute(sql_update(Meeting).where(Meeting.id == row.id).values(seq=Meeting.seq + 1))  # and lock it
            session.refresh(row)
            session.info.update(marks={}, held={}, flushes=0)
            if any(item.actual_start for item in items_of(session, row.id)):
                raise Wrong(f"{slug} has begun: its programme is changed on its page, where nothing is lost")
        elif row is not None:
            raise Wrong(f"there is a meeting {slug!r} already: give another name by --slug, or --update it")
        else:
            row = Meeting(id=new_id(), slug=slug, join_code=_free_code(session), now_on={}, seq=0, pruned=0, version=1)
        for name, value in head.items():
            setattr(row, name, value)
        session.add(row)
        session.flush()
        if not update:
            name = "Organisatör" if row.language == "sv" else "Organiser"
            organiser = Participant(id=new_id(), meeting_id=row.id, name=name, organisation="", roles="organiser")
            session.add(organiser)
            session.flush()
            token = mint(session, organiser, now)
        session.info["absent"] = set()
        _write(Context(cast(Work, session), row.id, None, now), planned)
        session.flush()
        for topic, object_id, before, after in log_rows(session, session.info["marks"]) if update else ():
            session.add(
                Change(meeting_id=row.id, seq=row.seq, topic=topic, object_id=object_id, before=before, after=after)
            )
    return Imported(slug, len(planned), token)


def _head(said: Said) -> dict[str, Any]:
    """The meeting's own fields, checked."""
    timezone = said.text("timezone", "Europe/Stockholm")
    if timezone not in available_timezones():
        raise Unreadable(f"there is no timezone {timezone!r}; one is Europe/Stockholm", said.at("timezone"))
    language = said.text("language", "sv")
    if language not in ("sv", "en"):
        raise Unreadable("language is sv or en", said.at("language"))
    zone = ZoneInfo(timezone)
    try:
        starts, ends = (exchange.instant(said, name, zone) for name in ("starts", "ends"))
    except plan.Unfit as unfit:
        raise _sentence(unfit, said) from None
    if not starts < ends or (ends - starts).days > LONGEST:
        raise Unreadable(f"the meeting ends after it begins, and within {LONGEST} days", said.at("ends"))
    try:
        head = Head.model_validate({name: said.text(name) for name in ("title", "tagline", "place", "stream")})
    except ValidationError as error:
        raise _said(error, said) from None
    return head.model_dump() | {"timezone": timezone, "language": language, "starts": starts, "ends": ends}


def _planned(parts: list[exchange.Part], head: dict[str, Any]) -> list[Planned]:
    """Every item, checked by itself and together with the others. Until they are written an item's id is its number."""
    zone = ZoneInfo(head["timezone"])
    found: list[Planned] = []
    keys: set[str] = set()
    depths: list[int] = []
    for number, part in enumerate(parts):
        said = part.said
        above = None if part.parent is None else found[part.parent]
        depths.append(0 if part.parent is None else depths[part.parent] + 1)
        key = said.text("key").strip()
        if len(key) > 64 or not key.isprintable():
            raise Unreadable("a key is at most 64 characters on one line", said.at("key"))
        if key and key in keys:
            raise Unreadable(f"the key {key!r} is used twice", said.at("key"))
        keys.add(key)
        try:
            if depths[-1] >= plan.MOST_LEVELS:
                raise plan.Unfit("parts", "too_deep")
            found.append(_one(said, above, str(number), number, zone, key))
        except plan.Unfit as unfit:
            raise _sentence(unfit, said) from None
        except ValidationError as error:
            raise _said(error, said) from None
    rules = [one.rule for one in found]
    days = head["starts"].astimezone(zone).date(), head["ends"].astimezone(zone).date()
    try:
        plan.check(rules, [rule.id for rule in rules], days, zone)
    except plan.Unfit as unfit:
        raise _sentence(unfit, found[int(unfit.item)].said) from None
    return found


def _one(said: Said, above: Planned | None, id: str, order: int, zone: ZoneInfo, key: str) -> Planned:
    day, track = said.text("day").strip(), said.text("track").strip()
    if above is not None:
        if day not in ("", above.rule.day):
            raise plan.Unfit("day", "other_day_than_parent")
        if track not in ("", above.rule.track):
            raise plan.Unfit("track", "other_track_than_parent")
        day, track = above.rule.day, above.rule.track
    elif not day:
        raise plan.Unfit("day", "no_day")
    fields: dict[str, Any] = {"day": day, "track": track}
    for name in ("title", "kind", "description", "attendance", "minimum", "stream"):
        if said.text(name):
            fields[name] = said.text(name)
    fields |= {name: said.flag(name) for name in ("promised", "by_clock")}
    fields["speakers"] = [_speaker(one) for one in said.many("speakers")]
    payload = editing.Add.model_validate(fields)
    starts, ends = exchange.times(said, payload.day, zone, above.rule.slot if above else None)
    rule = model.Item(
        id=id,
        parent=above.rule.id if above else None,
        track=payload.track,
        day=payload.day,
        order=order,
        kind=payload.kind,
        planned_start=starts,
        planned_end=ends,
        minimum=None if payload.minimum is None else timedelta(minutes=payload.minimum),
        promised=payload.promised,
        cancelled=said.flag("cancelled"),
        by_clock=payload.by_clock,
    )
    return Planned(payload, rule, key, rule.cancelled, said)


def _speaker(one: Any) -> dict[str, str]:
    if isinstance(one, str):
        one = Said(0, dict(zip(exchange.SPEAKER, (part.strip() for part in one.split("|", 2)), strict=False)))
    if not isinstance(one, Said):
        raise Unreadable("a speaker is a mapping: {name, role, organisation}")
    return {name: one.text(name) for name in one.only(exchange.SPEAKER).fields}


def _write(ctx: Context, planned: list[Planned]) -> None:
    """The rows of the meeting become those of the file; who has the same key is the same item."""
    session = ctx.session
    old = {row.key or row.id: row for row in items_of(session, ctx.meeting_id)}
    speakers = speakers_of(session, [row.id for row in old.values()])
    ids = {one.rule.id: old[one.key].id if one.key in old else new_id() for one in planned}
    place = {rule.id: n for n, rule in enumerate(plan.outline(one.rule for one in planned))}
    rows = {row.id: row for row in old.values()}
    for one in planned:
        rule, p = one.rule, one.payload
        row = rows.get(ids[rule.id]) or Item(
            id=ids[rule.id], meeting_id=ctx.meeting_id, version=1, extended=0, removed=False
        )
        given = {name: getattr(p, name) for name in editing.PLAIN if name != "cancelled"}
        given |= {"key": one.key, "cancelled": one.cancelled, "day": rule.day, "track": rule.track}
        given |= {"planned_start": rule.planned_start, "planned_end": rule.planned_end, "position": place[rule.id]}
        given["parent_id"] = ids.get(rule.parent or "")
        for name, value in given.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
        ctx.add(row)
        editing.speak(ctx, row, p.speakers, speakers.get(row.id, []))
    for row in old.values():
        if row.id not in ids.values():
            row.removed, row.removed_with = True, row.id
    session.flush()
    Day(ctx).settle()
    ctx.audit("programme.import", ctx.meeting_id, None, {"items": len(planned)})


def _free_code(session: Session) -> str:
    while True:
        code = join_code(secrets.randbelow)
        if session.scalar(select(Meeting.id).where(Meeting.join_code == code)) is None:
            return code


# ---- words ------------------------------------------------------------------------------------------------------------

_FIELDS = {"begins": "start", "ends": "end", "planned_start": "start", "planned_end": "end"}


def _sentence(unfit: plan.Unfit, said: Said) -> Unreadable:
    """A rule's refusal; the words are those of the pages."""
    field = _FIELDS.get(unfit.field, unfit.field) if "starts" not in said.fields else unfit.field
    words = str(WHY[unfit.why])
    return Unreadable(f"{field}: {words % unfit.params if unfit.params else words}", said.at(field))


def _said(error: ValidationError, said: Said) -> Unreadable:
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0])
    code = first["type"]
    words = str(WHY[code] if code in WHY else CODES[code][1] if code in CODES else first["msg"])
    return Unreadable(f"{field}: {words}", said.at(field))

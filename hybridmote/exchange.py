"""A meeting's programme to a file and from one: `hybridmote meeting export|import`. What is read goes by the rules of the
commands, is checked as a whole before anything is written, and is written in one transaction."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
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
from .mail.model import NoAddress, address
from .meetings.model import TEXTS, is_slug, join_code, languages_of, text_fits
from .meetings.store import Meeting, MeetingText, TextStep, by_slug, last_step, text_id, texts_of
from .participants.store import Participant, mint, new_id
from .problems import CODES, WHY, Refused
from .programme import model
from .programme.commands import editing
from .programme.commands.day import Day
from .programme.model import exchange, plan
from .programme.model.exchange import Said, Unreadable
from .programme.store import Item, Speaker, items_of, speakers_of
from .sync import Change, log_rows
from .text import Unclean, clean

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
        head = {name: getattr(meeting, name) for name in exchange.MEETING if name not in ("published", "texts")}
        head |= {name: exchange.written_instant(head[name], zone) for name in ("starts", "ends")}
        head |= {"published": "" if meeting.published else "no", "texts": _texts(session, meeting)}
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


def _texts(session: Session, meeting: Meeting) -> dict[str, dict[str, str]]:
    """The words of the invitation, by language and field; the lead in the meeting's own language is its tagline."""
    found: dict[str, dict[str, str]] = {}
    there = {(text.language, text.field): text.text for text in texts_of(session, meeting.id) if text.text}
    for language in ("sv", "en", "both"):
        for field in TEXTS:
            text = there.get((language, field))
            if text and not (field == "lead" and language == meeting.language):
                found.setdefault(language, {})[field] = text
    return found


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
        texts = _texts_in(meeting)
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
            token = _organiser(session, row, now)
        session.info["absent"] = set()
        _rewrite(session, row, texts, now)
        _write(Context(cast(Work, session), row.id, None, now), planned)
        session.flush()
        for topic, object_id, before, after in log_rows(session, session.info["marks"]) if update else ():
            session.add(
                Change(meeting_id=row.id, seq=row.seq, topic=topic, object_id=object_id, before=before, after=after)
            )
    return Imported(slug, len(planned), token)


def _organiser(session: Session, meeting: Meeting, now: datetime, name: str = "", email: str = "") -> str:
    """The first who may do everything; their token, which is said once."""
    name = name or ("Organisatör" if meeting.language == "sv" else "Organiser")
    person = Participant(id=new_id(), meeting_id=meeting.id, name=name, organisation="", roles="organiser", email=email)
    session.add(person)
    session.flush()
    return mint(session, person, now)


def create(
    slug: str,
    title: str,
    starts: str,
    ends: str,
    *,
    timezone: str,
    language: str,
    place: str = "",
    organiser: str = "",
    email: str = "",
) -> Imported:
    """A meeting with nothing in it yet, not published. Times as its own clock shows them, 2026-03-10 17:00. Raises
    Wrong."""
    fields = {"title": title, "starts": starts, "ends": ends, "timezone": timezone, "language": language}
    fields |= {"place": place, "published": "no"}
    if not is_slug(slug):
        raise Wrong(
            f"{slug!r} cannot be a name in addresses: lower-case letters, digits and single hyphens, at most 64"
        )
    try:
        head = _head(Said(0, dict(fields)))
        name = clean(organiser, limit_graphemes=120, multiline=False) if organiser.strip() else ""
        at = address(email) if email.strip() else ""
    except Unreadable as error:
        raise Wrong(str(error)) from None
    except Unclean:
        raise Wrong("the organiser's name is at most 120 characters that can be shown") from None
    except NoAddress:
        raise Wrong(f"{email!r} is no e-mail address") from None
    now = utc_now()
    with transaction() as session:
        if by_slug(session, slug) is not None:
            raise Wrong(f"there is a meeting {slug!r} already: give another --slug")
        row = Meeting(id=new_id(), slug=slug, join_code=_free_code(session), now_on={}, seq=0, pruned=0, version=1)
        for field, value in head.items():
            setattr(row, field, value)
        session.add(row)
        session.flush()
        return Imported(slug, 0, _organiser(session, row, now, name, at))


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
    published = said.flag("published") if said.text("published") else True
    times = {"starts": starts, "ends": ends}
    return head.model_dump() | {"timezone": timezone, "language": language, "published": published} | times


def _texts_in(said: Said) -> dict[tuple[str, str], str]:
    """{(language, field): text} of `texts: {sv: {about: …}, en: {…}, both: {contact_email: …}}`, checked."""
    found: dict[tuple[str, str], str] = {}
    texts = said.fields.get("texts") or Said(said.line)
    if not isinstance(texts, Said):
        raise Unreadable("texts is a mapping: {sv: {about: …}, en: {…}, both: {contact_email: …}}", said.at("texts"))
    for language, of in texts.only(("sv", "en", "both")).fields.items():
        if of == "":
            continue
        if not isinstance(of, Said):
            raise Unreadable(f"texts: {language} is a mapping of fields", texts.at(language))
        for field in of.only([name for name in TEXTS if language in languages_of(name)]).fields:
            kind, text = TEXTS[field], of.text(field)
            if not text.strip():
                continue
            try:
                text = clean(text, limit_graphemes=kind.limit, multiline=kind.markdown)
            except Unclean as unclean:
                why = f"{unclean.detail} characters too long" if unclean.code == "too_long" else "cannot be shown"
                raise Unreadable(f"texts: {field} is {why}", of.at(field)) from None
            if word := text_fits(field, text):
                raise Unreadable(f"{field}: {WHY[word]}", of.at(field))
            found[language, field] = text
    return found


def _rewrite(session: Session, meeting: Meeting, texts: dict[tuple[str, str], str], now: datetime) -> None:
    """What the file says of the invitation is a step of it; what it does not say stays."""
    lead = texts.pop((meeting.language, "lead"), "") or meeting.tagline
    there = {(text.language, text.field): text for text in texts_of(session, meeting.id)}
    wanted = texts | ({(meeting.language, "lead"): lead} if (meeting.language, "lead") in there else {})
    meeting.tagline = lead
    for (language, field), text in wanted.items():
        row = there.get((language, field))
        if row is None:
            id = text_id(meeting.id, field, language)
            row = MeetingText(id=id, meeting_id=meeting.id, field=field, language=language, version=0, at=now)
            row.text, row.step, number = text, 0, 0
        elif row.text == text:
            continue
        else:
            number = last_step(session, row.id) + 1
        back = row.step
        row.text, row.step, row.by, row.at = text, number, None, now
        row.version += 1
        session.add(row)
        session.flush()
        step = {"text_id": row.id, "number": number, "meeting_id": meeting.id, "back": back, "text": text}
        session.add(TextStep(**step, by=None, at=now))


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

"""What a step would lead to, before it is done: for the desk, which shows it and asks. Nothing is written here.

The page that is drawn here and the script ask the same, so both say the same, in the same words.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from pydantic import AwareDatetime, Field, ValidationError
from sqlalchemy.orm import Session

from .db import iso
from .dispatch import EARLIEST, LATEST, Id, Payload
from .meetings.store import Meeting
from .problems import Refused
from .programme import model
from .programme.store import EDGES, Cue, Item, items_of

MINUTE = timedelta(minutes=1)
MOST = 6  # rows: the rest is only counted
LONGEST = 240  # minutes that programme.extend takes


class Step(Payload):
    """`more` is extend, counted from now when the end has passed; `break` starts the day's next break."""

    do: Literal["start", "next", "finish", "extend", "more", "break", "correct"]
    item: Id | None = None
    track: str | None = Field(None, pattern=r"^[^\x00-\x1f]{0,64}$")
    minutes: int | None = Field(None, ge=1, le=LONGEST)
    cue: Id | None = None
    at: AwareDatetime | None = Field(None, ge=EARLIEST, le=LATEST)
    time: str | None = Field(None, pattern=r"^([01]?[0-9]|2[0-3])[.:][0-5][0-9]$")


def read(query: Mapping[str, str]) -> Step:
    """A step as a query or a form names it. Raises Refused."""
    try:
        return Step.model_validate({k: v for k, v in query.items() if v != "" or k == "track"})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = str(first["loc"][0]) if first["loc"] else None
        if first["type"] == "extra_forbidden":
            raise Refused("unknown_field", field=field) from None
        raise Refused("invalid", field=field, **({"why": field} if field in ("minutes", "time") else {})) from None


@dataclass(frozen=True)
class _Asked:
    """A step with all that was left open in it settled. `first`: what happens at once, in sentences."""

    item: Item
    command: str
    payload: dict[str, Any]
    changes: list[model.Change]
    question: str
    button: str
    first: list[str]
    brief: list[str] | None = None  # the same where there is little room


class Day:
    """The programme as it stands, read once."""

    def __init__(self, db: Session, meeting: Meeting, now: datetime) -> None:
        self.db, self.meeting_id, self.version, self.now = db, meeting.id, meeting.version, now
        self.zone = ZoneInfo(meeting.timezone)
        self.rows = {row.id: row for row in items_of(db, meeting.id)}
        self.rules = [row.rule() for row in self.rows.values()]
        self.expected = model.expected(self.rules, now)

    def foreseen(self, step: Step) -> dict[str, Any]:
        """What the step would do and lead to, in words, and the command that does it. Raises Refused as that would."""
        asked = self._asked(step)
        shifts = model.leads_to(self.rules, asked.changes, self.now)
        lines = self._lines(shifts, {change.id for change in asked.changes})
        return {
            "do": step.do,
            "item": asked.item.id,
            "question": asked.question,
            "button": asked.button,
            "first": asked.first,
            "brief": asked.brief or asked.first,
            "lines": lines[:MOST],
            "more": len(lines[MOST:]),
            "kept": self._kept(shifts, asked),
            "shifts": [self._shift(shift) for shift in shifts],
            "command": {"name": asked.command, "payload": {**asked.payload, "expected_version": self.version}},
        }

    # ---- what is asked ----

    def _asked(self, step: Step) -> _Asked:
        try:
            match step.do:
                case "extend" | "more":
                    return self._extend(step)
                case "start" | "break":
                    return self._start(step)
                case "next" | "finish":
                    return self._move(step)
                case "correct":
                    return self._correct(step)
        except model.Refusal as refusal:
            raise Refused(refusal.code, why=refusal.detail) from None

    def _extend(self, step: Step) -> _Asked:
        item = self._item(step.item or self._on(step.track))
        if step.minutes is None:
            raise Refused("invalid", field="minutes", why="minutes")
        by = step.minutes * MINUTE
        given = model.more(self.rules, item.id, by, self.now) if step.do == "more" else by
        minutes = min(given // MINUTE, LONGEST)
        changes = model.extend(self.rules, item.id, minutes * MINUTE)
        timed = self.rows[changes[0].id]
        ends = model.expected(model.apply(self.rules, changes), self.now)[timed.id][1]
        was = self.expected[timed.id][1]
        said = (
            _("It goes on until about %(time)s.", time=self._clock(ends))
            if _same(ends, was)
            else _("It goes on until about %(time)s instead of %(was)s.", time=self._clock(ends), was=self._clock(was))
        )
        # What was to be shortened so that a promise holds has its full time again: who gives it more must know.
        whole = ends - max(was, self.now) > (minutes + 1) * MINUTE
        question = (
            _("The full time and %(n)s more minutes for %(title)s?", n=step.minutes, title=timed.title)
            if whole
            else _("%(n)s more minutes for %(title)s?", n=step.minutes, title=timed.title)
        )
        return _Asked(
            timed,
            "programme.extend",
            {"item": item.id, "minutes": minutes},
            changes,
            question,
            _("Give %(n)s min", n=step.minutes),
            [said],
            [_("Until about %(time)s.", time=self._clock(ends))],
        )

    def _start(self, step: Step) -> _Asked:
        item = self._item(self._break(step.track) if step.do == "break" else step.item)
        changes = model.start(self.rules, item.id, self.now, self.now)
        return _Asked(
            item,
            "programme.start",
            {"item": item.id},
            changes,
            _("Start %(title)s now?", title=item.title),
            _("Start now"),
            self._at_once(changes, item),
        )

    def _move(self, step: Step) -> _Asked:
        track = self._track(step.track)
        if step.do == "finish":
            changes = model.finish(self.rules, track, self.now, self.now)
        else:
            changes = model.next_(self.rules, track, self.now, self.now)
        begins = [self.rows[change.id] for change in changes if change.field == "actual_start"]
        item = begins[-1] if begins else self.rows[changes[0].id]
        if begins:
            question, button = _("Go on to %(title)s?", title=item.title), _("Next item")
        else:
            question, button = _("End %(title)s?", title=item.title), _("End this")
        first = self._at_once(changes, item)
        brief = [_("%(title)s begins now.", title=item.title), *first[1:]] if begins else None
        return _Asked(item, f"programme.{step.do}", {"track": track}, changes, question, button, first, brief)

    def _correct(self, step: Step) -> _Asked:
        cue = self.db.get(Cue, step.cue) if step.cue else None
        if cue is None or cue.meeting_id != self.meeting_id or cue.item_id not in self.rows:
            raise Refused("not_found", field="cue")
        edge = EDGES.get(cue.kind)
        if edge is None:
            raise Refused("state", why="not_a_boundary")
        item = self.rows[cue.item_id]
        at = step.at or (nearest(step.time, cue.at, self.zone) if step.time else None)
        if at is None:
            raise Refused("invalid", field="time", why="time")
        changes = model.correct(self.rules, item.id, edge, at, self.now)
        at = changes[0].value
        said = [
            _("%(title)s began %(time)s.", title=self.rows[change.id].title, time=self._clock(at))
            if change.field == "actual_start"
            else _("%(title)s ended %(time)s.", title=self.rows[change.id].title, time=self._clock(at))
            for change in changes
        ]
        return _Asked(
            item,
            "programme.correct",
            {"cue": cue.id, "at": iso(at)},
            changes,
            _("%(time)s instead of %(was)s?", time=self._clock(at), was=self._clock(cue.at)),
            _("Change to %(time)s", time=self._clock(at)),
            said,
        )

    def _item(self, id: str | None) -> Item:
        if id not in self.rows:
            raise Refused("not_found", field="item")
        return self.rows[id]

    def _track(self, track: str | None) -> str:
        tracks = sorted({row.track for row in self.rows.values() if row.parent_id is None and not row.cancelled})
        if track is None and len(tracks) == 1:
            return tracks[0]
        if track not in tracks:
            raise Refused("invalid", field="track")
        return track

    def _on(self, track: str | None) -> str:
        on = model.now_on(self.rules).get(self._track(track))
        if on is None:
            raise Refused("state", why="nothing_on")
        return on

    def _break(self, track: str | None) -> str:
        track = self._track(track)
        mine = [row for row in self.rows.values() if row.track == track]
        found = next_break(mine, self.rows.get(model.now_on(self.rules).get(track) or ""), self.now, self.zone)
        if found is None:
            raise Refused("state", why="no_break")
        return found

    # ---- what comes of it ----

    def _at_once(self, changes: Sequence[model.Change], item: Item) -> list[str]:
        """What ends, in one sentence, and what is jumped over."""
        ends = [self.rows[change.id] for change in changes if change.field == "actual_end"]
        jumped = [] if item in ends else self._jumped(item)
        said = [_("%(title)s ends now.", title=ends[0].title)] if ends else []
        return said + [_("%(title)s is passed over.", title=row.title) for row in jumped]

    def _track_of(self, row: Item) -> str:
        for _again in range(len(self.rows)):
            if row.parent_id not in self.rows:
                break
            row = self.rows[row.parent_id]
        return row.track

    def _jumped(self, item: Item) -> list[Item]:
        return [self.rows[id] for id in model.passed_over(self.rules, item.id, self.now)]

    def _lines(self, shifts: Iterable[model.Shift], changed: set[str]) -> list[dict[str, Any]]:
        """What moves, a row each. What is changed by the step itself is said before, and so is what only spans others."""
        spans = {row.parent_id for row in self.rows.values() if row.planned_start}
        return [
            self._line(self.rows[shift.id], shift)
            for shift in shifts
            if shift.id not in changed
            and self.rows[shift.id].planned_start
            and not (_same(shift.before[0], shift.after[0]) and (shift.id in spans or _length(shift) == 0))
        ]

    def _line(self, row: Item, shift: model.Shift) -> dict[str, Any]:
        (was, _until), (begins, ends) = shift.before, shift.after
        assert row.planned_start and row.planned_end
        planned = (row.planned_end - row.planned_start) // MINUTE
        said = []
        if _length(shift) and (ends - begins) // MINUTE < planned:
            said.append(_("%(n)s min instead of %(planned)s", n=(ends - begins) // MINUTE, planned=planned))
        broken = row.promised and begins - row.planned_start >= MINUTE
        if broken:
            said.append(_("promised for %(time)s, which is not kept", time=self._clock(row.planned_start)))
        return {
            "item": row.id,
            "time": self._clock(begins),
            "was": None if _same(was, begins) else self._clock(was),
            "title": row.title,
            "words": "; ".join(said),
            "broken": broken,
        }

    def _kept(self, shifts: Sequence[model.Shift], asked: _Asked) -> str:
        """The first promise that holds though something before it moves."""
        if not shifts:
            return ""
        begins = {id: start for id, (start, _end) in self.expected.items()} | {s.id: s.after[0] for s in shifts}
        track, without = self._track_of(asked.item), {asked.item, *self._jumped(asked.item)}
        for row in self.rows.values():
            if not (row.promised and row.planned_start and model.state(row.rule()) == "waiting") or row in without:
                continue
            at = begins.get(row.id, row.planned_start)
            if (
                row.day == asked.item.day
                and self._track_of(row) == track
                and self.now < at < row.planned_start + MINUTE
            ):
                return _("%(title)s at %(time)s is kept.", title=row.title, time=self._clock(at))
        return ""

    def _shift(self, shift: model.Shift) -> dict[str, Any]:
        row = self.rows[shift.id]
        times = {
            when: {"start": iso(start), "end": iso(end)}
            for when, (start, end) in (("before", shift.before), ("after", shift.after))
        }
        planned = {"planned_start": iso(row.planned_start), "promised": row.promised}
        return {"item": row.id, "title": row.title, **planned, **times}

    def _clock(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime("%H.%M")


def next_break(rows: Iterable[Item], on: Item | None, now: datetime, zone: ZoneInfo) -> str | None:
    """The first break still to come of today's: by the calendar, or of the day of what is on, be it past midnight;
    `rows` in order."""
    today = now.astimezone(zone).date()
    for row in rows:
        if row.kind != "break" or not row.planned_start or model.state(row.rule()) != "waiting":
            continue
        if (on and row.day == on.day) or row.planned_start.astimezone(zone).date() == today:
            return row.id
    return None


def nearest(time: str, to: datetime, zone: ZoneInfo) -> datetime:
    """The instant nearest to another at which the clocks of the zone show a time: shortly before midnight may be the
    day before. A time that is skipped when the clocks change counts as so long after they did."""
    hour, minute = (int(part) for part in time.replace(":", ".").split("."))
    here = to.astimezone(zone)
    shown = [
        (here + timedelta(days=days)).replace(hour=hour, minute=minute, second=0, microsecond=0, fold=fold)
        for days in (-1, 0, 1)
        for fold in (0, 1)
    ]
    return min((one.astimezone(UTC) for one in shown), key=lambda at: abs(at - to))


def _same(one: datetime, other: datetime) -> bool:
    return abs(one - other) < MINUTE


def _length(shift: model.Shift) -> int:
    """Minutes that it becomes longer."""
    (was, until), (begins, ends) = shift.before, shift.after
    return int(((ends - begins) - (until - was)) / MINUTE)

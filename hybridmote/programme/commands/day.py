"""The programme's rows while a command changes them, and all that follows from the change."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from ...context import Context
from ...participants.store import new_id
from ...problems import Refused
from .. import model
from ..store import Cue, Item, Step, items_of

Rule = Callable[[list[model.Item]], list[model.Change]]


class Day:
    """The programme's rows while one step is done to them."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.meeting = ctx.meeting  # held: to ask for it later would flush what is half done
        self.rows = {row.id: row for row in items_of(ctx.session, ctx.meeting_id)}

    @property
    def rules(self) -> list[model.Item]:
        return [row.rule() for row in self.rows.values()]

    def ask(self, rule: Rule) -> list[model.Change]:
        """What the rules say is to change; their refusal is the command's."""
        try:
            return rule(self.rules)
        except model.Refusal as refusal:
            raise Refused(refusal.code, why=refusal.detail) from None

    def write(
        self, what: str, track: str, item: str | None, changes: list[model.Change], corrected: list[Cue] | None = None
    ) -> Step:
        """Change the rows, with a cue for what begins and ends, and keep the step. With `corrected`, those cues move."""
        ctx = self.ctx
        newest = select(func.max(Step.number)).where(Step.meeting_id == ctx.meeting_id)
        step = Step(
            id=new_id(),
            meeting_id=ctx.meeting_id,
            track=track,
            what=what,
            item_id=item,
            at=ctx.now,
            number=(ctx.session.scalar(newest) or 0) + 1,
            changes=[],
            undone=False,
        )
        undoing: list[list[Any]] = []
        for change in changes:
            row = self.rows[change.id]
            value = _minutes(change.value) if change.field == "extended" else change.value
            undoing.append(["item", row.id, change.field, told(getattr(row, change.field)), told(value)])
            setattr(row, change.field, value)
            if corrected is None and change.field != "extended":
                kind = "on" if change.field == "actual_start" else "off"
                cue = Cue(id=new_id(), meeting_id=ctx.meeting_id, item_id=row.id, step_id=step.id, kind=kind, at=value)
                ctx.add(cue)
        for cue in corrected or ():
            at = changes[0].value
            undoing.append(["cue", cue.id, "at", told(cue.at), told(at)])
            cue.at = at
        step.changes = undoing
        return ctx.add(step)

    def settle(self) -> None:
        """Everything that follows from a step: what is on, what is expected, what begins by the clock."""
        self.expect()
        meeting, rules = self.ctx.meeting, self.rules
        meeting.now_on = model.now_on(rules)
        meeting.version += 1
        for track in meeting.now_on:
            key = f"programme.clock.{track}"
            by_clock = model.begins_by_clock(rules, track, self.ctx.now)
            if by_clock is None:
                self.ctx.undue(key)
            else:
                item, at = by_clock
                self.ctx.due(at, "programme.clock", {"item": item}, key=key)

    def expect(self) -> None:
        """Store when each item is now expected, and let time look again when that can next change by itself."""
        ctx, rules = self.ctx, self.rules
        expected = model.expected(rules, ctx.now)
        new = {row.id for row in ctx.session.new if isinstance(row, Item)}
        for item in self.rows.values():
            start_at, end_at = expected.get(item.id, (None, None))
            if (item.expected_start, item.expected_end) != (start_at, end_at):
                item.expected_start, item.expected_end = start_at, end_at
            if item.id not in new and ctx.session.is_modified(item):
                item.version += 1
        drifts = model.drifts_at(rules, ctx.now)
        if drifts is None:
            ctx.undue("programme.drift")
        else:
            ctx.due(drifts, "programme.drift", {}, key="programme.drift")


def _minutes(given: timedelta) -> int:
    return int(given.total_seconds() // 60)


def told(value: Any) -> Any:
    """A value as JSON keeps it."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def read_back(field: str, told: Any) -> Any:
    return datetime.fromisoformat(told) if told is not None and field != "extended" else told

"""The meeting as a whole: what it is called, when it begins and ends, and where. Its programme must fit in its days."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from ...context import Context
from ...dispatch import EARLIEST, LATEST, Payload, command, words
from ...problems import Refused
from ..model import plan
from ..store import items_of
from .editing import _reads, _shaped
from .running import Version

LONGEST = 366  # days of a meeting
_DAY = r"\d{4}-\d{2}-\d{2}"


def _is_moment(text: str) -> None:
    day, clock = text[:10], text[11:]
    if text[10:11] not in (" ", "T") or not EARLIEST.year <= date.fromisoformat(day).year < LATEST.year:
        raise ValueError
    plan.at_clock(date(2026, 1, 1), clock.partition("+")[0].partition("-")[0], ZoneInfo("UTC"), "starts")


Moment = Annotated[str, _reads("no_moment", _is_moment), _shaped(f"^({_DAY}[ T]({plan.CLOCK}))?$")]


class Edit(Payload):
    title: words(200) | None = Field(None, description="at most 200 graphemes")  # type: ignore[valid-type]
    place: words(200, optional=True) | None = Field(  # type: ignore[valid-type]
        None, description="where it is held, on one line of at most 200 graphemes"
    )
    starts: AwareDatetime | None = Field(None, ge=EARLIEST, le=LATEST, description="ISO 8601 with a zone")
    ends: AwareDatetime | None = Field(None, ge=EARLIEST, le=LATEST, description="ISO 8601 with a zone")
    begins: Moment = Field("", description="instead of starts: as the meeting's clock shows it, 2026-03-10 17.00")
    closes: Moment = Field("", description="instead of ends: as begins")
    language: Literal["sv", "en"] | None = Field(
        None, description="the language of what is written in one language only"
    )
    expected_version: int = Version

    @classmethod
    def of_form(cls, typed: dict[str, str]) -> dict[str, Any]:
        """A place may be emptied."""
        return {name: value for name, value in typed.items() if value or name in ("title", "place")}


@command("meeting.edit", role="organiser", payload=Edit)
def edit(ctx: Context, p: Edit) -> dict[str, Any]:
    """Change what is given of the meeting; the rest stays."""
    meeting = ctx.meeting
    ctx.expect("meeting", meeting, p.expected_version)
    zone = ZoneInfo(meeting.timezone)
    starts = p.starts or _instant(p.begins, zone, "begins") or meeting.starts
    ends = p.ends or _instant(p.closes, zone, "closes") or meeting.ends
    last = "ends" if p.ends or not p.closes else "closes"
    if starts >= ends:
        raise Refused("invalid", field=last, why="ends_first")
    if (ends - starts).days > LONGEST:
        raise Refused("invalid", field=last, why="too_long_meeting")
    if (starts, ends) != (meeting.starts, meeting.ends):
        _holds_its_programme(ctx, (starts, ends), (meeting.starts, meeting.ends), zone, last)
    new = {"starts": starts.astimezone(UTC), "ends": ends.astimezone(UTC)}
    new |= {name: given for name in ("title", "place", "language") if (given := getattr(p, name)) is not None}
    before = {name: _told(getattr(meeting, name)) for name in new}
    for name, value in new.items():
        if getattr(meeting, name) != value:
            setattr(meeting, name, value)
    meeting.version += 1
    after = {name: _told(value) for name, value in new.items()}
    changed = [name for name in new if before[name] != after[name]]
    ctx.audit("meeting.edit", meeting.id, {n: before[n] for n in changed}, {n: after[n] for n in changed})
    return {"version": meeting.version}


def _instant(typed: str, zone: ZoneInfo, field: str) -> datetime | None:
    if not typed:
        return None
    try:
        return plan.at_clock(date.fromisoformat(typed[:10]), typed[11:], zone, field)
    except plan.Unfit as unfit:
        raise Refused("invalid", field=field, why=unfit.why, **unfit.params) from None


def _holds_its_programme(
    ctx: Context, new: tuple[datetime, datetime], old: tuple[datetime, datetime], zone: ZoneInfo, field: str
) -> None:
    """What stands in the programme stays within the meeting's days, unless it was outside already."""
    rules = [item.rule() for item in items_of(ctx.session, ctx.meeting_id)]
    days, before = (tuple(at.astimezone(zone).date() for at in pair) for pair in (new, old))
    for rule in rules:
        try:
            plan.check(rules, [rule.id], (before[0], before[1]), zone)
        except plan.Unfit:
            continue  # it was wrong before, and the programme's own page says so
        try:
            plan.check(rules, [rule.id], (days[0], days[1]), zone)
        except plan.Unfit as unfit:
            first = "begins" if field == "closes" else "starts"
            wrong = first if date.fromisoformat(rule.day) < days[0] else field
            raise Refused("invalid", field=wrong, why="programme_outside") from unfit


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value

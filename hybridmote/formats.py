"""How times are said on a page: 10.57, onsdag 11 mars. Always in the meeting's own zone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask
from flask_babel import get_locale, ngettext
from jinja2 import pass_context

from .text import isolated

Instant = str | datetime


def instant(value: Instant) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


@pass_context
def clock(context: Any, value: Instant | None, zone: str | None = None) -> str:
    """10.57"""
    return instant(value).astimezone(_zone(context, zone)).strftime("%H.%M") if value else ""


@pass_context
def day(context: Any, value: Instant | None, zone: str | None = None, short: bool = False) -> str:
    """onsdag 11 mars; short: 11 mars"""
    if not value:
        return ""
    date = instant(value).astimezone(_zone(context, zone)).date()
    return format_date(date, "d MMM" if short else "EEEE d MMMM", locale=get_locale() or "sv")


@pass_context
def weekday(context: Any, value: Instant, zone: str | None = None) -> str:
    """ons 11 mars"""
    date = instant(value).astimezone(_zone(context, zone)).date()
    return format_date(date, "EEE d MMM", locale=get_locale() or "sv")


def minutes_until(value: Instant, now: Instant) -> int:
    """Whole minutes left, rounded up; negative when it has passed."""
    return ceil((instant(value) - instant(now)).total_seconds() / 60)


def minutes_after(value: Instant | None, earlier: Instant | None) -> int:
    """Whole minutes from `earlier` to `value`."""
    if not value or not earlier:
        return 0
    return round((instant(value) - instant(earlier)).total_seconds() / 60)


def later(value: Instant, minutes: int) -> str:
    """So many minutes after, as ISO 8601."""
    return (instant(value) + timedelta(minutes=minutes)).isoformat()


def span(seconds: int) -> str:
    """40 sekunder, 2 minuter: how long to wait; static/js/questions/asking.js says the same."""
    if seconds < 120:
        return str(ngettext("%(num)s second", "%(num)s seconds", seconds))
    return str(ngettext("%(num)s minute", "%(num)s minutes", ceil(seconds / 60)))


def _zone(context: Any, zone: str | None) -> ZoneInfo:
    meeting = context.get("meeting")
    return ZoneInfo(zone or (meeting["timezone"] if meeting else "Europe/Stockholm"))


def install(app: Flask) -> None:
    app.jinja_env.filters.update(
        clock=clock,
        day=day,
        weekday=weekday,
        later=later,
        span=span,
        minutes_until=minutes_until,
        minutes_after=minutes_after,
        isolated=isolated,
    )
    for name in ("gettext", "ngettext"):
        app.jinja_env.globals[name] = _apart(app.jinja_env.globals[name])


def _apart(said: Any) -> Callable[..., str]:
    """A sentence in which what people wrote turns nothing around."""

    @pass_context
    def filled(context: Any, *sources: Any, **values: Any) -> str:
        apart = {name: isolated(value) if isinstance(value, str) else value for name, value in values.items()}
        filled_in: str = said(context, *sources, **apart)
        return filled_in

    return filled

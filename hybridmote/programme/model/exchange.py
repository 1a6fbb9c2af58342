"""A meeting and its programme as a file that people can read and write.

    hybridmote: 1
    meeting: {slug: …, title: …, timezone: Europe/Stockholm, starts: 2026-03-10 17:00, ends: 2026-03-11 15:30}
    programme:
      - {day: 2026-03-10, start: "17:00", end: "17:20", kind: plenary, title: Welcome}

Only what cannot do harm is read: no aliases, anchors or tags, and a bounded number of bytes, levels and values. Every
scalar is a text, so `no`, `17:00` and `2026-03-10` are what they look like. What is wrong is said with its line.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from . import plan

VERSION = 1
MOST_BYTES = 2_000_000
MOST_VALUES = 200_000
MOST_DEPTH = 24

MEETING = (
    "slug",
    "title",
    "tagline",
    "language",
    "timezone",
    "place",
    "starts",
    "ends",
    "stream",
    "published",
    "texts",
)
ENTRY = (
    "key",
    "day",
    "track",
    "start",
    "end",
    "kind",
    "title",
    "description",
    "attendance",
    "promised",
    "minimum",
    "by_clock",
    "cancelled",
    "stream",
    "speakers",
    "parts",
)
SPEAKER = ("name", "role", "organisation")
_INSTANT = re.compile(rf"(\d{{4}}-\d{{2}}-\d{{2}})[ T]({plan.CLOCK})")


class Unreadable(ValueError):
    """What is wrong in the file, in a sentence, with the line (from 1) where known."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(f"line {line}: {sentence}" if line else sentence)
        self.line = line


@dataclass
class Said:
    """A mapping of the file: its fields as texts (or lists), and where they stand."""

    line: int
    fields: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def text(self, name: str, otherwise: str = "") -> str:
        value = self.fields.get(name, otherwise)
        if not isinstance(value, str):
            raise Unreadable(f"{name} is one value", self.at(name))
        return value

    def many(self, name: str) -> list[Any]:
        value = self.fields.get(name, [])
        if value == "":
            return []
        if not isinstance(value, list):
            raise Unreadable(f"{name} is a list", self.at(name))
        return value

    def flag(self, name: str) -> bool:
        value = self.text(name, "false").lower()
        if value not in ("true", "false", "yes", "no"):
            raise Unreadable(f"{name} is true or false", self.at(name))
        return value in ("true", "yes")

    def at(self, name: str) -> int:
        return self.lines.get(name, self.line)

    def only(self, known: Iterable[str]) -> "Said":
        for name in self.fields:
            if name not in known:
                raise Unreadable(f"there is no {name!r} here; known are {', '.join(known)}", self.at(name))
        return self


@dataclass
class Part:
    """An item of the file, with its place: `parent` is an index into the list of all."""

    said: Said
    parent: int | None


def read(text: str | bytes) -> tuple[Said, list[Part]]:
    """The meeting, and the items in order, each after what it is part of. Raises Unreadable."""
    if len(text) > MOST_BYTES:
        raise Unreadable(f"the file is larger than {MOST_BYTES:,} bytes")
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Unreadable(f"the file is not UTF-8: {error.reason} at byte {error.start}") from None
    top = _mapping(text).only(("hybridmote", "meeting", "programme"))
    if top.text("hybridmote", "1") != str(VERSION):
        raise Unreadable(f"this reads version {VERSION} of the file", top.at("hybridmote"))
    meeting = top.fields.get("meeting")
    if not isinstance(meeting, Said):
        raise Unreadable("the meeting is missing: meeting: {slug, title, timezone, starts, ends}", top.at("meeting"))
    parts: list[Part] = []
    _collect(top.many("programme"), None, parts)
    return meeting.only(MEETING), parts


def _collect(entries: list[Any], parent: int | None, parts: list[Part]) -> None:
    for entry in entries:
        if not isinstance(entry, Said):
            raise Unreadable("an item is a mapping: {day, start, end, title, …}")
        if len(parts) >= plan.MOST_ITEMS:
            raise Unreadable(f"a programme holds {plan.MOST_ITEMS:,} items at most", entry.line)
        parts.append(Part(entry.only(ENTRY), parent))
        _collect(entry.many("parts"), len(parts) - 1, parts)


def _mapping(text: str) -> Said:
    try:
        value = _Builder(text).build()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise Unreadable(f"this is no YAML: {what}", mark.line + 1 if mark else None) from None
    except (RecursionError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("this is no YAML that can be read") from None
    if not isinstance(value, Said):
        raise Unreadable("the file is a mapping with meeting and programme")
    return value


class _Builder:
    """Values of a stream of events; nothing is made that the file does not hold itself."""

    def __init__(self, text: str) -> None:
        self.events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)))
        self.values = 0

    def build(self) -> Any:
        value: Any = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise Unreadable("the file holds one document", event.start_mark.line + 1)
                value = self._value(next(self.events), 0)
        return value

    def _value(self, event: yaml.Event, depth: int) -> Any:
        line = event.start_mark.line + 1
        self.values += 1
        if self.values > MOST_VALUES:
            raise Unreadable(f"the file holds more than {MOST_VALUES:,} values", line)
        if depth > MOST_DEPTH:
            raise Unreadable("the file is nested too deep", line)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise Unreadable("anchors and aliases (& and *) are not read", line)
        if getattr(event, "tag", None) not in (None, "!"):
            raise Unreadable("tags (!) are not read", line)
        if isinstance(event, yaml.ScalarEvent):
            plain = event.implicit[0] and event.value in ("~", "null", "Null", "NULL")
            return "" if plain else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            found = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                found.append(self._value(event, depth + 1))
            return found
        said = Said(line)
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            at = event.start_mark.line + 1
            name = self._value(event, depth + 1)
            if not isinstance(name, str):
                raise Unreadable("the name of a field is one word", at)
            if name in said.fields:
                raise Unreadable(f"{name!r} is given twice", at)
            said.fields[name], said.lines[name] = self._value(next(self.events), depth + 1), at
        return said


# ---- times ------------------------------------------------------------------------------------------------------------


def instant(said: Said, name: str, zone: ZoneInfo) -> datetime:
    """ "2026-03-10 17:00" by the meeting's clock. Raises Unreadable, or Unfit."""
    found = _INSTANT.fullmatch(said.text(name).strip())
    if found is None:
        raise Unreadable(f"{name} is written as 2026-03-10 17:00", said.at(name))
    return plan.at_clock(_date(found[1], said, name), found[2], zone, name)


def times(
    said: Said, day: str, zone: ZoneInfo, within: tuple[datetime, datetime] | None
) -> tuple[datetime | None, datetime | None]:
    """When an item is planned: 17:00 on its day, or with the day before it. Raises Unreadable, or Unfit."""
    start, end = said.text("start"), said.text("end")
    if not start or not end:
        if start or end:
            raise plan.Unfit("start" if end else "end", "half_a_time")
        return None, None
    _date(day, said, "day")
    if " " in start.strip() or "T" in start:
        starts = instant(said, "start", zone)
    elif " " in end.strip() or "T" in end:
        starts = plan.at_clock(date.fromisoformat(day), start, zone, "start")
    else:
        return plan.span(day, start, end, zone, within)
    return starts, instant(said, "end", zone) if " " in end.strip() or "T" in end else plan.end_of(starts, end, zone)


def _date(text: str, said: Said, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable(f"there is no day {text!r}", said.at(name)) from None


def written_instant(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d} {plan.said(at, zone).replace('.', ':', 1)}"


def written_times(
    starts: datetime | None, ends: datetime | None, day: str, zone: ZoneInfo, within: tuple[datetime, datetime] | None
) -> dict[str, str]:
    """As they are read back: only the clock where that says it all."""
    if starts is None or ends is None:
        return {}
    short = {"start": plan.said(starts, zone).replace(".", ":", 1), "end": plan.said(ends, zone).replace(".", ":", 1)}
    try:
        if plan.span(day, short["start"], short["end"], zone, within) == (starts.astimezone(UTC), ends.astimezone(UTC)):
            return short
    except plan.Unfit:
        pass
    return {"start": written_instant(starts, zone), "end": written_instant(ends, zone)}


# ---- writing ----------------------------------------------------------------------------------------------------------


class _Writer(yaml.SafeDumper):
    """Lists stand in from what they are of; a text of several lines is written as such."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Writer.add_representer(str, _text)


def write(meeting: dict[str, Any], programme: list[dict[str, Any]]) -> str:
    """The file. Fields that are empty are left out by who asks."""
    whole = {"hybridmote": VERSION, "meeting": meeting, "programme": programme}
    return str(yaml.dump(whole, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=100))

"""Bodies that must be refused, made from what a command's payload declares."""

import json
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from hybridmote.dispatch import Command, Id
from tests.matrix.declared import Text

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"  # one sign to a reader, seven code points
LARGE = ("1 MB", "a hundred thousand")  # too large for some doors
ID_PATTERN = TypeAdapter(Id).json_schema()["pattern"]


class Bad(NamedTuple):
    what: str
    body: Any
    codes: frozenset[str]
    field: str | None  # that the problem must name
    large: bool = False  # too large for the doors that bound what they read


def deep(levels: int) -> Any:
    nested: Any = "x"
    for _ in range(levels):
        nested = [nested]
    return nested


# of no field's type
NO_TYPE: dict[str, Any] = {
    "a list": [],
    "a list of one": ["x"],
    "an object": {},
    "an object of objects": {"a": {"b": 1}},
    "fifty lists in each other": deep(50),
}

NO_VALUE: dict[str, dict[str, Any]] = {
    "id": {
        "a number": 5,
        "a float": 1.5,
        "true": True,
        "empty": "",
        "a space": " ",
        "with a space": "q-pending x",
        "65 signs": "x" * 65,
        "1 MB": "x" * 1_000_000,
        "letters with marks": "q-väntar",
        "NUL": "q-pending\x00",
        "a control character": "q-pending\x1b",
        "a line break at its end": "q-pending\n",
        "a direction of writing": "\u202eq-pending",
        "a lone surrogate": "q-\ud800",
        "a path": "../q-pending",
        "SQL": "' OR 1=1 --",
    },
    "integer": {
        "a word": "three",
        "empty": "",
        "a float": 1.5,
        "not a number": math.nan,
        "infinity": math.inf,
        "a lone surrogate": "\ud800",
        "NUL": "3\x00",
        "5,000 digits in a string": "9" * 5000,
        "1 MB": "1" * 1_000_000,
    },
    "boolean": {
        "a word": "perhaps",
        "empty": "",
        "two": 2,
        "a float": 0.5,
        "not a number": math.nan,
        "a lone surrogate": "\ud800",
        "1 MB": "x" * 1_000_000,
    },
    "instant": {
        "a word": "now",
        "empty": "",
        "without a zone": "2026-03-11T09:57:12",
        "a day that is not": "2026-02-30T09:57:12Z",
        "before all meetings": "1999-12-31T23:59:59Z",
        "after all meetings": "2300-01-01T00:00:00Z",
        "out of all reach": "9999-12-31T23:59:59-23:59",
        "the year one": "0001-01-01T00:00:00+23:59",
        "true": True,
        "zero": 0,
        "a huge number": 10**30,
        "below zero": -(10**18),
        "not a number": math.nan,
        "infinity": math.inf,
        "infinity in a word": "infinity",
        "NUL": "2026-03-11T09:57:12Z\x00",
        "a lone surrogate": "\ud800",
        "1 MB": "2" * 1_000_000,
    },
    "word": {
        "a number": 5,
        "true": True,
        "NUL": "\x00",
        "a line break": "a\nb",
        "a lone surrogate": "\ud800",
        "too long": "x" * 65,
        "1 MB": "x" * 1_000_000,
    },
    "text": {"a number": 5, "a float": 1.5, "true": True},
    "array": {
        "a word": "x",
        "empty": "",
        "a number": 5,
        "true": True,
        "a lone surrogate": "\ud800",
        "1 MB": "x" * 1_000_000,
        "a hundred thousand": [{}] * 100_000,
    },
    "choice": {
        "a number": 5,
        "true": True,
        "empty": "",
        "none of them": "perhaps",
        "another case": "ALL",
        "NUL": "all\x00",
        "a lone surrogate": "\ud800",
        "1 MB": "x" * 1_000_000,
    },
}


def kind_of(schema: dict[str, Any]) -> tuple[str, bool]:
    """(what sort of field it is, whether null is a value of it)."""
    options = schema.get("anyOf", [schema])
    nullable = any(o.get("type") == "null" for o in options)
    (plain,) = [o for o in options if o.get("type") != "null"]
    if "enum" in plain:
        return "choice", nullable
    if plain["type"] == "string":
        if plain.get("pattern") == ID_PATTERN:
            return "id", nullable
        if plain.get("format") == "date-time":
            return "instant", nullable
        return ("word" if "pattern" in plain else "text"), nullable
    assert plain["type"] in NO_VALUE, f"the matrix knows no bad values for {plain}: teach it"
    return plain["type"], nullable


def fields(command: Command, kind: str) -> list[str]:
    properties = command.payload.model_json_schema().get("properties", {})
    return [name for name, schema in properties.items() if kind_of(schema)[0] == kind]


def bad_bodies(command: Command, good: dict[str, Any], texts: dict[str, Text]) -> Iterator[Bad]:
    """Each field missing, of the wrong type, null, out of its range; and fields that are not there."""
    invalid = frozenset({"invalid"})
    schema = command.payload.model_json_schema()
    for name, about in schema.get("properties", {}).items():
        kind, nullable = kind_of(about)
        if name in schema.get("required", ()):
            yield Bad(f"without {name}", {k: v for k, v in good.items() if k != name}, invalid, name)
        values = NO_TYPE | NO_VALUE[kind] | ({} if nullable else {"null": None})
        if kind == "array":  # what is in it is a matter of its own room's tests
            values = NO_VALUE[kind] | {"an object": {}} | ({} if nullable else {"null": None})
        for what, value in values.items():
            yield Bad(f"{name}: {what}", good | {name: value}, invalid, name, what in LARGE)
        if kind == "text":
            assert name in texts, f"how long may {command.name} {name} be? Say it in the room's examples.py"
            for what, value, codes in bad_texts(texts[name]):
                yield Bad(f"{name}: {what}", good | {name: value}, codes, name, len(json.dumps(value)) > 200_000)
    unknown = frozenset({"unknown_field"})
    others = ("other", "", "id ", "\u202e", "meeting_id", "caller", "__class__", "model_config")
    for other in others:
        yield Bad(f"unknown field {other!r}", good | {other: 1}, unknown, other or None)
    yield Bad("unknown field, 1 MB long", good | {"x" * 1_000_000: 1}, unknown, None, True)
    yield Bad("unknown field, nested", good | {"other": deep(50)}, unknown, "other")
    yield Bad("unknown field, a lone surrogate", good | {"\ud800": 1}, unknown | invalid, None)
    yield Bad("unknown field, NUL", good | {"\x00": 1}, unknown | {"malformed"}, None)


def bad_texts(text: Text) -> Iterator[tuple[str, str, frozenset[str]]]:
    too_long, bad = frozenset({"too_long"}), frozenset({"bad_text", "invalid"})
    yield "one sign too many", "å" * (text.limit + 1), too_long
    yield "one emoji too many", FAMILY * (text.limit + 1), too_long
    yield "1 MB", "word " * 200_000, too_long
    yield "1 MB of one heap", "a" + "\u0301" * 500_000, frozenset({"bad_text"})
    yield "a lone surrogate", "What \ud83d?", bad
    yield "a heap of marks", "a" + "\u0301" * 40, bad
    if not text.optional:
        empty = frozenset({"empty"})
        for what, value in {
            "empty": "",
            "spaces": "  \u00a0\u2003\n\t ",
            "NUL": "\x00",
            "control characters": "\x07\x1b\x7f\x9b",
            "directions of writing": "\u202e\u2066\u2069",
            "nothing that is seen": "\u200b\ufeff\u00ad\u2060",
            "only joiners": "\u200d\u200c",
        }.items():
            yield what, value, empty


def good_texts(text: Text) -> Iterator[tuple[str, str, str]]:
    """(what, as sent, as it must be stored)."""
    yield "as many signs as fit", "å" * text.limit, "å" * text.limit
    yield "families, each one sign", FAMILY * text.limit, FAMILY * text.limit
    yield "signs written in two parts", "a\u030a" * text.limit, "å" * text.limit
    yield "NUL and control characters", "What\x00 is\x1b[31m th\x7fis?", "What is[31m this?"
    yield "directions of writing", "\u202eWhat\u202c is \u2066this\u2069?", "What is this?"
    yield "writing from right to left", "مرحبا שלום?", "مرحبا שלום?"
    yield "markup", "<script>alert('x')</script> & \"so\"", "<script>alert('x')</script> & \"so\""
    yield "lines", "  One\r\n\r\n\r\n\r\ntwo  \nthree ", "One\n\ntwo\nthree" if text.multiline else "One two three"

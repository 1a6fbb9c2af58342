"""What looks wrong in a programme, and what does not."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from hybridmote.programme.model import Item
from hybridmote.programme.model.checklist import Entry, checklist
from tests.programme.days import programme
from tests.programme.test_plan import forests

UTC_ = ZoneInfo("UTC")


def doubts(text: str, stream: str = "https://a.example", **entry: object) -> list[str]:
    """ "what item of other" for each doubt. Talks have a speaker, and titles are ids, unless told."""
    items = [replace(item, day="2026-03-11") for item in programme(text)]
    whole = {"title": "-", "speakers": 1, "attendance": "both", "stream": ""} | entry
    found = checklist([Entry(item, **whole) for item in items], UTC_, stream)  # type: ignore[arg-type]
    return [f"{d.what} {d.item}{f' of {d.other}' if d.other else ''}" for d in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09:00-10:00 a\n10:00-11:00 b", []),
        ("09:00-10:00 a\n09:50-11:00 b", ["overlap b of a"]),
        ("09:00-12:00 a\n09:10-09:20 b\n09:30-10:00 c", ["overlap b of a", "overlap c of a"]),
        ("09:00-10:00 a, track A\n09:30-11:00 b, track B", []),
        ("10:00-11:00 a\n09:00-10:00 b", ["order b of a"]),
        ("09:00-10:00 a\n  09:30-10:30 b", ["outside_parent b of a"]),
        ("09:00-10:00 a\n  09:30-10:00 b\n  c", []),
        ("09:00-10:00 a\n12:01-14:00 b", ["no_lunch a", "gap b of a"]),
        ("09:00-10:00 a\n12:00-13:00 b", []),
        ("09:00-12:00 a\n12:00-15:00 b", ["no_lunch a"]),
        ("09:00-12:00 a\n12:00-13:00 l, kind break, promised\n13:00-15:00 b", []),
        ("09:00-09:10 a, kind break", ["break_not_promised a"]),
        ("09:00-10:00 a\n09:30-10:00 b, cancelled", []),
        ("09:00-10:00 a, was 09:00-10:00\n09:10-09:20 b, kind break, was 10:00-10:10", ["overlap b of a"]),
    ],
)
def test_times(text: str, expected: list[str]) -> None:
    assert doubts(text) == expected


def test_who_speaks_what_it_is_called_and_where_it_is_seen() -> None:
    talk = "09:00-10:00 a\n  questions\n10:00-10:10 p, kind plenary"
    assert doubts(talk, speakers=0) == ["no_speaker a"]
    assert doubts(talk, title=" ") == ["untitled a", "untitled questions", "untitled p"]
    assert doubts(talk, stream="") == ["no_pictures a"]
    assert doubts(talk, stream="", attendance="hall") == []


def test_one_picture_makes_the_others_missed() -> None:
    items = [replace(item, day="2026-03-11") for item in programme("09:00-10:00 a\n10:00-11:00 b")]
    entries = [Entry(item, "-", 1, "both", "https://a.example" if item.id == "a" else "") for item in items]
    assert [(d.what, d.item) for d in checklist(entries, UTC_)] == [("no_picture", "b")]


@given(forests())
def test_every_programme_has_its_list_and_each_doubt_its_item(items: list[Item]) -> None:
    entries = [Entry(item, "", 0, "both", "") for item in items]
    found = checklist(entries, UTC_)
    known = {item.id for item in items}
    assert all(d.item in known and (d.other is None or d.other in known) for d in found)
    assert len(set(found)) == len(found)

"""Where the day stands for those who follow one track; tests/js/following.test.mjs says the same of the scripts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hybridmote.access import Caller
from hybridmote.programme import model
from hybridmote.standing import back_on, for_whom, notices_for, of_line, own_talks, standing, talk_of, track_of

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)


def at(hour: int, day: int = 11) -> str:
    return f"2026-03-{day}T{hour:02}:00:00Z"


def item(id: str, track: str, hour: int | None, day: int = 11, **more: Any) -> dict[str, Any]:
    starts, ends = (None, None) if hour is None else (at(hour, day), at(hour + 1, day))
    return {
        "id": id,
        "track": track,
        "parent": None,
        "day": f"2026-03-{day}",
        "kind": "talk",
        "state": "waiting",
        "attendance": "both",
        "planned_start": starts,
        "planned_end": ends,
        "expected_start": starts,
        "actual_start": None,
        **more,
    }


def on(id: str, track: str, hour: int) -> dict[str, Any]:
    return item(id, track, hour, state="on", actual_start=at(hour))


DAY = [
    on("welcome", "", 8),
    on("big", "A", 9),
    item("small", "B", 9),
    item("lunch", "", 12),
    item("after", "A", 13),
    item("tomorrow", "", 9, day=12),
]


def stands(items: list[dict[str, Any]], *track: str, day: str = "") -> dict[str, Any]:
    def instant(written: str | None) -> datetime | None:
        return datetime.fromisoformat(written) if written else None

    rules = [
        model.Item(
            id=i["id"],
            parent=i["parent"],
            track=i["track"],
            day=i["day"],
            order=n,
            planned_start=instant(i["planned_start"]),
            planned_end=instant(i["planned_end"]),
            actual_start=instant(i["actual_start"]),
        )
        for n, i in enumerate(items)
    ]
    return standing(items, rules, NOW, track, day)


def ids(items: list[dict[str, Any]]) -> list[str]:
    return [i["id"] for i in items]


def test_who_follows_a_track_follows_what_is_for_everyone_and_no_other() -> None:
    small = stands(DAY, "nowhere", "B")
    assert (small["track"], small["tracks"]) == ("B", ["A", "B"])
    assert ids(small["line"]) == ["welcome", "small", "lunch", "tomorrow"]
    assert small["on_now"]["id"] == "welcome" and small["up_next"]["id"] == "small"
    big = stands(DAY)
    assert (big["track"], big["on_now"]["id"], big["up_next"]["id"]) == ("A", "big", "lunch")
    one = stands([i for i in DAY if i["track"] == ""])
    assert (one["track"], one["tracks"]) == ("", [])


def test_the_day_is_that_of_what_is_on_unless_another_was_chosen() -> None:
    assert ids(stands(DAY, "B")["shown"]) == ["welcome", "small", "lunch"]
    assert ids(stands(DAY, "B", day="2026-03-12")["shown"]) == ["tomorrow"]
    assert stands(DAY, "B", day="2026-03-13")["day"] == "2026-03-11"
    nothing = stands([])
    assert (nothing["on_now"], nothing["up_next"], nothing["day"], nothing["days"]) == (None, None, "", [])


def test_a_part_of_what_is_for_the_hall_is_for_the_hall_and_the_web_is_back_later() -> None:
    items = [
        item("buffet", "", 18, attendance="hall"),
        item("speech", "", None, parent="buffet"),
        item("song", "", 19, attendance="hall"),
        item("news", "", 20, attendance="web"),
        item("morning", "", 9, day=12),
    ]
    assert [for_whom(items, i) for i in items] == ["hall", "hall", "hall", "web", "both"]
    assert (back_on(items, items[0], "web") or {})["id"] == "news"
    assert (back_on(items, items[3], "hall") or {})["id"] == "morning"
    assert back_on(items[:1], items[0], "web") is None


@pytest.mark.parametrize(
    ("own", "wish", "talk"),
    [
        (("first", "big", "after"), "", "big"),
        (("first", "big", "after"), "after", "after"),
        (("first", "after"), "lunch", "after"),
        (("first",), "", "first"),
        ((), "", None),
    ],
)
def test_a_speakers_page_is_about_what_they_chose_what_is_on_what_comes_next_or_the_last(
    own: tuple[str, ...], wish: str, talk: str | None
) -> None:
    items = [item("first", "A", 8, state="done"), *DAY]
    mine, found = own_talks(items, ["public", *(f"speaker:{id}" for id in own), "person:x"], wish)
    assert ids(mine) == [i["id"] for i in items if i["id"] in own]
    assert (found["id"] if found else None) == talk


def test_without_an_item_of_ones_own_the_page_is_about_what_is_on_or_comes_next() -> None:
    followed = talk_of(DAY, None, stands(DAY, "A"))
    assert followed["talk"]["id"] == followed["on_now"]["id"] == "big" and followed["before"] is None
    waits = talk_of(DAY, DAY[4], stands(DAY, "A"))
    assert (waits["talk"]["id"], waits["on_now"], waits["before"]["id"]) == ("after", None, "big")
    assert talk_of([], None, stands([]))["talk"] is None
    parts = [on("whole", "B", 9), item("part", "", None, parent="whole", state="on", actual_start=at(9))]
    assert track_of(parts, parts[1]) == "B"
    assert talk_of(parts, parts[0], stands(parts, "B"))["on_now"]["id"] == "part"


def test_another_halls_questions_are_its_own_but_mine_are_mine() -> None:
    asked: list[dict[str, Any]] = [{"item": "big"}, {"item": "small"}, {"item": None}, {"item": "big", "mine": True}]
    assert of_line(asked, stands(DAY, "B")["line"]) == asked[1:]


def told(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "to": id, "track": "", "at": at(9), "until": at(10), "text": id, **more}


@pytest.mark.parametrize(
    ("roles", "attendance", "page", "track", "seen"),
    [
        ("moderator", "hall", "live", "", "all hall"),
        ("organiser", None, "speaker", "", "all hall speaker"),
        ("speaker", "hall", "live", "", "all hall speaker web"),
        ("participant", "web", "screen", "", "all hall"),
        ("moderator", None, "moderate", "", "all hall speaker web"),
        ("screen", None, "screen", "B", "all hall"),
    ],
)
def test_a_notice_is_shown_on_the_page_it_is_for(
    roles: str, attendance: str | None, page: str, track: str, seen: str
) -> None:
    caller = Caller("m", "here", "p", "P", frozenset({roles}), (roles,), attendance, ())
    notices = [told(to) for to in ("web", "speaker", "hall", "all")]
    notices += [told("gone", to="all", until=at(9)), told("there", to="hall", track="A" if track else "")]
    if not track:
        notices.pop()
    assert [n["id"] for n in notices_for(notices, caller, page, track, NOW)] == seen.split()

"""Where the day stands for somebody who follows one track: what is on, what comes next, and the day they look at.

Items without a track are everybody's: who follows a track follows these too. All is told of views, as the pages have
them; static/js/programme/tracks.js counts the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from .access import Caller
from .db import iso
from .programme import model
from .sync import View

# What the pages for others show staff, who hear every notice.
SHOWN = {"live": ("all",), "speaker": ("all", "hall", "speaker"), "screen": ("all", "hall")}


def standing(
    items: Sequence[View],
    rules: Sequence[model.Item],
    now: datetime,
    track: Sequence[str] = (),
    day: str = "",
) -> dict[str, Any]:
    """`items` in order, `rules` the same as the rules know them. `track`: wishes, the dearest first; what is not among
    the tracks is passed over, and so is a day that is not one of theirs."""
    roots = _roots(items)
    tracks = list(dict.fromkeys(root["track"] for root in roots.values() if root["track"]))
    mine = next((t for t in track if t in tracks), tracks[0] if tracks else "")
    line = [i for i in items if roots[i["id"]]["track"] in ("", mine)]
    by_id = {i["id"]: i for i in items}
    both = dict.fromkeys((mine, ""))
    running = model.now_on(rules)
    on = _latest([by_id.get(running.get(t) or "") for t in both])
    coming = _soonest([by_id.get(model.up_next(rules, t, now) or "") for t in both])
    days = {i["day"]: i for i in reversed(line) if i["planned_start"]}
    today = (on or coming or (line[-1] if line else {})).get("day", "")
    shown = day if day in days else today
    return {
        "on_now": on,
        "up_next": coming,
        "track": mine,
        "tracks": tracks if len(tracks) > 1 else [],
        "today": today,
        "day": shown,
        "days": [{"day": d, "at": days[d]["planned_start"]} for d in sorted(days)],
        "line": line,
        "shown": [i for i in line if i["day"] == shown],
    }


def own_talks(items: Sequence[View], layers: Sequence[str], wish: str) -> tuple[list[View], View | None]:
    """What somebody speaks at, and the one their page is about: the one they chose, else what is on, else what comes
    next, else the last. Staff, who may answer for any, may choose any."""
    own = {layer.partition(":")[2] for layer in layers if layer.startswith("speaker:")}
    mine = [i for i in items if i["id"] in own]
    first = {i["state"]: i for i in [*mine[::-1], *(i for i in mine if i["state"] == "done")]}
    wished = [i for i in (items if "staff" in layers else mine) if i["id"] == wish]
    by_state = [first[s] for s in ("on", "waiting", "done", "cancelled") if s in first]
    return mine, next(iter(wished + by_state), None)


def talk_of(items: Sequence[View], mine: View | None, stands: Mapping[str, Any]) -> dict[str, Any]:
    """The item a speaker's page is about, for those without one of their own what is on or comes next; and the ids
    whose questions are its: with what it is part of, and with its parts."""
    talk = mine or stands["on_now"] or stands["up_next"]
    family = {talk["id"], talk["parent"], *(i["id"] for i in items if i["parent"] == talk["id"])} if talk else set()
    is_on = talk is not None and talk["state"] == "on"
    part = stands["on_now"] if stands["on_now"] and stands["on_now"]["id"] in family else talk
    return {
        "talk": talk,
        "family": family,
        "before": None if is_on else stands["on_now"],
        "on_now": part if is_on else None,
    }


def of_line(questions: Iterable[View], line: Sequence[View]) -> list[View]:
    """What was asked of the items that are followed, of none, or by oneself: another hall's questions are its own."""
    there = {i["id"] for i in line}
    return [q for q in questions if q.get("mine") or not q["item"] or q["item"] in there]


def notices_for(notices: Iterable[View], caller: Caller, page: str, track: str, now: datetime) -> list[View]:
    """Those that stand, the newest first. Staff hear them all: on a page for others they see what these see."""
    to = {*SHOWN.get(page, ()), *({caller.attendance} if page != "screen" else ())}
    every = page != "screen" and (not caller.staff or page not in SHOWN)
    standing = [
        n
        for n in notices
        if n["until"] > iso(now) and (every or n["to"] in to) and (not n["track"] or not track or n["track"] == track)
    ]
    return sorted(sorted(standing, key=lambda n: n["id"]), key=lambda n: n["at"], reverse=True)


def back_on(items: Sequence[View], item: View, place: str) -> View | None:
    """What is for that place (hall or web) again after an item that is not; `items`: those that are followed."""
    at = next((n for n, one in enumerate(items) if one["id"] == item["id"]), len(items))
    after = (i for i in items[at + 1 :] if i["planned_start"] and i["state"] in ("waiting", "on"))
    return next((i for i in after if for_whom(items, i) in ("both", place)), None)


def for_whom(items: Sequence[View], item: View) -> str:
    """hall, web or both: what is part of something for one place is for that place."""
    known = {i["id"]: i for i in items}
    while item["attendance"] == "both" and item["parent"] in known:
        item = known[item["parent"]]
    return str(item["attendance"])


def track_of(items: Sequence[View], item: View) -> str:
    """A part is of the track of what it is part of, outermost."""
    return str(_roots(items)[item["id"]]["track"])


def _roots(items: Sequence[View]) -> Mapping[str, View]:
    known = {i["id"]: i for i in items}

    def root(item: View) -> View:
        for _ in range(len(known)):
            if item["parent"] not in known:
                break
            item = known[item["parent"]]
        return item

    return {i["id"]: root(i) for i in items}


def _latest(found: Sequence[View | None]) -> View | None:
    """What began last: who starts something for everyone means it, also while a track goes on."""
    return max((i for i in found if i), key=lambda i: i["actual_start"] or "", default=None)


def _soonest(found: Sequence[View | None]) -> View | None:
    return min((i for i in found if i), key=lambda i: (i["day"], i["expected_start"] or ""), default=None)

"""What the desk needs to run the day besides the programme itself: the step that is being thought about, what can be
taken back, what can be corrected, what can be said. static/js/programme/{run,step}.js draw the same."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from .ahead import Day, Step, next_break, read
from .meetings.store import Meeting
from .notices.model import To
from .problems import Refused, problem
from .standing import track_of

View = dict[str, Any]
CORRECTED = 12  # rows: what happened earlier is hardly corrected at a desk
FIELDS = tuple(Step.model_fields)

# Words to be sent when there is no time to write.
READY: tuple[tuple[To, Any], ...] = (
    ("web", _l("The sound is gone. We are working on it.")),
    ("web", _l("The sound is back in two minutes.")),
    ("web", _l("The picture is gone. We are working on it.")),
    ("all", _l("We go on in two minutes.")),
    ("all", _l("We start a few minutes late.")),
    ("hall", _l("Please take the microphone when you speak: those on the web hear nothing else.")),
    ("hall", _l("Please take your seats. We go on.")),
    ("speaker", _l("Five minutes left.")),
    ("speaker", _l("Time is out. Please round off.")),
    ("speaker", _l("Please speak closer to the microphone.")),
)


def running(
    db: Session,
    meeting: Meeting,
    stands: Mapping[str, Any],
    topics: Mapping[str, Mapping[str, View]],
    asked: Mapping[str, str],
    now: datetime,
) -> dict[str, Any]:
    """`stands`: as standing() tells; `asked`: the page's query, or the form that came too late."""
    tracks = {stands["track"], ""}
    steps = [step for step in topics["steps"].values() if step["track"] in tracks]
    line = {item["id"] for item in stands["line"]}
    day = Day(db, meeting, now)
    on = day.rows.get(stands["on_now"]["id"]) if stands["on_now"] else None

    def foresee(**query: Any) -> View:
        """What a step leads to; the problem instead, when it cannot be done."""
        try:
            return day.foreseen(read({k: str(v) for k, v in query.items() if v is not None}))
        except Refused as refusal:
            return {"problem": problem(refusal.facts())}

    return {
        "runs": {when: stands[when] and track_of(stands["line"], stands[when]) for when in ("on_now", "up_next")},
        "foresee": foresee,
        "step": _step(foresee, asked),
        "undoable": max(steps, key=lambda step: step["number"], default=None),
        "ready": [{"to": to, "text": str(text)} for to, text in READY],
        "happened": happened(topics["cues"].values(), stands),
        "next_break": next_break([row for row in day.rows.values() if row.id in line], on, now, day.zone),
    }


def happened(cues: Any, stands: Mapping[str, Any]) -> list[View]:
    """Beginnings and ends of the day that is followed, the newest first; what happened at once is one."""
    today = {item["id"]: item for item in stands["line"] if item["day"] == stands["today"]}
    found: dict[tuple[str, str], View] = {}
    for cue in cues:
        if cue["kind"] in ("on", "off") and cue["item"] in today:
            one = found.setdefault((today[cue["item"]]["track"], cue["at"]), {**cue, "on": [], "off": []})
            one[cue["kind"]].append(today[cue["item"]]["title"])
    return sorted(found.values(), key=lambda one: one["at"], reverse=True)[:CORRECTED]


def _step(foresee: Callable[..., View], asked: Mapping[str, str]) -> View | None:
    """The step that the page asks about; a correction may lack what, or the time."""
    query = {name: asked[name] for name in FIELDS if asked.get(name)}
    do = query.get("do")
    if do is None:
        return None
    if do == "correct" and not ("cue" in query and {"time", "at"} & query.keys()):
        return {"do": do, "asked": query}
    if do in ("extend", "more"):
        query.setdefault("minutes", "5")
    return {"do": do, "asked": query, **foresee(**query)}


def asked_by_form(command: str, typed: Mapping[str, str]) -> Mapping[str, str]:
    """The step that a form of the desk meant, so that who came too late sees anew what it would lead to."""
    room, _, do = command.partition(".")
    known: Sequence[str] = (
        FIELDS if room == "programme" and do in ("start", "extend", "correct", "next", "finish") else ()
    )
    return {"do": do, **{name: typed[name] for name in known if name in typed}} if known else {}

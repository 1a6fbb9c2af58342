"""The rules of a question: what can happen to it, whom it is put to, and who hears of it."""

from collections.abc import Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta
from typing import Literal

from ...meetings.model import Refusal as Refusal
from ...programme.model import Item, now_on, state, subject

State = Literal["pending", "approved", "on_stage", "answered", "rejected", "withdrawn", "merged"]
Act = Literal["approve", "reject", "take", "put_back", "answer", "reply", "restage", "reopen", "withdraw", "merge"]
End = Literal["answered", "rejected", "merged", "revealed", "replied"]
Mode = Literal["screened", "open", "closed"]

# What each act makes of a question, by the state it is in; anything else is refused. What was merged goes back to the
# state it was in: that is remembered with it.
MOVES: dict[Act, dict[State, State]] = {
    "approve": {"pending": "approved"},
    "reject": {"pending": "rejected", "approved": "rejected"},
    "take": {"approved": "on_stage"},
    "put_back": {"on_stage": "approved"},
    "answer": {"on_stage": "answered", "approved": "answered"},
    "reply": {"approved": "answered", "answered": "answered"},  # in writing
    # when the step of the programme that ended its talk is taken back: on stage again, or in line if that is taken
    "restage": {"answered": "on_stage"},
    "reopen": {"answered": "approved", "rejected": "pending"},
    "withdraw": {"pending": "withdrawn", "approved": "withdrawn"},
    "merge": {"pending": "merged", "approved": "merged"},
}
PUBLIC: frozenset[State] = frozenset({"approved", "on_stage", "answered"})
SUPPORTABLE: frozenset[State] = frozenset({"approved", "on_stage"})
OPEN: frozenset[State] = frozenset({"pending", "approved", "on_stage"})  # something may still become of it
FINAL: frozenset[State] = frozenset({"answered", "rejected", "withdrawn", "merged"})

LIMIT = 500  # graphemes of a question
REASON_LIMIT = 300  # graphemes of the reason its author reads
REPLY_LIMIT = 4000  # graphemes of a written answer
CLAIM = timedelta(minutes=2)  # how long somebody is taken to be at work on a question after they last touched it
SETTLES = timedelta(minutes=5)  # how long a written answer may be corrected before it is mailed
WINDOW = timedelta(minutes=5)
_EARLIEST = datetime.min.replace(tzinfo=UTC)

# Nobody is asked anything during these: what is asked over coffee is meant for the talk before it, as long as that one
# takes questions.
UNASKED = frozenset({"break", "registration", "social"})


def moved(state: State, act: Act) -> State:
    """The state after the act. Refusal `state`, with the present state as its detail, when there is no such move."""
    after = MOVES[act].get(state)
    if after is None:
        raise Refusal("state", state)
    return after


def supportable(state: State, own: bool = False) -> bool:
    """Whether somebody may add or take away their support: while it waits or is on stage, and never for their own."""
    return state in SUPPORTABLE and not own


def mergeable(state: State, into: State) -> bool:
    """Whether a question may become part of one that is in that state: what everyone sees does not go into what nobody
    has looked at yet, and so out of their sight."""
    return into in OPEN and not (state in PUBLIC and into == "pending")


def audiences(state: State, author: str | None) -> frozenset[str]:
    """Whose picture of the meeting holds the question. `author`: a participant's id; None when it was asked aloud."""
    heard = {"staff"}
    if state in PUBLIC:
        heard.add("public")
    if author is not None:
        heard.add(f"person:{author}")
    return frozenset(heard)


def end_of(state: State) -> End | None:
    """The end for which the author has a receipt as long as the question is at it."""
    return state if state == "answered" or state == "rejected" or state == "merged" else None


def receipt_end(before: State, after: State, act: Act | None = None) -> End | None:
    """The end for which the author gets a receipt: once, when the question comes to it. What is answered in writing has
    a receipt of its own, which holds the answer."""
    if act == "reply":
        return "replied"
    return end_of(after) if before != after else None


def claim_holds(state: State, until: datetime | None, at: datetime) -> bool:
    """Whether somebody is at work on the question: nobody is, when nothing more can become of it."""
    return state in OPEN and until is not None and until > at


def united(
    own: Mapping[str, Set[str]], inside: Mapping[str, Sequence[str]], question: str, author: str | None
) -> frozenset[str]:
    """Who supports a question: those who supported it or anything that is merged into it, however deep; never its author.

    `own`: question -> those who supported that one itself; `inside`: question -> what is merged into it.
    """
    found = set(own.get(question, ()))
    for part in inside.get(question, ()):
        found |= united(own, inside, part, None)
    return frozenset(found - {author})


def window_open(item: Item, at: datetime, window: timedelta = WINDOW) -> bool:
    """Whether the item takes questions: from its actual start until just before `window` has passed since it ended."""
    if item.cancelled or item.actual_start is None or at < item.actual_start:
        return False
    return item.actual_end is None or at < item.actual_end + window


def item_for(
    items: Sequence[Item],
    given: str | None,
    at: datetime,
    window: timedelta = WINDOW,
    shut: Set[str] = frozenset(),
) -> str | None:
    """The item a question asked at that instant belongs to, and so the speakers it is put to.

    The one its form named, while that takes questions; else what is on; else what ended last and still takes
    questions; else the break that is on; else none. With several tracks, what was begun last. `shut`: ids of the items
    that take no questions at all.
    """
    known = {item.id: item for item in items if item.actual_start is not None and subject(items, item.id) not in shut}
    if given in known and window_open(known[given], at, window):
        return subject(items, given)
    on = [known[id] for id in now_on(known.values()).values() if id is not None and window_open(known[id], at, window)]
    asked = [item for item in on if item.kind not in UNASKED]
    before = [
        item
        for item in known.values()
        if item.kind not in UNASKED and state(item) == "done" and window_open(item, at, window)
    ]
    found = max(asked or before or on, key=_newness, default=None)
    return subject(items, found.id) if found else None


def _newness(item: Item) -> tuple[datetime, datetime, str]:
    return item.actual_end or _EARLIEST, item.actual_start or _EARLIEST, item.id

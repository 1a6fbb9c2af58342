"""The rules of the programme: what is on, what comes next, and when the rest of the day is to be expected.

`items` says what an item is, `walk` puts the items in order and knows where in them we are, `moves` says what start,
next and finish change, and `flow` lets time run through what is left. `stream` reads the address of a picture.

Decisions that the words "the programme" leave open:

- A promised item keeps both ends of its slot while slack remains. One that begins early still ends as promised: nobody
  comes back from coffee before the time they were told.
- Gaps are used up before any length is shortened, and the time of a parent that no child fills is a gap.
- What was jumped over is no longer awaited: it keeps its planned times, nothing is late because of it, and *next* does
  not go back to it. It can still be started by name. Four hours with nothing planned are a night; halfway through it,
  all that is before it has been jumped over, so what was forgotten yesterday does not push this morning.
- What was given more time by hand is not shortened, whatever was promised after it: who gave it saw what it costs.
- A talk is on by itself until its untimed child ("questions and discussion") begins. Any other parent begins together
  with its first child, unless that child is planned for later.
"""

from ...meetings.model import Refusal
from . import stream
from .flow import Expected, Shift, begins_by_clock, drifts_at, expected, lateness, leads_to
from .items import Change, Item, Kind, State, apply, state, subject
from .moves import Edge, correct, extend, finish, more, next_, now_on, passed_over, start, up_next

__all__ = [
    "Change",
    "Edge",
    "Expected",
    "Item",
    "Kind",
    "Refusal",
    "Shift",
    "State",
    "apply",
    "begins_by_clock",
    "correct",
    "drifts_at",
    "expected",
    "extend",
    "finish",
    "lateness",
    "leads_to",
    "more",
    "next_",
    "now_on",
    "passed_over",
    "start",
    "state",
    "stream",
    "subject",
    "up_next",
]

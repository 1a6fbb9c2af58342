"""How long and how large: tiny for the tests, quick for two minutes, full for what is written down."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    name: str
    rounds: int  # each figure is the median of so many, ours and the peer's in turns
    seconds: float  # of one run of votes
    people: int  # who vote in turns where there are no sockets: so many that none meets the limit of one person
    voters: tuple[int, ...]  # on sockets, each with one vote in flight
    listeners: int  # who hear broadcasts
    broadcast_seconds: float
    storm_listeners: int
    storm_rate: int  # upvotes a second
    storm_seconds: float
    question_seconds: float  # of everybody asking and supporting
    questions: int  # in a large snapshot
    joins: int  # at once, each wanting it
    leavers: int  # at once
    promises: int  # times that each promise is kept


TINY = Size("tiny", 1, 0.4, 300, (8,), 30, 1.0, 20, 50, 1.5, 6.0, 60, 10, 30, 2)
QUICK = Size("quick", 1, 1.5, 2000, (64, 300), 1000, 4.0, 300, 1000, 5.0, 15.0, 2000, 100, 1000, 5)
FULL = Size("full", 3, 4.0, 2000, (64, 300), 1000, 10.0, 300, 1000, 10.0, 60.0, 2000, 100, 1000, 20)
SIZES = {size.name: size for size in (TINY, QUICK, FULL)}

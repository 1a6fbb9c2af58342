"""The rules of a notice: whom it reaches."""

from typing import Literal, get_args

To = Literal["all", "web", "hall", "speaker"]

LIMIT = 200  # graphemes: it is read in passing
MINUTES = 10  # that it stands, if nothing else is said
LONGEST = 24 * 60

# Which notices each kind of layer holds. The hall's is heard by its people and its screens, the lectern's by lecterns.
HEARS: dict[str, tuple[To, ...]] = {
    "public": ("all",),
    "staff": get_args(To),
    "web": ("web",),
    "hall": ("hall",),
    "lectern": ("speaker",),
    "speaker": ("speaker",),
}


def audiences(to: To, item: str | None) -> frozenset[str]:
    """Whose picture holds it. `item`: whose speakers hear it, when it is to them."""
    kinds = {kind for kind, heard in HEARS.items() if to in heard} - {"speaker"}
    return frozenset(kinds | ({f"speaker:{item}"} if to == "speaker" and item else set()))

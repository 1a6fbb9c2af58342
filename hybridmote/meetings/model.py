"""The rules of a meeting as a whole, and the one refusal that every room's rules raise."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

Code = Literal["state", "closed", "invalid"]
Phase = Literal["before", "during", "after"]

# Read aloud in a hall and typed on a phone: no sign that is mistaken for another, and no vowel, so no word is spelt.
CODE_SIGNS = "23456789BCDFGHJKMNPQRSTVWXZ"
CODE_LENGTH = 5

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLUG_LENGTH = 64


class Refusal(Exception):
    """A rule says no. `state`: not as things stand now. `closed`: not any more, whatever one does.
    `invalid`: what was given can never be taken.

    `detail` is one snake_case word for the log and the catalogue of messages, never a sentence.
    """

    def __init__(self, code: Code, detail: str) -> None:
        super().__init__(code, detail)
        self.code: Code = code
        self.detail = detail


def phase(starts: datetime, ends: datetime, now: datetime) -> Phase:
    """What the meeting's first page is: invitation before, entrance during, archive from the instant it ends."""
    if now < starts:
        return "before"
    return "during" if now < ends else "after"


def day_of(at: datetime, timezone: str) -> str:
    """The ISO date that the meeting's own zone shows at that instant."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return at.astimezone(ZoneInfo(timezone)).date().isoformat()


def is_slug(text: str) -> bool:
    """Lower-case ASCII letters and digits with single hyphens between them, at most 64 signs."""
    return len(text) <= SLUG_LENGTH and _SLUG.fullmatch(text) is not None


def join_code(below: Callable[[int], int]) -> str:
    """A new code for the screen. `below(n)` gives an unpredictable integer in 0..n-1: `secrets.randbelow`."""
    return "".join(CODE_SIGNS[below(len(CODE_SIGNS))] for _ in range(CODE_LENGTH))


def read_code(typed: str) -> str | None:
    """The code somebody meant (any case, with or without spaces and hyphens), or None when it cannot be one."""
    code = re.sub(r"[\s\-\u2010-\u2015]", "", typed[:100]).upper()
    return code if len(code) == CODE_LENGTH and set(code) <= set(CODE_SIGNS) else None


def is_fresh(version: int, expected: int | None) -> bool:
    """Whether who sends a command has seen the present version; None means that they do not mind."""
    return expected is None or expected == version

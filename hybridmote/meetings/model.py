"""The rules of a meeting as a whole, and the one refusal that every room's rules raise."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
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


# ---- the words of an invitation --------------------------------------------------------------------------------------

Field = Literal[
    "lead", "about", "audience", "place", "web", "practical", "contact_name", "contact_email", "contact_phone"
]
In = Literal["sv", "en", "both"]  # in which language a text is; `both`: it is the same in either
LONG, LINE = 4000, 500
PHONE = re.compile(r"\+?[0-9][0-9 ()/-]{3,38}")
MAIL = re.compile(r"[^\s@<>,;:\"()\[\]]{1,64}@[^\s@<>,;:\"()\[\]]+\.[^\s@<>,;:\"()\[\].]+")
ONE_GO = timedelta(seconds=30)  # what one person writes within it is one step, and is taken back as one


@dataclass(frozen=True, slots=True)
class Kind:
    """What may be written in a field: at most `limit` graphemes, in Markdown or on one line, in each language or once."""

    limit: int
    markdown: bool
    both: bool = False


TEXTS: dict[str, Kind] = {
    "lead": Kind(LINE, markdown=False),  # in the meeting's own language it is the meeting's tagline
    "about": Kind(LONG, markdown=True),
    "audience": Kind(LONG, markdown=True),
    "place": Kind(LONG, markdown=True),
    "web": Kind(LONG, markdown=True),
    "practical": Kind(LONG, markdown=True),
    "contact_name": Kind(LINE, markdown=False, both=True),
    "contact_email": Kind(LINE, markdown=False, both=True),
    "contact_phone": Kind(LINE, markdown=False, both=True),
}


def languages_of(field: str) -> tuple[In, ...]:
    return ("both",) if TEXTS[field].both else ("sv", "en")


def text_fits(field: str, text: str) -> str | None:
    """Why a text cannot stand there, in one word of the catalogue; None when it can. Empty always can."""
    if field == "contact_email" and text and not (len(text) <= 254 and MAIL.fullmatch(text)):
        return "no_email"
    if field == "contact_phone" and text and not PHONE.fullmatch(text):
        return "no_phone"
    return None


def same_step(by: str | None, began: datetime, who: str | None, now: datetime) -> bool:
    """Whether what is written now goes on with the last step, or is one of its own."""
    return by is not None and by == who and now - began < ONE_GO

"""The rules of a deck of slides: what may be brought, and what is made of it."""

import re
from typing import Literal, get_args

from ..text import Unclean, clean

State = Literal["waiting", "rendering", "ready", "failed"]
# Why a file could not be made into pages; the words are in `problems.WHY`.
Failure = Literal["not_a_pdf", "encrypted_pdf", "broken_pdf", "no_pages", "too_many_pages", "too_slow_pdf"]
FAILURES: frozenset[str] = frozenset(get_args(Failure))

PAGES = 300  # of a deck at most
TEXT = 10_000  # characters of a page's text at most: more is no slide
NAME = 120  # characters of a file's name that are kept
_LONE = re.compile("[\ud800-\udfff]")  # halves of characters, which no database takes


def audiences(state: State, page: int, item: str) -> frozenset[str]:
    """Who sees a deck: those who work with it always; the lectern when it can be turned; all when a page is shown."""
    seen = {"staff", f"speaker:{item}"}
    if state == "ready":
        seen |= {"lectern"} if page == 0 else {"lectern", "public"}
    return frozenset(seen)


def looks_like_pdf(head: bytes) -> bool:
    """Whether a file that begins so is a PDF: some programs write a little before the mark."""
    return b"%PDF-" in head[:1024]


def file_name(given: str) -> str:
    """The name of a file as people may read it, without the folders it lay in."""
    return _readable(given.replace("\\", "/").rpartition("/")[2], NAME, multiline=False) or "slides.pdf"


def page_text(given: str) -> str:
    """The text of a page as it is read aloud; empty when there is none that can be."""
    return _readable(given, TEXT, multiline=True)


def _readable(text: str, most: int, multiline: bool) -> str:
    try:
        return clean(_LONE.sub("", text[:most]), limit_graphemes=most, multiline=multiline)
    except Unclean:
        return ""

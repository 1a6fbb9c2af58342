"""What the scripts say, in the language of the page that they run in."""

from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from .files import scripts_of

TRANSLATIONS = Path(__file__).parent / "translations"


@cache
def strings(locale: str, page: str = "") -> dict[str, Any]:
    """The words of the scripts: {English: translation, or {one, other}}; empty for English itself. `page`: of its scripts
    alone, for everyone's first view is waited for."""
    file = TRANSLATIONS / locale / "LC_MESSAGES" / "js.po"
    if not file.exists():
        return {}
    with file.open("rb") as f:
        catalogue = read_po(f, locale=locale)
    words: dict[str, Any] = {}
    for message in catalogue:
        if not message.id or not message.string:
            continue
        if isinstance(message.id, tuple):
            words[message.id[1]] = dict(zip(("one", "other"), message.string, strict=False))
        else:
            words[str(message.id)] = message.string
    said = scripts_of(page) if page else ""
    return {english: word for english, word in words.items() if f'"{english}"' in said} if said else words

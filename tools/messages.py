"""Bring the translations up to date: `python tools/messages.py`; `--check` only looks, and fails when something is missing.

English sentences stand in the code, the templates and the scripts; `messages.po` holds the Swedish of the first two,
`js.po` of the scripts. Babel's own reader of JavaScript loses its place in nested templates, so scripts are read here.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "hybridmote" / "translations"
LOCALE = "sv"
KEYWORDS: dict[str, Any] = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2)}

_STRING = r'"((?:[^"\\]|\\.)*)"'
_CALL = re.compile(rf"\bt(?:\(\s*{_STRING}|\.n\(\s*{_STRING}\s*,\s*{_STRING})")


def of_the_server() -> Catalog:
    """What Python and the templates say."""
    with (FOLDER / "babel.cfg").open() as f:
        methods, options = parse_mapping_cfg(f)
    found = Catalog(locale=LOCALE, fuzzy=False)
    for file, _line, message, _comments, _context in extract_from_dir(ROOT, methods, options, KEYWORDS):
        found.add(message, locations=[(file, 0)])
    return found


def of_the_scripts() -> Catalog:
    """What the scripts say by t("…") and t.n("one", "other", n)."""
    found = Catalog(locale=LOCALE, fuzzy=False)
    for file, message in sorted(_said(), key=str):
        found.add(message, locations=[(file, 0)])
    return found


def _said() -> Iterator[tuple[str, str | tuple[str, str]]]:
    for path in sorted((ROOT / "static" / "js").rglob("*.js")):
        if "lib" not in path.parts:
            for plain, one, other in _CALL.findall(path.read_text()):
                yield path.relative_to(ROOT).as_posix(), plain or (one, other)


def brought_up(name: str, found: Catalog) -> Catalog:
    """The catalogue that is committed, with what is new in it and without what is gone."""
    file = FOLDER / LOCALE / "LC_MESSAGES" / name
    known = Catalog(locale=LOCALE)
    if file.exists():
        with file.open("rb") as f:
            known = read_po(f, locale=LOCALE)
    known.update(found, no_fuzzy_matching=True, update_creation_date=False)
    known.obsolete.clear()
    known.fuzzy = False
    known.header_comment = f"# The Swedish of {'the scripts' if name == 'js.po' else 'the pages and the server'}."
    return known


def missing(catalogue: Catalog) -> list[str]:
    return [
        str(m.id) for m in catalogue if m.id and (not all(m.string) if isinstance(m.string, tuple) else not m.string)
    ]


def written(catalogue: Catalog) -> bytes:
    """Without dates and places: a file that changes only when its words do."""
    to = BytesIO()
    write_po(to, catalogue, no_location=True, sort_output=True, omit_header=True, width=120)
    head = f'{catalogue.header_comment}\nmsgid ""\nmsgstr ""\n"Language: {LOCALE}\\n"\n'
    head += '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return head.encode() + to.getvalue()


def main() -> int:
    check = "--check" in sys.argv[1:]
    lacking = []
    for name, found in (("messages.po", of_the_server()), ("js.po", of_the_scripts())):
        catalogue = brought_up(name, found)
        lacking += [f"{name}: {source}" for source in missing(catalogue)]
        file = FOLDER / LOCALE / "LC_MESSAGES" / name
        words = written(catalogue)
        if check and (not file.exists() or file.read_bytes() != words):
            lacking.append(f"{name}: not up to date; run python tools/messages.py")
        if not check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(words)
            if name == "messages.po":
                with file.with_suffix(".mo").open("wb") as f:
                    write_mo(f, catalogue)
    print("\n".join(lacking) or "all translated")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())

"""Where templates, static files and migrations are: inside the package when installed, beside it in a checkout. And the
static files' addresses, which hold what they hold: a browser that has been here asks for none of them again."""

import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Flask, Response, send_from_directory

HERE = Path(__file__).parent
FOR_GOOD = 365 * 24 * 60 * 60  # s


def folder(name: str) -> Path:
    return HERE / name if (HERE / name).is_dir() else HERE.parent / name


def serve(app: Flask) -> None:
    """`/static/<edition>/<path>`: for good when the edition is today's. A page of yesterday's, still open when the server
    was exchanged, gets today's files under yesterday's address, for once."""
    here = folder("static")
    today = edition(here)
    app.static_folder = str(here)
    app.url_defaults(lambda endpoint, values: values.setdefault("edition", today) if endpoint == "static" else None)

    def static(edition: str, filename: str) -> Response:
        response = send_from_directory(here, filename, max_age=FOR_GOOD if edition == today else None)
        response.cache_control.immutable = edition == today
        response.cache_control.public = False  # said by there being no cookie
        return response

    app.add_url_rule("/static/<edition>/<path:filename>", "static", static)


def edition(here: Path) -> str:
    """Another one as soon as any file is another."""
    digest = hashlib.sha256()
    for file in sorted(path for path in here.rglob("*") if path.is_file()):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(here).as_posix()} {len(content)} ".encode())
        digest.update(content)
    return digest.hexdigest()[:12]


_IMPORT = re.compile(r"""(?:\bfrom|\bimport\(?)\s*["'`](\.[^"'`$]+)""")


@cache
def scripts_of(page: str) -> str:
    """All that a page's script says and what it may ask for says, one after the other; empty when it has none."""
    start = folder("static") / "js" / f"{page}.js"
    there: dict[Path, str] = {}
    look = [start] if start.is_file() else []
    while look:
        if (file := look.pop()) not in there:
            there[file] = file.read_text()
            look += [(file.parent / found).resolve() for found in _IMPORT.findall(there[file]) if "vendor" not in found]
    return "\n".join(there.values())

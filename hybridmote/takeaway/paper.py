"""All questions on paper: an accessible PDF (PDF/UA-1, tagged, with its language), made by typst without a network.

What people wrote is data to the template and never a part of it. Typst refuses to make an accessible file of a sign that
no typeface has: what ours lack is written in plainer signs if there are such, else as its name in Unicode, "[Thai
character no nu]", which can also be read aloud.
"""

import json
import struct
import threading
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import regex
import typst

from .. import offload
from ..files import folder

TEMPLATE = Path(__file__).with_name("paper.typ")
_making = threading.Semaphore(1)  # one at a time: it takes a whole processor
_DRAWN_AS_NOTHING = regex.compile(r"[\p{Default_Ignorable_Code_Point}\n\t]")


def as_pdf(told: Mapping[str, Any], template: Path = TEMPLATE) -> bytes:
    """`told`: what the template reads, words and data. Runs beside the server's loop."""
    with _making:
        made: bytes = offload.run(_made, told, template)
    return made


def _made(told: Mapping[str, Any], template: Path = TEMPLATE) -> bytes:
    given: dict[str, Any] = {
        "font_paths": typst.Fonts(include_system_fonts=False, font_paths=[_typefaces()]),
        "sys_inputs": {"told": json.dumps(_drawable(told), ensure_ascii=False)},
        "format": "pdf",
    }
    source = template.read_bytes()
    try:
        return typst.compile(source, pdf_standards=["ua-1"], **given)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        # signs that only together have no shape, as a mark of one script on a letter of another: tagged all the same
        return typst.compile(source, **given)


def _drawable(value: Any) -> Any:
    """The same with every sign that none of the typefaces has written as its name."""
    if isinstance(value, Mapping):
        return {name: _drawable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(one) for one in value]
    if not isinstance(value, str) or value.isascii():
        return value
    return "".join(sign if _has_a_shape(sign) else _plainer(sign) or _name(sign) for sign in value)


def _has_a_shape(sign: str) -> bool:
    return ord(sign) in _known() or _DRAWN_AS_NOTHING.match(sign) is not None


def _plainer(sign: str) -> str:
    """𝔉 is an F; empty when there is nothing plainer that has a shape."""
    plain = unicodedata.normalize("NFKC", sign)
    return plain if plain != sign and all(map(_has_a_shape, plain)) else ""


def _name(sign: str) -> str:
    return f"[{unicodedata.name(sign, f'U+{ord(sign):04X}').capitalize()}]"


def _typefaces() -> Path:
    return folder("static") / "vendor" / "fonts"


@cache
def _known() -> frozenset[int]:
    """The code points that any of the typefaces has."""
    return frozenset().union(*(code_points(file.read_bytes()) for file in _typefaces().glob("*.ttf")))


def code_points(font: bytes) -> set[int]:
    """Of an OpenType file: its `cmap`, formats 4 and 12 (https://learn.microsoft.com/typography/opentype/spec/cmap)."""
    (tables,) = struct.unpack_from(">H", font, 4)
    places = {font[12 + 16 * n : 16 + 16 * n]: struct.unpack_from(">I", font, 20 + 16 * n)[0] for n in range(tables)}
    cmap = places[b"cmap"]
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    found: set[int] = set()
    for n in range(count):
        (at,) = struct.unpack_from(">I", font, cmap + 8 + 8 * n)
        (kind,) = struct.unpack_from(">H", font, cmap + at)
        if kind == 4:
            found |= _segments(font, cmap + at)
        elif kind == 12:
            (groups,) = struct.unpack_from(">I", font, cmap + at + 12)
            for group in range(groups):
                first, last = struct.unpack_from(">II", font, cmap + at + 16 + 12 * group)
                found.update(range(first, last + 1))
    return found


def _segments(font: bytes, at: int) -> set[int]:
    (double,) = struct.unpack_from(">H", font, at + 6)
    ends = struct.unpack_from(f">{double // 2}H", font, at + 14)
    starts = struct.unpack_from(f">{double // 2}H", font, at + 16 + double)
    return {code for first, last in zip(starts, ends, strict=True) for code in range(first, last + 1)} - {0xFFFF}

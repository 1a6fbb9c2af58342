"""Tables that people bring: CSV as anybody's program writes it, and XLSX. To lines of text cells, and no further.

CSV: UTF-8 with or without its mark, UTF-16 with its mark, else Windows-1252, which Latin-1 is a part of as text goes;
divided by semicolons (Excel in Sweden), commas or tabs, whichever the first line has most of. XLSX: the first sheet, the
values that were last shown; a formula is never evaluated, and one that was never reckoned is empty.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import openpyxl

LARGEST = 10_000_000  # bytes of a file
UNPACKED = 100_000_000  # bytes of all that an XLSX holds: a small file may unpack to a disk full
COLUMNS = 60
CELL = 2_000  # signs of one cell that are kept
EMPTY = 200_000  # rows with nothing in them that are looked past


class Unreadable(Exception):
    """`why` is one word of problems.WHY."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """(number from 1, cells) of each row that holds something. Raises Unreadable: sheet_too_large, sheet_broken."""
    if len(content) > LARGEST:
        raise Unreadable("sheet_too_large")
    return _xlsx(content) if content[:4] == b"PK\x03\x04" else _csv(content)


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    head = text.partition("\n")[0]
    marks = {mark: head.count(mark) for mark in ";,\t"}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(marks, key=lambda mark: marks[mark]))
    before = csv.field_size_limit(LARGEST)
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                yield number, [_cell(cell) for cell in cells[:COLUMNS]]
    except csv.Error:
        raise Unreadable("sheet_broken") from None
    finally:
        csv.field_size_limit(before)


def _decoded(content: bytes) -> str:
    marked = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252", "latin-1"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:  # no text has it: a picture, an old .xls
            break
        return text
    raise Unreadable("sheet_broken")


def _xlsx(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > UNPACKED:
                raise Unreadable("sheet_too_large")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its own size is not to be trusted
        for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=COLUMNS), start=1):
            row = [_cell(cell) for cell in cells]
            if any(row):
                yield number, row
            elif number > EMPTY:
                raise Unreadable("sheet_too_many")
    except Unreadable:
        raise
    except Exception:  # a file from outside: whatever it breaks in, it is the file
        raise Unreadable("sheet_broken") from None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)  # an organisation number that was typed as a number
    if isinstance(value, datetime | date):
        return value.isoformat()
    return " ".join(str(value).split(" ")).strip()[:CELL]

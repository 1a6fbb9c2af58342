"""Rows as files for other programs: CSV, XLSX and JSON. No cell of them is ever run as a formula."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from xlsxwriter import Workbook

from ..db import iso

RUN = ("=", "+", "-", "@", "\t", "\r")  # what begins a formula, or hides one, in some spreadsheet
CELL = 32_767  # UTF-16 units that a cell of a spreadsheet can hold
WIDE = {"text": 60, "time": 17, "number": 9, "money": 13, "truth": 9, "word": 22}  # of a column, in letters

Cell = str | int | bool | datetime | None
Row = Sequence[Cell]


@dataclass(frozen=True)
class Column:
    """`name` is the same in every language, so that a program that reads the file needs not know the reader's."""

    name: str
    title: str
    meaning: str
    kind: str = "text"  # text, word, number, money (in hundredths), truth or time
    unit: str = ""
    values: Mapping[str, str] = field(default_factory=dict)  # what it may hold, in words; empty: anything


def inert(cell: str) -> str:
    """A cell that a spreadsheet shows and does not run: these signs begin a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(RUN) else cell


def as_csv(columns: Sequence[Column], rows: Sequence[Row], swedish: bool = False) -> bytes:
    """RFC 4180, in UTF-8 with the mark that tells a spreadsheet so. Times are ISO 8601, UTC. `swedish`: as Excel in Sweden
    reads it, divided by semicolons and with a comma before the hundredths."""
    text = io.StringIO(newline="")
    out = csv.writer(text, lineterminator="\r\n", delimiter=";" if swedish else ",")
    out.writerow([column.name for column in columns])
    kinds, comma = [column.kind for column in columns], "," if swedish else "."
    out.writerows([[_plain(cell, kind, comma) for cell, kind in zip(row, kinds, strict=True)] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: Cell, kind: str = "text", comma: str = ".") -> str | int:
    if kind == "money" and isinstance(cell, int):
        return f"{'-' if cell < 0 else ''}{abs(cell) // 100}{comma}{abs(cell) % 100:02}"
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return iso(cell) or ""
    return inert(cell) if isinstance(cell, str) else "" if cell is None else cell


def as_json(columns: Sequence[Column], rows: Sequence[Row], about: Mapping[str, Any]) -> bytes:
    """With a codebook: what each column means, its unit, and what it may hold."""
    names = [column.name for column in columns]
    told = {
        **about,
        "codebook": [_described(column) for column in columns],
        "rows": [dict(zip(names, map(_value, row), strict=True)) for row in rows],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _described(column: Column) -> dict[str, Any]:
    told = {"column": column.name, "meaning": column.meaning, "type": column.kind, "unit": column.unit}
    return told | {"values": dict(column.values) or None}


def _value(cell: Cell) -> Any:
    return iso(cell) if isinstance(cell, datetime) else cell


def as_xlsx(
    columns: Sequence[Column],
    rows: Sequence[Row],
    zone: tzinfo,
    named: tuple[str, str],
    heads: Sequence[str],
    truths: tuple[str, str],
) -> bytes:
    """Titles and values in the reader's language, times in the meeting's zone, and the codebook on a sheet of its own.
    `named`: the two sheets; `heads`: of the codebook; `truths`: no and yes."""
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        money = book.add_format({"num_format": "#,##0.00", "valign": "top"})
        when = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"})
        sheet = book.add_worksheet(named[0])
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, WIDE[column.kind])
            sheet.write_string(0, at, column.title, bold)
        for line, row in enumerate(rows, 1):
            for at, (column, cell) in enumerate(zip(columns, row, strict=True)):
                if isinstance(cell, bool):
                    sheet.write_string(line, at, truths[cell], wrap)
                elif isinstance(cell, datetime):
                    sheet.write_datetime(line, at, cell.astimezone(zone).replace(tzinfo=None, microsecond=0), when)
                elif isinstance(cell, int) and column.kind == "money":
                    sheet.write_number(line, at, cell / 100, money)
                elif isinstance(cell, int):
                    sheet.write_number(line, at, cell, wrap)
                elif cell:  # written as text whatever it begins with
                    sheet.write_string(line, at, _fitting(column.values.get(cell, cell)), wrap)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(columns) - 1)
        about = book.add_worksheet(named[1])
        about.set_column(0, 4, 30)
        for line, described in enumerate([heads, *_codebook(columns)]):
            for at, words in enumerate(described):
                about.write_string(line, at, words, bold if line == 0 else wrap)
    return file.getvalue()


def _codebook(columns: Sequence[Column]) -> Iterator[tuple[str, str, str, str, str]]:
    for one in columns:
        values = "\n".join(f"{value}: {words}" for value, words in one.values.items())
        yield one.title, one.name, one.meaning, one.unit, values


def _fitting(text: str) -> str:
    """A cell that is too long would be left out without a word: it ends in an ellipsis instead."""
    if len(text) * 2 <= CELL or len(text.encode("utf-16-le")) // 2 <= CELL:
        return text
    return text.encode("utf-16-le")[: (CELL - 1) * 2].decode("utf-16-le", "ignore") + "…"

"""A line of an address list, however people write such lists: who is to be invited, or why it cannot be told."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ...text import Unclean, clean
from .address import NoAddress, mailbox

NAME = 200  # graphemes
# what a column may be called, in letters and digits alone
COLUMNS = {
    alias: field
    for field, aliases in {
        "name": "name namn",
        "first_name": "firstname förnamn fornamn givenname",
        "last_name": "lastname efternamn surname",
        "organisation": "organisation organization arbetsgivare kommun municipality employer företag company",
        "address": "email epost epostadress mail mejl mailadress mejladress emailaddress address adress",
    }.items()
    for alias in aliases.split()
}


class Listed(NamedTuple):
    name: str
    organisation: str
    address: str


class NotListed(ValueError):
    """`why` is one word of problems.WHY."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def cells_of(line: str) -> list[str]:
    """The cells of a line that was pasted: divided by tabs, semicolons or commas, unless it is `Name <address>`."""
    divided = next((sign for sign in "\t;," if sign in line and "<" not in line), None)
    return [_bare(cell) for cell in line.split(divided)] if divided else [line.strip()]


def _bare(cell: str) -> str:
    cell = cell.strip()
    return cell[1:-1].strip() if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def headings(cells: Sequence[str]) -> list[str | None] | None:
    """What the columns are, when the line says so: a field for each, None for what we have no use for. None when the
    line holds an address, or nothing of what we know."""
    named = [COLUMNS.get(re.sub(r"[\W_]", "", cell.casefold())) for cell in cells]
    return None if any("@" in cell for cell in cells) or "address" not in named else named


def listed(cells: Sequence[str], columns: Sequence[str | None] | None = None) -> Listed:
    """Who is to be invited by a line. Without columns the cell with an @ is the address, what stands before the others
    the name, and then the organisation. Raises NotListed: no_email, two_emails, bad_name."""
    if columns is None or len(cells) <= columns.index("address"):  # a line of another shape than the headings say
        columns = None
        holds = [number for number, cell in enumerate(cells) if "@" in cell]
        if len(holds) > 1:
            raise NotListed("two_emails")
        found = cells[holds[0]] if holds else ""
        rest = [cell for number, cell in enumerate(cells) if number not in holds and cell]
    else:
        by = {field: cell for field, cell in reversed(list(zip(columns, cells, strict=False))) if field and cell}
        found = by.get("address", "")
        name = by.get("name") or f"{by.get('first_name', '')} {by.get('last_name', '')}".strip()
        rest = [name, by.get("organisation", "")]
    try:
        name, address = mailbox(found)
    except NoAddress:
        raise NotListed("two_emails" if found.count("@") > 1 and re.search(r"[,;\s]", found) else "no_email") from None
    if name and not (columns and rest[0]):
        rest = [name, *rest[1:]] if columns else [name, *rest]
    try:
        texts = [clean(text, limit_graphemes=NAME, multiline=False) if text.strip() else "" for text in rest[:2]]
    except Unclean:
        raise NotListed("bad_name") from None
    return Listed(texts[0] if texts else "", texts[1] if len(texts) > 1 else "", address)

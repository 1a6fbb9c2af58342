"""Lists of people that organisers bring, as rows under the names of our own fields."""

import re
from collections.abc import Iterable, Iterator

from ...tables import CELL, LARGEST, Unreadable, lines

__all__ = ["CELL", "LARGEST", "NAMES", "ROWS", "Unreadable", "read"]

ROWS = 2_000

# what a column may be called, in letters and digits alone: Swedish, English, and as our own export writes it
NAMES: dict[str, str] = {
    alias: field
    for field, aliases in {
        "name": "name namn deltagare participant",
        "first_name": "firstname förnamn fornamn givenname",
        "last_name": "lastname efternamn surname",
        "email": "email epost epostadress mail mejl mailadress emailaddress",
        "organisation": "organisation organization arbetsgivare kommun municipality employer",
        "title": "title titel roll role befattning",
        "fee": "fee avgift category kategori biljett ticket",
        "challenge": "challenge utmaning",
        "phone": "phone telefon mobil tel",
        "language": "language språk sprak",
        "payer_name": "payer payername betalare fakturamottagare betalandeorganisation",
        "orgnr": "orgnr organisationsnummer organisationnumber organizationnumber orgno",
        "reference": "reference referens fakturareferens erreferens yourreference",
        "gln": "gln glnkod",
        "peppol": "peppol peppolid",
        "invoice_email": "invoiceemail fakturaepost fakturamejl",
        "invoice_address": "invoiceaddress fakturaadress",
        "diet": "diet kost specialkost allergi allergies",
        "access": "access tillgänglighet tillganglighet accessneeds",
    }.items()
    for alias in aliases.split()
}


def read(content: bytes) -> list[dict[str, str]]:
    """Rows under their columns' names of NAMES, each with `row`: its number in the file, from 1 with the headings'.

    Columns that are called nothing we know are left out, and so are empty rows. Raises Unreadable: sheet_too_large,
    sheet_empty, sheet_broken, sheet_too_many, sheet_headings (there is no column for an e-mail or for a name).
    """
    return list(_named(lines(content)))


def _named(found: Iterable[tuple[int, list[str]]]) -> Iterator[dict[str, str]]:
    rows = iter(found)
    try:
        _, head = next(rows)
    except StopIteration:
        raise Unreadable("sheet_empty") from None
    fields = [NAMES.get(re.sub(r"[\W_]", "", cell.casefold())) for cell in head]
    if "email" not in fields or not {"name", "last_name"} & set(fields):
        raise Unreadable("sheet_headings")
    for count, (number, cells) in enumerate(rows, start=1):
        if count > ROWS:
            raise Unreadable("sheet_too_many")
        row: dict[str, str] = {}
        for field, cell in zip(fields, cells, strict=False):
            if field and cell and field not in row:
                row[field] = cell
        first, last = row.pop("first_name", ""), row.pop("last_name", "")
        row.setdefault("name", f"{first} {last}".strip())
        yield {**row, "row": str(number)}

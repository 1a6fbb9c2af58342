"""Who pays: Sweden's municipalities and regions, and the check digits of what an invoice is addressed with."""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

ORGNR = 10
GLN = 13
PEPPOL_ORGNR, PEPPOL_GLN = "0007", "0088"  # schemes of the ISO 6523 list: Swedish organisation numbers, GS1's GLN
LONGEST_PEPPOL = 60  # signs; a participant's identifier has 50 at most beside its scheme


class Wrong(Exception):
    """`why` is one word of problems.WHY."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def luhn(digits: str) -> bool:
    """Whether the last digit fits: every second from the right is doubled (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, sign in enumerate(reversed(digits)):
        n = int(sign) * (2 if place % 2 else 1)
        total += n - 9 if n > 9 else n
    return total % 10 == 0


def orgnr(typed: str) -> str:
    """The ten digits of a Swedish organisation number, however it was typed: 212000-0142, 16212000-0142, SE212000014201.
    Empty stays empty. Raises Wrong."""
    text = re.sub(r"[\s\u00a0\-\u2010-\u2015]", "", typed).upper()
    if not text:
        return ""
    if re.fullmatch(r"SE[0-9]{12}", text):  # a VAT number is the same with 01 after it
        text = text[2:12]
    elif re.fullmatch(r"16[0-9]{10}", text):
        text = text[2:]
    if not re.fullmatch(r"[0-9]{10}", text):
        raise Wrong("orgnr_digits")
    if not luhn(text) or int(text[2]) < 2:  # its third digit is at least 2, which tells it from a person's
        raise Wrong("orgnr_check")
    return text


def written(number: str) -> str:
    """As people write it: 212000-0142."""
    return f"{number[:6]}-{number[6:]}" if len(number) == ORGNR else number


def gs1(digits: str) -> bool:
    """Whether the last digit fits GS1's rule: weights 3 and 1 from the right (GS1 General Specifications, 7.9)."""
    total = sum(int(sign) * (3 if place % 2 else 1) for place, sign in enumerate(reversed(digits)))
    return total % 10 == 0


def gln(typed: str) -> str:
    """The thirteen digits of a GLN. Empty stays empty. Raises Wrong."""
    text = re.sub(r"[\s\u00a0\-\u2010-\u2015]", "", typed)
    if not text:
        return ""
    if not re.fullmatch(r"[0-9]{13}", text):
        raise Wrong("gln_digits")
    if not gs1(text):
        raise Wrong("gln_check")
    return text


def peppol(typed: str) -> str:
    """A Peppol id with its scheme: `0007:` and an organisation number, `0088:` and a GLN. A bare number of either kind
    gets its scheme. Empty stays empty. Raises Wrong."""
    text = re.sub(r"\s", "", typed)
    if not text:
        return ""
    scheme, colon, rest = text.partition(":")
    if not colon:
        scheme, rest = (PEPPOL_GLN if len(text) == GLN else PEPPOL_ORGNR), text
    if scheme == PEPPOL_ORGNR:
        return f"{scheme}:{orgnr(rest) or _nothing()}"
    if scheme == PEPPOL_GLN:
        return f"{scheme}:{gln(rest) or _nothing()}"
    raise Wrong("peppol_scheme")


def _nothing() -> str:
    raise Wrong("peppol_scheme")


@dataclass(frozen=True, slots=True)
class Body:
    """A municipality or a region. `code` has four digits for a municipality, two for a region (its county's)."""

    code: str
    name: str
    orgnr: str  # ten digits; empty: not known to us, so the payer types it
    county: str  # two digits
    county_name: str

    @property
    def region(self) -> bool:
        return len(self.code) == 2


@lru_cache(maxsize=1)
def bodies() -> tuple[Body, ...]:
    """All of them by name, municipalities and regions together. Gotland is both, and stands in both places.

    The municipalities got their organisation numbers in the order of their codes of 1974, from 001 to 278; those that were
    divided since got new ones in the order of the years. The eight of which we are not sure have none: they type it.
    """
    text = files(__package__).joinpath("bodies.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    return tuple(sorted((Body(**row) for row in rows), key=lambda b: (b.name.casefold(), b.code)))


@lru_cache(maxsize=1)
def _by_code() -> dict[str, Body]:
    return {body.code: body for body in bodies()}


@lru_cache(maxsize=1)
def _by_orgnr() -> dict[str, Body]:
    return {b.orgnr: b for b in sorted(bodies(), key=lambda b: len(b.code)) if b.orgnr}


def body(code: str) -> Body | None:
    return _by_code().get(code)


def body_of(number: str) -> Body | None:
    """Whose organisation number it is. Gotland's: the municipality."""
    return _by_orgnr().get(number)


def named(name: str) -> Body | None:
    """The one that is called just that, whatever the letters' size. What two are called is neither."""
    wanted = " ".join(name.casefold().split())
    hits = [b for b in bodies() if b.name.casefold() == wanted]
    return hits[0] if len(hits) == 1 else None


def found(typed: str, most: int = 8) -> list[Body]:
    """What somebody may mean by some letters: names that begin with them first."""
    wanted = " ".join(typed.casefold().split())
    if not wanted:
        return []
    number = wanted if len(wanted) > 5 else "-"  # fewer digits are part of many
    hits = [
        b for b in bodies() if wanted in b.name.casefold() or wanted == b.code or number in (b.orgnr, written(b.orgnr))
    ]
    return sorted(hits, key=lambda b: not b.name.casefold().startswith(wanted))[:most]

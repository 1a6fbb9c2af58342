"""Money: öre, VAT, what is owed by whom, and what an invoice adds to those before it.

Amounts are whole öre (the hundredth of any of our currencies), without VAT; nothing is ever a float. VAT is reckoned on
the sum of an invoice's lines of one rate and rounded once, half away from zero: EN 16931, rule BR-CO-17 ("VAT category tax
amount = taxable amount x rate / 100, rounded to two decimals"), which Peppol BIS Billing 3.0 holds invoices against. A line
is not rounded by itself, so an invoice and what cancels it always come to nothing.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

VAT = (0, 6, 12, 25)  # per cent: those of the Swedish Mervärdesskattelag (2023:200), 9 kap.
CURRENCIES = ("SEK", "DKK", "NOK", "EUR")
MOST = 100_000_000  # öre: a million, more than any day costs
Currency = Literal["SEK", "DKK", "NOK", "EUR"]

K = TypeVar("K", bound=Hashable)


def vat_of(net: int, percent: int) -> int:
    """Öre of VAT on a sum of öre, rounded half away from zero."""
    whole = (abs(net) * percent + 50) // 100
    return whole if net >= 0 else -whole


@dataclass(frozen=True, slots=True)
class Amount:
    """What one line comes to: öre without VAT, the rate, the currency."""

    net: int
    vat: int
    currency: str = "SEK"


@dataclass(frozen=True, slots=True)
class Total:
    """What one payer owes in one currency. `rates`: {per cent: (net, VAT)}, by rising rate."""

    currency: str
    net: int
    vat: int
    rates: tuple[tuple[int, int, int], ...]

    @property
    def gross(self) -> int:
        return self.net + self.vat


def invoice_total(lines: Iterable[Amount]) -> tuple[Total, ...]:
    """The totals of one invoice, one for each currency (in their own order of names)."""
    nets: Counter[tuple[str, int]] = Counter()
    for line in lines:
        nets[line.currency, line.vat] += line.net
    totals = []
    for currency in sorted({currency for currency, _ in nets}):
        rates = tuple((r, net, vat_of(net, r)) for (c, r), net in sorted(nets.items()) if c == currency)
        totals.append(Total(currency, sum(r[1] for r in rates), sum(r[2] for r in rates), rates))
    return tuple(totals)


def together(totals: Iterable[Total]) -> tuple[Total, ...]:
    """What several invoices come to: their sums as they were rounded, so that a meeting agrees with its payers."""
    sums: dict[str, dict[int, tuple[int, int]]] = {}
    for total in totals:
        of = sums.setdefault(total.currency, {})
        for rate, net, vat in total.rates:
            was = of.get(rate, (0, 0))
            of[rate] = was[0] + net, was[1] + vat
    return tuple(
        Total(
            currency,
            sum(net for net, _ in of.values()),
            sum(vat for _, vat in of.values()),
            tuple((rate, *of[rate]) for rate in sorted(of)),
        )
        for currency, of in sorted(sums.items())
    )


@dataclass(frozen=True, slots=True)
class Owed:
    """What one registration costs, and whom: as it would stand on an invoice."""

    payer: "Payer"
    text: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, as written on an invoice. Empty: not known."""

    name: str
    orgnr: str = ""  # ten digits
    municipality: str = ""  # its code
    reference: str = ""
    gln: str = ""
    peppol: str = ""
    email: str = ""
    address: str = ""

    @property
    def key(self) -> str:
        """By which lines are brought together: the organisation's number, else its name however it is written."""
        return self.orgnr or " ".join(self.name.split()).casefold()


def differences(owed: Mapping[K, Owed], exported: Iterable[tuple[K, Owed, int]]) -> list[tuple[K, Owed, int]]:
    """What the next export holds: (registration, line, 1 or -1).

    `exported`: every line of every export before, with its sign. What was changed is taken back as it stood and put anew;
    what is no longer owed is taken back; the sum of all exports is then exactly what is owed. Taken back first.
    """
    standing: Counter[tuple[K, Owed]] = Counter()
    for key, line, sign in exported:
        standing[key, line] += sign
    found: list[tuple[K, Owed, int]] = []
    for (key, line), count in standing.items():
        over = count - (1 if owed.get(key) == line else 0)
        found += [(key, line, -1 if over > 0 else 1)] * abs(over)
    found += [(key, line, 1) for key, line in owed.items() if (key, line) not in standing]
    return sorted(found, key=lambda one: one[2])


def kronor(net: int) -> str:
    """An amount as a program reads it: "900.00"."""
    sign = "-" if net < 0 else ""
    return f"{sign}{abs(net) // 100}.{abs(net) % 100:02}"

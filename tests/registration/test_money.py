"""Money, payers and invoices: laws, whatever the numbers."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybridmote.registration import model
from hybridmote.registration.model import Amount, Owed, Payer, payer

ore = st.integers(0, 100_000_000)
rate = st.sampled_from(model.VAT)
amounts = st.builds(Amount, ore, rate, st.sampled_from(model.CURRENCIES))


@pytest.mark.parametrize(
    ("net", "percent", "vat"),
    [
        (90_000, 25, 22_500),
        (120_000, 25, 30_000),
        (1, 25, 0),
        (2, 25, 1),  # half an öre is rounded up
        (-2, 25, -1),  # and taken back just so
        (10, 6, 1),
        (9, 6, 1),
        (8, 6, 0),
        (12_345, 0, 0),
    ],
)
def test_vat_is_rounded_half_away_from_zero(net: int, percent: int, vat: int) -> None:
    assert model.vat_of(net, percent) == vat


@given(ore, rate)
def test_what_is_taken_back_comes_to_nothing(net: int, percent: int) -> None:
    assert model.vat_of(-net, percent) == -model.vat_of(net, percent)
    assert abs(model.vat_of(net, percent) * 100 - net * percent) <= 50


def test_vat_is_rounded_once_per_invoice_and_not_per_line() -> None:
    (total,) = model.invoice_total([Amount(2, 25), Amount(2, 25)])
    assert (total.net, total.vat, total.gross) == (4, 1, 5)


@given(st.lists(amounts, max_size=12))
def test_an_invoice_adds_up(lines: list[Amount]) -> None:
    totals = model.invoice_total(lines)
    assert [t.currency for t in totals] == sorted({line.currency for line in lines})
    for total in totals:
        of = [line for line in lines if line.currency == total.currency]
        assert total.net == sum(line.net for line in of) == sum(net for _, net, _ in total.rates)
        assert total.vat == sum(vat for _, _, vat in total.rates)
        assert total.gross == total.net + total.vat
        for percent, net, vat in total.rates:
            assert vat == model.vat_of(net, percent)
    assert model.invoice_total(reversed(lines)) == totals, "the order of lines does not matter"


@given(st.lists(st.lists(amounts, min_size=1, max_size=5), max_size=6))
def test_a_meeting_agrees_with_its_payers(payers: list[list[Amount]]) -> None:
    invoices = [total for lines in payers for total in model.invoice_total(lines)]
    for total in model.together(invoices):
        of = [t for t in invoices if t.currency == total.currency]
        assert (total.net, total.vat, total.gross) == tuple(
            sum(getattr(t, name) for t in of) for name in ("net", "vat", "gross")
        )


# ---- invoices: the sum of all exports is what is owed ------------------------------------------------------------------

payers = st.builds(
    Payer, st.sampled_from(["Ale kommun", "ALE  kommun", "Region Skåne"]), st.sampled_from(["", "2321000255"])
)
owed = st.builds(Owed, payers, st.sampled_from(["Day", "Web"]), st.builds(Amount, ore, rate))
days = st.lists(st.dictionaries(st.sampled_from("abcdef"), owed, max_size=6), max_size=8)


@given(days)
def test_the_exports_add_up_to_what_is_owed(days: list[dict[str, Owed]]) -> None:
    """Whatever was registered, changed and cancelled between them."""
    exported: list[tuple[str, Owed, int]] = []
    for now in days:
        new = model.differences(now, exported)
        exported += new
        standing: Counter[tuple[str, Owed]] = Counter()
        for key, line, sign in exported:
            standing[key, line] += sign
        assert {one: count for one, count in standing.items() if count} == dict.fromkeys(now.items(), 1)
        assert sum(o.amount.net * sign for _, o, sign in exported) == sum(o.amount.net for o in now.values())
        assert model.differences(now, exported) == [], "the next export holds nothing when nothing has changed"
        taken_back = [sign for _, _, sign in new]
        assert taken_back == sorted(taken_back), "what is taken back stands first"
        # an invoice's VAT is rounded for itself: all of them together are off by half an öre each at most
        for percent in model.VAT:
            whole = model.vat_of(sum(o.amount.net for o in now.values() if o.amount.vat == percent), percent)
            parts = sum(
                model.vat_of(
                    sum(o.amount.net * s for _, o, s in exported[i : i + 1] if o.amount.vat == percent), percent
                )
                for i in range(len(exported))
            )
            assert abs(whole - parts) <= (len(exported) + 1) / 2


def test_payers_are_brought_together_by_number_else_by_name() -> None:
    assert Payer("Ale  Kommun").key == Payer("ale kommun").key != Payer("Ale kommun", "2120000142").key
    assert Payer("A", "2120000142").key == Payer("B", "2120000142").key


# ---- what an invoice is addressed with ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "212000-0142",
        "2120000142",
        "212000 0142",
        " 16212000-0142",
        "SE212000014201",
        "se 212000-0142 01",
        "212000\u20110142",
    ],
)
def test_an_organisation_number_is_read_however_it_is_typed(typed: str) -> None:
    assert model.orgnr(typed) == "2120000142"
    assert model.written(model.orgnr(typed)) == "212000-0142"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("212000-0143", "orgnr_check"),
        ("121000-0142", "orgnr_check"),
        ("811218-9876", "orgnr_check"),  # of a person: the third digit tells
        ("212000-014", "orgnr_digits"),
        ("212000-01422", "orgnr_digits"),
        ("abc", "orgnr_digits"),
        ("٢١٢٠٠٠٠١٤٢", "orgnr_digits"),
    ],
)
def test_what_is_no_organisation_number_is_said(typed: str, why: str) -> None:
    with pytest.raises(model.Wrong) as wrong:
        model.orgnr(typed)
    assert wrong.value.why == why


digits = st.text("0123456789", min_size=9, max_size=9)


@given(digits, st.integers(0, 9), st.integers(1, 9))
def test_luhn_finds_every_wrong_digit(nine: str, place: int, more: int) -> None:
    right = next(nine + str(d) for d in range(10) if model.luhn(nine + str(d)))
    wrong = right[:place] + str((int(right[place]) + more) % 10) + right[place + 1 :]
    assert not model.luhn(wrong)


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_gs1_finds_every_wrong_digit(twelve: str, place: int, more: int) -> None:
    right = next(twelve + str(d) for d in range(10) if payer.gs1(twelve + str(d)))
    assert model.gln(right) == right
    wrong = right[:place] + str((int(right[place]) + more) % 10) + right[place + 1 :]
    with pytest.raises(model.Wrong):
        model.gln(wrong)


def test_a_peppol_id_has_its_scheme() -> None:
    # 7365560000000: GS1 Sweden's prefix 73, the check digit by hand: 3*(3+5+6+0+0+0) + (7+6+5+0+0+0) = 60
    assert model.gln("7365560000000") == "7365560000000"
    assert model.peppol("0007:2120000142") == model.peppol("212000-0142") == "0007:2120000142"
    assert model.peppol("0088:7365560000000") == model.peppol("7365560000000") == "0088:7365560000000"
    assert model.peppol("  ") == model.orgnr(" ") == model.gln("") == ""
    for typed in ("0192:987654325", "0007:", "0007:2120000143", "0088:7365560000001", "peppol"):
        with pytest.raises(model.Wrong):
            model.peppol(typed)


# ---- municipalities and regions ----------------------------------------------------------------------------------------


def test_every_municipality_and_region_is_there_once() -> None:
    bodies = model.bodies()
    towns, regions = [b for b in bodies if not b.region], [b for b in bodies if b.region]
    assert (len(towns), len(regions)) == (290, 21)
    assert len({b.code for b in bodies}) == 311 and len({b.name for b in bodies}) == 311
    assert all(len(b.code) == 4 and b.code[:2] == b.county for b in towns)
    assert {b.county for b in towns} == {b.code for b in regions}
    assert {b.county: b.county_name for b in towns} == {b.code: b.county_name for b in regions}
    per_county = Counter(b.county for b in towns)
    # Statistics Sweden's: municipalities by county since 2007
    assert per_county == dict(
        zip(
            sorted({b.county for b in towns}),
            (26, 8, 9, 13, 13, 8, 12, 1, 5, 33, 6, 49, 16, 12, 10, 15, 10, 7, 8, 15, 14),
            strict=True,
        )
    )


def test_their_organisation_numbers_are_right_where_they_are_known() -> None:
    for b in model.bodies():
        if not b.orgnr:
            assert not b.region, "every region's is known"
            continue
        assert model.orgnr(b.orgnr) == b.orgnr
        assert b.orgnr.startswith("212000" if not b.region or b.name == "Region Gotland" else "232100"), b
        assert model.body_of(b.orgnr) is not None
    both = [b for b in model.bodies() if b.orgnr == "2120000803"]
    assert sorted(b.code for b in both) == ["09", "0980"], "Gotland is both"
    known = [b.orgnr for b in model.bodies() if b.orgnr and b.code != "09"]
    assert len(known) == len(set(known)), "nobody else shares a number"


def test_the_numbers_of_municipalities_follow_the_order_of_their_codes() -> None:
    """As they were given in 1974, from 001 to 278: in the counties whose codes are as they were then."""
    towns = [b for b in model.bodies() if not b.region and b.orgnr]
    assert len(towns) == 282
    serials = {int(b.orgnr[6:9]) for b in towns}
    # Bara is part of Svedala since 1977; what was divided has new numbers, but for those that kept theirs
    assert set(range(1, 279)) - serials == {7, 20, 27, 31, 47, 100, 164, 256, 259, 261}
    as_then = {"03", "04", "05", "07", "08", "13", "17", "18", "20", "21", "22", "23", "25"}
    for county in as_then | {"01"}:
        of_1974 = sorted((b.code, int(b.orgnr[6:9])) for b in towns if b.county == county and b.code != "0331")
        rising = [serial for _code, serial in of_1974 if serial < 279]
        assert rising == sorted(rising), county
    # seven that stand in public registers of their own, from one end to the other
    for name, number in (
        ("Stockholms kommun", "2120000142"), ("Linköpings kommun", "2120000449"), ("Malmö kommun", "2120001124"),
        ("Göteborgs kommun", "2120001355"), ("Örebro kommun", "2120001967"), ("Västerås kommun", "2120002080"),
        ("Umeå kommun", "2120002627"),
    ):  # fmt: skip
        assert model.body_of(number) is not None and model.body_of(number).name == name  # type: ignore[union-attr]


def test_a_few_letters_find_them() -> None:
    assert model.found("ale")[0].name == "Ale kommun"
    assert [b.code for b in model.found("0180")] == ["0180"]
    assert model.found("232100-0255")[0].name == "Region Skåne"
    assert model.found(" ") == [] and len(model.found("a")) == 8

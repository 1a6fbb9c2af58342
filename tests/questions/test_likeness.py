"""Which questions seem to ask the same, and which words are pointed out: with questions as people ask them."""

import time

import pytest

from hybridmote.questions.model.likeness import MOST, OFFERED, SUSPECTED, alike, flagged

# what was asked, and the same asked by somebody else
SAME = [
    ("När kommer den nya skyfallsplanen att gälla?", "När börjar den nya skyfallsplanen gälla?"),
    ("Hur finansierar ni klimatanpassningen?", "Hur ska klimatanpassningen finansieras?"),
    (
        "Har ni räknat på vad det kostar att inte göra något?",
        "Vad kostar det att inte göra något, har ni räknat på det?",
    ),
    (
        "Vilka kommuner är med i nätverket för solceller på skolor?",
        "Vilka kommuner är med i solcellsnätverket på skolor?",
    ),
    ("Kan vi få bilderna efteråt?", "Får vi bilderna efteråt?"),
    ("Hur mäter ni effekten av grönytefaktorn?", "Hur mäts effekten av grönytefaktorn?"),
    ("Vem ansvarar för dagvattnet på privat mark?", "vem ansvarar för DAGVATTNET på privat mark"),
    ("Hur fick ni med er politikerna?", "Hur fick ni politikerna med er på tåget?"),
    (
        "How do you measure the effect of the green space factor?",
        "How is the effect of the green space factor measured?",
    ),
]
# of the same talk, and not the same
DIFFERENT = [
    "Hur finansierar ni klimatanpassningen?",
    "Vilka kommuner har ni jämfört er med?",
    "När börjar den nya översiktsplanen gälla?",
    "Hur mäter ni effekten av grönytefaktorn?",
    "Kan vi få bilderna efteråt?",
    "Vem ansvarar för dagvattnet på privat mark?",
    "Vem ansvarar för snöröjningen på gång- och cykelvägar?",
    "Hur fick ni med er politikerna?",
    "Vad säger lagen om solceller på kulturmärkta byggnader?",
    "Finns det statligt stöd att söka för laddstolpar?",
    "Hur många träd planterades i fjol?",
    "Vad är den största lärdomen?",
]


@pytest.mark.parametrize(("asked", "again"), SAME)
def test_the_same_in_other_words_is_offered(asked: str, again: str) -> None:
    others = {str(n): text for n, text in enumerate(DIFFERENT) if text not in (asked, again)} | {"asked": asked}
    found = alike(again, others)
    assert found and found[0][0] == "asked", found
    assert found[0][1] >= OFFERED


@pytest.mark.parametrize("text", DIFFERENT)
def test_what_is_not_the_same_is_left_alone(text: str) -> None:
    others = {other: other for other in DIFFERENT if other != text}
    assert not alike(text, others, least=SUSPECTED)
    assert len(alike(text, others)) <= 1, "hardly ever offered"


@pytest.mark.parametrize("text", ["", "?", "…", "   "])
def test_nothing_is_like_nothing(text: str) -> None:
    assert alike(text, {"a": "Hur då?", "b": ""}) == []
    assert alike("Hur då?", {"a": text}) == []


def test_questions_of_nothing_but_common_words_are_compared_by_them() -> None:
    assert [id for id, _ in alike("Varför då?", {"same": "varför då", "other": "När kommer det?"})] == ["same"]


def test_the_likest_come_first_and_not_too_many() -> None:
    others = {f"q{n}": f"Hur mäter ni effekten av grönytefaktorn{' i staden' * n}?" for n in range(6)}
    found = alike("Hur mäter ni effekten av grönytefaktorn?", others)
    assert found[0][0] == "q0" and len(found) == MOST
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert found == alike("Hur mäter ni effekten av grönytefaktorn?", dict(reversed(others.items())))


def test_among_five_hundred_it_takes_a_moment() -> None:
    others = {str(n): f"{DIFFERENT[n % len(DIFFERENT)]} {n}" for n in range(500)}
    alike("Hur då?", others)
    began = time.perf_counter()
    for n in range(10):
        alike(f"Hur mäter ni egentligen effekten {n}?", others)
    assert (time.perf_counter() - began) / 10 < 0.02


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Är det en skandal?", ["skandal"], ["skandal"]),
        ("Är det en SKANDAL?", ["Skandal"], ["Skandal"]),
        ("Är det skandalöst?", ["skandal"], []),
        ("Är det skandalöst?", ["skandal*"], ["skandal*"]),
        ("Den stora skandalen, va?", ["skandal*", "stor"], ["skandal*"]),
        ("Vad gör dumma kommunen nu?", ["dumma kommunen"], ["dumma kommunen"]),
        ("Vad gör dumma\nkommunen nu?", ["dumma kommunen"], ["dumma kommunen"]),
        ("Är kommunen dumma?", ["dumma kommunen"], []),
        ("Skicka e-post till mig", ["e-post"], ["e-post"]),
        ("Åäö ÅÄÖ", ["åäö"], ["åäö"]),
        ("Osäkert", ["säker*"], []),
        ("Inget särskilt", ["", "*", " ", "?"], []),
        ("a b", ["b", "a"], ["b", "a"]),
        ("", ["a"], []),
    ],
)
def test_words_are_pointed_out_whole(text: str, words: list[str], found: list[str]) -> None:
    assert flagged(text, words) == found

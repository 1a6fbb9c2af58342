"""Whom some letters mean: the same table holds the script (tests/js/registration.test.mjs) to the same answers."""

import json
from pathlib import Path

import pytest

from hybridmote.registration import model

TABLE = json.loads(Path(__file__).with_name("found.json").read_text("utf-8"))


@pytest.mark.parametrize(("typed", "codes"), TABLE, ids=[repr(row[0]) for row in TABLE])
def test_what_is_typed_finds_whom_it_means(typed: str, codes: list[str] | None) -> None:
    hits = [body.code for body in model.found(typed)]
    assert hits == codes if codes is not None else len(hits) == 8


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Ale kommun", "1440"),
        ("  ale   KOMMUN ", "1440"),
        ("Region Skåne", "12"),
        ("Ale", None),
        ("", None),
        ("Ale AB", None),
    ],
)
def test_who_is_called_just_that_is_meant(typed: str, code: str | None) -> None:
    """As it is where a script chose it: a list that was brought has names, and no codes."""
    body = model.named(typed)
    assert (body.code if body else None) == code

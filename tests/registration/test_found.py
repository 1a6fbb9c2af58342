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

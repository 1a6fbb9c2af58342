"""Fifty thousand guesses at links, at phones' keys and at codes: nobody gets in, and no answer tells more than another. A
few hundred of them are tried every time, all of them by `make test-long`."""

import re
import secrets
import time
from collections import Counter
from collections.abc import Callable
from statistics import median
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hybridmote import limits
from hybridmote.access import find_meeting, guest
from hybridmote.db import reading
from hybridmote.dispatch import dispatch
from tests.matrix.world import CODE_KEY, HERE, NOBODYS_KEY, OLD_PHONE_KEY, World

FEW, LINKS, CODES = 60, 10_000, 20_000  # of each of three kinds of links, and of codes
ALL = [pytest.mark.long, pytest.mark.timeout(900)]
SHAPES: list[Callable[[], str]] = [
    lambda: secrets.token_urlsafe(24),
    lambda: secrets.token_urlsafe(6),
    lambda: "the-link-of-" + secrets.token_hex(4),
    lambda: secrets.token_hex(200),
    lambda: "%00" + secrets.token_hex(8),
    lambda: "%F0%9F%98%80" + secrets.token_hex(4),
]


def blank(page: str) -> str:
    return re.sub(r'name="(csrf_token|next)" value="[^"]+"', "", page)


def code(key: str, typed: str, address: str = "192.0.2.7") -> dict[str, Any]:
    with reading() as db:
        somebody = guest(find_meeting(db, "here"), address)
    return dispatch(somebody, HERE, "way.enter", {"op": str(uuid4()), "key": key, "code": typed})


@pytest.mark.parametrize("guesses", [FEW, pytest.param(LINKS, marks=ALL)])
@pytest.mark.parametrize("kind", ["j", "t", "p"])
def test_guessed_links_open_nothing(kind: str, guesses: int, app: Flask, client: FlaskClient, world: World) -> None:
    limits.configure("", on=False)
    before, answers = world.dump(), Counter[tuple[int, str, str]]()
    for n in range(guesses):
        answer = client.get(f"/{kind}/{SHAPES[n % len(SHAPES)]()}")
        answers[answer.status_code, blank(answer.text), answer.headers.get("Set-Cookie", "")[:11]] += 1
    statuses = {status for status, _, _ in answers}
    bodies = {body for _, body, _ in answers}
    assert statuses == {404} and len(bodies) == 1, f"{len(bodies)} different answers"
    assert world.dump() == before
    assert client.get("/m/here/live").status_code == 401


@pytest.mark.parametrize("guesses", [FEW, pytest.param(CODES, marks=ALL)])
def test_guessed_codes_let_nobody_in(guesses: int, app: Flask, world: World) -> None:
    limits.configure("", on=False)
    grants = world.one("SELECT count(*) FROM grant_")
    answers = Counter[str]()
    for n in range(guesses):
        # a guesser may hold a key that was asked for, or make one up; a code that fits comes once in a million
        typed = f"{n % 1_000_000:06}"
        answers[str(code((CODE_KEY, NOBODYS_KEY, secrets.token_urlsafe(24))[n % 3], typed)["result"])] += 1
    assert world.one("SELECT count(*) FROM grant_") == grants
    assert sum(answers.values()) == guesses and len(answers) == 5, answers  # 4, 3, 2, 1 and 0 tries left
    assert all("'entered': False" in said for said in answers)
    assert not code(CODE_KEY, "123456")["result"]["entered"], "and then it takes a new code"


@pytest.mark.slow
def test_the_time_does_not_tell_whether_an_address_is_known(app: Flask, world: World) -> None:
    limits.configure("", on=False)
    took: dict[str, list[float]] = {"hall@example.org": [], "nobody@example.org": []}
    with reading() as db:
        somebody = guest(find_meeting(db, "here"), "192.0.2.7")
    for n in range(400):
        for email in sorted(took, reverse=n % 2 == 0):
            body = {"op": str(uuid4()), "email": email, "key": secrets.token_urlsafe(24)}
            began = time.perf_counter()
            answer = dispatch(somebody, HERE, "way.code", body)
            took[email].append(time.perf_counter() - began)
            assert answer["result"] == {"sent": True}
    known, unknown = (median(times) for times in took.values())
    assert 0.8 < known / unknown < 1.25, f"{known * 1000:.2f} ms and {unknown * 1000:.2f} ms"


def test_one_address_may_guess_twenty_links_an_hour(app: Flask, client: FlaskClient) -> None:
    for kind in ("p", "j"):
        limits.configure("", on=True)
        statuses = [client.get(f"/{kind}/{n}").status_code for n in range(25)]
        assert statuses == [404] * 20 + [429] * 5


def test_a_key_that_has_grown_old_is_no_guess(app: Flask, client: FlaskClient) -> None:
    assert [client.get(f"/p/{OLD_PHONE_KEY}").status_code for _ in range(25)] == [404] * 25


def test_one_address_may_try_four_hundred_codes_an_hour(app: Flask, world: World) -> None:
    said = [code("k" * 32, "000000").get("code", "ok") for _ in range(405)]
    assert said == ["ok"] * 400 + ["too_many"] * 5
    assert code("k" * 32, "000000", "192.0.2.8")["ok"], "another address is another hall"

"""A screen shows a code, staff type it, and the screen goes on; nothing else opens anything."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hybridmote.db import transaction, utc_now
from hybridmote.participants import pages
from hybridmote.participants.jobs import KEPT, forget_codes
from hybridmote.participants.store import Pairing
from tests.matrix.world import World
from tests.web.conftest import csrf


@pytest.fixture(autouse=True)
def _no_codes(world: World) -> None:
    with transaction() as db:
        for row in db.query(Pairing):
            db.delete(row)


def ask(client: FlaskClient) -> str:
    """Press the button; the code it shows."""
    assert client.post("/screen", data={"csrf_token": csrf(client, "/screen")}).location == "/screen"
    return shown(client)


def shown(client: FlaskClient) -> str:
    found = re.search(r'aria-hidden="true">(\w+)</span></p>', client.get("/screen").text)
    return found[1] if found else ""


def state(client: FlaskClient) -> dict[str, str]:
    return dict(client.get("/screen/pairing").json or {})


def refused(world: World, code: str) -> str:
    """Why the desk does not take a code."""
    answer = world.ask("moderator", "screen.pair", {"code": code})
    assert not answer["ok"]
    return str(answer.get("params", {}).get("why", answer["code"]))


def run_out(code: str, by: timedelta = timedelta(seconds=1)) -> None:
    with transaction() as db:
        db.query(Pairing).filter(Pairing.code == code).one().expires_at = utc_now() - by


def test_looking_changes_nothing_however_often(client: FlaskClient, world: World) -> None:
    before = world.dump()
    for method in ("GET", "HEAD") * 5:
        for path in ("/screen", "/screen/pairing"):
            answer = client.open(path, method=method)
            assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert world.dump() == before
    assert state(client) == {"state": "over"}


@pytest.mark.parametrize(("use", "page"), [("screen", "screen"), ("lectern", "speaker")])
def test_a_code_that_staff_type_lets_that_browser_in(
    app: Flask, client: FlaskClient, world: World, use: str, page: str
) -> None:
    code = ask(client)
    assert state(client) == {"state": "waiting"} and client.get(f"/m/here/{page}").status_code == 401
    world.did("moderator", "screen.pair", code=f" {code[:2]}-{code[2:].lower()}", use=use, name="Stora salen")
    other = app.test_client()
    assert state(other) == {"state": "over"} and other.get(f"/m/here/{page}").status_code == 401
    assert state(client) == {"state": "let_in", "to": f"/m/here/{page}"}
    assert client.get(f"/m/here/{page}").status_code == 200
    assert client.get("/m/there/live").status_code == 401
    again = client.get("/screen")
    assert (again.status_code, again.location) == (302, f"/m/here/{page}"), (
        "a screen that was restarted goes on by itself"
    )


def test_without_a_script_the_page_itself_goes_on(client: FlaskClient, world: World) -> None:
    code = ask(client)
    assert '<noscript><meta http-equiv="refresh"' in client.get("/screen").text
    world.did("moderator", "screen.pair", code=code)
    assert client.get("/screen").location == "/m/here/screen"


def test_a_screen_that_is_ended_shows_a_code_again(client: FlaskClient, world: World) -> None:
    screen = world.did("moderator", "screen.pair", code=ask(client))["screen"]
    assert state(client)["state"] == "let_in"
    world.did("moderator", "screen.unpair", screen=screen)
    for path in ("/m/here/screen", "/m/here/speaker"):
        assert client.get(path).location == "/screen"
    assert client.get("/m/here/live").status_code == 401
    assert state(client) == {"state": "over"}
    world.did("moderator", "screen.pair", code=ask(client))
    assert state(client) == {"state": "let_in", "to": "/m/here/screen"}


def test_a_stranger_at_the_screens_page_is_told_of_the_code(client: FlaskClient) -> None:
    for path in ("/m/here/screen", "/m/here/speaker"):
        answer = client.get(path)
        assert answer.status_code == 401 and 'href="/screen"' in answer.text


def test_a_code_that_has_run_out_opens_nothing_and_is_replaced(client: FlaskClient, world: World) -> None:
    old = ask(client)
    assert ask(client) == old, "pressing twice is asking once"
    run_out(old)
    assert shown(client) == "" and state(client) == {"state": "over"}
    assert refused(world, old) == "no_such_code"
    assert ask(client) not in ("", old)


def test_a_screen_without_contact_when_it_was_let_in_still_finds_its_way(client: FlaskClient, world: World) -> None:
    code = ask(client)
    world.did("moderator", "screen.pair", code=code)
    run_out(code, timedelta(hours=3))
    assert state(client)["state"] == "let_in"


def test_a_code_is_used_once(client: FlaskClient, world: World) -> None:
    code = ask(client)
    world.did("moderator", "screen.pair", code=code)
    assert refused(world, code) == "no_such_code"


def test_to_know_the_id_of_a_code_is_not_to_be_its_screen(app: Flask, client: FlaskClient, world: World) -> None:
    """The secret is in the cookie alone, and the cookie is signed."""
    code = ask(client)
    with client.session_transaction() as mine:
        id, secret = mine["pairing"]
    thief = app.test_client()
    for guess in ("", secret[:-1], code):
        with thief.session_transaction() as cookie:
            cookie["pairing"] = [id, guess]
        world.dump()
        assert state(thief) == {"state": "over"}
    assert secret not in str(world.dump()) and code not in client.get("/m/here").text


def test_codes_come_from_pages_of_ours_alone(client: FlaskClient, world: World) -> None:
    before = world.dump()
    answer = client.post("/screen", data={"csrf_token": "made up"})
    assert answer.status_code == 400 and 'action="/screen"' in answer.text
    assert world.dump() == before


def test_many_codes_from_one_address_are_stopped_and_the_page_says_when_to_go_on(app: Flask, world: World) -> None:
    statuses = []
    for _ in range(61):
        one = app.test_client()
        answer = one.post("/screen", data={"csrf_token": csrf(one, "/screen")})
        statuses.append(answer.status_code)
    assert statuses == [303] * 60 + [429]
    assert int(re.findall(r'data-wait="(\d+)"', answer.text)[0]) > 0
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.9"
    assert ask(elsewhere)


def test_there_are_no_more_codes_than_there_could_be_screens(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_CODES", 2)
    codes = [ask(app.test_client()) for _ in range(2)]
    assert client.post("/screen", data={"csrf_token": csrf(client, "/screen")}).status_code == 503
    run_out(codes[0])
    assert ask(client)


def test_guessing_codes_at_the_desk_is_slow(client: FlaskClient, world: World) -> None:
    code = ask(client)
    guesses = [refused(world, "2345" + sign) for sign in "6789BCDFGHJKMNPQRSTVWXZ" if code != "2345" + sign]
    assert set(guesses[:20]) == {"no_such_code"} and set(guesses[20:]) == {"too_many"}
    assert refused(world, code) == "too_many"


def test_codes_that_nobody_shows_are_forgotten(client: FlaskClient, world: World) -> None:
    old = ask(client)
    run_out(old, KEPT + timedelta(minutes=1))
    with transaction() as db:
        db.add(Pairing(id="new", code="NEW22", secret_hash="", expires_at=utc_now() - KEPT / 2))
    forget_codes({}, lambda _: None)
    with transaction() as db:
        assert [row.id for row in db.query(Pairing)] == ["new"]


def test_staff_are_told_what_becomes_of_their_browser(
    client: FlaskClient, browser_of: Callable[..., FlaskClient]
) -> None:
    with client.session_transaction() as cookie:
        cookie["account"] = ["nobody", "x"]
    assert "another browser" in client.get("/screen", headers={"Accept-Language": "en"}).text
    assert "another browser" not in browser_of("web").get("/screen", headers={"Accept-Language": "en"}).text

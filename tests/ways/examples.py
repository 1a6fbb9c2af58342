"""How each command of the ways in succeeds, who may use it, and what people try with it."""

from random import Random
from typing import Any

from tests.matrix.declared import ANYBODY, NOBODY, PERSONS, Body, Example, Text, example, tries
from tests.matrix.world import CODE_KEY, HERE, JOIN_CODES, NOBODYS_KEY, PHONE_KEY, SPENT_KEY, SYSTEM, World

NEW_KEY = "a-key-that-nobody-has-had-before"
DEVICE = {"device": Text(60, optional=True)}
NO = {"entered": False, "person": None, "grant": None}


def letters(world: World) -> int:
    return int(world.one("SELECT count(*) FROM letter WHERE template = 'code'"))


@example("way.code", may=ANYBODY)
def somebody_asks_for_a_code(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"sent": True}
        asked = "SELECT count(*) FROM one_time_code WHERE email = 'hall@example.org' AND meeting_id = :m"
        assert world.one(asked, m=HERE) == 2
        assert letters(world) == 0, "who it is is looked up later"

    return Example("quiet", {"email": "Hall@example.org", "key": NEW_KEY}, check)


@example("way.code")
def somebody_asks_by_an_address_that_is_nobodys(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"sent": True} and letters(world) == 0

    return Example("screen", {"email": "who@example.org", "key": NEW_KEY}, check)


@tries("way.code")
def ask_for_anybody(world: World, rnd: Random) -> Body:
    addresses = ["hall@example.org", "web@räksmörgås.example", "speaker@example.org", "nobody@example.org"]
    return {"email": rnd.choice(addresses), "key": "".join(rnd.choice("abcdef01") for _ in range(32))}


@example("way.send_code", may=NOBODY)
def the_letter_is_left(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert letters(world) == 0, "it has been left already"

    return Example(SYSTEM, {"id": "o-web"}, check)


@example("way.send_code")
def no_letter_is_left_to_nobody(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert letters(world) == 0

    return Example(SYSTEM, {"id": "o-nobody"}, check)


@example("way.enter", may=ANYBODY, texts=DEVICE)
def a_code_lets_in(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result["entered"] and result["person"] == "p-web"
        (row,) = world.all("SELECT participant_id, how, device FROM grant_ WHERE id = :g", g=result["grant"])
        assert tuple(row) == ("p-web", "code", "Firefox, Android")
        assert world.one("SELECT used_at FROM one_time_code WHERE id = 'o-web'") is not None

    return Example("quiet", {"key": CODE_KEY, "code": "123 456", "device": "Firefox, Android"}, check)


@example("way.enter")
def a_wrong_code_is_counted(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == NO | {"left": 4}
        assert world.one("SELECT tries FROM one_time_code WHERE id = 'o-web'") == 1

    return Example("screen", {"key": CODE_KEY, "code": "654321"}, check)


@example("way.enter")
def no_code_fits_an_address_that_is_nobodys(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == NO | {"left": 4}

    return Example("quiet", {"key": NOBODYS_KEY, "code": "123456"}, check)


@example("way.enter")
def after_five_tries_the_right_one_does_not_fit_either(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == NO | {"left": 0}

    return Example("quiet", {"key": SPENT_KEY, "code": "123456"}, check)


@tries("way.enter")
def try_codes(world: World, rnd: Random) -> Body:
    return {"key": rnd.choice([CODE_KEY, NOBODYS_KEY, SPENT_KEY]), "code": rnd.choice(["123456", "000000", "x"])}


@example("way.phone", may=PERSONS)
def a_way_for_ones_own_phone(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT participant_id, by, used_at FROM phone_key WHERE id = :k", k=result["id"])
        assert tuple(row) == ("p-hall", "g-hall", None)
        assert world.one("SELECT count(*) FROM phone_key WHERE participant_id = 'p-hall'") == 1, (
            "the one before is gone"
        )

    return Example("hall", {"key": NEW_KEY}, check)


@tries("way.phone")
def show_a_code(world: World, rnd: Random) -> Body:
    return {"key": "".join(rnd.choice("abcdef01") for _ in range(32))}


@example("way.take", may=ANYBODY, texts=DEVICE)
def the_phone_comes_in(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result["person"] == "p-hall"
        (row,) = world.all("SELECT participant_id, how FROM grant_ WHERE id = :g", g=result["grant"])
        assert tuple(row) == ("p-hall", "phone")
        assert world.one("SELECT used_at FROM phone_key WHERE id = 'k-hall'") is not None

    return Example("screen", {"key": PHONE_KEY}, check)


@example("way.end", may=PERSONS)
def one_of_ones_own_devices_is_ended(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT revoked_at FROM grant_ WHERE id = 'g-quiet'") is not None

    return Example("quiet", {"id": "g-quiet"}, check)


@tries("way.end")
def end_somebodys(world: World, rnd: Random) -> Body:
    return {"id": rnd.choice(["g-quiet", "g-hall", "g-web", "g-their_guest"])}


@example("way.walk_in", may=ANYBODY, texts={"name": Text(100), "organisation": Text(120, optional=True), **DEVICE})
def somebody_comes_in_from_the_street(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result["may"] == "ask"
        (row,) = world.all("SELECT name, roles, walk_in FROM participant WHERE id = :p", p=result["person"])
        assert (row.name, row.roles, bool(row.walk_in)) == ("Somebody", "asker", True)
        assert world.one("SELECT how FROM grant_ WHERE id = :g", g=result["grant"]) == "walk_in"

    return Example("screen", {"code": JOIN_CODES[HERE].lower(), "name": "Somebody", "organisation": "A school"}, check)


@example("check.report", may=PERSONS, texts={"browser": Text(60, optional=True)})
def somebody_has_tried(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"overall": "less"}
        (row,) = world.all(
            "SELECT transport, rtt, down, browser FROM connection_check WHERE participant_id = 'p-quiet'"
        )
        assert tuple(row) == ("websocket", 30, 900, "Firefox, Windows")

    body = {"transport": "websocket", "rtt": 30, "down": 900, "browser": "Firefox, Windows"}
    return Example("quiet", body, check)


@example("check.report")
def the_latest_counts(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"overall": "works"}
        assert world.one("SELECT transport FROM connection_check WHERE participant_id = 'p-web'") == "websocket"
        assert world.one("SELECT down FROM connection_check WHERE participant_id = 'p-web'") is None

    return Example("web", {"transport": "websocket", "sound": "yes", "camera": "works", "microphone": "works"}, check)

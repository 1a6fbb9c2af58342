"""Who takes part, found by name: for moderators, who ask on somebody's behalf."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.matrix.world import World

Browsers = Callable[[str], FlaskClient]


def found(client: FlaskClient, name: str) -> list[dict[str, Any]]:
    answer = client.get("/m/here/people", query_string={"name": name})
    assert answer.status_code == 200
    people: list[dict[str, Any]] = answer.json["people"]
    return people


def test_a_name_or_an_organisation_finds_who_it_is(browser_of: Browsers, world: World) -> None:
    moderator = browser_of("moderator")
    name = world.one("SELECT name FROM participant WHERE id = 'p-web'")
    for typed in (name, name.upper(), name[-3:]):
        (one,) = [one for one in found(moderator, typed) if one["id"] == "p-web"]
        assert one["name"] == name and set(one) == {"id", "name", "organisation", "staff", "muted", "walk_in"}


@pytest.mark.parametrize("typed", ["", " ", "a", "%", "__", "nobody is called this"])
def test_too_little_or_nothing_finds_nobody(browser_of: Browsers, typed: str) -> None:
    assert found(browser_of("moderator"), typed) == []


def test_screens_are_nobody_and_other_meetings_have_their_own(browser_of: Browsers, world: World) -> None:
    ids = {one["id"] for letters in ("ar", "er", "en", "or", "an") for one in found(browser_of("moderator"), letters)}
    screens = {row.id for row in world.all("SELECT id FROM participant WHERE roles IN ('screen', 'lectern', '')")}
    here = {row.id for row in world.all("SELECT id FROM participant WHERE meeting_id = 'm-here'")}
    assert ids and not ids & screens and ids <= here


def test_it_is_not_for_those_who_take_part(browser_of: Browsers) -> None:
    assert browser_of("web").get("/m/here/people?name=an").status_code == 403


def test_those_who_are_muted_are_all_there_whether_or_not_they_have_asked(browser_of: Browsers, world: World) -> None:
    moderator = browser_of("moderator")

    def muted() -> dict[str, object]:
        answer = moderator.get("/m/here/people?muted=true")
        return {one["id"]: one["muted"] for one in answer.json["people"]}

    before = set(muted())
    world.did("moderator", "person.mute", person="p-quiet", reason="Lugn nu.")
    assert set(muted()) == before | {"p-quiet"} and muted()["p-quiet"] == {"reason": "Lugn nu.", "until": None}
    desk = moderator.get("/m/here/moderate", headers={"Accept-Language": "en"}).text
    assert "Reason: Lugn nu." in desk and "until somebody unmutes them" in desk
    world.did("moderator", "person.unmute", person="p-quiet")
    assert set(muted()) == before
    assert browser_of("web").get("/m/here/people?muted=true").status_code == 403


def test_who_has_asked_nothing_is_found_and_muted_by_a_plain_form(browser_of: Browsers, world: World) -> None:
    moderator = browser_of("moderator")
    name = world.one("SELECT name FROM participant WHERE id = 'p-quiet'")
    page = moderator.get("/m/here/moderate", query_string={"who": name}).text
    assert 'name="person" value="p-quiet"' in page
    staff = world.one("SELECT name FROM participant WHERE id = 'p-organiser'")
    page = moderator.get("/m/here/moderate", query_string={"who": staff}, headers={"Accept-Language": "en"}).text
    assert "is staff, and cannot be muted" in page and 'name="person" value="p-organiser"' not in page

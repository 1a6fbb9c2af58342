"""Setting the programme up by plain forms: what is sent, what comes back, and who may."""

import gzip
import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hybridmote.exchange import read_in
from tests.matrix.world import World
from tests.programme.large import large
from tests.web.conftest import csrf

Browsers = Callable[[str], FlaskClient]
PAGE = "/m/here/desk/programme"
ALL = {"title": "x", "kind": "talk", "begins": "", "ends": "", "speakers": "", "minimum": "", "promised": "false"}


@pytest.fixture
def organiser(browser_of: Browsers) -> FlaskClient:
    client = browser_of("organiser")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def send(client: FlaskClient, command: str, path: str = PAGE, **fields: str) -> TestResponse:
    form = {"csrf_token": csrf(client, path), "op": str(uuid4()), "page": "desk/programme", **fields}
    return client.post(f"/m/here/do/programme.{command}", data=form)


def field(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return found[1]


def test_only_organisers_set_it_up(browser_of: Browsers, client: FlaskClient) -> None:
    for who in ("moderator", "web", "speaker"):
        assert browser_of(who).get(PAGE).status_code == 403
        assert browser_of(who).get(f"{PAGE}/checklist").status_code == 403
    assert client.get(PAGE).status_code == 401
    assert browser_of("organiser").get(PAGE).status_code == 200


def test_the_open_item_has_its_form_and_the_others_have_none(organiser: FlaskClient) -> None:
    assert '<form class="edit"' not in organiser.get(PAGE).text
    page = organiser.get(f"{PAGE}?item=i-second_talk").text
    assert page.count('<form class="edit"') == 1 and field(page, "title") == "Item i-second_talk"
    for odd in ("i-removed", "i-their_talk", "nothing", "%00", "<script>"):
        assert '<form class="edit"' not in organiser.get(f"{PAGE}?item={odd}").text


def test_a_field_that_is_emptied_is_empty(organiser: FlaskClient, world: World) -> None:
    page = organiser.get(f"{PAGE}?item=i-second_talk").text
    same = {name: field(page, name) for name in ("title", "begins", "ends", "expected_version")}
    answer = send(
        organiser,
        "edit",
        f"{PAGE}?item=i-second_talk",
        item="i-second_talk",
        minimum="",
        speakers="",
        promised="true",
        **same,
    )
    assert answer.status_code == 303, answer.text
    row = world.all("SELECT minimum, promised, title FROM item WHERE id = 'i-second_talk'")[0]
    assert tuple(row) == (None, True, "Item i-second_talk")


def test_speakers_stand_one_a_line(organiser: FlaskClient, world: World) -> None:
    lines = "A name | role | a county\r\n\r\n | chairs\r\nAnother"
    send(organiser, "edit", item="i-second_talk", speakers=lines, expected_version="1")
    told = "SELECT name, role, organisation FROM speaker WHERE item_id = 'i-second_talk' ORDER BY position"
    assert world.all(told) == [("A name", "role", "a county"), ("", "chairs", ""), ("Another", "", "")]


def test_what_is_refused_stands_in_the_form_with_the_reason(organiser: FlaskClient, world: World) -> None:
    before = world.dump()
    answer = send(
        organiser, "edit", item="i-second_talk", expected_version="1", **ALL | {"begins": "nine", "title": "Ö&ö"}
    )
    assert answer.status_code == 422 and "Write a time as 9.05" in answer.text
    assert field(answer.text, "begins") == "nine" and field(answer.text, "title") == "Ö&amp;ö"
    answer = send(organiser, "add", day="2026-01-01", **ALL | {"begins": "9.00", "ends": "10.00"})
    assert answer.status_code == 422 and "outside the days" in answer.text and field(answer.text, "begins") == "9.00"
    after = world.dump()
    assert [t for t in before if t not in ("op", "meeting") and before[t] != after[t]] == []


def test_two_at_once_see_both_texts(organiser: FlaskClient, world: World) -> None:
    assert send(organiser, "edit", item="i-lunch", expected_version="1", title="Lunch by the water").status_code == 303
    answer = send(
        organiser, "edit", item="i-lunch", expected_version="1", **ALL | {"title": "Lunch indoors", "kind": "break"}
    )
    assert answer.status_code == 409
    assert field(answer.text, "title") == "Lunch indoors" and "Lunch by the water</span>" in answer.text
    version = field(answer.text, "expected_version") if 'name="expected_version" value' in answer.text else ""
    assert version == str(world.one("SELECT version FROM item WHERE id = 'i-lunch'"))
    times = {name: field(organiser.get(f"{PAGE}?item=i-lunch").text, name) for name in ("begins", "ends")}
    again = send(organiser, "edit", item="i-lunch", expected_version=version, title="Lunch indoors", **times)
    assert again.status_code == 303


def test_deleted_is_offered_back_also_later(organiser: FlaskClient, world: World) -> None:
    send(organiser, "delete", item="i-lunch", expected_version="1")
    page = organiser.get(PAGE).text
    assert "is deleted." in page and 'value="i-lunch"' in page
    assert send(organiser, "restore", item="i-lunch", anchor="i-lunch").location == f"{PAGE}#i-lunch"
    assert world.one("SELECT NOT removed FROM item WHERE id = 'i-lunch'")


def test_moving_by_forms(organiser: FlaskClient, world: World) -> None:
    send(organiser, "move", item="i-dropped", before="i-second_talk", retime="true", expected_version="1")
    send(
        organiser,
        "move",
        item="i-second_talk",
        parent="i-lunch",
        expected_version=str(_version(world, "i-second_talk")),
    )
    assert world.one("SELECT parent_id FROM item WHERE id = 'i-second_talk'") == "i-lunch"
    send(organiser, "move", item="i-second_talk", parent="", expected_version=str(_version(world, "i-second_talk")))
    assert world.one("SELECT parent_id FROM item WHERE id = 'i-second_talk'") is None


def _version(world: World, item: str) -> int:
    return int(world.one("SELECT version FROM item WHERE id = :i", i=item))


def test_the_checklist_is_in_the_readers_words(organiser: FlaskClient, browser_of: Browsers) -> None:
    path = f"{PAGE}/checklist"
    (told,) = organiser.get(path).json or []
    words = "and the rest have no picture for the web"
    assert told == {"what": "no_pictures", "item": "i-talk", "title": "Item i-talk", "words": words}
    send(organiser, "edit", item="i-coffee", expected_version="1", promised="false", title="")
    assert "has no title" in organiser.get(PAGE).text and "is a break that is not promised" in organiser.get(PAGE).text
    swedish = browser_of("organiser")
    swedish.environ_base["HTTP_ACCEPT_LANGUAGE"] = "sv"
    found = [one["words"] for one in swedish.get(path).json or []]
    assert "saknar rubrik" in found and "är en paus som inte är utsatt" in found


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", '"><b>', "{{ 7*7 }}", "</textarea>x"])
def test_what_is_typed_is_inert(organiser: FlaskClient, typed: str) -> None:
    send(
        organiser,
        "edit",
        item="i-lunch",
        expected_version="1",
        title=typed,
        description=typed,
        speakers=typed,
        track=typed[:9],
    )
    body = organiser.get(f"{PAGE}?item=i-lunch").text.split('id="boot"')[0]
    assert "<script>alert" not in body and "</textarea>x<" not in body and not re.search(r">\s*49\s*<", body)


def test_a_large_programme_is_a_small_page(organiser: FlaskClient, world: World) -> None:
    """Four days, four tracks, some 150 items: the editor weighs less than a photo of the poster."""
    made = read_in(large("large"))
    large_one = organiser.application.test_client()
    answer = large_one.get("/m/large/desk/programme", headers={"Authorization": f"Bearer {made.token}"})
    assert answer.status_code == 200 and answer.text.count('class="plan__open"') == made.items > 150
    assert len(gzip.compress(answer.data)) < 40_000
    assert large_one.get("/m/large/desk/programme/checklist", headers={"Authorization": f"Bearer {made.token}"}).json

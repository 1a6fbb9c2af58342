"""The pages without a script: plain forms do what the socket does, and lose nothing that was typed."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from tests.matrix.world import World
from tests.web.conftest import csrf

Browsers = Callable[[str], FlaskClient]


def send(client: FlaskClient, command: str, page: str = "live", **fields: str) -> object:
    token = csrf(client, f"/m/here/{page}")
    return client.post(f"/m/here/do/{command}", data={"csrf_token": token, "op": str(uuid4()), "page": page, **fields})


def test_a_question_is_asked_and_the_page_comes_back(browser_of: Browsers, world: World) -> None:
    answer = send(browser_of("web"), "question.ask", text="Räcker vattnet på Öland?", hide_name="true")
    assert answer.status_code == 303 and answer.location == "/m/here/live"
    assert world.one("SELECT name_hidden FROM question WHERE text = :t", t="Räcker vattnet på Öland?")


def test_the_page_shows_my_question_and_its_state(browser_of: Browsers) -> None:
    client = browser_of("web")
    send(client, "question.ask", text="Räcker vattnet på Öland?")
    page = client.get("/m/here/live", headers={"Accept-Language": "en"}).text
    assert "Räcker vattnet på Öland?" in page and "Waiting for a moderator" in page


def test_the_same_form_sent_twice_asks_once(browser_of: Browsers, world: World) -> None:
    client = browser_of("web")
    form = {"csrf_token": csrf(client, "/m/here/live"), "op": str(uuid4()), "page": "live", "text": "En gång bara?"}
    assert [client.post("/m/here/do/question.ask", data=form).status_code for _ in range(3)] == [303] * 3
    assert world.one("SELECT count(*) FROM question WHERE text = 'En gång bara?'") == 1


@pytest.mark.parametrize(("language", "words"), [("sv", "för lång"), ("en", "too long")])
def test_what_is_refused_stands_in_the_field_again_with_the_reason(
    browser_of: Browsers, language: str, words: str
) -> None:
    client = browser_of("web")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    text = "Hur gör ni? " * 60
    answer = send(client, "question.ask", text=text)
    assert answer.status_code == 422
    assert text.strip() in re.sub(r"\s+", " ", answer.text) and words in answer.text


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "</textarea><b>", "{{ 7*7 }}", '" onfocus="x'])
def test_what_is_typed_is_inert(browser_of: Browsers, typed: str) -> None:
    client = browser_of("web")
    send(client, "question.ask", text=typed)
    page = client.get("/m/here/live").text
    body = page.split('id="boot"')[0]
    if "<" in typed or '"' in typed:
        assert typed not in body
    assert "<script>alert" not in page and not re.search(r">\s*49\s*<", body)


def test_without_the_pages_own_token_nothing_happens(browser_of: Browsers, world: World) -> None:
    client, before = browser_of("web"), world.dump()
    for token in ("", "wrong"):
        form = {"csrf_token": token, "op": str(uuid4()), "page": "live", "text": "Nej"}
        answer = client.post("/m/here/do/question.ask", data=form)
        assert answer.status_code == 400 and "Nej" in answer.text
    assert world.dump() == before


def test_a_form_that_names_no_page_of_ours_is_refused(browser_of: Browsers) -> None:
    assert send(browser_of("web"), "question.ask", text="Hej?").status_code == 303
    client = browser_of("web")
    form = {
        "csrf_token": csrf(client, "/m/here/live"),
        "op": str(uuid4()),
        "page": "https://elsewhere.example",
        "text": "x",
    }
    assert client.post("/m/here/do/question.ask", data=form).status_code == 400


def test_a_moderator_runs_the_desk_by_forms_alone(browser_of: Browsers, world: World) -> None:
    client = browser_of("moderator")
    steps = [
        ("question.approve", {"id": "q-pending"}),
        ("question.reject", {"id": "q-pending_hidden", "reason": "Den rör ett enskilt ärende."}),
        ("question.take", {"id": "q-pending"}),
        ("question.answer", {"id": "q-pending"}),
        ("programme.next", {"expected_version": str(world.version()), "track": ""}),
    ]
    for command, fields in steps:
        assert send(client, command, "moderate", **fields).status_code == 303, command
    assert world.one("SELECT state FROM question WHERE id = 'q-pending'") == "answered"
    assert world.one("SELECT reason FROM question WHERE id = 'q-pending_hidden'") == "Den rör ett enskilt ärende."


def test_a_press_on_an_old_page_says_that_somebody_was_faster(browser_of: Browsers, world: World) -> None:
    old = str(world.version())
    world.did("second_moderator", "programme.next", expected_version=int(old))
    answer = send(browser_of("moderator"), "programme.next", "moderate", expected_version=old)
    assert answer.status_code == 409 and 'role="alert"' in answer.text


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/ok\nx"])
def test_nobody_is_sent_to_another_site(client: FlaskClient, to: str) -> None:
    form = {"csrf_token": csrf(client, "/"), "language": "en", "next": to}
    answer = client.post("/language", data=form)
    assert answer.status_code == 303 and answer.location == "/"


def test_the_language_chosen_by_hand_stays(client: FlaskClient) -> None:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "sv"
    assert 'lang="sv"' in client.get("/sign-in").text
    client.post("/language", data={"csrf_token": csrf(client, "/"), "language": "en", "next": "/sign-in"})
    assert '<html lang="en"' in client.get("/sign-in").text

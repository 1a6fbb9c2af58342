"""HTTP for programs: commands, the whole picture, what has changed, and the description of it all."""

from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator

from hybridmote.dispatch import COMMANDS
from tests.matrix.world import World

API = "/api/v1/m/here"


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer the-link-of-{key}"}


def command(client: FlaskClient, who: str, name: str, **body: Any) -> Any:
    return client.post(f"{API}/commands/{name}", headers=bearer(who), json={"op": str(uuid4()), **body})


def test_a_command_answers_with_its_result_and_seq(client: FlaskClient, world: World) -> None:
    answer = command(client, "web", "question.ask", text="Hej?")
    assert answer.status_code == 200 and answer.json["ok"] and answer.json["seq"] == world.seq()
    assert world.one("SELECT text FROM question WHERE id = :i", i=answer.json["result"]["id"]) == "Hej?"


@pytest.mark.parametrize(
    ("who", "name", "body", "status", "code"),
    [
        ("nobody", "question.ask", {"text": "x"}, 401, "unknown_caller"),
        ("gone", "question.ask", {"text": "x"}, 401, "unknown_caller"),
        ("web", "question.approve", {"id": "q-pending"}, 403, "role"),
        ("web", "programme.drift", {}, 404, "no_such_command"),
        ("web", "no.such", {}, 404, "no_such_command"),
        ("moderator", "question.approve", {"id": "q-their_pending"}, 404, "not_found"),
        ("web", "question.upvote", {"id": "q-pending", "on": True}, 404, "not_found"),
        ("moderator", "programme.next", {"expected_version": 0}, 409, "stale"),
        ("web", "question.ask", {"text": ""}, 422, "empty"),
        ("web", "question.ask", {"text": "x", "evil": 1}, 422, "unknown_field"),
    ],
)
def test_a_refusal_is_a_problem_document(
    client: FlaskClient, who: str, name: str, body: dict[str, Any], status: int, code: str
) -> None:
    answer = command(client, who, name, **body)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["code"] == code and answer.json["status"] == status
    assert answer.json["title"] and answer.json["detail"] and answer.json["type"].startswith("/api/docs#")


def test_a_problem_reads_in_the_readers_language(client: FlaskClient) -> None:
    said = {
        language: client.post(
            f"{API}/commands/question.ask",
            headers={**bearer("web"), "Accept-Language": language},
            json={"op": str(uuid4()), "text": ""},
        ).json["title"]
        for language in ("sv", "en")
    }
    assert said["en"] == "Nothing is written" and said["sv"] != said["en"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"null", b"\xff\xfe", b"{}" * 3])
def test_what_is_no_json_object_is_malformed(client: FlaskClient, body: bytes) -> None:
    answer = client.post(f"{API}/commands/question.ask", headers=bearer("web"), data=body)
    assert answer.status_code == 400 and answer.json["code"] == "malformed"


def test_a_large_body_is_refused_and_named_so(client: FlaskClient) -> None:
    answer = client.post(
        f"{API}/commands/question.ask", headers=bearer("web"), json={"op": str(uuid4()), "text": "x" * 1_000_000}
    )
    assert answer.status_code == 413 and answer.json["code"] == "too_large"


def test_too_many_are_told_when_to_come_back(client: FlaskClient) -> None:
    statuses = [command(client, "web", "question.ask", text=f"Fråga {n}?") for n in range(12)]
    last = statuses[-1]
    assert last.status_code == 429 and int(last.headers["Retry-After"]) == last.json["retry_after"] > 0


def test_changes_take_the_old_picture_to_the_new(client: FlaskClient, world: World) -> None:
    before = client.get(f"{API}/state", headers=bearer("web")).json
    since = before["layers"]["public"]["seq"]
    world.did("moderator", "question.approve", id="q-pending")
    world.did("web", "question.upvote", id="q-pending", on=True)
    news = client.get(f"{API}/changes?since={since}&epoch={before['epoch']}", headers=bearer("web")).json
    layers = {a: deepcopy(layer["topics"]) for a, layer in before["layers"].items()}
    for audience, change in news["changes"].items():
        assert change["from"] == since and change["to"] == news["to"]
        for topic, objects in change["set"].items():
            for object_id, view in objects.items():
                if view is None:
                    layers[audience][topic].pop(object_id, None)
                else:
                    layers[audience][topic][object_id] = view
    after = client.get(f"{API}/state", headers=bearer("web")).json
    assert layers == {a: layer["topics"] for a, layer in after["layers"].items()}
    assert layers != {a: layer["topics"] for a, layer in before["layers"].items()}


def test_another_history_or_a_pruned_log_is_gone(client: FlaskClient, world: World) -> None:
    seq = world.seq()
    for query in (f"since={seq}&epoch=another", f"since={seq + 10}"):
        assert client.get(f"{API}/changes?{query}", headers=bearer("web")).status_code == 410
    world.write("UPDATE meeting SET pruned = seq, seq = seq + 3 WHERE id = 'm-here'")
    assert client.get(f"{API}/changes?since={max(0, seq - 1)}", headers=bearer("web")).status_code == (
        410 if seq else 200
    )


@pytest.mark.parametrize("since", ["", "x", "-1", "1e9", "9" * 40])
def test_since_must_be_a_number_that_was_heard(client: FlaskClient, since: str) -> None:
    assert client.get(f"{API}/changes?since={since}", headers=bearer("web")).status_code in (410, 422)


def test_a_cookie_alone_changes_nothing(browser_of: Any, world: World) -> None:
    browser, before = browser_of("web"), world.dump()
    body = {"op": str(uuid4()), "text": "Hej?"}
    assert browser.post(f"{API}/commands/question.ask", json=body).status_code == 400
    assert world.dump() == before


def test_the_description_is_valid_and_complete(client: FlaskClient, app: Flask) -> None:
    document = client.get("/api/v1/openapi.json").json
    OpenAPIV31SpecValidator(document).validate()
    commands = {name for name, c in COMMANDS.items() if c.role != "system"}
    paths = {p.removeprefix("/api/v1/m/{slug}/commands/") for p in document["paths"] if "/commands/" in p}
    assert paths == commands
    routes = {r.rule.replace("<slug>", "{slug}") for r in app.url_map.iter_rules() if r.rule.startswith("/api/v1/m/")}
    assert {p for p in document["paths"] if "/commands/" not in p} == {r for r in routes if "/commands/" not in r}


@pytest.mark.slow
def test_generated_requests_never_break_it_and_answer_as_described(app: Flask) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    seen = 0
    for operation in schema.get_all_operations():
        api_operation = operation.ok()

        @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=api_operation.as_strategy())
        def attack(case: Any) -> None:
            nonlocal seen
            case.path_parameters = {**(case.path_parameters or {}), "slug": "here"}
            case.headers = {**(case.headers or {}), **bearer("moderator")}
            response = case.call()
            seen += 1
            assert response.status_code < 500, response.text

        attack()
    assert seen > 50

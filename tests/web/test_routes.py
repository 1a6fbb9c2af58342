"""Every address the product answers at is declared here, with who may and what comes; an undeclared one fails."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hybridmote.files import scripts_of
from hybridmote.strings import strings

# rule: (methods, status for a stranger, status for a participant, for a moderator)
ROUTES: dict[str, tuple[str, int, int, int]] = {
    "/": ("GET", 200, 200, 200),
    "/accessibility": ("GET", 200, 200, 200),
    "/privacy": ("GET", 200, 200, 200),
    "/sign-in": ("GET POST", 200, 200, 200),
    "/sign-out": ("POST", 400, 400, 400),
    "/language": ("POST", 400, 400, 400),
    "/j/<token>": ("GET POST", 404, 404, 404),
    "/m/<slug>": ("GET", 200, 200, 200),
    "/m/<slug>/live": ("GET", 401, 200, 200),
    "/m/<slug>/moderate": ("GET", 401, 403, 200),
    "/m/<slug>/people": ("GET", 401, 403, 200),
    "/m/<slug>/programme/preview": ("GET", 401, 403, 422),
    "/m/<slug>/now": ("GET", 200, 200, 200),
    "/m/<slug>/programme.ics": ("GET", 200, 200, 200),
    "/m/<slug>/calendar/<token>.ics": ("GET", 404, 404, 404),
    "/api/v1/m/<slug>/now": ("GET", 200, 200, 200),
    "/m/<slug>/screen": ("GET", 401, 200, 200),
    "/m/<slug>/speaker": ("GET", 401, 403, 200),
    "/screen": ("GET POST", 200, 200, 200),
    "/screen/pairing": ("GET", 200, 200, 200),
    "/m/<slug>/desk/": ("GET", 401, 403, 403),
    "/m/<slug>/desk/checklist": ("GET", 401, 403, 403),
    "/m/<slug>/desk/preview": ("POST", 401, 403, 403),
    "/m/<slug>/desk/programme": ("GET", 401, 403, 403),
    "/m/<slug>/desk/programme/checklist": ("GET", 401, 403, 403),
    "/m/<slug>/desk/mail": ("GET", 401, 403, 403),
    "/m/<slug>/desk/mail/preview": ("GET POST", 401, 403, 403),
    "/m/<slug>/desk/mail/addresses": ("POST", 401, 403, 403),
    "/m/<slug>/desk/mail/<letter>": ("GET", 401, 403, 403),
    "/m/<slug>/desk/mail/<letter>.html": ("GET", 401, 403, 403),
    "/u/<token>": ("GET POST", 404, 404, 404),
    "/m/<slug>/desk/fees": ("GET POST", 401, 403, 403),
    "/m/<slug>/desk/people": ("GET", 401, 403, 403),
    "/m/<slug>/desk/people.json": ("GET", 401, 403, 403),
    "/m/<slug>/desk/people.<any(csv, xlsx):kind>": ("GET", 401, 403, 403),
    "/m/<slug>/desk/people/<id>": ("GET POST", 401, 403, 403),
    "/m/<slug>/desk/enrol": ("GET POST", 401, 403, 403),
    "/m/<slug>/desk/import": ("GET POST", 401, 403, 403),
    "/m/<slug>/desk/needs": ("GET", 401, 403, 403),
    "/m/<slug>/desk/needs.<any(csv, xlsx):kind>": ("GET", 401, 403, 403),
    "/m/<slug>/desk/invoices": ("GET", 401, 403, 403),
    "/m/<slug>/desk/invoices/<batch>.<any(csv, xlsx):kind>": ("GET", 401, 403, 403),
    "/m/<slug>/desk/arrivals": ("GET", 401, 403, 200),
    "/m/<slug>/desk/arrivals.json": ("GET", 401, 403, 200),
    "/m/<slug>/desk/badges.pdf": ("GET", 401, 403, 403),
    "/b/<id>": ("GET", 200, 200, 200),
    "/m/<slug>/register": ("GET", 200, 302, 200),  # who has a place goes on to it
    "/m/<slug>/place": ("GET", 401, 200, 200),
    "/m/<slug>/link": ("GET", 200, 200, 200),
    "/t/<token>": ("GET POST", 404, 404, 404),
    "/m/<slug>/join": ("GET", 200, 200, 200),
    "/m/<slug>/phone": ("GET POST", 401, 200, 200),
    "/m/<slug>/phone/state": ("GET", 401, 200, 200),
    "/p/<token>": ("GET POST", 404, 404, 404),
    "/m/<slug>/check": ("GET", 200, 200, 200),
    "/m/<slug>/check/line": ("GET POST", 200, 200, 200),
    "/m/<slug>/desk/ready": ("GET", 401, 403, 403),
    "/registration/bodies.json": ("GET", 200, 200, 200),
    "/m/<slug>/slides/<item>": ("POST", 401, 403, 400),
    "/m/<slug>/slides/<deck>": ("GET", 401, 404, 200),
    "/m/<slug>/slides/<deck>.json": ("GET", 401, 404, 409),
    "/m/<slug>/slides/<deck>/<int:number>.webp": ("GET", 401, 404, 404),
    "/m/<slug>/questions/similar": ("GET", 401, 200, 200),
    "/m/<slug>/desk/questions.csv": ("GET", 401, 403, 200),
    "/m/<slug>/desk/questions.xlsx": ("GET", 401, 403, 200),
    "/m/<slug>/desk/questions.json": ("GET", 401, 403, 200),
    "/m/<slug>/desk/questions.pdf": ("GET", 401, 403, 200),
    "/m/<slug>/desk/audit": ("GET", 401, 403, 200),
    "/m/<slug>/desk/audit.csv": ("GET", 401, 403, 200),
    "/m/<slug>/polls/<poll>.csv": ("GET", 401, 403, 200),
    "/m/<slug>/do/<name>": ("POST", 401, 400, 400),
    "/api/docs": ("GET", 200, 200, 200),
    "/api/v1/protocol": ("GET", 200, 200, 200),
    "/api/v1/openapi.json": ("GET", 200, 200, 200),
    "/api/v1/m/<slug>/state": ("GET", 401, 200, 200),
    "/api/v1/m/<slug>/changes": ("GET", 422, 422, 422),
    "/api/v1/m/<slug>/commands/<name>": ("POST", 401, 400, 400),
    "/healthz": ("GET", 200, 200, 200),
    "/readyz": ("GET", 200, 200, 200),
    "/metrics": ("GET", 200, 200, 200),
    "/static/<edition>/<path:filename>": ("GET", 404, 404, 404),
}
READABLE = [rule for rule, (methods, *_) in ROUTES.items() if "GET" in methods]


def path(rule: str) -> str:
    filled = {"<slug>": "here", "<token>": "nobody-has-this", "<name>": "question.ask", "<path:filename>": "no.css"} | {
        "<item>": "i-talk",
        "<deck>": "k-failed",
        "<int:number>": "1",
        "<poll>": "v-choice",
        "<letter>": "b-sent",
        "<any(csv, xlsx):kind>": "csv",
        "<id>": "b-hall",
        "<batch>": "nothing",
    }
    for part, value in filled.items():
        rule = rule.replace(part, value)
    return rule


def test_no_route_is_undeclared(app: Flask) -> None:
    merged: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        merged.setdefault(rule.rule, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    assert {rule: " ".join(sorted(methods)) for rule, methods in merged.items()} == {
        rule: methods for rule, (methods, *_) in ROUTES.items()
    }


@pytest.mark.parametrize("rule", ROUTES)
def test_each_answers_a_stranger_a_participant_and_a_moderator_as_declared(
    rule: str, client: FlaskClient, browser_of: Callable[[str], FlaskClient]
) -> None:
    methods, *expected = ROUTES[rule]
    method = "GET" if "GET" in methods else "POST"
    people = (client, browser_of("web"), browser_of("moderator"))
    statuses = [
        one.open(path(rule), method=method, data={} if method == "POST" else None).status_code for one in people
    ]
    assert statuses == expected


# what calendars and other web pages may keep for a while, and what they may show inside themselves
KEPT = {"/m/<slug>/now", "/m/<slug>/programme.ics", "/api/v1/m/<slug>/now", "/registration/bodies.json"}
FRAMED = {"/m/<slug>/now"}


@pytest.mark.parametrize("rule", READABLE)
def test_every_answer_is_guarded_by_headers(rule: str, client: FlaskClient) -> None:
    headers = client.get(path(rule)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert ("X-Frame-Options" in headers) == (rule not in FRAMED)
    assert headers.get("X-Frame-Options", "DENY") == "DENY"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "unsafe" not in policy
    if rule in KEPT:
        assert headers["Cache-Control"].startswith("public, max-age=")
    elif not rule.startswith("/static"):
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("rule", [r for r in READABLE if r.startswith("/m/<slug>")])
def test_a_meeting_that_is_not_is_not_found(rule: str, client: FlaskClient) -> None:
    for slug in ("nowhere", "NOWHERE", "a%00b", "..", "%F0%9F%98%80"):
        assert client.get(path(rule).replace("here", slug)).status_code == 404


def test_the_session_cookie_holds_no_secret_and_is_closed_to_scripts(browser_of: Callable[[str], FlaskClient]) -> None:
    cookie = browser_of("web").get_cookie("hybridmote")
    assert cookie is not None and cookie.http_only and cookie.same_site == "Lax"
    assert "the-link-of-web" not in cookie.value


def test_metrics_from_elsewhere_take_a_token(app: Flask) -> None:
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert elsewhere.get("/metrics").status_code == 403
    app.config["SETTINGS"].metrics_token = "a-token"
    assert elsewhere.get("/metrics", headers={"Authorization": "Bearer a-token"}).status_code == 200
    assert elsewhere.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 403


WORD = re.compile(r"""\bt(?:\.n)?\(\s*"([^"]+)"(?:,\s*"([^"]+)")?""")


@pytest.mark.parametrize("page", ["live", "moderate", "screen", "speaker"])
def test_a_page_brings_the_words_of_its_own_scripts(page: str) -> None:
    """All of them, those of what is fetched later too; and no others, for a phone waits for them."""
    brought, every = strings("sv", page), strings("sv")
    said = {word for found in WORD.finditer(scripts_of(page)) for word in found.groups() if word}
    assert len(said) > 20
    assert said & set(every) <= set(brought)
    assert all(brought[word] == every[word] for word in brought) and len(brought) < len(every)

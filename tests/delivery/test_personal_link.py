"""A personal link is a key: opening it changes nothing, guessing it is useless, and it is seen nowhere but on its page."""

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import requests
from sqlalchemy import inspect

from tests.delivery.hall import Hall
from tests.server.client import Socket
from tests.servers import App, Redis, eventually

pytestmark = pytest.mark.slow

FAILURES = 20  # an hour and address


class Overheard:
    """Everything that is said to Redis, by MONITOR."""

    def __init__(self, redis: Redis) -> None:
        self.said = b""
        self._line = socket.create_connection(("127.0.0.1", redis.port), 10)
        self._line.sendall(b"MONITOR\r\n")
        assert self._line.recv(5) == b"+OK\r\n"
        self._line.settimeout(None)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while data := self._line.recv(65536):
                self.said += data

    def close(self) -> None:
        self._line.close()


@pytest.fixture
def site(hall: Hall, sqlite_url: str, redis: Redis, start_app: Callable[..., App]) -> App:
    return start_app(
        sqlite_url, redis_url=redis.url, env={"HYBRIDMOTE_LOG_LEVEL": "debug", "HYBRIDMOTE_LANGUAGE": "en"}
    )


@pytest.fixture
def overheard(site: App, redis: Redis) -> Iterator[Overheard]:
    overheard = Overheard(redis)
    yield overheard
    overheard.close()


def everything(hall: Hall) -> dict[str, list[Any]]:
    """All rows of all tables."""
    return {
        table: sorted(map(repr, hall.rows(f'SELECT * FROM "{table}"')))
        for table in inspect(hall.engine).get_table_names()
    }


def csrf(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page
    return found[1]


def test_opening_changes_nothing_and_the_button_lets_in(site: App, hall: Hall) -> None:
    [person] = hall.admit()
    link = f"{site.base_url}/j/{person.token}"
    before = everything(hall)
    scanner = requests.Session()
    for method in ("GET", "HEAD") * 3:
        answer = scanner.request(method, link, timeout=30)
        assert answer.status_code == 200
        assert answer.headers["Referrer-Policy"] == "no-referrer" and "no-store" in answer.headers["Cache-Control"]
    assert everything(hall) == before
    assert scanner.get(f"{site.base_url}/m/hall/live", timeout=30).status_code == 401, "opening alone let it in"

    for token in ("", "x" * 40):
        assert scanner.post(link, data={"csrf_token": token}, timeout=30).status_code == 400
    assert (
        requests.post(link, data={"csrf_token": csrf(scanner.get(link, timeout=30).text)}, timeout=30).status_code
        == 400
    )
    for _device in range(2):
        browser = requests.Session()
        form = {"csrf_token": csrf(browser.get(link, timeout=30).text)}
        answer = browser.post(link, data=form, timeout=30, allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/m/hall/live")
        assert all(flag in answer.headers["Set-Cookie"] for flag in ("HttpOnly", "SameSite=Lax"))
        assert browser.get(f"{site.base_url}/m/hall/live", timeout=30).status_code == 200


def changed(token: str, at: int) -> str:
    return token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]


def test_a_wrong_token_says_nothing_and_twenty_of_them_are_enough(site: App, hall: Hall) -> None:
    [person] = hall.admit()
    token = person.token
    near = [changed(token, -1), changed(token, 0), token[:-1], token + "A", token.lower(), token.swapcase()]
    far = ["A" * len(token), "x", "%00", "a" * 2000, "' OR 1=1 --", "\u00e5\u00e4\u00f6"]
    answers = []
    for guess in [*near, *far]:
        answer = requests.get(f"{site.base_url}/j/{guess}", timeout=30)
        alike = re.sub(r'(name="(?:csrf_token|next)" value=")[^"]*', r"\1", answer.text)
        kept = {
            name: value
            for name, value in answer.headers.items()
            if name not in ("Date", "Set-Cookie", "Content-Length")
        }
        answers.append((answer.status_code, alike, kept))
    assert all(answer == answers[0] for answer in answers), "a guess learns something"
    assert answers[0][0] == 404
    assert requests.get(f"{site.base_url}/j/{token}", timeout=30).status_code == 200
    for number in range(FAILURES - len(answers)):
        assert requests.head(f"{site.base_url}/j/guess{number}", timeout=30).status_code == 404
    stopped = [requests.get(f"{site.base_url}/j/{guess}", timeout=30) for guess in (token, near[0], far[0])]
    assert {answer.status_code for answer in stopped} == {429}, "the right one tells itself apart"
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in stopped)
    assert Socket(site.port).connect({"meeting": "hall", "token": token}).sid, "who is in already stays in"


def test_the_token_is_seen_nowhere_but_on_its_own_page(site: App, hall: Hall, overheard: Overheard) -> None:
    person, [staff] = hall.admit()[0], hall.admit(1, "organiser", None)
    own = f"/j/{person.token}"
    heard: list[str] = []  # every answer but those of its own page

    def keep(answer: requests.Response) -> requests.Response:
        whole = "\n".join([f"{name}: {value}" for name, value in answer.headers.items()])
        assert person.token not in whole, f"{answer.url} carries it in its headers"
        if not (answer.request.path_url == own and answer.status_code == 200):
            heard.append(f"{answer.url.replace(own, '')}\n{answer.text}")
        return answer

    browser = requests.Session()
    page = keep(browser.get(site.base_url + own, timeout=30))
    keep(browser.post(site.base_url + own, data={"csrf_token": csrf(page.text)}, timeout=30))
    for path in ("/", "/m/hall", "/m/hall/live", "/sign-in", "/api/v1/m/hall/state", "/metrics", "/api/docs"):
        keep(browser.get(site.base_url + path, timeout=30))
    for method, path in (("GET", own + "x"), ("PUT", own), ("GET", own + "/")):
        keep(requests.request(method, site.base_url + path, timeout=30))
    bearer = {"Authorization": f"Bearer {person.token}"}
    for body in ({"op": str(uuid4()), "text": "Why?"}, {"op": "no op", "text": "Why?"}, {"nonsense": 1}):
        keep(
            requests.post(f"{site.base_url}/api/v1/m/hall/commands/question.ask", json=body, headers=bearer, timeout=30)
        )
    keep(requests.get(f"{site.base_url}/api/v1/m/hall/state", headers=bearer, timeout=30))
    requests.get(f"{site.base_url}/api/v1/m/hall/state?token={person.token}", timeout=30)
    for query in (f"&token={person.token}", ""):
        path = f"/socket.io/?EIO=4&transport=websocket{query}"
        line = Socket(site.port, path=path).connect({"meeting": "hall", "token": person.token})
        line.call("command", "question.ask", {"op": str(uuid4()), "text": "Why?"})
        line.call("command", person.token, {"op": person.token})
        heard += [str(line.next_event()) for _ in range(2)]
        line.close()
    listener = Socket(site.port).connect({"meeting": "hall", "token": staff.token})
    revoke = {"op": str(uuid4()), "person": person.id}
    headers = {"Authorization": f"Bearer {staff.token}"}
    keep(
        requests.post(f"{site.base_url}/api/v1/m/hall/commands/person.revoke", json=revoke, headers=headers, timeout=30)
    )
    keep(browser.get(site.base_url + own, timeout=30))
    heard += [str(listener.next_event()) for _ in range(2)]

    eventually(lambda: b"PUBLISH" in overheard.said.upper(), 10, "Redis being told of changes")
    assert b"guess" in overheard.said.lower() or b"limit" in overheard.said.lower(), "Redis counts the limits"
    assert person.token.encode() not in overheard.said
    back = f'name="next" value="{own}'  # where the form for the language leads back to: the page's own address
    assert not [said for said in heard if person.token in said.replace(back, "")]
    log = site.text()
    assert '"path": "/j/\u2026"' in log, "the log has the page, without the token"
    assert person.token not in log
    assert person.token not in repr(everything(hall)), "the database holds it in the clear"

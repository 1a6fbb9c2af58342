"""Whatever is sent to a serving process is answered clearly or ends that one line; a bystander notices nothing."""

import json
import re
import threading
import time
from collections.abc import Iterator
from itertools import cycle
from typing import Any
from uuid import uuid4

import psutil
import pytest
import requests

from tests.delivery.hall import Hall, Person
from tests.server.client import BINARY, TEXT, Closed, Poller, Socket, frame
from tests.servers import App, Databases, eventually, free_port, product_environment

pytestmark = pytest.mark.slow

BOUND = 6.0  # seconds until the bystander has heard of a change; promised are 2
DEEP = 10_000
BIG = "x" * 1_000_000


class Site:
    """One process, one bystander who listens to the end, and somebody who votes so that there is something to hear."""

    def __init__(self, app: App, hall: Hall) -> None:
        self.app, self.hall = app, hall
        self.author, self.person, self.watcher, *voters = hall.admit(12)
        [self.moderator] = hall.admit(1, "moderator", None)
        self.question = hall.approved_questions(self.author, 1)[0]
        self.hidden = hall.approved_questions(self.author, 1)[0]
        hall.run("UPDATE question SET state = 'pending' WHERE id = :id", id=self.hidden)
        self.turns = cycle([(voter, on) for on in (True, False) for voter in voters])
        self.heard = 0
        self.ended: BaseException | None = None
        self.bystander = self.line(self.watcher)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            while True:
                event, *data = self.bystander.next_event()
                if event == "changes" and data[0]["audience"] == "public":
                    self.heard = data[0]["to"]
        except BaseException as ended:
            self.ended = ended

    def line(self, person: Person, **options: Any) -> Socket:
        """A socket that is signed in and has read its welcome."""
        line = Socket(self.app.port, timeout=30, **options).connect({"meeting": "hall", "token": person.token})
        while line.next_event()[0] != "welcome":
            pass
        return line

    def post(self, name: str, data: bytes | str, person: Person | None = None, **headers: str) -> requests.Response:
        token = (person or self.person).token
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers}
        url = f"{self.app.base_url}/api/v1/m/hall/commands/{name}"
        return requests.post(url, data=data, headers=headers, timeout=30)

    def goes_on(self) -> None:
        """A change is made, and the bystander hears of it in time."""
        voter, on = next(self.turns)
        answer = self.post("question.upvote", json.dumps({"op": str(uuid4()), "id": self.question, "on": on}), voter)
        assert answer.status_code == 200, answer.text
        seq = answer.json()["seq"]
        eventually(lambda: self.heard >= seq or self.ended, BOUND, "the bystander hearing of a change")
        assert self.ended is None, f"the bystander's line ended: {self.ended}"


@pytest.fixture(scope="module")
def site(_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    url = _databases.new("sqlite")
    hall = Hall(url)
    folder = tmp_path_factory.mktemp("bad-input")
    environment = product_environment(folder, HYBRIDMOTE_DATABASE_URL=url, HYBRIDMOTE_LANGUAGE="en")
    app = App(folder, free_port(), environment)
    app.start().wait_ready(60)
    site = Site(app, hall)
    yield site
    app.close()
    hall.close()


@pytest.fixture(autouse=True)
def nobody_else_is_disturbed(site: Site) -> Iterator[None]:
    before = len(site.app.text())
    [site.person] = site.hall.admit()  # somebody new: no limit of one person stands in the way
    yield
    site.goes_on()
    assert site.app.running
    said = site.app.text()[before:]
    assert "Traceback" not in said and '"level": "error"' not in said, said[-3000:]


# ---- commands by somebody who is signed in ----

OP = "0b4e2b0e-6d0c-4c8e-9d5a-6c1f6f0d7a01"
TEXTS: list[Any] = [5, None, [], {}, True, 1.5, ["a"], {"text": "a"}]
BODIES: dict[str, tuple[str, Any, str, str | None]] = {
    "an unknown field": ("question.ask", {"text": "Why?", "colour": "red"}, "unknown_field", "colour"),
    "a field of the objects' own": (
        "question.ask",
        {"text": "Why?", "__proto__": {"a": 1}},
        "unknown_field",
        "__proto__",
    ),
    "a field that the server sets": ("question.ask", {"text": "Why?", "state": "approved"}, "unknown_field", "state"),
    **{f"{t!r} as a text": ("question.ask", {"text": t}, "invalid", "text") for t in TEXTS},
    "no text": ("question.ask", {}, "invalid", "text"),
    "an empty text": ("question.ask", {"text": ""}, "empty", "text"),
    "spaces": ("question.ask", {"text": " \t\n\u200b\u00a0"}, "empty", "text"),
    "control characters alone": ("question.ask", {"text": "\x00\x01\x1b\x7f"}, "empty", "text"),
    "a lone surrogate": ("question.ask", {"text": "Why \ud83d?"}, "bad_text", "text"),
    "a heap of marks": ("question.ask", {"text": "W" + "\u0301" * 500}, "bad_text", "text"),
    "501 signs": ("question.ask", {"text": "\U0001f469\u200d\U0001f680" * 501}, "too_long", "text"),
    "60 kB": ("question.ask", {"text": "x" * 60_000}, "too_long", "text"),
    "a field with a lone surrogate": ("question.ask", {"text": "Why?", "\ud800": 1}, "invalid", None),
    "a number as an item": ("question.ask", {"text": "Why?", "item": 7}, "invalid", "item"),
    "a path as an item": ("question.ask", {"text": "Why?", "item": "../../etc/passwd"}, "invalid", "item"),
    "an unknown item": ("question.ask", {"text": "Why?", "item": "nothing"}, "not_found", "item"),
    "a word as a yes or no": ("question.ask", {"text": "Why?", "hide_name": "perhaps"}, "invalid", "hide_name"),
    "an unknown id": ("question.upvote", {"id": "i0000000000000000", "on": True}, "not_found", "id"),
    "an id with a zero byte": ("question.upvote", {"id": "a\x00b", "on": True}, "invalid", "id"),
    "a very long id": ("question.upvote", {"id": "i" * 5_000, "on": True}, "invalid", "id"),
    "an object as an id": ("question.upvote", {"id": {"$ne": None}, "on": True}, "invalid", "id"),
    "a number as an op": ("question.ask", {"op": 5, "text": "Why?"}, "malformed", "op"),
    "a word as an op": ("question.ask", {"op": "again", "text": "Why?"}, "malformed", "op"),
    "an object as an op": ("question.ask", {"op": {}, "text": "Why?"}, "malformed", "op"),
    "an op of a megabyte's worth": ("question.ask", {"op": "a" * 60_000, "text": "Why?"}, "malformed", "op"),
    "another's work": ("question.approve", {"id": "i0000000000000000"}, "role", None),
    "the system's work": ("programme.drift", {}, "no_such_command", None),
    "an unknown command": ("question.delete", {}, "no_such_command", None),
    "an empty name": ("", {}, "no_such_command", None),
    "a name with a zero byte": ("question.ask\x00", {"text": "Why?"}, "no_such_command", None),
    "a very long name": ("q" * 20_000, {"text": "Why?"}, "no_such_command", None),
    "a name of Python's": ("__class__", {}, "no_such_command", None),
    **{f"{n!r} as a name": (n, {"text": "Why?"}, "malformed", None) for n in (None, 5, [], {}, True)},  # type: ignore[misc]
    **{f"{b!r} as a body": ("question.ask", b, "malformed", None) for b in (None, 5, "text", [], True)},
}


def spoken(name: Any, body: Any) -> tuple[Any, Any]:
    """With an op of its own, where the case does not bring one: a stored answer would hide the second judgement."""
    return name, ({"op": str(uuid4()), **body} if isinstance(body, dict) else body)


@pytest.mark.parametrize("case", BODIES)
def test_a_bad_command_is_answered_by_the_field(site: Site, case: str) -> None:
    name, body, code, field = BODIES[case]
    line = site.line(site.person)
    answer = line.call("command", *spoken(name, body))
    assert answer["ok"] is False
    problem = answer["problem"]
    assert (problem["code"], problem.get("field")) == (code, field)
    assert problem["title"] and problem["detail"] and 400 <= problem["status"] < 500
    assert line.call("catch_up", {})["ok"], "the line goes on"
    line.close()
    if isinstance(name, str) and name and "\x00" not in name and len(name) < 1000:
        over_http = site.post(name, json.dumps(spoken(name, body)[1]))
        assert over_http.headers["Content-Type"] == "application/problem+json"
        assert over_http.status_code == problem["status"]
        assert {**over_http.json()} == {**problem}


def test_an_id_of_another_meeting_is_not_found(site: Site, _databases: Databases) -> None:
    other = Hall(site.app.database_url, "other")
    stranger = other.admit(1)[0]
    question = other.approved_questions(stranger, 1)[0]
    other.close()
    line = site.line(site.person)
    for command, body in {
        "question.upvote": {"id": question, "on": True},
        "question.ask": {"text": "Why?", "item": other.items[0]},
    }.items():
        answer = line.call("command", *spoken(command, body))
        assert answer["problem"]["code"] == "not_found"
    hidden = line.call("command", *spoken("question.upvote", {"id": site.hidden, "on": True}))
    unknown = line.call("command", *spoken("question.upvote", {"id": "i0000000000000000", "on": True}))
    assert hidden["problem"] == unknown["problem"], "one can tell a hidden question from none"
    with pytest.raises(PermissionError) as refused:
        Socket(site.app.port).connect({"meeting": "other", "token": site.person.token})
    assert refused.value.args[0]["data"]["status"] == 401
    assert site.post("question.upvote", "{}", stranger).status_code == 401
    line.close()


def test_the_same_op_with_other_words(site: Site) -> None:
    line, op = site.line(site.person), str(uuid4())
    first = line.call("command", "question.ask", {"op": op, "text": "Why?"})
    assert first["ok"]
    assert line.call("command", "question.ask", {"op": op.upper(), "text": "Why?"}) == first
    for name, body in (("question.ask", {"text": "Why not?"}), ("question.upvote", {"id": site.question, "on": True})):
        assert line.call("command", name, {"op": op, **body})["problem"]["code"] == "op_reused"
    line.close()


# ---- packets that no library sends ----


def asking(rest: str) -> str:
    """A question with more of the body, as it stands."""
    return f'421["command","question.ask",{{"op":"{OP}",{rest}}}]'


PACKETS = {
    "no arguments": '421["command"]',
    "no body": '421["command","question.ask"]',
    "too many arguments": asking('"text":"Why?"').replace("}]", "},1,[],{}]"),
    "no arguments to catch_up": '421["catch_up"]',
    "too many arguments to catch_up": '421["catch_up",{},{},{}]',
    "an unknown event": '421["no such event",1]',
    "an event that is the server's": '421["welcome",{"layers":{}}]',
    "connect as an event": '421["connect"]',
    "disconnect as an event": '421["disconnect","now"]',
    "a number as an event": "421[5]",
    "nothing as an event": "421[]",
    "null as an event": "421[null]",
    "an object": '421{"command":1}',
    "a string": '421"command"',
    "half a list": '421["command","question.ask",{"op"',
    "no data": "42",
    "no data, with a number": "427",
    "a huge ack number": "42" + "9" * 5000 + '["catch_up",{}]',
    "a negative ack number": '42-1["catch_up",{}]',
    "no ack wanted": '42["command","question.ask",{}]',
    "an answer to nothing": "4399[1]",
    "an answer without data": "431",
    "a second connect": '40{"meeting":"hall"}',
    "another namespace": '42/admin,1["catch_up",{}]',
    "connect to another namespace": '40/admin,{"meeting":"hall"}',
    "a connect error": '44{"message":"no"}',
    "a binary event": '451-["command",{"_placeholder":true,"num":0}]',
    "a binary answer": "461-1[1]",
    "an unknown Socket.IO packet": "49[]",
    "an Engine.IO message without a packet": "4",
    "an unknown Engine.IO packet": "9",
    "an empty message": "",
    "prose": "hello",
    "a ping": "2",
    "a pong nobody asked for": "3",
    "a pong with words": "3probe",
    "a probe": "2probe",
    "an upgrade": "5",
    "a noop": "6",
    "an open": '0{"sid":"x"}',
    "base64": "bAAECAw==",
    "deep lists": '421["command","question.ask",' + "[" * DEEP + "]" * DEEP + "]",
    "deep objects": '421["catch_up",' + '{"a":' * DEEP + "1" + "}" * DEEP + "]",
    "deep and never closed": '421["command",' + "[" * DEEP,
    "not a number": asking('"text":NaN'),
    "infinity": asking('"text":"Why?","item":-Infinity'),
    "a number of 5,000 digits": asking('"item":' + "9" * 5000),
    "a key twice": asking('"text":"Why?","text":7'),
    "5,000 fields": asking(",".join(f'"{n}":0' for n in range(5_000))),
}


@pytest.mark.parametrize("case", PACKETS)
def test_a_bad_packet_is_answered_or_ends_its_own_line(site: Site, case: str) -> None:
    """Also before signing in, where it is never answered with more than a refusal."""
    line = site.line(site.person)
    line.send(PACKETS[case])
    closed = answered = False
    try:
        line.next_ack = 1
        assert line.call("catch_up", {})["ok"]
        answered = 1 in line.acks
        if answered and line.acks[1] is not None:
            assert set(line.acks[1]) >= {"ok"} and (line.acks[1]["ok"] or line.acks[1]["problem"]["title"])
    except (Closed, ConnectionError):
        closed = True
    except AssertionError as odd:
        assert "41" in str(odd) or "44" in str(odd), odd  # it says goodbye, or no to another namespace
    line.close()
    if PACKETS[case].startswith(('421["command"', '421["catch_up"')):
        assert closed or answered, "neither answered nor closed"

    stranger = Socket(site.app.port, timeout=30).open()
    try:
        stranger.send(PACKETS[case])
        stranger.send('42["command","question.ask",{}]')
        stranger.send("40" + json.dumps({"meeting": "hall", "token": "no such token"}))
        told = stranger.next_text()
        assert told.startswith(("44", "40/", "44/")), told
    except (Closed, ConnectionError):
        pass
    stranger.close()


CATCH_UPS: list[Any] = [
    None, 5, "all", [], True, {}, {"last": None}, {"last": 5}, {"last": []}, {"last": "public"}, {"last": {}},
    {"last": {"public": None}}, {"last": {"public": "1"}}, {"last": {"public": -1}}, {"last": {"public": 0.5}},
    {"last": {"public": True}}, {"last": {"public": 2**80}}, {"last": {"staff": 0}}, {"last": {"public": 0, "staff": 0}},
    {"last": {"person:somebody": 0}}, {"last": {"\ud800": 0}}, {"last": {"public": 0}, "epoch": 5},
    {"last": {"public": 0}, "epoch": {}}, {"last": {"public": 0}, "epoch": "\ud800"}, {"epoch": None}, {"more": 1},
    {"last": {f"group:{n}": n for n in range(3000)}},
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(CATCH_UPS)))
def test_a_senseless_catch_up_is_answered_by_a_whole_picture_of_ones_own(site: Site, number: int) -> None:
    line = site.line(site.person)
    answer = line.call("catch_up", CATCH_UPS[number])
    assert answer["ok"] and set(answer["welcome"]["layers"]) == {"public", "web", f"person:{site.person.id}"}
    assert site.hidden not in json.dumps(answer)
    right = {"last": dict.fromkeys(answer["welcome"]["layers"], -5), "epoch": answer["welcome"]["epoch"]}
    assert "welcome" in line.call("catch_up", right)
    line.close()


CONNECTS: list[Any] = [
    None, 5, "hall", [], True, {}, {"meeting": 5}, {"meeting": None}, {"meeting": "hall"}, {"meeting": "no such meeting"},
    {"meeting": "HALL"}, {"meeting": "hall/../other"}, {"meeting": "h" * 5_000}, {"meeting": "hall\x00"},
    {"meeting": "hall", "token": None}, {"meeting": "hall", "token": 5}, {"meeting": "hall", "token": []},
    {"meeting": "hall", "token": {}}, {"meeting": "hall", "token": ""}, {"meeting": "hall", "token": "\ud800"},
    {"meeting": "hall", "token": "x" * 50_000}, {"meeting": "hall", "token": "\x00"}, {"meeting": "\ud800", "token": "a"},
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(CONNECTS)))
def test_who_does_not_say_who_they_are_is_told_so(site: Site, number: int) -> None:
    with pytest.raises(PermissionError) as refused:
        Socket(site.app.port, timeout=30).connect(CONNECTS[number])
    problem = refused.value.args[0]["data"]
    assert problem["status"] in (400, 401, 404) and problem["title"] and problem["detail"]
    with pytest.raises(PermissionError):
        Poller(site.app.port).connect(CONNECTS[number])


# ---- too much ----


def test_a_megabyte_of_text_is_too_large_whichever_way_it_comes(site: Site) -> None:
    body = json.dumps({"op": str(uuid4()), "text": BIG})
    answer = site.post("question.ask", body)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    in_chunks = requests.post(
        f"{site.app.base_url}/api/v1/m/hall/commands/question.ask",
        data=(body[n : n + 10_000].encode() for n in range(0, len(body), 10_000)),
        headers={"Authorization": f"Bearer {site.person.token}", "Content-Type": "application/json"},
        timeout=30,
    )
    assert in_chunks.status_code in (400, 411, 413)
    line = site.line(site.person)
    with pytest.raises((Closed, ConnectionError)) as ended:
        line.call("command", "question.ask", {"op": str(uuid4()), "text": BIG})
    assert getattr(ended.value, "code", 1009) in (1009, None)  # None: our own sending broke first
    poller = Poller(site.app.port).connect({"meeting": "hall", "token": site.person.token})
    assert poller.request("POST", body="42" + json.dumps(["command", "question.ask", {"text": BIG}]))[0] == 413
    form = requests.post(f"{site.app.base_url}/m/hall/do/question.ask", data={"text": BIG}, timeout=30)
    assert form.status_code == 413 and "text/html" in form.headers["Content-Type"]


def test_many_small_pieces_before_signing_in_fill_no_memory(site: Site) -> None:
    memory = psutil.Process(site.app.pid).memory_info().rss
    for opcode in (TEXT, BINARY):
        for size, pieces in ((1, 5_000), (1_000, 5_000)):
            line = Socket(site.app.port, timeout=30).open()
            began = time.monotonic()
            with pytest.raises((Closed, ConnectionError)):
                line.sock.sendall(frame(b"4" * size, opcode, final=False))
                for _ in range(pieces):
                    line.sock.sendall(frame(b"x" * size, 0, final=False))
                line.next_text()
            assert time.monotonic() - began < 30
            line.close()
    assert psutil.Process(site.app.pid).memory_info().rss - memory < 20_000_000


def test_binary_ends_the_line(site: Site) -> None:
    line = site.line(site.person)
    line.sock.sendall(frame(b"\x00\x01\x02", BINARY))
    assert line.wait_closed() == 1003


# ---- who may begin at all ----


def test_a_foreign_page_may_not_begin(site: Site) -> None:
    for origin in ("https://evil.example", "null", f"http://127.0.0.1:{site.app.port}.evil.example", "file://"):
        assert Socket(site.app.port, headers={"Origin": origin}).status == 403
        assert Poller(site.app.port, {"Origin": origin}).request("GET")[0] == 403
        assert Poller(site.app.port, {"Origin": origin}).request("POST", body="40")[0] == 403


def browser(site: Site, person: Person) -> requests.Session:
    """Bound by the personal link, as a browser is."""
    session = requests.Session()
    page = session.get(f"{site.app.base_url}/j/{person.token}", timeout=30)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    answer = session.post(page.url, data={"csrf_token": token[1]}, timeout=30, allow_redirects=False)
    assert answer.status_code == 303
    return session


def test_a_cookie_counts_only_with_the_page_it_belongs_to(site: Site) -> None:
    session = browser(site, site.person)
    cookie = "; ".join(f"{name}={value}" for name, value in session.cookies.items())
    ours = {"Origin": site.app.base_url, "Cookie": cookie}
    assert Socket(site.app.port, headers=ours).connect({"meeting": "hall"}).sid
    with pytest.raises(PermissionError):  # without Origin the cookie is not looked at
        Socket(site.app.port, headers={"Cookie": cookie}).connect({"meeting": "hall"})
    poller = Poller(site.app.port, {"Cookie": cookie})
    poller.session = json.loads(poller.poll()[0][1:])["sid"]
    assert poller.request("POST", body='40{"meeting":"hall"}')[0] == 403
    url = f"{site.app.base_url}/api/v1/m/hall/commands/question.upvote"
    vote = {"op": str(uuid4()), "id": site.question, "on": True}
    refused = session.post(url, json=vote, timeout=30)
    assert (refused.status_code, refused.json()["code"]) == (400, "csrf")
    refused = session.post(url, json=vote, headers={"X-CSRFToken": "x" * 50}, timeout=30)
    assert (refused.status_code, refused.json()["code"]) == (400, "csrf")


# ---- plain HTTP ----

REQUESTS: dict[str, tuple[str, str, dict[str, Any], set[int]]] = {
    "deep JSON": ("POST", "commands/question.ask", {"data": "[" * DEEP + "]" * DEEP}, {400}),
    "deep objects": ("POST", "commands/question.ask", {"data": '{"text":' * DEEP + "1" + "}" * DEEP}, {400}),
    "a deep field": ("POST", "commands/question.ask", {"data": '{"text":' + "[" * 900 + "]" * 900 + "}"}, {400, 422}),
    "half a body": ("POST", "commands/question.ask", {"data": '{"text": "Wh'}, {400}),
    "no body": ("POST", "commands/question.ask", {"data": ""}, {400}),
    "a list": ("POST", "commands/question.ask", {"data": "[]"}, {400}),
    "null": ("POST", "commands/question.ask", {"data": "null"}, {400}),
    "not UTF-8": ("POST", "commands/question.ask", {"data": b'{"text": "\xff\xfe"}'}, {400}),
    "not JSON": ("POST", "commands/question.ask", {"data": "text=Why", "headers": {"Content-Type": "text/plain"}}, {400}),
    "a number of 5,000 digits": ("POST", "commands/question.ask", {"data": '{"item": ' + "9" * 5000 + "}"}, {400}),
    "another method": ("DELETE", "state", {}, {404, 405}),
    "reading a command": ("GET", "commands/question.ask", {}, {404, 405}),
    "no since": ("GET", "changes", {}, {422}),
    "a word as since": ("GET", "changes?since=now", {}, {422}),
    "a negative since": ("GET", "changes?since=-1", {}, {422}),
    "a since of the far future": ("GET", "changes?since=99999999999999999999999999", {}, {410}),
    "a since of 5,000 digits": ("GET", "changes?since=" + "9" * 5000, {}, {422}),
    "another epoch": ("GET", "changes?since=0&epoch=%00%ff", {}, {410}),
    "an unknown page of the API": ("GET", "nothing", {}, {404}),
    "a name with a slash": ("POST", "commands/question/ask", {"data": "{}"}, {404}),
}  # fmt: skip


@pytest.mark.parametrize("case", REQUESTS)
def test_a_bad_request_is_a_problem_in_json(site: Site, case: str) -> None:
    method, path, options, statuses = REQUESTS[case]
    headers = {"Authorization": f"Bearer {site.person.token}", "Content-Type": "application/json"}
    options = {**options, "headers": {**headers, **options.get("headers", {})}}
    answer = requests.request(method, f"{site.app.base_url}/api/v1/m/hall/{path}", timeout=30, **options)
    assert answer.status_code in statuses, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "code"} <= set(answer.json())


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer \u00e5\u00e4\u00f6", "Basic YTpi", "bearer x y z", "Bearer " + "x" * 7000],
)
def test_a_bad_authorization_is_a_stranger(site: Site, authorization: str) -> None:
    headers = {"Authorization": authorization.encode()}
    answer = requests.get(f"{site.app.base_url}/api/v1/m/hall/state", headers=headers, timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (401, "unknown_caller")


@pytest.mark.parametrize(
    "cookie", ["x", "hybridmote=x", "hybridmote=" + "y" * 4000, "hybridmote=eyJhIjoxfQ.aaaa.bbbb", "=;;="]
)
def test_a_bad_cookie_is_a_stranger(site: Site, cookie: str) -> None:
    for path in ("/m/hall/live", "/api/v1/m/hall/state"):
        answer = requests.get(site.app.base_url + path, headers={"Cookie": cookie}, timeout=30)
        assert answer.status_code == 401


@pytest.mark.parametrize(
    "slug", ["%00", "no-such", "HALL", "h" * 3000, "%F0%9F%98%80", "..%2f..%2fetc", "hall%0d%0aX: y"]
)
def test_a_bad_address_is_not_found(site: Site, slug: str) -> None:
    for path in (f"/m/{slug}", f"/m/{slug}/live", f"/api/v1/m/{slug}/state"):
        assert requests.get(site.app.base_url + path, timeout=30).status_code in (404, 400)

"""The application without its network: HTTP through Flask's test client, sockets by calling the handlers a socket calls.

What is written to sockets ends in `inbox`, in the order in which it was written.
"""

import json
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import create_environ

from hybridmote import create_app, limits
from hybridmote.config import Settings
from hybridmote.problems import CODES
from hybridmote.pump import Pump
from hybridmote.server.fanout import Encoded
from hybridmote.sockets import Registry, Socket
from tests.matrix.world import HERE, PEOPLE, SLUGS, World, new_op


class Said(NamedTuple):
    """An answer, whichever door it came through."""

    status: int
    code: str | None = None
    field: str | None = None
    result: Any = None
    problem: dict[str, Any] = {}


class Site:
    def __init__(self, folder: Path) -> None:
        settings = Settings(data=folder, rate_limits="off", log_level="error", secret_key="k" * 40)  # type: ignore[arg-type]
        self.app = create_app(settings)
        self.http = self.app.test_client()
        self.inbox: dict[str, list[tuple[str, Any]]] = defaultdict(list)
        registry = Pump.listeners
        assert isinstance(registry, Registry)
        self.registry = registry
        self.registry.fanout = self.app.extensions["fanout"] = self
        self.handlers = self.app.extensions["socketio"].server.handlers["/"]
        self.registry.socketio = SimpleNamespace(server=SimpleNamespace(disconnect=self.handlers["disconnect"]))
        self.limiter = limits.limiter

    def open(self) -> "Site":
        """Make this the process's application again, with nobody connected."""
        for sid in list(self.registry.sockets):
            self.registry.leave(sid)
        self.inbox.clear()
        Pump.listeners = self.registry
        limits.limiter = self.limiter
        return self

    def send(self, sids: list[str], event: str, message: Any) -> None:
        """What the fan-out is told to write."""
        text = str(message) if isinstance(message, Encoded) else json.dumps(message)
        for sid in sids:
            self.inbox[sid].append((event, json.loads(text)))

    # ---- doors --------------------------------------------------------------------------------------------------------

    def dispatched(self, world: World, who: str, name: Any, body: Any) -> Said:
        """Straight to the dispatcher."""
        answer = world.ask(who, name, body, op=body.get("op"))
        if answer["ok"]:
            return Said(200, result=answer["result"])
        return Said(CODES[answer["code"]][0], answer["code"], answer.get("field"), problem=answer)

    def posted(self, world: World, who: str, name: str, body: Any, slug: str | None = None, token: str = "") -> Said:
        """By HTTP, with a bearer token; `body` may be the raw text."""
        person = PEOPLE.get(who)
        with_it = token or (person.token if person else "")
        if person and person.way == "account" and not token:
            return self.signed_in(who, name, body)
        raw = _raw(body)
        answer = self.http.post(
            f"/api/v1/m/{slug or SLUGS[person.meeting if person else HERE]}/commands/{name}",
            data=raw,
            content_type="application/json",
            headers={"Authorization": f"Bearer {with_it}"} if with_it else {},
        )
        return _said(answer)

    def signed_in(self, who: str, name: str, body: Any) -> Said:
        """By HTTP, with the cookie of an account and the page's own token against forgery."""
        browser = self.app.test_client()
        with browser.session_transaction() as session:
            session["account"] = [f"a-{who}", f"stamp-of-{who}"]
            session["csrf_token"] = "c" * 40
        signed = URLSafeTimedSerializer(str(self.app.secret_key), salt="wtf-csrf-token").dumps("c" * 40)
        answer = browser.post(
            f"/api/v1/m/{SLUGS[PEOPLE[who].meeting]}/commands/{name}",
            data=_raw(body),
            content_type="application/json",
            headers={"X-CSRFToken": str(signed)},
        )
        return _said(answer)

    def emitted(self, world: World, who: str, name: Any, body: Any) -> Said:
        """By a socket that is connected already."""
        caller = world.caller(who)
        assert caller is not None
        sid = f"sid-of-{who}"
        self.registry.join(Socket(sid, caller, "en"))
        try:
            answer = self.handlers["command"](sid, name, {"op": new_op(), **body} if isinstance(body, dict) else body)
        finally:
            self.registry.leave(sid)
        json.dumps(answer, ensure_ascii=False).encode()  # a frame is UTF-8
        if answer["ok"]:
            return Said(200, result=answer["result"])
        said = answer["problem"]
        return Said(said["status"], said["code"], said.get("field"), problem=said)

    def connect(self, sid: str, auth: Any) -> None:
        """Raises ConnectionRefusedError. What it is sent is in `inbox[sid]`."""
        self.handlers["connect"](sid, create_environ("/socket.io/"), auth)

    def catch_up(self, sid: str, last: Any, epoch: Any) -> dict[str, Any]:
        answer = self.handlers["catch_up"](sid, {"last": last, "epoch": epoch})
        return dict(json.loads(json.dumps(answer)))


def _raw(body: Any) -> str:
    """As sent: JSON with an op, or what is JSON already or never will be."""
    if isinstance(body, str):
        return body
    return json.dumps({"op": new_op(), **body} if isinstance(body, dict) else body)


def _said(response: Any) -> Said:
    body = json.loads(response.data)
    if response.status_code == 200:
        assert body["ok"] is True and "result" in body and "seq" in body
        return Said(200, result=body["result"])
    assert response.mimetype == "application/problem+json", response.data[:200]
    assert body["status"] == response.status_code
    assert {"type", "title", "status", "detail", "code"} <= set(body)
    return Said(response.status_code, body["code"], body.get("field"), problem=body)

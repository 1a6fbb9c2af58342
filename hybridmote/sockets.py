"""Socket.IO: who is connected, and the three things a client may say: connect, catch_up and command.

The order on connect is what makes nothing be missed: join the audiences, open the pump, then read the snapshot.
A handler that raises would leave a socket that hangs, so every one answers whatever happens.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask, session
from flask_babel import force_locale
from socketio.exceptions import ConnectionRefusedError
from sqlalchemy.orm import Session

from . import access, dispatch, metrics, nudge, presence, pump, sync
from .access import Caller
from .db import epoch, iso, reading, utc_now
from .problems import Refused, problem
from .server.fanout import Encoded
from .web import language_of_request

log = structlog.get_logger()
FAR_BEHIND = 5000  # batches after which a fresh picture is cheaper than the changes


@dataclass
class Socket:
    sid: str
    caller: Caller
    locale: str


class Registry:
    """The sockets of this process, by meeting and audience; what the pump writes to."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.socketio = app.extensions["socketio"]
        self.fanout = app.extensions["fanout"]
        self.lock = threading.RLock()
        self.sockets: dict[str, Socket] = {}
        self.by_audience: dict[str, dict[str, dict[str, None]]] = {}  # meeting -> audience -> sids, in order of joining

    # ---- what the pump asks -------------------------------------------------------------------------------------------

    def audiences(self, meeting_id: str) -> set[str]:
        return set(self.by_audience.get(meeting_id, ()))

    def write(self, meeting_id: str, audience: str, message: dict[str, Any]) -> None:
        self.send(meeting_id, audience, "changes", message)

    def reconsider(self, reading_session: Session, meeting_id: str, participants: list[str]) -> None:
        """These people's access changed: a new welcome for those who still may, the end for the others."""
        people = set(participants)
        for socket in [s for s in self.sockets.values() if s.caller.participant_id in people]:
            if socket.caller.meeting_id != meeting_id:
                continue
            caller = access.again(reading_session, socket.caller)
            if caller is None:
                self.end(socket)
            elif caller != socket.caller and self.rejoin(socket, caller):
                self.fanout.send([socket.sid], "welcome", welcome_text(reading_session, caller))

    # ---- joining and leaving ------------------------------------------------------------------------------------------

    def join(self, socket: Socket) -> None:
        with self.lock:
            self.sockets[socket.sid] = socket
            audiences = self.by_audience.setdefault(socket.caller.meeting_id, {})
            for audience in socket.caller.layers:
                audiences.setdefault(audience, {})[socket.sid] = None
            metrics.sockets.set(len(self.sockets))

    def rejoin(self, socket: Socket, caller: Caller) -> bool:
        """The same socket in other audiences. False when it left while we looked: joining it again would keep a ghost."""
        with self.lock:
            if self.sockets.get(socket.sid) is not socket:
                return False
            self.leave(socket.sid)
            self.join(Socket(socket.sid, caller, socket.locale))
            return True

    def leave(self, sid: str) -> None:
        with self.lock:
            socket = self.sockets.pop(sid, None)
            if socket is None:
                return
            audiences = self.by_audience[socket.caller.meeting_id]
            for audience in socket.caller.layers:
                audiences[audience].pop(sid, None)
                if not audiences[audience]:
                    del audiences[audience]
            if not audiences:
                del self.by_audience[socket.caller.meeting_id]
            metrics.sockets.set(len(self.sockets))

    def send(self, meeting_id: str, audience: str, event: str, message: dict[str, Any]) -> None:
        sids = self.by_audience.get(meeting_id, {}).get(audience)
        if sids:
            self.fanout.send(list(sids), event, message)

    def end(self, socket: Socket) -> None:
        """Say why, and hang up."""
        self.leave(socket.sid)
        with self.app.app_context(), force_locale(socket.locale):
            said = problem({"code": "unknown_caller"})
        self.fanout.send([socket.sid], "ended", {"problem": said})
        self.socketio.server.disconnect(socket.sid)

    def here(self) -> presence.Here:
        with self.lock:
            people: presence.Here = {}
            for s in self.sockets.values():
                place = s.caller.attendance
                if place:
                    people.setdefault(s.caller.meeting_id, {})[s.caller.participant_id] = place
                else:
                    people.setdefault(s.caller.meeting_id, {})
            return people


def welcome(session_: Session, caller: Caller) -> dict[str, Any]:
    """The whole picture of one person."""
    return {**_heading(session_, caller), "layers": sync.snapshot(session_, caller.meeting_id, caller.layers)}


def welcome_text(session_: Session, caller: Caller) -> Encoded:
    """The same, as JSON: what everybody sees is encoded once, not for each who joins."""
    heading = json.dumps(_heading(session_, caller), ensure_ascii=False)
    return Encoded(f'{heading[:-1]},"layers":{sync.snapshot_text(session_, caller.meeting_id, caller.layers)}}}')


def _heading(session_: Session, caller: Caller) -> dict[str, Any]:
    return {"epoch": epoch(session_), "now": iso(utc_now()), "me": caller.me()}


def caught_up(session_: Session, caller: Caller, last: Mapping[str, int], known_epoch: str | None) -> dict[str, Any]:
    """What every audience of that person has missed, or the whole picture when that is shorter or the only truth."""
    seq = sync.seq_of(session_, caller.meeting_id)
    heard = list(last.values())
    fresh = (
        set(last) != set(caller.layers)
        or known_epoch != epoch(session_)
        or max(heard) > seq
        or seq - min(heard) > FAR_BEHIND
        or min(heard) < sync.oldest(session_, caller.meeting_id)
    )
    if fresh:
        return {"ok": True, "welcome": welcome(session_, caller)}
    to, news = sync.changes(session_, caller.meeting_id, last)
    return {
        "ok": True,
        "now": iso(utc_now()),
        "to": to,
        "changes": {a: {"from": last[a], "to": to, "set": news.get(a, {})} for a in caller.layers},
    }


def install(app: Flask) -> Registry:
    """Register the handlers on python-socketio itself: a Flask request for every vote would cost more than the vote."""
    registry = Registry(app)
    server = app.extensions["socketio"].server
    settings = app.config["SETTINGS"]
    pump.Pump.listeners = registry
    pump.Pump.gather = settings.gather_ms / 1000
    nudge.listen(pump.Pump.nudged)

    def tell(meeting_id: str, count: dict[str, int]) -> None:
        for audience in ("staff", "public"):
            registry.send(meeting_id, audience, "presence", count)

    counter = presence.Presence(registry.here, tell, settings.redis_url)
    app.extensions["presence"] = counter

    def refused(code: str) -> dict[str, Any]:
        return {"ok": False, "problem": problem({"code": code})}

    def connect(sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        with app.request_context(environ):
            locale = language_of_request()
            try:
                caller = _identified(auth)
                if caller is None:
                    raise Refused("unknown_caller")
                registry.join(Socket(sid, caller, locale))
                pump.Pump.open(caller.meeting_id)
                with reading() as r:
                    # read again: what was revoked while we joined must not be let in, since the pump may have passed it
                    now = access.again(r, caller)
                    if now != caller:
                        raise Refused("busy" if now else "unknown_caller")  # with another role: come again
                    picture = welcome_text(r, caller)
            except Refused as refusal:
                registry.leave(sid)
                said = problem(refusal.facts())
                raise ConnectionRefusedError(said["title"], said) from None
            except Exception:
                registry.leave(sid)
                log.error("connect failed", exc_info=True)
                said = problem({"code": "busy"})
                raise ConnectionRefusedError(said["title"], said) from None
            registry.app.extensions["fanout"].send([sid], "welcome", picture)
            registry.app.extensions["fanout"].send([sid], "presence", counter.now(caller.meeting_id))

    def disconnect(sid: str, _reason: Any = None) -> None:
        registry.leave(sid)

    def catch_up(sid: str, body: Any = None, *_more: Any) -> dict[str, Any]:
        socket = registry.sockets.get(sid)
        with app.app_context(), force_locale(socket.locale if socket else settings.language):
            if socket is None:
                return refused("unknown_caller")
            body = body if isinstance(body, dict) else {}
            last = body.get("last")
            if not isinstance(last, dict) or not all(type(n) is int for n in last.values()):
                last = {}
            try:
                pump.Pump.open(socket.caller.meeting_id)
                with reading() as r:
                    # who asks is read again: what was revoked must not be told what the pump has not come to yet
                    caller = access.again(r, socket.caller)
                    if caller == socket.caller:
                        return caught_up(r, caller, last, body.get("epoch"))
                if caller is None or not registry.rejoin(socket, caller):
                    registry.end(socket)
                    return refused("unknown_caller")
                with reading() as r:
                    return {"ok": True, "welcome": welcome(r, caller)}
            except Exception:
                log.error("catch_up failed", exc_info=True)
                return refused("busy")

    def command(sid: str, name: Any = None, body: Any = None, *more: Any) -> dict[str, Any]:
        socket = registry.sockets.get(sid)
        try:
            if socket is None:
                answer: dict[str, Any] = {"ok": False, "code": "unknown_caller"}
            else:
                answer = dispatch.dispatch(socket.caller, socket.caller.meeting_id, name, None if more else body)
        except Exception:
            log.error("command failed", command=str(name)[:60], exc_info=True)
            answer = {"ok": False, "code": "error"}
        if answer["ok"]:
            return answer
        with app.app_context(), force_locale(socket.locale if socket else settings.language):
            return {"ok": False, "problem": problem(answer), **({"seq": answer["seq"]} if "seq" in answer else {})}

    server.on("connect", connect)
    server.on("disconnect", disconnect)
    server.on("catch_up", catch_up)
    server.on("command", command)
    return registry


def _identified(auth: Any) -> Caller | None:
    """By the token in the handshake, else by the cookie; in the meeting the handshake names."""
    if not isinstance(auth, dict) or not isinstance(auth.get("meeting"), str):
        raise Refused("malformed")
    token = auth.get("token")
    with reading() as r:
        meeting = access.find_meeting(r, auth["meeting"])
        if token is not None:
            caller = access.by_token(r, meeting, token) if isinstance(token, str) else None
        else:
            caller = access.by_cookie(r, meeting, session)
        if caller is None and not meeting.published:
            raise Refused("not_found")
        return caller

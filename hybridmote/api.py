"""The HTTP API: commands, the whole picture, what has changed, and what a program needs to know of them."""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from . import metrics, protocol, sync
from .db import epoch, iso, reading, utc_now
from .dispatch import dispatch
from .problems import Refused
from .sockets import caught_up, welcome
from .web import answer_problem, check_csrf, csrf, meeting_and_asker, meeting_and_caller

api = Blueprint("api", __name__)
csrf.exempt(api)


@api.post("/api/v1/m/<slug>/commands/<name>")
def command(slug: str, name: str) -> Any:
    """Run a command; the flat body is `op` and the payload's fields."""
    with reading() as db:
        _, caller = meeting_and_asker(db, slug, name)
    check_csrf()
    try:
        body = request.get_json(silent=True)
    except RecursionError:  # nested deeper than anybody means
        body = None
    answer = dispatch(caller, caller.meeting_id, name, body)
    return jsonify(answer) if answer["ok"] else answer_problem(answer)


@api.get("/api/v1/m/<slug>/state")
def state(slug: str) -> Any:
    """The whole picture, in layers and merged."""
    with reading() as db:
        _, caller = meeting_and_caller(db, slug)
        picture = welcome(db, caller)
    return jsonify({**picture, "topics": sync.merged(picture["layers"])})


@api.get("/api/v1/m/<slug>/changes")
def changes(slug: str) -> Any:
    """What has changed after `since`; 410 when the log does not reach that far back, or was another database's."""
    since = request.args.get("since", type=int)
    if since is None or since < 0:
        raise Refused("invalid", field="since")
    with reading() as db:
        _, caller = meeting_and_caller(db, slug)
        known = request.args.get("epoch", epoch(db))
        answer = caught_up(db, caller, dict.fromkeys(caller.layers, since), known)
        if "welcome" in answer:
            raise Refused("pruned")
    return jsonify({"now": iso(utc_now()), "to": answer["to"], "changes": answer["changes"]})


@api.get("/api/v1/openapi.json")
def openapi() -> Any:
    return jsonify(protocol.openapi(current_app.config["SETTINGS"].public_url()))


@api.get("/api/docs")
def docs() -> str:
    return render_template("api/docs.html", **protocol.described())


@api.get("/api/v1/protocol")
def socket_protocol() -> str:
    return render_template("api/protocol.html", **protocol.described())


@api.get("/healthz")
def healthz() -> Any:
    """The process answers."""
    return jsonify({"ok": True})


@api.get("/readyz")
def readyz() -> Any:
    """The process can serve: its database answers and has this version's tables."""
    with reading() as db:
        db.execute(text("SELECT 1"))
        epoch(db)
    return jsonify({"ok": True})


@api.get("/metrics")
def show_metrics() -> Response:
    """For Prometheus: with the configured token, or from this machine itself when none is configured."""
    token = current_app.config["SETTINGS"].metrics_token.get_secret_value()
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    local = request.remote_addr in ("127.0.0.1", "::1") and "X-Forwarded-For" not in request.headers
    if (token and given != token) or (not token and not local):
        raise Refused("role")
    return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)

"""What every page shares: who asks, language, headers, forms without a script, and errors in plain words."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import structlog
from flask import Blueprint, Flask, Response, current_app, g, jsonify, redirect, render_template, request, session
from flask_babel import get_locale
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf, validate_csrf
from pydantic import BaseModel
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from wtforms.validators import ValidationError

from . import access
from .access import Caller
from .db import reading
from .dispatch import COMMANDS, dispatch
from .meetings.store import Meeting
from .problems import Refused, problem

log = structlog.get_logger()
csrf = CSRFProtect()
LANGUAGES = ("sv", "en")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self' {sockets}; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)


def language_of_request() -> str:
    """Chosen by hand, else by the browser, else by the installation."""
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    best: str | None = request.accept_languages.best_match(LANGUAGES)
    return best or str(_settings().language)


def _settings() -> Any:

    return current_app.config["SETTINGS"]


def new_op() -> str:
    """The op of a form: made by the server, so that a form sent twice counts once."""
    return str(uuid4())


def meeting_and_caller(db: Session, slug: str) -> tuple[Meeting, Caller]:
    """The meeting and who asks, or a refusal: 404 when there is no such meeting, 401 when we do not know them."""
    meeting = access.find_meeting(db, slug)
    caller = caller_in(db, meeting)
    if caller is None:
        raise Refused("unknown_caller")
    return meeting, caller


def caller_in(db: Session, meeting: Meeting) -> Caller | None:
    """By the bearer token if one is given, else by the cookie."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        g.bearer = True
        return access.by_token(db, meeting, token.strip())
    return access.by_cookie(db, meeting, session)


def check_csrf() -> None:
    """A cookie alone never changes anything: it takes the page's own token, by header or field."""
    if getattr(g, "bearer", False):
        return
    try:
        validate_csrf(request.headers.get("X-CSRFToken") or request.form.get("csrf_token"))
    except ValidationError:
        raise Refused("csrf") from None


# ---- forms without a script ----

Renderer = Callable[[str, dict[str, Any] | None, dict[str, str]], str]
_renderers: dict[str, Renderer] = {}
forms = Blueprint("forms", __name__)


def form_page(name: str) -> Callable[[Renderer], Renderer]:
    """A page whose forms come here: `render(slug, problem, typed)` shows it again with what was typed."""

    def register(renderer: Renderer) -> Renderer:
        _renderers[name] = renderer
        return renderer

    return register


@forms.post("/m/<slug>/do/<name>")
@csrf.exempt
def do(slug: str, name: str) -> Any:
    """Run a command sent by a plain form; then back to the page, or the page again with the problem."""

    page = request.form.get("page", "live")
    if page not in _renderers:
        raise Refused("malformed", field="page")
    typed = {k: v for k, v in request.form.items() if k not in ("csrf_token", "op", "page")}
    with reading() as db:
        _, caller = meeting_and_caller(db, slug)
    try:
        check_csrf()
        body: dict[str, Any] = {k: v for k, v in typed.items() if k != "anchor"}
        if name in COMMANDS:
            body = _unempty(COMMANDS[name].payload, body)
        answer = dispatch(caller, caller.meeting_id, name, {**body, "op": request.form.get("op")})
    except Refused as refusal:
        answer = {"ok": False, **refusal.facts()}
    if answer["ok"]:
        return redirect(f"/m/{slug}/{page}" + (f"#{typed['anchor']}" if typed.get("anchor", "").isalnum() else ""), 303)
    said = problem(answer)
    said["command"] = name
    return Response(_renderers[page](slug, said, typed), said["status"], mimetype="text/html")


def _unempty(payload: type[BaseModel], body: dict[str, str]) -> dict[str, Any]:
    """A form sends an empty string where nothing was chosen: leave those out if the field may be left out."""
    fields = payload.model_fields
    return {k: v for k, v in body.items() if v != "" or k not in fields or fields[k].is_required()}


@forms.post("/language")
@csrf.exempt
def language() -> Any:
    """Choose Swedish or English; back to where one was."""
    check_csrf()
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        raise Refused("invalid", field="language")
    session["language"] = chosen
    return redirect(local_path(request.form.get("next", "/")), 303)


def local_path(path: str) -> str:
    """A path on this site, never an address elsewhere."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path else "/"


# ---- headers and errors ----


def install(app: Flask) -> None:
    csrf.init_app(app)
    app.register_blueprint(forms)
    app.after_request(_headers)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, lambda _e: _refused(Refused("csrf")))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)
    app.jinja_env.globals.update(csrf_token=generate_csrf, new_op=new_op, languages=LANGUAGES)
    app.context_processor(lambda: {"locale": str(get_locale() or "sv")})


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if "Content-Security-Policy" not in response.headers:
        # Safari takes 'self' in connect-src for http only: name the socket's own address
        scheme = "wss" if request.is_secure else "ws"
        response.headers["Content-Security-Policy"] = CSP.format(sockets=f"{scheme}://{request.host}")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def wants_json() -> bool:
    return request.path.startswith("/api/")


def _refused(refusal: Refused) -> Response:
    return answer_problem(refusal.facts())


def answer_problem(facts: dict[str, Any]) -> Response:
    """A problem: as JSON to programs, as a page to people."""
    said = problem(facts)
    if wants_json():
        response = jsonify(said)
        response.mimetype = "application/problem+json"
    else:
        response = Response(render_template("error.html", problem=said), mimetype="text/html")
    response.status_code = said["status"]
    if "retry_after" in said:
        response.headers["Retry-After"] = str(said["retry_after"])
    if said["status"] == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


_BY_STATUS = {
    400: "malformed",
    401: "unknown_caller",
    403: "role",
    404: "not_found",
    405: "not_found",
    413: "too_large",
}


def _http(error: HTTPException) -> Any:
    if error.code is not None and 300 <= error.code < 400:
        return error
    code = _BY_STATUS.get(error.code or 500, "error" if (error.code or 500) >= 500 else "malformed")
    response = answer_problem({"code": code})
    response.status_code = error.code or 500
    return response


def _broken(error: Exception) -> Response:
    log.error("request failed", path=request.path, method=request.method, exc_info=error)
    return answer_problem({"code": "error"})

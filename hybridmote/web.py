"""What every page shares: who asks, language, headers, forms without a script, and errors in plain words."""

import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import structlog
from flask import Blueprint, Flask, Response, current_app, g, jsonify, redirect, render_template, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_babel import get_locale
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf, validate_csrf
from itsdangerous import BadData, URLSafeSerializer
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
TURN = 0.01  # seconds of drawing before others are let in

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}
CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self'",
    "media-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}


def language_of_request() -> str:
    """Chosen by hand, else by the browser, else by the installation."""
    chosen = session.get("language")
    return str(chosen) if chosen in LANGUAGES else language_of_browser()


def language_of_browser() -> str:
    """The first that it asks for and we have, whatever the country; else that of the installation."""
    asked = (language.partition("-")[0].lower() for language in request.accept_languages.values())
    return next((language for language in asked if language in LANGUAGES), str(_settings().language))


def _settings() -> Any:

    return current_app.config["SETTINGS"]


def render(template: str, **context: Any) -> str:
    """As `render_template`, but a page with thousands of questions lets others have their turn while it is drawn."""
    app = current_app
    app.update_template_context(context)
    pieces, since = [], time.perf_counter()
    for piece in app.jinja_env.get_template(template).generate(context):
        pieces.append(piece)
        if time.perf_counter() - since > TURN:
            time.sleep(0)
            since = time.perf_counter()
    return "".join(pieces)


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


def meeting_and_asker(db: Session, slug: str, name: str) -> tuple[Meeting, Caller]:
    """As `meeting_and_caller`, for a command: what guests may is done for whoever asks."""
    meeting = access.find_meeting(db, slug)
    caller = caller_in(db, meeting)
    if caller is None and name in COMMANDS and COMMANDS[name].role == access.GUEST:
        caller = access.guest(meeting, request.remote_addr or "")
    if caller is None:
        raise Refused("unknown_caller")
    return meeting, caller


def caller_in(db: Session, meeting: Meeting) -> Caller | None:
    """By the bearer token if one is given, else by the cookie. A meeting that is not published is not there for those we
    do not know: 404."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        g.bearer = True
        caller = access.by_token(db, meeting, token.strip())
    else:
        caller = access.by_cookie(db, meeting, session)
    if caller is None and not meeting.published:
        raise Refused("not_found")
    return caller


def public_meeting(db: Session, slug: str) -> Meeting:
    """The meeting, for what asks nobody who they are and may be kept on the way: 404 until it is published."""
    meeting = access.find_meeting(db, slug)
    if not meeting.published:
        raise Refused("not_found")
    return meeting


def calendar_token(caller: Caller) -> str:
    """The signed name of somebody's way in: opens their calendar and nothing else, and dies with the way in."""
    return str(_calendars().dumps(caller.way))


def caller_of_calendar(db: Session, meeting: Meeting, token: str) -> Caller | None:
    """Whose calendar it is. No limit on guesses: the signature cannot be guessed, and whole towns fetch by one address."""
    try:
        person, by = _calendars().loads(token)
    except (BadData, TypeError, ValueError):
        return None
    return access.by_way(db, meeting, (str(person), str(by)))


def _calendars() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="calendar")


def check_csrf(field: str | None = None) -> None:
    """A cookie alone never changes anything: it takes the page's own token, by header or field. `field`: where the form
    was read already."""
    if getattr(g, "bearer", False):
        return
    try:
        validate_csrf(request.headers.get("X-CSRFToken") or field or request.form.get("csrf_token"))
    except ValidationError:
        raise Refused("csrf") from None


# ---- forms without a script ----

Renderer = Callable[[str, dict[str, Any] | None, dict[str, str]], str]
_renderers: dict[str, Renderer] = {}
forms = Blueprint("forms", __name__)
_ANCHOR = re.compile(r"[A-Za-z0-9_-]+")
First = Callable[[Session, Meeting, Caller, dict[str, str]], dict[str, Any] | None]
_first: dict[str, First] = {}


def form_page(name: str) -> Callable[[Renderer], Renderer]:
    """A page whose forms come here: `render(slug, problem, typed)` shows it again with what was typed."""

    def register(renderer: Renderer) -> Renderer:
        _renderers[name] = renderer
        return renderer

    return register


def first(name: str) -> Callable[[First], First]:
    """What a person is shown before their form is carried out, if there is anything: `look(db, meeting, caller, typed)`
    gives it to the page, as a problem would be. A form with `anyway` is carried out."""

    def register(look: First) -> First:
        _first[name] = look
        return look

    return register


Done = Callable[[str, dict[str, Any]], str | None]
_done: dict[str, Done] = {}


def done(name: str) -> Callable[[Done], Done]:
    """What a plain form of that command leads to: `onward(slug, result)` may remember something in the browser's cookie
    and gives the path to go on to, or None for the page it came from."""

    def register(onward: Done) -> Done:
        _done[name] = onward
        return onward

    return register


def remember(meeting_id: str, grant_id: str | None) -> None:
    """Let this browser in by a grant from now on; whoever it was in that meeting before, it no longer is."""
    session["grants"] = {**(session.get("grants") or {}), meeting_id: grant_id}
    session.permanent = True


@forms.post("/m/<slug>/do/<name>")
@csrf.exempt
def do(slug: str, name: str) -> Any:
    """Run a command sent by a plain form; then back to the page, or the page again with the problem. What the form's
    address asks for beside that, the page is asked for again."""

    *fields, page = request.form.getlist("page") or ["live"]  # a command may have a field of that name; it stands first
    if page not in _renderers:
        raise Refused("malformed", field="page")
    typed = {k: v for k, v in request.form.items() if k not in ("csrf_token", "op", "page")}
    if fields:
        typed["page"] = fields[0]
    anyway = typed.pop("anyway", "")
    with reading() as db:
        meeting, caller = meeting_and_asker(db, slug, name)
        look = None if anyway or name not in _first else _first[name](db, meeting, caller, typed)
    try:
        check_csrf()
        if look:
            return Response(_renderers[page](slug, {**look, "command": name}, typed), mimetype="text/html")
        body: dict[str, Any] = {k: v for k, v in typed.items() if k != "anchor"}
        if name in COMMANDS:
            body = COMMANDS[name].payload.of_form(body)
        answer = dispatch(caller, caller.meeting_id, name, {**body, "op": request.form.get("op")})
    except Refused as refusal:
        answer = {"ok": False, **refusal.facts()}
    if answer["ok"]:
        onward = _done[name](slug, answer["result"]) if name in _done else None
        if onward:
            return redirect(onward, 303)
        anchor = _ANCHOR.fullmatch(typed.get("anchor", ""))
        asked = "?" + urlencode(list(request.args.items(multi=True))) if request.args else ""
        return redirect(f"/m/{slug}/{page}{asked}" + (f"#{anchor[0]}" if anchor else ""), 303)
    said = problem(answer)
    said["command"] = name
    return Response(_renderers[page](slug, said, typed), said["status"], mimetype="text/html")


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


class Cookies(SecureCookieSessionInterface):
    """No cookie rides on an answer that anybody between may keep, since it would be handed to the next who asks; nor on
    a script or style, where it would be half of what travels."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not response.cache_control.public and request.endpoint != "static":
            super().save_session(app, session, response)


# ---- headers and errors ----


def install(app: Flask) -> None:
    csrf.init_app(app)
    app.session_interface = Cookies()
    app.register_blueprint(forms)
    app.after_request(_headers)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, lambda _e: _refused(Refused("csrf")))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)
    app.jinja_env.globals.update(csrf_token=generate_csrf, new_op=new_op, languages=LANGUAGES)
    app.context_processor(lambda: {"locale": str(get_locale() or "sv")})


def allow(policy: dict[str, list[str]], **headers: str) -> None:
    """For the answer to this request alone: sources beside our own in the content security policy, and other
    headers, or none where it is empty."""
    g.policy, g.headers = policy, headers


# A page has seventy scripts and styles: what only matters to documents would be a third of what they weigh.
FOR_FILES = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'",
}
FOR_OTHERS = "/icons/card.png"  # what stands beside a link to a meeting, on other sites' pages
NOT_FOR_FILES = ("Content-Disposition", "Expires", "Last-Modified")  # they are asked about by their tag, if ever


def _headers(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code in (200, 206, 304):
        for name in NOT_FOR_FILES:
            response.headers.pop(name, None)
        response.headers.update(FOR_FILES)
        if request.path.endswith(FOR_OTHERS):
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if response.cache_control.immutable:
            response.headers.pop("ETag", None)  # nobody asks again
        return response
    for name, value in {**HEADERS, **g.get("headers", {})}.items():
        if value:
            response.headers.setdefault(name, value)
    if "Content-Security-Policy" not in response.headers:
        # Safari takes 'self' in connect-src for http only: name the socket's own address
        scheme = "wss" if request.is_secure else "ws"
        policy = {**CSP, "connect-src": f"{CSP['connect-src']} {scheme}://{request.host}"}
        for directive, sources in g.get("policy", {}).items():
            policy[directive] = " ".join([policy.get(directive, "'none'").replace("'none'", ""), *sources]).strip()
        response.headers["Content-Security-Policy"] = "; ".join(f"{name} {value}" for name, value in policy.items())
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def wants_json() -> bool:
    return request.path.startswith("/api/") or bool(g.get("wants_json"))


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

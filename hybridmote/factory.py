"""The Flask application, put together from its parts."""

from collections.abc import Mapping
from typing import Any

import structlog
from flask import Flask
from flask_babel import Babel
from werkzeug.middleware.proxy_fix import ProxyFix

from . import (
    api,
    committer,
    compression,
    desk,
    desk_invitation,
    due,
    files,
    formats,
    limits,
    load_rooms,
    log,
    nudge,
    sockets,
    surfaces,
    web,
)
from .config import Settings
from .db import open_database
from .files import HERE, folder
from .mail import pages as mail
from .meetings import pages as meetings
from .migrate import current, migrate, newest
from .participants import pages as participants
from .polls import pages as polls
from .programme import pages as programme
from .questions import pages as questions
from .questions.commands import asking
from .reception import routes as reception
from .registration import pages as registration
from .server import make_socketio, serve
from .shelf import open_shelf
from .slides import pages as slides
from .takeaway import routes as takeaway
from .ways import pages as ways


def build(settings: Settings) -> Flask:
    log.configure(settings.log_level, settings.log_format)
    load_rooms()
    open_database(settings.url_of_database())
    open_shelf(settings.data)
    limits.configure(settings.redis_url, settings.rate_limits == "on")
    asking.Limits.per_minute, asking.Limits.open = settings.questions_per_minute, settings.questions_open
    committer.Committer.most = settings.group_commit

    app = Flask("hybridmote", template_folder=folder("templates"), static_folder=None)
    secure = settings.public_url().startswith("https://")
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.signing_key(),
        MAX_CONTENT_LENGTH=settings.max_body_kb * 1024,
        MAX_FORM_MEMORY_SIZE=settings.max_body_kb * 1024,
        SESSION_COOKIE_NAME="__Host-hybridmote" if secure else "hybridmote",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        PERMANENT_SESSION_LIFETIME=60 * 60 * 24 * 30,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        BABEL_DEFAULT_LOCALE=settings.language,
        BABEL_TRANSLATION_DIRECTORIES=str(HERE / "translations"),
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    Babel(app, locale_selector=web.language_of_request)
    files.serve(app)
    compression.install(app)
    web.install(app)
    app.register_blueprint(api.api)
    formats.install(app)
    for part in (
        meetings,
        participants,
        mail,
        programme,
        slides,
        registration,
        ways,
        questions,
        polls,
        surfaces,
        desk,
        desk_invitation,
        reception,
        takeaway,
    ):
        app.register_blueprint(part.pages)

    make_socketio(
        app,
        base_url=settings.base_url or None,
        trusted_hosts=settings.trusted_hosts,
        fast_fanout=settings.fast_fanout,
    )
    sockets.install(app)
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    return app


def start_background(app: Flask) -> None:
    """The threads of a serving process: nudges between processes, what is due, and presence."""
    nudge.share(app.config["SETTINGS"].redis_url)
    due.start()
    app.extensions["presence"].start()


def run(app: Flask) -> None:
    """Serve until told to stop. Raises server.PortBusy."""
    settings: Settings = app.config["SETTINGS"]
    if current() != newest():
        migrate()
    for template in app.jinja_env.list_templates():
        app.jinja_env.get_template(
            template
        )  # compiled now: later it would keep everybody waiting for the first visitor

    def listening(host: str, port: int) -> None:
        start_background(app)
        structlog.get_logger().info("listening", host=host, port=port, url=settings.public_url())

    serve(
        app,
        app.extensions["socketio"],
        settings.host,
        settings.port,
        drain_seconds=settings.drain_seconds,
        max_connections=settings.max_sockets,
        on_listening=listening,
        access_log=access_log,
    )


def access_log(entry: Mapping[str, Any]) -> None:
    if not str(entry.get("path", "")).startswith(("/static/", "/healthz", "/readyz", "/metrics", "/socket.io")):
        structlog.get_logger().info("request", **entry)

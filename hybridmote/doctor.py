"""What `hybridmote doctor` looks at. Each finding: its name, True (well), None (worth a look) or False (broken), words."""

import os
import shutil
from collections.abc import Iterator

import redis
from sqlalchemy import text

from . import load_rooms
from .config import Settings
from .db import database, open_database

Finding = tuple[str, bool | None, str]


def examine(settings: Settings) -> Iterator[Finding]:
    yield _folder(settings)
    yield from _database(settings)
    yield _redis(settings)
    yield _address(settings)
    yield from _mail(settings)
    yield _limits(settings)
    yield _files()


def _folder(settings: Settings) -> Finding:
    folder = settings.data.absolute()
    if not folder.is_dir():
        return "data folder", False, f"{folder} does not exist: run `hybridmote migrate`"
    if not os.access(folder, os.W_OK):
        return "data folder", False, f"{folder} cannot be written by this user"
    free = shutil.disk_usage(folder).free / 1e9
    return "data folder", None if free < 1 else True, f"{folder}, {free:.1f} GB free"


def _database(settings: Settings) -> Iterator[Finding]:
    from .migrate import current, newest

    load_rooms()
    try:
        open_database(settings.url_of_database())
        with database().reader.connect() as connection:
            connection.execute(text("SELECT 1"))
    except Exception as error:
        yield "database", False, f"does not answer: {str(error).splitlines()[0]}"
        return
    yield "database", True, f"{database().url.get_backend_name()} answers"
    have, want = current(), newest()
    yield (
        "tables",
        have == want,
        f"at {have}" if have == want else f"at {have}, this version needs {want}: run `hybridmote migrate`",
    )


def _redis(settings: Settings) -> Finding:
    if not settings.redis_url:
        return "Redis", True, "none configured; one serving process needs none"
    try:
        redis.Redis.from_url(settings.redis_url, socket_timeout=1, socket_connect_timeout=1).ping()
    except redis.RedisError as error:
        return (
            "Redis",
            None,
            f"is away ({error}); processes hear of each other's changes within a second instead of at once",
        )
    return "Redis", True, "answers"


def _address(settings: Settings) -> Finding:
    if settings.public_url().startswith("https://"):
        return "address", True, settings.public_url()
    return (
        "address",
        None,
        f"{settings.public_url()} is not https: cookies are sent in the clear; set HYBRIDMOTE_BASE_URL",
    )


def _mail(settings: Settings) -> Iterator[Finding]:
    """Whether letters could leave: the server is asked, and signed in to, but nothing is sent."""
    from .mail.jobs.line import Trouble, line
    from .mail.model import NoAddress, mailbox

    if settings.mail_backend != "smtp":
        why = "off: letters wait" if settings.mail_backend == "off" else "letters are written to the data folder"
        yield "mail", None, f"{why}; set HYBRIDMOTE_MAIL_BACKEND=smtp"
        return
    for name in ("mail_from", "mail_reply_to"):
        given = getattr(settings, name)
        try:
            if given or name == "mail_from":
                mailbox(given)
        except NoAddress:
            yield "mail", False, f"HYBRIDMOTE_{name.upper()} is no address: {given!r}"
            return
    way = line(settings)
    where = f"{settings.mail_host}:{settings.mail_port}, {settings.mail_security}"
    try:
        way.ready()
    except Trouble as trouble:
        yield "mail", False, f"{where}: {trouble}"
        return
    finally:
        way.close()
    local = settings.mail_host in ("localhost", "127.0.0.1", "::1")
    if settings.mail_security == "none" and not local:
        yield "mail", None, f"{where}: answers, but letters and links travel in the clear"
    else:
        yield "mail", True, f"{where}: answers{', and lets us in' if settings.mail_user else ''}"


def _limits(settings: Settings) -> Finding:
    on = settings.rate_limits == "on"
    return "rate limits", True if on else None, "on" if on else "OFF: for load tests only"


def _files() -> Finding:
    import resource

    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return "open files", None if soft < 4096 else True, f"{soft} allowed; each participant takes one"

"""One structured log. A last processor takes out whatever looks like a secret, whoever wrote it."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# a path that is somebody's own (a link, a place offered, a no to invitations), a personal calendar's, a bearer token, a
# token in a query or in JSON
_SECRETS = [
    (re.compile(r"(/[jtu]/)[^\s\"'/?#]+"), r"\1…"),
    (re.compile(r"(/calendar/)[^\s\"'/?#]+"), r"\1…"),
    (re.compile(r"(?i)(bearer\s+)[\w\-.~+/=]+"), r"\1…"),
    (re.compile(r"(?i)(\"?(?:token|password|secret|csrf_token)\"?\s*[:=]\s*\"?)[^\s\"'&,}]+"), r"\1…"),
    (re.compile(r"(\w+://[^:/\s]+:)[^@/\s]+(@)"), r"\1…\2"),
]
_NAMES = {"token", "password", "secret", "secret_key", "authorization", "cookie", "csrf_token"}


def redact(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank secrets by name, and by shape inside texts."""
    for key, value in entry.items():
        if key.lower() in _NAMES:
            entry[key] = "…"
        elif isinstance(value, str):
            for pattern, instead in _SECRETS:
                value = pattern.sub(instead, value)
            entry[key] = value
    return entry


def configure(level: str, form: str) -> None:
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if form == "text":
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )

"""The one way in: every change is a named command, declared once.

    @command("question.approve", role="moderator", payload=ApproveQuestion)
    def approve(ctx, payload): ...

`dispatch` does, in this order: role → payload → rate limit → the committer's transaction, where who asks is read again.
A handler may run twice before it counts, so it has no effects but on the session's objects.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from . import committer, limits, metrics
from .access import Caller
from .committer import Asked
from .db import Base
from .problems import WHY, Refused
from .text import Unclean, clean

Keys = Iterable[tuple[type[Base], Any]]
SYSTEM = "system"


class Payload(BaseModel):
    """A command's body without `op`. Unknown fields are refused; strings are what a person typed, cleaned per field."""

    model_config = ConfigDict(extra="forbid", strict=False)

    @classmethod
    def of_form(cls, typed: dict[str, str]) -> dict[str, Any]:
        """A body of what a plain form sent. It sends an empty string where nothing was chosen: those are left out if the
        field may be left out."""
        fields = cls.model_fields
        return {k: v for k, v in typed.items() if v != "" or k not in fields or fields[k].is_required()}


EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)  # of instants that people give
Id = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")
]  # what ids look like; never a control character


def words(limit: int, *, multiline: bool = False, optional: bool = False) -> Any:
    """The type of a text that a person wrote: cleaned, at most `limit` graphemes, not empty unless `optional`."""

    def check(text: str) -> str:
        if optional and not text.strip():
            return ""
        try:
            return clean(text, limit_graphemes=limit, multiline=multiline)
        except Unclean as unclean:
            over = {"over": unclean.detail} if unclean.code == "too_long" else None
            raise PydanticCustomError(unclean.code, unclean.code, over) from None

    return Annotated[str, AfterValidator(check)]


class Nothing(Payload):
    """A command without a body."""


@dataclass(frozen=True)
class Command:
    name: str
    role: str  # of participants.store.ROLES with what they imply; `system` for time and jobs
    payload: type[Payload]
    handler: Callable[[Any, Any], Any]
    limit: str  # in the notation of `limits`, per person
    loads: Callable[[str, Any], Keys] | None
    about: str


COMMANDS: dict[str, Command] = {}


def command(
    name: str,
    *,
    role: str,
    payload: type[Payload] = Nothing,
    limit: str = "60/minute",
    loads: Callable[[str, Any], Keys] | None = None,
) -> Callable[[Callable[[Any, Any], Any]], Callable[[Any, Any], Any]]:
    """Declare a command. `loads(participant id, payload)` names what its handler will ask for, so that a batch fetches
    it in one SELECT per table; only hot commands need it."""

    def declare(handler: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        if name in COMMANDS:
            raise RuntimeError(f"command {name} is declared twice")
        COMMANDS[name] = Command(name, role, payload, handler, limit, loads, " ".join((handler.__doc__ or "").split()))
        return handler

    return declare


def digest(name: str, body: dict[str, Any]) -> str:
    """What an op was used for: the command and the body as sent."""
    canonical = json.dumps([name, body], sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:32]


WAIT = 20.0  # seconds a caller waits for the committer; then 503, and the client asks again with the same op


def dispatch(caller: Caller | None, meeting_id: str, name: Any, body: Any, *, due: str | None = None) -> dict[str, Any]:
    """Run one command. Returns {ok: True, result, seq} or {ok: False, code, …}; `problems.problem` puts the latter into
    words. Never raises for what a caller sent."""
    answer: dict[str, Any]
    try:
        asked = _asked(caller, meeting_id, name, body, due)
        answer = committer.submit(asked, WAIT)
    except Refused as refusal:
        answer = {"ok": False, **refusal.facts()}
    known = isinstance(name, str) and name in COMMANDS
    metrics.commands.labels(name if known else "unknown", answer.get("code", "ok")).inc()
    return answer


def _asked(caller: Caller | None, meeting_id: str, name: Any, body: Any, due: str | None) -> Asked:
    if not isinstance(body, dict) or not isinstance(name, str):
        raise Refused("malformed")
    cmd = COMMANDS.get(name)
    if cmd is None or (caller is not None and cmd.role == SYSTEM):
        raise Refused("no_such_command")
    if caller is not None and cmd.role not in caller.roles:
        raise Refused("role")
    body = dict(body)
    op = body.pop("op", None)
    if caller is not None:
        op = _uuid(op)
    payload = _validated(cmd, body)
    if caller is not None:
        limits.check(cmd.limit, cmd.name, caller)
    return Asked(meeting_id, caller, cmd, str(op), digest(name, body), payload, due)


def _uuid(op: Any) -> str:
    try:
        return str(UUID(op))
    except (ValueError, TypeError, AttributeError):
        raise Refused("malformed", field="op") from None


def _validated(cmd: Command, body: dict[str, Any]) -> Any:
    try:
        return cmd.payload.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or None
        if first["type"] == "too_long" and "field_type" in first.get("ctx", {}):  # of a list
            raise Refused("invalid", field=where, why="too_many_there") from None
        if first["type"] in ("empty", "too_long", "bad_text"):
            raise Refused(first["type"], field=where, **first.get("ctx", {})) from None
        if first["type"] == "extra_forbidden":
            raise Refused("unknown_field", field=where) from None
        why = {"why": first["type"]} if first["type"] in WHY else {}
        raise Refused("invalid", field=where, **why) from None
    except (RecursionError, UnicodeError, OverflowError):
        raise Refused("malformed") from None

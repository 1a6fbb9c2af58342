"""What the desk's pages have in common: who may, how a form is carried out, and what every page is drawn with."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask_babel import get_locale
from sqlalchemy.orm import Session

from ..access import Caller, find_meeting
from ..db import reading, utc_now
from ..dispatch import COMMANDS, dispatch
from ..meetings.store import Meeting
from ..meetings.views import meeting_view
from ..problems import Refused, problem
from ..programme.model import plan
from ..registration import model
from ..web import caller_in, check_csrf, render

pages = Blueprint("reception", __name__)

Said = dict[str, Any] | None
Typed = dict[str, str]
Draw = Callable[[Session, Meeting, Caller], dict[str, Any]]

ASIDE = ("csrf_token", "op", "page", "command", "flags", "was")  # of a form, but not of what was typed in it
INSTANTS = ("opens", "deadline", "switch_until", "cancel_until")
# what may be emptied; a form would else leave it out, and what is left out stays
EMPTIED = {
    "registration.edit": ("organisation", "title", "challenge", "phone", "diet", "access"),
    "registration.rules": ("binding_sv", "binding_en"),
}


def language() -> str:
    return str(get_locale() or "sv")


def organiser(caller: Caller) -> None:
    if "organiser" not in caller.roles:
        raise Refused("role")


def staff(caller: Caller) -> None:
    if not caller.staff:
        raise Refused("role")


def page(
    slug: str, template: str, draw: Draw, said: Said = None, typed: Typed | None = None, who: Any = organiser
) -> Any:
    """A page of the desk, with the problem of a form if there was one, and what was typed in it."""
    with reading() as db:
        row = find_meeting(db, slug)
        caller = caller_in(db, row)
        if caller is None:
            told = problem({"code": "unknown_caller"})
            return render_template("error.html", problem=told, next=request.path, slug=slug), 401
        who(caller)
        drawn = {
            "meeting": meeting_view(row),
            "me": caller.me(),
            "may": caller.roles,
            "now": utc_now(),
            "here": f"/m/{row.slug}/desk",
            "problem": said,
            "did": said.get("command") if said else None,
            "typed": typed or {},
            **draw(db, row, caller),
        }
    shown = render(template, **drawn)
    return (shown, said["status"]) if said else shown


def carry_out(slug: str, allowed: frozenset[str]) -> tuple[dict[str, Any], Said, Typed]:
    """Run the command that a form of the desk names: (its result, the problem or None, what was typed). These forms say
    some things as people do: kronor, a day and a time by the meeting's clock, one tick for each item."""
    name = request.form.get("command", "")
    if name not in allowed:
        raise Refused("malformed", field="command")
    typed = {k: v for k, v in request.form.items() if k not in ASIDE}
    with reading() as db:
        row = find_meeting(db, slug)
        caller = caller_in(db, row)
        if caller is None:
            raise Refused("unknown_caller")
        organiser(caller)
        timezone = row.timezone
    try:
        check_csrf()
        answer = dispatch(
            caller, caller.meeting_id, name, {**body_of(name, typed, timezone), "op": request.form.get("op")}
        )
    except Refused as refusal:
        answer = {"ok": False, **refusal.facts()}
    if answer["ok"]:
        return answer["result"] or {}, None, typed
    return {}, problem(answer) | {"command": name}, typed


def body_of(name: str, typed: Typed, timezone: str) -> dict[str, Any]:
    """The body of a command, of what was typed in a form. Raises Refused."""
    fields = COMMANDS[name].payload.model_fields
    body = {k: v for k, v in typed.items() if k in fields}
    for flag in request.form.get("flags", "").split():  # a box without a tick sends nothing
        body[flag] = "true" if typed.get(flag) == "true" else "false"
    if "items" in fields:
        body["items"] = " ".join(request.form.getlist("items"))
    if "kronor" in typed and "price" in fields and (typed["kronor"].strip() or name != "registration.edit"):
        body["price"] = str(hundredths(typed["kronor"]))
    for instant in INSTANTS:
        if instant in fields and body.get(instant):
            body[instant] = moment(body[instant], timezone, instant)
    made: dict[str, Any] = COMMANDS[name].payload.of_form(body)
    return made | {field: "" for field in EMPTIED.get(name, ()) if typed.get(field, "?").strip() == ""}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a form holds: `values` of its fields; `theirs`, of those in which both wrote something else, what somebody else
    did; and what it is sent with to be told from that, the `version` it is decided on and all that it held then."""

    values: dict[str, Any]
    theirs: dict[str, Any]
    version: Any
    was: str


def shown(said: Said, typed: Typed, now: dict[str, Any], version: int | None = None) -> Shown:
    """A form as it is opened, of what is so `now`; or, for the problem `said`, as it was sent. When somebody was faster,
    what only they changed is theirs, and what one has typed stays."""
    if not said:
        return Shown(now, {}, version, json.dumps(now))
    mine = {name: _typed(name, value, typed) for name, value in now.items()}
    sent = request.form.get("was", "")
    if said["code"] != "stale":
        return Shown(mine, {}, typed.get("expected_version", version), sent or json.dumps(now))
    was = _read(sent)
    values, theirs = {}, {}
    for name, value in now.items():
        untouched = name in was and _sent(mine[name]) == _sent(was[name])
        values[name] = value if untouched else mine[name]
        unchanged = name in was and _sent(value) == _sent(was[name])
        if not untouched and not unchanged and _sent(mine[name]) != _sent(value):
            theirs[name] = value
    return Shown(values, theirs, version, json.dumps(now))


def _typed(name: str, now: Any, typed: Typed) -> Any:
    if isinstance(now, bool):
        return typed.get(name) == "true"
    return request.form.getlist(name) if isinstance(now, list) else typed.get(name, now)


def _read(was: str) -> dict[str, Any]:
    try:
        read = json.loads(was)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _sent(value: Any) -> str:
    """As a form sends it: lines end in another way, and nothing is empty."""
    if isinstance(value, list):
        return " ".join(sorted(map(str, value)))
    return "" if value is None else "\n".join(str(value).strip().splitlines())


def hundredths(typed: str) -> int:
    """Öre of an amount as people write it: 900, 900,50, 1 200. Raises Refused."""
    text = "".join(typed.split()).replace("\u2212", "-").replace(".", ",").removesuffix("kr").removesuffix(":-")
    whole, comma, part = text.partition(",")
    if not (whole.isascii() and whole.isdecimal() and len(whole) < 10) or (
        comma and not (part.isascii() and part.isdecimal() and len(part) <= 2)
    ):
        raise Refused("invalid", field="price", why="no_amount")
    return int(whole) * 100 + int(part.ljust(2, "0") if part else 0)


def kronor(ore: int) -> str:
    """As it stands in a field: 900, or 900,50."""
    return model.kronor(ore).removesuffix(".00").replace(".", ",")


def on_clock(at: datetime | None, timezone: str) -> str:
    """An instant as it stands in a field: 2026-12-01 12.00, by the meeting's clock."""
    zone = ZoneInfo(timezone)
    return f"{at.astimezone(zone):%Y-%m-%d} {plan.said(at, zone)}" if at else ""


def moment(typed: str, timezone: str, field: str) -> str:
    """The instant of a day and a time by the meeting's clock, ISO 8601 in UTC. Raises Refused."""
    day, _, clock = typed.strip().replace("T", " ").partition(" ")
    try:
        return plan.at_clock(date.fromisoformat(day), clock, ZoneInfo(timezone), field).astimezone(UTC).isoformat()
    except plan.Unfit as unfit:
        if unfit.why == "no_clock":
            raise Refused("invalid", field=field, why="no_moment") from None
        raise Refused("invalid", field=field, why=unfit.why, **unfit.params) from None
    except ValueError:
        raise Refused("invalid", field=field, why="no_moment") from None

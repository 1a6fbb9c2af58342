"""What the desk's pages have in common: who may, how a form is carried out, and what every page is drawn with."""

from collections.abc import Callable
from datetime import UTC
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import get_locale
from sqlalchemy.orm import Session

from ..access import Caller, find_meeting
from ..db import reading, utc_now
from ..dispatch import COMMANDS, dispatch
from ..meetings.store import Meeting
from ..meetings.views import meeting_view
from ..problems import Refused, problem
from ..registration import model
from ..web import caller_in, check_csrf, render

pages = Blueprint("reception", __name__)

Said = dict[str, Any] | None
Typed = dict[str, str]
Draw = Callable[[Session, Meeting, Caller], dict[str, Any]]

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
    typed = {k: v for k, v in request.form.items() if k not in ("csrf_token", "op", "page", "command", "flags")}
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


def moment(typed: str, timezone: str, field: str) -> str:
    """The instant of a day and a time by the meeting's clock, ISO 8601 in UTC. Raises Refused."""
    day, _, clock = typed.strip().replace(" ", "T").partition("T")
    try:
        return model.deadline_of(day, clock.replace(".", ":"), timezone).astimezone(UTC).isoformat()
    except ValueError:
        raise Refused("invalid", field=field, why="no_moment") from None

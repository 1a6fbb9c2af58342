"""For who stands before the screen: a code by mail for those with a place, the QR of one's own laptop, and walk-ins."""

from typing import Any

from flask import render_template, request, session

from ...access import find_meeting
from ...db import reading, utc_now
from ...meetings.model import phase, read_code
from ...participants.store import new_token
from ...registration.store import rules_of
from ...web import caller_in, done, form_page
from .. import model
from .door import device, drawn, let_in, pages


@pages.get("/m/<slug>/join")
def join(slug: str) -> Any:
    return show(slug)


@form_page("join")
def _again(slug: str, said: dict[str, Any] | None, typed: dict[str, str]) -> Any:
    return show(slug, said, typed)


def show(slug: str, said: dict[str, Any] | None = None, typed: dict[str, str] | None = None) -> Any:
    """`?step=code`: a code was asked for in this browser. `?wrong=n`: one did not fit, and n tries are left."""
    with reading() as db:
        row = find_meeting(db, slug)
        caller = caller_in(db, row)
        rules = rules_of(db, row.id)
        shown = drawn(row, caller)
        over = phase(row.starts, row.ends, utc_now()) == "after"
    asked = session.get("asked") or ["", "", ""]
    did = said.get("command") if said else None
    waits = asked[0] == slug and (request.args.get("step") == "code" or did == "way.enter")
    left = request.args.get("wrong", "")
    return render_template(
        "ways/join.html",
        **shown,
        over=over,
        walk_ins=rules.walk_ins if rules and not over else "none",
        registers=rules is not None,
        asked={"key": asked[1], "email": asked[2]} if waits else None,
        left=int(left) if left.isdecimal() and len(left) == 1 and int(left) <= model.CODE_TRIES else None,
        new_key=new_token(),
        code=read_code((typed or {}).get("code", "") or request.args.get("code", "")) or "",
        device=device(),
        minutes=int(model.CODE_STANDS.total_seconds() // 60),
        typed=typed or {},
        problem=said,
        did=did,
    )


@done("way.code")
def _asked(slug: str, _result: dict[str, Any]) -> str:
    session["asked"] = [slug, request.form.get("key", ""), request.form.get("email", "")[:254].strip()]
    return f"/m/{slug}/join?step=code"


@done("way.enter")
def _entered(slug: str, result: dict[str, Any]) -> str:
    if result["entered"]:
        return let_in(slug, result)
    return f"/m/{slug}/join?step=code&wrong={result['left']}"


@done("way.walk_in")
def _walked_in(slug: str, result: dict[str, Any]) -> str:
    return let_in(slug, result)

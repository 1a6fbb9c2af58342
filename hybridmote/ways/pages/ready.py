"""For organisers, some days ahead: whose link is unused, who has not tried, who has trouble; and the link once more."""

from collections import Counter
from typing import Any

from flask import render_template, request

from ...db import reading
from ...problems import Refused
from ...web import form_page, meeting_and_caller
from .. import views
from .door import drawn, pages


@pages.get("/m/<slug>/desk/ready")
def ready(slug: str) -> Any:
    return show(slug)


@form_page("desk/ready")
def _again(slug: str, said: dict[str, Any] | None, _typed: dict[str, str]) -> Any:
    return show(slug, said)


def show(slug: str, said: dict[str, Any] | None = None) -> Any:
    with reading() as db:
        row, caller = meeting_and_caller(db, slug)
        if "organiser" not in caller.roles:
            raise Refused("role")
        people = views.ready(db, row.id)
        shown = drawn(row, caller)
    only = request.args.get("state", "")
    return render_template(
        "ways/ready.html",
        **shown,
        people=[p for p in people if only not in views.ORDER or p.state == only],
        counts=Counter(p.state for p in people),
        all=len(people),
        only=only if only in views.ORDER else "",
        problem=said,
    )

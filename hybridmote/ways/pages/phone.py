"""One's own phone: a QR on the device that is in already, a button on the one that is to come in; and the list of both.

Opening the QR's address changes nothing, as with every link here; the button does, once, within two minutes.
"""

from typing import Any
from uuid import uuid4

import segno
from flask import jsonify, redirect, render_template, request
from markupsafe import Markup

from ...access import Caller, by_way, find_meeting, guest
from ...db import iso, reading, utc_now
from ...dispatch import dispatch
from ...limits import guess_allowed, guessed_wrong
from ...meetings.store import Meeting
from ...participants.store import hashed, new_token
from ...problems import Refused, problem
from ...web import caller_in, check_csrf, done, form_page, meeting_and_caller
from .. import model
from ..store import PhoneKey, devices_of, key_by
from .door import address, device, drawn, let_in, pages, site


@pages.get("/m/<slug>/phone")
def phone(slug: str) -> Any:
    return show(slug)


@form_page("phone")
def _again(slug: str, said: dict[str, Any] | None, _typed: dict[str, str]) -> Any:
    return show(slug, said)


@pages.post("/m/<slug>/phone")
def open_way(slug: str) -> Any:
    """The page with a QR. What opens the way stands on this one page and nowhere else: only its digest is kept."""
    check_csrf()
    with reading() as db:
        _meeting, caller = meeting_and_caller(db, slug)
    token = new_token()
    answer = dispatch(caller, caller.meeting_id, "way.phone", {"op": str(uuid4()), "key": token})
    if not answer["ok"]:
        return show(slug, problem(answer))
    link = f"{site()}/p/{token}"
    code = segno.make(link, error="m")
    svg = code.svg_inline(border=4, svgclass="qr", lineclass="qr__dots", title=link, omitsize=True)
    return show(slug, shown={**answer["result"], "svg": Markup(svg)})


def show(slug: str, said: dict[str, Any] | None = None, shown: dict[str, Any] | None = None) -> Any:
    with reading() as db:
        row, caller = meeting_and_caller(db, slug)
        if "person" not in caller.roles:  # a screen has no pocket
            raise Refused("role")
        mine = [
            {"id": g.id, "how": g.how, "device": g.device, "at": iso(g.used_at), "here": g.id == caller.grant_id}
            for g in devices_of(db, caller.participant_id)
        ]
        page = drawn(row, caller)
    return render_template(
        "ways/phone.html",
        **page,
        devices=mine,
        account=caller.stamp is not None,
        shown=shown,
        seconds=int(model.KEY_STANDS.total_seconds()),
        did=request.args.get("did", ""),
        problem=said,
    ), (said["status"] if said else 200)


@pages.get("/m/<slug>/phone/state")
def state(slug: str) -> Any:
    """What has become of the QR that one's own page shows: {state: waiting | used | over}."""
    with reading() as db:
        _meeting, caller = meeting_and_caller(db, slug)
        key = db.get(PhoneKey, request.args.get("id", "")[:64].replace("\x00", ""))
    if key is None or key.participant_id != caller.participant_id:
        return jsonify(state="over")
    return jsonify(state="used" if key.used_at else "waiting" if utc_now() < key.expires_at else "over")


@done("way.end")
def _ended(slug: str, result: dict[str, Any]) -> str:
    """The device itself, or another one."""
    with reading() as db:
        return f"/m/{slug}/phone?did=end" if caller_in(db, find_meeting(db, slug)) else f"/m/{slug}"


# ---- on the phone -----------------------------------------------------------------------------------------------------


@pages.get("/p/<token>")
def link(token: str) -> Any:
    """Whose it is, and a button. The same page whether it was used, is too old or never was."""
    guess_allowed(address())
    found = _of(token)
    if found is None:
        return _no_such_key(token)
    meeting, owner, own = found
    return render_template("ways/take.html", **drawn(meeting, own), person=owner.me(), device=device())


@pages.post("/p/<token>")
def take(token: str) -> Any:
    """Let this phone in, as the person who showed the code."""
    guess_allowed(address())
    check_csrf()
    found = _of(token)
    if found is None:
        return _no_such_key(token)
    meeting = found[0]
    body = {"op": str(uuid4()), "key": token, "device": device()}
    answer = dispatch(guest(meeting, address()), meeting.id, "way.take", body)
    if not answer["ok"]:
        if answer["code"] != "bad_link":
            said = problem(answer)
            return render_template("error.html", problem=said), said["status"]
        return _no_such_key(token)
    return redirect(let_in(meeting.slug, answer["result"]), 303)


def _of(token: str) -> tuple[Meeting, Caller, Caller | None] | None:
    """The meeting, whose key it is, and who this browser is there already."""
    with reading() as db:
        key = key_by(db, hashed(token))
        meeting = db.get(Meeting, key.meeting_id if key else "")
        owner = by_way(db, meeting, (key.participant_id, key.by)) if key and meeting else None
        stands = key is not None and key.used_at is None and utc_now() < key.expires_at
        if not stands or meeting is None or owner is None:
            return None
        return meeting, owner, caller_in(db, meeting)


def _no_such_key(token: str) -> Any:
    with reading() as db:
        known = key_by(db, hashed(token)) is not None
    if not known:  # one that has grown old is no guess: halls share an address, and phones are slow
        guessed_wrong(address())
    return render_template("ways/take.html", meeting=None, person=None, me=None), 404

"""Ways in: the personal link, staff sign-in, and out again.

Opening a link changes nothing: mail scanners open every link. A button on the page is what binds the browser.
"""

from typing import Any

from flask import Blueprint, redirect, render_template, request, session
from sqlalchemy import select

from ..access import NOBODY, Caller, by_token, password_fits
from ..db import reading
from ..limits import guess_allowed, guessed_wrong
from ..meetings.store import Meeting, all_meetings
from ..meetings.views import meeting_view
from ..problems import Refused, problem
from ..web import check_csrf, local_path
from .store import Account, grant_of, participant_of_account

pages = Blueprint("participants", __name__)


@pages.get("/j/<token>")
def link(token: str) -> Any:
    """Show whose link it is, and a button. Also for one that is not known: the same page, in other words."""
    guess_allowed(_address())
    try:
        meeting, caller = _of(token)
    except Refused as refusal:
        return _no_such_link(refusal)
    return render_template(
        "participants/join.html", meeting=meeting_view(meeting), person=caller.me(), me=None, token=token
    )


@pages.post("/j/<token>")
def bind(token: str) -> Any:
    """Let this browser in. Any number of devices, until the link is revoked."""
    guess_allowed(_address())
    check_csrf()
    try:
        meeting, caller = _of(token)
    except Refused as refusal:
        return _no_such_link(refusal)
    grants = dict(session.get("grants") or {})
    grants[meeting.id] = caller.grant_id
    session["grants"] = grants
    session.permanent = True
    return redirect(f"/m/{meeting.slug}/{_first_page(caller)}", 303)


@pages.get("/sign-in")
def sign_in_page() -> str:
    return render_template(
        "participants/sign_in.html", meeting=None, me=None, next=local_path(request.args.get("next", "/")), typed={}
    )


@pages.post("/sign-in")
def sign_in() -> Any:
    """Staff, by e-mail and password. What fails counts against the address."""
    guess_allowed(_address())
    check_csrf()
    email = request.form.get("email", "").strip().lower()
    back = local_path(request.form.get("next", "/"))
    with reading() as db:
        account = (
            db.scalars(select(Account).where(Account.email == email)).one_or_none() if "\x00" not in email else None
        )
    if not password_fits(account.password_hash if account else NOBODY, request.form.get("password", "")) or not account:
        guessed_wrong(_address())
        said = problem({"code": "bad_sign_in"})
        page = render_template(
            "participants/sign_in.html", meeting=None, me=None, next=back, problem=said, typed={"email": email}
        )
        return page, 401
    session["account"] = [account.id, account.stamp]
    session.permanent = True
    return redirect(back if back != "/" else _staff_page(account.id), 303)


@pages.post("/sign-out")
def sign_out() -> Any:
    """Forget every meeting in this browser; the language stays."""
    check_csrf()
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    return redirect("/", 303)


def _of(token: str) -> tuple[Meeting, Caller]:
    with reading() as db:
        grant = grant_of(db, token)
        meeting = db.get(Meeting, grant.meeting_id) if grant else None
        caller = by_token(db, meeting, token) if meeting else None
        if meeting is None or caller is None:
            raise Refused("bad_link")
        return meeting, caller


def _no_such_link(refusal: Refused) -> Any:
    guessed_wrong(_address())
    said = problem(refusal.facts())
    return render_template("participants/join.html", meeting=None, person=None, me=None, problem=said), said["status"]


def _first_page(caller: Caller) -> str:
    if "screen" in caller.given:
        return "screen"
    return "moderate" if caller.staff else "live"


def _staff_page(account_id: str) -> str:
    """The one meeting this account works in, or the list."""
    with reading() as db:
        mine = [m.slug for m in all_meetings(db) if participant_of_account(db, m.id, account_id)]
    return f"/m/{mine[0]}/moderate" if len(mine) == 1 else "/"


def _address() -> str:
    return request.remote_addr or ""

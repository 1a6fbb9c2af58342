"""Ways in: the personal link, staff sign-in, and out again; and a screen's code, which staff let in.

Opening a link changes nothing: mail scanners open every link. A button on the page is what binds the browser.
"""

import secrets
from datetime import timedelta
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, session
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ..access import NOBODY, Caller, by_cookie, by_token, password_fits
from ..db import reading, transaction, utc_now
from ..limits import code_allowed, guess_allowed, guessed_wrong
from ..meetings.model import join_code
from ..meetings.store import Meeting, all_meetings
from ..meetings.views import meeting_view
from ..problems import Refused, problem
from ..web import check_csrf, local_path, meeting_and_caller, remember
from .model import device_of
from .store import (
    MOST_PEOPLE,
    SCREENS,
    Account,
    Grant,
    Pairing,
    closed_way,
    grant_of,
    hashed,
    muted_in,
    new_id,
    new_token,
    participant_of_account,
    people_called,
)
from .views import person_view

CODE_STANDS = timedelta(minutes=10)
CLOSED = {"handed_over": "handed_over", "cancelled": "place_cancelled"}  # what a link that was closed says; not to whom
MOST_CODES = 1000  # shown at once: more is not screens

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
    remember(meeting.id, caller.grant_id)
    with transaction() as db:  # so that the organiser can see whose link is not used
        unused = update(Grant).where(Grant.id == caller.grant_id, Grant.used_at.is_(None))
        db.execute(unused.values(used_at=utc_now(), device=device_of(request.headers.get("User-Agent", "")[:400])))
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


# ---- a screen: it shows a code, staff type it at their desk, and it goes on by itself ----


@pages.get("/screen")
def screen() -> Any:
    """The code this browser was given, or a button that asks for one. A screen that is let in goes on to its page."""
    with reading() as db:
        onward = _onward(db)
        pairing = _pairing(db)
    if onward:
        return redirect(onward)
    return _code_page(pairing.code if pairing and pairing.expires_at > utc_now() else "")


@pages.post("/screen")
def show_code() -> Any:
    """A new code, unless the one it has still stands."""
    try:
        check_csrf()
        with reading() as db:
            pairing = _pairing(db)
        if pairing is None or pairing.expires_at <= utc_now():
            code_allowed(_address())
            session["pairing"] = _new_pairing()
            session.permanent = True
    except Refused as refusal:
        said = problem(refusal.facts())
        return _code_page("", said), said["status"]
    return redirect("/screen", 303)


@pages.get("/screen/pairing")
def waiting() -> Any:
    """What has become of the code: {state: waiting | let_in | over, to?: the page to go on to}."""
    with reading() as db:
        onward = _onward(db)
        mine = _pairing(db)
    if onward:
        return jsonify(state="let_in", to=onward)
    return jsonify(state="waiting" if mine and mine.expires_at > utc_now() else "over")


def _code_page(code: str, said: dict[str, Any] | None = None) -> str:
    return render_template(
        "participants/pair.html", meeting=None, me=None, code=code, problem=said, staff="account" in session
    )


def _pairing(db: Session) -> Pairing | None:
    """The row of this browser's code. The cookie is signed; that it also knows the secret makes a copied id useless."""
    id, secret = session.get("pairing") or ("", "")
    pairing = db.get(Pairing, id) if id else None
    fits = pairing is not None and secrets.compare_digest(pairing.secret_hash, hashed(secret))
    return pairing if fits else None


def _new_pairing() -> list[str]:
    """The id and the secret of a new row."""
    now, secret = utc_now(), new_token()
    with transaction() as db:
        shown = select(func.count()).select_from(Pairing).where(Pairing.expires_at > now)
        if (db.scalar(shown) or 0) >= MOST_CODES:
            raise Refused("busy")
        code = join_code(secrets.randbelow)
        while db.scalar(select(Pairing.id).where(Pairing.code == code)):
            code = join_code(secrets.randbelow)
        row = Pairing(id=new_id(), code=code, secret_hash=hashed(secret), expires_at=now + CODE_STANDS)
        db.add(row)
        return [row.id, secret]


def _onward(db: Session) -> str | None:
    """Where this screen belongs, once staff have let it in; it is remembered by the browser alone."""
    pairing = _pairing(db)
    if pairing is not None and pairing.meeting_id and pairing.grant_id:
        remember(pairing.meeting_id, pairing.grant_id)
        session["screen"] = pairing.meeting_id
        session.pop("pairing")
    meeting = db.get(Meeting, session.get("screen") or "")
    caller = by_cookie(db, meeting, session) if meeting else None
    return f"/m/{caller.slug}/{_first_page(caller)}" if caller and SCREENS.intersection(caller.given) else None


def _of(token: str) -> tuple[Meeting, Caller]:
    with reading() as db:
        grant = grant_of(db, token)
        meeting = db.get(Meeting, grant.meeting_id) if grant else None
        caller = by_token(db, meeting, token) if meeting else None
        if meeting is None or caller is None:
            raise Refused(CLOSED.get(closed_way(db, token), "bad_link"))
        return meeting, caller


def _no_such_link(refusal: Refused) -> Any:
    guessed_wrong(_address())
    said = problem(refusal.facts())
    return render_template("participants/join.html", meeting=None, person=None, me=None, problem=said), said["status"]


def _first_page(caller: Caller) -> str:
    if "screen" in caller.given:
        return "screen"
    if "lectern" in caller.given:
        return "speaker"
    if caller.given == ("applicant",):
        return "place"
    return "moderate" if caller.staff else "live"


def _staff_page(account_id: str) -> str:
    """The one meeting this account works in, or the list."""
    with reading() as db:
        mine = [m.slug for m in all_meetings(db) if participant_of_account(db, m.id, account_id)]
    return f"/m/{mine[0]}/moderate" if len(mine) == 1 else "/"


def _address() -> str:
    return request.remote_addr or ""


@pages.get("/m/<slug>/people")
def people(slug: str) -> Any:
    """For moderators: who takes part and is called that, so that something can be asked on their behalf, or they can be
    muted. `name`: at least two letters of a name or an organisation; `muted`: instead, all who may not ask for now."""
    with reading() as db:
        meeting, caller = meeting_and_caller(db, slug)
        if not caller.staff:
            raise Refused("role")
        if "muted" in request.args:
            found = [person_view(p) for p in muted_in(db, meeting.id, utc_now())]
        else:
            found = [person_view(p) for p in people_called(db, meeting.id, request.args.get("name", ""))[:MOST_PEOPLE]]
    return jsonify({"people": found})

"""The organiser's page of letters: what waits, left and came back; their words; to whom they go. And the page of those who
want no more invitations, which a mail program may also reach by itself (RFC 8058)."""

import hashlib
import re
from base64 import b64encode
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

from flask import Blueprint, Response, current_app, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from markupsafe import escape
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from .. import limits, offload, tables
from ..access import Caller, find_meeting
from ..config import Settings
from ..db import reading
from ..dispatch import dispatch
from ..limits import guess_allowed, guessed_wrong
from ..meetings.store import Meeting
from ..meetings.views import meeting_view
from ..participants.store import new_id
from ..problems import WHY, Refused, problem
from ..sockets import welcome
from ..strings import strings
from ..web import allow, caller_in, check_csrf, csrf, done, first, form_page, meeting_and_caller
from . import model
from .store import STATES, Invitee, Letter, Outbox, file_of, is_unsubscribed, people_to, to_invite, words_of
from .views import samples

pages = Blueprint("mail", __name__)
PAGE = "desk/mail"
SHOWN = 50  # letters, or addresses, on a page
TOLD = 20  # lines without an address that a page's own address can tell of
ROWS = 5_000  # addresses of a file
PART = 500  # of one command
BESIDE = 64 * 1024  # bytes of a form beside its file
FILES = "30/hour"
GROUPS = ("all", "hall", "web", "speakers", "unused")


@pages.get("/m/<slug>/desk/mail")
def desk(slug: str) -> Any:
    return show(slug)


@form_page(PAGE)
def _again(slug: str, said: dict[str, Any] | None, typed: dict[str, str]) -> Any:
    return show(slug, said, typed)


def show(slug: str, said: dict[str, Any] | None = None, typed: dict[str, str] | None = None) -> Any:
    """The page, with the problem of a form if there was one, and what was typed in it."""
    typed = typed or {}
    with reading() as db:
        row = find_meeting(db, slug)
        caller = caller_in(db, row)
        if caller is None:
            told = problem({"code": "unknown_caller"})
            return render_template("error.html", problem=told, next=request.path, slug=slug), 401
        if "organiser" not in caller.roles:
            raise Refused("role")
        allow({"frame-src": ["'self'"]})
        return render_template("mail/desk.html", **_drawn(db, row, caller, said, typed))


def _drawn(
    db: Session, row: Meeting, caller: Caller, said: dict[str, Any] | None, typed: dict[str, str]
) -> dict[str, Any]:
    settings = _settings()
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    page = max(1, request.args.get("page", default=1, type=int))
    letters, more = _letters(db, row, state, page)
    outbox = db.get(Outbox, row.id)
    did = said.get("command") if said else None
    return {
        "meeting": meeting_view(row),
        "me": caller.me(),
        "here": f"/m/{caller.slug}/{PAGE}",
        "backend": settings.mail_backend,
        "trouble": outbox.trouble if outbox else "",
        "counts": _counts(db, row),
        "state": state,
        "states": state_words(),
        "letters": letters,
        "page_number": page,
        "more": more,
        "titles": titles(),
        "sealed": model.SEALED,
        "many": [name for name, one in model.TEMPLATES.items() if one.to_many],
        "groups": [(name, words, len(people_to(db, row.id, name))) for name, words in group_words().items()],
        "editor": _editor(db, row, did, typed),
        "listed": _listed(db, row),
        "brought": said["brought"] if said and "brought" in said else _brought(),
        "problem": said if said and "status" in said else None,
        "confirm": said if said and "letters" in said else None,
        "did": did,
        "typed": typed,
        "boot": {
            "meeting": row.slug,
            "base": f"/m/{row.slug}",
            "csrf": generate_csrf(),
            "locale": str(get_locale() or "sv"),
            "page": PAGE,
            "strings": strings(str(get_locale() or "sv"), "desk_mail"),
            "welcome": welcome(db, caller),
        },
    }


def _letters(db: Session, row: Meeting, state: str, page: int) -> tuple[list[Letter], bool]:
    found = select(Letter).where(Letter.meeting_id == row.id)
    if state:
        found = found.where(Letter.state == state)
    newest = found.order_by(Letter.created_at.desc(), Letter.id).offset((page - 1) * SHOWN).limit(SHOWN + 1)
    letters = list(db.scalars(newest))
    return letters[:SHOWN], len(letters) > SHOWN


def _counts(db: Session, row: Meeting) -> dict[str, int]:
    by_state = select(Letter.state, func.count()).where(Letter.meeting_id == row.id).group_by(Letter.state)
    return {found[0]: found[1] for found in db.execute(by_state)}


def _editor(db: Session, row: Meeting, did: str | None, typed: dict[str, str]) -> dict[str, Any] | None:
    """The template that is open: as it was typed when a form of it was refused, else as it stands."""
    mine = typed if did in ("mail.template", "mail.reset_template", "mail.test") else request.args
    template = mine.get("template", "")
    language = mine.get("language", row.language)
    if template not in model.TEMPLATES or language not in model.LANGUAGES:
        return None
    subject, body, version = words_of(db, row.id, template, language)
    own = version > 1
    if did == "mail.template":
        subject, body = typed.get("subject", ""), typed.get("body", "")
    placeholders = [(name, _(words)) for name, words in model.allowed(template).items()]
    return {
        "template": template,
        "language": language,
        "subject": subject,
        "body": body,
        "version": version,
        "own": own,
        "placeholders": placeholders,
    }


def _listed(db: Session, row: Meeting) -> dict[str, Any]:
    every = select(Invitee).where(Invitee.meeting_id == row.id)
    number = db.scalar(select(func.count()).select_from(every.subquery())) or 0
    page = max(1, request.args.get("addresses", default=1, type=int))
    shown = every.order_by(Invitee.address).offset((page - 1) * SHOWN).limit(SHOWN)
    addresses = [
        {
            "id": one.id,
            "address": one.address,
            "name": one.name,
            "organisation": one.organisation,
            "invited_at": one.invited_at,
            "no": is_unsubscribed(db, one.address),
        }
        for one in db.scalars(shown)
    ]
    return {
        "number": number,
        "page": page,
        "more": number > page * SHOWN,
        "addresses": addresses,
        "new": len(to_invite(db, row.id)),
        "again": len(to_invite(db, row.id, again=True)),
    }


def state_words() -> dict[str, str]:
    return {
        "waiting": _("Waiting"),
        "sending": _("On its way"),
        "sent": _("Sent"),
        "refused": _("Refused"),
        "failed": _("Given up"),
        "cancelled": _("Taken back"),
    }


def titles() -> dict[str, str]:
    return {name: _(one.title) for name, one in model.TEMPLATES.items()}


def group_words() -> dict[str, str]:
    return {
        "all": _("Everyone who takes part"),
        "hall": _("Those in the hall"),
        "web": _("Those on the web"),
        "speakers": _("The speakers"),
        "unused": _("Those who have not used their link"),
    }


@first("mail.send")
def _how_many(db: Session, meeting: Meeting, caller: Caller, typed: dict[str, str]) -> dict[str, Any] | None:
    """How many letters it would be, before they go."""
    if "organiser" not in caller.roles or typed.get("to") not in (*GROUPS, "chosen"):
        return None
    if typed.get("template") not in model.TEMPLATES or (typed["template"] == "changed" and not typed.get("changes")):
        return None
    people = people_to(db, meeting.id, typed["to"], typed.get("people", "").split())
    return {"letters": len(people)} if people else None


@first("mail.invite")
def _how_many_invitations(
    db: Session, meeting: Meeting, caller: Caller, typed: dict[str, str]
) -> dict[str, Any] | None:
    if "organiser" not in caller.roles:
        return None
    invitees = to_invite(db, meeting.id, again=typed.get("again") == "true")
    return {"letters": len(invitees)} if invitees else None


@done("mail.add_addresses")
def _added(slug: str, result: dict[str, Any]) -> str:
    """Back to the list, which says how many were added and which lines were not taken, and why."""
    bad = ",".join(f"{one['line']}.{one['why']}" for one in result["bad"][:TOLD])
    numbers = {name: result[name] for name in ("added", "known", "unwilling")}
    return f"/m/{slug}/{PAGE}?{urlencode({**numbers, 'more': max(0, len(result['bad']) - TOLD), 'bad': bad})}#h-list"


def _brought() -> dict[str, Any] | None:
    """What the address says of a list that was just added."""
    if "added" not in request.args:
        return None
    bad = re.findall(r"(\d{1,7})\.(\w+)", request.args.get("bad", ""))
    told = [{"line": int(line), "text": "", "why": why} for line, why in bad[:TOLD]]
    numbers = ("added", "known", "unwilling", "more")
    return {"bad": _in_words(told), **{name: request.args.get(name, 0, int) for name in numbers}}


def _in_words(bad: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**one, "words": WHY[one["why"]]} for one in bad if one["why"] in WHY]


@pages.post("/m/<slug>/desk/mail/addresses")
@csrf.exempt
def bring_addresses(slug: str) -> Any:
    """A file of addresses: CSV as Excel writes it, or XLSX. What was added and what was not stands on the page that
    answers; sent twice, it is added once."""
    request.max_content_length = request.max_form_memory_size = tables.LARGEST + BESIDE
    with reading() as db:
        _row, caller = _organiser(db, slug)
    try:
        limits.check(FILES, "mail.bring", caller)
        try:
            sent, op = request.files.get("file"), request.form.get("op", "")
        except RequestEntityTooLarge:
            raise Refused("too_large", field="file", why="sheet_too_large") from None
        check_csrf()
        if not sent or not sent.filename:
            raise Refused("invalid", field="file", why="no_sheet")
        with sent.stream:
            result = _taken(caller, _table(sent.read()), op)
    except Refused as refusal:
        said = problem(refusal.facts()) | {"command": "bring"}
        return show(slug, said), said["status"]
    return show(slug, {"command": "bring", "brought": {**result, "bad": _in_words(result["bad"]), "more": 0}})


def _table(content: bytes) -> list[tuple[int, list[str]]]:
    try:
        found: list[tuple[int, list[str]]] = offload.run(lambda: list(islice(tables.lines(content), ROWS + 1)))
    except tables.Unreadable as unreadable:
        raise Refused("invalid", field="file", why=unreadable.why) from None
    if not found:
        raise Refused("invalid", field="file", why="sheet_empty")
    if len(found) > ROWS:
        raise Refused("invalid", field="file", why="too_many_addresses")
    return found


def _taken(caller: Caller, table: list[tuple[int, list[str]]], op: str) -> dict[str, Any]:
    """Add the rows, a part at a time: others get their turn between."""
    columns = model.headings(table[0][1])
    if columns or (len(table) > 1 and not any("@" in cell for cell in table[0][1])):
        table = table[1:]
    if not any("@" in cell for _line, cells in table for cell in cells):
        raise Refused("invalid", field="file", why="no_addresses")
    total: dict[str, Any] = {"added": 0, "known": 0, "unwilling": 0, "bad": []}
    for at in range(0, len(table), PART):
        rows = [{"line": line, "cells": cells} for line, cells in table[at : at + PART]]
        body = {"rows": rows, "columns": columns or [], "op": str(uuid5(NAMESPACE_URL, f"{op} {at}"))}
        answer = dispatch(caller, caller.meeting_id, "mail.add_addresses", body)
        if not answer["ok"]:
            raise Refused(answer["code"], field="file", **answer.get("params", {}))
        for name, more in answer["result"].items():
            total[name] += more
    return total


@done("mail.template")
@done("mail.reset_template")
def _stay(slug: str, _result: Any) -> str:
    """Back to the editor of the letter that it was."""
    return (
        f"/m/{slug}/{PAGE}?{urlencode({name: request.form.get(name, '') for name in ('template', 'language')})}#editor"
    )


# ---- to look at a letter ----------------------------------------------------------------------------------------------


def written(
    db: Session, row: Meeting, caller: Caller, template: str, language: str, subject: str, body: str
) -> model.Written:
    """As it would be sent, to the one who looks."""
    return model.write(subject, body, samples(_settings(), row, language, template, caller.name), language)


@pages.route("/m/<slug>/desk/mail/preview", methods=["GET", "POST"])
@csrf.exempt
def preview(slug: str) -> Any:
    """The letter as HTML, for a frame of the editor: as it stands, or as it is being written. Changes nothing."""
    asked = request.form if request.method == "POST" else request.args
    with reading() as db:
        row, caller = _organiser(db, slug)
        template, language = asked.get("template", ""), asked.get("language", "")
        if template not in model.TEMPLATES or language not in model.LANGUAGES:
            raise Refused("not_found")
        subject, body, _version = words_of(db, row.id, template, language)
        subject, body = asked.get("subject", subject), asked.get("body", body)
        letter = written(db, row, caller, template, language, subject[:2000], body[:20000])
        head = f"<main>\n<p><strong>{escape(letter.subject)}</strong></p>\n<hr>"  # a mail program shows it above
        return _framed(letter.html.replace("<main>", head, 1))


@pages.get("/m/<slug>/desk/mail/<letter>")
def read(slug: str, letter: str) -> Any:
    """A letter: to whom, what became of it, and, where letters are kept as files, what it says."""
    with reading() as db:
        row, caller = _organiser(db, slug)
        found = _letter(db, row, letter)
        mail = _file(row, found)
        allow({"frame-src": ["'self'"]})
        return render_template(
            "mail/letter_page.html",
            meeting=meeting_view(row),
            me=caller.me(),
            here=f"/m/{slug}/{PAGE}",
            letter=found,
            states=state_words(),
            titles=titles(),
            sealed=found.template in model.SEALED,
            backend=_settings().mail_backend,
            headers=[(name, str(value)) for name, value in mail.items()] if mail else [],
            text=_part(mail, "plain"),
            links=re.findall(r"https?://[^\s>]+", _part(mail, "plain")),
        )


@pages.get("/m/<slug>/desk/mail/<letter>.html")
def read_html(slug: str, letter: str) -> Any:
    with reading() as db:
        row, _caller = _organiser(db, slug)
        mail = _file(row, _letter(db, row, letter))
    if mail is None:
        raise Refused("not_found")
    return _framed(_part(mail, "html"))


def _letter(db: Session, row: Meeting, id: str) -> Letter:
    found = db.get(Letter, id) if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", id) else None
    if found is None or found.meeting_id != row.id:
        raise Refused("not_found")
    return found


def _file(row: Meeting, letter: Letter) -> EmailMessage | None:
    if _settings().mail_backend != "file" or letter.template in model.SEALED:
        return None
    try:
        with file_of(_settings().data, row.slug, letter.id).open("rb") as f:
            return BytesParser(EmailMessage, policy=policy.default).parse(f)
    except OSError:
        return None


def _part(mail: EmailMessage | None, kind: str) -> str:
    part = mail.get_body((kind,)) if mail else None
    return str(part.get_content()) if part else ""


def _framed(html: str) -> Response:
    """In a frame of ours, where nothing runs and nothing is fetched; its one style sheet is known by its digest."""
    answer = Response(html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {_style_of_letters()}; frame-ancestors 'self'; sandbox allow-popups"
    )
    allow({}, **{"X-Frame-Options": "SAMEORIGIN"})
    return answer


@lru_cache(maxsize=1)
def _style_of_letters() -> str:
    style = model.write("", "", {}, "en").html.partition("<style>")[2].partition("</style>")[0]
    return f"'sha256-{b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


def _organiser(db: Session, slug: str) -> tuple[Meeting, Caller]:
    row, caller = meeting_and_caller(db, slug)
    if "organiser" not in caller.roles:
        raise Refused("role")
    return row, caller


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


# ---- no more invitations ----------------------------------------------------------------------------------------------


@pages.get("/u/<token>")
def unsubscribing(token: str) -> Any:
    """What the button will do. Opening it changes nothing: mail scanners open every link."""
    guess_allowed(_address())
    return _unsubscribing(token, done=None)


@pages.post("/u/<token>")
@csrf.exempt
def unsubscribe(token: str) -> Any:
    """By the button, or by the reader's mail program, which has no page of ours and so no token of a page. Whoever holds
    the letter may say it; it can be taken back."""
    guess_allowed(_address())
    on = request.form.get("on") != "false"
    if not on:
        check_csrf()
    with reading() as db:
        invitee = _invitee(db, token)
    if invitee is None:
        return _unsubscribing(token, done=None)
    answer = dispatch(None, invitee.meeting_id, "mail.unsubscribe", {"op": new_id(), "invitee": invitee.id, "on": on})
    if not answer["ok"]:
        raise Refused(answer["code"] if answer["code"] in ("busy", "error") else "error")
    return _unsubscribing(token, done=on)


def _unsubscribing(token: str, done: bool | None) -> Any:
    with reading() as db:
        invitee = _invitee(db, token)
        if invitee is None:
            guessed_wrong(_address())
            said = problem({"code": "bad_link"})
            return render_template("mail/unsubscribe.html", meeting=None, me=None, problem=said), 404
        meeting = db.get_one(Meeting, invitee.meeting_id)
        return render_template(
            "mail/unsubscribe.html",
            meeting=meeting_view(meeting),
            me=None,
            address=invitee.address,
            no=is_unsubscribed(db, invitee.address),
            done=done,
        )


def _invitee(db: Session, token: str) -> Invitee | None:
    id = model.invitee_of(current_app.config["SECRET_KEY"], token)
    return db.get(Invitee, id) if id else None


def _address() -> str:
    return request.remote_addr or ""

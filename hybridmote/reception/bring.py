"""A list of people is brought in: looked through first, then imported, and taken back whole if it was the wrong one.

Nothing is kept of a file between the two: the rows that were read stand in the page, and come back with its form.
"""

import json
from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _
from pydantic import ValidationError
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from .. import limits, offload
from ..access import Caller
from ..db import reading
from ..dispatch import COMMANDS, dispatch
from ..invitation import either
from ..meetings.store import Meeting
from ..participants.store import new_id
from ..problems import WHY, Refused, problem
from ..registration import model
from ..registration.model import sheet_in
from ..registration.store import Fee, fees_of
from ..registration.views import lists, taken_of
from ..takeaway.sheets import Column, as_csv
from ..web import check_csrf, csrf, form_page, meeting_and_caller
from . import door, files
from .door import Said, Typed, pages

PAGE = "desk/import"
MB = 1_000_000
BESIDE = 64 * 1024  # bytes of a form beside the file itself
PART = 200  # rows of one command: others get their turn between
LIMIT = "30/hour"
FIELDS = sorted({*sheet_in.NAMES.values()} - {"first_name", "last_name"})
PAYS = {"orgnr": model.orgnr, "gln": model.gln, "peppol": model.peppol}

Row = dict[str, str]
Fault = dict[str, Any]  # {row, field, why}


@pages.get("/m/<slug>/desk/import")
def bring(slug: str) -> Any:
    return show(slug)


@form_page(PAGE)
def _again(slug: str, said: Said, typed: Typed) -> Any:
    return show(slug, said, typed)


@pages.post("/m/<slug>/desk/import")
@csrf.exempt
def brought(slug: str) -> Any:
    """`do`: read (a file is looked through), take (its rows are imported) or bad (those that cannot be, as CSV)."""
    request.max_content_length = sheet_in.LARGEST + BESIDE
    request.max_form_memory_size = sheet_in.LARGEST + BESIDE
    try:
        with reading() as db:
            _row, caller = meeting_and_caller(db, slug)
        door.organiser(caller)
        limits.check(LIMIT, "registration.bring", caller)
        try:
            form, sent = request.form, request.files.get("file")
        except RequestEntityTooLarge:
            raise Refused("too_large", field="file", why="sheet_too_large") from None
        check_csrf()
        if sent:
            with sent.stream:  # a large one lies in a file of its own meanwhile
                name, rows = sent.filename or "", _read(sent.read())
        else:
            name, rows = form.get("name", ""), _typed(form)
        if not rows:
            raise Refused("invalid", field="file", why="no_sheet")
        usual, letter = form.get("fee", ""), form.get("letter") == "true"
        if form.get("do") == "take":
            return redirect(f"/m/{slug}/{PAGE}?done={_taken(caller, name, rows, usual, letter)}", 303)
        if form.get("do") == "bad":
            return _bad(slug, rows, usual)
    except Refused as refusal:
        if refusal.code in ("unknown_caller", "role", "not_found"):
            raise
        return show(slug, problem(refusal.facts()) | {"command": "read"})
    return show(slug, None, None, {"name": name[:120], "rows": rows, "usual": usual, "letter": letter})


def show(slug: str, said: Said = None, typed: Typed | None = None, look: dict[str, Any] | None = None) -> Any:
    return door.page(
        slug, "registration/desk_import.html", lambda db, row, who: _drawn(db, row, who, look), said, typed
    )


def _drawn(db: Session, row: Meeting, _caller: Caller, look: dict[str, Any] | None) -> dict[str, Any]:
    brought = lists.imports(db, row.id)
    done = next((one for one in brought if one.id == request.args.get("done")), None)
    fees = fees_of(db, row.id)
    drawn: dict[str, Any] = {
        "fees": [(fee.id, either(fee.name, door.language())[0]) for fee in fees],
        "imports": brought,
        "done": done,
        "faults": faults_in_words(done.errors) if done else [],
        "look": None,
    }
    if look:
        found = faults(db, row, look["rows"], look["usual"])
        bad = {fault["row"] for fault in found}
        by_row = {int(one["row"]): one for one in look["rows"]}
        drawn["look"] = {
            **look,
            "json": json.dumps(look["rows"], ensure_ascii=False),
            "good": [one for one in look["rows"] if int(one["row"]) not in bad],
            "faults": [
                fault
                | {"name": by_row[fault["row"]].get("name", ""), "value": by_row[fault["row"]].get(fault["field"], "")}
                for fault in faults_in_words(found)
            ],
            "bad": len(bad),
            "columns": [field for field in FIELDS if any(one.get(field) for one in look["rows"])],
        }
    return drawn


def _read(content: bytes) -> list[Row]:
    try:
        found: list[Row] = offload.run(sheet_in.read, content)
    except sheet_in.Unreadable as unreadable:
        raise Refused("invalid", field="file", why=unreadable.why) from None
    return found


def _typed(form: Any) -> list[Row]:
    """The rows that the page was given back. Anybody may have written them anew: they are read like a file's."""
    try:
        given = json.loads(form.get("rows", ""))
        rows = [
            {"row": str(int(one["row"]))} | {k: str(one[k])[: sheet_in.CELL] for k in FIELDS if k in one}
            for one in given
        ]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Refused("invalid", field="file", why="no_sheet") from None
    if len(rows) > sheet_in.ROWS:
        raise Refused("invalid", field="file", why="sheet_too_many")
    return rows


def _taken(caller: Caller, name: str, rows: list[Row], usual: str, letter: bool) -> str:
    """Import the rows, a part at a time; the id of the import."""
    into: str | None = None
    for at in range(0, len(rows), PART):
        part = rows[at : at + PART]
        body: dict[str, Any] = {"rows": part, "name": name[:120], "letter": letter, "into": into, "fee": usual or None}
        op = request.form.get("op", "") if at == 0 else files.op_of(request.form.get("op", ""), at)
        answer = dispatch(caller, caller.meeting_id, "registration.import", {**body, "op": op})
        if not answer["ok"]:
            raise Refused(answer["code"], field=answer.get("field"), **answer.get("params", {}))
        into = answer["result"]["id"]
    return into or new_id()


# ---- what is wrong, before anything is done --------------------------------------------------------------------------


def faults(db: Session, row: Meeting, rows: list[Row], usual: str) -> list[Fault]:
    """Each row that could not be taken now, with the first thing that is wrong with it. What the import says later is what
    counts: somebody may register meanwhile."""
    fees = fees_of(db, row.id)
    left = {fee.id: _left(fee, taken) for taken in [taken_of(db, [fee.id for fee in fees])] for fee in fees}
    have = {e.email for e in lists.entries(db, row.id) if e.email}
    found: list[Fault] = []
    for one in rows:
        fee = _fee(fees, one.get("fee", "")) if one.get("fee") else next((f for f in fees if f.id == usual), None)
        wrong = _wrong(one, fee) or _place(one, fee, have, left)
        if wrong:
            found.append({"row": int(one["row"]), "field": wrong[0], "why": wrong[1]})
        else:
            have.add(one["email"].strip().lower())
            if fee and left[fee.id] is not None:
                left[fee.id] -= 1
    return found


def _left(fee: Fee, taken: Any) -> Any:
    return None if fee.capacity is None else fee.capacity - taken[fee.id]


def _fee(fees: list[Fee], typed: str) -> Fee | None:
    wanted = " ".join(typed.split()).casefold()
    for fee in fees:
        if fee.id == typed or wanted in (" ".join(name.split()).casefold() for name in fee.name.values()):
            return fee
    return None


def _wrong(one: Row, fee: Fee | None) -> tuple[str, str] | None:
    payload = COMMANDS["registration.enrol"].payload
    given = {k: v for k, v in one.items() if k not in ("row", "fee") and v}
    if not one.get("email"):
        return "email", "empty"
    try:
        payload.model_validate({**given, "fee": fee.id if fee else "x"})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        kind = {"missing": "empty", "extra_forbidden": "unknown_field"}.get(first["type"], first["type"])
        return str(first["loc"][0]) if first["loc"] else "", kind
    for field, read in PAYS.items():
        try:
            read(one.get(field, ""))
        except model.Wrong as wrong:
            return field, wrong.why
    return ("fee", "no_such_fee") if fee is None else None


def _place(one: Row, fee: Fee | None, have: set[str], left: dict[str, Any]) -> tuple[str, str] | None:
    if one["email"].strip().lower() in have:
        return "email", "has_place"
    return ("fee", "full") if fee and left[fee.id] is not None and left[fee.id] <= 0 else None


def faults_in_words(found: list[Fault]) -> list[Fault]:
    names = field_words()
    return [{**one, "what": names.get(one["field"], one["field"]), "words": _words(one["why"])} for one in found]


def _words(why: str) -> str:
    if why in WHY and "%(" not in str(WHY[why]):
        return str(WHY[why])
    return {"empty": _("It is empty."), "too_long": _("It is too long.")}.get(why, _("It cannot be read."))


def field_words() -> dict[str, str]:
    return {
        "name": _("Name"),
        "email": _("E-mail"),
        "organisation": _("Organisation"),
        "title": _("Role at work"),
        "fee": _("Fee"),
        "challenge": _("Challenge"),
        "phone": _("Phone"),
        "language": _("Language"),
        "payer_name": _("Payer"),
        "orgnr": _("Organisation number"),
        "reference": _("Reference"),
        "gln": _("GLN"),
        "peppol": _("Peppol id"),
        "invoice_email": _("E-mail for invoices"),
        "invoice_address": _("Postal address of the invoice"),
        "diet": _("Diet"),
        "access": _("Access needs"),
    }


def _bad(slug: str, rows: list[Row], usual: str) -> Response:
    """The rows that cannot be taken, as they were, each with its reason: to be corrected and brought again."""
    with reading() as db:
        row, _caller = meeting_and_caller(db, slug)
        found = {fault["row"]: fault for fault in faults_in_words(faults(db, row, rows, usual))}
    there = [field for field in FIELDS if any(one.get(field) for one in rows)]
    columns = [Column(name, name, "") for name in ("row", *there, "field", "why")]
    bad = [
        (int(one["row"]), *(one.get(f, "") for f in there), fault["what"], fault["words"])
        for one in rows
        if (fault := found.get(int(one["row"])))
    ]
    return files.sent(slug, "csv", offload.run(as_csv, columns, bad, True), "not-imported")

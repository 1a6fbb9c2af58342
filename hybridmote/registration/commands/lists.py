"""A list of people is brought in, row by row, and taken back whole."""

from typing import Any

from pydantic import Field, ValidationError
from sqlalchemy import func, select

from ...context import Context
from ...dispatch import Id, Payload, command, words
from ...mail.model.address import Email
from ...mail.store import Letter, counted
from ...participants.store import Grant, new_id
from ...problems import Refused
from .. import model
from ..store import Fee, Import, Line, Needs, Registration, Transfer, fees_of
from .common import PLAIN, Himself, end, fee_here, holder, payer_columns, tally_of, tell_of
from .staff import enrolled

ROWS = 2_000  # of one command; a page sends them in parts


class Row(Himself):
    """One row of a list. `fee` is an id or what the fee is called."""

    fee: words(80, optional=True) = Field("", description="an id, or the name in either language")  # type: ignore[valid-type]
    email: Email = Field(description="where the link is sent")
    phone: str = Field("", pattern=r"^[0-9+() \-]{0,30}$", description="for the organisers alone")


class Bring(Payload):
    rows: list[dict[str, Any]] = Field(
        max_length=ROWS,
        description="at most 2,000: {row: its number in the file, name, email, fee?, and the fields of registration.enrol}",
    )
    name: words(120, optional=True) = Field("", description="of the file")  # type: ignore[valid-type]
    into: Id | None = Field(None, description="id of the import of which this is a further part")
    fee: Id | None = Field(None, description="for rows that name none")
    letter: bool = Field(False, description="whether each is told by letter")


class Which(Payload):
    id: Id = Field(description="of the import")


@command("registration.import", role="organiser", payload=Bring, limit="60/minute")
def bring(ctx: Context, p: Bring) -> dict[str, Any]:
    """Register everybody on a list. A row that cannot be taken is told with its reason, and the others are kept."""
    usual = fee_here(ctx, p.fee) if p.fee else None
    if p.into is not None:
        it = ctx.get(Import, p.into, "into")
        if it.undone_at is not None:
            raise Refused("state", why="import_undone")
        it.name = p.name or it.name
    else:
        it = ctx.add(
            Import(id=new_id(), meeting_id=ctx.meeting_id, name=p.name, by=ctx.me, at=ctx.now, taken=0, errors=[])
        )
        ctx.session.flush()
    fees = fees_of(ctx.session, ctx.meeting_id)
    errors: list[dict[str, Any]] = []
    taken = 0
    for place, given in enumerate(p.rows, start=1):
        number = given.get("row", place)
        number = int(number) if str(number).isascii() and str(number).isdecimal() and len(str(number)) < 9 else place
        try:
            row = _read({name: value for name, value in given.items() if name != "row" and value not in ("", None)})
            fee = _fee(fees, row.fee) if row.fee else usual
            if fee is None:
                raise Refused("invalid", field="fee", why="no_such_fee")
            payer = payer_columns(row, row.organisation)
            r = enrolled(ctx, row, fee, payer, "import", row.email, import_id=it.id)
        except Refused as no:
            why = no.params.get("why", "full" if no.code == "closed" else no.code)
            errors.append({"row": number, "field": no.field or "", "why": why})
            continue
        tell_of(ctx, r, letter=p.letter)
        taken += 1
    it.taken += taken
    it.errors = [*it.errors, *errors]
    if p.into is None:
        ctx.audit("registration.import", it.id, None, {"name": it.name, "taken": taken, "errors": len(errors)})
    return {"id": it.id, "taken": taken, "errors": errors}


def _read(given: dict[str, Any]) -> Row:
    """A row as it must be. Raises Refused, like a command that was sent with it."""
    try:
        return Row.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        why = {"missing": "empty", "extra_forbidden": "unknown_field"}.get(first["type"], first["type"])
        known = ("empty", "too_long", "bad_text", "no_email", "unknown_field", "literal_error")
        raise Refused("invalid", field=field, why=why if why in known else "invalid") from None
    except (RecursionError, UnicodeError, OverflowError):
        raise Refused("invalid", field="", why="invalid") from None


def _fee(fees: list[Fee], typed: str) -> Fee | None:
    wanted = " ".join(typed.split()).casefold()
    for fee in fees:
        if fee.id == typed or wanted in (" ".join(name.split()).casefold() for name in fee.name.values()):
            return fee
    return None


@command("registration.undo_import", role="organiser", payload=Which, limit="20/minute")
def undo(ctx: Context, p: Which) -> dict[str, Any]:
    """Take a whole import back. Of whom nobody has heard anything since, nothing is left; whoever was told, has come or
    was changed is cancelled, and told so."""
    it = ctx.get(Import, p.id)
    if it.undone_at is not None:
        raise Refused("state", why="import_undone")
    theirs = select(Registration).where(Registration.import_id == it.id).order_by(Registration.order)
    removed = cancelled = 0
    tally = tally_of(ctx)
    tally.stamp += 1
    for r in list(ctx.session.scalars(theirs)):
        if _untouched(ctx, r):
            _forget(ctx, r)
            removed += 1
        elif r.state in model.LIVES:
            end(ctx, r, "import_undone")
            cancelled += 1
    it.undone_at = ctx.now
    ctx.audit("registration.undo_import", it.id, {"taken": it.taken}, {"removed": removed, "cancelled": cancelled})
    return {"id": it.id, "removed": removed, "cancelled": cancelled}


def _untouched(ctx: Context, r: Registration) -> bool:
    """As the import made it, with no way in, and with no letter that has left."""
    if r.version != 1 or r.arrived_at is not None or r.state != "confirmed":
        return False
    person = r.participant_id
    gone = [
        select(func.count()).where(Grant.participant_id == person),
        select(func.count()).where(Letter.participant_id == person, Letter.state != "waiting"),
        select(func.count()).where(Line.registration_id == r.id),
        select(func.count()).where(Transfer.registration_id == r.id),
    ]
    if holder(ctx, r).roles not in PLAIN:  # they were here before, and stay
        return not ctx.session.scalar(gone[2]) and not ctx.session.scalar(gone[3])
    return not any(ctx.session.scalar(one) for one in gone)


def _forget(ctx: Context, r: Registration) -> None:
    person = holder(ctx, r)
    needs = ctx.session.get(Needs, r.id)
    if needs is not None:
        ctx.session.delete(needs)
    waiting = select(Letter).where(Letter.participant_id == person.id, Letter.state == "waiting")
    for letter in list(ctx.session.scalars(waiting)):
        if letter.data.get("registration") == r.id:
            ctx.session.delete(letter)
            counted(ctx, waiting=-1)
    ctx.session.delete(r)
    ctx.session.flush()
    others = select(Registration.id).where(Registration.participant_id == person.id).limit(1)
    if person.roles in PLAIN and ctx.session.scalar(others) is None:
        ctx.session.delete(person)
        ctx.session.flush()

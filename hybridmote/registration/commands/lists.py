"""A list of people is brought in, row by row, and taken back whole."""

from collections import Counter
from typing import Any

from pydantic import Field, ValidationError
from sqlalchemy import Select, or_, select

from ...context import Context
from ...db import Base
from ...dispatch import Id, Payload, command, words
from ...mail.model.address import Email
from ...mail.store import Letter, counted
from ...participants.store import Participant, new_id
from ...problems import Refused
from .. import model
from ..store import Fee, Import, Line, Needs, Registration, Transfer, fees_of
from .common import PLAIN, Himself, end, fee_here, pass_on, payer_columns, tally_of, tell_of
from .staff import enrolled

ROWS = 2_000  # of one command; a page sends them in parts
AT_ONCE = 100  # cancelled in one transaction: each has a letter, and may pass a place on


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


# ---- and taken back ----------------------------------------------------------------------------------------------------


@command("registration.undo_import", role="organiser", payload=Which, limit="20/minute")
def undo(ctx: Context, p: Which) -> dict[str, Any]:
    """Take a whole import back. Of whom nobody has heard anything since, nothing is left; whoever was told, has come or
    was changed is cancelled, and told so. Of many, `cancelled` says how many will be: it takes its time, in parts."""
    it = ctx.get(Import, p.id)
    if it.undone_at is not None:
        raise Refused("state", why="import_undone")
    it.undone_at = ctx.now
    theirs = _living(ctx, it)
    removed = _forget(ctx, it, theirs)
    cancelled = len(theirs) - removed
    _end_some(ctx, it)
    ctx.audit("registration.undo_import", it.id, {"taken": it.taken}, {"removed": removed, "cancelled": cancelled})
    return {"id": it.id, "removed": removed, "cancelled": cancelled}


@command("registration.undo_rest", role="system", payload=Which)
def undo_rest(ctx: Context, p: Which) -> None:
    """The next part of those who are to be cancelled with their import."""
    _end_some(ctx, ctx.get(Import, p.id))


def _living(ctx: Context, it: Import, most: int | None = None) -> list[Registration]:
    here = select(Registration).where(Registration.import_id == it.id, Registration.state.in_(model.LIVES))
    return list(ctx.session.scalars(here.order_by(Registration.order).limit(most)))


def _end_some(ctx: Context, it: Import) -> None:
    """Cancel as many as the meeting can wait for; the others are due at once, after whatever else has come meanwhile."""
    rest = _living(ctx, it, AT_ONCE + 1)
    if not rest:
        return
    people = _people(ctx, it)  # kept alive: the session holds them weakly, and each would be read again
    for r in rest[:AT_ONCE]:
        end(ctx, r, "import_undone")
    if len(rest) > AT_ONCE:
        ctx.due(ctx.now, "registration.undo_rest", {"id": it.id}, f"undo {it.id}")
    del people


def _people(ctx: Context, it: Import) -> dict[str, Participant]:
    here = select(Participant).where(Participant.id.in_(_holders(it)))
    return {person.id: person for person in ctx.session.scalars(here)}


def _holders(it: Import) -> Select[str]:
    return select(Registration.participant_id).where(Registration.import_id == it.id)


def _forget(ctx: Context, it: Import, theirs: list[Registration]) -> int:
    """Remove those that are as the import made them, with no way in and no letter that has left. Everything is asked once
    for all of them. Returns how many."""
    people = _people(ctx, it)
    letters: dict[str, list[Letter]] = {}
    for letter in ctx.session.scalars(select(Letter).where(Letter.participant_id.in_(_holders(it)))):
        letters.setdefault(str(letter.participant_id), []).append(letter)
    ids = select(Registration.id).where(Registration.import_id == it.id)
    fixed = {
        *ctx.session.scalars(select(Line.registration_id).where(Line.registration_id.in_(ids))),
        *ctx.session.scalars(select(Transfer.registration_id).where(Transfer.registration_id.in_(ids))),
    }
    needs = {n.registration_id: n for n in ctx.session.scalars(select(Needs).where(Needs.registration_id.in_(ids)))}
    elsewhere = _elsewhere(ctx, it)
    gone: list[Registration] = []
    alone: list[Participant] = []
    dropped = 0
    for r in theirs:
        person = people[r.participant_id]
        plain = person.roles in PLAIN  # the others were here before, and stay
        about = [one for one in letters.get(person.id, ()) if plain or one.data.get("registration") == r.id]
        touched_since = r.version != 1 or r.arrived_at is not None or r.state != "confirmed" or r.id in fixed
        if touched_since or (plain and person.id in elsewhere) or any(one.state != "waiting" for one in about):
            continue
        gone.append(r)
        for row in (*about, r, *filter(None, [needs.get(r.id)])):
            ctx.session.delete(row)
        dropped += len(about)
        if plain:
            alone.append(person)
    if not gone:
        return 0
    if dropped:
        counted(ctx, waiting=-dropped)
    tally_of(ctx).stamp += 1
    ctx.session.flush()
    for person in alone:
        ctx.session.delete(person)
    ctx.session.flush()
    for fee, freed in Counter(r.fee_id for r in gone).items():
        pass_on(ctx, fee, freed)
    return len(gone)


def _elsewhere(ctx: Context, it: Import) -> set[str]:
    """Who of an import has done something, or had something done: every row of any room that names them, but for their
    place and their letters."""
    found: set[str] = set()
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column is not Participant.__table__.c.id or table is Letter.__table__:
                continue
            named = select(key.parent).where(key.parent.in_(_holders(it))).distinct()
            if table is Registration.__table__:
                named = named.where(or_(table.c.import_id.is_(None), table.c.import_id != it.id))
            found.update(ctx.session.scalars(named))
    return found

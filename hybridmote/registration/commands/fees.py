"""Organisers say what places there are, what they cost, and when one may register."""

from typing import Any, Literal

from pydantic import AwareDatetime, Field
from sqlalchemy import select

from ...context import Context
from ...dispatch import EARLIEST, LATEST, Id, Payload, command, words
from ...participants.store import new_id
from ...problems import Refused
from ...programme.store import Item
from ..model.money import MOST
from ..store import Fee, Rules, fees_of
from .common import fee_here, left, pass_on, tally_of

NAME, INCLUDES, BINDING, FEES = 80, 300, 1000, 50


class Fields(Payload):
    """What a place is. Of the two languages, one may be left empty."""

    name_sv: words(NAME, optional=True) = Field("", description="in Swedish")  # type: ignore[valid-type]
    name_en: words(NAME, optional=True) = Field("", description="in English")  # type: ignore[valid-type]
    includes_sv: words(INCLUDES, multiline=True, optional=True) = Field(  # type: ignore[valid-type]
        "", description="what it includes, in Swedish"
    )
    includes_en: words(INCLUDES, multiline=True, optional=True) = Field(  # type: ignore[valid-type]
        "", description="what it includes, in English"
    )
    price: int = Field(ge=0, le=MOST, description="in öre (hundredths of the currency), without VAT")
    vat: Literal[0, 6, 12, 25] = Field(25, description="per cent")
    currency: Literal["SEK", "DKK", "NOK", "EUR"] = Field("SEK", description="of the price")
    place: Literal["hall", "web"] = Field("hall", description="where one takes part")
    capacity: int | None = Field(None, ge=0, le=100_000, description="how many places there are; null: no limit")
    items: list[Id] = Field([], max_length=500, description="ids of the items that it opens; empty: all")
    open: bool = Field(True, description="whether it can be chosen")

    @classmethod
    def of_form(cls, typed: dict[str, str]) -> dict[str, Any]:
        """A plain form sends numbers as words, and a list as one line of ids."""
        body = super().of_form(typed)
        if body.get("vat", "").isdecimal():
            body["vat"] = int(body["vat"])
        if "items" in body:
            body["items"] = body["items"].split()
        return body


class Add(Fields):
    pass


class Edit(Fields):
    id: Id
    expected_version: int | None = Field(None, description="the fee's `version` that was decided on")


class Which(Payload):
    id: Id


class Move(Payload):
    id: Id
    before: Id | None = Field(None, description="the fee to stand before; not given: last")


@command("fee.add", role="organiser", payload=Add)
def add(ctx: Context, p: Add) -> dict[str, Any]:
    """Add a kind of place, last."""
    there = fees_of(ctx.session, ctx.meeting_id, removed=True)
    if sum(not fee.removed for fee in there) >= FEES:
        raise Refused("state", why="too_many_there")
    position = max((fee.position for fee in there), default=-1) + 1
    fee = Fee(id=new_id(), meeting_id=ctx.meeting_id, version=1, position=position, removed=False)
    _write(ctx, fee, p)
    ctx.add(fee)
    ctx.audit("fee.add", fee.id, None, _said(fee))
    return {"id": fee.id, "version": fee.version}


@command("fee.edit", role="organiser", payload=Edit)
def edit(ctx: Context, p: Edit) -> dict[str, Any]:
    """Change a kind of place. Who has one keeps the price that they registered for; who waits is asked when there is more
    room."""
    fee = fee_here(ctx, p.id, "id")
    ctx.expect("fees", fee, p.expected_version)
    before = _said(fee)
    had = left(ctx, fee)
    _write(ctx, fee, p)
    fee.version += 1
    ctx.audit("fee.edit", fee.id, before, _said(fee))
    ctx.session.flush()
    has = left(ctx, fee)
    if had is not None and (has is None or has > had):
        tally_of(ctx).stamp += 1
        pass_on(ctx, fee.id, 100_000 if has is None else has - had)
    return {"id": fee.id, "version": fee.version}


@command("fee.move", role="organiser", payload=Move)
def move(ctx: Context, p: Move) -> dict[str, Any]:
    """Put a kind of place before another, or last."""
    fee = fee_here(ctx, p.id, "id")
    other = fee_here(ctx, p.before, "before") if p.before else None
    line = [one for one in fees_of(ctx.session, ctx.meeting_id) if one.id != fee.id]
    line.insert(line.index(other) if other is not None and other.id != fee.id else len(line), fee)
    for position, one in enumerate(line):
        if one.position != position:
            one.position = position
            one.version += 1
    return {"id": fee.id, "version": fee.version}


@command("fee.remove", role="organiser", payload=Which)
def remove(ctx: Context, p: Which) -> dict[str, Any]:
    """Take a kind of place away. Who has one keeps it; it can be put back."""
    fee = fee_here(ctx, p.id, "id")
    fee.removed = True
    fee.version += 1
    ctx.audit("fee.remove", fee.id, _said(fee), None)
    return {"id": fee.id, "version": fee.version}


@command("fee.restore", role="organiser", payload=Which)
def restore(ctx: Context, p: Which) -> dict[str, Any]:
    """Put a kind of place back that was taken away."""
    fee = ctx.get(Fee, p.id)
    if not fee.removed:
        raise Refused("state", why="not_deleted")
    fee.removed = False
    fee.version += 1
    ctx.audit("fee.restore", fee.id, None, _said(fee))
    return {"id": fee.id, "version": fee.version}


def _write(ctx: Context, fee: Fee, p: Fields) -> None:
    if not (p.name_sv or p.name_en):
        raise Refused("empty", field="name_sv")
    if p.items:
        here = select(Item.id).where(Item.meeting_id == ctx.meeting_id, Item.id.in_(p.items), Item.removed.is_(False))
        if set(p.items) - set(ctx.session.scalars(here)):
            raise Refused("not_found", field="items")
    fee.name = _languages(p.name_sv, p.name_en)
    fee.includes = _languages(p.includes_sv, p.includes_en)
    fee.price, fee.vat, fee.currency, fee.place = p.price, p.vat, p.currency, p.place
    fee.capacity, fee.items, fee.open = p.capacity, list(dict.fromkeys(p.items)), p.open


def _languages(sv: str, en: str) -> dict[str, str]:
    """What is written in one language only is said in both."""
    return {"sv": sv or en, "en": en or sv}


def _said(fee: Fee) -> dict[str, Any]:
    return {"name": fee.name, "price": fee.price, "vat": fee.vat, "currency": fee.currency, "capacity": fee.capacity}


# ---- when one may register --------------------------------------------------------------------------------------------

INSTANTS = ("opens", "deadline", "switch_until", "cancel_until")


def _instant(about: str) -> Any:
    return Field(None, ge=EARLIEST, le=LATEST, description=about)


class Rule(Payload):
    """What is left out stays as it is."""

    opens: AwareDatetime | None = _instant("when one may register from; null: at once")
    deadline: AwareDatetime | None = _instant("the first instant at which it is too late; null: there is none")
    waiting_list: bool = Field(True, description="whether one may wait for a place")
    offer_hours: int = Field(24, ge=1, le=336, description="how long a place is kept for who is offered it")
    switch_until: AwareDatetime | None = _instant("until when one may choose another fee; null: not at all")
    cancel_until: AwareDatetime | None = _instant("until when one may cancel; null: not at all")
    binding_sv: words(BINDING, multiline=True, optional=True) = Field(  # type: ignore[valid-type]
        "", description="what one agrees to, in Swedish"
    )
    binding_en: words(BINDING, multiline=True, optional=True) = Field(  # type: ignore[valid-type]
        "", description="what one agrees to, in English"
    )
    walk_ins: Literal["none", "read", "ask", "vote"] = Field("none", description="what who comes unregistered may")
    walk_in_cap: int = Field(40, ge=0, le=10_000, description="how many may come unregistered from one address")
    challenge: bool = Field(False, description="whether one is asked for a challenge")
    needs_kept_days: int = Field(14, ge=0, le=90, description="days after the end before needs are erased")
    expected_version: int | None = Field(None, description="the `version` that was decided on")

    @classmethod
    def of_form(cls, typed: dict[str, str]) -> dict[str, Any]:
        """An instant that was emptied is none."""
        return super().of_form(typed) | {name: None for name in INSTANTS if typed.get(name) == ""}


@command("registration.rules", role="organiser", payload=Rule)
def rules(ctx: Context, p: Rule) -> dict[str, Any]:
    """Say when and how one may register. The first time opens registration."""
    row = ctx.find(Rules, ctx.meeting_id)
    given = {name: getattr(p, name) for name in p.model_fields_set}
    given.pop("expected_version", None)
    for name in ("sv", "en"):
        given.pop(f"binding_{name}", None)
    if row is None:
        if p.expected_version is not None:
            raise Refused("stale")
        row = Rules(id=ctx.meeting_id, meeting_id=ctx.meeting_id, version=0, binding={}, **_defaults())
    else:
        ctx.expect("registering", row, p.expected_version)
    opens, deadline = given.get("opens", row.opens), given.get("deadline", row.deadline)
    if opens is not None and deadline is not None and opens >= deadline:
        raise Refused("invalid", field="deadline", why="deadline_first")
    before = {name: _plain(getattr(row, name)) for name in given}
    for name, value in given.items():
        setattr(row, name, value)
    sv = p.binding_sv if "binding_sv" in p.model_fields_set else row.binding.get("sv", "")
    en = p.binding_en if "binding_en" in p.model_fields_set else row.binding.get("en", "")
    row.binding = {"sv": sv, "en": en}
    row.version += 1
    if row.version == 1:
        ctx.add(row)
        tally_of(ctx)
    ctx.audit("registration.rules", row.id, before, {name: _plain(value) for name, value in given.items()})
    ctx.tell("registration.ruled")
    return {"version": row.version}


def _defaults() -> dict[str, Any]:
    fields = Rule.model_fields
    return {name: f.default for name, f in fields.items() if name != "expected_version" and "binding" not in name}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value

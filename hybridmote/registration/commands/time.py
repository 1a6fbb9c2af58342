"""What time does: an offer that nobody took goes on to the next, a transfer that nobody took ends."""

from pydantic import Field

from ...context import Context
from ...dispatch import Id, Payload, command
from .. import model
from ..store import Registration, Transfer
from .common import close_transfer, end, touched


class Which(Payload):
    id: Id = Field(description="what is due")


@command("registration.pass_on", role="system", payload=Which)
def pass_on_offer(ctx: Context, p: Which) -> None:
    """An offer was not answered in time: the next in line is asked."""
    r = ctx.get(Registration, p.id)
    if r.state == "offered" and model.is_past(r.offered_until, ctx.now):
        end(ctx, r, "lapsed")


@command("registration.expire_transfer", role="system", payload=Which)
def expire_transfer(ctx: Context, p: Which) -> None:
    """A place that was to be handed over was not taken in time: it stays with who has it."""
    transfer = ctx.get(Transfer, p.id)
    if transfer.state == "offered" and model.is_past(transfer.until, ctx.now):
        r = ctx.session.get_one(Registration, transfer.registration_id)
        close_transfer(ctx, r, "expired")
        touched(ctx, r)

"""What places cost, who has one and who waits, what they need, who took over from whom; lists that were brought, and what
was sent to be invoiced."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..db import Base, Utc
from . import model


class Fee(Base):
    """A category: what it costs, what it includes, how many there are. Words as {sv, en}; money in öre, without VAT."""

    __tablename__ = "fee"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    includes: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    price: Mapped[int] = mapped_column(default=0)
    vat: Mapped[int] = mapped_column(default=25)
    currency: Mapped[str] = mapped_column(Text, default="SEK")
    place: Mapped[str] = mapped_column(Text, default="hall")
    capacity: Mapped[int | None]
    items: Mapped[list[str]] = mapped_column(JSON, default=list)  # those it opens; none: all
    open: Mapped[bool] = mapped_column(default=True)
    removed: Mapped[bool] = mapped_column(default=False, active_history=True)

    def shown_in(self) -> list[tuple[str, str]]:
        return [("fees", self.id)]

    def rule(self) -> model.Fee:
        return model.Fee(self.id, self.capacity, self.open and not self.removed)


class Rules(Base):
    """One row per meeting that one can register to; without it, one cannot."""

    __tablename__ = "registration_rules"
    id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    meeting_id: Mapped[str] = mapped_column(Text)  # the same
    version: Mapped[int] = mapped_column(default=1)
    opens: Mapped[datetime | None] = mapped_column(Utc)
    deadline: Mapped[datetime | None] = mapped_column(Utc)
    waiting_list: Mapped[bool] = mapped_column(default=True)
    offer_hours: Mapped[int] = mapped_column(default=24)
    switch_until: Mapped[datetime | None] = mapped_column(Utc)
    cancel_until: Mapped[datetime | None] = mapped_column(Utc)
    binding: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    walk_ins: Mapped[str] = mapped_column(Text, default="none")  # none, read, ask, vote
    walk_in_cap: Mapped[int] = mapped_column(default=40)  # of one address
    challenge: Mapped[bool] = mapped_column(default=False)
    needs_kept_days: Mapped[int] = mapped_column(default=14)

    def shown_in(self) -> list[tuple[str, str]]:
        return [("registering", self.id)]

    def rule(self) -> model.Rules:
        return model.Rules(self.opens, self.deadline, self.waiting_list, self.switch_until, self.cancel_until)


class Tally(Base):
    """Numbers of a meeting that never go back, and `stamp`, which changes with any registration."""

    __tablename__ = "registration_tally"
    id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    meeting_id: Mapped[str] = mapped_column(Text)  # the same
    stamp: Mapped[int] = mapped_column(default=0)
    number: Mapped[int] = mapped_column(default=0)  # the last that a registration was given
    place_in_line: Mapped[int] = mapped_column(default=0)  # the last `order` that was given
    batch: Mapped[int] = mapped_column(default=0)  # the last number of an export for invoicing

    def shown_in(self) -> list[tuple[str, str]]:
        return [("tally", self.id)]


class Registration(Base):
    """One place, had or waited for. Its holder is a participant; price and payer are as they were when it was made."""

    __tablename__ = "registration"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    fee_id: Mapped[str | None] = mapped_column(ForeignKey("fee.id"), active_history=True)  # None: came without one
    state: Mapped[str] = mapped_column(Text, active_history=True)  # confirmed, waiting, offered, cancelled
    participant_id: Mapped[str] = mapped_column(ForeignKey("participant.id"), index=True, active_history=True)
    title: Mapped[str] = mapped_column(Text, default="")
    challenge: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(Text, default="")
    payer_name: Mapped[str] = mapped_column(Text, default="")
    orgnr: Mapped[str] = mapped_column(Text, default="")
    municipality: Mapped[str] = mapped_column(Text, default="")  # code of a municipality, or of a region
    reference: Mapped[str] = mapped_column(Text, default="")
    gln: Mapped[str] = mapped_column(Text, default="")
    peppol: Mapped[str] = mapped_column(Text, default="")
    invoice_email: Mapped[str] = mapped_column(Text, default="")
    invoice_address: Mapped[str] = mapped_column(Text, default="")
    price: Mapped[int] = mapped_column(default=0)
    vat: Mapped[int] = mapped_column(default=25)
    currency: Mapped[str] = mapped_column(Text, default="SEK")
    charged: Mapped[bool] = mapped_column(default=False)  # it is owed although it was cancelled
    order: Mapped[int]  # of arrival: unique within the meeting
    offered_until: Mapped[datetime | None] = mapped_column(Utc)
    by: Mapped[str] = mapped_column(Text, default="self")  # self, staff, import, walk_in
    import_id: Mapped[str | None] = mapped_column(ForeignKey("registration_import.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    arrived_at: Mapped[datetime | None] = mapped_column(Utc)
    arrived_by: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        Index("registration_of_fee", "meeting_id", "fee_id", "state"),
        Index("registration_number", "meeting_id", "number", unique=True),
    )

    def shown_in(self) -> list[tuple[str, str]]:
        return [("place", self.id)]

    @property
    def payer(self) -> model.Payer:
        return model.Payer(
            self.payer_name,
            self.orgnr,
            self.municipality,
            self.reference,
            self.gln,
            self.peppol,
            self.invoice_email,
            self.invoice_address,
        )

    def place(self) -> model.Place:
        return model.Place(self.id, self.fee_id or "", self.state, self.order)  # type: ignore[arg-type]


class Needs(Base):
    """What somebody eats and what they need to take part: apart from all else, and erased after the meeting."""

    __tablename__ = "registration_needs"
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    diet: Mapped[str] = mapped_column(Text, default="")
    access: Mapped[str] = mapped_column(Text, default="")


class Transfer(Base):
    """A place on its way to somebody else."""

    __tablename__ = "transfer"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), index=True)
    to_email: Mapped[str] = mapped_column(Text)
    to_name: Mapped[str] = mapped_column(Text, default="")
    keep_payer: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(Text, default="offered")  # offered, done, withdrawn, refused, expired
    from_id: Mapped[str] = mapped_column(ForeignKey("participant.id"))
    to_id: Mapped[str | None] = mapped_column(ForeignKey("participant.id"))
    made_at: Mapped[datetime] = mapped_column(Utc)
    until: Mapped[datetime] = mapped_column(Utc)

    def shown_in(self) -> list[tuple[str, str]]:
        return [("place", self.registration_id)]


class TransferKey(Base):
    """What opens `/t/<token>`: minted whenever the letter is sent, so a letter that was sent twice opens twice."""

    __tablename__ = "transfer_key"
    token_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    transfer_id: Mapped[str] = mapped_column(ForeignKey("transfer.id"), index=True)


class Import(Base):
    """A list that was brought, with the rows that were not taken: [{row, field, why}]."""

    __tablename__ = "registration_import"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    name: Mapped[str] = mapped_column(Text, default="")  # of the file
    by: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)
    taken: Mapped[int] = mapped_column(default=0)
    errors: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    undone_at: Mapped[datetime | None] = mapped_column(Utc)


class Batch(Base):
    """An export for invoicing: what had changed since the one before."""

    __tablename__ = "invoice_batch"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(Utc)
    by: Mapped[str | None] = mapped_column(Text)


class Line(Base):
    """One line of an export, as it was sent. `sign`: 1, or -1 where it takes an earlier one back."""

    __tablename__ = "invoice_line"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("invoice_batch.id"), index=True)
    registration_id: Mapped[str] = mapped_column(Text)  # which may have been taken back with its import
    number: Mapped[int]  # of the registration
    holder: Mapped[str] = mapped_column(Text, default="")  # who had the place then
    text: Mapped[str] = mapped_column(Text)
    payer: Mapped[list[str]] = mapped_column(JSON)  # the fields of model.Payer, in their order
    net: Mapped[int]
    vat: Mapped[int]
    currency: Mapped[str] = mapped_column(Text)
    sign: Mapped[int]

    def owed(self) -> model.Owed:
        return model.Owed(model.Payer(*self.payer), self.text, model.Amount(self.net, self.vat, self.currency))


def rules_of(session: Session, meeting_id: str) -> Rules | None:
    return session.get(Rules, meeting_id)


def fees_of(session: Session, meeting_id: str, removed: bool = False) -> list[Fee]:
    """In their order, those that were removed too if wanted."""
    here = select(Fee).where(Fee.meeting_id == meeting_id).order_by(Fee.position, Fee.id)
    return [fee for fee in session.scalars(here) if removed or not fee.removed]


def place_of(session: Session, participant_id: str) -> Registration | None:
    """Somebody's own: the one that lives, else the last that was cancelled."""
    own = select(Registration).where(Registration.participant_id == participant_id).order_by(Registration.order)
    found = list(session.scalars(own))
    living = [r for r in found if r.state in model.LIVES]
    return (living or found)[-1] if found else None


def open_transfer(session: Session, registration_id: str) -> Transfer | None:
    here = select(Transfer).where(Transfer.registration_id == registration_id, Transfer.state == "offered")
    return session.scalars(here).first()


def transfer_by(session: Session, token_hash: str) -> Transfer | None:
    """The transfer that a link opens, whatever has become of it."""
    key = session.get(TransferKey, token_hash)
    return session.get(Transfer, key.transfer_id) if key else None

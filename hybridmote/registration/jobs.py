"""What letters about places say, written when they are sent; and needs that are erased after the meeting."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import format_currency, format_percent
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ..db import transaction, utc_now
from ..mail.model.writing import translator
from ..mail.store import Letter, NotNow, supplies
from ..meetings.store import Meeting, all_meetings
from ..participants.store import Participant, hashed, new_token
from ..worker import Progress, job
from . import model
from .store import Fee, Needs, Registration, Rules, Transfer, TransferKey


def _(english: str) -> str:
    """Marks a sentence for the translators; it is said in the language of the letter."""
    return english


REASONS = {
    "lapsed": _("The offer was not answered in time."),
    "import_undone": _("The list that you stood on was taken back."),
}


@supplies("confirmed", "waiting", "offered", "cancelled")
def about_the_place(session: Session, letter: Letter, _now: datetime) -> dict[str, str]:
    """What it is, what it costs, who pays. A letter about what is no longer so is not sent."""
    r = session.get(Registration, str(letter.data.get("registration", "")))
    if r is None:
        raise NotNow
    if r.state != letter.template:  # each tells of one state; another letter tells what came after
        raise NotNow
    said = translator(letter.language)
    meeting = session.get_one(Meeting, letter.meeting_id)
    person = session.get_one(Participant, r.participant_id)
    why = str(letter.data.get("why", ""))
    return {
        "number": str(r.number),
        "fee": fee_name(session, r, letter.language),
        "price": price(r, letter.language),
        "payer": r.payer_name if r.price else "",
        "presents": ", ".join(filter(None, (person.name, r.title, person.organisation))),
        "own_page": f"/m/{meeting.slug}/place",
        "until": moment(r.offered_until, meeting.timezone, letter.language),
        "number_in_line": str(in_line(session, r)) if r.state == "waiting" else "",
        "reason": said(REASONS[why]) if why in REASONS else why,
    }


@supplies("transfer")
def about_the_transfer(session: Session, letter: Letter, now: datetime) -> dict[str, str]:
    """With a link that is made now: only its digest is kept. A letter that goes out twice has two that both open."""
    transfer = session.get(Transfer, str(letter.data.get("transfer", "")))
    if transfer is None or transfer.state != "offered" or model.is_past(transfer.until, now):
        raise NotNow
    r = session.get_one(Registration, transfer.registration_id)
    meeting = session.get_one(Meeting, letter.meeting_id)
    token = new_token()
    session.add(TransferKey(token_hash=hashed(token), meeting_id=meeting.id, transfer_id=transfer.id))
    return {
        "link": f"/t/{token}",
        "from_name": session.get_one(Participant, transfer.from_id).name,
        "fee": fee_name(session, r, letter.language),
        "until": moment(transfer.until, meeting.timezone, letter.language),
    }


@supplies("transferred")
def about_who_has_it(session: Session, letter: Letter, _now: datetime) -> dict[str, str]:
    transfer = session.get(Transfer, str(letter.data.get("transfer", "")))
    taker = session.get(Participant, transfer.to_id) if transfer and transfer.to_id else None
    return {"to_name": taker.name if taker else ""}


def fee_name(session: Session, r: Registration, language: str) -> str:
    fee = session.get(Fee, r.fee_id) if r.fee_id else None
    return (fee.name.get(language) or next(iter(fee.name.values()), "")) if fee else ""


def price(r: Registration, language: str) -> str:
    """As people read it: "900,00 kr exkl. moms 25 %". Empty when it costs nothing."""
    if r.price == 0:
        return ""
    amount = format_currency(r.price / 100, r.currency, locale=language)
    sentence = translator(language)(_("{amount} excluding VAT {vat}"))
    return sentence.format(amount=amount, vat=format_percent(r.vat / 100, locale=language))


def moment(at: datetime | None, timezone: str, language: str) -> str:
    """Day and time as the meeting's own clocks show them."""
    if at is None:
        return ""
    zone = ZoneInfo(timezone)
    pattern = "EEEE d MMMM 'kl.' HH.mm" if language == "sv" else "EEEE d MMMM, HH:mm"
    return str(format_datetime(at, pattern, tzinfo=zone, locale=language))


def in_line(session: Session, r: Registration) -> int:
    """From 1: how many stand in line up to and with this one."""
    ahead = select(func.count()).where(
        Registration.fee_id == r.fee_id, Registration.state == "waiting", Registration.order <= r.order
    )
    return int(session.scalar(ahead) or 0)


@job("registration.forget_needs", every=timedelta(hours=1))
def forget_needs(_payload: dict[str, Any], _progress: Progress) -> None:
    """What somebody eats is nobody's business once they have eaten."""
    now = utc_now()
    with transaction() as session:
        for meeting in all_meetings(session):
            rules = session.get(Rules, meeting.id)
            if now >= meeting.ends + timedelta(days=14 if rules is None else rules.needs_kept_days):
                session.execute(delete(Needs).where(Needs.meeting_id == meeting.id))

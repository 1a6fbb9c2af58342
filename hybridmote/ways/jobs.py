"""The code of a letter, made when it is sent; and what is forgotten when nobody needs it any more."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from ..db import transaction, utc_now
from ..mail.store import Letter, NotNow, supplies
from ..meetings.store import all_meetings
from ..participants.store import hashed
from ..worker import Progress, job
from . import model
from .store import Check, Code, PhoneKey, WalkIn


@supplies("code")
def the_code(session: Session, letter: Letter, now: datetime) -> dict[str, str]:
    """Only its digest is kept. A letter that is sent again has another code, and the one before no longer fits."""
    code = session.get(Code, str(letter.data.get("code", "")))
    if code is None or code.used_at is not None or now >= code.made_at + model.CODE_STANDS * 6:
        raise NotNow
    made = f"{secrets.randbelow(1_000_000):06}"
    code.code_hash, code.expires_at = hashed(f"{code.id} {made}"), now + model.CODE_STANDS
    minutes = int(model.CODE_STANDS.total_seconds() // 60)
    return {"code": f"{made[:3]} {made[3:]}", "minutes": str(minutes)}


@job("ways.forget", every=timedelta(hours=1))
def forget(_payload: dict[str, Any], _progress: Progress) -> None:
    """Codes and keys a day after they were made; by which line walk-ins came, and how try-outs went, after the meeting."""
    now = utc_now()
    with transaction() as session:
        session.execute(delete(Code).where(Code.expires_at < now - timedelta(days=1)))
        session.execute(delete(PhoneKey).where(PhoneKey.expires_at < now - timedelta(days=1)))
        for meeting in all_meetings(session):
            if now >= meeting.ends + model.KEPT_AFTER:
                session.execute(update(WalkIn).where(WalkIn.meeting_id == meeting.id).values(address=""))
                session.execute(delete(Check).where(Check.meeting_id == meeting.id))

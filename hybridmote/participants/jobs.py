"""Housekeeping: codes that no screen shows any more."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from ..db import transaction, utc_now
from ..worker import Progress, job
from .store import Pairing

KEPT = timedelta(days=1)  # a screen that was let in while it had no contact still finds its way


@job("participants.forget_codes", every=timedelta(hours=1))
def forget_codes(_payload: dict[str, Any], _progress: Progress) -> None:
    with transaction() as session:
        session.execute(delete(Pairing).where(Pairing.expires_at < utc_now() - KEPT))

"""Housekeeping: letters and address lists of meetings that are long over. Who wants no invitations stays known."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from ...config import Settings
from ...db import transaction, utc_now
from ...meetings.store import Meeting
from ...worker import Progress, job
from ..store import Invitee, Letter, file_of

KEPT = timedelta(days=90)  # after the meeting: long enough to answer "I never got one"
PART = 500  # letters forgotten in one transaction


@job("mail.forget", every=timedelta(days=1))
def forget(_payload: dict[str, Any], _progress: Progress) -> None:
    over = select(Meeting.id).where(Meeting.ends < utc_now() - KEPT)
    with transaction() as session:
        session.execute(delete(Invitee).where(Invitee.meeting_id.in_(over)))
    data = Settings().data
    while True:
        with transaction() as session:
            old = session.execute(
                select(Letter.id, Meeting.slug)
                .join(Meeting, Meeting.id == Letter.meeting_id)
                .where(Letter.meeting_id.in_(over))
                .limit(PART)
            ).all()
            session.execute(delete(Letter).where(Letter.id.in_([row.id for row in old])))
        for row in old:
            file_of(data, row.slug, row.id).unlink(missing_ok=True)
        if len(old) < PART:
            return

"""Housekeeping: forget stored answers and old log rows, in small transactions that hold nobody up."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select

from ..config import Settings
from ..db import reading, transaction, utc_now
from ..ledger import Job, Op
from ..sync import prune
from ..worker import Progress, job
from .store import Meeting

PART = 2000  # rows forgotten in one transaction


@job("meetings.prune", every=timedelta(hours=1))
def forget(_payload: dict[str, Any], progress: Progress) -> None:
    """Stored answers live `keep_ops_days`; the change log reaches `keep_changes_hours` back."""
    settings = Settings()
    now = utc_now()
    with reading() as session:
        meetings = list(session.scalars(select(Meeting.id)))
    for done, meeting_id in enumerate(meetings):
        _forget_changes(meeting_id, now - timedelta(hours=settings.keep_changes_hours))
        _forget_ops(meeting_id, now - timedelta(days=settings.keep_ops_days))
        progress((done + 1) / len(meetings))
    with transaction() as session:
        session.execute(delete(Job).where(Job.state == "done", Job.run_at < now - timedelta(days=7)))


def _forget_ops(meeting_id: str, before: Any) -> None:
    while True:
        with transaction() as session:
            old = (
                select(Op.caller, Op.op).where(Op.meeting_id == meeting_id, Op.at < before).order_by(Op.at).limit(PART)
            )
            rows = session.execute(old).all()
            for caller, op in rows:
                session.execute(delete(Op).where(Op.meeting_id == meeting_id, Op.caller == caller, Op.op == op))
        if len(rows) < PART:
            return


def _forget_changes(meeting_id: str, before: Any) -> None:
    """A batch's answers carry its seq and its time, so the newest old answer tells how far the log may be cut."""
    with transaction() as session:
        answers = select(func.max(Op.seq)).where(Op.meeting_id == meeting_id, Op.at < before)
        seq = session.scalar(answers)
        if seq:
            prune(session, meeting_id, seq)

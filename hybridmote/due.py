"""Time is a caller: each serving process looks for what is due and runs it as a system command whose op is the row's id,
so that two processes run it once."""

import threading
import time
from datetime import timedelta

import structlog
from sqlalchemy import select

from .db import reading, transaction, utc_now
from .dispatch import dispatch
from .ledger import Due

log = structlog.get_logger()
LOOK = 0.5  # seconds between looks
AGAIN = timedelta(seconds=30)  # after a failure that is not an answer


def run_due() -> int:
    """Run everything that is due now; returns how many. What fails is put off, and never lost."""
    now = utc_now()
    with reading() as session:
        rows = session.execute(
            select(Due.id, Due.meeting_id, Due.command, Due.payload).where(Due.at <= now).order_by(Due.at).limit(100)
        ).all()
    for due_id, meeting_id, command, payload in rows:
        answer = dispatch(None, meeting_id, command, {**payload, "op": due_id}, due=due_id)
        if answer["ok"]:
            continue
        if answer["code"] in ("busy", "error", "no_such_command", "invalid", "unknown_field", "malformed"):
            log.error("what was due could not be run", command=command, due=due_id, code=answer["code"])
            with transaction() as writing:
                if (row := writing.get(Due, due_id)) is not None:
                    row.at = utc_now() + AGAIN
    return len(rows)


def start() -> None:
    def loop() -> None:
        while True:
            try:
                run_due()
            except Exception as error:
                log.warning("looking for what is due failed", error=str(error).splitlines()[:1])
            time.sleep(LOOK)

    threading.Thread(target=loop, name="due", daemon=True).start()

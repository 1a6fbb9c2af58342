"""No more letters leave in a minute than is set, however many workers there are: two of them, as processes of their own."""

import datetime as dt
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, text

from hybridmote.config import Settings
from hybridmote.mail.store import Letter
from hybridmote.meetings.store import Meeting
from tests.mail.server import Mailbox
from tests.mail.test_sending import HERE, office, only
from tests.matrix.world import World, _row
from tests.servers import Process, eventually

PER_MINUTE = 240  # one each 250 ms
LETTERS = 24


def to_many(url: str) -> None:
    """Of two meetings, so that the lock of one meeting is not what keeps the pace."""
    now = dt.datetime.now(dt.UTC)
    engine = create_engine(url)
    with engine.begin() as db:
        for m in ("m", "n"):
            told = {"title": m, "starts": now, "ends": now, "now_on": {}, "words": []}
            db.execute(insert(Meeting), [_row(Meeting, id=m, slug=m, join_code=f"CCCC{m.upper()}", **told)])
        letters = [
            _row(
                Letter, id=f"b{n}", meeting_id="mn"[n % 2], template="thanks", address=f"p{n}@example.org", data={},
                next_at=now, created_at=now,
            )
            for n in range(LETTERS)
        ]  # fmt: skip
        db.execute(insert(Letter), letters)
    engine.dispose()


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_two_workers_together_keep_the_pace(database_url: str, mailbox: Mailbox, tmp_path: Path) -> None:
    url = Settings(database_url=database_url).url_of_database()
    to_many(url)
    env = mailbox.environment(tmp_path, database_url, per_minute=PER_MINUTE)
    command = [sys.executable, "-m", "hybridmote", "worker", "--data", str(tmp_path)]
    workers = [Process(command, tmp_path / f"worker{n}.log", env=env) for n in (1, 2)]
    engine = create_engine(url)
    try:
        for worker in workers:
            worker.start()
        eventually(lambda: len(mailbox.received) == LETTERS, 90, "all letters", pause=0.05)
        with engine.connect() as db:
            tried = [row[0] for row in db.execute(text("SELECT tried_at FROM letter ORDER BY tried_at"))]
        at = [dt.datetime.fromisoformat(one) if isinstance(one, str) else one for one in tried]
        between = [(b - a).total_seconds() for a, b in pairwise(at)]
        assert min(between) >= 60 / PER_MINUTE, between
        assert mailbox.connections == 2, "both had some of them"
        assert len({one.message_id for one in mailbox.received}) == LETTERS
    finally:
        for worker in workers:
            worker.close()
        engine.dispose()


def test_another_worker_waits_for_its_turn(world: World, mailbox: Mailbox) -> None:
    only(world)
    world.did("organiser", "mail.send", template="thanks", to="chosen", people=["p-hall", "p-web"])
    one, other = office(mailbox, mail_per_minute=120), office(mailbox, mail_per_minute=120)
    begun = time.monotonic()
    assert one.send_next() and len(mailbox.received) == 1
    while len(mailbox.received) < 2:
        assert other.send_next()
    assert time.monotonic() - begun >= 0.5
    for each in (one, other):
        each.close()


def test_a_clock_that_was_wrong_holds_nobody_up(world: World, mailbox: Mailbox) -> None:
    only(world, "b-waiting", "b-sent")
    ahead = world.now + dt.timedelta(days=1)
    world.write(
        "UPDATE letter SET tried_at = :t WHERE id = 'b-sent'", t=ahead.replace(tzinfo=None) if world.sqlite else ahead
    )
    one = office(mailbox, mail_per_minute=1)
    assert one.send_next() and len(mailbox.received) == 1
    assert world.one("SELECT count(*) FROM letter WHERE meeting_id = :m AND state = 'sent'", m=HERE) == 2
    one.close()

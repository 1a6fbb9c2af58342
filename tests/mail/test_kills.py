"""A worker that is killed in the middle of 500 letters. The mail server counts: none is lost, and what came twice was in
the worker's hands, and came under the same name."""

import random
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, text

from hybridmote.config import Settings
from hybridmote.mail.store import Letter
from hybridmote.meetings.store import Meeting
from hybridmote.participants.store import Participant
from tests.mail.server import Mailbox
from tests.matrix.world import _row
from tests.servers import Process, eventually

LETTERS = 500


def five_hundred(url: str) -> None:
    import datetime as dt

    now = dt.datetime.now(dt.UTC)
    engine = create_engine(url)
    with engine.begin() as db:
        db.execute(
            insert(Meeting),
            [_row(Meeting, id="m", slug="m", title="M", starts=now, ends=now, join_code="CCCCC", now_on={}, words=[])],
        )
        numbers = range(LETTERS)
        people = [
            _row(Participant, id=f"p{n}", meeting_id="m", name=f"Person {n}", email=f"p{n}@example.org")
            for n in numbers
        ]
        db.execute(insert(Participant), people)
        letters = [
            _row(
                Letter,
                id=f"b{n}",
                meeting_id="m",
                template="link",
                participant_id=f"p{n}",
                address=f"p{n}@example.org",
                name=f"Person {n}",
                data={},
                next_at=now,
                created_at=now,
            )
            for n in numbers
        ]
        db.execute(insert(Letter), letters)
    engine.dispose()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_in_the_middle_of_500_letters(database_url: str, mailbox: Mailbox, tmp_path: Path, seed: int) -> None:
    rnd = random.Random(seed)
    url = Settings(database_url=database_url).url_of_database()
    five_hundred(url)
    engine = create_engine(url)
    env = mailbox.environment(tmp_path, database_url, per_minute=60000)
    worker = Process(
        [sys.executable, "-m", "hybridmote", "worker", "--data", str(tmp_path)], tmp_path / "worker.log", env=env
    )
    in_hands: Counter[str] = Counter()

    def left() -> int:
        with engine.connect() as db:
            return int(db.execute(text("SELECT count(*) FROM letter WHERE state <> 'sent'")).scalar_one())

    def killed() -> None:
        """Right after the server has taken a letter, often before the worker could note it; then its lease runs out."""
        worker.kill()
        with engine.begin() as db:
            for (id,) in db.execute(text("SELECT id FROM letter WHERE state = 'sending'")).all():
                in_hands[f"{id}@meeting.example"] += 1
            db.execute(text("UPDATE letter SET lease_until = next_at WHERE state = 'sending'"))

    def repeats() -> Counter[str]:
        return Counter(
            {id: n - 1 for id, n in Counter(one.message_id.strip("<>") for one in mailbox.received).items() if n > 1}
        )

    try:
        kills = 0
        while (kills < 6 or not repeats()) and left() > 60:
            worker.start()
            enough = min(LETTERS - 50, len(mailbox.received) + rnd.randint(10, 60))
            eventually(lambda enough=enough: len(mailbox.received) >= enough, 60, "letters", pause=0.001)  # type: ignore[misc]
            mailbox.taken.clear()
            mailbox.taken.wait(5)
            time.sleep(rnd.choice([0, 0, 0.0005]))
            killed()
            kills += 1
        assert kills >= 3
        worker.start()
        eventually(lambda: left() == 0, 120, "all letters sent", pause=0.1)
    finally:
        worker.close()
        engine.dispose()
    came = Counter(one.message_id.strip("<>") for one in mailbox.received)
    assert set(came) == {f"b{n}@meeting.example" for n in range(LETTERS)}, "a letter was lost"
    again = repeats()
    assert again, "no letter was repeated: the worker was never killed while one was in flight"
    assert all(in_hands[id] >= n for id, n in again.items()), f"repeated without need: {again} of {in_hands}"
    assert {one.to for one in mailbox.received} == {f"p{n}@example.org" for n in range(LETTERS)}

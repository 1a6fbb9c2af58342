"""A meeting for a bench: people with tokens and questions to vote for, written straight into a migrated database."""

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, create_engine, insert
from sqlalchemy.orm import DeclarativeBase

# as long as people write; with the fields around it, about 390 bytes on the wire
QUESTION = "Hur får vi med oss de mindre kommunerna när underlaget räcker till tre men åtta vill vara med?"
LONG = (
    "Vi har i vår kommun arbetat med översvämningskartering sedan den stora regnhändelsen, och frågan är hur åtgärderna "
    "längs ån ska finansieras när nyttan uppstår hos en annan huvudman än den som betalar. Östra ängen översvämmas först, "
    "därefter å-promenaden och skolgården. Finns det någon överenskommelse att utgå från, och hur länge gäller den? "
)


@dataclass
class Stage:
    """Who and what there is. People are (participant id, grant id, token)."""

    url: str
    meeting: str
    slug: str
    people: list[tuple[str, str, str]]
    staff: dict[str, tuple[str, str, str]]  # organiser, moderator, screen
    questions: list[str]

    def save(self, file: Path) -> Path:
        file.write_text(json.dumps(asdict(self)))
        return file


def build(url: str, people: int, questions: int, *, long_every: int = 0, slug: str = "bench") -> Stage:
    """`long_every`: every so manieth question is as long as a question may be."""
    import hybridmote

    hybridmote.load_rooms()
    from hybridmote.config import Settings
    from hybridmote.db import utc_now
    from hybridmote.meetings.store import Meeting
    from hybridmote.participants.store import Grant, Participant, hashed, new_id, new_token
    from hybridmote.programme.store import Item
    from hybridmote.questions.store import Question

    now, meeting, item = utc_now(), new_id(), new_id()
    roles = ["organiser", "moderator", "screen"] + ["participant"] * (people + 1)  # the last one has asked everything
    everyone = [(new_id(), new_id(), new_token(), role) for role in roles]
    engine = create_engine(Settings(database_url=url).url_of_database())

    def rows(model: type[DeclarativeBase], *values: dict[str, Any]) -> None:
        table = model.__table__
        assert isinstance(table, Table)
        if values:
            connection.execute(insert(table), list(values))

    with engine.begin() as connection:
        rows(
            Meeting,
            {
                "id": meeting,
                "slug": slug,
                "title": "Nätverksmöte",
                "starts": now - timedelta(hours=1),
                "ends": now + timedelta(days=1),
                "join_code": meeting[1:9],
                "now_on": {"": item},
            },
        )
        rows(
            Item,
            {
                "id": item,
                "meeting_id": meeting,
                "day": now.date().isoformat(),
                "position": 0,
                "kind": "talk",
                "title": "Föredrag",
                "planned_start": now,
                "planned_end": now + timedelta(hours=8),
                "expected_start": now,
                "expected_end": now + timedelta(hours=8),
                "actual_start": now,
            },
        )
        rows(
            Participant,
            *(
                {"id": who, "meeting_id": meeting, "name": f"Person {n}", "roles": role, "attendance": "hall"}
                for n, (who, _, _, role) in enumerate(everyone)
            ),
        )
        rows(
            Grant,
            *(
                {
                    "id": grant,
                    "meeting_id": meeting,
                    "participant_id": who,
                    "token_hash": hashed(token),
                    "created_at": now,
                }
                for who, grant, token, _ in everyone
            ),
        )
        asked = [new_id() for _ in range(questions)]
        rows(
            Question,
            *(
                {
                    "id": question,
                    "meeting_id": meeting,
                    "item_id": item,
                    "author_id": everyone[-1][0],
                    "text": (LONG * 2)[:500] if long_every and n % long_every == 0 else f"{n}: {QUESTION}",
                    "state": "approved",
                    "asked_at": now,
                }
                for n, question in enumerate(asked)
            ),
        )
    engine.dispose()
    known = [(who, grant, token) for who, grant, token, _ in everyone]
    return Stage(url, meeting, slug, known[3:-1], dict(zip(roles[:3], known[:3], strict=True)), asked)

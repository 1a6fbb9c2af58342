"""What the demo tells whoever starts it: a link for each role, in a table or as one object."""

import json
from pathlib import Path

import pytest

from hybridmote.access import by_token
from hybridmote.config import Settings
from hybridmote.db import open_database, reading
from hybridmote.demo.run import _show
from hybridmote.demo.seed import let_in, seed
from hybridmote.meetings.store import by_slug

ROLES = {
    "attendee": "participant",
    "moderator": "moderator",
    "speaker": "speaker",
    "organiser": "organiser",
    "screen": "screen",
    "lectern": "lectern",
}


def test_each_role_has_a_link_that_lets_it_in(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_database(sqlite_url)
    links = let_in(seed("en"), "http://meet.example")
    with reading() as db:
        meeting = by_slug(db, links["meeting"])
        assert meeting
        for role, given in ROLES.items():
            for one in links[role] if isinstance(links[role], list) else [links[role]]:
                caller = by_token(db, meeting, one["token"])
                assert caller and given in caller.given
                assert one["link"] == f"http://meet.example/j/{one['token']}"
    settings = Settings(data=tmp_path, database_url=sqlite_url)
    _show(links, True, settings)
    assert json.loads(capsys.readouterr().out) == links
    _show(links, False, settings)
    table = capsys.readouterr().out
    assert all(role in table for role in ROLES) and links["lectern"]["link"] in table

"""What is offered to somebody who is about to ask: others' open questions of the same item that ask the same."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from hybridmote import limits
from hybridmote.limits import Limiter
from tests.matrix.site import Site
from tests.matrix.world import PEOPLE, World


def similar(site: Site, who: str, text: str, **more: str) -> Any:
    client: FlaskClient = site.app.test_client()
    token = {"Authorization": f"Bearer {PEOPLE[who].token}"} if who else {}
    return client.get("/m/here/questions/similar", query_string={"text": text, **more}, headers=token)


def offered(site: Site, who: str, text: str, **more: str) -> list[dict[str, Any]]:
    answer = similar(site, who, text, **more)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    found = answer.get_json()
    assert set(found) == {"similar"}
    return list(found["similar"])


def test_an_approved_question_that_asks_the_same_is_offered(world: World, site: Site) -> None:
    world.write("UPDATE question SET text = 'Hur finansierar ni klimatanpassningen?' WHERE id = 'q-approved'")
    text = "Hur ska klimatanpassningen finansieras?"
    shown = {"id": "q-approved", "text": "Hur finansierar ni klimatanpassningen?", "support": 2}
    assert offered(site, "quiet", text) == [shown | {"mine": False, "on": False}]
    assert offered(site, "hall", text) == [shown | {"mine": False, "on": True}]
    assert offered(site, "web", text) == [shown | {"mine": True, "on": False}]
    assert offered(site, "quiet", text, item="i-talk") == offered(site, "quiet", text)


@pytest.mark.parametrize("state", ["pending", "rejected", "withdrawn", "merged", "answered"])
def test_what_cannot_be_supported_is_not_offered_nor_what_is_of_another_item(
    world: World, site: Site, state: str
) -> None:
    text = "Hur finansierar ni klimatanpassningen?"
    world.write(f"UPDATE question SET text = :t WHERE id = 'q-{state}'", t=text)
    assert offered(site, "quiet", text) == []
    world.write("UPDATE question SET text = :t, item_id = 'i-coffee' WHERE id = 'q-approved'", t=text)
    assert offered(site, "quiet", text) == []


def test_where_nothing_is_asked_nothing_is_offered(world: World, site: Site) -> None:
    world.write("UPDATE item SET asking = 'closed'")
    assert offered(site, "quiet", "What of approved?") == []


@pytest.mark.parametrize("text", ["", " ", "?", "x" * 100_000, "\u202e\x00", "\U0001f468\u200d\U0001f469" * 600])
def test_whatever_is_written_it_answers(sqlite_world: World, site: Site, text: str) -> None:
    assert offered(site, "quiet", text) == []


def test_it_is_for_those_who_may_ask(sqlite_world: World, site: Site) -> None:
    assert similar(site, "", "What?").status_code == 401
    assert similar(site, "their_guest", "What?").status_code == 401
    assert similar(site, "screen", "What?").status_code == 403
    assert similar(site, "lectern", "What?").status_code == 403
    assert similar(site, "speaker", "What?").status_code == 200


def test_it_may_not_be_asked_without_end(sqlite_world: World, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "limiter", Limiter())
    statuses = [similar(site, "quiet", "What?").status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]
    assert similar(site, "web", "What?").status_code == 200

"""A meeting with five hundred people: each of them is found, no page grows with them, and the sums are those of all."""

import html
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from hybridmote.db import reading
from hybridmote.reception.people import A_PAGE
from hybridmote.registration.views import lists
from tests.matrix.world import HERE, World
from tests.servers import SEED

MANY = 500
LARGEST = 300_000  # bytes of a page, before it is compressed
SLOWEST = 0.1  # seconds of the server for a page; the best of three, on a machine that does other things too
DESK = "/m/here/desk"
PEOPLE = [
    {
        "row": n,
        "name": f"{('Åsa', 'Bo', 'Cecilia', 'Dag')[n % 4]} Exempel-{n}",
        "email": f"person{n}@många.example.org",
        "organisation": ("Ale kommun", "Örebro kommun", "Region Skåne", "Föreningen i dalen")[n % 4],
        "title": "Samordnare för klimatanpassning",
        "diet": "Inga nötter" if n % 10 == 0 else "",
    }
    for n in range(MANY)
]


@pytest.fixture
def organiser(browser_of: Callable[[str], FlaskClient], world: World) -> FlaskClient:
    """Of a meeting to which a list was brought as the import page does it: in parts."""
    fees = [
        world.did("organiser", "fee.add", name_sv=name, price=price, place=place)["id"]
        for name, price, place in (("Många i salen", 90_050, "hall"), ("Många på webben", 45_025, "web"))
    ]
    into = None
    for at in range(0, MANY, 100):
        part = [{**one, "fee": fees[n % 2]} for n, one in enumerate(PEOPLE[at : at + 100])]
        told = world.did("organiser", "registration.import", rows=part, name="många.csv", into=into)
        assert told["errors"] == [] and told["taken"] == 100
        into = into or told["id"]
    return browser_of("organiser")


def shown(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"{DESK}/people{query}", headers={"Accept-Language": "sv"})
    assert answer.status_code == 200
    assert len(answer.data) < LARGEST
    return html.unescape(answer.text)


def rows(page: str) -> list[str]:
    part = page[page.index('class="rows rec__people"') :]
    return re.findall(r'<li id="([\w-]+)"', part[: part.index("</ol>")])


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []
    with reading() as session:
        engine = session.get_bind().engine

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def test_all_of_them_are_found(organiser: FlaskClient) -> None:
    """Page by page each stands once and in order, the JSON and the files hold the same, and everybody can be searched for
    by what is known of them."""
    with reading() as session:
        everybody = lists.entries(session, HERE)
    pages = -(-len(everybody) // A_PAGE)
    assert len(everybody) > MANY
    found = [id for at in range(1, pages + 1) for id in rows(shown(organiser, f"?page={at}"))]
    assert found == [one.id for one in everybody]
    assert f"{len(everybody)} personer" in shown(organiser)
    told: Any = organiser.get(f"{DESK}/people.json").json
    assert {one["id"] for one in told["people"]} == set(found)
    assert organiser.get(f"{DESK}/people.csv").text.count("@många.example.org") == MANY
    chance = random.Random(SEED)
    for one in chance.sample([e for e in everybody if "Exempel-" in e.name], 12):
        for typed in (one.email, f"#{one.number}", one.name, f"{one.name.split('-')[1]} {one.organisation}"):
            answer = organiser.get(f"{DESK}/people", query_string={"q": typed})
            assert one.id in rows(html.unescape(answer.text)), f"{typed} does not find {one.name} (seed {SEED})"
    assert "people/" in shown(organiser, "?page=9999") and "people/" in shown(organiser, "?page=-1")


def test_the_filters_part_them_and_lose_nobody(organiser: FlaskClient) -> None:
    with reading() as session:
        everybody = lists.entries(session, HERE, state="all")
        sums = lists.sums(session, HERE)

    def count(query: str) -> int:
        found = re.search(r'class="rec__found">(\d+) ', shown(organiser, query))
        assert found
        return int(found[1])

    states = Counter(e.state for e in everybody)
    assert {state: count(f"?state={state}") for state in states} == dict(states)
    assert count("?state=all") == len(everybody) == sum(states.values())
    fees = Counter(e.fee for e in everybody)
    assert sum(count(f"?state=all&fee={fee}") for fee in fees if fee) + fees[None] == len(everybody)
    payers = {one.payer.key for one in sums.payers}
    assert sum(
        count(f"?payer={quote(key)}") for key in {e.payer.key for e in everybody if e.state != "cancelled"}
    ) == count("")
    assert payers <= {e.payer.key for e in everybody}


def test_what_they_owe_is_the_sum_of_what_each_does(organiser: FlaskClient) -> None:
    """In öre, without rounding away any: by payer, by fee, and all together; and the exports agree with it."""
    with reading() as session:
        everybody = lists.entries(session, HERE, state="all")
        sums = lists.sums(session, HERE)
    net = sum(e.net for e in everybody if e.state == "confirmed" or e.charged)
    assert sum(total.net for total in sums.totals) == sum(t.net for p in sums.payers for t in p.totals) == net
    assert sum(of for _, _, of in sums.fees) == net
    assert net >= MANY // 2 * (90_050 + 45_025)
    assert sum(total.gross for total in sums.totals) == net + sum(total.vat for total in sums.totals)
    page = shown(organiser, "?see=owed")
    assert exact(sum(total.gross for total in sums.totals)) in page
    with reading() as session:
        come = lists.attendance(session, HERE)
        assert lists.not_come(session, HERE) == len(lists.no_shows(session, HERE)) > 0
    assert sum(one.hall + one.web for one in come) == sum(e.state == "confirmed" for e in everybody)
    for one in come:
        assert one.name in shown(organiser, "?see=from")


def exact(ore: int) -> str:
    return f"{ore // 100:,}".replace(",", "\u00a0") + f",{ore % 100:02}"


PAGES = ("", "?q=ale+kommun", "?see=owed", "?see=from", "/ONE", "/../enrol", "/../import", "/../invoices", "/../needs")


def test_no_page_of_the_desk_grows_with_them(organiser: FlaskClient) -> None:
    """Its weight, what it asks of the database, and how long the server takes: a draw holds others up."""
    with reading() as session:
        one = lists.entries(session, HERE)[-1].id
    for page in PAGES:
        path = f"{DESK}/people{page.replace('ONE', one)}".replace("people/../", "")
        organiser.get(path)
        took = []
        for _ in range(3):
            with statements() as asked:
                began = time.thread_time()
                answer = organiser.get(path, headers={"Accept-Language": "sv"})
                took.append(time.thread_time() - began)
        said = f"{path}: {len(answer.data) / 1000:.0f} kB, {len(asked)} statements, {min(took) * 1000:.0f} ms"
        print(said)
        assert answer.status_code == 200
        assert len(answer.data) < LARGEST and len(asked) <= 40 and min(took) < SLOWEST, said

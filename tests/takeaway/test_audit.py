"""The record of what staff did, read page by page and searched, without a script."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from hybridmote.takeaway.audit import A_PAGE, in_words
from tests.matrix.world import World
from tests.takeaway.test_files import fetch, table

Browser = Callable[[str], FlaskClient]


def read(client: FlaskClient, query: str = "", language: str = "en") -> str:
    answer = client.get(f"/m/here/desk/audit{query}", headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.text


def lines(page: str) -> list[str]:
    return re.findall(r'<li id="([^"]+)">', page)


@pytest.fixture
def acted(world: World) -> World:
    world.write("DELETE FROM audit")
    world.did("moderator", "question.reject", id="q-pending", reason="Den rör ett ÄRENDE <i>hos</i> kommunen.")
    world.did("organiser", "question.reveal", id="q-approved_hidden", reason="Han har bett om det.")
    world.did("second_moderator", "meeting.asking", words=["bro", "väg"], window=9)
    return world


def test_the_newest_stands_first_with_who_what_and_why(acted: World, browser_of: Browser) -> None:
    page = read(browser_of("moderator"))
    assert len(lines(page)) == 3
    order = [page.index(words) for words in ("Changed how questions are asked", "Showed the name", "Did not take up")]
    assert order == sorted(order)
    assert "What of pending?" in page, "what it was done to, in its own words"
    assert "&lt;i&gt;hos&lt;/i&gt;" in page and "<i>hos" not in page
    assert "Tog inte upp en fråga" in read(browser_of("moderator"), language="sv")


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("ärende", 1),
        ("ÄRENDE rör", 1),
        ("question.", 2),
        ("väg", 1),
        ("q-pending", 1),
        ("the organiser", 1),
        ("nothing like it", 0),
        ("  ", 3),
        ("%", 0),
        ("<i>", 1),
    ],
)
def test_all_words_of_a_search_stand_in_a_line(acted: World, browser_of: Browser, sought: str, found: int) -> None:
    client = browser_of("organiser")
    answer = client.get("/m/here/desk/audit", query_string={"q": sought}, headers={"Accept-Language": "en"})
    assert len(lines(answer.text)) == found
    assert "<script" not in answer.text.partition("<main")[2].partition("</main>")[0]


def test_long_records_are_turned_page_by_page(acted: World, browser_of: Browser) -> None:
    for n in range(A_PAGE):
        acted.did("moderator", "question.claim", id="q-claimed", over=True)
        acted.did("second_moderator", "question.claim", id="q-claimed", over=True)
        assert n < A_PAGE
    client = browser_of("moderator")
    first, second, third = (lines(read(client, f"?page={n}")) for n in (1, 2, 3))
    assert [len(first), len(second)] == [A_PAGE, A_PAGE]
    assert len({*first, *second, *third}) == acted.one("SELECT count(*) FROM audit")
    assert lines(read(client, "?page=99")) == third and lines(read(client, "?page=-1")) == first
    assert lines(read(client, "?page=no")) == first
    assert "page=2" in read(client) and "page=1&amp;q=claim" in read(client, "?page=2&q=claim")


def test_the_file_of_it_goes_from_the_first_line_to_the_last(acted: World, browser_of: Browser) -> None:
    rows = table(fetch(browser_of("moderator"), "audit.csv"))
    assert [row["what"] for row in rows] == ["question.reject", "question.reveal", "meeting.asking"]
    rejected = rows[0]
    assert (rejected["before"], rejected["after"]) == ("pending", "rejected")
    assert rejected["reason"] == "Den rör ett ÄRENDE <i>hos</i> kommunen." and rejected["at"].endswith("Z")
    assert rejected["who_id"] == "p-moderator" and rejected["who"]
    assert '"window": 9' in rows[2]["after"] and "väg" in rows[2]["after"]


def test_what_something_was_is_a_word_or_json() -> None:
    assert [in_words(one) for one in (None, "x", {"å": 1}, 3, [])] == ["", "x", '{"å": 1}', "3", "[]"]

"""Polls by plain forms, with the programme, and as a file."""

import csv
import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from hybridmote.polls.pages import inert
from tests.matrix.world import World
from tests.web.conftest import csrf

Browser = Callable[[str], FlaskClient]
SHOWN = re.compile('class="hall__prompt"[^>]*>So')


def send(client: FlaskClient, command: str, page: str = "live", **fields: Any) -> Any:
    form = {"csrf_token": csrf(client, "/"), "op": str(uuid4()), "page": page, **fields}
    return client.post(f"/m/here/do/{command}", data=form, headers={"Accept-Language": "en"})


def answers_of(world: World, poll: str, person: str) -> Any:
    rows = [r for r in world.dump()["poll_answer"] if (r["poll_id"], r["participant_id"]) == (poll, f"p-{person}")]
    return rows[0]["answers"] if rows else None


def test_a_choice_a_scale_and_words_are_answered_by_plain_forms(world: World, browser_of: Browser) -> None:
    quiet = browser_of("quiet")
    assert send(quiet, "poll.answer", id="v-choice", answer0="0", answer2="2").status_code == 303
    assert send(quiet, "poll.answer", id="v-scale", answer0="4").status_code == 303
    assert (
        send(quiet, "poll.answer", id="v-words", answer0="Regn", answer1="", answer2=" <b>Ek</b> ").status_code == 303
    )
    assert answers_of(world, "v-choice", "quiet") == [0, 2]
    assert answers_of(world, "v-scale", "quiet") == [4]
    assert answers_of(world, "v-words", "quiet") == ["Regn", "<b>Ek</b>"]
    page = quiet.get("/m/here/live", headers={"Accept-Language": "en"}).text
    assert "What of choice?" in page and "&lt;b&gt;Ek&lt;/b&gt;" in page and "<b>Ek" not in page
    assert "What of draft?" not in page


def test_a_refusal_stands_by_the_poll_it_is_of(world: World, browser_of: Browser) -> None:
    answer = send(browser_of("quiet"), "poll.answer", id="v-choice", answer0="0", answer1="1", answer2="2")
    assert answer.status_code == 422 and "answer-v-choice-wrong" in answer.text and "more answers" in answer.text
    answer = send(browser_of("quiet"), "poll.answer", id="v-closed", answer0="0")
    assert answer.status_code == 409 and "The poll is closed." in answer.text


def test_a_moderator_makes_opens_and_shows_one_without_a_script(world: World, browser_of: Browser) -> None:
    moderator = browser_of("moderator")
    made = send(
        moderator,
        "poll.add",
        "moderate",
        item="i-talk",
        kind="choice",
        prompt="So?",
        options="Yes\r\n\r\nNo\r\n",
        most="1",
    )
    assert made.status_code == 303, made.text
    ((id, state),) = world.all("SELECT id, state FROM poll WHERE prompt = 'So?'")
    assert state == "draft"
    assert "So?" in moderator.get("/m/here/moderate").text
    assert send(moderator, "poll.open", "moderate", id=id).status_code == 303
    assert "So?" in browser_of("hall").get("/m/here/live").text
    assert SHOWN.search(browser_of("screen").get("/m/here/screen").text)
    assert send(moderator, "poll.show", "moderate", id=id, on="false").status_code == 303
    assert not SHOWN.search(browser_of("screen").get("/m/here/screen").text)


def test_an_item_that_ends_closes_its_polls_and_undoing_opens_them_again(world: World) -> None:
    def states() -> dict[str, tuple[str, bool]]:
        rows = world.all("SELECT id, state, on_screen FROM poll WHERE item_id = 'i-talk'")
        return {row[0]: (row[1], bool(row[2])) for row in rows}

    assert states()["v-choice"] == ("open", True)
    world.did("moderator", "programme.next", track="", expected_version=world.version())
    assert {state for state, _ in states().values()} == {"open", "draft"}, (
        "questions and discussion are part of the talk"
    )
    world.did("moderator", "programme.next", track="", expected_version=world.version())
    closed = states()
    assert closed.pop("v-draft") == ("draft", False)
    assert set(closed.values()) == {("closed", False)}
    world.did("moderator", "programme.undo", track="", expected_version=world.version())
    assert {id for id, (state, _) in states().items() if state == "open"} == {"v-choice", "v-scale", "v-words"}


def test_many_answer_at_once_and_every_one_counts(world: World) -> None:
    people = ["organiser", "moderator", "speaker", "leader", "hall", "web", "quiet"]

    def answer(n: int) -> bool:
        return bool(world.ask(people[n % 7], "poll.answer", {"id": "v-scale", "answers": [1 + n // 7 % 5]})["ok"])

    with ThreadPoolExecutor(14) as pool:
        assert all(pool.map(answer, range(140)))
    dump = world.dump()
    poll = next(row for row in dump["poll"] if row["id"] == "v-scale")
    given = [one for row in dump["poll_answer"] if row["poll_id"] == "v-scale" for one in row["answers"]]
    assert poll["answered"] == 7 and len(given) == 7
    assert poll["counts"] == {str(n): given.count(n) for n in set(given)}


# ---- the file ----


def read(client: FlaskClient, poll: str, language: str = "en") -> list[list[str]]:
    answer = client.get(f"/m/here/polls/{poll}.csv", headers={"Accept-Language": language})
    assert answer.status_code == 200 and answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";" if language == "sv" else ","))


def test_a_poll_as_a_file_for_a_spreadsheet(world: World, browser_of: Browser) -> None:
    moderator = browser_of("moderator")
    assert read(moderator, "v-choice") == [
        ["Question", "What of choice?"],
        ["People who answered", "2"],
        ["Answers", "Number"],
        ["Now", "2"],
        ["Soon", "1"],
        ["Never", "0"],
    ]
    assert read(moderator, "v-scale", "sv")[2:] == [
        ["Medel", "3.5"],
        ["Svar", "Antal"],
        ["1 Not at all", "0"],
        ["2", "1"],
        ["3", "0"],
        ["4", "0"],
        ["5 Fully", "1"],
    ]


def test_the_file_also_counts_without_walk_ins(world: World, browser_of: Browser) -> None:
    world.did("organiser", "registration.rules", walk_ins="vote")
    world.did("reads", "poll.answer", id="v-choice", answers=[2])
    assert read(browser_of("moderator"), "v-choice")[1:] == [
        ["People who answered", "3"],
        ["Answers", "Number", "Of those with a place"],
        ["Now", "2", "2"],
        ["Soon", "1", "1"],
        ["Never", "1", "0"],
    ]


def test_what_walk_ins_answered_is_left_out_of_the_bars_and_comes_back(world: World, browser_of: Browser) -> None:
    def seen() -> tuple[list[int], int, int]:
        polls = browser_of("screen").get("/api/v1/m/here/state").json["topics"]["polls"]
        return polls["v-choice"]["bars"], polls["v-choice"]["answered"], polls["v-choice"]["walk_ins"]

    world.did("organiser", "registration.rules", walk_ins="vote")
    world.did("reads", "poll.answer", id="v-choice", answers=[2])
    assert seen() == ([2, 1, 1], 3, 1)
    moderator = browser_of("moderator")
    assert (
        "Leave out those without a place: 1"
        in moderator.get("/m/here/moderate", headers={"Accept-Language": "en"}).text
    )
    assert send(moderator, "poll.leave_out", "moderate", id="v-choice", on="true").status_code == 303
    assert seen() == ([2, 1, 0], 2, 1)
    world.did("reads", "poll.answer", id="v-choice", answers=[0, 1])  # they may go on: it shows when all count again
    assert seen() == ([2, 1, 0], 2, 1)
    for who, page in (("hall", "live"), ("screen", "screen")):
        told = browser_of(who).get(f"/m/here/{page}", headers={"Accept-Language": "en"}).text
        assert "Without those who came in without a place." in told
    assert send(moderator, "poll.leave_out", "moderate", id="v-choice", on="false").status_code == 303
    assert seen() == ([3, 2, 0], 3, 1)
    world.did("reads", "poll.answer", id="v-choice", answers=[])
    assert seen() == ([2, 1, 0], 2, 0)


def test_nothing_in_the_file_is_a_formula(world: World, browser_of: Browser) -> None:
    for who, word in (("quiet", "=1+1"), ("leader", "@SUM(A1)"), ("speaker", "+46")):
        world.did(who, "poll.answer", id="v-words", answers=[word])
    cells = {row[0] for row in read(browser_of("organiser"), "v-words")[3:]}
    assert {"'=1+1", "'@sum(a1)", "'+46"} <= cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "  ="])
def test_a_cell_is_inert(sign: str) -> None:
    assert inert(f"{sign}1") == f"'{sign}1"
    assert inert(f"a{sign}1") == f"a{sign}1"


@pytest.mark.parametrize(
    ("who", "poll", "status"),
    [("hall", "v-choice", 403), ("screen", "v-choice", 403), ("moderator", "v-their", 404), ("moderator", "v-no", 404)],
)
def test_who_may_not_fetch_it(browser_of: Browser, world: World, who: str, poll: str, status: int) -> None:
    assert browser_of(who).get(f"/m/here/polls/{poll}.csv").status_code == status

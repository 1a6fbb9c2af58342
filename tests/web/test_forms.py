"""The pages without a script: plain forms do what the socket does, and lose nothing that was typed."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from tests.matrix.world import World
from tests.web.conftest import csrf

Browsers = Callable[[str], FlaskClient]


def send(client: FlaskClient, command: str, page: str = "live", **fields: str) -> object:
    token = csrf(client, f"/m/here/{page}")
    return client.post(f"/m/here/do/{command}", data={"csrf_token": token, "op": str(uuid4()), "page": page, **fields})


def test_a_question_is_asked_and_the_page_comes_back(browser_of: Browsers, world: World) -> None:
    answer = send(browser_of("web"), "question.ask", text="Räcker vattnet på Öland?", hide_name="true")
    assert answer.status_code == 303 and answer.location == "/m/here/live"
    assert world.one("SELECT name_hidden FROM question WHERE text = :t", t="Räcker vattnet på Öland?")


def test_the_page_shows_my_question_and_its_state(browser_of: Browsers) -> None:
    client = browser_of("web")
    send(client, "question.ask", text="Räcker vattnet på Öland?")
    page = client.get("/m/here/live", headers={"Accept-Language": "en"}).text
    assert "Räcker vattnet på Öland?" in page and "Waiting for a moderator" in page


def test_the_same_form_sent_twice_asks_once(browser_of: Browsers, world: World) -> None:
    client = browser_of("web")
    form = {"csrf_token": csrf(client, "/m/here/live"), "op": str(uuid4()), "page": "live", "text": "En gång bara?"}
    assert [client.post("/m/here/do/question.ask", data=form).status_code for _ in range(3)] == [303] * 3
    assert world.one("SELECT count(*) FROM question WHERE text = 'En gång bara?'") == 1


@pytest.mark.parametrize(("language", "words"), [("sv", "för lång"), ("en", "too long")])
def test_what_is_refused_stands_in_the_field_again_with_the_reason(
    browser_of: Browsers, language: str, words: str
) -> None:
    client = browser_of("web")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    text = "Hur gör ni? " * 60
    answer = send(client, "question.ask", text=text)
    assert answer.status_code == 422
    assert text.strip() in re.sub(r"\s+", " ", answer.text) and words in answer.text


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "</textarea><b>", "{{ 7*7 }}", '" onfocus="x'])
def test_what_is_typed_is_inert(browser_of: Browsers, typed: str) -> None:
    client = browser_of("web")
    send(client, "question.ask", text=typed)
    page = client.get("/m/here/live").text
    body = page.split('id="boot"')[0]
    if "<" in typed or '"' in typed:
        assert typed not in body
    assert "<script>alert" not in page and not re.search(r">\s*49\s*<", body)


def test_without_the_pages_own_token_nothing_happens(browser_of: Browsers, world: World) -> None:
    client, before = browser_of("web"), world.dump()
    for token in ("", "wrong"):
        form = {"csrf_token": token, "op": str(uuid4()), "page": "live", "text": "Nej"}
        answer = client.post("/m/here/do/question.ask", data=form)
        assert answer.status_code == 400 and "Nej" in answer.text
    assert world.dump() == before


def test_a_form_that_names_no_page_of_ours_is_refused(browser_of: Browsers) -> None:
    assert send(browser_of("web"), "question.ask", text="Hej?").status_code == 303
    client = browser_of("web")
    form = {
        "csrf_token": csrf(client, "/m/here/live"),
        "op": str(uuid4()),
        "page": "https://elsewhere.example",
        "text": "x",
    }
    assert client.post("/m/here/do/question.ask", data=form).status_code == 400


def test_a_moderator_runs_the_desk_by_forms_alone(browser_of: Browsers, world: World) -> None:
    client = browser_of("moderator")
    steps = [
        ("question.approve", {"id": "q-pending"}),
        ("question.reject", {"id": "q-pending_hidden", "reason": "Den rör ett enskilt ärende."}),
        ("question.take", {"id": "q-pending"}),
        ("question.answer", {"id": "q-pending"}),
        ("programme.next", {"expected_version": str(world.version()), "track": ""}),
    ]
    for command, fields in steps:
        assert send(client, command, "moderate", **fields).status_code == 303, command
    assert world.one("SELECT state FROM question WHERE id = 'q-pending'") == "answered"
    assert world.one("SELECT reason FROM question WHERE id = 'q-pending_hidden'") == "Den rör ett enskilt ärende."


def test_a_press_on_an_old_page_says_that_somebody_was_faster(browser_of: Browsers, world: World) -> None:
    old = str(world.version())
    world.did("second_moderator", "programme.next", expected_version=int(old))
    answer = send(browser_of("moderator"), "programme.next", "moderate", expected_version=old)
    assert answer.status_code == 409 and 'role="alert"' in answer.text


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/ok\nx"])
def test_nobody_is_sent_to_another_site(client: FlaskClient, to: str) -> None:
    form = {"csrf_token": csrf(client, "/"), "language": "en", "next": to}
    answer = client.post("/language", data=form)
    assert answer.status_code == 303 and answer.location == "/"


def test_the_language_chosen_by_hand_stays(client: FlaskClient) -> None:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "sv"
    assert 'lang="sv"' in client.get("/sign-in").text
    client.post("/language", data={"csrf_token": csrf(client, "/"), "language": "en", "next": "/sign-in"})
    assert '<html lang="en"' in client.get("/sign-in").text


# What is asked already, one's own questions, and help

ALREADY = "Vilka träd klarar torkan bäst?"


def in_line(world: World, text: str = ALREADY) -> str:
    """Somebody else's question, that everyone sees."""
    id = world.ask("hall", "question.ask", {"text": text, "item": "i-talk"})["result"]["id"]
    assert world.ask("moderator", "question.approve", {"id": id})["ok"]
    return str(id)


def english(client: FlaskClient) -> FlaskClient:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_what_is_asked_already_is_shown_first_and_one_may_send_anyway(browser_of: Browsers, world: World) -> None:
    other = in_line(world)
    client = english(browser_of("web"))
    mine = "Vilka träd klarar torkan bäst hos er?"
    answer = send(client, "question.ask", text=mine, hide_name="true", item="i-talk")
    assert answer.status_code == 200
    assert ALREADY in answer.text and f'form="alike-{other}"' in answer.text and "Send it anyway" in answer.text
    assert re.search(r"<textarea[^>]*>" + re.escape(mine), answer.text), "the text stays in its field"
    assert re.search(r'name="hide_name"[^>]* checked', answer.text)
    count = "SELECT count(*) FROM question WHERE text = :t"
    assert world.one(count, t=mine) == 0
    assert send(client, "question.ask", text=mine, item="i-talk", anyway="true").status_code == 303
    assert world.one(count, t=mine) == 1


def test_supporting_what_is_asked_already_is_one_press(browser_of: Browsers, world: World) -> None:
    other = in_line(world)
    client = browser_of("web")
    page = send(client, "question.ask", text=ALREADY, item="i-talk").text
    form = re.search(rf'<form hidden id="alike-{other}"[^>]*action="([^"]+)">(.*?)</form>', page, re.S)
    assert form
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    assert client.post(form[1], data=fields).status_code == 303
    assert world.one("SELECT support FROM question WHERE id = :q", q=other) == 1


def test_a_forged_form_is_shown_nothing(browser_of: Browsers, world: World) -> None:
    in_line(world)
    client = browser_of("web")
    form = {"op": str(uuid4()), "page": "live", "text": ALREADY, "item": "i-talk"}
    answer = client.post("/m/here/do/question.ask", data=form)
    assert answer.status_code == 400 and "alike-" not in answer.text


def test_the_wording_is_changed_and_what_staff_changed_meanwhile_stands_beside(
    browser_of: Browsers, world: World
) -> None:
    client = english(browser_of("web"))
    send(client, "question.ask", text="Vem vattnar?")
    id = str(world.one("SELECT id FROM question WHERE text = 'Vem vattnar?'"))
    assert send(client, "question.edit", id=id, text="Vem vattnar träden?", expected_version="1").status_code == 303
    change = {"id": id, "text": "Vem vattnar på sommaren?", "expected_version": 2}
    assert world.ask("moderator", "question.edit", change)["ok"]
    answer = send(client, "question.edit", id=id, text="Vem vattnar i juli?", expected_version="2")
    assert answer.status_code == 409
    assert "Vem vattnar på sommaren?" in answer.text and "Vem vattnar i juli?" in answer.text
    assert "It was changed while you wrote" in answer.text and 'name="expected_version" value="3"' in answer.text


def test_a_question_is_withdrawn_and_said_to_be(browser_of: Browsers, world: World) -> None:
    client = english(browser_of("web"))
    send(client, "question.ask", text="Vem vattnar?")
    id = str(world.one("SELECT id FROM question WHERE text = 'Vem vattnar?'"))
    assert send(client, "question.withdraw", id=id).status_code == 303
    page = client.get("/m/here/live").text
    assert "Withdrawn" in page and "Vem vattnar?" in page


def test_what_became_of_ones_questions_is_read_without_a_script(browser_of: Browsers, world: World) -> None:
    id = in_line(world)
    into = world.ask("quiet", "question.ask", {"text": "Räcker vattnet?", "item": "i-talk"})["result"]["id"]
    assert world.ask("moderator", "question.approve", {"id": into})["ok"]
    assert world.ask("moderator", "question.merge", {"id": id, "into": into})["ok"]
    page = english(browser_of("hall")).get("/m/here/live").text
    assert "Merged with a similar question" in page and f'href="#q-{into}">Räcker vattnet?</a>' in page
    assert world.ask("moderator", "question.reply", {"id": into, "text": "Ja, i en damm."})["ok"]
    page = browser_of("web").get("/m/here/live").text
    assert "Ja, i en damm." in page, "an answer in writing is everyone's"


@pytest.mark.parametrize(
    ("command", "body", "words"),
    [
        ("question.mode", {"item": "i-talk", "mode": "open"}, "It is shown to everyone at once."),
        ("question.mode", {"item": "i-talk", "mode": "screened"}, "A moderator reads it first."),
        ("question.mode", {"item": "i-talk", "mode": "closed"}, "No questions are taken now."),
        ("meeting.asking", {"slow": 60}, "one question in 60 seconds"),
        ("person.mute", {"person": "p-web", "reason": "Wait a little."}, "you do not ask for now: Wait a little."),
    ],
)
def test_how_questions_are_taken_is_said_before_one_writes(
    browser_of: Browsers, world: World, command: str, body: dict[str, object], words: str
) -> None:
    assert world.ask("moderator", command, body)["ok"]
    assert words in english(browser_of("web")).get("/m/here/live").text


def test_the_newest_stand_first_for_those_who_want_it(browser_of: Browsers, world: World) -> None:
    newest = in_line(world)
    client = browser_of("web")

    def order(query: str) -> list[str]:
        return re.findall(r'<li class="question" id="q-([\w-]+)"', client.get(f"/m/here/live{query}").text)

    assert order("?order=time")[0] == newest != order("")[0]


def test_help_is_asked_for_and_answered_without_a_script(browser_of: Browsers, world: World) -> None:
    client = english(browser_of("web"))
    assert send(client, "help.ask", choice="I hear nothing.", text=" Since ten.").status_code == 303
    text = "I hear nothing. Since ten."
    assert text in client.get("/m/here/live").text
    assert send(client, "help.ask", text=" ").status_code == 422
    id = str(world.one("SELECT id FROM help_call WHERE text = :t", t=text))
    desk = english(browser_of("moderator"))
    assert text in desk.get("/m/here/moderate").text
    assert send(desk, "help.reply", page="moderate", id=id, text="Load it again.").status_code == 303
    assert "Load it again." in client.get("/m/here/live").text
    assert "Load it again." not in browser_of("hall").get("/m/here/live").text


def test_not_so_soon_is_no_answer_for_good(browser_of: Browsers, world: World) -> None:
    """The same op is sent again when the time has passed, as the outbox does, and is then done."""
    client = browser_of("web")
    assert world.ask("moderator", "meeting.asking", {"slow": 600})["ok"]
    send(client, "question.ask", text="Vem vattnar?")
    op = str(uuid4())
    again = {"text": "Och vem betalar?"}
    refused = world.ask("web", "question.ask", again, op)
    assert (refused["code"], refused["params"]["why"]) == ("too_many", "slowly")
    assert world.ask("moderator", "meeting.asking", {"slow": 0})["ok"]
    assert world.ask("web", "question.ask", again, op)["ok"]
    assert world.one("SELECT count(*) FROM question WHERE text = :t", t=again["text"]) == 1


def test_a_question_is_rejected_with_a_ready_reason_or_words_of_ones_own_but_not_without(
    browser_of: Browsers, world: World
) -> None:
    desk = english(browser_of("moderator"))
    reject = {"page": "moderate", "id": "q-pending"}
    refused = send(desk, "question.reject", **reject, ready="", reason=" ")
    assert refused.status_code == 422 and "Nothing is written" in refused.text
    ready = "It has been answered already."
    assert ready in desk.get("/m/here/moderate").text
    assert send(desk, "question.reject", **reject, ready=ready, reason="See page two.").status_code == 303
    assert world.one("SELECT reason FROM question WHERE id = 'q-pending'") == f"{ready} See page two."


def test_what_is_up_next_is_moved_by_plain_forms(browser_of: Browsers, world: World) -> None:
    ids = [
        in_line(world),
        *(world.ask("web", "question.ask", {"text": f"Och {n}?", "item": "i-talk"})["result"]["id"] for n in range(2)),
    ]
    for id in ids[1:]:
        assert world.ask("moderator", "question.approve", {"id": id})["ok"]
    world.write("UPDATE question SET queue = NULL")
    for id in ids:
        assert world.ask("moderator", "question.queue", {"id": id})["ok"]
    desk = english(browser_of("moderator"))

    def order() -> list[str]:
        up_next = desk.get("/m/here/moderate").text.partition('id="next"')[2].partition('id="h-line"')[0]
        return re.findall(r'data-row="([^"]+)"', up_next)

    def press(id: str, words: str) -> None:
        row = (
            desk.get("/m/here/moderate")
            .text.partition('id="next"')[2]
            .partition(f'data-row="{id}"')[2]
            .partition("</article>")[0]
        )
        form = next(part for part in row.split("<form")[1:] if f">{words}<" in part)
        fields = dict(re.findall(r'name="(before|id|anchor)" value="([^"]*)"', form))
        answer = send(desk, "question.queue", page="moderate", **fields)
        assert answer.status_code == 303 and answer.location.endswith(f"#q-{id}")

    assert order() == ids
    press(ids[0], "Move down")
    assert order() == [ids[1], ids[0], ids[2]]
    press(ids[0], "Move down")
    assert order() == [ids[1], ids[2], ids[0]]
    press(ids[0], "Move up")
    assert order() == [ids[1], ids[0], ids[2]]
    page = desk.get("/m/here/moderate").text.partition('id="next"')[2].partition('id="h-line"')[0]
    assert page.count("Move up") == page.count("Move down") == 2, "not past the ends"


@pytest.mark.parametrize(("seconds", "words"), [(40, "in 40 seconds"), (119, "in 119 seconds"), (600, "in 10 minutes")])
def test_how_long_to_wait_is_said_as_people_say_it(
    browser_of: Browsers, world: World, seconds: int, words: str
) -> None:
    client = english(browser_of("web"))
    send(client, "question.ask", text="Vem vattnar?")
    assert world.ask("moderator", "meeting.asking", {"slow": seconds})["ok"]
    page = send(client, "question.ask", text="Och vem betalar?").text
    assert "Yours can be sent in" in page and words.removeprefix("in ") in page


def test_a_page_that_was_asked_for_with_a_choice_comes_back_with_it(browser_of: Browsers, world: World) -> None:
    client = browser_of("moderator")
    form = {"csrf_token": csrf(client, "/m/here/speaker?item=i-before"), "op": str(uuid4()), "page": "speaker"}
    body = {**form, "id": "q-approved", "text": "Ja.", "anchor": "q-approved"}
    answer = client.post("/m/here/do/question.reply?item=i-before", data=body)
    assert answer.status_code == 303 and answer.location == "/m/here/speaker?item=i-before#q-approved"
    body = {**body, "op": str(uuid4()), "text": "Nej.", "anchor": ""}
    odd = client.post("/m/here/do/question.reply?item=%0d%0aX:%20y%26z", data=body)
    assert odd.status_code == 303 and odd.location == "/m/here/speaker?item=%0D%0AX%3A+y%26z"


def test_what_everyone_sees_is_not_offered_to_be_merged_into_what_waits(browser_of: Browsers, world: World) -> None:
    desk = browser_of("moderator")

    def offered(id: str) -> set[str]:
        form = desk.get(f"/m/here/moderate?q={id}").text.partition('name="into"')[2].partition("</select>")[0]
        return set(re.findall(r'<option value="([^"]+)"', form))

    assert {"q-approved", "q-claimed"} <= offered("q-pending")
    assert "q-approved" in offered("q-next") and "q-pending" not in offered("q-next")
    answer = send(desk, "question.merge", "moderate", id="q-next", into="q-pending")
    assert answer.status_code == 409 and world.one("SELECT state FROM question WHERE id = 'q-next'") == "approved"

"""Getting a place by plain forms: every state of the pages and every way to be wrong, without a script."""

import datetime as dt
import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hybridmote.mail.jobs import forgetting
from hybridmote.participants.store import hashed
from hybridmote.registration import model
from hybridmote.registration.store import Rules
from tests.matrix.world import HERE, TRANSFER_TOKEN, World
from tests.web.conftest import csrf

Browsers = Callable[[str], FlaskClient]
REGISTER = "/m/here/register"
SOMEBODY = {
    "fee": "f-day",
    "name": "Åsa Ek",
    "email": "asa@example.org",
    "organisation": "Örebro kommun",
    "orgnr": "212000-1967",
    "language": "sv",
    "agreed": "true",
}


@pytest.fixture(autouse=True)
def in_english(app: Flask) -> Iterator[None]:
    before, app.config["SETTINGS"].language = app.config["SETTINGS"].language, "en"
    yield
    app.config["SETTINGS"].language = before


def send(client: FlaskClient, command: str, page: str, op: str = "", **fields: str) -> Any:
    form = {"csrf_token": csrf(client, "/sign-in"), "op": op or str(uuid4()), "page": page, **fields}
    return client.post(f"/m/here/do/registration.{command}", data=form)


def register(client: FlaskClient, **fields: str) -> Any:
    return send(client, "register", "register", **{**SOMEBODY, **fields})


def words(page: str) -> str:
    """What there is to read, with spaces of any kind as one."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))).strip()


def heading(page: str) -> str:
    (found,) = re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.S)
    return html.unescape(re.sub(r"<[^>]+>", "", found)).strip()


def at(world: World, minutes: int) -> str:
    """An instant as SQLite keeps it."""
    return (world.now + dt.timedelta(minutes=minutes)).astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


# ---- the form --------------------------------------------------------------------------------------------------------


def test_from_the_form_to_a_place_that_this_browser_holds(client: FlaskClient, world: World) -> None:
    page = client.get(REGISTER).text
    assert heading(page) == "Register" and "Binding." in page and "SEK 1,125 with VAT" in words(page)
    answer = register(client)
    assert answer.status_code == 303 and answer.location == "/m/here/place?did=register"
    place = client.get(answer.location).text
    assert heading(place) == "You have a place" and "Åsa Ek" in place and "212000-1967" in place
    row = world.all("SELECT payer_name, municipality, price FROM registration WHERE number = 11")
    assert row == [("Örebro kommun", "1880", 90_000)]
    assert client.get(REGISTER).location == "/m/here/place"
    assert client.get("/m/here/live").status_code == 200


def test_three_fields_and_two_ticks_are_enough(client: FlaskClient) -> None:
    """What has to be done on a phone: choose, name, e-mail, agree, send."""
    page = client.get(REGISTER).text
    required = set(re.findall(r'name="(\w+)"[^>]*\brequired', page))
    assert required == {"fee", "name", "email", "agreed"}
    answer = send(client, "register", "register", **{name: SOMEBODY[name] for name in required})
    assert answer.status_code == 303


def test_pressed_twice_it_registers_once(client: FlaskClient, world: World) -> None:
    op = str(uuid4())
    first = register(client, op=op)
    other = client.application.test_client()
    again = register(other, op=op)  # the same form, sent before the first answer's cookie was there
    assert first.location == again.location == "/m/here/place?did=register"
    assert world.one("SELECT count(*) FROM participant WHERE email = 'asa@example.org'") == 1
    assert heading(other.get("/m/here/place").text) == "You have a place"


def test_sent_once_more_from_the_way_back_it_leads_to_the_place(client: FlaskClient) -> None:
    register(client)
    assert register(client).location == "/m/here/place"


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"name": " "}, "name", "Write your name."),
        ({"name": "Å" * 101}, "name", "1 characters too long"),
        ({"email": ""}, "email", "Write your e-mail address."),
        ({"email": "asa@"}, "email", "That is not an e-mail address."),
        ({"fee": ""}, "fee", "Choose a place."),
        ({"agreed": ""}, "agreed", "tick that you agree"),
        ({"orgnr": "212000-196"}, "orgnr", "has ten digits"),
        ({"orgnr": "212000-1976"}, "orgnr", "The last digit does not fit"),
        ({"orgnr": "7" * 60}, "orgnr", "has ten digits"),
        ({"gln": "735"}, "gln", "thirteen digits"),
        ({"peppol": "0192:987"}, "peppol", "A Peppol id begins with"),
        ({"invoice_email": "x"}, "invoice_email", "That is not an e-mail address."),
        ({"diet": "Å" * 301}, "diet", "too long"),
    ],
)
def test_what_is_wrong_is_said_above_and_by_the_field(
    client: FlaskClient, world: World, fields: dict[str, str], field: str, said: str
) -> None:
    before = world.one("SELECT count(*) FROM registration")
    answer = register(client, **fields)
    assert answer.status_code in (404, 422)
    page = answer.text
    assert f'href="#f-{field}"' in page and f'id="f-{field}"' in page and f'id="f-{field}-wrong"' in page
    assert words(page).count(said) >= 2 and "<title>Error: " in page
    for name, value in {**SOMEBODY, **fields}.items():
        if name not in ("fee", "language", "agreed", field):
            assert html.escape(value) in page or value in page, f"{name} was lost"
    assert world.one("SELECT count(*) FROM registration") == before


def test_the_list_of_faults_names_the_field(client: FlaskClient) -> None:
    page = words(register(client, orgnr="212000-1976", gln="735", name="").text)
    for said in ("Organisation number: The last digit", "GLN: ", "Write your name."):
        assert said in page
    assert "Name: Write your name." not in page


def test_all_that_is_wrong_is_said_at_once(client: FlaskClient) -> None:
    page = send(client, "register", "register", orgnr="1", email="x", diet="Nuts & <b>").text
    assert re.findall(r'href="#f-(\w+)"', page) == ["fee", "name", "email", "orgnr", "agreed"]
    assert "5 things need to be corrected" in page and "Nuts &amp; &lt;b&gt;" in page


def test_an_old_page_loses_nothing(client: FlaskClient) -> None:
    form = {**SOMEBODY, "csrf_token": "old", "op": str(uuid4()), "page": "register"}
    answer = client.post("/m/here/do/registration.register", data=form)
    assert answer.status_code == 400 and "The page has grown old" in answer.text and "Åsa Ek" in answer.text


def test_a_private_payer_and_an_invoice_of_another_kind(client: FlaskClient, world: World) -> None:
    fields = {"orgnr": "", "organisation": "", "payer_name": "Åsa Ek", "invoice_address": "Storgatan 1\n702 10 Örebro"}
    assert register(client, **fields).status_code == 303
    assert world.all("SELECT payer_name, orgnr, invoice_address FROM registration WHERE number = 11") == [
        ("Åsa Ek", "", "Storgatan 1\n702 10 Örebro")
    ]


def test_who_is_here_already_registers_a_colleague_and_stays_who_they_are(browser_of: Browsers, world: World) -> None:
    client = browser_of("hall")
    assert client.get(REGISTER).location == "/m/here/place"
    assert heading(client.get(REGISTER + "?another=1").text) == "Register"
    assert register(client).location == "/m/here/place?did=another"
    place = client.get("/m/here/place?did=another").text
    assert "Your colleague is registered." in place and "hall@example.org" in place
    assert world.one("SELECT count(*) FROM participant WHERE email = 'asa@example.org'") == 1


def test_an_address_that_has_a_place_is_sent_its_link(client: FlaskClient, world: World) -> None:
    answer = register(client, email="HALL@example.org")
    assert answer.location == "/m/here/link?did=has_place"
    assert heading(client.get(answer.location).text) == "You have a place already"
    assert client.get("/m/here/place").status_code == 401, "nobody is let in by knowing an address"
    assert world.one("SELECT count(*) FROM letter WHERE template = 'link' AND address = 'hall@example.org'") >= 1


# ---- when there is no place to be had ----------------------------------------------------------------------------------


def rules(world: World, **values: Any) -> None:
    for column, value in values.items():
        world.write(f"UPDATE registration_rules SET {column} = :v WHERE id = :m", v=value, m=HERE)


def test_before_it_opens_the_page_says_when(client: FlaskClient, world: World) -> None:
    rules(world, opens=at(world, 60))
    page = client.get(REGISTER).text
    assert "Registration opens" in words(page) and "<form id" not in page and 'name="email"' not in page
    assert "Registration has not opened yet." in words(register(client).text)


def test_after_the_deadline_one_may_wait(client: FlaskClient, world: World) -> None:
    rules(world, deadline=at(world, -1))
    page = client.get(REGISTER).text
    assert heading(page) == "Join the waiting list" and "The last day has passed." in page and "was " in words(page)
    answer = register(client)
    assert answer.status_code == 303
    place = client.get(answer.location).text
    assert (
        heading(place) == "You are in line" and "You stand in line." in place and "You are number 1 in line." in place
    )
    assert client.get("/m/here/live").location == "/m/here/place", "who waits does not take part yet"


def test_after_the_deadline_without_a_waiting_list_it_is_closed(client: FlaskClient, world: World) -> None:
    rules(world, deadline=at(world, -1), waiting_list=False)
    assert heading(client.get(REGISTER).text) == "Registration is closed"
    answer = register(client)
    assert answer.status_code == 409 and "The last day to register has passed." in words(answer.text)


def test_the_deadline_is_counted_down(client: FlaskClient, world: World) -> None:
    rules(world, deadline=at(world, 30))
    assert re.search(r'id="left"[^>]*>(29|30|31) minutes left<', client.get(REGISTER).text)


def test_what_is_full_says_so_and_leads_to_the_line(client: FlaskClient) -> None:
    page = client.get(REGISTER).text
    assert "Full. You join the waiting list." in words(page)
    answer = register(client, fee="f-evening")
    assert "You are number 3 in line." in client.get(answer.location).text


def test_what_is_full_without_a_waiting_list_cannot_be_chosen(client: FlaskClient, world: World) -> None:
    rules(world, waiting_list=False)
    assert re.search(r'value="f-evening"[^>]* disabled', client.get(REGISTER).text)
    answer = register(client, fee="f-evening")
    assert answer.status_code == 409 and "It is full." in words(answer.text) and "Åsa Ek" in answer.text


def test_when_everything_is_full(client: FlaskClient, world: World) -> None:
    rules(world, waiting_list=False)
    world.write("UPDATE fee SET capacity = 0 WHERE meeting_id = :m", m=HERE)
    assert heading(client.get(REGISTER).text) == "All places are taken"


def test_after_the_meeting(client: FlaskClient, world: World) -> None:
    world.write("UPDATE meeting SET ends = :t WHERE id = :m", t=at(world, -1), m=HERE)
    assert heading(client.get(REGISTER).text) == "The meeting is over"


def test_where_nobody_registers(client: FlaskClient, world: World) -> None:
    world.write("DELETE FROM registration_rules WHERE id = :m", m=HERE)
    assert heading(client.get(REGISTER).text) == "One cannot register here"


def test_what_is_not_published_is_not_found(client: FlaskClient, world: World) -> None:
    world.write("UPDATE meeting SET published = :no WHERE id = :m", no=False, m=HERE)
    for page in ("register", "place", "link"):
        assert client.get(f"/m/here/{page}").status_code == 404
    assert register(client).status_code == 404


def test_a_link_may_name_the_place(client: FlaskClient) -> None:
    assert re.search(r'value="f-web"[^>]* checked', client.get(REGISTER + "?fee=f-web").text)
    for wanted in ("f-closed", "f-removed", "nothing", "f-theirs"):
        assert " checked" not in client.get(f"{REGISTER}?fee={wanted}").text.partition('id="f-name"')[0]


def test_the_page_on_personal_data_says_what_a_registration_leaves_and_for_how_long(client: FlaskClient) -> None:
    told = words(client.get("/privacy").text)
    assert "If you register" in told and "who pays" in told and "What you eat and what you need" in told
    assert "fourteen days after the meeting" in told and Rules.__table__.c.needs_kept_days.default.arg == 14
    assert "ninety days after the meeting" in told and forgetting.KEPT.days == 90


def test_what_is_free_asks_for_no_payer(client: FlaskClient, world: World) -> None:
    world.write("UPDATE fee SET price = 0 WHERE meeting_id = :m", m=HERE)
    page = client.get(REGISTER).text
    assert 'name="orgnr"' not in page and "Free of charge" in page


@pytest.mark.parametrize(
    ("price", "vat"), [(90_000, 25), (12_345, 6), (99_999, 12), (1, 25), (50, 25), (2, 25), (0, 25)]
)
def test_the_page_says_the_invoices_sum(client: FlaskClient, world: World, price: int, vat: int) -> None:
    """The script shows these words and reckons nothing, so nothing can come out otherwise."""
    world.write("UPDATE fee SET price = :p, vat = :v WHERE id = 'f-day'", p=price, v=vat)
    (total,) = model.invoice_total([model.Amount(price, vat)])
    (row,) = re.findall(r'<input[^>]*value="f-day"[^>]*>', client.get(REGISTER).text)
    said = dict(re.findall(r'data-(\w+)="([^"]*)"', row))
    öre = {name: round(float(re.sub(r"[^\d.]", "", said[name]) or 0) * 100) for name in ("net", "vat", "gross")}
    assert öre == {"net": total.net, "vat": total.vat, "gross": total.gross}


def test_the_page_in_swedish_says_the_prices_as_swedes_do(client: FlaskClient) -> None:
    page = client.get(REGISTER, headers={"Accept-Language": "sv"}).text
    assert heading(page) == "Anmäl dig" and "1 125 kr med moms" in words(page)


def test_the_list_of_payers(client: FlaskClient) -> None:
    bodies = json.loads(client.get("/registration/bodies.json").text)
    assert len(bodies) == 311 and ["1880", "Örebro kommun", "212000-1967", "Örebro län"] in bodies
    assert client.get("/registration/bodies.json").headers["Cache-Control"] == "public, max-age=86400"


# ---- one's own place ---------------------------------------------------------------------------------------------------

PLACE = "/m/here/place"


@pytest.mark.parametrize(
    ("who", "title"),
    [
        ("hall", "You have a place"),
        ("waits", "You are in line"),
        ("offered", "A place is yours, if you want it"),
        ("moderator", "You have no place"),
    ],
)
def test_each_state_has_its_heading(browser_of: Browsers, who: str, title: str) -> None:
    assert heading(browser_of(who).get(PLACE).text) == title


def test_a_place_says_what_of_the_programme_it_opens(browser_of: Browsers, client: FlaskClient, world: World) -> None:
    world.write("UPDATE fee SET items = :none WHERE meeting_id = 'm-here'", none="[]")
    assert "Programme All of the programme in the hall" in words(browser_of("hall").get(PLACE).text)
    assert "Opens:" not in client.get("/m/here/register").text, "what opens all needs no words"
    world.write("UPDATE fee SET items = :some WHERE meeting_id = 'm-here'", some='["i-talk"]')
    for page in (browser_of("hall").get(PLACE).text, client.get("/m/here/register").text):
        told = words(page)
        assert "Item i-talk" in told and "Item i-coffee" not in told
    world.write("UPDATE item SET day = '2030-01-01' WHERE id = 'i-talk'")
    assert "Item i-talk" not in words(browser_of("hall").get(PLACE).text), "a whole day is called by its name"


def test_the_page_is_for_who_has_a_place(client: FlaskClient) -> None:
    answer = client.get(PLACE)
    assert answer.status_code == 401 and 'name="email"' in answer.text and "WWW-Authenticate" not in answer.headers


def test_an_applicants_link_leads_to_their_place(browser_of: Browsers) -> None:
    client = browser_of("waits")
    for page in ("live", "screen"):
        assert client.get(f"/m/here/{page}").location == PLACE


def test_presenting_oneself(browser_of: Browsers, world: World) -> None:
    client = browser_of("hall")
    fields = {"name": "Åsa Ek", "title": "Ekolog", "organisation": "Örebro kommun", "challenge": "Trees & time"}
    answer = send(client, "present", "place", **fields)
    assert answer.location == PLACE + "?did=present"
    page = client.get(answer.location).text
    assert "Saved." in page and "Trees &amp; time" in page
    empty = send(client, "present", "place", **{**fields, "name": ""})
    assert empty.status_code == 422 and 'href="#present-name"' in empty.text and "Ekolog" in empty.text
    assert 'id="hand_over-name-wrong"' not in empty.text, "the fault stands by its own form alone"


def test_needs_are_read_by_their_holder_and_erased_when_emptied(browser_of: Browsers, world: World) -> None:
    client = browser_of("hall")
    assert "No nuts" in client.get(PLACE).text
    assert send(client, "needs", "place", diet="", access="").location == PLACE + "?did=needs"
    assert world.one("SELECT count(*) FROM registration_needs WHERE registration_id = 'b-hall'") == 0


def test_changing_says_the_difference_before_and_changes(browser_of: Browsers, world: World) -> None:
    client = browser_of("hall")
    page = words(client.get(PLACE).text)
    assert "the same price" in page and "SEK 300 more" in page
    assert send(client, "switch", "place", fee="f-web").location == PLACE + "?did=switch"
    assert world.one("SELECT fee_id FROM registration WHERE id = 'b-hall'") == "f-web"
    nothing = send(client, "switch", "place")
    assert nothing.status_code == 422 and "Choose a place." in nothing.text


def test_when_changing_is_too_late_the_page_says_so(browser_of: Browsers, world: World) -> None:
    rules(world, switch_until=at(world, -1), cancel_until=at(world, -1))
    page = words(browser_of("hall").get(PLACE).text)
    assert "It is too late to change." in page and "It is too late to cancel." in page
    assert "Yes, cancel my place" not in page


def test_cancelling_ends_in_words(browser_of: Browsers, world: World) -> None:
    client = browser_of("hall")
    answer = send(client, "cancel", "place")
    assert answer.location == PLACE + "?gone=cancelled"
    page = client.get(answer.location)
    assert page.status_code == 200 and heading(page.text) == "Your place is cancelled"
    after = client.get(PLACE)
    assert after.status_code == 410 and heading(after.text) == "This place is cancelled"
    assert client.get("/m/here/live").status_code == 401


def test_leaving_the_line(browser_of: Browsers, world: World) -> None:
    client = browser_of("waits")
    assert "You are number 1 in line." in client.get(PLACE).text
    assert send(client, "cancel", "place").status_code == 303
    assert "You are number 1 in line." in browser_of("waits_too").get(PLACE).text


def test_accepting_and_declining_an_offer(browser_of: Browsers, world: World) -> None:
    client = browser_of("offered")
    page = words(client.get(PLACE).text)
    assert "It is kept for you until" in page and "Binding." in page and "Accept the place, SEK 900" in page
    answer = send(client, "accept", "place")
    assert heading(client.get(answer.location).text) == "You have a place"
    late = send(browser_of("late"), "accept", "place")
    assert late.status_code == 409 and "The offer has ended." in words(late.text)


def test_declining_an_offer(browser_of: Browsers) -> None:
    client = browser_of("offered")
    answer = send(client, "decline", "place")
    assert answer.location == PLACE + "?gone=declined"
    assert heading(client.get(answer.location).text) == "You have let the place go"


def test_handing_over_and_keeping_after_all(browser_of: Browsers, world: World) -> None:
    client = browser_of("hall")
    own = send(client, "hand_over", "place", name="Bo", email="hall@example.org", keep_payer="true")
    assert own.status_code == 422 and "That is the address of who has the place." in own.text
    assert 'href="#hand_over-email"' in own.text and 'value="Bo"' in own.text
    answer = send(client, "hand_over", "place", name="Bo Ek", email="bo@example.org", keep_payer="false")
    assert answer.location == PLACE + "?did=hand_over"
    page = words(client.get(PLACE).text)
    assert "Bo Ek (bo@example.org) can take over the place until" in page and "Send them the link" not in page
    assert not world.one("SELECT keep_payer FROM transfer WHERE to_email = 'bo@example.org'")
    assert send(client, "withdraw_transfer", "place").location == PLACE + "?did=withdraw_transfer"
    assert "Send them the link" in client.get(PLACE).text


def test_the_link_is_sent_to_oneself_again(browser_of: Browsers) -> None:
    client = browser_of("hall")
    assert send(client, "resend", "place", email="hall@example.org").location == PLACE + "?did=resend"


# ---- a link that was lost ----------------------------------------------------------------------------------------------


def test_a_lost_link_is_answered_alike_for_every_address(client: FlaskClient, world: World) -> None:
    pages = []
    for email in ("hall@example.org", "nobody@example.org"):
        answer = send(client, "resend", "link", email=email)
        assert answer.status_code == 303
        pages.append(
            (answer.location, re.sub(r'name="(op|csrf_token)" value="[^"]*"', "", client.get(answer.location).text))
        )
    assert pages[0] == pages[1] and heading(pages[0][1]) == "Look in your mail"
    bad = send(client, "resend", "link", email="hall")
    assert bad.status_code == 422 and 'value="hall"' in bad.text and 'href="#f-email"' in bad.text


# ---- taking over -------------------------------------------------------------------------------------------------------

OPEN = f"/t/{TRANSFER_TOKEN}"


def take(client: FlaskClient, path: str = OPEN, **fields: str) -> Any:
    form = {
        "csrf_token": csrf(client, "/sign-in"),
        "op": str(uuid4()),
        "answer": "yes",
        "name": "Bo Ek",
        "agreed": "true",
    }
    return client.post(path, data={**form, **fields})


def priced(world: World, keep_payer: bool = True) -> None:
    world.write("UPDATE registration SET price = 90000 WHERE id = 'b-speaker'")
    world.write("UPDATE transfer SET keep_payer = :k WHERE id = 'x-open'", k=keep_payer)


def test_looking_at_the_link_changes_nothing(client: FlaskClient, world: World) -> None:
    priced(world)
    before = world.dump()
    for _ in range(5):
        page = client.get(OPEN)
        client.head(OPEN)
    assert world.dump() == before
    said = words(page.text)
    assert "The speaker cannot come, and wants you to have their place." in said and "A municipality" in said
    assert "new@mail.test" in said and "Fee day" in said and 'value="Somebody new"' in page.text


def test_taking_over_lets_this_browser_in_and_the_other_out(
    client: FlaskClient, world: World, browser_of: Browsers
) -> None:
    answer = take(client)
    assert answer.status_code == 303 and answer.location == "/m/here/place?did=take_over"
    page = client.get(answer.location).text
    assert heading(page) == "You have a place" and "Bo Ek" in page and "new@mail.test" in page
    over = client.application.test_client().get(OPEN)
    assert over.status_code == 410 and heading(over.text) == "The place has been taken over"
    assert "Bo Ek" not in over.text and "The speaker" not in over.text, "a link that was sent on names nobody"


def test_the_old_holder_is_told_without_names(
    client: FlaskClient, world: World, app: Flask, browser_of: Browsers
) -> None:
    holder = browser_of("hall")
    transfer = world.did("hall", "registration.hand_over", email="bo@example.org", name="Bo Ek")
    token = "a-token-that-a-letter-held"
    sql = "INSERT INTO transfer_key (token_hash, meeting_id, transfer_id) VALUES (:h, :m, :t)"
    world.write(sql, h=hashed(token), m=HERE, t=transfer["transfer"])
    assert take(client, f"/t/{token}").status_code == 303
    before = holder.get(PLACE)
    assert before.status_code == 410 and heading(before.text) == "This place was handed over"
    assert "Bo Ek" not in before.text
    old = app.test_client().get("/j/the-link-of-hall")
    assert old.status_code == 410 and "This place was handed over" in old.text and "Bo Ek" not in old.text


def test_saying_no(client: FlaskClient, world: World) -> None:
    assert take(client, answer="no", name="", agreed="").location == OPEN
    assert heading(client.get(OPEN).text) == "The place was declined"
    assert world.one("SELECT state FROM registration WHERE id = 'b-speaker'") == "confirmed"


def test_what_is_wrong_with_taking_over_stands_by_its_field(client: FlaskClient, world: World) -> None:
    priced(world)
    page = take(client, name="", agreed="", diet="Nuts", orgnr="12").text
    assert re.findall(r'href="#f-(\w+)"', page) == ["name", "orgnr", "agreed"] and "Nuts" in page


def test_who_must_say_who_pays(client: FlaskClient, world: World) -> None:
    priced(world, keep_payer=False)
    assert "The speaker does not pay any longer. Say who does." in words(client.get(OPEN).text)
    page = take(client, organisation="").text
    assert "Say who pays for the place." in page and 'href="#f-payer_name"' in page
    assert take(client, payer_name="Örebro kommun").status_code == 303
    assert world.one("SELECT payer_name FROM registration WHERE id = 'b-speaker'") == "Örebro kommun"


def test_another_payer_only_when_it_is_ticked(client: FlaskClient, world: World) -> None:
    priced(world)
    assert take(client, payer_name="Another", new_payer="true").status_code == 303
    assert world.one("SELECT payer_name FROM registration WHERE id = 'b-speaker'") == "Another"


@pytest.mark.parametrize(
    ("change", "title"),
    [
        ("UPDATE transfer SET state = 'withdrawn'", "The place is no longer handed over"),
        ("UPDATE transfer SET state = 'expired'", "It is too late to take over the place"),
        ("UPDATE transfer SET until = '2020-01-01 00:00:00.000000'", "It is too late to take over the place"),
        ("UPDATE registration SET state = 'cancelled' WHERE id = 'b-speaker'", "The place is no longer handed over"),
    ],
)
def test_what_is_over_says_what_became_of_it(client: FlaskClient, world: World, change: str, title: str) -> None:
    world.write(change)
    page = client.get(OPEN)
    assert page.status_code == 410 and heading(page.text) == title
    assert take(client).status_code == 410


def test_a_transfers_link_cannot_be_guessed_for_long(client: FlaskClient) -> None:
    statuses = [client.get(f"/t/a-token-that-nobody-has-{n}").status_code for n in range(25)]
    assert statuses[:20] == [404] * 20 and set(statuses[20:]) == {429}


def test_without_the_pages_own_token_nothing_is_taken_over(client: FlaskClient, world: World) -> None:
    before = world.dump()
    answer = take(client, csrf_token="no")
    assert answer.status_code == 400 and "Bo Ek" in answer.text
    assert world.dump() == before

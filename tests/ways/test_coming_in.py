"""Coming in by plain forms: a code by mail, one's own phone, the street; without a script, and with a real mail server."""

import datetime as dt
import html
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hybridmote import due, limits
from hybridmote.mail.model.letters import TEMPLATES
from tests.mail.server import Mailbox
from tests.mail.test_sending import office, only, send_all
from tests.matrix.world import CODE_KEY, HERE, JOIN_CODES, PEOPLE, PHONE_KEY, World
from tests.web.conftest import csrf

Browsers = Callable[[str], FlaskClient]


def send(client: FlaskClient, command: str, page: str = "join", **fields: str) -> Any:
    form = {"csrf_token": csrf(client, "/sign-in"), "op": str(uuid4()), "page": page, **fields}
    return client.post(f"/m/here/do/{command}", data=form)


def key_on(client: FlaskClient, path: str = "/m/here/join") -> str:
    found = re.search(r'name="key" value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]


def ask(client: FlaskClient, email: str) -> None:
    answer = send(client, "way.code", email=email, key=key_on(client))
    assert (answer.status_code, answer.location) == (303, "/m/here/join?step=code")


def letters(world: World) -> list[Any]:
    return [one.participant_id for one in world.all("SELECT participant_id FROM letter WHERE template = 'code'")]


# ---- a code by mail ---------------------------------------------------------------------------------------------------


def test_a_code_comes_by_mail_and_lets_this_browser_in_once(
    app: Flask, client: FlaskClient, world: World, mailbox: Mailbox
) -> None:
    only(world)
    ask(client, " Hall@Example.org ")
    due.run_due()
    send_all(office(mailbox))
    (letter,) = mailbox.to("hall@example.org")
    code = re.search(r"\b(\d{3}) (\d{3})\b", letter.part("plain"))
    assert code, letter
    key = key_on(client, "/m/here/join?step=code")
    stored = world.one(
        "SELECT code_hash FROM one_time_code WHERE email = 'hall@example.org' AND tries = 0 AND id LIKE 'i%'"
    )
    assert len(stored) == 64 and code[0].replace(" ", "") not in str(world.dump()["one_time_code"])
    thief = app.test_client()  # who read the mail, or the row, without the browser that asked
    assert send(thief, "way.enter", key="y" * 32, code=code[0]).location.endswith("wrong=0")
    entered = send(client, "way.enter", key=key, code=code[0])
    assert entered.location == "/m/here/live"
    assert client.get("/m/here/live").status_code == 200
    assert send(thief, "way.enter", key=key, code=code[0]).location.endswith("wrong=0"), "once"
    assert thief.get("/m/here/live").status_code == 401


def test_five_tries_and_then_the_right_one_is_wrong_too(client: FlaskClient, world: World) -> None:
    for left in (4, 3, 2, 1, 0):
        answer = send(client, "way.enter", key=CODE_KEY, code="000000")
        assert answer.location == f"/m/here/join?step=code&wrong={left}"
    assert send(client, "way.enter", key=CODE_KEY, code="123456").location.endswith("wrong=0")
    assert client.get("/m/here/live").status_code == 401


def test_a_code_is_good_for_ten_minutes(client: FlaskClient, world: World) -> None:
    past = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    world.write(
        "UPDATE one_time_code SET expires_at = :at WHERE id = 'o-web'", at=past.isoformat(" ").replace("+00:00", "")
    )
    assert send(client, "way.enter", key=CODE_KEY, code="123456").location.endswith("wrong=0")


def test_three_letters_an_hour_reach_one_person_and_the_answer_is_the_same(client: FlaskClient, world: World) -> None:
    for _ in range(5):
        ask(client, "hall@example.org")
    due.run_due()
    assert letters(world) == ["p-hall"] * 3


def test_an_address_that_is_nobodys_is_answered_alike_and_nothing_is_sent(app: Flask, world: World) -> None:
    pages = []
    for email in ("hall@example.org", "nobody@example.org", "gone@example.org"):
        one = app.test_client()
        ask(one, email)
        due.run_due()
        shown = one.get("/m/here/join?step=code").text
        wrong = send(one, "way.enter", key=key_on(one, "/m/here/join?step=code"), code="000000")
        pages.append((blank(shown).replace(email, "X"), wrong.status_code, wrong.location))
    assert pages[0] == pages[1] == pages[2]
    assert letters(world) == ["p-hall"]


def blank(page: str) -> str:
    """The page without what is made anew each time."""
    return re.sub(r'name="(csrf_token|op|key|next)" value="[^"]+"', "", page)


# ---- one's own phone --------------------------------------------------------------------------------------------------


def qr_of(laptop: FlaskClient) -> str:
    page = laptop.post("/m/here/phone", data={"csrf_token": csrf(laptop, "/m/here/phone")})
    found = re.search(r"<title>http[^<]*(/p/[\w-]+)</title>", page.text)
    assert page.status_code == 200 and found
    return found[1]


def second(app: Flask, laptop: FlaskClient) -> FlaskClient:
    phone, link = app.test_client(), qr_of(laptop)
    assert phone.post(link, data={"csrf_token": csrf(phone, link)}).location == "/m/here/live"
    return phone


def test_a_phone_comes_in_once_by_what_the_laptop_shows(app: Flask, browser_of: Browsers, world: World) -> None:
    laptop, phone = browser_of("web"), app.test_client()
    link = qr_of(laptop)
    assert link.removeprefix("/p/") not in str(world.dump()), "only its digest is kept"
    before = world.dump()
    for method in ("GET", "HEAD") * 5:
        assert phone.open(link, method=method).status_code == 200
    assert world.dump() == before
    assert phone.get("/m/here/live").status_code == 401
    token = csrf(phone, link)
    assert phone.post(link, data={}).status_code == 400, "without the page's own token"
    assert phone.post(link, data={"csrf_token": token}).location == "/m/here/live"
    assert phone.get("/m/here/live").status_code == 200
    used, never = app.test_client().get(link), app.test_client().get("/p/" + "n" * 32)
    assert used.status_code == never.status_code == 404 and blank(used.text) == blank(never.text)


def test_the_key_dies_after_two_minutes_and_with_the_way_of_the_laptop(
    app: Flask, browser_of: Browsers, world: World
) -> None:
    link = qr_of(browser_of("web"))
    world.did("organiser", "person.revoke", person="p-web")
    assert app.test_client().get(link).status_code == 404
    link = qr_of(browser_of("hall"))
    past = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    world.write("UPDATE phone_key SET expires_at = :at", at=past.isoformat(" ").replace("+00:00", ""))
    assert app.test_client().get(link).status_code == 404


def test_a_new_code_closes_the_one_before(app: Flask, browser_of: Browsers) -> None:
    laptop = browser_of("web")
    first, then = qr_of(laptop), qr_of(laptop)
    assert [app.test_client().get(link).status_code for link in (first, then)] == [404, 200]


def test_a_screen_has_no_phone(browser_of: Browsers) -> None:
    assert browser_of("screen").get("/m/here/phone").status_code == 403


def test_two_devices_of_one_person_have_one_vote_and_one_support(
    app: Flask, browser_of: Browsers, world: World
) -> None:
    laptop = browser_of("quiet")
    phone = second(app, laptop)
    support = "SELECT support FROM question WHERE id = 'q-approved'"
    before = world.one(support)
    for device in (laptop, phone):
        assert send(device, "question.upvote", "live", id="q-approved", on="true").status_code == 303
    assert world.one(support) == before + 1
    assert world.one("SELECT count(*) FROM upvote WHERE question_id = 'q-approved' AND participant_id = 'p-quiet'") == 1
    (poll,) = world.all("SELECT id, answered FROM poll WHERE id = 'v-choice'")
    for device, choice in ((laptop, "0"), (phone, "1")):
        assert send(device, "poll.answer", "live", id="v-choice", answer0=choice).status_code == 303
    assert world.one("SELECT answered FROM poll WHERE id = 'v-choice'") == poll.answered + 1
    (row,) = world.all("SELECT answers FROM poll_answer WHERE poll_id = 'v-choice' AND participant_id = 'p-quiet'")
    assert str(row.answers).strip("[]") == "1", "the later one counts"


def test_one_device_can_be_ended_from_another(app: Flask, browser_of: Browsers, world: World) -> None:
    laptop = browser_of("quiet")
    phone = second(app, laptop)
    (grant,) = world.all("SELECT id FROM grant_ WHERE participant_id = 'p-quiet' AND how = 'phone'")
    assert send(laptop, "way.end", "phone", id=grant.id).location == "/m/here/phone?did=end"
    assert phone.get("/m/here/live").status_code == 401 and laptop.get("/m/here/live").status_code == 200
    assert send(laptop, "way.end", "phone", id="g-quiet").location == "/m/here"
    assert laptop.get("/m/here/live").status_code == 401


# ---- without a place --------------------------------------------------------------------------------------------------

COMES = {"name": "Kim Exempel", "organisation": "A school", "code": JOIN_CODES[HERE]}


@pytest.mark.parametrize(("may", "asks", "votes"), [("read", False, False), ("ask", True, False), ("vote", True, True)])
def test_walk_ins_may_what_the_organiser_has_set(
    app: Flask, client: FlaskClient, world: World, may: str, asks: bool, votes: bool
) -> None:
    world.did("organiser", "registration.rules", walk_ins=may)
    assert send(client, "way.walk_in", **COMES).location == "/m/here/live"
    page = client.get("/m/here/live")
    assert (
        page.status_code == 200
        and ("do/question.ask" in page.text) == asks
        and ("do/poll.answer" in page.text) == votes
    )
    asked = send(client, "question.upvote", "live", id="q-approved", on="true")
    voted = send(client, "poll.answer", "live", id="v-choice", answer0="0")
    assert [asked.status_code, voted.status_code] == [303 if asks else 403, 303 if votes else 403]
    (row,) = world.all("SELECT walk_in, roles FROM participant WHERE name = 'Kim Exempel'")
    assert bool(row.walk_in)
    world.did("organiser", "registration.rules", walk_ins="read")
    assert send(client, "question.upvote", "live", id="q-next", on="true").status_code == 403, (
        "what is set later counts"
    )


def test_who_only_knows_the_address_does_not_walk_in(client: FlaskClient, world: World) -> None:
    for code in ("", "CD2TH", "AAAAA", "cd2h"):
        assert send(client, "way.walk_in", **(COMES | {"code": code})).status_code == 422
    assert client.get("/m/here/live").status_code == 401
    assert f'value="{JOIN_CODES[HERE]}"' in client.get(f"/m/here/join?code={JOIN_CODES[HERE].lower()}").text
    assert JOIN_CODES[HERE] not in client.get("/m/here/join").text


def test_so_many_of_one_address_walk_in(app: Flask, world: World) -> None:
    answers = [send(app.test_client(), "way.walk_in", **COMES).status_code for _ in range(4)]
    assert answers == [303, 303, 303, 409]
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.9"
    assert send(elsewhere, "way.walk_in", **COMES).status_code == 303


def test_nobody_walks_in_where_none_may(client: FlaskClient, world: World) -> None:
    world.did("organiser", "registration.rules", walk_ins="none")
    assert "do/way.walk_in" not in client.get("/m/here/join").text
    assert send(client, "way.walk_in", **COMES).status_code == 409


def test_staff_see_who_walked_in(browser_of: Browsers) -> None:
    (found,) = browser_of("moderator").get("/m/here/people?name=the asks").json["people"]
    assert found["walk_in"] is True


def test_moderators_see_that_a_question_is_a_walk_ins(browser_of: Browsers, world: World) -> None:
    moderator = browser_of("moderator")
    assert "Came without a place" not in moderator.get("/m/here/moderate", headers={"Accept-Language": "en"}).text
    world.did("asks", "question.ask", text="May we see the map?")
    assert "Came without a place" in moderator.get("/m/here/moderate", headers={"Accept-Language": "en"}).text


# ---- trying the line, and who is ready --------------------------------------------------------------------------------


def test_camera_and_microphone_are_open_on_the_page_that_tries_them_alone(client: FlaskClient) -> None:
    assert "camera=(self)" in client.get("/m/here/check").headers["Permissions-Policy"]
    assert "microphone=(self)" in client.get("/m/here/check").headers["Permissions-Policy"]
    for path in ("/m/here/join", "/m/here", "/m/here/check/line?echo"):
        assert "camera=()" in client.get(path).headers["Permissions-Policy"]


def test_the_line_measures_and_keeps_nothing(app: Flask, client: FlaskClient, world: World) -> None:
    before = world.dump()
    down = client.get("/m/here/check/line")
    assert len(down.data) == 6 * 1024 * 1024 and "Content-Encoding" not in down.headers
    assert client.get("/m/here/check/line?echo").status_code == 204
    assert client.post("/m/here/check/line", data=b"x" * 128 * 1024).status_code == 204
    assert client.post("/m/here/check/line", data=b"x" * 300 * 1024).status_code == 413
    assert world.dump() == before
    answers = [client.get("/m/here/check/line").status_code for _ in range(40)]
    assert answers.count(429) == 1, "the thirty-ninth after the first is the last"


def test_organisers_see_who_has_trouble_and_send_the_link_again(browser_of: Browsers, world: World) -> None:
    organiser = browser_of("organiser")
    page = organiser.get("/m/here/desk/ready").text
    trouble = page.index("The web")
    assert trouble < page.index("The late") if "The late" in page else trouble
    assert "ready__one--trouble" in page and "ready__one--unused" in page
    before = len(world.all("SELECT id FROM letter WHERE template = 'link'"))
    assert send(organiser, "mail.resend_link", "desk/ready", person="p-web").location == "/m/here/desk/ready"
    assert len(world.all("SELECT id FROM letter WHERE template = 'link'")) == before + 1


def test_a_mail_scanner_changes_nothing(app: Flask, world: World, browser_of: Browsers) -> None:
    """GET and HEAD of every address that a letter or a screen may hold, five times each."""
    key = f"/p/{PHONE_KEY}"
    paths = [key, "/m/here", "/m/here/join", f"/m/here/join?code={JOIN_CODES[HERE]}", "/m/here/check", "/m/here/phone"]
    paths += [f"/j/{p.token}" for p in PEOPLE.values() if p.way == "link"]
    paths += ["/t/the-token-of-a-transfer", "/m/here/place", "/m/here/register", "/m/here/link"]
    scanner, before = app.test_client(), world.dump()
    for _ in range(5):
        for path in paths:
            for method in ("GET", "HEAD"):
                assert scanner.open(path, method=method).status_code in (200, 302, 401)
    assert world.dump() == before
    assert scanner.get(key).status_code == 200, "and it still opens"


def test_a_mail_scanner_changes_nothing_by_any_link_of_any_letter(app: Flask, world: World, mailbox: Mailbox) -> None:
    """The letters as they leave: every address in their text, their HTML and their headers, five times each."""
    only(world)
    limits.configure("", on=False)
    to_many = [name for name, one in TEMPLATES.items() if one.to_many]
    for name in to_many:
        world.did(
            "organiser", "mail.send", template=name, to="all", **({"changes": "Later"} if name == "changed" else {})
        )
    world.did("organiser", "mail.invite")
    world.did("hall", "registration.hand_over", name="New", email="new@example.org")
    send_all(office(mailbox, secret_key=app.config["SETTINGS"].secret_key or app.secret_key))
    links = set[str]()
    for one in mailbox.received:
        whole = f"{one.part('plain')} {one.part('html')} {one.mail['List-Unsubscribe'] or ''}"
        links |= {html.unescape(link) for link in re.findall(r"https://meeting\.example(/[^\s\"<>)]*)", whole)}
    kinds = {link.split("/")[1] for link in links}
    assert {"j", "t", "u", "m"} <= kinds and len(links) > 20, sorted(links)
    before, scanner = world.dump(), app.test_client()
    for _ in range(5):
        for link in sorted(links):
            for method in ("GET", "HEAD"):
                answer = scanner.open(link.rstrip(".,"), method=method)
                assert answer.status_code in (200, 302, 401), (answer.status_code, link)
    assert world.dump() == before
    mine = next(link for link in sorted(links) if link.startswith("/j/"))
    assert scanner.post(mine, data={"csrf_token": csrf(scanner, mine)}).status_code == 303, "and it still opens"


def test_no_page_for_strangers_says_the_code_on_the_screen(client: FlaskClient) -> None:
    for path in ("", "/register", "/join", "/check", "/now", "/programme.ics", "/live", "/screen"):
        assert JOIN_CODES[HERE] not in client.get(f"/m/here{path}").text, path
    assert JOIN_CODES[HERE] not in client.get("/").text + client.get("/api/v1/m/here/now").text

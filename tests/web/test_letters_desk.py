"""The organiser's page of letters without a script, and the page of those who want no more of them."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hybridmote.config import Settings
from hybridmote.mail.jobs.sending import Office
from hybridmote.mail.model import token_of
from tests.mail.server import Mailbox, mailbox, mailbox_of
from tests.mail.test_sending import only, send_all
from tests.matrix.world import World

__all__ = ["mailbox", "mailbox_of"]
DESK = "/m/here/desk/mail"


def form(page: str, command: str) -> dict[str, str]:
    """The hidden fields of a page's first form of that command."""
    (found,) = re.findall(rf'action="[^"]*/do/{re.escape(command)}".*?</form>', page, re.S)[:1]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found))


@pytest.fixture
def organiser(browser_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return browser_of("organiser")


def page(organiser: FlaskClient, path: str = DESK) -> str:
    answer = organiser.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_what_waits_left_and_came_back_is_shown(organiser: FlaskClient) -> None:
    shown = page(organiser)
    for words in ("Waiting", "Sent", "Refused", "Given up", "550 5.1.1 no such user", "No mail server is set"):
        assert words in shown
    only_refused = page(organiser, DESK + "?state=refused")
    assert 'id="b-refused"' in only_refused and 'id="b-sent"' not in only_refused


def test_words_are_changed_by_a_plain_form_and_wrong_ones_stand(organiser: FlaskClient, world: World) -> None:
    shown = page(organiser, DESK + "?template=thanks&language=en")
    hidden = form(shown, "mail.template")
    typed = {**hidden, "subject": "Thanks {nme}", "body": "See {address}"}
    refused = organiser.post("/m/here/do/mail.template", data=typed, headers={"Accept-Language": "en"})
    said = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "Thanks {nme}" in said and 'aria-invalid="true"' in said
    assert "The letter has no {nme}. There are: {name}" in said
    taken = organiser.post(
        "/m/here/do/mail.template", data={**typed, "op": form(said, "mail.template")["op"], "subject": "Thanks {name}"}
    )
    assert taken.status_code == 303 and "template=thanks&language=en" in taken.headers["Location"]
    assert "Thanks The organiser" in page(organiser, DESK + "/preview?template=thanks&language=en")


def test_how_many_it_would_be_is_said_before_they_go(organiser: FlaskClient, world: World) -> None:
    typed = {**form(page(organiser), "mail.send"), "template": "thanks", "to": "web", "changes": ""}
    asked = organiser.post("/m/here/do/mail.send", data=typed, headers={"Accept-Language": "en"})
    said = asked.get_data(as_text=True)
    of_web = "SELECT count(*) FROM participant WHERE meeting_id = 'm-here' AND email <> '' AND attendance = 'web'"
    many = world.one(of_web + " AND roles <> ''")
    assert asked.status_code == 200 and f"This sends {many} letter" in said
    assert world.one("SELECT count(*) FROM letter WHERE template = 'thanks'") == 0
    again = form(said[said.index('id="confirm"') :], "mail.send")
    assert organiser.post("/m/here/do/mail.send", data=again).status_code == 303
    assert world.one("SELECT count(*) FROM letter WHERE template = 'thanks'") == many


def test_lines_without_an_address_are_told(organiser: FlaskClient) -> None:
    typed = {**form(page(organiser), "mail.add_addresses"), "lines": "Name;E-mail\nÅsa;asa@example.com\nnobody"}
    went = organiser.post("/m/here/do/mail.add_addresses", data=typed)
    assert went.headers["Location"].endswith("/m/here/desk/mail?added=1&bad=3#h-list")
    shown = page(organiser, went.headers["Location"])
    assert "1 address was added." in shown and "No address was found in these lines: 3." in shown
    typed |= {"lines": "nobody at all"}
    refused = organiser.post("/m/here/do/mail.add_addresses", data=typed | {"op": form(shown, "mail.send")["op"]})
    assert refused.status_code == 422 and "nobody at all" in refused.get_data(as_text=True)


def test_a_preview_runs_nothing_and_changes_nothing(organiser: FlaskClient) -> None:
    typed = {"template": "thanks", "language": "sv", "subject": "S", "body": "<script>alert(1)</script> {name}"}
    seen = organiser.post(DESK + "/preview", data=typed)
    html = seen.get_data(as_text=True)
    assert seen.status_code == 200 and "<script" not in html and "The organiser" in html
    policy = seen.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "script" not in policy and "sandbox" in policy
    assert seen.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert organiser.get(DESK + "/preview?template=nothing&language=sv").status_code == 404


def test_letters_as_files_can_be_read(organiser: FlaskClient, app: Flask, world: World, tmp_path: Path) -> None:
    settings = app.config["SETTINGS"]
    only(world, "b-waiting", "b-sent")
    send_all(Office(Settings(data=settings.data, mail_backend="file", mail_per_minute=60000)))
    assert "What it said is not kept" in page(organiser, DESK + "/b-waiting")
    settings.mail_backend = "file"
    try:
        shown = page(organiser, DESK + "/b-waiting")
        (link,) = set(re.findall(r'href="[^"]+(/j/[\w-]+)"', shown))
        assert organiser.get(link).status_code == 200
        html = organiser.get(DESK + "/b-waiting.html")
        assert link in html.get_data(as_text=True) and "sandbox" in html.headers["Content-Security-Policy"]
        assert "Letters do not leave this machine" in page(organiser)
    finally:
        settings.mail_backend = "off"
    for letter in ("b-theirs", "b-nothing", "..%2f..%2fsecret_key", "%00"):
        assert organiser.get(f"{DESK}/{letter}").status_code == 404


def test_opening_the_page_of_no_more_invitations_changes_nothing(client: FlaskClient, app: Flask, world: World) -> None:
    path = f"/u/{token_of(app.config['SECRET_KEY'], 'e-new')}"
    before = world.dump()
    for _ in range(5):
        assert client.get(path).status_code == 200 and client.head(path).status_code == 200
    assert world.dump() == before


def test_a_mail_program_says_no_by_itself_and_the_reader_can_take_it_back(
    client: FlaskClient, app: Flask, world: World
) -> None:
    path = f"/u/{token_of(app.config['SECRET_KEY'], 'e-new')}"
    english = {"Accept-Language": "en"}
    said = client.post(path, data={"List-Unsubscribe": "One-Click"}, headers=english)
    assert said.status_code == 200 and "gets no more invitations" in said.get_data(as_text=True)
    assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200, "said twice"
    assert world.one("SELECT count(*) FROM unsubscribed") == 2
    assert client.post(path, data={"on": "false"}).status_code == 400, "to get invitations again takes the page"
    csrf = re.findall(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))[0]
    assert client.post(path, data={"on": "false", "csrf_token": csrf}).status_code == 200
    assert world.one("SELECT count(*) FROM unsubscribed") == 1


def test_a_made_up_token_is_told_the_same(client: FlaskClient, app: Flask) -> None:
    known = token_of(app.config["SECRET_KEY"], "e-gone-since")
    answers = set()
    for token in ("nobody", "x" * 200, known):
        seen = client.get(f"/u/{token}")
        assert seen.status_code == 404
        answers.add(re.sub(r'name="csrf_token" value="[^"]+"', "", seen.text.replace(token, "")))
    assert len(answers) == 1
    assert client.post("/u/nobody").status_code == 404


def test_doctor_looks_at_mail(mailbox: Mailbox, tmp_path: Path) -> None:
    from hybridmote.doctor import _mail

    given = {"mail_backend": "smtp", "mail_host": "127.0.0.1", "mail_security": "none", "mail_port": mailbox.port}
    assert [f[1] for f in _mail(Settings(data=tmp_path))] == [None]
    assert [f[1] for f in _mail(Settings(data=tmp_path, **given))] == [False]
    assert [f[1] for f in _mail(Settings(data=tmp_path, mail_from="a@example.org", **given))] == [True]
    assert [f[1] for f in _mail(Settings(data=tmp_path, mail_from="a@example.org", **given | {"mail_port": 1}))] == [
        False
    ]

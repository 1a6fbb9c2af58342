"""The organiser's page of letters without a script, and the page of those who want no more of them."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hybridmote.config import Settings
from hybridmote.mail.jobs.sending import Office
from hybridmote.mail.model import digest, token_of
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
    assert "/m/here/desk/mail?added=1&known=0&unwilling=0&more=0&bad=3.no_email#h-list" in went.headers["Location"]
    shown = page(organiser, went.headers["Location"])
    assert "1 address was added." in shown and "1 line was not taken" in shown
    assert re.search(r"<b>3</b>.*?That is not an e-mail address", shown, re.S)
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


# ---- a list as a file -------------------------------------------------------------------------------------------------

WINDOWS = "Namn;E-post;Kommun\r\n" + "\r\n".join(
    (
        "Åsa Öberg;Asa.Oberg@Räksmörgås.example;Östersunds kommun",
        '"Öberg; Bo";bo@example.net;"Åre ""kommun"""',
        'Med citat;"""carl ek""@example.net";',
        "Utan;;Åre kommun",
        "Fel;inte en adress;",
        '"Två rader\nBcc: x@evil.example";d@example.net;',
        '"Injicerad";"e@example.net\r\nBcc: x@evil.example";',
        "Igen;BO@example.net;",
        "Finns;new@example.net;",
        "Nej;unwilling-too@example.net;",
        "=1+1;f@example.net;@SUM(1)",
    )
)
TAKEN = {
    "asa.oberg@räksmörgås.example": ("Åsa Öberg", "Östersunds kommun"),
    "bo@example.net": ("Öberg; Bo", 'Åre "kommun"'),
    '"carl ek"@example.net': ("Med citat", ""),
    "d@example.net": ("Två rader Bcc: x@evil.example", ""),
    "f@example.net": ("=1+1", "@SUM(1)"),
}


def bring(organiser: FlaskClient, content: bytes, name: str = "lista.csv", shown: str = "") -> TestResponse:
    shown = shown or page(organiser)
    (found,) = re.findall(r'action="[^"]*/desk/mail/addresses".*?</form>', shown, re.S)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found))
    sent = {**hidden, "file": (io.BytesIO(content), name)}
    answer = organiser.post(DESK + "/addresses", data=sent, headers={"Accept-Language": "en"})
    answer.request.environ["wsgi.input"].close()  # the client's own: a large one is a file
    return answer


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8-sig", "utf-8", "utf-16"])
def test_a_list_as_excel_in_sweden_writes_it_is_brought(encoding: str, organiser: FlaskClient, world: World) -> None:
    world.write(
        "INSERT INTO unsubscribed (digest, meeting_id, at) SELECT :d, meeting_id, at FROM unsubscribed",
        d=digest("unwilling-too@example.net"),
    )
    shown = page(organiser)
    answer = bring(organiser, WINDOWS.encode(encoding), shown=shown)
    said = answer.get_data(as_text=True)
    assert answer.status_code == 200, said
    added = {row.address: (row.name, row.organisation) for row in world.all("SELECT * FROM invitee")}
    assert {k: v for k, v in added.items() if k in TAKEN} == TAKEN
    assert not [address for address in added if "evil" in address]
    assert "5 addresses were added." in said and "2 were on the list already." in said
    assert "1 wants no invitations, and was left out." in said and "3 lines were not taken:" in said
    told = re.findall(r"<b>(\d+)</b></p><div>(?:<p><q>(.*?)</q>)?", said, re.S)
    # by the line of the row as a spreadsheet counts them, the headings being the first
    assert [int(line) for line, _text in told] == [5, 6, 8] and "inte en adress" in told[1][1]
    again = bring(organiser, WINDOWS.encode(encoding), shown=shown)
    assert "5 addresses were added." in again.get_data(as_text=True), "the same form sent twice is one"
    assert len(world.all("SELECT * FROM invitee")) == len(added)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "There is nothing in the file."),
        (b"Namn;Kommun\r\nA;B\r\n", "There is no e-mail address in the file."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "The file cannot be read."),
        (b"PK\x03\x04 nothing", "The file cannot be read."),
        (b"a@example.net\n" * 5_001, "There are more than 5,000 rows."),
        (b"x" * 10_200_000, "too large"),
    ],
)
def test_what_is_no_list_is_refused_in_words(content: bytes, why: str, organiser: FlaskClient, world: World) -> None:
    before = len(world.all("SELECT * FROM invitee"))
    answer = bring(organiser, content)
    assert answer.status_code in (413, 422) and why in answer.get_data(as_text=True)
    assert 'id="file-wrong"' in answer.get_data(as_text=True)
    assert len(world.all("SELECT * FROM invitee")) == before


def test_five_thousand_addresses_are_taken_in_parts(organiser: FlaskClient, world: World) -> None:
    content = "".join(f"Person {n};p{n}@example.net\r\n" for n in range(5_000)).encode("latin-1")
    assert "5000 addresses were added." in bring(organiser, content).get_data(as_text=True)
    assert world.one("SELECT count(*) FROM invitee WHERE address LIKE 'p%@example.net'") == 5_000


def test_without_a_file_or_a_pages_own_token_nothing_is_brought(organiser: FlaskClient) -> None:
    assert organiser.post(DESK + "/addresses", data={}).status_code == 400
    shown = page(organiser)
    hidden = form(shown.replace("/desk/mail/addresses", "/do/bring"), "bring")
    refused = organiser.post(DESK + "/addresses", data=hidden, headers={"Accept-Language": "en"})
    assert refused.status_code == 422 and "Choose a file first" in refused.get_data(as_text=True)


def test_to_whom_an_answer_goes_is_not_shown_to_staff(organiser: FlaskClient, app: Flask, world: World) -> None:
    only(world)
    world.did("moderator", "question.reply", id="q-approved", text="It is on its way.")
    (id,) = [row[0] for row in world.all("SELECT id FROM letter")]
    for path in (DESK, f"{DESK}/{id}"):
        shown = page(organiser, path).partition('id="boot"')[0]
        assert "To whoever asked" in shown and "räksmörgås" not in shown and "The web" not in shown
    world.write("UPDATE letter SET next_at = created_at")
    settings = app.config["SETTINGS"]
    send_all(Office(Settings(data=settings.data, mail_backend="file", mail_per_minute=60000)))
    settings.mail_backend = "file"
    try:
        assert "on its way" not in page(organiser, f"{DESK}/{id}")
        assert organiser.get(f"{DESK}/{id}.html").status_code == 404
    finally:
        settings.mail_backend = "off"

"""Where the invitation is written, by plain forms: nothing typed is lost, two at once decide, and the list of what is
missing leads to where it is mended."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from hybridmote.db import Base
from tests.matrix.world import World, new_op
from tests.web.conftest import csrf

DESK = "/m/here/desk/"
EN = {"Accept-Language": "en"}


@pytest.fixture
def organiser(browser_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return browser_of("organiser")


def sent(client: FlaskClient, command: str, **fields: str) -> Any:
    """A form of the page, filled in."""
    body = {"op": new_op(), "page": "desk/", "csrf_token": csrf(client, DESK)} | fields
    return client.post(f"/m/here/do/{command}", data=body, headers=EN)


def write(client: FlaskClient, text: str, field: str = "about", language: str = "sv", version: int = 2) -> Any:
    told = {"field": field, "language": language, "text": text, "expected_version": str(version)}
    return sent(client, "meeting.text", **told, anchor=f"{field}-{language}")


def box(page: str, field: str, language: str) -> str:
    """What stands in a text's field."""
    part = page.partition(f'id="{field}-{language}"')[2]
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>|<input class=\"field\"[^>]*value=\"([^\"]*)\"", part, re.S)
    assert found
    return found[1] or found[2] or ""


def missing(client: FlaskClient) -> dict[str, tuple[str, str]]:
    """What the list says: {what: (words, where it is mended)}."""
    page = client.get("/m/here/desk/checklist", headers=EN).text
    found = re.findall(r'<li data-what="(\w+)"><a href="([^"]+)">([^<]+)</a></li>', page)
    return {what: (words, where) for what, where, words in found}


def test_a_form_saves_and_comes_back_to_the_same_text(organiser: FlaskClient) -> None:
    answer = write(organiser, "Nu händer **detta**.")
    assert (answer.status_code, answer.location) == (303, "/m/here/desk/#about-sv")
    page = organiser.get(DESK, headers=EN).text
    assert box(page, "about", "sv") == "Nu händer **detta**." and "<strong>detta</strong>" in page
    assert "<strong>detta</strong>" in organiser.get("/m/here", headers={"Accept-Language": "sv"}).text


def test_of_two_at_once_the_later_sees_both_and_decides(organiser: FlaskClient, world: World) -> None:
    world.did("organiser", "meeting.text", field="about", language="sv", text="Hennes", expected_version=2)
    answer = write(organiser, "Hans egna ord")
    assert answer.status_code == 409
    assert box(answer.text, "about", "sv") == "Hans egna ord", "what was typed stays"
    assert "Somebody else has written here meanwhile. It is now:" in answer.text
    assert re.search(r'<p lang="sv">Hennes</p>', answer.text)
    assert re.search(r'name="expected_version" value="3"', answer.text.partition('id="about-sv"')[2])
    assert world.one("SELECT text FROM meeting_text WHERE id = 'x-about'") == "Hennes"
    assert write(organiser, "Hans egna ord", version=3).status_code == 303
    assert sent(organiser, "meeting.undo_text", field="about", language="sv", expected_version="4").status_code == 303


def test_what_cannot_be_taken_is_said_by_its_field_and_stays_there(organiser: FlaskClient) -> None:
    answer = write(organiser, "ingen adress", "contact_email", "both", 0)
    assert answer.status_code == 422 and "name@example." in answer.text
    assert box(answer.text, "contact_email", "both") == "ingen adress"
    assert 'aria-invalid="true"' in answer.text.partition('id="contact_email-both"')[2][:600]
    long = write(organiser, "å" * 501, "lead", "sv", 0)
    assert long.status_code == 422 and "1 characters too long" in long.text


def test_a_preview_shows_what_was_typed_and_saves_nothing(organiser: FlaskClient, world: World) -> None:
    before = world.dump()
    told = {"field": "about", "language": "sv", "text": "# Så\n\n*här* <b>inte</b>", "expected_version": "2"}
    body = told | {"csrf_token": csrf(organiser, DESK)}
    page = organiser.post("/m/here/desk/preview", data=body, headers=EN)
    assert page.status_code == 200 and box(page.text, "about", "sv") == "# Så\n\n*här* &lt;b&gt;inte&lt;/b&gt;"
    assert '<details class="write__preview" open>' in page.text and "<h3>Så</h3>" in page.text
    alone = organiser.post("/m/here/desk/preview", data=body | {"only": "preview"}).text
    assert alone.strip() == "<h3>Så</h3>\n<p><em>här</em> &lt;b&gt;inte&lt;/b&gt;</p>"
    assert world.dump() == before
    wrong = body | {"field": "elsewhere"}
    assert organiser.post("/m/here/desk/preview", data=wrong).status_code == 422
    assert organiser.post("/m/here/desk/preview", data=told).status_code == 400, "without the page's own token"


@pytest.mark.parametrize(
    ("text", "as_drawn"),
    [
        ("rad ett\nrad två", "<p>rad ett<br>\nrad två</p>"),
        ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>"),
        ("![bild](https://a.example/x.png)", '<p>!<a href="https://a.example/x.png" rel="noopener">bild</a></p>'),
        ("[x](data:text/html,1)", "<p>[x](data:text/html,1)</p>"),
        ("[x](//a.example)", '<p><a href="//a.example" rel="noopener">x</a></p>'),
        ("[mejl](mailto:a@b.se)", '<p><a href="mailto:a@b.se" rel="noopener">mejl</a></p>'),
        ('[x](https://a.example "t\\" onclick=1")', '<p><a href="https://a.example" rel="noopener">x</a></p>'),
        ("1. ett\n2. två", "<ol>\n<li>ett</li>\n<li>två</li>\n</ol>"),
        ("###### liten", "<h4>liten</h4>"),
    ],
)
def test_markdown_becomes_a_few_kinds_of_html_and_nothing_else(text: str, as_drawn: str) -> None:
    from hybridmote.markdown import html

    assert str(html(text)).strip() == as_drawn


def test_the_head_is_a_form_that_keeps_what_was_typed(organiser: FlaskClient, world: World) -> None:
    told = {"title": "Ny rubrik", "place": "Ny plats", "language": "sv", "begins": "2026-03-10T17:00"}
    wrong = sent(organiser, "meeting.edit", **told, closes="2026-03-10T16:00", expected_version="3")
    assert wrong.status_code == 422 and 'value="Ny rubrik"' in wrong.text
    assert 'id="m-closes-wrong"' in wrong.text and "It ends before it begins." in wrong.text
    outside = sent(organiser, "meeting.edit", **told, closes="2026-03-10T18:00", expected_version="3")
    assert outside.status_code == 422 and "Something of the programme is then outside" in outside.text
    kept = {"title": "Ny rubrik", "place": "", "language": "sv", "begins": "", "closes": ""}
    assert sent(organiser, "meeting.edit", **kept, expected_version="3").status_code == 303
    (row,) = world.all("SELECT title, place, version FROM meeting WHERE id = 'm-here'")
    assert tuple(row) == ("Ny rubrik", "", 4)


def test_published_and_taken_back_by_a_button(organiser: FlaskClient, client: FlaskClient) -> None:
    assert "Take it back" in organiser.get(DESK, headers=EN).text
    assert sent(organiser, "meeting.publish", on="false").status_code == 303
    assert ">Publish<" in organiser.get(DESK, headers=EN).text and client.get("/m/here").status_code == 404
    assert sent(organiser, "meeting.publish", on="true").status_code == 303
    assert client.get("/m/here").status_code == 200


def test_the_list_says_what_is_missing_and_leads_to_where_it_is_mended(
    app: Flask, organiser: FlaskClient, world: World, client: FlaskClient
) -> None:
    with Session(world.engine) as session:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name.startswith(("registration", "transfer", "invoice", "fee", "meeting_text", "letter")):
                session.execute(delete(table))
        session.commit()
    world.write("UPDATE meeting SET place = '', tagline = '' WHERE id = 'm-here'")
    app.config["SETTINGS"].mail_backend = "off"
    found = missing(organiser)
    wanted = ("no_place", "no_lead", "no_about", "no_audience", "no_web", "no_contact", "no_fees", "mail_off")
    assert set(wanted) | {"no_speakers_letters"} <= set(found)
    assert found["no_about"][1] == "#about" and found["no_fees"][1] == "/m/here/desk/fees"
    assert found["mail_off"][1] == "/m/here/desk/mail"
    for _words, where in found.values():
        path = where if where.startswith("/") else DESK + where
        page, _, anchor = path.partition("#")
        if page in ("/m/here/desk/", "/m/here/desk/programme"):
            assert f'id="{anchor}"' in organiser.get(path.partition("#")[0]).text or not anchor

    write(organiser, "Kom!", version=0)
    assert missing(organiser)["half_about"][0] == "“About the meeting” is only in Swedish."
    write(organiser, "Come!", language="en", version=0)
    write(organiser, "08-123 45 67", "contact_phone", "both", 0)
    found = missing(organiser)
    assert not {"no_about", "half_about", "no_contact"} & set(found)

    world.did(
        "organiser", "fee.add", name_sv="Dag", price=90_000, vat=25, currency="SEK", place="hall", items=[], open=True
    )
    assert {"no_rules", "fee_alike"} <= set(missing(organiser)) and "no_fees" not in missing(organiser)
    world.did("organiser", "registration.rules", binding_sv="Bindande")
    assert "no_deadline" in missing(organiser)
    world.did("organiser", "registration.rules", deadline="2026-01-01T00:00:00+01:00")
    assert "deadline_past" in missing(organiser)
    assert client.get("/m/here/desk/checklist").status_code == 401

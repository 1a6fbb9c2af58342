"""Every way of writing comes out of every file as it went in, by whichever door; what is broken is refused by its field."""

import html
import io
import json
import unicodedata
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from flask.testing import FlaskClient

from hybridmote.questions.commands.asking import Limits
from hybridmote.text import clean
from tests.matrix.world import PEOPLE, World
from tests.takeaway.corpus import WRITING
from tests.takeaway.test_files import fetch, pages, table
from tests.web.conftest import csrf

Browser = Callable[[str], FlaskClient]
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
TEXTS = (
    *WRITING,
    f"{FAMILY}{FAMILY} 👩🏽‍🚒 🏳️‍🌈?",
    "\u202eturned around\u202c and \u2066apart\u2069?",
    "שָׁלוֹם, עוֹלָם 123 (abc)?",
    "مَرْحَبًا ٣ (abc) 45%؟",
    "Zo\u0308e och A\u030ake, n\u0303 \u1e9b\u0323?",
    "नमस्ते क्षि, ไหม กำ, ᄒ\u1161\u11ab?",
    "a\u200cb\u200dc zwnj?",
)
Door = Callable[[FlaskClient, str], Any]


def as_json(client: FlaskClient, text: str) -> Any:
    """With every sign beyond ASCII as a \\u escape, as some programs write."""
    body = json.dumps({"op": str(uuid4()), "text": text}, ensure_ascii=True)
    headers = {"Authorization": f"Bearer {PEOPLE['hall'].token}", "Content-Type": "application/json"}
    address = "/api/v1/m/here/commands/question.ask"
    return client.application.test_client().post(address, data=body, headers=headers)


def ids(world: World) -> set[str]:
    return {id for (id,) in world.all("SELECT id FROM question")}


def as_form(client: FlaskClient, text: str) -> Any:
    form = {"csrf_token": csrf(client, "/m/here/live"), "op": str(uuid4()), "page": "live", "text": text}
    return client.post("/m/here/do/question.ask", data=form)


@pytest.mark.parametrize("door", [as_json, as_form])
def test_what_is_asked_is_the_same_in_every_file(
    world: World, browser_of: Browser, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Limits, "per_minute", 1_000)
    monkeypatch.setattr(Limits, "open", 1_000)
    asker, staff = browser_of("hall"), browser_of("moderator")
    kept = []
    for text in TEXTS:
        before = ids(world)
        assert door(asker, text).status_code in (200, 303), text
        (id,) = ids(world) - before
        kept.append((id, clean(text, limit_graphemes=500, multiline=True)))
    assert all(unicodedata.is_normalized("NFC", text) for _, text in kept)
    stored = dict(world.all("SELECT id, text FROM question"))
    state = staff.get("/api/v1/m/here/state").json["topics"]["questions"]
    rows = {row["id"]: row["text"] for row in json.loads(fetch(staff, "questions.json"))["rows"]}
    csv = {row["id"]: row["text"] for row in table(fetch(staff, "questions.csv"))}
    book = openpyxl.load_workbook(io.BytesIO(fetch(staff, "questions.xlsx")))
    sheet = {row[0].value: row[3].value for row in book.worksheets[0].iter_rows(min_row=2)}
    page = html.unescape(asker.get("/m/here/live").text)
    for id, text in kept:
        assert stored[id] == text
        assert state[id]["text"].encode() == rows[id].encode() == csv[id].encode() == text.encode()
        assert sheet[id].replace("_x000A_", "\n") == text
        assert text in page
    book.close()


def test_what_the_paper_can_draw_is_read_from_it_again(world: World, browser_of: Browser) -> None:
    """Left to right as it stands; the rest by its name or in the order of the eye, which a reader of PDFs may turn."""
    staff = browser_of("moderator")
    drawn = ("Å ä ö É ø ß Ŋ ŧ đ č ž", "Zo\u0308e och A\u030ake", "Чия це дорога? Πότε;", "∑ ≠ √ € … — “quote” ’")
    for text in drawn:
        world.did("moderator", "question.record", text=text, item="i-talk")
    found = pages(fetch(staff, "questions.pdf"))
    for text in drawn:
        assert unicodedata.normalize("NFC", text) in unicodedata.normalize("NFC", found), text
    for word in ("עולם", "مرحبا"):
        world.did("moderator", "question.record", text=word, item="i-talk")
    signs = unicodedata.normalize("NFKC", pages(fetch(staff, "questions.pdf")))
    for word in ("עולם", "مرحبا"):
        assert word in signs or word[::-1] in signs, word


@pytest.mark.parametrize("text", ["Why \ud83d?", "\udc00\ud800", "a\udfff", "\ud800\ud800\udc00"])
def test_half_a_sign_is_refused_by_its_field_and_nothing_is_kept(world: World, browser_of: Browser, text: str) -> None:
    """As an escape in JSON; no form and no socket of a browser can send it, and the tests of bad input try a socket."""
    before = world.dump()
    answer = as_json(browser_of("hall"), text)
    assert answer.status_code == 422
    assert (answer.json["code"], answer.json["field"]) == ("bad_text", "text")
    assert answer.json["title"] and answer.json["detail"]
    assert world.dump()["question"] == before["question"]


def test_half_a_sign_in_a_form_is_kept_as_it_was_sent(world: World, browser_of: Browser) -> None:
    """Bytes that are no UTF-8, which no browser sends: they stay as they were written, and so does what is around them."""
    client = browser_of("hall")
    token = csrf(client, "/m/here/live")
    body = f"csrf_token={token}&op={uuid4()}&page=live&text=Vem+%ED%A0%80+betalar%3F"
    answer = client.post("/m/here/do/question.ask", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 303
    assert world.one("SELECT count(*) FROM question WHERE text = 'Vem %ED%A0%80 betalar?'") == 1

"""Files that staff take with them, read back by other means than they were written with."""

import csv
import ctypes
import datetime as dt
import gc
import io
import json
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from threading import Event, Thread
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pypdfium2
import pytest
from flask.testing import FlaskClient

from hybridmote import offload
from hybridmote.takeaway import paper, sheets
from tests.matrix.world import QUESTIONS, World
from tests.takeaway.corpus import EVERYTHING, FORMULAS, TYPST, WRITING

Browser = Callable[[str], FlaskClient]
FILES = ("questions.csv", "questions.xlsx", "questions.json", "questions.pdf", "audit.csv")
SIGNS = ("=", "+", "-", "@", "\t", "\r")


def fetch(client: FlaskClient, file: str, language: str = "en") -> bytes:
    answer = client.get(f"/m/here/desk/{file}", headers={"Accept-Language": language})
    assert answer.status_code == 200
    name = file.replace("/", "-")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="here-{name}"'
    return answer.data


def table(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf"), "the mark of UTF-8"
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def pages(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    found = [page.get_textpage().get_text_range(errors="ignore") for page in document]
    document.close()
    return "\n".join(found)


def fill(world: World, texts: tuple[str, ...]) -> dict[str, str]:
    """A question with each of the texts in every field that somebody can write; text → id."""
    asked = {}
    for text in texts:
        line = " ".join(text.split())[:120]
        id = world.did("moderator", "question.record", text=text, item="i-talk", name=line)["id"]
        world.did("moderator", "question.reply", id=id, text=text)
        world.write("UPDATE question SET original = :t, reason = :t WHERE id = :q", t=text, q=id)
        asked[text] = id
    return asked


# ---- what is in them ----


def test_the_table_holds_every_question_and_all_that_became_of_it(world: World, browser_of: Browser) -> None:
    rows = {row["id"]: row for row in table(fetch(browser_of("moderator"), "questions.csv"))}
    assert set(rows) == {f"q-{name}" for name in QUESTIONS}
    assert {id: row["state"] for id, row in rows.items()} == {f"q-{n}": q[0] for n, q in QUESTIONS.items()}
    told = rows["q-replied"]
    assert told["reply"] == "It is on its way.\nRead more tomorrow." and told["replied_at"].endswith("Z")
    assert (told["item"], told["asker"], told["aloud"]) == ("Item i-talk", "The web", "false")
    assert rows["q-aloud"]["asker"] == "A guest" and rows["q-aloud"]["aloud"] == "true"
    assert rows["q-part"]["merged_into"] == "q-approved_hidden"
    assert rows["q-claimed"]["original"] == "What off claimed?"
    assert rows["q-on_stage"]["support"] == "3"
    assert rows["q-rejected"]["reason"]


def test_lines_end_as_the_standard_says(world: World, browser_of: Browser) -> None:
    fill(world, ('A "quote", and\na line',))
    content = fetch(browser_of("moderator"), "questions.csv").decode("utf-8-sig")
    assert content.endswith("\r\n") and '"A ""quote"", and\na line"' in content
    assert re.sub(r'"(?:[^"]|"")*"', "", content).replace("\r\n", "").count("\n") == 0


@pytest.mark.parametrize("file", ["questions.csv", "questions.json", "questions.xlsx", "questions.pdf"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_hidden_name_is_in_no_file(world: World, browser_of: Browser, file: str, language: str) -> None:
    world.write("UPDATE participant SET name = 'Somebody Hidden' WHERE id = 'p-web'")
    world.write("UPDATE question SET name_hidden = :yes WHERE author_id = 'p-web'", yes=True)
    content = fetch(browser_of("organiser"), file, language)
    said = {"csv": lambda: content.decode(), "json": lambda: content.decode(), "pdf": lambda: pages(content)}
    text = said.get(file[-3:], said["json"] if file.endswith("json") else lambda: " ".join(cells(content)))()
    assert "Somebody Hidden" not in text
    assert re.search("name hidden" if language == "en" else "namnet dolt", text, re.IGNORECASE)


def cells(content: bytes, sheet: int = 0) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    found = [cell.value for row in book.worksheets[sheet].iter_rows() for cell in row]
    book.close()
    return [str(one) for one in found if one is not None]


def test_the_codebook_tells_of_every_column(world: World, browser_of: Browser) -> None:
    told = json.loads(fetch(browser_of("moderator"), "questions.json"))
    assert told["meeting"] == "here" and len(told["rows"]) == len(QUESTIONS)
    codebook = {one["column"]: one for one in told["codebook"]}
    assert all(one["meaning"] for one in codebook.values())
    for row in told["rows"]:
        assert list(row) == list(codebook)
        for name, value in row.items():
            allowed = codebook[name]["values"]
            assert value is None or allowed is None or str(value).lower() in allowed, (name, value)
    assert {name for name, one in codebook.items() if one["type"] == "time"} == {
        *("asked_at", "on_stage_at", "ended_at", "replied_at")
    }
    assert "support" in codebook and codebook["support"]["unit"] == "people"
    assert list(table(fetch(browser_of("moderator"), "questions.csv"))[0]) == list(codebook)
    assert set(codebook) <= set(cells(fetch(browser_of("moderator"), "questions.xlsx"), sheet=1))


def test_every_text_comes_back_as_it_was_written(world: World, browser_of: Browser) -> None:
    ids = fill(world, EVERYTHING)
    kept = {row["id"]: row for row in json.loads(fetch(browser_of("moderator"), "questions.json"))["rows"]}
    read = {row["id"]: row for row in table(fetch(browser_of("moderator"), "questions.csv"))}
    stored = {row["id"]: row for row in world.dump()["question"]}
    for id in ids.values():
        for field in ("text", "original", "reason", "reply"):
            assert kept[id][field] == stored[id][field]
            assert read[id][field].removeprefix("'") == stored[id][field].removeprefix("'")


# ---- nothing in them runs ----


def test_no_cell_of_a_table_begins_as_a_formula(world: World, browser_of: Browser) -> None:
    fill(world, EVERYTHING)
    world.write("UPDATE item SET title = '=1+1', description = '=1+1' WHERE id = 'i-talk'")
    world.write("UPDATE participant SET name = '@SUM(1,1)' WHERE id = 'p-hall'")
    for file in ("questions.csv", "audit.csv"):
        for row in table(fetch(browser_of("moderator"), file)):
            begun = [cell for cell in row.values() if cell.lstrip(" ").startswith(SIGNS)]
            assert begun == []


def test_no_cell_of_a_sheet_is_a_formula_or_a_link(world: World, browser_of: Browser) -> None:
    ids = fill(world, EVERYTHING)
    world.write("UPDATE item SET title = '=1+1' WHERE id = 'i-talk'")
    content = fetch(browser_of("moderator"), "questions.xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        names = file.namelist()
        sheets_of = [name for name in names if name.startswith("xl/worksheets/sheet")]
        assert len(sheets_of) == 2
        for name in sheets_of:
            root = ElementTree.fromstring(file.read(name))
            there = {element.tag.rpartition("}")[2] for element in root.iter()}
            assert not there & {"f", "hyperlink", "hyperlinks", "oleObjects"}
        assert not [n for n in names if "externalLink" in n or "vba" in n.lower() or "connections" in n]
    book = openpyxl.load_workbook(io.BytesIO(content))
    rows = list(book.worksheets[0].iter_rows(min_row=2))
    by_id = {row[0].value: row for row in rows}
    for text, id in ids.items():
        cell = by_id[id][3]
        assert cell.data_type == "s" and (cell.value == text.strip() or text in WRITING)
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n", "d"}
    assert by_id["q-on_stage"][12].value == 3
    assert by_id["q-on_stage"][9].data_type == "d"
    book.close()


@pytest.mark.parametrize("sign", SIGNS)
def test_a_cell_is_inert_in_whatever_field(sign: str) -> None:
    assert sheets.inert(f"{sign}1") == f"'{sign}1"
    assert sheets.inert(f"  {sign}1") == f"'  {sign}1"


def test_a_cell_that_is_too_long_for_a_spreadsheet_ends_in_an_ellipsis() -> None:
    columns = [sheets.Column("a", "A", "A")]
    content = sheets.as_xlsx(columns, [("😀" * 20_000,)], dt.UTC, ("S", "C"), ("h",), ("no", "yes"))
    (_, cell) = cells(content)
    assert cell.endswith("…") and 16_000 < len(cell) < 16_500


# ---- on paper ----


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_paper_is_tagged_and_says_its_language(world: World, browser_of: Browser, language: str) -> None:
    content = fetch(browser_of("moderator"), "questions.pdf", language)
    assert content.startswith(b"%PDF-1.7")
    assert f"/Lang({language})".encode() in content
    assert b"/MarkInfo<</Marked true" in content and b"/StructTreeRoot" in content
    assert re.search(rb"pdfuaid:part>1<", content), "it says that it is PDF/UA-1"
    assert b"/DisplayDocTitle true" in content
    kinds = tags(content)
    assert kinds[:2] == ["Document", "H1"] or "H1" in kinds
    assert {"H1", "H2", "H3", "P", "Table", "TH", "TD"} <= set(kinds)
    assert kinds.count("H1") == 1 and kinds.count("H3") == len(QUESTIONS)
    text = pages(content)
    assert ("Frågor" if language == "sv" else "Questions") in text
    assert "What of on_stage?" in text and "It is on its way." in text


def tags(content: bytes) -> list[str]:
    """The kinds of the elements of the document's structure, page by page, as PDFium reads it."""
    raw = pypdfium2.raw
    document = pypdfium2.PdfDocument(content)
    found: list[str] = []

    def walk(element: Any) -> None:
        length = raw.FPDF_StructElement_GetType(element, None, 0)
        buffer = (ctypes.c_ushort * (length // 2))()
        raw.FPDF_StructElement_GetType(element, buffer, length)
        found.append(bytes(buffer).decode("utf-16-le").rstrip("\0"))
        for n in range(raw.FPDF_StructElement_CountChildren(element)):
            if child := raw.FPDF_StructElement_GetChildAtIndex(element, n):
                walk(child)

    for page in document:
        tree = raw.FPDF_StructTree_GetForPage(page)
        for n in range(raw.FPDF_StructTree_CountChildren(tree)):
            if child := raw.FPDF_StructTree_GetChildAtIndex(tree, n):
                walk(child)
        raw.FPDF_StructTree_Close(tree)
    document.close()
    return found


def test_what_people_wrote_is_data_to_the_paper(world: World, browser_of: Browser) -> None:
    fill(world, TYPST + FORMULAS)
    world.write("UPDATE item SET title = '#panic(\"ran\")' WHERE id = 'i-talk'")
    world.write("UPDATE meeting SET title = '#panic(\"ran\") = *x*' WHERE id = 'm-here'")
    text = pages(fetch(browser_of("moderator"), "questions.pdf"))
    for written in ('#panic("ran")', '#read("/etc/passwd")', "*bold* _soft_ `raw` <label> @ref", "#{sys.inputs}"):
        assert written in text


def test_every_way_of_writing_comes_on_paper_and_stays_accessible(world: World, browser_of: Browser) -> None:
    fill(world, EVERYTHING)
    content = fetch(browser_of("moderator"), "questions.pdf", "sv")
    assert re.search(rb"pdfuaid:part>1<", content)
    text = pages(content)
    assert "Å ä ö É ø ß Ŋ ŧ đ č ž" in text and "Чия це дорога?" in text
    assert "[Thai character pho samphao]" in text, "what has no shape is said by its name"
    assert "Unicode" in text, "letters in fancy dress are plain ones"


def test_a_sign_that_only_together_has_no_shape_does_not_stop_the_paper(world: World, browser_of: Browser) -> None:
    fill(world, ("ש\u0308\u0302\u0323 и\u05b0\u064b 🙂\u0301\u05b0",))
    content = fetch(browser_of("moderator"), "questions.pdf")
    assert b"/MarkInfo<</Marked true" in content and b"/Lang(en)" in content


def test_what_the_typefaces_have_is_read_from_them() -> None:
    known = paper._known()
    assert set(map(ord, "aÅöжΩשم🙂€")) <= known and ord("日") not in known and 0xFFFF not in known


# ---- who may, and at what cost ----


@pytest.mark.parametrize("file", [*FILES, "audit"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("hall", 403), ("speaker", 403), ("leader", 403), ("screen", 403), ("lectern", 403), ("their_organiser", 401)],
)
def test_only_staff_of_this_meeting_may(browser_of: Browser, world: World, file: str, who: str, status: int) -> None:
    assert browser_of(who).get(f"/m/here/desk/{file}").status_code == status
    assert browser_of(who).get(f"/m/nowhere/desk/{file}").status_code == 404


@pytest.mark.parametrize("file", FILES[:-1])
def test_nothing_of_another_meeting_is_in_it(browser_of: Browser, world: World, file: str) -> None:
    content = fetch(browser_of("moderator"), file)
    text = pages(content) if file.endswith("pdf") else " ".join(cells(content)) if "xlsx" in file else content.decode()
    assert "What of approved?" in text and "their_" not in text


@pytest.fixture
def swept() -> Iterator[None]:
    """What thousands of tests before have left in this process is no work of the server's: a collection that went
    through it would hold the interpreter for longer than what is measured."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("swept")
@pytest.mark.parametrize("file", ["questions.csv", "questions.json", "questions.xlsx"])
def test_two_thousand_questions_keep_nobody_waiting(
    world: World, browser_of: Browser, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part that is not given to another thread is over in a tenth of a second."""
    many(world, 2_000)
    client = browser_of("moderator")
    fetch(client, file)
    mine: list[float] = []
    since = [0.0]

    def away(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        mine.append(time.perf_counter() - since[0])
        done = f(*args, **kwargs)
        since[0] = time.perf_counter()
        return done

    real = time.sleep

    def turn(seconds: float) -> None:
        mine.append(time.perf_counter() - since[0])
        real(seconds)
        since[0] = time.perf_counter()

    monkeypatch.setattr(offload, "run", away)
    monkeypatch.setattr(time, "sleep", turn)
    since[0] = time.perf_counter()
    fetch(client, file)
    mine.append(time.perf_counter() - since[0])
    assert len(mine) > 4 and max(mine) < 0.1, mine


@pytest.mark.usefixtures("swept")
def test_the_paper_lets_others_work_while_it_is_made(world: World, browser_of: Browser) -> None:
    many(world, 1_000)
    client = browser_of("moderator")
    stop, gaps = Event(), [0.0]

    def tick() -> None:
        last = time.perf_counter()
        while not stop.is_set():
            time.sleep(0.002)
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    rows = [{"text": "Ord " * 60, "n": n} for n in range(2_000)]
    beside = Thread(target=tick)
    beside.start()
    try:
        paper._drawable({"rows": rows})
        fetch(client, "questions.pdf")
    finally:
        stop.set()
        beside.join()
    assert max(gaps) < 0.5, "the interpreter was held"


def many(world: World, number: int) -> None:
    world.write(
        "INSERT INTO question (id, meeting_id, item_id, author_id, version, text, state, name_hidden, reason, support,"
        " asked_at, aloud, by_name, original, reply) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
        " WHERE i < :n) SELECT 'many-' || i, 'm-here', 'i-talk', 'p-hall', 1, :t || i, 'approved', 0, '', i, :at, 0, '',"
        " '', '' FROM n",
        n=number,
        t="Hur blir det med vägen över bron när isen har gått, och vem är det som betalar? " * 3,
        at=world.one("SELECT asked_at FROM question LIMIT 1"),
    )

"""Badges on paper: read aloud in order, read by a camera, and whole however long a name is."""

import ctypes
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import segno
from flask.testing import FlaskClient
from PIL import Image

from hybridmote.reception.badges import TEMPLATE
from hybridmote.takeaway.paper import as_pdf
from tests.matrix.world import World
from tests.takeaway.test_files import tags

ROOT = Path(__file__).resolve().parents[2]
MM = 72 / 25.4  # points
SHEET = 10
ADDRESS = "https://meet.example.org/b/iH1U3WH7Li_Vvllky"
CODE = [[int(dot) for dot in line] for line in segno.make(ADDRESS, error="m").matrix]

SIXTY = "Ärkeängel Östen Åström-Öhrnbergsson af Härjedalsfjällmarken"
NAMES = {
    "short": ("Bo Ek", "Ale kommun", "Miljöstrateg"),
    "sixty": (SIXTY, "Miljö- och samhällsbyggnadsförvaltningen i Örnsköldsviks kommun", "Avdelningschef för klimat"),
    "one word": ("Kommunalförbundsordförandeställföreträdarkandidatursökandeåäö", "Övertorneå", ""),
    "all of Å": ("Å" * 100, "Ö" * 120, "Ä" * 100),
    "all words": ("Åsa Ö " * 16, "Å kommun " * 13, "Än en roll " * 9),
}


def paper(*people: tuple[str, str, str]) -> bytes:
    told = {
        "lang": "sv",
        "theirs": "sv",
        "title": "Namnbrickor till Kusten",
        "meeting": "Kusten",
        "about": "Om",
        "none": "Ingen",
        "people": [
            {
                "name": name.strip(),
                "organisation": organisation.strip(),
                "title": title.strip(),
                "role": "Arrangör",
                "number": "#1",
                "qr": CODE,
                "alt": f"QR-kod för {name}",
            }
            for name, organisation, title in people
        ],
    }
    return as_pdf(told, TEMPLATE)


def signs(content: bytes, page: int = 0) -> list[tuple[str, float, float, float, float]]:
    """Each sign that is seen, with where it stands: left, bottom, right, top, in mm from the lower left."""
    text = pypdfium2.PdfDocument(content)[page].get_textpage()
    found = []
    for n in range(text.count_chars()):
        sign = text.get_text_range(n, 1)
        if sign.strip("\u200b\r\n ") and sign.isprintable():
            found.append((sign, *(edge / MM for edge in text.get_charbox(n))))
    return found


def corner(n: int) -> tuple[float, float]:
    """The upper left of a badge, in mm from the upper left."""
    return 15 + 90 * (n % 2), 11 + 55 * (n // 2 % 5)


def seen(content: bytes, n: int, folder: Path, per_mm: int = 8) -> dict[str, Any]:
    """What the door reads of the badge, with the reader that its page has."""
    x, y = corner(n)
    sheet = pypdfium2.PdfDocument(content)[n // SHEET].render(scale=per_mm / MM).to_pil().convert("RGBA")
    cut = sheet.crop((int(x * per_mm), int(y * per_mm), int((x + 90) * per_mm), int((y + 55) * per_mm)))
    held = Image.new("RGBA", (cut.width + 80, cut.height + 200), "#777777")
    turned = cut.rotate(5, expand=True, fillcolor="#777777", resample=Image.Resampling.BICUBIC)
    held.paste(turned, (20, 30))
    file = folder / f"{n}.rgba"
    file.write_bytes(held.tobytes())
    node = shutil.which("node")
    assert node, "node (18 or later) is needed; on Debian: apt-get install nodejs"
    command = [node, ROOT / "tests/js/read_qr.mjs", file, str(held.width), str(held.height)]
    read = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    told: dict[str, Any] = json.loads(read.stdout)
    return told


def language(content: bytes) -> str:
    raw, document = pypdfium2.raw, pypdfium2.PdfDocument(content)
    length = raw.FPDFCatalog_GetLanguage(document, None, 0)
    buffer = (ctypes.c_ushort * (length // 2))()
    raw.FPDFCatalog_GetLanguage(document, buffer, length)
    return bytes(buffer).decode("utf-16-le").rstrip("\0")


def test_they_are_tagged_and_say_their_title_and_language() -> None:
    content = paper(*(NAMES.values()))
    document = pypdfium2.PdfDocument(content)
    assert pypdfium2.raw.FPDFCatalog_IsTagged(document) and language(content) == "sv"
    assert document.get_metadata_value("Title") == "Namnbrickor till Kusten"
    assert re.search(rb"pdfuaid:part>1<", content) and b"/DisplayDocTitle true" in content
    kinds = tags(content)
    assert kinds.count("H1") == len(NAMES)
    assert content.count(b"/S/Figure") == content.count(b"/Alt") == len(NAMES), "each code says whose badge it is on"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_stands_outside_its_badge_or_on_the_code(name: str) -> None:
    """Also the dots above an Å: that is why each sign is looked at, and not its line."""
    content = paper(*[NAMES[name]] * 4)
    x, y = corner(3)
    left, right, top, bottom = x + 4.9, x + 85.1, 297 - y - 4, 297 - y - 51
    code = (x + 85 - 20, 297 - y - 50 + 20)
    mine = [one for one in signs(content) if one[1] > x and one[4] < 297 - y]
    assert mine
    for sign, x0, y0, x1, y1 in mine:
        assert left <= x0 and x1 <= right and bottom <= y0 and y1 <= top, f"{sign} at {x0:.1f} {y0:.1f}"
        assert not (x1 > code[0] and y0 < code[1]), f"{sign} lies on the code"


def test_a_name_of_sixty_signs_is_whole_and_large() -> None:
    content = paper(NAMES["sixty"])
    text = pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()
    read = re.sub(r"[\u0002\ufffe\u00ad]|\s", "", text)
    assert SIXTY.replace(" ", "").replace("-", "") in read.replace("-", "")
    heights = [y1 - y0 for sign, _, y0, _, y1 in signs(content) if sign == "k"]
    assert max(heights) > 4, "mm: it is read at arm's length"


def test_the_door_reads_the_code_of_each(tmp_path: Path) -> None:
    content = paper(*NAMES.values())
    for n in range(len(NAMES)):
        assert seen(content, n, tmp_path) == {"text": ADDRESS, "id": "iH1U3WH7Li_Vvllky"}


def test_the_eleventh_comes_on_a_new_sheet(tmp_path: Path) -> None:
    content = paper(*[NAMES["short"]] * 11)
    assert len(pypdfium2.PdfDocument(content)) == 2
    assert seen(content, 10, tmp_path)["text"] == ADDRESS


def test_those_that_are_printed_lead_to_their_places(
    world: World, browser_of: Callable[[str], FlaskClient], tmp_path: Path
) -> None:
    world.write("UPDATE participant SET name = :name WHERE id = 'p-hall'", name=SIXTY)
    organiser = browser_of("organiser")
    one = organiser.get("/m/here/desk/badges.pdf?id=b-hall").data
    assert seen(one, 0, tmp_path)["id"] == "b-hall"
    everybody: Any = organiser.get("/m/here/desk/arrivals.json").json
    hall = [p["id"] for p in everybody["people"] if p["state"] == "confirmed" and p["place"] == "hall"]
    sheet = organiser.get("/m/here/desk/badges.pdf").data
    assert [seen(sheet, n, tmp_path)["id"] for n in range(len(hall))] == hall
    assert browser_of("moderator").get("/m/here/desk/badges.pdf").status_code == 403

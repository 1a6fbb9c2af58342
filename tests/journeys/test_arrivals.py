"""The door on a real day: two phones at two entrances, an organiser's desk, a badge before a camera, a line that goes."""

import csv
import datetime as dt
import io
import json
import re
import sqlite3
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
import segno
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from hybridmote.participants.store import hashed
from hybridmote.reception.arrivals import folded, sought
from tests import servers
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.proxy import Proxy
from tests.servers import Demo, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

DOOR = "desk/arrivals"
LIVE = ".head .line:not(.line--waiting):not(.line--lost)"
LOST = ".head .line--lost"
Enter = Callable[..., Page]
Guest = dict[str, Any]


class Desk:
    """What the server knows, and what an organiser does elsewhere meanwhile."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.base = f"{demo.base_url}/m/{demo.people['meeting']}/desk"

    def ask(self, address: str, body: Any = None) -> bytes:
        head = {"Authorization": f"Bearer {self.demo.people['organiser']['token']}", "Content-Type": "application/json"}
        data = json.dumps({"op": str(uuid4()), **body}).encode() if body is not None else None
        with urllib.request.urlopen(urllib.request.Request(address, data, head), timeout=30) as answer:
            content: bytes = answer.read()
            return content

    def say(self, command: str, **body: Any) -> None:
        self.ask(f"{self.demo.base_url}/api/v1/m/{self.demo.people['meeting']}/commands/{command}", body)

    def guests(self) -> list[Guest]:
        told: list[Guest] = json.loads(self.ask(f"{self.base}/arrivals.json"))["people"]
        return told

    def guest(self, id: str) -> Guest:
        (one,) = (one for one in self.guests() if one["id"] == id)
        return one

    def here(self) -> set[str]:
        return {one["id"] for one in self.guests() if one["state"] == "confirmed" and one["arrived_at"]}

    def absent(self) -> list[Guest]:
        return [
            one
            for one in self.guests()
            if one["state"] == "confirmed" and one["place"] == "hall" and not one["arrived_at"]
        ]

    def recorded(self, act: str, id: str) -> int:
        """How many times the record of what staff did says so."""
        with closing(sqlite3.connect(self.demo.data / "hybridmote.db")) as db:
            row = db.execute("SELECT count(*) FROM audit WHERE what = ? AND object_id = ?", (act, id)).fetchone()
        return int(row[0])


@pytest.fixture
def desk(demo: Demo) -> Desk:
    """The morning: everybody is expected and nobody is here."""
    there = Desk(demo)
    for id in there.here():
        there.say("registration.undo_arrive", id=id)
    return there


def words(one: Guest) -> str:
    return f"{one['name']} {one['organisation']}"


def findable(desk: Desk) -> Iterator[Guest]:
    """Those who are alone in what their name and organisation find."""
    everybody = desk.guests()
    return (one for one in desk.absent() if len(sought(everybody, words(one))) == 1)


def search(page: Page, one: Guest) -> Locator:
    page.locator("#q").fill(words(one))
    row = page.locator(f"[id='{one['id']}']")
    expect(row).to_be_visible()
    return row


def tick(page: Page, one: Guest) -> None:
    row = search(page, one)
    row.locator(".door__tick").click()
    expect(row.locator(".door__here")).to_be_visible()


def clear(page: Page) -> None:
    page.locator("#clear").click()
    expect(page.locator("#q")).to_have_value("")


def count(page: Page, here: int, timeout: float = 10_000) -> None:
    expect(page.locator(".door__count b")).to_have_text(str(here), timeout=timeout)


def lost(page: Page) -> None:
    """It notices, and says what becomes of what one does meanwhile."""
    expect(page.locator(LOST)).to_be_visible(timeout=30_000)
    expect(page.locator("#offline-why")).to_contain_text("Ladda inte om sidan")


def test_two_doors_one_list(demo: Demo, desk: Desk, enter: Enter, proxy: Callable[..., Proxy]) -> None:
    one, other = demo.people["moderator"]
    line = proxy()
    left = enter(one, DOOR, through=line, **PHONE)
    right = enter(other, DOOR, **PHONE)
    office = enter(demo.people["organiser"], DOOR, **LAPTOP)
    for page in (left, right, office):
        expect(page.locator(LIVE)).to_be_visible()
        count(page, 0)
    expected = len(desk.absent())
    expect(office.locator(".door__count")).to_have_text(re.compile(rf"0\s+av {expected} här"))
    someone = findable(desk)
    first, typed, slip, both, late, held, gone, last = (next(someone) for _ in range(8))

    # a tick at one door is seen at the other and in the office
    tick(left, first)
    for page in (right, office):
        expect(page.locator(f"#latest [id='{first['id']}'] .door__here")).to_be_visible()
        count(page, 1)
    # typing and Enter is enough for who is alone in what is found; the next is typed at once
    right.locator("#q").fill(words(typed))
    right.keyboard.press("Enter")
    expect(right.locator(f"[id='{typed['id']}'] .door__here")).to_be_visible()
    assert right.evaluate("getSelection().toString()") == words(typed)
    clear(left)
    expect(left.locator(f"#latest [id='{typed['id']}']")).to_be_visible()
    # a slip is undone, at the other door as well; a double press undoes nothing
    search(left, slip).locator(".door__tick").dblclick()
    expect(left.locator(f"[id='{slip['id']}'] .door__here")).to_be_visible()
    clear(right)
    row = right.locator(f"#latest [id='{slip['id']}']")
    right.wait_for_timeout(1_000)
    row.get_by_role("button").click()
    expect(left.locator(f"[id='{slip['id']}'] .door__tick")).to_be_visible()
    eventually(lambda: desk.here() == {first["id"], typed["id"]}, what="two are here, and the slip is not")

    # Both lines go, each in its own way. All are still found, and ticked off.
    line.cut()
    right.context.set_offline(True)
    lost(left)
    lost(right)
    for person in (both, late, gone):
        tick(left, person)
    between = dt.datetime.now(dt.UTC)
    left.wait_for_timeout(50)
    for person in (both, held):
        tick(right, person)
    right.locator("#q").fill("Lo Exempel")
    right.locator("#write-in").click()
    expect(right.locator("#w-name")).to_have_value("Lo Exempel")
    right.locator("#w-organisation").fill("Ale kommun")
    right.locator(".door__walk [type=submit]").click()
    walked = right.locator("#latest li", has_text="Lo Exempel")
    expect(walked.locator(".door__here")).to_be_visible()
    expect(left.locator("#unsent")).to_have_text("3 är inte skickade än")
    expect(right.locator("#unsent")).to_have_text("3 är inte skickade än")
    assert desk.here() == {first["id"], typed["id"]}
    # Meanwhile in the office: one of them has cancelled, by telephone.
    desk.say("registration.cancel", id=gone["id"], reason="Sjuk")

    # Who loads the page again without a line is asked first; then the browser has nothing to show.
    asked: list[str] = []
    left.once("dialog", lambda question: (asked.append(question.type), question.accept()))
    with pytest.raises(Exception, match="ERR_"):
        left.reload()
    assert asked == ["beforeunload"]

    # The lines come back: the one goes on by itself, the other when the page is opened again. Each is there once.
    right.context.set_offline(False)
    expect(right.locator("#unsent")).to_have_count(0, timeout=30_000)
    back = dt.datetime.now(dt.UTC)
    line.mend()
    left.goto(f"{line.url}/m/{demo.people['meeting']}/{DOOR}")
    refused = left.locator(".door__failed")
    expect(refused).to_contain_text(f"Inte avprickad: {gone['name']}.", timeout=30_000)
    expect(left.locator("#unsent")).to_have_count(0)
    here = {one["id"] for one in (first, typed, both, late, held)}
    (walk_in,) = (one for one in desk.guests() if one["name"] == "Lo Exempel")
    assert desk.here() == here | {walk_in["id"]}
    # the first time stands, also when it was told last
    assert dt.datetime.fromisoformat(desk.guest(both["id"])["arrived_at"]) < between
    assert between < dt.datetime.fromisoformat(desk.guest(held["id"])["arrived_at"]) < back
    assert dt.datetime.fromisoformat(walk_in["arrived_at"]) < back
    assert [desk.recorded("registration.arrive", id) for id in sorted(here)] == [1] * 5
    for page in (left, right, office):
        count(page, 6)
    # what was refused stands until somebody puts it away, and who cancelled is not a stranger
    left.reload()
    refused.get_by_role("button").click()
    expect(refused).to_have_count(0)
    expect(search(left, gone)).to_contain_text("Har avbokat")
    expect(left.locator(f"[id='{gone['id']}'] button")).to_have_count(0)

    # The day is on: who has not come, on the page and as a file, are the same, and the numbers agree.
    tick(office, last)
    clear(office)
    absent = desk.absent()
    assert len(absent) == expected - 7  # six came, one cancelled
    office.get_by_role("link", name=f"Inte kommit ({len(absent)})").click()
    if office.locator("#more").count():
        office.locator("#more").click()
    rows = office.locator(".door__list > li")
    expect(rows).to_have_count(len(absent))
    assert {row.get_attribute("id") for row in rows.all()} == {one["id"] for one in absent}
    with office.expect_download() as download:
        office.get_by_role("link", name="Listan som CSV").click()
    table = csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig")), delimiter=";")
    assert sorted(int(row["number"]) for row in table) == sorted(one["number"] for one in absent)
    for page in (left, right):
        count(page, 7)


def test_a_revoked_link_leaves_what_was_not_sent_by_name(demo: Demo, desk: Desk, enter: Enter) -> None:
    page = enter(demo.people["moderator"][0], DOOR, **PHONE)
    expect(page.locator(LIVE)).to_be_visible()
    person = next(findable(desk))
    page.context.set_offline(True)
    lost(page)
    tick(page, person)
    with closing(sqlite3.connect(demo.data / "hybridmote.db")) as db:
        key = hashed(demo.people["moderator"][0]["token"])
        (me,) = db.execute("SELECT participant_id FROM grant_ WHERE token_hash = ?", (key,)).fetchone()
    desk.say("person.revoke", person=me)
    page.context.set_offline(False)
    expect(page.locator("#ended")).to_be_visible(timeout=30_000)
    expect(page.locator(".ended__unsent")).to_contain_text(person["name"])
    expect(page.locator("main")).to_have_count(1)


# ---- a camera --------------------------------------------------------------------------------------------------------

MM = 8  # px: a badge is then as wide as a camera's picture
SIGHT = (640, 480)


def badges(content: bytes) -> list[Image.Image]:
    """The badges of the first sheet, as they are cut out."""
    sheet = pypdfium2.PdfDocument(content)[0].render(scale=MM * 25.4 / 72).to_pil().convert("RGB")
    corners = [((15 + 90 * (n % 2)) * MM, (11 + 55 * (n // 2)) * MM) for n in range(10)]
    return [sheet.crop((x, y, x + 90 * MM, y + 55 * MM)) for x, y in corners]


def film(path: Path, *seen: Image.Image) -> Path:
    """What a camera sees that is shown these in turn, a little askew: a second of each, and of the floor between them."""
    floor = Image.new("RGB", SIGHT, "#8a8f8c")
    with path.open("wb") as file:
        for thing in seen:
            scale = min(SIGHT[0] * 0.9 / thing.width, SIGHT[1] * 0.8 / thing.height)
            held = thing.resize((int(thing.width * scale), int(thing.height * scale)), Image.Resampling.LANCZOS)
            held = held.convert("RGBA").rotate(7, expand=True, resample=Image.Resampling.BICUBIC)
            frame = floor.copy()
            frame.paste(held, ((SIGHT[0] - held.width) // 2, (SIGHT[1] - held.height) // 2), held)
            for picture in (floor, frame):
                for _ in range(30):
                    picture.save(file, "JPEG", quality=80)
    return path


def test_a_badge_is_read_by_the_camera_and_opens_nothing(
    demo: Demo, desk: Desk, browser: Browser, tmp_path: Path
) -> None:
    """The badges that are printed, before Chromium's own fake camera; also when the line has gone."""
    everybody = sorted(desk.absent(), key=lambda one: (folded(one["name"]), one["number"]))[:10]
    sheet = badges(desk.ask(f"{desk.base}/badges.pdf"))
    shown = [everybody[0], everybody[3], everybody[9]]
    other = segno.make("https://example.org/menu", error="m")
    other.save(tmp_path / "menu.png", scale=12)
    menu = Image.open(tmp_path / "menu.png").convert("RGB")
    seen = film(tmp_path / "camera.mjpeg", menu, sheet[0], sheet[3], sheet[9])
    flags = [
        *servers.CHROMIUM_FLAGS,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={seen}",
    ]
    with browser.browser_type.launch(executable_path=servers.find_chromium(), args=flags) as chromium:
        context = chromium.new_context(**PHONE, locale="sv-SE", timezone_id="Europe/Stockholm")
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.goto(f"{demo.base_url}/j/{demo.people['moderator'][0]['token']}")
        page.locator("main form button").click()
        page.wait_for_url("**/m/**")
        page.goto(f"{demo.base_url}/m/{demo.people['meeting']}/{DOOR}")
        expect(page.locator(LIVE)).to_be_visible()
        page.evaluate("document.getElementById('said') && (window.heard = [])")
        page.evaluate(
            """() => new MutationObserver(() => {
                const said = document.getElementById("scan-said")?.textContent;
                if (said && window.heard.at(-1) !== said) window.heard.push(said);
            }).observe(document.body, {childList: true, subtree: true, characterData: true})"""
        )
        page.wait_for_timeout(3_000)  # by now what reads the codes has been fetched
        context.set_offline(True)
        lost(page)
        page.locator("#scan").click()
        for one in shown:
            expect(page.locator(f"#scanned [id='{one['id']}'] .door__here")).to_be_visible()
        heard = page.evaluate("window.heard")
        assert "Det är ingen namnbricka." in heard or any("namnbricka" in words for words in heard)
        for one in shown:
            assert f"{one['name']} är här." in heard
        count(page, len(shown))
        context.set_offline(False)
        eventually(lambda: desk.here() == {one["id"] for one in shown}, 30, "the three are here")
        page.locator("#scan").click()
        expect(page.locator("video")).to_be_hidden()

        # anybody may read the code: it says whose meeting, not whose badge, and lets nobody in
        stranger = chromium.new_context(locale="sv-SE").new_page()
        address = f"{demo.base_url}/b/{shown[0]['id']}"
        assert stranger.goto(address).status == 200  # type: ignore[union-attr]
        expect(stranger.locator("main")).not_to_contain_text(shown[0]["name"])
        expect(stranger.locator("main")).not_to_contain_text(shown[0]["organisation"])
        assert stranger.goto(f"{demo.base_url}/m/{demo.people['meeting']}/live").status == 401  # type: ignore[union-attr]

"""Slides from a file on a laptop to a phone at home, and a poll from a question to bars in the hall."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import LAPTOP, PHONE, PROJECTOR
from tests.servers import Demo
from tests.slides.pdfs import broken, locked, pdf

pytestmark = pytest.mark.slow
PAGES = ("Regnet kommer fortare", "Var vattnet tar vägen", "Det här gör vi i år", "Tack")


@pytest.fixture
def slides(tmp_path: Path) -> Path:
    file = tmp_path / "Skyfall.pdf"
    file.write_bytes(pdf(*PAGES, *(f"Sida {n}" for n in range(5, 25)), noise=120))
    return file


def bring(page: Page, file: Path) -> None:
    page.locator(".slides__bring summary").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Skicka bilderna").click()


def picture(page: Page) -> str:
    """Which page is in the picture: the number in its address."""
    src = page.locator(".slides img, .hall__slide, .turn .slides__page img").first.get_attribute("src") or ""
    return re.sub(r".*/(\d+)\.webp", r"\1", src)


def seen(page: Page) -> bool:
    """The picture has come, not only its place."""
    return bool(page.locator(".slides img").evaluate("image => image.complete && image.naturalWidth > 300"))


def test_slides_are_brought_drawn_turned_followed_and_paged_back_in(
    demo: Demo, enter: Callable[..., Page], slides: Path
) -> None:
    speaker = enter(demo.people["speaker"], "speaker", **LAPTOP)
    desk = enter(demo.people["moderator"][0], "moderate", locale="en-GB", **LAPTOP)
    phone = enter(demo.people["attendee"][0], **PHONE)
    hall = enter(demo.people["screen"], "screen", **PROJECTOR)

    bring(speaker, slides)
    expect(speaker.locator(".bring")).to_contain_text(re.compile(r"\d+ av 24 sidor är klara"), timeout=20_000)
    expect(desk.locator(".turn__now")).to_have_text("Nobody sees the slides.", timeout=60_000)
    expect(speaker.locator(".turn__now")).to_have_text("Ingen ser bilderna.")
    expect(phone.locator(".slides")).to_have_count(0)

    speaker.get_by_role("button", name="Visa sida 1").click()
    expect(phone.locator(".slides__n")).to_have_text("Sida 1 av 24")
    expect(hall.locator(".hall__slide")).to_be_visible()

    expect(speaker.locator(".turn__now")).to_have_text("Alla ser sida 1 av 24.")
    speaker.locator(".turn .slides__page").focus()
    began = time.monotonic()
    speaker.keyboard.press("ArrowRight")
    expect(phone.locator(".slides__n")).to_have_text("Sida 2 av 24")
    assert time.monotonic() - began < 3, "promised within a second"
    expect(speaker.locator(".turn__now")).to_have_text("Alla ser sida 2 av 24.")
    expect(hall.locator(".hall__slide")).to_have_attribute("alt", "Sida 2 av 24")
    expect(desk.locator(".turn__now")).to_have_text("Everyone sees page 2 of 24.")
    assert seen(phone)

    phone.get_by_role("button", name="Bakåt").click()
    expect(phone.locator(".slides__n")).to_have_text("Sida 1 av 24")
    phone.locator(".slides__text summary").click()
    expect(phone.locator(".slides__words")).to_have_text(PAGES[0])
    desk.get_by_role("button", name="Next page").click()
    expect(speaker.locator(".turn__now")).to_have_text("Alla ser sida 3 av 24.")
    speaker.evaluate("document.activeElement.blur()")  # as when nobody has touched the lectern
    for key, page in (("PageDown", 4), ("PageUp", 3)):  # what a remote control sends
        speaker.keyboard.press(key)
        expect(desk.locator(".turn__now")).to_have_text(f"Everyone sees page {page} of 24.")
    again = phone.get_by_role("button", name="Följ med igen, sida 3")
    expect(again).to_be_visible()
    assert picture(phone) == "1", "who pages by themselves is left in peace"
    again.click()
    expect(phone.locator(".slides__words")).to_have_text(PAGES[2])
    expect(again).to_have_count(0)

    phone.reload()
    expect(phone.locator(".slides__n")).to_have_text("Sida 3 av 24")
    speaker.get_by_role("button", name="Sluta visa").click()
    for page in (phone, hall):
        expect(page.locator(".slides, .hall__slide")).to_have_count(0)
    expect(hall.get_by_text("Ställ din fråga")).to_be_visible()

    speaker.get_by_role("button", name="Visa sida 1").click()
    expect(phone.locator(".slides")).to_be_visible()
    desk.locator(".run").get_by_role("button", name="Next item").click()
    expect(phone.locator(".slides")).to_have_count(0)
    expect(speaker.locator(".turn__now")).to_have_text("Sida 1 av 24 visas medan föredraget pågår.")


def test_a_file_that_will_not_do_is_said_in_words_and_changes_nothing(
    demo: Demo, enter: Callable[..., Page], slides: Path, tmp_path: Path
) -> None:
    speaker = enter(demo.people["speaker"], "speaker", **LAPTOP)
    bring(speaker, slides)
    expect(speaker.locator(".turn")).to_be_visible(timeout=60_000)
    speaker.locator(".slides__bring summary").click()
    bad = tmp_path / "bad.pdf"
    for content, words in (
        (b"PK\x03\x04", "Filen är ingen PDF"),
        (locked(), "låst med ett lösenord"),
        (broken(), "trasig"),
    ):
        bad.write_bytes(content)
        speaker.locator("input[type=file]").set_input_files(bad)
        speaker.get_by_role("button", name="Skicka bilderna").click()
        expect(speaker.locator(".bring")).to_contain_text(words, timeout=20_000)
        expect(speaker.locator(".turn")).to_be_visible()
    expect(speaker.locator(".bring__name").first).to_contain_text("Skyfall.pdf")


def test_a_poll_is_made_answered_and_seen_as_bars_in_the_hall(demo: Demo, enter: Callable[..., Page]) -> None:
    desk = enter(demo.people["moderator"][0], "moderate", locale="en-GB", **LAPTOP)
    first = enter(demo.people["attendee"][0], **PHONE)
    second = enter(demo.people["attendee"][2], **LAPTOP)
    hall = enter(demo.people["screen"], "screen", **PROJECTOR)

    desk.locator(".poll-make summary").click()
    desk.locator("#poll-prompt").fill("Har ni plats för skyfallet?")
    desk.get_by_role("button", name="Open it now").click()
    expect(hall.locator(".hall__prompt")).to_have_text("Har ni plats för skyfallet?")
    expect(hall.get_by_text("Svara i din telefon")).to_be_visible()
    for page, name in ((first, "Yes"), (second, "No")):
        expect(page.locator(".bars")).to_have_count(0)
        page.get_by_label(name, exact=True).check()
        page.locator(".poll").get_by_role("button", name="Svara").click()
        expect(page.get_by_text("Du har svarat.")).to_be_visible()

    def bars(page: Page) -> list[str]:
        return [" ".join(row.split()) for row in page.locator(".bars__row").all_inner_texts()]

    expect(hall.locator(".result__of")).to_contain_text("2 personer har svarat")
    assert bars(hall) == ["Yes 1 50 %", "No 1 50 %", "I do not know 0 0 %"]
    first.get_by_label("No", exact=True).check()
    first.get_by_role("button", name="Ändra svaret").click()
    expect(hall.locator(".bars__row").nth(1)).to_contain_text("2")
    assert bars(hall) == ["Yes 0 0 %", "No 2 100 %", "I do not know 0 0 %"]
    first.reload()
    expect(first.get_by_label("No", exact=True)).to_be_checked()

    desk.locator(".poll-row").get_by_role("button", name="Close").click()
    expect(first.locator(".poll__form")).to_have_count(0)
    expect(first.locator(".bars__row").nth(1)).to_contain_text("100 %")
    desk.locator(".poll-row").get_by_role("button", name="Off the screen").click()
    expect(hall.locator(".hall__prompt")).to_have_count(0)
    with desk.expect_download() as started:
        desk.locator(".poll-row a[download]").click()
    assert "No,2" in Path(started.value.path()).read_text("utf-8-sig")


def test_without_javascript_slides_are_read_and_a_poll_is_answered(
    demo: Demo, enter: Callable[..., Page], slides: Path
) -> None:
    plain = {"java_script_enabled": False}
    speaker = enter(demo.people["speaker"], "speaker", **LAPTOP, **plain)
    bring(speaker, slides)
    expect(speaker).to_have_url(re.compile(r"/speaker$"))
    deadline = time.monotonic() + 60
    while speaker.locator(".turn").count() == 0 and time.monotonic() < deadline:
        time.sleep(1)
        speaker.reload()
    speaker.get_by_role("button", name="Visa sida 1").click()
    speaker.get_by_role("button", name="Nästa sida").click()
    expect(speaker.locator(".turn__now")).to_have_text("Alla ser sida 2 av 24.")
    reader = enter(demo.people["attendee"][0], **PHONE, **plain)
    expect(reader.locator(".slides img")).to_have_attribute("alt", "Sida 2 av 24")
    reader.get_by_role("link", name="Alla sidor med text").click()
    expect(reader.locator("#page-2")).to_contain_text(PAGES[1])
    expect(reader.locator("#page-2 h2")).to_contain_text("visas nu")

    desk = enter(demo.people["moderator"][0], "moderate", locale="en-GB", **LAPTOP, **plain)
    desk.locator(".poll-make summary").click()
    desk.locator("#poll-prompt").fill("Har ni plats?")
    desk.get_by_role("button", name="Keep as a draft").click()
    desk.locator(".poll-row").get_by_role("button", name="Open").click()
    reader.goto(reader.url.rpartition("/slides")[0] + "/live")
    reader.get_by_label("No", exact=True).check()
    reader.get_by_role("button", name="Svara").click()
    expect(reader.locator(".bars__row").nth(1)).to_contain_text("100 %")
    desk.reload()
    expect(desk.locator(".poll-row .bars__row").nth(1)).to_contain_text("100 %")
